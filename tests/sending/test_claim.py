"""Claim = intent: what may go out is taken once, what may not becomes skipped or waits."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from threading import Thread

import pytest

from service import db
from service.campaigns import campaigns
from service.registry import consent, phones
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


@pytest.mark.parametrize(
    ("what", "reason"),
    [(opt_out, "opted_out"), (withdraw_consent, "no_consent"), (die, "dead_number")],
)
def test_what_changed_after_launch_still_counts(what: object, reason: str) -> None:
    with db.transaction():
        world.village_of(3)
        by = world.staff()
        made = world.launched(by)
    with db.transaction():
        what(by)  # type: ignore[operator]
    assert world.number(0) not in {one.e164 for one in claim_all()}
    assert states(made.id) == {"sending": 2, "skipped": 1}
    assert [message.code for message in messages.in_state("skipped", made.id)] == [reason]


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
