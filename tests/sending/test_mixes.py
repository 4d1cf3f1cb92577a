"""Two channels in one campaign: who gets the second, when, and never both at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, select, update

from service import db
from service.campaigns import prices
from service.campaigns.audience import Household, Member
from service.campaigns.campaigns import Campaign
from service.followup import closing
from service.registry import phones
from service.registry.people import Person
from service.reports import follow_on, timeline
from service.reports.summary import summary
from service.sending import budget, claim, launch, messages, mixes, sums, waves
from service.sending.messages import SECOND, SMS, VOICE, Message, MessagePerson
from service.sending.mixes import GO, WAIT, Attempt, Said
from service.text.words import today_in_vietnam
from tests import world
from tests.sending.mixed import (
    GONE,
    HOUR,
    LONG,
    MINUTE,
    NOW,
    OFF,
    SPAM,
    Called,
    accept,
    fate,
    finish,
    firsts,
    launched,
    look,
    press,
    report,
    rows,
    send,
    take,
    whole,
    write,
)

connected = pytest.mark.usefixtures("connected")
DAY = timedelta(days=1)


# ------------------------------------------------------------------------------------------------- what follows, alone


def attempt(state: str, **facts: Any) -> Attempt:
    known = {"code": "", "carrier": "twilio", "replaced": False, "dispatched_at": NOW, "changed_at": NOW}
    return Attempt(state, **{**known, **facts})


KEY, STOP, WORD = Said(True, key=True), Said(True, stop=True), Said(True)
HEARD, HUNG_UP = {"heard": "whole", "seconds": 40}, {"heard": "partly", "seconds": 4}
MACHINE = {"heard": "machine", "seconds": 60}
AFTER_CALL: list[tuple[str, list[Attempt], Said, timedelta, str]] = [
    ("it is still under way", [attempt("answered", **HEARD)], KEY, HOUR, WAIT),
    ("nobody knows whether it went out", [attempt("unknown")], KEY, HOUR, WAIT),
    ("a person has to decide", [attempt("hold")], KEY, HOUR, WAIT),
    ("it is tried again", [attempt("busy", replaced=True), attempt("ready")], Said(), HOUR, WAIT),
    ("a key", [attempt("completed", **HUNG_UP)], KEY, MINUTE / 60, GO),
    ("a key that a machine seemed to press", [attempt("completed", **MACHINE)], KEY, MINUTE, GO),
    ("a key, and the network calls it failed", [attempt("failed")], KEY, MINUTE, GO),
    ("listened to the whole", [attempt("completed", **HEARD)], Said(), MINUTE / 60, GO),
    ("heard the second time", [attempt("busy", replaced=True), attempt("completed", **HEARD)], Said(), MINUTE, GO),
    ("key 9", [attempt("completed", **HEARD)], STOP, MINUTE / 60, "opted_out"),
    ("key 1 and then 9", [attempt("completed", **HEARD)], Said(True, True, True), MINUTE, "opted_out"),
    ("hung up; a key may still come", [attempt("completed", **HUNG_UP)], Said(), MINUTE / 6, WAIT),
    ("hung up", [attempt("completed", **HUNG_UP)], Said(), MINUTE, "not_heard"),
    ("an answering service", [attempt("completed", **MACHINE)], Said(), MINUTE, "not_heard"),
    ("how long is not said yet", [attempt("completed")], Said(), MINUTE, WAIT),
    ("how long is never said", [attempt("completed")], Said(), 11 * MINUTE, "not_heard"),
    ("nobody took it", [attempt("no_answer")], Said(), MINUTE, "not_heard"),
    ("no word in three days", [attempt("expired")], Said(), MINUTE, "not_heard"),
    ("it was never placed", [attempt("skipped", code="no_voice")], Said(), MINUTE, "no_first"),
    ("it was cancelled", [attempt("cancelled")], Said(), MINUTE, "no_first"),
]  # fmt: skip
AFTER_SMS: list[tuple[str, list[Attempt], Said, timedelta, str]] = [
    ("it waits", [attempt("ready")], Said(), DAY, WAIT),
    ("it is on the wire", [attempt("sending")], Said(), DAY, WAIT),
    ("nobody knows whether it went out", [attempt("unknown")], Said(), DAY, WAIT),
    ("a person has to decide", [attempt("hold")], Said(), DAY, WAIT),
    ("it is tried again", [attempt("failed", code=OFF, replaced=True), attempt("ready")], Said(), DAY, WAIT),
    ("an answer is waited for", [attempt("delivered")], Said(), 2 * HOUR - MINUTE, WAIT),
    ("no answer", [attempt("delivered")], Said(), 2 * HOUR, GO),
    ("no answer and no report", [attempt("accepted")], Said(), 2 * HOUR, GO),
    ("no answer and no word in three days", [attempt("expired")], Said(), 3 * DAY, GO),
    ("the newest counts", [attempt("failed", code=OFF, replaced=True),
        attempt("sent", dispatched_at=NOW + HOUR)], Said(), 2 * HOUR, WAIT),
    ("an answer", [attempt("delivered")], WORD, DAY, "answered"),
    ("an answer before anything else is known", [attempt("unknown")], WORD, MINUTE, "answered"),
    ("a stop is an answer", [attempt("delivered")], STOP, DAY, "answered"),
    ("the phone was off, three times", [attempt("failed", code=OFF)], Said(), MINUTE, GO),
    ("nobody knows why", [attempt("failed", code="30008")], Said(), MINUTE, GO),
    ("nobody has this number", [attempt("failed", code=GONE)], Said(), DAY, "no_first"),
    ("blocked", [attempt("failed", code=SPAM)], Said(), DAY, "no_first"),
    ("given up by a person", [attempt("failed", code="given_up")], Said(), DAY, "no_first"),
    ("not sent, for opting out", [attempt("skipped", code="opted_out")], Said(), DAY, "no_first"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("attempts", "said", "since", "verdict"), [pytest.param(*row[1:], id=row[0]) for row in AFTER_CALL]
)
def test_who_gets_an_sms_after_the_call(
    attempts: list[Attempt], said: Said, since: timedelta, verdict: str
) -> None:
    assert mixes.after_call(attempts, said, NOW + since) == verdict


@pytest.mark.parametrize(
    ("attempts", "said", "since", "verdict"), [pytest.param(*row[1:], id=row[0]) for row in AFTER_SMS]
)
def test_who_is_called_after_the_sms(
    attempts: list[Attempt], said: Said, since: timedelta, verdict: str
) -> None:
    assert mixes.after_sms(attempts, said, NOW + since, 2 * HOUR) == verdict


# ------------------------------------------------------------------------------------------------------------- launch


@connected
@pytest.mark.parametrize("channel", [SMS, VOICE])
def test_both_lie_in_the_outbox_priced_and_frozen(channel: str) -> None:
    made = launched(channel, 3)
    first, second = firsts(made), rows(made, SECOND)
    assert [one.phone_id for one in first] == [one.phone_id for one in second]
    assert {one.channel for one in first} == {channel} != {one.channel for one in second}
    assert fate(made) == [("waits", "")] * 3
    texts = {one.channel: one.text for one in (*first, *second)}
    assert "tra loi 1" in texts[SMS]
    assert "cuộc gọi tự động" in texts[VOICE]
    assert "Xin gặp anh Mí" in texts[VOICE]
    with db.transaction():
        cost = budget.of(made.id)
        assert cost is not None
        assert cost.cap == sum(one.price_vnd for one in (*first, *second))
        behind = select(func.count()).select_from(MessagePerson)
        assert db.session().scalar(behind) == 6
        assert "voice" in made.frozen
    assert summary(made)["messages"] == {"ready": 3}
    assert summary(made)["second"] == {"ready": 3}
    assert sums.differences(NOW) == []


@connected
def test_the_approver_sees_the_price_of_both() -> None:
    with db.transaction():
        world.village_of(3)
        by = world.staff()
        plain = launch.outlook(world.campaign(by, channel=SMS))
        calls = launch.outlook(world.campaign(by, channel=VOICE))
        both = launch.outlook(world.campaign(by, channel=SMS, second=VOICE))
        dear = world.campaign(by, channel=SMS, second=VOICE, cap_vnd=plain.price_vnd)
        assert (both.parts, both.second_parts) == (plain.parts, calls.parts)
        assert both.price_vnd == plain.price_vnd + calls.price_vnd > plain.price_vnd
        assert both.second_price_vnd == calls.price_vnd
        assert [one.code for one in launch.outlook(dear).problems] == ["check.over_cap"]


@connected
def test_a_wave_opens_its_first_messages_alone() -> None:
    made = launched(SMS, waves.FIRST + 2, waves=waves.FIRST_FEW)
    for one in send(NOW):
        report(one.id, "delivered", NOW)
    with db.transaction():
        assert waves.advance(NOW + MINUTE) == 1
    assert {state for state, _code in fate(made)} == {"waits"}
    assert len(send(NOW + 400 * DAY)) == 2


# ------------------------------------------------------------------------------------------------- a call, then an SMS


@connected
def test_whoever_heard_the_call_gets_the_sms_once() -> None:
    here = Called()
    here.over(seconds=whole(here.call))
    assert look(here.campaign, NOW + MINUTE) == 1
    assert look(here.campaign, NOW + MINUTE) == 0
    (sms,) = send(NOW + MINUTE)
    assert (sms.channel, "tra loi 1" in sms.text) == (SMS, True)
    report(sms.id, "delivered", NOW + 2 * MINUTE)
    assert look(here.campaign, NOW + HOUR) == 0
    assert send(NOW + HOUR) == []
    assert finish() == 1
    assert summary(here.campaign)["messages"] == {"completed": 1}
    assert summary(here.campaign)["second"]["delivered"] == 1
    assert sums.differences(NOW) == []


@connected
@pytest.mark.parametrize(("key", "gets_it"), [("1", True), ("0", True), ("9", False)])
def test_a_key_counts_even_when_little_was_heard(key: str, gets_it: bool) -> None:
    here = Called()
    press(here.call, key, NOW)
    assert look(here.campaign, NOW) == 0  # it is still in the call
    here.over(seconds=3)
    look(here.campaign, NOW + MINUTE)
    notices = [one for one in send(NOW + 2 * MINUTE) if one.campaign_id]
    assert len(notices) == gets_it
    assert fate(here.campaign) == ([("accepted", "")] if gets_it else [("skipped", "opted_out")])


@connected
@pytest.mark.parametrize(
    ("state", "seconds"), [("completed", 3), ("no_answer", None), ("failed", None), ("expired", None)]
)
def test_whoever_did_not_hear_it_gets_none_and_the_campaign_ends(state: str, seconds: int | None) -> None:
    here = Called()
    with db.transaction():  # no other hour is left for a retry
        db.session().execute(update(Campaign).values(deadline=NOW.date() - DAY))
    here.over(state, seconds)
    look(here.campaign, NOW + 2 * MINUTE)
    assert fate(here.campaign) == [("skipped", "not_heard")]
    assert finish() == 1


@connected
def test_a_call_that_is_tried_again_keeps_the_sms_waiting() -> None:
    here = Called()
    here.over("busy")
    assert look(here.campaign, NOW + 2 * MINUTE) == 0
    (again,) = send(NOW + 30 * MINUTE)
    report(again.id, "completed", NOW + 32 * MINUTE, seconds=whole(again.id))
    assert look(here.campaign, NOW + 32 * MINUTE) == 1
    assert [one.channel for one in send(NOW + 33 * MINUTE)] == [SMS]


@connected
def test_a_landline_hears_the_call_and_gets_no_sms() -> None:
    with db.transaction():
        world.person("Sùng Mí Páo", "+842193871234")
        made = world.launched(world.staff(), deadline=LONG, channel=VOICE, second=SMS)
    (call,) = send(NOW)
    report(call.id, "completed", NOW + MINUTE, seconds=whole(call.id))
    look(made, NOW + MINUTE)
    assert send(NOW + MINUTE) == []
    assert fate(made) == [("skipped", "landline")]


# ------------------------------------------------------------------------------------------------ an SMS, then a call


@connected
def test_whoever_does_not_answer_is_called_after_the_hours() -> None:
    made = launched(SMS, 2, second_after_h=3)
    for one in send(NOW):
        report(one.id, "delivered", NOW + MINUTE)
    write(0, "1", NOW + HOUR)
    assert fate(made) == [("skipped", "answered"), ("waits", "")]
    assert look(made, NOW + 3 * HOUR - MINUTE) == 0
    assert look(made, NOW + 3 * HOUR) == 1
    (call,) = send(NOW + 3 * HOUR)
    assert (call.channel, call.e164) == (VOICE, world.number(1))
    report(call.id, "completed", NOW + 4 * HOUR, seconds=9)
    assert finish() == 1


@connected
@pytest.mark.parametrize(
    ("text", "kind"), [("1", "sms"), ("gì vậy", "sms"), ("TC", "sms"), ("", "missed_call")]
)
def test_any_answer_ends_the_wait_even_when_the_call_lies_ready(text: str, kind: str) -> None:
    made = launched(SMS, second_after_h=1)
    send(NOW)
    look(made, NOW + HOUR)
    assert fate(made) == [("ready", "")]
    write(0, text, NOW + HOUR, kind)
    assert fate(made) == [("skipped", "answered")]
    assert [one for one in take(NOW + 2 * HOUR) if one.campaign_id] == []


@connected
def test_an_answer_while_it_rings_ends_the_retries_of_the_call() -> None:
    made = launched(SMS, second_after_h=1)
    send(NOW)
    look(made, NOW + HOUR)
    (call,) = send(NOW + HOUR)
    write(0, "1", NOW + HOUR)
    report(call.id, "busy", NOW + HOUR + MINUTE)
    assert fate(made) == [("busy", "")]
    assert take(NOW + DAY) == []
    assert sums.differences(NOW) == []


@connected
def test_an_answer_while_nobody_knows_whether_it_was_called_ends_it_too() -> None:
    made = launched(SMS, second_after_h=1)
    send(NOW)
    look(made, NOW + HOUR)
    (call,) = take(NOW + HOUR)
    write(0, "1", NOW + HOUR)
    with db.transaction():
        messages.leave([call.id], "ready", "proven_not_sent", NOW + HOUR, due=NOW + HOUR)
    assert take(NOW + HOUR + MINUTE) == []
    assert fate(made) == [("skipped", "answered")]
    assert sums.differences(NOW) == []


@connected
def test_a_phone_that_stays_off_is_called() -> None:
    made, at = launched(SMS), NOW
    for _ in range(3):
        (one,) = send(at)
        assert look(made, at + MINUTE) == 0
        report(one.id, "failed", at + MINUTE, OFF)
        at += 5 * HOUR if at.hour < 5 else 21 * HOUR
    assert [one.state for one in firsts(made)] == ["failed"] * 3
    assert look(made, at) == 1
    assert [one.channel for one in send(at)] == [VOICE]


@connected
def test_the_first_is_not_tried_again_once_the_call_was_let_go() -> None:
    made = launched(SMS, second_after_h=1)
    (sms,) = send(NOW)
    look(made, NOW + HOUR)
    report(sms.id, "failed", NOW + HOUR, OFF)
    assert [(one.attempt, one.state) for one in firsts(made)] == [(1, "failed")]
    assert [one.channel for one in send(NOW + HOUR)] == [VOICE]


@connected
def test_after_the_deadline_nobody_is_called() -> None:
    made = launched(SMS, second_after_h=1)
    send(NOW)
    with db.transaction():
        db.session().execute(update(Campaign).values(deadline=date(2026, 1, 1)))
        db.session().expire_all()
    look(made, NOW + HOUR)
    assert fate(made) == [("skipped", "too_late")]


# ------------------------------------------------------------------------------------------------------ lawful hours


@connected
def test_the_second_channel_keeps_its_own_hours(live_carrier: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls of a campaign that nobody classified: 08:00 to 17:00, though its SMS may go out until 22:00."""
    with db.transaction():
        prices.put("twilio", VOICE, 3_000, today_in_vietnam(), world.staff())
    made = launched(SMS, second_after_h=1, window_from=18 * 60, window_to=20 * 60)
    evening = NOW + 9 * HOUR  # 19:00
    assert [one.channel for one in send(evening)] == [SMS]
    look(made, evening + HOUR)
    assert send(evening + HOUR) == []
    assert not claim.due_now("twilio", evening + HOUR)
    morning = NOW + DAY - 2 * HOUR  # 08:00, outside the campaign's own window
    assert claim.due_now("twilio", morning)
    assert [one.channel for one in send(morning)] == [VOICE]


