"""What will happen after "send" is pressed, as it is told before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from service import db
from service.campaigns import special_days
from service.campaigns.campaigns import Campaign
from service.campaigns.special_days import HOLIDAY
from service.sending.forecast import Window, forecast
from tests import world
from tests.world import TUESDAY_10

pytestmark = pytest.mark.usefixtures("connected")
MORNING = timedelta(hours=-7)  # from Vietnam's clock to UTC


def vietnam(day: int, hour: int, minute: int = 0) -> datetime:
    """In November 2026, on Vietnam's clock."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) + MORNING


def draft(**changes: Any) -> Campaign:
    facts = {"window_from": 7 * 60, "window_to": 20 * 60, "waves": "", "law_class": "", "starts_at": None}
    return Campaign(code="A001", carrier="twilio", reach="in_province", audience={}, **{**facts, **changes})


def codes(campaign: Campaign, recipients: int = 100, now: datetime = TUESDAY_10) -> dict[str, dict[str, Any]]:
    return {one.code: one.values for one in forecast(campaign, recipients, 10.0, now)}


CASES = [
    # (what the campaign says, now, when it begins)
    ({}, vietnam(24, 10), vietnam(24, 10)),
    ({}, vietnam(24, 6), vietnam(24, 7)),
    ({}, vietnam(24, 21), vietnam(25, 7)),
    ({"starts_at": vietnam(26, 9)}, vietnam(24, 10), vietnam(26, 9)),
    ({"starts_at": vietnam(26, 22)}, vietnam(24, 10), vietnam(27, 7)),
    ({"starts_at": vietnam(20, 9)}, vietnam(24, 10), vietnam(24, 10)),
]


@pytest.mark.parametrize(("says", "now", "begins"), CASES)
def test_it_begins_when_hours_and_the_wished_time_allow(
    says: dict[str, Any], now: datetime, begins: datetime
) -> None:
    told = codes(draft(**says), now=now)
    assert ("plan.at_once" in told) is (begins == now)
    assert next(iter(told.values()))["at"] == begins
    assert told["plan.until"]["at"] == begins + timedelta(minutes=1)  # 10 seconds, told as a minute


def test_it_does_not_begin_on_a_holiday(live_carrier: None) -> None:
    with db.transaction():
        day = vietnam(25, 7).date() + timedelta(days=365)
        special_days.add(day, HOLIDAY, "Nghỉ bù", None, world.staff())
    now = vietnam(24, 21) + timedelta(days=365)
    told = codes(draft(), now=now)
    assert told["plan.begins"]["at"] == vietnam(26, 7) + timedelta(days=365)


@time_machine.travel(TUESDAY_10)
def test_a_rehearsal_has_no_holiday() -> None:
    with db.transaction():
        special_days.add(vietnam(24, 7).date(), HOLIDAY, "Nghỉ bù", None, world.staff())
    told = codes(draft())
    assert told["plan.at_once"]["at"] == TUESDAY_10
    assert "plan.holiday" not in told


def test_the_first_wave_is_twenty_and_the_rest_follows() -> None:
    told = codes(draft(waves="first"))
    assert told["plan.at_once"]["count"] == 20
    assert told["plan.first"]["rest"] == 80
    assert "plan.until" not in told  # nobody knows how long the reports of the first wave take
    assert codes(draft(waves="communes"))["plan.communes"]["rest"] == 80
    assert "plan.first" not in codes(draft(waves="first"), recipients=20)


def test_what_does_not_fit_into_a_day_goes_on_the_next() -> None:
    told = codes(draft(), recipients=468_000 + 36_000)  # 13 hours at 10 a second, and one hour more
    assert told["plan.until"]["at"] == vietnam(25, 11)


@pytest.mark.parametrize(
    "says", [{"window_from": 600, "window_to": 600}, {"window_from": 600, "window_to": 500}]
)
def test_a_window_that_never_opens_promises_nothing(says: dict[str, int]) -> None:
    assert codes(draft(**says)) == {}


def test_nobody_is_promised_nothing() -> None:
    assert codes(draft(), recipients=0) == {}


def test_months_of_sending_get_no_date() -> None:
    assert Window(0, 60).after(TUESDAY_10, 3600 * 100) is None


def test_the_second_channel_is_told_with_its_own_hours(live_carrier: None) -> None:
    told = codes(draft(second="voice", second_after_h=5))
    assert told["plan.second_voice"] == {"hours": 5, "from": "08:00", "to": "17:00"}
    assert "plan.second_sms" in codes(draft(channel="voice", second="sms", second_after_h=24))
