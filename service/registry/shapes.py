"""The shape of a list: its headings, and what staff said each column is. The next list of that shape is read the same."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column

from service import db
from service.registry.sheets import Row
from service.staff.accounts import Staff
from service.text.vietnamese import search_key


class Shape(db.Base):
    __tablename__ = "list_shape"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)  # SHA-256 of the headings
    choices: Mapped[dict[str, Any]] = mapped_column(JSON)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    used_at: Mapped[datetime]


def key(headings: Row) -> str:
    """Equal for two rows of headings that differ by accents, case and blanks only; their order counts."""
    return hashlib.sha256("\x1f".join([search_key(cell) for cell in headings.cells]).encode()).hexdigest()


def recall(rows: Sequence[Row]) -> tuple[Row, Shape] | None:
    """The first of these rows that are the headings of a list that staff explained before."""
    keys = {key(row): row for row in reversed(rows)}
    found = {shape.key: shape for shape in db.session().scalars(select(Shape).where(Shape.key.in_(keys)))}
    return next(((row, found[one]) for one, row in reversed(keys.items()) if one in found), None)


def keep(shape: str, choices: dict[str, Any], by: Staff | None) -> None:
    """The next list of this shape (a key) is read like this one."""
    row = {"choices": choices, "staff_id": by.id if by is not None else None, "used_at": db.clock()}
    new = db.upsert(Shape).values(key=shape, **row)
    db.change_many(new.on_conflict_do_update(index_elements=["key"], set_=row))
