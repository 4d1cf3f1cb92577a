"""Days on which people are not written to (holidays) or are hard to reach at home (market days)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from service import db

HOLIDAY, MARKET = "holiday", "market"


class SpecialDay(db.Base):
    """``area_id``: only for that commune; none: everywhere."""

    __tablename__ = "special_day"
    __table_args__ = (Index("ix_special_day", "day", "kind"),)

    id: Mapped[int] = mapped_column(db.Id, primary_key=True)
    day: Mapped[date]
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(100))
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
