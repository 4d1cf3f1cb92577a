"""The Vietnamese lunar calendar: Tết, the death day of the Hùng kings, and the days of the twelve animals.

After Hồ Ngọc Đức's algorithm (https://www.informatik.uni-leipzig.de/~duc/amlich/calrules.html) for the time zone +7:
a month begins on the day of the new moon; the month with the winter solstice is the eleventh; in a year of thirteen
months the first one without a major solar term is the leap month. Good for 1900 to 2199.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from math import floor, pi, sin

BRANCHES = ("tý", "sửu", "dần", "mão", "thìn", "tỵ", "ngọ", "mùi", "thân", "dậu", "tuất", "hợi")

_TIME_ZONE = 7 / 24  # of a day
_MONTH = 29.530588853  # days from new moon to new moon
_NEW_MOON_1900 = 2415021.076998695  # Julian day of the first new moon of 1900
_JULIAN = 1721425  # Julian day number of the day before date(1, 1, 1)
_RAD = pi / 180


@dataclass(frozen=True, order=True)
class Lunar:
    """A day of the lunar calendar. ``leap``: it stands in the second month of this number."""

    year: int
    month: int
    leap: bool
    day: int


@lru_cache(maxsize=4096)
def from_solar(day: date) -> Lunar:
    """The lunar day of a day."""
    number = day.toordinal() + _JULIAN
    index = floor((number - _NEW_MOON_1900) / _MONTH)
    start = _month_start(index + 1)
    if start > number:
        start = _month_start(index)
    first = _eleventh_month(day.year)
    if first >= start:
        first, following, year = _eleventh_month(day.year - 1), first, day.year
    else:
        following, year = _eleventh_month(day.year + 1), day.year + 1
    passed = (start - first) // 29
    month, leap = passed + 11, False
    if following - first > 365:
        at = _leap_offset(first)
        month, leap = (month - 1, passed == at) if passed >= at else (month, False)
    month = month - 12 if month > 12 else month
    if month >= 11 and passed < 4:
        year -= 1
    return Lunar(year, month, leap, number - start + 1)


def to_solar(year: int, month: int, day: int, leap: bool = False) -> date:
    """The day of a lunar day. Raises ValueError for one that does not exist."""
    before = year - 1 if month < 11 else year
    first, following = _eleventh_month(before), _eleventh_month(before + 1)
    index = floor(0.5 + (first - _NEW_MOON_1900) / _MONTH)
    offset = (month - 11) % 12
    if following - first > 365:
        at = _leap_offset(first)
        offset += leap or offset >= at
    found = date.fromordinal(_month_start(index + offset) + day - 1 - _JULIAN)
    if from_solar(found) != Lunar(year, month, leap, day):
        raise ValueError(f"no lunar day {day}/{month}{'+' if leap else ''}/{year}")
    return found


def new_year(year: int) -> date:
    """The first day of Tết."""
    return to_solar(year, 1, 1)


def leap_month(year: int) -> int:
    """Which month of this lunar year comes twice; 0 when none does."""
    return next((month for month in range(1, 13) if _is_there(year, month)), 0)


def _is_there(year: int, month: int) -> bool:
    try:
        to_solar(year, month, 1, leap=True)
    except ValueError:
        return False
    return True


def branch(day: date) -> str:
    """The animal of a day, which moving markets go by: the twelve follow each other without end."""
    return BRANCHES[(day.toordinal() + _JULIAN + 1) % 12]


@lru_cache(maxsize=1024)
def _month_start(index: int) -> int:
    """Julian day number, in Vietnam, of the new moon of this number since 1900."""
    return floor(_new_moon(index) + 0.5 + _TIME_ZONE)


@lru_cache(maxsize=512)
def _eleventh_month(year: int) -> int:
    """Julian day number on which the month with the winter solstice of this year begins."""
    index = floor((date(year, 12, 31).toordinal() + _JULIAN - 2415021) / _MONTH)
    start = _month_start(index)
    return _month_start(index - 1) if _solar_term(start) >= 9 else start


@lru_cache(maxsize=512)
def _leap_offset(first: int) -> int:
    """How many months after the eleventh month that begins on this day the leap month comes."""
    index = floor((first - _NEW_MOON_1900) / _MONTH + 0.5)
    offset, term = 1, _solar_term(_month_start(index + 1))
    while offset < 14:
        before, offset = term, offset + 1
        term = _solar_term(_month_start(index + offset))
        if term == before:
            break
    return offset - 1


def _new_moon(index: int) -> float:
    """The Julian day of a new moon (Meeus, Astronomical Algorithms)."""
    t = index / 1236.85
    t2, t3 = t * t, t * t * t
    mean = 2415020.75933 + 29.53058868 * index + 0.0001178 * t2 - 0.000000155 * t3
    mean += 0.00033 * sin((166.56 + 132.87 * t - 0.009173 * t2) * _RAD)
    sun = (359.2242 + 29.10535608 * index - 0.0000333 * t2 - 0.00000347 * t3) * _RAD
    moon = (306.0253 + 385.81691806 * index + 0.0107306 * t2 + 0.00001236 * t3) * _RAD
    node = (21.2964 + 390.67050646 * index - 0.0016528 * t2 - 0.00000239 * t3) * _RAD
    terms = (
        (0.1734 - 0.000393 * t, sun), (0.0021, 2 * sun), (-0.4068, moon), (0.0161, 2 * moon), (-0.0004, 3 * moon),
        (0.0104, 2 * node), (-0.0051, sun + moon), (-0.0074, sun - moon), (0.0004, 2 * node + sun),
        (-0.0004, 2 * node - sun), (-0.0006, 2 * node + moon), (0.0010, 2 * node - moon), (0.0005, 2 * moon + sun),
    )  # fmt: skip
    slowing = (
        0.001 + 0.000839 * t + 0.0002261 * t2 - 0.00000845 * t3 - 0.000000081 * t * t3
        if t < -11
        else -0.000278 + 0.000265 * t + 0.000262 * t2
    )
    return mean + sum(size * sin(angle) for size, angle in terms) - slowing


def _solar_term(number: int) -> int:
    """In which twelfth of its way (0 to 11, from the spring equinox) the sun stands as this day begins in Vietnam."""
    t = (number - 2451545.5 - _TIME_ZONE) / 36525
    t2 = t * t
    mean = (357.52910 + 35999.05030 * t - 0.0001559 * t2 - 0.00000048 * t * t2) * _RAD
    longitude = 280.46645 + 36000.76983 * t + 0.0003032 * t2
    longitude += (1.914600 - 0.004817 * t - 0.000014 * t2) * sin(mean)
    longitude += (0.019993 - 0.000101 * t) * sin(2 * mean) + 0.000290 * sin(3 * mean)
    return floor(longitude % 360 / 30)
