"""A phone that was off is tried again at another hour, as a new attempt; each recipient is counted once."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select, text, update

from service import db
from service.campaigns import campaigns, special_days
from service.campaigns.campaigns import Campaign
from service.campaigns.special_days import HOLIDAY
from service.followup import closing
from service.registry import phones
from service.registry.people import Person
from service.reports import home, timeline
from service.reports.summary import summary
from service.sending import budget, claim, expiry, hours, launch, messages, reports, retries, waves
from service.sending.messages import Message, MessagePerson, Status
from service.sending.reports import Report
from service.staff import accounts
from service.text.words import VIETNAM
from tests import world
from tests.world import TUESDAY_10, ScriptedCarrier

pytestmark = pytest.mark.usefixtures("connected")

NOW = TUESDAY_10 + timedelta(days=365)  # 10:00 in Vietnam
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LONG = date.today() + timedelta(days=800)
OFF, FILTERED = "30003", "30007"


def launched(size: int = 1, **changes: object) -> Campaign:
    with db.transaction():
        world.village_of(size)
        return world.launched(world.staff(), **{"deadline": LONG, **changes})


def send(now: datetime, most: int = 100) -> list[int]:
    """Claim what is due and have the carrier accept it."""
    with db.transaction():
        taken = [one.id for one in claim.claim(ScriptedCarrier(), "w", most, now)]
        for message_id in taken:
            messages.hear_back(message_id, Status("accepted"), now)
    return taken


def report(message_id: int, state: str, at: datetime, code: str = "") -> None:
    with db.transaction():
        reports.fold([Report(message_id, Status(state, state, code), at)])


def attempts() -> list[tuple[int, str, bool]]:
    try:
        rows = db.session().scalars(select(Message).order_by(Message.attempt, Message.id))
        return [(row.attempt, row.state, row.replaced) for row in rows]
    finally:
        db.end_reading()


def newest() -> Message:
    try:
        return db.session().scalars(select(Message).order_by(Message.id.desc())).first()  # type: ignore[return-value]
    finally:
        db.end_reading()


def counts(campaign: Campaign) -> dict[str, int]:
    try:
        return messages.counts(campaign.id)
    finally:
        db.end_reading()


def finish() -> int:
    with db.transaction():
        return launch.finish_done()


# ---- which codes are tried again, and how often

TRIES = [
    pytest.param(OFF, 3, id="off or out of coverage"),
    pytest.param("30001", 3, id="the network's queue was full"),
    pytest.param("30036", 3, id="off until its time was over"),
    pytest.param("30008", 2, id="no reason given: once more"),
    pytest.param("30005", 2, id="nobody has the number: believed when said twice"),
    pytest.param("30006", 2, id="takes no SMS: believed when said twice"),
    pytest.param("30004", 1, id="blocked"),
    pytest.param(FILTERED, 1, id="taken for spam"),
    pytest.param("39999", 1, id="a code nobody knows"),
    pytest.param("", 1, id="no code"),
]


@pytest.mark.parametrize(("code", "tries"), TRIES)
def test_how_often_a_failed_message_is_tried(code: str, tries: int) -> None:
    made, now, tried = launched(), NOW, 0
    while taken := send(now):
        tried += 1
        report(taken[0], "failed", now + HOUR / 2, code)
        now = max(now, newest().due)
    assert tried == tries
    assert counts(made) == {"failed": 1}
    assert finish() == 1
    hours_tried = {row.dispatched_at.astimezone(VIETNAM).hour for row in messages.of_person(1)}
    assert len(hours_tried) == tries
    db.end_reading()


ALL_DAY, EVENING = (7 * 60, 20 * 60), (18 * 60, 20 * 60)
AT = NOW.astimezone(VIETNAM).replace(hour=0)


def at(hour: int, minute: int = 0, days: int = 0) -> datetime:
    return AT + timedelta(days=days, hours=hour, minutes=minute)


HOURS = [
    pytest.param(ALL_DAY, [at(10, 5)], at(10, 20), at(11), id="the next full hour"),
    pytest.param(ALL_DAY, [at(10, 5)], at(10, 55), at(12), id="not within ten minutes"),
    pytest.param(ALL_DAY, [at(10, 5), at(12)], at(11, 30), at(13), id="another hour than both before"),
    pytest.param(ALL_DAY, [at(19, 30)], at(19, 40), at(7, days=1), id="tomorrow when today has none left"),
    pytest.param(ALL_DAY, [at(7)], at(22), at(8, days=1), id="tomorrow at another hour than today's"),
    pytest.param(EVENING, [at(18), at(19)], at(19, 5), None, id="a window whose hours were all tried"),
    pytest.param((450, 480), [at(9)], at(6), at(7, 30), id="a window that begins at half past"),
    pytest.param((420, 425), [at(9)], at(6), at(7), id="a window of minutes"),
    pytest.param((420, 485), [at(7)], at(7, 5), None, id="no hour that closes at once"),
    pytest.param((0, 1440), [at(23, 30)], at(23, 40), at(0, days=1), id="all day, over midnight"),
]


@pytest.mark.parametrize(("window", "tried", "now", "due"), HOURS)
def test_at_which_hour(
    window: tuple[int, int], tried: list[datetime], now: datetime, due: datetime | None
) -> None:
    assert retries.next_hour(window, tried, now) == due


def test_never_on_a_holiday(live_carrier: None) -> None:
    with db.transaction():
        special_days.add((NOW + DAY).date(), HOLIDAY, "Nghỉ bù", None, world.staff())
    assert retries.next_hour(EVENING, [at(18)], at(19, 55)) == at(19, days=2)


def test_the_new_attempt_says_the_same_to_the_same_people() -> None:
    with db.transaction():
        world.person("Sùng Mí Páo", world.number(0))
        world.person("Vàng Thị Mỷ", world.number(0))
        world.launched(world.staff(), deadline=LONG, window_from=8 * 60, window_to=20 * 60)
    [first] = send(NOW)
    report(first, "failed", NOW + HOUR / 2, OFF)
    old, new = messages.find(first), newest()
    assert old is not None
    for name in (
        "campaign_id",
        "phone_id",
        "channel",
        "kind",
        "wave",
        "carrier",
        "text",
        "parts",
        "price_vnd",
    ):
        assert getattr(new, name) == getattr(old, name)
    assert (new.attempt, new.state, new.due) == (2, "ready", at(11))
    assert messages.people_of(new.id) == messages.people_of(old.id) == [1, 2]
    db.end_reading()
    assert send(at(10, 59)) == []
    assert send(at(11)) == [new.id]


# ---- what forbids it


def opt_out() -> None:
    phone = phones.find_by_number(world.number(0))
    assert phone is not None
    phones.opt_out(phone, NOW)


def stop() -> None:
    campaign = campaigns.find(1)
    assert campaign is not None
    launch.stop(campaign, world.staff("approver", "x@loaban.example"))


def close() -> None:
    campaign = campaigns.find(1)
    assert campaign is not None
    closing.close(campaign, None)


def change_hands() -> None:
    db.session().execute(text("UPDATE person SET consents = :no"), {"no": False})


def wipe() -> None:
    db.session().execute(update(Message).values(text=""))


def end_early() -> None:
    db.session().execute(update(Campaign).values(deadline=(NOW - DAY).date()))


FORBIDS = [opt_out, stop, close, change_hands, wipe, end_early]


@pytest.mark.parametrize("deed", FORBIDS)
def test_what_forbids_a_message_forbids_a_retry(deed: object) -> None:
    launched()
    [first] = send(NOW)
    with db.transaction():
        deed()  # type: ignore[operator]
    report(first, "failed", NOW + HOUR / 2, OFF)
    assert [row for row in attempts() if row[0] > 1] == []


@pytest.mark.parametrize(("deed", "state"), [(opt_out, "skipped"), (stop, "cancelled"), (close, "cancelled")])
def test_what_happens_before_its_hour_ends_it(deed: object, state: str) -> None:
    made = launched()
    [first] = send(NOW)
    report(first, "failed", NOW + HOUR / 2, OFF)
    with db.transaction():
        deed()  # type: ignore[operator]
    assert send(NOW + 2 * HOUR) == []
    assert counts(made) == {state: 1}


@pytest.mark.parametrize("deed", ["stopped", "closed"])
def test_a_retry_planned_in_the_moment_of_the_stop_is_cancelled(deed: str) -> None:
    made = launched()
    [first] = send(NOW)
    report(first, "failed", NOW + HOUR / 2, OFF)
    values = {"state": "stopped"} if deed == "stopped" else {"closed_at": NOW}
    with db.transaction():
        db.session().execute(update(Campaign).values(values))
        assert launch.cancel_late() == 1
    assert counts(made) == {"cancelled": 1}


def test_what_the_carrier_refused_at_once_was_no_attempt() -> None:
    launched()
    with db.transaction():
        [one] = claim.claim(ScriptedCarrier(), "w", 1, NOW)
        messages.leave([one.id], "failed", "21614", NOW)
    assert attempts() == [(1, "failed", False)]


# ---- each recipient is counted once


def test_the_sum_of_the_states_is_the_recipients_in_every_place() -> None:
    made = launched(3)
    first, second, third = send(NOW)
    report(first, "failed", NOW + HOUR / 2, OFF)
    report(second, "delivered", NOW + HOUR / 2)
    report(third, "failed", NOW + HOUR / 2, FILTERED)
    expected = {"ready": 1, "delivered": 1, "failed": 1}
    assert counts(made) == expected
    found = campaigns.find(made.id)
    assert found is not None
    told = summary(found)
    assert (told["messages"], told["recipients"]) == (expected, 3)
    manager = accounts.find_by_email("manager@loaban.example")
    assert manager is not None
    [progress] = home.today(manager, NOW).running
    assert (progress.done, progress.total) == (2, 3)
    assert retries.filtered(made.id) == 1
    planned = retries.planned(made.id, NOW + HOUR / 2)
    assert (planned.count, planned.first, planned.last) == (1, at(11), at(11))
    assert retries.planned(made.id, NOW + 2 * HOUR).count == 0
    db.end_reading()


def test_counting_reads_the_index_alone() -> None:
    made = launched()
    if db.engine().dialect.name != "sqlite":
        pytest.skip("PostgreSQL reads the table until it was vacuumed")
    query = "SELECT state, count(*) FROM message WHERE campaign_id = 1 AND kind = 'notice' AND replaced = 0 GROUP BY state"
    plan = " ".join(row[3] for row in db.session().execute(text(f"EXPLAIN QUERY PLAN {query}")))
    assert "COVERING INDEX ix_message_campaign_state" in plan
    assert counts(made) == {"ready": 1}


def test_a_late_delivered_cancels_the_attempt_that_waits() -> None:
    made = launched()
    [first] = send(NOW)
    report(first, "failed", NOW + HOUR / 2, OFF)
    report(first, "delivered", NOW + HOUR)
    assert attempts() == [(1, "delivered", False), (2, "cancelled", True)]
    assert counts(made) == {"delivered": 1}
    assert send(NOW + 2 * HOUR) == []
    assert finish() == 1


@pytest.mark.parametrize("ends", ["delivered", "failed", "expired"])
def test_a_late_delivered_when_the_newer_one_is_out_leaves_both_their_truth(ends: str) -> None:
    made = launched()
    [first] = send(NOW)
    report(first, "failed", NOW + HOUR / 2, OFF)
    [second] = send(NOW + 2 * HOUR)
    report(first, "delivered", NOW + 3 * HOUR)
    assert counts(made) == {"accepted": 1}  # it may still arrive, too
    report(second, ends, NOW + 4 * HOUR, OFF if ends == "failed" else "")
    assert [row[1] for row in attempts()] == ["delivered", ends]  # and no third attempt
    assert sum(counts(made).values()) == 1
    if ends != "expired":
        assert counts(made) == {"delivered": 1}


def test_a_campaign_with_a_retry_tomorrow_or_a_report_to_come_is_not_finished() -> None:
    made = launched()
    [first] = send(NOW)
    assert finish() == 0
    report(first, "failed", NOW + HOUR / 2, OFF)
    assert finish() == 0
    [second] = send(NOW + 2 * HOUR)
    assert finish() == 0
    with db.transaction():
        db.session().execute(update(Campaign).values(launched_at=NOW))
    with db.transaction():
        assert expiry.expire(NOW + 4 * DAY) == 1
    assert finish() == 1
    assert counts(made) == {"expired": 1}
    report(second, "failed", NOW + 5 * DAY, OFF)  # long after: nobody expects a retry any more
    assert len(attempts()) == 2


def test_a_wave_is_judged_by_its_first_attempts_and_does_not_wait_for_the_others() -> None:
    made = launched(25, waves="first")
    for place, message_id in enumerate(send(NOW)):
        report(message_id, "failed" if place < 5 else "delivered", NOW + HOUR / 2, OFF)
    campaign = campaigns.find(made.id)
    assert campaign is not None
    wave = waves.look(campaign)
    assert (wave.messages, wave.waiting, wave.failed) == (20, 0, 5)
    with db.transaction():
        assert waves.advance(NOW + HOUR) == 1
    assert len(send(NOW + 2 * HOUR)) == 10  # the five of the second wave, and those tried again


# ---- money and frequency


def money(campaign: Campaign) -> tuple[int, int]:
    try:
        kept = budget.of(campaign.id)
        assert kept is not None
        return kept.cap, kept.spent
    finally:
        db.end_reading()


def test_without_a_cap_the_budget_grows_by_the_price_of_the_retry() -> None:
    made = launched()
    cap, price = money(made)[0], newest().price_vnd
    [first] = send(NOW)
    report(first, "failed", NOW + HOUR / 2, OFF)
    assert send(NOW + 2 * HOUR)
    assert (cap, money(made)) == (price, (2 * price, 2 * price))


def test_a_campaign_with_a_cap_tries_again_only_while_its_money_is_left() -> None:
    with db.transaction():
        world.village_of(5)
        made = world.campaign(world.staff(), deadline=LONG)
        price = launch.outlook(made).price_vnd // 5
        made.cap_vnd = 6 * price
        world.approved(made)
        view = launch.outlook(made)
        made = launch.launch(made.id, 5, view.content_hash, world.staff("manager", "b@loaban.example"))
    for message_id in send(NOW, most=2):  # three have not had their first one yet
        report(message_id, "failed", NOW + HOUR / 2, OFF)
    assert [row[0] for row in attempts()].count(2) == 1
    while send(NOW + 2 * HOUR):
        pass
    assert sum(counts(made).values()) == 5
    assert campaigns.find(made.id).state == "running"  # type: ignore[union-attr]  # and is not paused
    db.end_reading()
    assert money(made) == (6 * price, 6 * price)


def test_an_attempt_that_did_not_arrive_is_no_contact() -> None:
    launched()
    [first] = send(NOW)
    assert hours.contacts_today(1, NOW, "sms") == 1
    report(first, "failed", NOW + HOUR / 2, OFF)
    assert hours.contacts_today(1, NOW, "sms") == 0
    assert send(NOW + 2 * HOUR)
    assert hours.contacts_today(1, NOW, "sms") == 1
    db.end_reading()


def test_the_time_line_shows_both_attempts() -> None:
    launched()
    [first] = send(NOW)
    report(first, "failed", NOW + HOUR / 2, OFF)
    person = db.session().get(Person, 1)
    assert person is not None
    told = [
        (one.kind, one.values["state"]) for one in timeline.of_person(person) if one.kind[:8] == "message."
    ]
    assert sorted(told) == [("message.notice", "failed"), ("message.notice_again", "ready")]
    assert db.session().query(MessagePerson).count() == 2
    db.end_reading()
