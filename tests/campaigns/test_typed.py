"""What people type into forms: wages, days, times of day."""

from __future__ import annotations

import unicodedata
from datetime import UTC, date, datetime

import pytest

from service.campaigns.typed import clock, parse_clock, parse_day, parse_moment, parse_money, parse_wage

MILLION = 1_000_000


@pytest.mark.parametrize(
    ("typed", "dong"),
    [
        ("8.000.000", 8 * MILLION),
        ("8,000,000", 8 * MILLION),
        ("8000000", 8 * MILLION),
        ("8 000 000", 8 * MILLION),
        ("8.000.000 đ", 8 * MILLION),
        ("8.000.000đồng", 8 * MILLION),
        ("8.000.000 VND", 8 * MILLION),
        ("8.000.000 đ/tháng", 8 * MILLION),
        ("8tr", 8 * MILLION),
        ("8 triệu", 8 * MILLION),
        ("8 TRIEU", 8 * MILLION),
        ("8,5 triệu", 8_500_000),
        ("8.5tr", 8_500_000),
        ("8tr5", 8_500_000),
        ("8,25 triệu đồng", 8_250_000),
        ("8.000k", 8 * MILLION),
        ("500k", 500_000),
        ("12 triệu/tháng", 12 * MILLION),
    ],
)
def test_a_wage_is_read_as_people_write_it(typed: str, dong: int) -> None:
    assert parse_wage(typed) == dong
    assert parse_wage(unicodedata.normalize("NFD", typed)) == dong  # as a Mac types it


@pytest.mark.parametrize(
    "typed",
    [
        "8",  # of what?
        "8.000",  # eight thousand đồng a month is a slip
        "8.00.000",
        "8.000.00",
        "8-11 triệu",  # a range: there are two fields
        "thỏa thuận",
        "-8 triệu",
        "8 triệu rưỡi",
        "800 triệu",
        "99999999999999999999999",
        "",
    ],
)
def test_a_wage_that_may_mean_something_else_is_asked_again(typed: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse_wage(typed)


@pytest.mark.parametrize(
    "typed", ["30/12/2026", "30-12-2026", "30.12.2026", " 30/12/2026 ", "2026-12-30", "30 12 2026"]
)
def test_a_day_is_read_in_both_orders(typed: str) -> None:
    assert parse_day(typed) == date(2026, 12, 30)


@pytest.mark.parametrize(
    "typed", ["31/02/2026", "12/30/2026", "30/12/26", "30/12", "mai", "30/12/2026/1", "²/1/2026"]
)
def test_a_day_that_does_not_exist_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse_day(typed)


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("07:30", 450),
        ("7:30", 450),
        ("7h30", 450),
        ("7h", 420),
        ("7", 420),
        ("24:00", 1440),
        ("0:00", 0),
        ("7g30", 450),
    ],
)
def test_a_time_of_day_is_read_as_people_write_it(typed: str, minutes: int) -> None:
    assert parse_clock(typed) == minutes


@pytest.mark.parametrize("typed", ["25:00", "24:01", "7:60", "sáng", "-1:00", "7:3", ""])
def test_a_time_that_does_not_exist_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse_clock(typed)


def test_times_are_written_with_two_figures_each() -> None:
    assert [clock(0), clock(450), clock(1440)] == ["00:00", "07:30", "24:00"]


@pytest.mark.parametrize(
    ("typed", "dong"),
    [
        ("500.000", 500_000),
        ("500k", 500_000),
        ("2 triệu", 2_000_000),
        ("0", 0),
        ("1,5tr", 1_500_000),
        ("800 đ", 800),
    ],
)
def test_money_is_read_as_people_write_it(typed: str, dong: int) -> None:
    assert parse_money(typed) == dong


@pytest.mark.parametrize("typed", ["nhiều", "-1", "999.999.999.999.999", "1" * 500])
def test_what_is_no_money_is_asked_again(typed: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  (whatever it says, the field says its own)
        parse_money(typed)


MOMENT = datetime(2026, 11, 25, 0, 0, tzinfo=UTC)  # 07:00 in Vietnam


@pytest.mark.parametrize(
    "typed",
    ["07:00 25/11/2026", "25/11/2026 07:00", "25-11-2026 7h", "2026-11-25T07:00", "7g00, 25.11.2026"],
)
def test_day_and_clock_are_read_in_either_order(typed: str) -> None:
    assert parse_moment(typed) == MOMENT
    assert parse_moment(typed).tzinfo is UTC


@pytest.mark.parametrize(
    "typed",
    ["", "mai", "07:00", "25/11/2026", "25/11/2026 25:00", "31/02/2026 07:00", "07:00 01/01/9999", "7 7 7"],
)
def test_what_is_no_moment_is_asked_again(typed: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        parse_moment(typed)
