"""What the state changes about places: communes renamed, merged, divided, from a day on.

A unit keeps its row, so people, officers and old papers go on pointing at it; what it was called before becomes an ended
row that leads to it, and lists that use the old name find it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, or_, select, update

from service import db
from service.refused import Refused
from service.registry import areas, hamlet_changes
from service.registry.area_data import DIGITS
from service.registry.areas import COMMUNE, Area
from service.registry.hamlet_changes import DAY
from service.registry.imports import ImportBatch
from service.registry.meetings import Meeting
from service.registry.people import Person
from service.staff import history
from service.staff.accounts import Staff, StaffArea
from service.text.vietnamese import one_line
from service.text.words import date_vi, today_in_vietnam


@dataclass(frozen=True)
class Moved:
    """What followed a change."""

    people: int = 0
    hamlets: int = 0
    staff: int = 0


def new_commune(name: str, code: str, province: Area, since: date, by: Staff) -> Area:
    name = _commune_name(name, province)
    _must_be_right(code, since)
    commune = areas.add(COMMUNE, code, name, province.id, since)
    commune.home = True
    history.record("area.commune_added", by, area=commune.id, name=name, since=date_vi(since))
    return commune


def rename_commune(commune: Area, name: str, code: str, since: date, by: Staff) -> None:
    """From this day on the commune has another name or code. Its row stays; the old name and code end."""
    hamlet_changes.must_be_there(commune)
    before, parent = commune.name, areas.find(commune.parent_id or 0)
    name = _commune_name(name, parent, but=commune.id)
    if (name, code) == (before, commune.code):
        raise Refused("area.nothing_changed")
    _must_be_later(commune, since)
    _must_be_right(code, since, but=commune.id)
    old_code, began = commune.code, commune.valid_from
    commune.valid_from = since
    commune.code = code
    db.session().flush()
    if began < since:  # else it was a slip of the same day
        hamlet_changes.keep_name(commune, since, old_code, began)
    commune.rename(name)
    db.session().flush()
    history.record("area.renamed", by, area=commune.id, before=before, name=name, since=date_vi(since))


def merge_commune(commune: Area, into: Area, since: date, by: Staff) -> Moved:
    """From this day on the whole commune is part of another: people, hamlets and officers follow."""
    hamlet_changes.must_be_there(commune)
    hamlet_changes.must_be_there(into)
    if into.id == commune.id or into.kind != COMMUNE:
        raise Refused("area.not_into_itself")
    _must_be_later(commune, since)
    people = hamlet_changes.people_in(commune)
    hamlets = _take_hamlets(commune, into, areas.hamlets(commune.id))
    staff = _share_officers(commune, into, leave=True)
    hamlet_changes.follow(Person.area_id, commune, into)
    hamlet_changes.follow(Meeting.area_id, commune, into)
    hamlet_changes.follow(ImportBatch.commune_id, commune, into)
    into.home = into.home or commune.home
    hamlet_changes.end(commune, since - DAY, into)
    moved = Moved(people, hamlets, staff)
    history.record(
        "area.commune_merged", by, area=into.id, name=into.name, gone=commune.name, since=date_vi(since), **vars(moved)
    )  # fmt: skip
    return moved


def divide_commune(commune: Area, goes: Mapping[int, Area], rest: Area, since: date, by: Staff) -> Moved:
    """From this day on some hamlets (``goes``: hamlet → commune) belong elsewhere. ``rest``: where people without a
    hamlet are counted from now on.

    A commune of which everything went ends, and its name leads nowhere: only the hamlet could tell.
    """
    hamlet_changes.must_be_there(commune)
    _must_be_later(commune, since)
    goes = {hamlet: target for hamlet, target in goes.items() if target.id != commune.id}
    if not goes and rest.id == commune.id:
        raise Refused("area.nothing_changed")
    here = {hamlet.id: hamlet for hamlet in areas.hamlets(commune.id)}
    if not goes.keys() <= here.keys():
        raise Refused("area.changed_meanwhile")
    people = staff = 0
    for target in {area.id: area for area in (*goes.values(), rest) if area.id != commune.id}.values():
        hamlet_changes.must_be_there(target)
        people += _move_hamlets(
            commune, target, [here[h] for h, area in goes.items() if area.id == target.id]
        )
        staff += _share_officers(commune, target, leave=False)
        target.home = target.home or commune.home
    if rest.id != commune.id:
        people += _move_rest(commune, rest)
    if goes.keys() == here.keys() and rest.id != commune.id:
        db.change_many(delete(StaffArea).where(StaffArea.area_id == commune.id))
        hamlet_changes.end(commune, since - DAY, None)
    moved = Moved(people, len(goes), staff)
    history.record(
        "area.commune_divided", by, area=commune.id, name=commune.name, since=date_vi(since), **vars(moved)
    )
    return moved


def _move_hamlets(commune: Area, target: Area, hamlets: Sequence[Area]) -> int:
    ids = [hamlet.id for hamlet in hamlets]
    moved = hamlet_changes.people_in_hamlets(ids)
    db.change_many(update(Person).where(Person.hamlet_id.in_(ids)).values(area_id=target.id))
    db.change_many(update(Meeting).where(Meeting.hamlet_id.in_(ids)).values(area_id=target.id))
    _take_hamlets(commune, target, hamlets)
    return moved


def _move_rest(commune: Area, rest: Area) -> int:
    """People and meetings of no hamlet."""
    moved = hamlet_changes.people_without_hamlet(commune)
    people = update(Person).where(Person.area_id == commune.id, Person.hamlet_id.is_(None))
    meetings = update(Meeting).where(Meeting.area_id == commune.id, Meeting.hamlet_id.is_(None))
    db.change_many(people.values(area_id=rest.id))
    db.change_many(meetings.values(area_id=rest.id))
    return moved


def set_home(commune: Area, home: bool, by: Staff) -> None:
    """Does this office work there?"""
    if commune.home != home:
        commune.home = home
        history.record("area.home_set" if home else "area.home_unset", by, area=commune.id, name=commune.name)


def _commune_name(name: str, province: Area | None, but: int | None = None) -> str:
    name = one_line(name)[:100]
    key = areas.key_of(COMMUNE, name)
    if not any(char.isalpha() for char in key) or province is None:
        raise Refused("area.no_name")
    for other in areas.communes():
        if other.search_key == key and other.parent_id == province.id and other.id != but:
            raise Refused("area.commune_exists", name=other.name)
    return name


def _must_be_right(code: str, since: date, but: int | None = None) -> None:
    if len(code) != DIGITS[COMMUNE] or not (code.isascii() and code.isdigit()):
        raise Refused("area.bad_code", typed=code[:20])
    bears = select(Area).where(Area.code == code, Area.kind == COMMUNE, Area.id != (but or 0))
    there = or_(Area.valid_to.is_(None), Area.valid_to >= since)
    other = db.session().scalar(bears.where(there).limit(1))
    if other is not None:
        raise Refused("area.code_taken", code=code, name=other.name)


def _must_be_later(commune: Area, since: date) -> None:
    if since > today_in_vietnam():
        raise Refused("area.not_yet", day=since)
    if since < commune.valid_from:
        raise Refused("area.too_early", name=commune.name, day=commune.valid_from)


def _take_hamlets(old: Area, new: Area, hamlets: Sequence[Area]) -> int:
    """These hamlets and their old spellings lie in the new commune. One whose name is taken there adds where it was."""
    there = {area.search_key for area in areas.hamlets(new.id)}
    for hamlet in hamlets:
        if hamlet.search_key in there:
            hamlet.rename(f"{hamlet.name[: 90 - len(old.name)]} ({old.name})")
        there.add(hamlet.search_key)
        for spelling in areas.former([hamlet.id])[hamlet.id]:
            spelling.parent_id = new.id
        hamlet.parent_id = new.id
    db.session().flush()
    return len(hamlets)


def _share_officers(old: Area, new: Area, leave: bool) -> int:
    """Who worked for the old commune works for the new one too, or instead."""
    there = set(db.session().scalars(select(StaffArea.staff_id).where(StaffArea.area_id == new.id)))
    mine = list(db.session().scalars(select(StaffArea.staff_id).where(StaffArea.area_id == old.id)))
    for staff in mine:
        if staff not in there:
            db.session().add(StaffArea(staff_id=staff, area_id=new.id))
    if leave:
        db.change_many(delete(StaffArea).where(StaffArea.area_id == old.id))
    db.session().flush()
    return len(mine)
