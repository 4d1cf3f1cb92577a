"""Money: what a campaign may spend. The table itself refuses to spend more than the cap."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, update
from sqlalchemy.orm import Mapped, mapped_column

from service import db


class Budget(db.Base):
    """Amounts in đồng. Reserved: for messages of which we do not know yet whether they cost anything."""

    __tablename__ = "budget"
    __table_args__ = (
        CheckConstraint("spent + reserved <= cap AND spent >= 0 AND reserved >= 0", name="within_cap"),
    )

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    cap: Mapped[int] = mapped_column(db.Id)
    spent: Mapped[int] = mapped_column(db.Id, default=0)
    reserved: Mapped[int] = mapped_column(db.Id, default=0)


class Period(db.Base):
    """What all campaigns together may spend in a day (``2026-11-23``) or a month (``2026-11``), in đồng."""

    __tablename__ = "spending_period"
    __table_args__ = (
        CheckConstraint("spent + reserved <= cap AND spent >= 0 AND reserved >= 0", name="within_cap"),
    )

    period: Mapped[str] = mapped_column(String(10), primary_key=True)
    cap: Mapped[int] = mapped_column(db.Id)
    spent: Mapped[int] = mapped_column(db.Id, default=0)
    reserved: Mapped[int] = mapped_column(db.Id, default=0)


def open_for(campaign_id: int, cap: int) -> None:
    db.session().add(Budget(campaign_id=campaign_id, cap=cap, spent=0, reserved=0))
    db.session().flush()


def of(campaign_id: int) -> Budget | None:
    return db.session().get(Budget, campaign_id)


def reserve(campaign_id: int, amount: int) -> bool:
    """Set money aside. False when the cap does not allow it."""
    query = (
        update(Budget)
        .where(Budget.campaign_id == campaign_id, Budget.spent + Budget.reserved + amount <= Budget.cap)
        .values(reserved=Budget.reserved + amount)
    )
    return db.change_many(query) == 1


def spend(campaign_id: int | None, amount: int, reserved: bool) -> None:
    """It was accepted: it costs. ``reserved`` false: it had been given back, or never set aside, and costs all the same."""
    if campaign_id is None or amount == 0:
        return
    query = update(Budget).where(Budget.campaign_id == campaign_id)
    if reserved:
        db.change_many(query.values(spent=Budget.spent + amount, reserved=Budget.reserved - amount))
    else:
        db.change_many(query.values(spent=Budget.spent + amount, cap=Budget.cap + amount))


def release_all(rows: Iterable[Any]) -> None:
    """Give back what was set aside for messages (rows of campaign_id, price_vnd) that did not go out."""
    amounts: Counter[int] = Counter()
    for campaign_id, price in rows:
        if campaign_id is not None:
            amounts[campaign_id] += price
    for campaign_id, amount in amounts.items():
        db.change_many(
            update(Budget).where(Budget.campaign_id == campaign_id).values(reserved=Budget.reserved - amount)
        )
