"""What all campaigns together may spend in a day and a month: kept by the tables themselves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from service import db, settings
from service.campaigns import campaigns
from service.campaigns.campaigns import Campaign
from service.sending import budget, messages
from service.sending.messages import Status
from tests import world
from tests.sending.test_claim import claim_all
from tests.world import TUESDAY_10

NOW = TUESDAY_10 + timedelta(days=365)
PART = 800


@pytest.fixture(autouse=True)
def caps(connected: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("LOA_CAP_DAY_VND", str(3 * 2 * PART))
    monkeypatch.setenv("LOA_CAP_MONTH_VND", str(5 * 2 * PART))
    settings.get.cache_clear()
    yield
    settings.get.cache_clear()


def launched(size: int) -> Campaign:
    """So many recipients with a text of two parts each."""
    with db.transaction():
        world.village_of(size)
        made = world.launched(world.staff())
    found = budget.of(made.id)
    assert found is not None
    assert found.cap == size * 2 * PART
    db.end_reading()
    return made


def periods() -> list[tuple[int, int]]:
    db.end_reading()
    kept = budget.of_periods(NOW)
    db.end_reading()
    return [(one.spent, one.reserved) if one else (0, 0) for one in kept.values()]


def state_of(campaign: Campaign) -> tuple[str, str]:
    db.end_reading()
    found = campaigns.find(campaign.id)
    assert found is not None
    return found.state, found.pause_reason


def test_what_is_claimed_is_set_aside_in_the_day_and_the_month_and_spent_when_it_was_accepted() -> None:
    launched(3)
    assert len(claim_all(now=NOW)) == 3
    assert periods() == [(0, 4800), (0, 4800)]
    first, second, third = messages.in_state("sending")
    with db.transaction():
        messages.hear_back(first.id, Status("accepted"), NOW)
        messages.leave([second.id], "failed", "21211", NOW)
        messages.leave([third.id], "unknown", "timeout", NOW)
    assert periods() == [(1600, 1600), (1600, 1600)]
    with db.transaction():
        messages.hear_back(third.id, Status("delivered"), NOW)
    assert periods() == [(3200, 0), (3200, 0)]


def test_a_day_whose_money_is_spent_pauses_the_campaign() -> None:
    made = launched(4)
    assert len(claim_all(most=2, now=NOW)) == 2
    assert claim_all(now=NOW) == []  # two more do not fit into the day
    assert state_of(made) == ("paused", "budget_day")
    kept = budget.of(made.id)
    assert kept is not None
    assert kept.reserved == 2 * 2 * PART
    assert periods() == [(0, 3200), (0, 3200)]


def test_a_month_whose_money_is_spent_gives_the_day_its_money_back() -> None:
    made = launched(6)
    assert len(claim_all(most=3, now=NOW - timedelta(days=1))) == 3
    assert len(claim_all(most=2, now=NOW)) == 2
    assert claim_all(now=NOW) == []
    assert state_of(made) == ("paused", "budget_month")
    assert periods() == [(0, 3200), (0, 8000)]


def test_what_was_claimed_yesterday_is_given_back_to_yesterday() -> None:
    launched(3)
    claim_all(most=1, now=NOW - timedelta(days=1))
    [message] = messages.in_state("sending")
    with db.transaction():
        messages.leave([message.id], "ready", "429", NOW)
    assert periods() == [(0, 0), (0, 0)]
    claim_all(most=1, now=NOW)
    assert periods() == [(0, 1600), (0, 1600)]


def test_the_table_itself_refuses_to_spend_more_than_its_cap() -> None:
    with pytest.raises(IntegrityError), db.transaction() as session:
        session.add(budget.Period(period="2026-11", cap=100, spent=60, reserved=41))


def test_a_cap_that_is_raised_holds_at_once() -> None:
    made = launched(4)
    claim_all(most=2, now=NOW)
    claim_all(now=NOW)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOA_CAP_DAY_VND", "100000")
        settings.get.cache_clear()
        with db.transaction():
            found = campaigns.find(made.id)
            assert found is not None
            campaigns.resume(found, world.staff("manager", "b@vidu.vn"))
        assert len(claim_all(now=NOW)) == 2
    assert periods() == [(0, 6400), (0, 6400)]
