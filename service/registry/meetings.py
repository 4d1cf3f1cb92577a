"""A village meeting: who was there. Attendances (lượt) are counted apart from persons; one person may come five times."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from service import db


class Meeting(db.Base):
    """``others``: heads counted in the room beyond those entered by name."""

    __tablename__ = "meeting"
    __table_args__ = (Index("ix_meeting_day", "held_on", "id"),)

    id: Mapped[int] = mapped_column(db.Id, primary_key=True)
    held_on: Mapped[date]
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))  # commune
    hamlet_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    topic: Mapped[str] = mapped_column(String(200), default="")
    consent_words: Mapped[str] = mapped_column(
        String(500), default=""
    )  # what was read out before people agreed
    others: Mapped[int] = mapped_column(default=0)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime]


class Attendance(db.Base):
    __tablename__ = "attendance"
    __table_args__ = (Index("ix_attendance_person", "person_id"),)

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    at: Mapped[datetime]
