"""A request: what somebody asked for about their own data, and until when the law wants it done."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from service import db


class Request(db.Base):
    __tablename__ = "rights_request"
    __table_args__ = (
        Index("ix_rights_request_due", "done_at", "due"),
        Index("ix_rights_request_person", "person_id"),
    )

    id: Mapped[int] = mapped_column(db.Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(10))  # see, correct, withdraw, delete
    note: Mapped[str] = mapped_column(String(1000), default="")
    asked_on: Mapped[date]
    due: Mapped[date]
    done_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(String(20), default="")  # done, refused
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime]
