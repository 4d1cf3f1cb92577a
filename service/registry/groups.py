"""A group: people saved under a name, either these people (fixed) or whoever fits the filters (living)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from service import db

FIXED, LIVING = "fixed", "living"


class Group(db.Base):
    __tablename__ = "people_group"
    __table_args__ = (Index("uq_people_group_name", "name", unique=True),)

    id: Mapped[int] = mapped_column(db.Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(10))
    choice: Mapped[dict[str, Any]] = mapped_column(
        JSON, default=dict
    )  # the filters; of a fixed group those it came from
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime]


class GroupMember(db.Base):
    """Somebody in a fixed group."""

    __tablename__ = "group_member"
    __table_args__ = (Index("ix_group_member_person", "person_id"),)

    group_id: Mapped[int] = mapped_column(ForeignKey("people_group.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
