"""Areas: province → commune → hamlet, with dates. Old names and codes lead to the unit of today.

Codes of abolished units were given to other places (00778 was Xín Cái, is Sơn Vĩ), so a code means nothing without
a date. People go on using the old names; a name is looked up among old and new ones, and the answer is a unit of today.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from pathlib import Path

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, mapped_column

from service import db
from service.refused import Refused
from service.registry import area_data, place_names
from service.registry.area_data import COMMUNE, DISTRICT, HAMLET, PROVINCE, Unit
from service.registry.place_names import Candidate, around_key, commune_key, hamlet_key, toned
from service.text.vietnamese import one_line, sort_key
from service.text.words import today_in_vietnam

__all__ = ["COMMUNE", "DISTRICT", "HAMLET", "PROVINCE", "hamlet_key"]

DATA = Path(__file__).parent / "data" / "communes.csv"


class Area(db.Base):
    """A unit as it is today, or as it was called before: an ended row leads to the one that it is part of today.

    ``home``: this office works there. Where two places have one name, that one is meant.
    """

    __tablename__ = "area"
    __table_args__ = (
        Index("uq_area_code", "code", "valid_from", unique=True),
        Index("ix_area_key", "kind", "search_key"),
        Index("ix_area_parent", "parent_id"),
    )

    id: Mapped[int] = mapped_column(db.Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    code: Mapped[str | None] = mapped_column(String(10))  # hamlets have no national code
    name: Mapped[str] = mapped_column(String(100))
    search_key: Mapped[str] = mapped_column(String(100))
    sort_key: Mapped[str] = mapped_column(String(200))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    became_id: Mapped[int | None] = mapped_column(
        ForeignKey("area.id")
    )  # what an ended unit is part of today
    home: Mapped[bool] = mapped_column(default=False)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]

    def rename(self, name: str) -> None:
        self.name = name
        self.search_key = key_of(self.kind, name)
        self.sort_key = sort_key(name)[:200]


def key_of(kind: str, name: str) -> str:
    """What is compared of a name, without the words that every unit of this kind may bear."""
    if kind == HAMLET:
        return hamlet_key(name)[:100]
    return (commune_key(name) if kind == COMMUNE else around_key(name))[:100]


def find(area_id: int) -> Area | None:
    return db.session().get(Area, area_id)


def communes() -> list[Area]:
    """Today's communes in Vietnamese order."""
    return _current(COMMUNE)


def provinces() -> list[Area]:
    return _current(PROVINCE)


def _current(kind: str) -> list[Area]:
    query = select(Area).where(Area.kind == kind, Area.valid_to.is_(None)).order_by(Area.sort_key, Area.id)
    return list(db.session().scalars(query))


def names(ids: set[int]) -> dict[int, str]:
    """What these communes and hamlets are called."""
    rows = db.session().execute(select(Area.id, Area.name).where(Area.id.in_(ids)))
    return {row[0]: row[1] for row in rows}


def hamlets(commune_id: int) -> list[Area]:
    """Today's hamlets of a commune in Vietnamese order."""
    return hamlets_of([commune_id])


def hamlets_of(commune_ids: Collection[int]) -> list[Area]:
    """Today's hamlets of several communes."""
    query = select(Area).where(Area.kind == HAMLET, Area.parent_id.in_(commune_ids), Area.valid_to.is_(None))
    return list(db.session().scalars(query.order_by(Area.sort_key, Area.id)))


def former(ids: Collection[int]) -> dict[int, list[Area]]:
    """What these units were called before, or were made of: unit → ended units, the newest first."""
    found: dict[int, list[Area]] = {area: [] for area in ids}
    query = select(Area).where(Area.became_id.in_(ids)).order_by(Area.valid_to.desc(), Area.sort_key, Area.id)
    for area in db.session().scalars(query):
        if area.became_id is not None:
            found[area.became_id].append(area)
    return found


