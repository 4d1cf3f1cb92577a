"""Days on which people are not written to (holidays) or are hard to reach at home (market days).

Those that come again stand as rules in data/special_days.csv; staff add single days, and take away a single day of a
rule. The state announces each year which days around Tết are free, so both are needed.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from sqlalchemy import Delete, ForeignKey, Index, String, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from service import db
from service.refused import Refused
from service.registry import areas
from service.staff import history
from service.staff.accounts import Staff
from service.text import lunar
from service.text.vietnamese import one_line, search_key
from service.text.words import date_vi, today_in_vietnam

HOLIDAY, MARKET = "holiday", "market"
KINDS = (HOLIDAY, MARKET)
AWAY = {HOLIDAY: "no_holiday", MARKET: "no_market"}  # kind → a row that takes away one day of a rule
DATA = Path(__file__).parent / "data" / "special_days.csv"
FARTHEST_DAYS = 2 * 366
LONGEST_RUN = 60  # days; no row of holidays is longer

Rule = Callable[[date], bool]


class SpecialDay(db.Base):
    """``area_id``: only for that commune; none: everywhere."""

    __tablename__ = "special_day"
    __table_args__ = (Index("ix_special_day", "day", "kind"),)

    id: Mapped[int] = mapped_column(db.Id, primary_key=True)
    day: Mapped[date]
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(100))
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))


@dataclass(frozen=True)
class Special:
    """What a day is. ``areas``: the communes whose people it is about; empty: everybody. ``by_rule``: comes again."""

    kind: str
    name: str
    areas: frozenset[int]
    by_rule: bool
    away: bool = False  # taken away by staff; only shown

    def is_for(self, area_id: int | None) -> bool:
        return area_id is None or not self.areas or area_id in self.areas


# ------------------------------------------------------------------------------------------------------- questions


def on(day: date, area_id: int | None = None) -> list[Special]:
    """What this day is, holidays first; for the people of one commune, or wherever."""
    found = between(day, day, area_id)
    return [one for one in found.get(day, []) if not one.away]


def is_holiday(day: date) -> bool:
    """Is it a day on which nobody is written to, wherever?"""
    query = select(SpecialDay.kind, SpecialDay.name).where(
        SpecialDay.day == day, SpecialDay.area_id.is_(None)
    )
    own = [(row[0], row[1]) for row in db.session().execute(query)]
    if any(kind == HOLIDAY for kind, _name in own):
        return True
    gone = {name for kind, name in own if kind == AWAY[HOLIDAY]}
    return any(row.rule(day) for row in _holidays() if row.name not in gone)


def next_working(day: date) -> date:
    """The first day, this one or later, that is no holiday. Saturdays and Sundays count: people are at home then."""
    for later in range(LONGEST_RUN):
        if not is_holiday(day + timedelta(days=later)):
            return day + timedelta(days=later)
    return day + timedelta(days=LONGEST_RUN)


def between(first: date, last: date, area_id: int | None = None) -> dict[date, list[Special]]:
    """The special days from first to last, those that were taken away too: day → what it is, holidays first."""
    rules, own = _rules_here(), _own(first, last)
    found: dict[date, list[Special]] = {}
    for number in range(first.toordinal(), last.toordinal() + 1):
        day = date.fromordinal(number)
        rows = own.get(day, [])
        gone = {(row.kind, row.name) for row in rows}
        all_of_it = [
            Special(row.kind, row.name, where, True, (AWAY[row.kind], row.name) in gone)
            for row, where in rules
            if row.rule(day)
        ]
        all_of_it += [
            Special(row.kind, row.name, frozenset([row.area_id] if row.area_id else []), False)
            for row in rows
            if row.kind in KINDS
        ]
        all_of_it = [one for one in all_of_it if one.is_for(area_id)]
        if all_of_it:
            found[day] = sorted(all_of_it, key=lambda one: KINDS.index(one.kind))
    return found


def _own(first: date, last: date) -> dict[date, list[SpecialDay]]:
    found: dict[date, list[SpecialDay]] = {}
    query = select(SpecialDay).where(SpecialDay.day.between(first, last)).order_by(SpecialDay.id)
    for row in db.session().scalars(query):
        found.setdefault(row.day, []).append(row)
    return found


# ----------------------------------------------------------------------------------------------------------- verbs


def add(day: date, kind: str, name: str, area_id: int | None, by: Staff) -> SpecialDay:
    """A single day of its own. Raises Refused."""
    name = one_line(name)[:100]
    _refuse(day, kind)
    if not search_key(name):
        raise Refused("calendar.no_name")
    if area_id is not None and areas.find(area_id) is None:
        raise Refused("calendar.no_place")
    if any(one.name == name and one.kind == kind for one in between(day, day).get(day, [])):
        raise Refused("calendar.already", name=name, day=day)
    row = SpecialDay(day=day, kind=kind, name=name, area_id=area_id, staff_id=by.id)
    db.session().add(row)
    db.session().flush()
    history.record("calendar.added", by, day=date_vi(day), kind=kind, name=name)
    return row


def take_away(day: date, kind: str, name: str, by: Staff) -> None:
    """This day is not that after all: what staff added goes, one day of a rule is marked as taken away."""
    _refuse(day, kind)
    found = [one for one in between(day, day).get(day, []) if (one.kind, one.name) == (kind, name)]
    if not found or found[0].away:
        raise Refused("calendar.not_there", day=day)
    if found[0].by_rule:
        db.session().add(SpecialDay(day=day, kind=AWAY[kind], name=name, staff_id=by.id))
        db.session().flush()
    else:
        db.change(_rows(day, kind, name))
    history.record("calendar.taken_away", by, day=date_vi(day), kind=kind, name=name)


def put_back(day: date, kind: str, name: str, by: Staff) -> None:
    """The rule holds for this day again."""
    _refuse(day, kind)
    if db.change(_rows(day, AWAY[kind], name)) == 0:
        raise Refused("calendar.not_there", day=day)
    history.record("calendar.put_back", by, day=date_vi(day), kind=kind, name=name)


def _rows(day: date, kind: str, name: str) -> Delete:
    return delete(SpecialDay).where(SpecialDay.day == day, SpecialDay.kind == kind, SpecialDay.name == name)


def _refuse(day: date, kind: str) -> None:
    today = today_in_vietnam()
    if kind not in KINDS:
        raise Refused("calendar.unknown_kind")
    if day < today:
        raise Refused("calendar.past", today=today)
    if (day - today).days > FARTHEST_DAYS:
        raise Refused("calendar.too_far")


# ----------------------------------------------------------------------------------------------------------- rules


@dataclass(frozen=True)
class Row:
    """A line of the data file."""

    kind: str
    rule: Rule
    name: str
    communes: tuple[str, ...]


@cache
def rows() -> tuple[Row, ...]:
    """The data file, read once. Raises ValueError for a rule that cannot be read."""
    with DATA.open(encoding="utf-8", newline="") as file:
        return tuple(
            Row(line["kind"], read_rule(line["rule"]), line["name"], tuple(line["communes"].split()))
            for line in csv.DictReader(file)
        )


@cache
def _holidays() -> tuple[Row, ...]:
    return tuple(row for row in rows() if row.kind == HOLIDAY)


def _rules_here() -> list[tuple[Row, frozenset[int]]]:
    """The rules with the communes they are about. What is about places that this office does not know is left out."""
    codes = {code for row in rows() for code in row.communes}
    known = {code: area.id for code in codes if (area := areas.commune_by_code(code)) is not None}
    found = []
    for row in rows():
        where = frozenset(known[code] for code in row.communes if code in known)
        if where or not row.communes:
            found.append((row, where))
    return found


def read_rule(text: str) -> Rule:
    """``solar 04-30``, ``lunar 03-10``, ``tet -1 3``, ``weekday 7``, ``days 2 7 12``, ``branch dần thân`` → a question
    to ask of a day. Raises ValueError."""
    kind, *words = text.split()
    if kind not in _RULES or not words:
        raise ValueError(f"no such rule: {text}")
    return _RULES[kind](words)


def _solar(words: list[str]) -> Rule:
    month, day = _month_and_day(words)
    return lambda on: (on.month, on.day) == (month, day)


def _lunar(words: list[str]) -> Rule:
    month, day = _month_and_day(words)

    def holds(on: date) -> bool:
        found = lunar.from_solar(on)
        return (found.month, found.day, found.leap) == (month, day, False)

    return holds


def _tet(words: list[str]) -> Rule:
    """Days from the new year on: -1 is its eve."""
    first, last = (int(word) for word in words)
    return lambda on: first <= (on - lunar.new_year(on.year)).days <= last


def _weekday(words: list[str]) -> Rule:
    numbers = {int(word) for word in words}
    if not numbers <= set(range(1, 8)):
        raise ValueError(f"weekdays are 1 to 7, not {words}")
    return lambda on: on.isoweekday() in numbers


def _days(words: list[str]) -> Rule:
    """Days of every lunar month."""
    numbers = {int(word) for word in words}
    return lambda on: lunar.from_solar(on).day in numbers


def _branch(words: list[str]) -> Rule:
    """Days of these animals."""
    if not set(words) <= set(lunar.BRANCHES):
        raise ValueError(f"no such animal among {words}")
    return lambda on: lunar.branch(on) in words


def _month_and_day(words: Iterable[str]) -> tuple[int, int]:
    [word] = words
    month, day = (int(part) for part in word.split("-"))
    if not (1 <= month <= 12 and 1 <= day <= 31):
        raise ValueError(f"no such day: {word}")
    return month, day


_RULES: dict[str, Callable[[list[str]], Rule]] = {
    "solar": _solar,
    "lunar": _lunar,
    "tet": _tet,
    "weekday": _weekday,
    "days": _days,
    "branch": _branch,
}
