"""Claim = intent: what may go out is taken once, what may not becomes skipped or waits."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from threading import Thread

import pytest
from sqlalchemy import update

from service import db
from service.campaigns import campaigns, special_days
from service.campaigns.special_days import HOLIDAY
from service.registry import consent, merging, phones
from service.sending import budget, claim, gates, launch, messages
from service.staff.accounts import Staff
from tests import world
from tests.world import TUESDAY_10, ScriptedCarrier

pytestmark = pytest.mark.usefixtures("connected")
CARRIER = ScriptedCarrier()


def claim_all(worker: str = "w", most: int = 100, **changes: object) -> list[claim.Claimed]:
    now = changes.pop("now", TUESDAY_10 + timedelta(days=365))
    with db.transaction():
        return claim.claim(CARRIER, worker, most, now)  # type: ignore[arg-type]


def states(campaign_id: int) -> dict[str, int]:
    try:
        return messages.counts(campaign_id)
    finally:
        db.end_reading()


def test_each_recipient_is_claimed_once() -> None:
    with db.transaction():
        world.village_of(7)
        made = world.launched(world.staff())
    first, second = claim_all(most=4), claim_all()
    assert Counter(one.e164 for one in first + second) == Counter({world.number(i): 1 for i in range(7)})
    assert claim_all() == []
    assert states(made.id) == {"sending": 7}


def test_nothing_of_a_campaign_goes_out_on_a_holiday(live_carrier: None) -> None:
    holiday = TUESDAY_10 + timedelta(days=365)
    with db.transaction():
        world.village_of(2)
        by = world.staff()
        world.launched(by, window_from=8 * 60, window_to=20 * 60)
        special_days.add(holiday.date(), HOLIDAY, "Nghỉ bù", None, by)
    assert claim_all(now=holiday) == []
    assert not claim.due_now("twilio", holiday)
    assert len(claim_all(now=holiday + timedelta(days=1))) == 2


def test_two_people_behind_one_phone_get_one_message_that_names_both() -> None:
    with db.transaction():
        world.person("Sùng Mí Páo", world.number(1))
        world.person("Vàng Thị Mỷ", world.number(1), gender="female")
        world.launched(world.staff())
    (only,) = claim_all()
    assert "anh Pao, chi My" in only.text


def opt_out(_by: Staff) -> None:
    phone = phones.find_by_number(world.number(0))
    assert phone is not None
    phones.opt_out(phone, db.clock())


def withdraw_consent(by: Staff) -> None:
    phone = phones.find_by_number(world.number(0))
    assert phone is not None
    for person_id in phones.people_of(phone.id):
        person = db.session().get(world.Person, person_id)
        assert person is not None
        consent.record(person, False, "meeting", "không nhận nữa", by)


def die(_by: Staff) -> None:
    phone = phones.find_by_number(world.number(0))
    assert phone is not None
    phone.state = phones.DEAD


def refuse_written_messages(_by: Staff) -> None:
    phone = phones.find_by_number(world.number(0))
    assert phone is not None
    phone.no_sms_at = db.clock()


def turn_out_wrong(by: Staff) -> None:
    phone = phones.find_by_number(world.number(0))
    assert phone is not None
    for person_id in phones.people_of(phone.id):
        row = phones.FormerPhone(
            person_id=person_id,
            phone_id=phone.id,
            raw="",
            reason="wrong_number",
            at=db.clock(),
            staff_id=by.id,
        )
        db.session().add(row)


def agree_on_an_hour_that_the_campaign_never_meets(_by: Staff) -> None:
    phone = phones.find_by_number(world.number(0))
    assert phone is not None
    for person_id in phones.people_of(phone.id):
        db.session().execute(
            update(world.Person).where(world.Person.id == person_id).values(hours_from=0, hours_to=60)
        )


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        (opt_out, "opted_out"),
        (withdraw_consent, "no_consent"),
        (die, "dead_number"),
        (refuse_written_messages, "no_sms"),
        (turn_out_wrong, "wrong_number"),
        (agree_on_an_hour_that_the_campaign_never_meets, "agreed_hours"),
    ],
)
def test_what_changed_after_launch_still_counts(what: object, reason: str) -> None:
    with db.transaction():
        world.village_of(3)
        by = world.staff()
        made = world.launched(by, window_from=2 * 60, window_to=23 * 60)
    with db.transaction():
        what(by)  # type: ignore[operator]
    assert world.number(0) not in {one.e164 for one in claim_all()}
    assert states(made.id) == {"sending": 2, "skipped": 1}
    assert [message.code for message in messages.in_state("skipped", made.id)] == [reason]


def test_a_message_waits_for_the_hours_agreed_with_the_person() -> None:
    with db.transaction():
        world.person("Sùng Mí Páo", world.number(0), hours_from=18 * 60, hours_to=20 * 60)
        world.person("Vàng Thị Mỷ", world.number(1))
        made = world.launched(world.staff())
    noon = TUESDAY_10 + timedelta(days=365)
    assert [one.e164 for one in claim_all(now=noon)] == [world.number(1)]
    assert states(made.id) == {"ready": 1, "sending": 1}
    assert claim_all(now=noon + timedelta(hours=7, minutes=59)) == []
    assert [one.e164 for one in claim_all(now=noon + timedelta(hours=8))] == [world.number(0)]


def test_of_two_people_with_agreed_hours_the_first_hour_counts() -> None:
    with db.transaction():
        world.person("Sùng Mí Páo", world.number(0), hours_from=18 * 60, hours_to=20 * 60)
        world.person("Vàng Thị Mỷ", world.number(0), hours_from=11 * 60, hours_to=12 * 60)
        world.launched(world.staff())
    noon = TUESDAY_10 + timedelta(days=365)
    assert claim_all(now=noon) == []
    assert len(claim_all(now=noon + timedelta(hours=1))) == 1


def test_a_person_merged_into_another_since_the_launch_says_what_the_other_says() -> None:
    with db.transaction():
        kept = world.person("Sùng Mí Páo", agrees=False)
        gone = world.person("Sung Mi Pao", world.number(0))
        by = world.staff()
        made = world.launched(by)
    with db.transaction():
        db.session().add(
            merging.Merge(kept_id=kept.id, gone_id=gone.id, moved={}, staff_id=by.id, at=db.clock())
        )
    assert claim_all() == []
    assert [message.code for message in messages.in_state("skipped", made.id)] == ["no_consent"]


def test_the_phone_remembers_when_it_was_last_written_to() -> None:
    with db.transaction():
        world.village_of(1)
        world.launched(world.staff())
    claim_all()
    phone = phones.find_by_number(world.number(0))
    assert phone is not None
    assert phone.contacted_at == TUESDAY_10 + timedelta(days=365)
    db.end_reading()


def test_outside_the_window_everything_waits() -> None:
    with db.transaction():
        world.village_of(2)
        made = world.launched(world.staff(), window_from=8 * 60, window_to=10 * 60)
    assert claim_all() == []  # it is 10:00: the window has just closed
    assert len(claim_all(now=TUESDAY_10 + timedelta(days=365, minutes=-1))) == 2
    assert states(made.id) == {"sending": 2}


def test_a_paused_campaign_waits_and_a_stopped_one_ends() -> None:
    with db.transaction():
        world.village_of(3)
        by = world.staff()
        made = world.launched(by)
    with db.transaction():
        campaigns.pause(made, by)
    assert claim_all() == []
    with db.transaction():
        campaigns.resume(made, by)
    assert len(claim_all(most=1)) == 1
    with db.transaction():
        assert launch.stop(made, by) == 2
    assert claim_all() == []
    assert states(made.id) == {"sending": 1, "cancelled": 2}


def test_a_phone_that_had_its_share_today_waits_for_tomorrow() -> None:
    with db.transaction():
        world.village_of(1)
        by = world.staff()
        for _ in range(4):
            world.launched(by)
    taken = [claim_all() for _ in range(4)]
    assert [len(batch) for batch in taken] == [1, 1, 1, 0]  # LOA_SMS_PER_PHONE_PER_DAY is 3
    assert len(claim_all(now=TUESDAY_10 + timedelta(days=366))) == 1


def test_a_campaign_without_money_is_paused() -> None:
    with db.transaction():
        world.village_of(3)
        made = world.launched(world.staff())
        kept = budget.of(made.id)
        assert kept is not None
        kept.cap -= 1
    assert claim_all() == []
    found = campaigns.find(made.id)
    assert found is not None
    assert (found.state, found.pause_reason) == ("paused", "budget")
    db.end_reading()
    assert states(made.id) == {"ready": 3}


def test_a_closed_gate_lets_nothing_through() -> None:
    with db.transaction():
        world.village_of(2)
        world.launched(world.staff())
        gates.close("twilio", "20003")
    assert claim_all() == []


def test_the_pace_is_kept_by_all_workers_together() -> None:
    with db.transaction():
        world.village_of(30)
        world.launched(world.staff())
    slow, now = ScriptedCarrier(per_second=10.0), TUESDAY_10 + timedelta(days=365)
    taken = []
    for tick in range(8):  # eight claims within a second, by two workers
        with db.transaction():
            taken += claim.claim(slow, f"w{tick % 2}", 100, now + timedelta(milliseconds=125 * tick))
    assert 8 <= len(taken) <= 8 + 8  # the burst of one second at 80 %, and one second's refill


@pytest.mark.parametrize("workers", [8])
def test_many_workers_at_once_never_share_a_message(workers: int) -> None:
    with db.transaction():
        world.village_of(60)
        made = world.launched(world.staff())
    taken: list[claim.Claimed] = []

    def work(name: str) -> None:
        while batch := claim_all(name, 7):
            taken.extend(batch)

    threads = [Thread(target=work, args=(f"w{index}",)) for index in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(one.id for one in taken).most_common(1)[0][1] == 1
    assert len(taken) == 60
    assert states(made.id) == {"sending": 60}
