"""How often a phone is written to, over all campaigns: at most so many times a day and in seven days."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import ColumnElement, ForeignKey, Select, String, func, select
from sqlalchemy.orm import Mapped, mapped_column

from service import db

WEEK = timedelta(days=6)  # and today


class ContactDay(db.Base):
    """How many messages a phone got on a day (Vietnam's) by a channel, over all campaigns."""

    __tablename__ = "contact_day"

    phone_id: Mapped[int] = mapped_column(ForeignKey("phone.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(5), primary_key=True)
    count: Mapped[int] = mapped_column(default=0)


def week_of(today: date) -> date:
    """The first of the seven days that end today."""
    return today - WEEK


def full(
    most: int | ColumnElement[int], since: date | ColumnElement[date], channel: str | ColumnElement[str]
) -> Select[int]:
    """The phones that had so many messages since that day, as a query."""
    return (
        select(ContactDay.phone_id)
        .where(ContactDay.day >= since, ContactDay.channel == channel)
        .group_by(ContactDay.phone_id)
        .having(func.sum(ContactDay.count) >= most)
    )