def today(area: Area) -> Area | None:
    """The unit of today that this one is, or is part of. None when it was divided and leads nowhere."""
    seen: set[int] = set()
    while area.became_id is not None and area.id not in seen:
        seen.add(area.id)
        later = db.session().get(Area, area.became_id)
        if later is None:
            return None
        area = later
    return area if area.valid_to is None else None


def today_of(ids: Iterable[int]) -> set[int]:
    """The units of today for ids noted at any time; those that lead nowhere are left as they are."""
    found: set[int] = set()
    for area_id in ids:
        area = find(area_id)
        now = today(area) if area is not None else None
        found.add(now.id if now is not None else area_id)
    return found


# ---------------------------------------------------------------------------------------------------- by code, by name


def commune_by_code(code: str, on: date | None = None) -> Area | None:
    """The commune of today that this code led to on that day (default: today)."""
    on = on or today_in_vietnam()
    query = select(Area).where(Area.kind == COMMUNE, Area.code == code, Area.valid_from <= on)
    for area in db.session().scalars(query.order_by(Area.valid_from.desc())):
        if area.valid_to is None or area.valid_to >= on:
            return today(area)
    return None


def commune_by_name(name: str) -> Area | None:
    """The commune of today for what stands in a cell: an old or new name, with or without accents, "xã", a whole address.

    ``"Tả Lủng, huyện Mèo Vạc"``, ``"Sơn Vĩ (Xín Cái cũ)"``. Two places of one name are told apart by the district or
    province beside it, by the marks, and by where this office works; None when it is still not decidable.
    """
    for text in dict.fromkeys((name, name.replace("-", ","))):  # Sơn Vĩ-Mèo Vạc, if no commune is called so
        written = place_names.read(text)
        units, before = _named(written.keys), _named(written.former)
        lead = place_names.decide(written, list(map(_candidate, units)), list(map(_candidate, before)))
        if lead is not None:
            return find(lead)
    return None


def _named(keys: Sequence[str]) -> list[Area]:
    """The old and new communes of the first of these keys that any has."""
    for key in keys:
        query = select(Area).where(Area.kind == COMMUNE, Area.search_key == key).order_by(Area.id)
        if found := list(db.session().scalars(query)):
            return found
    return []


def _candidate(unit: Area) -> Candidate:
    now = today(unit)
    return Candidate(
        lead=now.id if now is not None else None,
        toned=toned(place_names.without_prefix(unit.name)),
        ended=unit.valid_to is not None,
        home=now is not None and now.home,
        around=frozenset(_around(unit, now)),
    )


def _around(unit: Area, now: Area | None) -> set[tuple[str, str]]:
    """What this unit lies in or lay in, and what it is made of or part of, as (kind, key)."""
    parts = former([now.id])[now.id] if now is not None else []
    found = {(one.kind, one.search_key) for one in (unit, now, *parts) if one is not None}
    # Of today's unit the districts of all its parts are meant, of an old one only its own.
    for one in (unit, now, *(parts if unit is now else ())):
        above = find(one.parent_id) if one is not None and one.parent_id is not None else None
        while above is not None:
            found.add((above.kind, above.search_key))
            above = find(above.parent_id) if above.parent_id is not None else None
    return found


# ------------------------------------------------------------------------------------------------------------- hamlets


def hamlet(commune: Area, name: str) -> Area:
    """The hamlet of this name in this commune, made when it is new. An old spelling leads to the one of today."""
    name = one_line(name)[:100]
    found = hamlets_by_key([commune.id]).get((commune.id, hamlet_key(name)))
    known = find(found) if found is not None else None
    return known or add(HAMLET, None, name, commune.id, today_in_vietnam())


