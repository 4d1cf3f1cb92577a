"""Hamlets: added, respelled, several spellings made one. What changes of places share stands here too."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import InstrumentedAttribute

from service import db
from service.refused import Refused
from service.registry import areas
from service.registry.areas import HAMLET, Area
from service.registry.meetings import Meeting
from service.registry.people import Person
from service.staff import history
from service.staff.accounts import Staff
from service.text.vietnamese import one_line
from service.text.words import today_in_vietnam

DAY = timedelta(days=1)


def add_hamlet(commune: Area, name: str, by: Staff) -> Area:
    """Raises Refused when the commune has it already, under this name or an older spelling."""
    name = _hamlet_name(name)
    _must_be_free(commune.id, name)
    hamlet = areas.add(HAMLET, None, name, commune.id, today_in_vietnam())
    history.record("area.hamlet_added", by, area=hamlet.id, name=name, commune=commune.name)
    return hamlet


def rename_hamlet(hamlet: Area, name: str, by: Staff) -> None:
    """The old spelling stays known to lists."""
    name, before = _hamlet_name(name), hamlet.name
    if name == before:
        return
    must_be_there(hamlet)
    _must_be_free(hamlet.parent_id, name, but=hamlet.id)
    if areas.key_of(HAMLET, name) != hamlet.search_key:
        keep_name(hamlet, today_in_vietnam() + DAY)
    hamlet.rename(name)
    db.session().flush()
    history.record("area.renamed", by, area=hamlet.id, before=before, name=name)


def merge_hamlets(keep: Area, gone: Sequence[Area], by: Staff) -> int:
    """Several spellings of one hamlet become one. Returns how many people moved."""
    gone = [hamlet for hamlet in gone if hamlet.id != keep.id]
    if not gone:
        raise Refused("area.choose_two")
    for hamlet in (keep, *gone):
        must_be_there(hamlet)
        if hamlet.kind != HAMLET or hamlet.parent_id != keep.parent_id:
            raise Refused("area.not_one_commune")
    moved = people_in_hamlets([hamlet.id for hamlet in gone])
    for hamlet in gone:
        end(hamlet, today_in_vietnam(), keep)
        follow(Person.hamlet_id, hamlet, keep)
        follow(Meeting.hamlet_id, hamlet, keep)
    names = ", ".join(hamlet.name for hamlet in gone)[:200]
    history.record("area.hamlets_merged", by, area=keep.id, name=keep.name, gone=names, people=moved)
    return moved


def _hamlet_name(name: str) -> str:
    name = one_line(name)[:100]
    if not any(char.isalnum() for char in areas.hamlet_key(name)):
        raise Refused("area.no_name")
    return name


def _must_be_free(commune_id: int | None, name: str, but: int | None = None) -> None:
    taken = areas.hamlets_by_key([commune_id or 0]).get((commune_id or 0, areas.hamlet_key(name)))
    if taken is not None and taken != but:
        raise Refused("area.hamlet_exists", name=areas.names({taken})[taken])


def people_by_place() -> dict[int, int]:
    """How many listed people live in each commune and each hamlet, by the unit's id."""
    counts: dict[int, int] = {}
    for place in (Person.area_id, Person.hamlet_id):
        query = select(place, func.count()).where(Person.listed).group_by(place)
        counts.update({row[0]: row[1] for row in db.session().execute(query) if row[0] is not None})
    return counts


def people_in(commune: Area) -> int:
    return _count(Person.area_id == commune.id)


def people_without_hamlet(commune: Area) -> int:
    return _count(Person.area_id == commune.id, Person.hamlet_id.is_(None))


def people_in_hamlets(hamlet_ids: Collection[int]) -> int:
    return _count(Person.hamlet_id.in_(hamlet_ids))


def _count(*which: ColumnElement[bool]) -> int:
    query = select(func.count()).select_from(Person).where(Person.listed, *which)
    return int(db.session().scalar(query) or 0)


def must_be_there(area: Area) -> None:
    if area.valid_to is not None:
        raise Refused("area.changed_meanwhile")


def keep_name(area: Area, since: date, code: str | None = None, began: date | None = None) -> None:
    """An ended row for what the unit was called until the day before ``since``."""
    parent = area.parent_id
    old = areas.add(area.kind, code, area.name, parent, began or area.valid_from)
    old.valid_to, old.became_id = since - DAY, area.id
    db.session().flush()


def end(area: Area, last_day: date, into: Area | None) -> None:
    """Once, whoever clicks twice."""
    query = update(Area).where(Area.id == area.id, Area.valid_to.is_(None))
    values = {"valid_to": max(last_day, area.valid_from), "became_id": into.id if into is not None else None}
    if db.change(query.values(values)) == 0:
        raise Refused("area.changed_meanwhile")


def follow(column: InstrumentedAttribute[Any], old: Area, new: Area) -> None:
    """Whatever pointed at the old unit points at the new one."""
    db.change_many(update(column.class_).where(column == old.id).values({column.key: new.id}))
