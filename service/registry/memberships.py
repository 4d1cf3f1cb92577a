"""Who is in a fixed group."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from service import db


class GroupMember(db.Base):
    __tablename__ = "group_member"
    __table_args__ = (Index("ix_group_member_person", "person_id"),)

    group_id: Mapped[int] = mapped_column(ForeignKey("people_group.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
