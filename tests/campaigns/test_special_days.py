"""Holidays and market days: what the rules say, what staff add and take away."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest
import time_machine
from sqlalchemy import Engine

from service import db
from service.campaigns import special_days
from service.campaigns.special_days import HOLIDAY, MARKET, read_rule
from service.refused import Refused
from service.registry import areas
from service.staff.accounts import Staff
from tests import world

HOLIDAYS = [
    date(2027, 1, 1),
    date(2027, 2, 5),  # the eve of Tết Đinh Mùi
    date(2027, 2, 6),
    date(2027, 2, 9),
    date(2027, 4, 16),  # 10/3 of the lunar calendar
    date(2027, 4, 30),
    date(2027, 5, 1),
    date(2027, 9, 1),
    date(2027, 9, 2),
    date(2026, 2, 16),
    date(2026, 4, 26),
]
WORKING = [date(2027, 1, 2), date(2027, 2, 4), date(2027, 2, 10), date(2027, 4, 15), date(2026, 11, 24)]


@pytest.fixture
def by(connected: Engine) -> Staff:
    with db.transaction():
        areas.load_data()
        return world.staff()


@pytest.fixture(autouse=True)
def _today() -> object:
    with time_machine.travel(world.TUESDAY_10, tick=True):
        yield


def commune(name: str) -> int:
    found = areas.commune_by_name(name)
    assert found is not None
    return found.id


@pytest.mark.parametrize("day", HOLIDAYS, ids=str)
def test_holidays(by: Staff, day: date) -> None:
    assert special_days.is_holiday(day)
    assert special_days.on(day)[0].kind == HOLIDAY


@pytest.mark.parametrize("day", WORKING, ids=str)
def test_days_like_others(by: Staff, day: date) -> None:
    assert not special_days.is_holiday(day)


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2026, 11, 24), date(2026, 11, 24)),
        (date(2026, 11, 29), date(2026, 11, 29)),  # a Sunday is no holiday
        (date(2027, 2, 5), date(2027, 2, 10)),
        (date(2027, 4, 30), date(2027, 5, 2)),
    ],
)
def test_the_next_day_on_which_people_are_written_to(by: Staff, day: date, working: date) -> None:
    assert special_days.next_working(day) == working


@pytest.mark.parametrize(
    ("day", "place", "names"),
    [
        (date(2026, 11, 29), "Mèo Vạc", ["Chợ phiên Mèo Vạc"]),  # a Sunday
        (date(2026, 11, 29), "Niêm Sơn", ["Chợ phiên Mèo Vạc"]),
        (date(2026, 11, 28), "Sủng Máng", ["Chợ Sủng Trà"]),  # a Saturday, there alone
        (date(2026, 11, 28), "Niêm Sơn", []),
        (date(2026, 12, 10), "Khâu Vai", ["Chợ Khâu Vai"]),  # 2/11 of the lunar calendar
        (date(2026, 12, 9), "Khâu Vai", []),
        (date(2027, 5, 3), "Tát Ngà", ["Chợ tình Khâu Vai"]),  # 27/3
    ],
)
def test_market_days(by: Staff, day: date, place: str, names: list[str]) -> None:
    assert [one.name for one in special_days.on(day, commune(place))] == names


def test_a_moving_market_comes_every_six_days_and_a_day_earlier_each_week(by: Staff) -> None:
    found = special_days.between(date(2026, 11, 1), date(2026, 12, 31))
    days = [day for day, each in found.items() for one in each if one.name.startswith("Chợ Lũng Phìn")]
    assert {(after - day).days for day, after in itertools.pairwise(days)} == {6}
    assert len({day.weekday() for day in days}) == 7


def test_markets_of_places_that_this_office_does_not_know_are_left_out(connected: Engine) -> None:
    assert special_days.on(date(2026, 11, 29)) == []
    assert special_days.on(date(2027, 1, 1))[0].name == "Tết Dương lịch"


def test_staff_add_a_day_for_everybody_or_for_one_commune(by: Staff) -> None:
    day = date(2026, 12, 1)
    with db.transaction():
        special_days.add(day, HOLIDAY, "  Nghỉ bù  ", None, by)
        special_days.add(day, MARKET, "Hội xuân", commune("Sơn Vĩ"), by)
    assert special_days.is_holiday(day)
    assert [one.name for one in special_days.on(day, commune("Sơn Vĩ"))] == ["Nghỉ bù", "Hội xuân"]
    assert [one.name for one in special_days.on(day, commune("Mèo Vạc"))] == ["Nghỉ bù"]
    assert not special_days.is_holiday(day + timedelta(days=1))


def test_a_holiday_of_one_commune_is_none_for_the_others(by: Staff) -> None:
    day = date(2026, 12, 1)
    with db.transaction():
        special_days.add(day, HOLIDAY, "Lễ của xã", commune("Sơn Vĩ"), by)
    assert not special_days.is_holiday(day)
    assert special_days.on(day, commune("Mèo Vạc")) == []
    assert len(special_days.on(day, commune("Sơn Vĩ"))) == 1


def test_a_day_of_a_rule_is_taken_away_and_put_back(by: Staff) -> None:
    day = date(2027, 9, 1)
    name = special_days.on(day)[0].name
    with db.transaction():
        special_days.take_away(day, HOLIDAY, name, by)
    assert not special_days.is_holiday(day)
    assert [one for one in special_days.on(day) if one.kind == HOLIDAY] == []
    assert [one.away for one in special_days.between(day, day)[day] if one.name == name] == [True]
    assert special_days.is_holiday(date(2028, 9, 1))  # that one day only
    with db.transaction():
        special_days.put_back(day, HOLIDAY, name, by)
    assert special_days.is_holiday(day)


def test_what_staff_added_goes_for_good(by: Staff) -> None:
    day = date(2026, 12, 1)
    with db.transaction():
        special_days.add(day, MARKET, "Hội xuân", None, by)
        special_days.take_away(day, MARKET, "Hội xuân", by)
    assert special_days.between(day, day) == {}


NO = [
    # day, kind, name, code
    (date(2026, 11, 23), HOLIDAY, "Nghỉ", "calendar.past"),
    (date(2030, 1, 1), HOLIDAY, "Nghỉ", "calendar.too_far"),
    (date(2026, 12, 1), HOLIDAY, " !! ", "calendar.no_name"),
    (date(2026, 12, 1), "party", "Nghỉ", "calendar.unknown_kind"),
    (date(2026, 12, 1), "no_holiday", "Nghỉ", "calendar.unknown_kind"),
    (date(2027, 1, 1), HOLIDAY, "Tết Dương lịch", "calendar.already"),
]


@pytest.mark.parametrize(("day", "kind", "name", "code"), NO)
def test_what_cannot_be_added(by: Staff, day: date, kind: str, name: str, code: str) -> None:
    with db.transaction(), pytest.raises(Refused) as refused:
        special_days.add(day, kind, name, None, by)
    assert refused.value.code == code


@pytest.mark.parametrize("verb", [special_days.take_away, special_days.put_back])
def test_what_is_not_there_cannot_be_taken_or_put_back(by: Staff, verb: object) -> None:
    with db.transaction(), pytest.raises(Refused) as refused:
        verb(date(2027, 3, 3), HOLIDAY, "Nghỉ", by)  # type: ignore[operator]
    assert refused.value.code == "calendar.not_there"


def test_taking_the_same_day_away_twice_is_told(by: Staff) -> None:
    with db.transaction():
        special_days.take_away(date(2027, 1, 1), HOLIDAY, "Tết Dương lịch", by)
        with pytest.raises(Refused):
            special_days.take_away(date(2027, 1, 1), HOLIDAY, "Tết Dương lịch", by)


@pytest.mark.parametrize(
    "rule", ["", "solar", "solar 13-01", "solar 5", "weekday 8", "branch rồng", "never 1", "tet 1", "days x"]
)
def test_a_rule_that_cannot_be_read_is_a_mistake_in_the_file(rule: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_rule(rule)


def test_every_line_of_the_file_is_of_a_known_kind_and_names_its_place() -> None:
    assert len(special_days.rows()) >= 10
    for row in special_days.rows():
        assert row.kind in special_days.KINDS
        assert row.name
        assert bool(row.communes) == (row.kind == MARKET), row.name
        assert any(row.rule(date(2027, 1, 1) + timedelta(days=ahead)) for ahead in range(366)), row.name
