"""Areas: province → commune → hamlet, with dates. Old names and codes lead to the unit of today.

Codes of abolished units were given to other places (00778 was Xín Cái, is Sơn Vĩ), so a code means nothing without
a date. People go on using the old names; a name is looked up among old and new ones, and the answer is a unit of today.
"""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, mapped_column

from service import db
from service.text.vietnamese import search_key, sort_key
from service.text.words import today_in_vietnam

DATA = Path(__file__).parent / "data" / "communes.csv"
REFORM = date(2025, 7, 1)  # the two-level administration: districts ended, communes merged

PROVINCE, COMMUNE, HAMLET = "province", "commune", "hamlet"


class Area(db.Base):
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
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


def find(area_id: int) -> Area | None:
    return db.session().get(Area, area_id)


def communes() -> list[Area]:
    """Today's communes in Vietnamese order."""
    return _current(COMMUNE)


def names(ids: set[int]) -> dict[int, str]:
    """What these communes and hamlets are called."""
    rows = db.session().execute(select(Area.id, Area.name).where(Area.id.in_(ids)))
    return {row[0]: row[1] for row in rows}


def hamlets(commune_id: int) -> list[Area]:
    return list(
        db.session().scalars(
            select(Area)
            .where(Area.kind == HAMLET, Area.parent_id == commune_id, Area.valid_to.is_(None))
            .order_by(Area.sort_key)
        )
    )


def _current(kind: str) -> list[Area]:
    query = select(Area).where(Area.kind == kind, Area.valid_to.is_(None)).order_by(Area.sort_key)
    return list(db.session().scalars(query))


def commune_by_code(code: str, on: date | None = None) -> Area | None:
    """The commune of today that this code led to on that day (default: today)."""
    on = on or today_in_vietnam()
    query = select(Area).where(Area.kind == COMMUNE, Area.code == code, Area.valid_from <= on)
    for area in db.session().scalars(query.order_by(Area.valid_from.desc())):
        if area.valid_to is None or area.valid_to >= on:
            return _today(area)
    return None


def commune_by_name(name: str) -> Area | None:
    """The commune of today for an old or new name, with or without accents and "xã". None when it is not decidable."""
    key = _commune_key(name)
    if not key:
        return None
    query = select(Area).where(Area.kind == COMMUNE, Area.search_key == key)
    found = {area.id: area for area in (_today(area) for area in db.session().scalars(query))}
    return next(iter(found.values())) if len(found) == 1 else None


def _today(area: Area) -> Area:
    while area.became_id is not None:
        later = db.session().get(Area, area.became_id)
        if later is None:
            break
        area = later
    return area


def _commune_key(name: str) -> str:
    words = search_key(name).replace(".", " ").split()
    if words[:2] == ["thi", "tran"]:
        words = words[2:]
    elif words[:1] in (["xa"], ["tt"], ["x"]):
        words = words[1:]
    return " ".join(words)


def hamlet(commune: Area, name: str) -> Area:
    """The hamlet of this name in this commune, made when it is new."""
    name = " ".join(name.split())
    key = hamlet_key(name)
    query = select(Area).where(Area.kind == HAMLET, Area.parent_id == commune.id, Area.search_key == key)
    found = db.session().scalar(query.limit(1))
    return found or _add(HAMLET, None, name, key, commune.id, REFORM)


def hamlet_key(name: str) -> str:
    """What is compared of a hamlet's name: without accents and without the word Thôn."""
    key = search_key(name)
    return key.removeprefix("thon ").strip() or key


def load_data(path: Path = DATA) -> int:
    """Add what the data file has and the database has not. Returns how many units were added."""
    session, added = db.session(), 0
    known = {
        (area.code, area.valid_from): area
        for area in session.scalars(select(Area).where(Area.kind != HAMLET))
    }
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            valid_from, valid_to = date.fromisoformat(row["valid_from"]), row["valid_to"]
            if (row["code"], valid_from) in known:
                continue
            parent = (
                known.get((row["parent_code"], date.fromisoformat(row["parent_from"])))
                if row["parent_code"]
                else None
            )
            became = known.get((row["became_code"], REFORM)) if row["became_code"] else None
            area = _add(
                row["kind"],
                row["code"],
                row["name"],
                _commune_key(row["name"]),
                parent.id if parent else None,
                valid_from,
            )
            area.valid_to = date.fromisoformat(valid_to) if valid_to else None
            area.became_id = became.id if became else None
            known[(area.code, valid_from)] = area
            added += 1
    session.flush()
    return added


def _add(kind: str, code: str | None, name: str, key: str, parent_id: int | None, valid_from: date) -> Area:
    area = Area(
        kind=kind,
        code=code,
        name=name,
        search_key=key,
        sort_key=sort_key(name),
        parent_id=parent_id,
        valid_from=valid_from,
    )
    db.session().add(area)
    db.session().flush()
    return area
