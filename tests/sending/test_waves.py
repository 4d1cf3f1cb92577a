"""A few first, the others when nothing went wrong; and a start at a later time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from service import db
from service.campaigns import campaigns
from service.campaigns.campaigns import Campaign
from service.registry import areas, phones
from service.sending import messages, waves
from service.sending.messages import Status
from service.sending.progress import Around, describe
from tests import world
from tests.sending.test_claim import claim_all
from tests.world import TUESDAY_10

pytestmark = pytest.mark.usefixtures("connected")
NEXT_YEAR = TUESDAY_10 + timedelta(days=365)


def launched(size: int, kind: str) -> Campaign:
    with db.transaction():
        world.village_of(size)
        return world.launched(world.staff(), waves=kind)


def hear(states: list[str]) -> None:
    """The carrier reports on what was claimed, one state each; the others were delivered."""
    with db.transaction():
        for place, message in enumerate(messages.in_state("sending", limit=1000)):
            messages.hear_back(message.id, Status(states[place] if place < len(states) else "delivered"))


def advance(after: timedelta = timedelta(minutes=1)) -> int:
    with db.transaction():
        return waves.advance(NEXT_YEAR + after)


def now_of(campaign: Campaign) -> Campaign:
    db.end_reading()
    found = campaigns.find(campaign.id)
    assert found is not None
    return found


def test_twenty_go_first_and_the_rest_when_these_arrived() -> None:
    made = launched(30, waves.FIRST_FEW)
    assert len(claim_all()) == 20
    assert claim_all() == []
    assert advance() == 0  # they are still on the wire
    hear([])
    assert advance() == 1
    assert now_of(made).open_wave == 2
    assert len(claim_all()) == 10
    hear([])
    assert advance() == 0  # there is no third wave


def test_after_the_first_few_each_commune_is_a_wave() -> None:
    with db.transaction():
        world.village_of(20)
        for name, index in (("Khâu Vai", 30), ("Mèo Vạc", 31), ("Khâu Vai", 32)):
            commune = areas.commune_by_name(name)
            assert commune is not None
            world.person("Vàng Thị Mỷ", world.number(index), area_id=commune.id)
        world.launched(world.staff(), waves=waves.BY_COMMUNE)
    sizes = []
    for _ in range(4):
        sizes.append(len(claim_all()))
        hear([])
        advance()
    assert sizes == [20, 2, 1, 0]


@pytest.mark.parametrize(("failed", "held"), [(6, False), (7, True)])
def test_a_wave_of_which_many_failed_waits_for_a_person(failed: int, held: bool) -> None:
    made = launched(25, waves.FIRST_FEW)
    claim_all()
    hear(["failed"] * failed)
    advance()
    assert (now_of(made).state == "paused") is held
    if not held:
        assert len(claim_all()) == 5
        return
    assert [one.code for one in describe(now_of(made), {"ready": 5}, Around(None, NEXT_YEAR))] == [
        "progress.paused_wave", "progress.wave",
    ]  # fmt: skip
    with db.transaction():
        waves.resume(now_of(made), world.staff("manager", "b@vidu.vn"))
    assert len(claim_all()) == 5
    assert advance() == 0


def test_a_wave_after_which_many_opted_out_waits_too() -> None:
    made = launched(25, waves.FIRST_FEW)
    claim_all()
    hear([])
    with db.transaction():
        for index in range(3):
            phone = phones.find_by_number(world.number(index))
            assert phone is not None
            phones.opt_out(phone, db.clock())
    advance()
    assert now_of(made).pause_reason == "wave"


def test_a_wave_does_not_wait_for_reports_for_ever() -> None:
    made = launched(21, waves.FIRST_FEW)
    claim_all()
    hear(["accepted"] * 20)
    assert advance(timedelta(minutes=9)) == 0
    assert advance(timedelta(minutes=11)) == 1
    assert now_of(made).open_wave == 2


def test_two_clocks_open_a_wave_once() -> None:
    made = launched(45, waves.FIRST_FEW)
    claim_all()
    hear([])
    before = now_of(made)
    assert advance() == 1
    with db.transaction():
        assert not waves.open_next(before, None)
    assert now_of(made).open_wave == 2


def test_nothing_goes_out_before_the_time_that_was_set() -> None:
    with db.transaction():
        world.village_of(2)
        made = world.launched(world.staff(), starts_at=NEXT_YEAR + timedelta(hours=2))
    assert claim_all() == []
    said = describe(now_of(made), {"ready": 2}, Around(None, NEXT_YEAR))
    assert [one.code for one in said] == ["progress.scheduled"]
    assert len(claim_all(now=NEXT_YEAR + timedelta(hours=2))) == 2