@connected
def test_agreed_hours_hold_for_the_second_too() -> None:
    with db.transaction():
        world.person("Sùng Mí Páo", world.number(0), hours_from=9 * 60, hours_to=11 * 60)
        made = world.launched(world.staff(), deadline=LONG, channel=VOICE, second=SMS)
    (call,) = send(NOW)
    report(call.id, "completed", NOW + MINUTE, seconds=whole(call.id))
    look(made, NOW + MINUTE)
    assert send(NOW + 2 * HOUR) == []  # 12:00
    assert [one.channel for one in send(NOW + DAY)] == [SMS]


# ------------------------------------------------------------------------------------------------ never both at once


def written_and_called() -> tuple[Campaign, Campaign]:
    """One phone in a campaign that writes and in one that calls."""
    with db.transaction():
        world.village_of(1)
        by = world.staff()
        return tuple(world.launched(by, deadline=LONG, channel=one) for one in (SMS, VOICE))  # type: ignore[return-value]


@connected
@pytest.mark.parametrize("most", [1, 100])
def test_one_batch_never_holds_a_call_and_an_sms_for_one_phone(most: int) -> None:
    written_and_called()
    batch = take(NOW, most)
    assert len(batch) == 1
    accept(batch, NOW)
    assert {one.channel for one in (*batch, *take(NOW, most))} == {SMS, VOICE}


