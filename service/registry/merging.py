"""One person, two entries: found, put together, and taken apart again when that was wrong."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from service import db


class Merge(db.Base):
    """``gone_id`` was the same person as ``kept_id``. Both rows stay, so both histories do; only the kept one is listed.

    ``moved``: what the kept person got from the other (numbers, facts, consent), so that it can be given back.
    """

    __tablename__ = "person_merge"
    __table_args__ = (Index("ix_person_merge_kept", "kept_id"), Index("ix_person_merge_gone", "gone_id"))

    id: Mapped[int] = mapped_column(db.Id, primary_key=True)
    kept_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    gone_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    moved: Mapped[dict[str, Any]] = mapped_column(JSON)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None]


class TwoPeople(db.Base):
    """Staff looked at this pair and said: two people. ``first_id`` is the smaller id."""

    __tablename__ = "two_people"

    first_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    second_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]