def hamlets_by_key(commune_ids: Collection[int]) -> dict[tuple[int, str], int]:
    """(commune, hamlet_key) → id of today's hamlet, for today's names and for old spellings."""
    query = select(Area).where(Area.kind == HAMLET, Area.parent_id.in_(commune_ids))
    found: dict[tuple[int, str], int] = {}
    # Ended spellings first: a hamlet that bears the name today goes before one that bore it once.
    for area in db.session().scalars(query.order_by(Area.valid_to.is_(None), Area.id)):
        now = today(area)
        if now is not None and now.parent_id == area.parent_id:
            found[(area.parent_id or 0, area.search_key)] = now.id
    return found


def add(kind: str, code: str | None, name: str, parent_id: int | None, valid_from: date) -> Area:
    """A new unit, checked by who calls."""
    area = Area(kind=kind, code=code, parent_id=parent_id, home=False, valid_from=valid_from)
    area.rename(name)
    db.session().add(area)
    db.session().flush()
    return area


# ------------------------------------------------------------------------------------------------------- the data file


def load_data(path: Path = DATA) -> int:
    """Add what the data file has and the database has not. Returns how many units were added.

    The places that come with the program are only for an office that has loaded no others. Raises Refused for a file
    with faults; ``./loa areas load`` shows them one by one.
    """
    units, faults = area_data.read(path)
    if faults:
        raise Refused("area.bad_file", file=path.name, count=len(faults))
    if path == DATA and _works_elsewhere(units):
        return 0
    return len(load(units))


def _works_elsewhere(units: Sequence[Unit]) -> bool:
    """Are there communes, and none of those where the office of this file works?"""
    known = db.session().execute(select(Area.code, Area.valid_from).where(Area.kind == COMMUNE)).all()
    ours = {(unit.code, unit.valid_from) for unit in units if unit.home}
    return bool(known) and not ours & {(code, since) for code, since in known}


def load(units: Sequence[Unit]) -> list[Area]:
    """Add these units where they are not known; what is known keeps what staff made of it. Returns the new ones."""
    known = list(db.session().scalars(select(Area).where(Area.kind != HAMLET)))
    start_home = not any(area.home for area in known)
    by_code: dict[str, list[Area]] = {}
    for area in known:
        by_code.setdefault(area.code or "", []).append(area)
    added: list[Area] = []
    pairs: list[tuple[Unit, Area]] = []
    for unit in sorted(units, key=lambda unit: list(area_data.DIGITS).index(unit.kind)):
        parent = _valid(by_code, unit.parent_code, unit.valid_from)
        found = _known(by_code, unit, parent)
        area = found or add(unit.kind, unit.code, unit.name, parent.id if parent else None, unit.valid_from)
        if found is None:
            area.valid_to = unit.valid_to
            added.append(area)
            by_code.setdefault(unit.code or "", []).append(area)
        if area.parent_id is None and parent is not None:
            area.parent_id = parent.id  # told by a newer file
        area.home = area.home or (start_home and unit.home)
        pairs.append((unit, area))
    for unit, area in pairs:
        if unit.became_code and unit.valid_to and area.became_id is None:
            later = _valid(by_code, unit.became_code, area_data.day_after(unit.valid_to))
            area.became_id = later.id if later is not None else None
    db.session().flush()
    return added


def _known(by_code: dict[str, list[Area]], unit: Unit, parent: Area | None) -> Area | None:
    if unit.kind != HAMLET:
        same = [area for area in by_code.get(unit.code or "", []) if area.valid_from == unit.valid_from]
        return same[0] if same else None
    query = select(Area).where(Area.kind == HAMLET, Area.search_key == hamlet_key(unit.name))
    here = query.where(Area.parent_id == (parent.id if parent is not None else None))
    return db.session().scalar(here.limit(1))


def _valid(by_code: dict[str, list[Area]], code: str, on: date) -> Area | None:
    """The unit that bore this code on that day."""
    there = [
        area
        for area in by_code.get(code, [])
        if area.valid_from <= on and (area.valid_to is None or area.valid_to >= on)
    ]
    return there[0] if code and there else None
