"""What a part of a message costs: a table that staff keep, per carrier and channel, with the day from which it holds."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from service import db


class Price(db.Base):
    __tablename__ = "price"
    __table_args__ = (Index("uq_price", "carrier", "channel", "valid_from", unique=True),)

    id: Mapped[int] = mapped_column(db.Id, primary_key=True)
    carrier: Mapped[str] = mapped_column(String(20))
    channel: Mapped[str] = mapped_column(String(5))  # sms: per part; voice: per minute begun
    vnd: Mapped[int]
    valid_from: Mapped[date]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime]
