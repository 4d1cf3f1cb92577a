"""A data file of places against what the database knows: its faults, and loading it, instead of other places or beside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import delete, select, update

from service import db
from service.registry import areas
from service.registry.area_data import ABOVE, HAMLET, Fault, Unit, day_after, overlap
from service.registry.areas import Area
from service.registry.imports import ImportBatch
from service.registry.meetings import Meeting
from service.registry.people import Person
from service.staff import history
from service.staff.accounts import Staff, StaffArea

USERS = (
    Person.area_id,
    Person.hamlet_id,
    Meeting.area_id,
    Meeting.hamlet_id,
    ImportBatch.commune_id,
    StaffArea.area_id,
)

Coded = dict[str, list[tuple[str, date, date | None]]]  # code → kind, from, to


def faults(units: Sequence[Unit]) -> list[Fault]:
    """Parents and successors that neither the file nor the database has, and codes that another unit bears."""
    known: Coded = {}
    for area in db.session().scalars(select(Area).where(Area.code.is_not(None))):
        known.setdefault(area.code or "", []).append((area.kind, area.valid_from, area.valid_to))
    coded: Coded = {code: list(spans) for code, spans in known.items()}
    for unit in units:
        coded.setdefault(unit.code or "", []).append((unit.kind, unit.valid_from, unit.valid_to))
    return [fault for unit in units for fault in _faults(unit, coded, known)]


def _faults(unit: Unit, coded: Coded, known: Coded) -> Iterator[Fault]:
    others = known.get(unit.code or "-", [])
    if unit.valid_from in [since for _kind, since, _until in others]:
        others = []  # known; what staff made of it since stays
    for _kind, since, until in others:
        if overlap((since, until), (unit.valid_from, unit.valid_to)):
            yield Fault(unit.line, "code", "known_differently", unit.code or "")
    if unit.parent_code or unit.kind == HAMLET:
        above = _valid(coded, unit.parent_code, unit.valid_from)
        if above is None:
            yield Fault(unit.line, "parent_code", "no_parent", unit.parent_code)
        elif above not in ABOVE[unit.kind]:
            yield Fault(unit.line, "parent_code", "wrong_parent", unit.parent_code)
    last = unit.valid_to
    if unit.became_code and last is not None and _valid(coded, unit.became_code, day_after(last)) is None:
        yield Fault(unit.line, "became_code", "no_successor", unit.became_code)


def _valid(coded: Coded, code: str, on: date) -> str | None:
    """The kind of the unit that has this code on that day."""
    for kind, since, until in coded.get(code, []) if code else []:
        if since <= on and (until is None or until >= on):
            return kind
    return None


def load(units: Sequence[Unit], filename: str, replace: bool, by: Staff | None) -> tuple[int, int]:
    """Add the units of a file without faults. Returns how many were added and how many others were taken away.

    ``replace``: units that the file has not and that nothing points at go, so that an office of another province does
    not keep the places that came with the program.
    """
    removed = _remove_others(units) if replace else 0
    added = areas.load(units)
    history.record("area.loaded", by, file=filename[:100], count=len(added))
    return len(added), removed


def _remove_others(units: Sequence[Unit]) -> int:
    kept = {(unit.code, unit.valid_from) for unit in units}
    used = {
        area
        for column in USERS
        for area in db.session().scalars(select(column).distinct())
        if area is not None
    }
    everything = {area.id: area for area in db.session().scalars(select(Area))}
    stays = {
        area.id
        for area in everything.values()
        if area.id in used or (area.code and (area.code, area.valid_from) in kept)
    }
    for area_id in list(stays):  # what a unit lies in, or is today, stays with it
        above: list[int | None] = [area_id]
        while above:
            area = everything.get(above.pop() or 0)
            if area is not None:
                stays.add(area.id)
                above += [
                    one for one in (area.parent_id, area.became_id) if one is not None and one not in stays
                ]
    gone = [area_id for area_id in everything if area_id not in stays]
    db.change_many(update(Area).where(Area.id.in_(gone)).values(parent_id=None, became_id=None))
    db.change_many(delete(Area).where(Area.id.in_(gone)))
    db.session().expire_all()
    return len(gone)