@connected
@pytest.mark.parametrize("state", ["sending", "unknown"])
def test_two_batches_at_once_never_hold_a_call_and_an_sms_for_one_phone(state: str) -> None:
    written_and_called()
    (sms,) = take(NOW)
    with db.transaction():
        messages.leave([sms.id], state, "", NOW)
    assert take(NOW) == []
    assert take(NOW + 2 * MINUTE) == []
    with db.transaction():
        messages.hear_back(sms.id, messages.Status("accepted"), NOW)
    assert [one.channel for one in take(NOW + 4 * MINUTE)] == [VOICE]
    assert take(NOW + 5 * MINUTE) == []


@connected
def test_an_sms_waits_for_a_call_that_is_on_the_wire() -> None:
    _written, called = written_and_called()
    with db.transaction():
        later = update(Message).where(Message.channel == SMS)
        db.session().execute(later.values(due=NOW + MINUTE))
    (call,) = take(NOW)
    assert call.campaign_id == called.id
    assert take(NOW + MINUTE) == []
    accept([call], NOW + MINUTE)
    assert [one.channel for one in take(NOW + 3 * MINUTE)] == [SMS]


@connected
def test_a_campaign_that_only_writes_pays_for_it_with_one_statement_at_most(connected: Any) -> None:
    def statements(do: Callable[[], object]) -> int:
        seen: list[str] = []

        def note_it(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            seen.append(statement)

        event.listen(connected, "before_cursor_execute", note_it)
        do()
        event.remove(connected, "before_cursor_execute", note_it)
        return sum("FROM message" in one and "'unknown'" in one for one in seen)

    with db.transaction():
        world.village_of(3)
        world.launched(world.staff(), deadline=LONG)
    assert statements(lambda: accept(take(NOW), NOW)) == 0
    with db.transaction():
        world.launched(world.staff(), deadline=LONG)
    assert statements(lambda: take(NOW + MINUTE)) == 1  # these phones had something a minute ago


# ----------------------------------------------------------------------------------------- stopping, closing, erasing


@connected
def test_a_stop_cancels_both() -> None:
    made = launched(SMS, 2)
    send(NOW)
    with db.transaction():
        found = db.session().get(Campaign, made.id)
        assert found is not None
        assert launch.stop(found, world.staff()) == 2
    assert fate(made) == [("cancelled", "")] * 2
    assert look(made, NOW + 2 * DAY) == 0


@connected
def test_a_full_headcount_cancels_both_and_a_pause_holds_both() -> None:
    made = launched(SMS, 2, second_after_h=1)
    send(NOW)
    with db.transaction():
        db.session().execute(update(Campaign).values(state="paused"))
    assert look(made, NOW + HOUR) == 0
    assert fate(made) == [("waits", "")] * 2
    with db.transaction():
        found = db.session().get(Campaign, made.id)
        assert found is not None
        closing.close(found, None)
    assert fate(made) == [("cancelled", "")] * 2


@connected
def test_an_opt_out_holds_for_the_second_too() -> None:
    made = launched(SMS, second_after_h=1)
    send(NOW)
    look(made, NOW + HOUR)
    with db.transaction():
        phone = phones.find_by_number(world.number(0))
        assert phone is not None
        phones.opt_out(phone, NOW + HOUR)
    assert take(NOW + HOUR) == []
    assert fate(made) == [("skipped", "opted_out")]


@connected
def test_whoever_is_left_behind_a_phone_hears_a_call_and_reads_an_sms() -> None:
    """After one of a household was deleted, each waiting message is written anew in its own channel's words."""
    with db.transaction():
        world.person("Sùng Mí Páo", world.number(0))
        mother = world.person("Vàng Thị Mỷ", world.number(0), gender="female")
        made = world.launched(world.staff(), deadline=LONG, channel=VOICE, second=SMS)
        campaign_id = made.id
    with db.transaction():
        found = db.session().get(Campaign, campaign_id)
        assert found is not None
        house = Household(1, "", (Member(mother.id, mother.name, "female", 1995),))
        said, written = (launch.written_to(found, channel, house) for channel in (VOICE, SMS))
    assert said is not None
    assert "cuộc gọi tự động" in said
    assert "Mỷ" in said
    assert written is not None
    assert "chi My" in written


# --------------------------------------------------------------------------------------------- what staff read of it


@connected
def test_lists_counts_and_the_time_line_know_the_second() -> None:
    made = launched(SMS, 2, second_after_h=1)
    for one in send(NOW):
        report(one.id, "delivered", NOW)
    look(made, NOW + HOUR)
    (call, other) = send(NOW + HOUR)
    report(call.id, "completed", NOW + HOUR, seconds=50)
    report(other.id, "failed", NOW + HOUR, "21217")
    assert messages.counts(made.id) == {"delivered": 2}
    assert mixes.counts(made).by_state() == {"completed": 1, "failed": 1, "ready": 0}
    assert follow_on.count(made.id, follow_on.NO_ANSWER) == 2
    with db.transaction():
        person = db.session().scalars(select(Person).order_by(Person.id)).first()
        assert person is not None
        kinds = [entry.kind for entry in timeline.of_person(person)]
        assert {"message.notice", "message.second"} <= set(kinds)


@connected
def test_a_long_list_is_looked_at_page_by_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mixes, "PAGE", 2)
    made = launched(SMS, 5, second_after_h=1)
    send(NOW)
    moved, after = 0, 0
    for _ in range(3):
        number, after = mixes.switch(made, after, lambda _campaign, _phones: {}, NOW + HOUR)
        moved += number
    assert (moved, after) == (5, 0)


@connected
def test_the_longest_call_and_the_longest_text_are_told_apart() -> None:
    with db.transaction():
        world.village_of(3)
        view = launch.outlook(world.campaign(world.staff(), channel=VOICE, second=SMS))
    assert (view.parts, view.longest_parts) == (3, 1)  # minutes
    assert (view.second_parts, view.longest_text_parts) == (6, 2)
