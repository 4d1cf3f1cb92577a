"""The lunar calendar agrees with the printed ones."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.text import lunar
from service.text.lunar import Lunar

TET = [
    # the first day of the first month, as it was or is announced
    date(1985, 1, 21),  # a month before China's: the time zone counts
    date(2007, 2, 17),  # a day before China's
    date(2023, 1, 22),
    date(2024, 2, 10),
    date(2025, 1, 29),
    date(2026, 2, 17),
    date(2027, 2, 6),
    date(2028, 1, 26),
    date(2029, 2, 13),
    date(2030, 2, 2),  # China: 3 February
]
HUNG_KINGS = [date(2023, 4, 29), date(2024, 4, 18), date(2025, 4, 7), date(2026, 4, 26), date(2027, 4, 16)]
LEAP = {2020: 4, 2021: 0, 2022: 0, 2023: 2, 2024: 0, 2025: 6, 2026: 0, 2027: 0, 2028: 5, 2029: 0}


@pytest.mark.parametrize("day", TET, ids=str)
def test_tet(day: date) -> None:
    assert lunar.new_year(day.year) == day
    assert lunar.from_solar(day) == Lunar(day.year, 1, False, 1)
    eve = lunar.from_solar(day - timedelta(days=1))
    assert (eve.year, eve.month, eve.day in (29, 30)) == (day.year - 1, 12, True)


@pytest.mark.parametrize("day", HUNG_KINGS, ids=str)
def test_the_death_day_of_the_hung_kings(day: date) -> None:
    assert lunar.to_solar(day.year, 3, 10) == day


@pytest.mark.parametrize(("year", "month"), LEAP.items())
def test_leap_months(year: int, month: int) -> None:
    assert lunar.leap_month(year) == month


@pytest.mark.parametrize(
    ("day", "found"),
    [
        (date(2023, 3, 22), Lunar(2023, 2, True, 1)),  # the second month comes twice
        (date(2025, 7, 25), Lunar(2025, 6, True, 1)),
        (date(2025, 12, 20), Lunar(2025, 11, False, 1)),
        (date(2026, 11, 24), Lunar(2026, 10, False, 16)),
    ],
)
def test_single_days(day: date, found: Lunar) -> None:
    assert lunar.from_solar(day) == found


@pytest.mark.parametrize(
    ("day", "animal"),
    [
        (date(2024, 2, 10), "thìn"),  # Tết Giáp Thìn fell on a day Giáp Thìn
        (date(2025, 1, 29), "tuất"),
        (date(2025, 1, 30), "hợi"),
        (date(2025, 1, 31), "tý"),
    ],
)
def test_the_animal_of_a_day(day: date, animal: str) -> None:
    assert lunar.branch(day) == animal


@pytest.mark.parametrize(
    ("year", "month", "day", "leap"), [(2026, 1, 31, False), (2026, 6, 1, True), (2026, 2, 0, False)]
)
def test_a_lunar_day_that_does_not_exist_is_refused(year: int, month: int, day: int, leap: bool) -> None:
    with pytest.raises(ValueError, match="no lunar day"):
        lunar.to_solar(year, month, day, leap)


DAYS = st.dates(date(1900, 3, 1), date(2199, 10, 1))


@given(DAYS)
def test_there_and_back_is_the_same_day(day: date) -> None:
    found = lunar.from_solar(day)
    assert lunar.to_solar(found.year, found.month, found.day, found.leap) == day
    assert 1 <= found.day <= 30


@given(DAYS)
def test_the_next_day_is_the_next_lunar_day_or_the_first_of_a_month(day: date) -> None:
    today, tomorrow = lunar.from_solar(day), lunar.from_solar(day + timedelta(days=1))
    if tomorrow.day != 1:
        assert tomorrow == Lunar(today.year, today.month, today.leap, today.day + 1)
    else:
        assert today.day in (29, 30)
        assert tomorrow > today
    assert lunar.branch(day + timedelta(days=12)) == lunar.branch(day)
