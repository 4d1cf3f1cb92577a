"""Money: what a campaign may spend, and what all together may in a day and a month.

The tables themselves refuse to spend more than the cap. What an accepted message costs is spent whatever the cap says:
the carrier has taken it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import CheckConstraint, ForeignKey, String, Update, bindparam, update
from sqlalchemy.orm import Mapped, mapped_column

from service import db, settings
from service.text.words import VIETNAM

NO_CAP = 10**15


class Budget(db.Base):
    """Amounts in đồng. Reserved: for messages of which we do not know yet whether they cost anything. Promised: the
    price of all that was ever put into the outbox, so that a retry never takes the money of somebody's first message."""

    __tablename__ = "budget"
    __table_args__ = (
        CheckConstraint("spent + reserved <= cap AND spent >= 0 AND reserved >= 0", name="within_cap"),
    )

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    cap: Mapped[int] = mapped_column(db.Id)
    spent: Mapped[int] = mapped_column(db.Id, default=0)
    reserved: Mapped[int] = mapped_column(db.Id, default=0)
    promised: Mapped[int] = mapped_column(db.Id, default=0)


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


class _Purse:
    """What is done to the money of one row for every batch, on plain tables: ``key`` names it, ``amount`` in đồng."""

    def __init__(self, table: type[Budget] | type[Period]) -> None:
        plain = table.metadata.tables[table.__tablename__]
        (key,) = plain.primary_key
        money, amount = plain.c, bindparam("amount", type_=db.Id)
        this = update(plain).where(key == bindparam("key"))
        self.reserve = this.where(money.spent + money.reserved + amount <= money.cap).values(
            reserved=money.reserved + amount
        )
        # With the cap as it is set today: one that was set since has to be written down first.
        self.reserve_under = self.reserve.where(money.cap == bindparam("today"))
        self.release = this.where(money.reserved >= amount).values(reserved=money.reserved - amount)
        self.spend_reserved = this.where(money.reserved >= amount).values(
            spent=money.spent + amount, reserved=money.reserved - amount
        )
        # What was not set aside costs all the same, and raises the cap.
        self.spend_beyond = this.values(spent=money.spent + amount, cap=money.cap + amount)


_CAMPAIGN, _PERIOD = _Purse(Budget), _Purse(Period)


def _moved(statement: Update, key: int | str, amount: int, **more: int) -> bool:
    """Did the row allow it?"""
    return bool(db.run(statement, {"key": key, "amount": amount, **more}).rowcount)


def open_for(campaign_id: int, cap: int, promised: int = 0) -> None:
    """``promised``: the price of all first messages."""
    db.session().add(Budget(campaign_id=campaign_id, cap=cap, spent=0, reserved=0, promised=promised))
    db.session().flush()


def of(campaign_id: int) -> Budget | None:
    return db.session().get(Budget, campaign_id)


def raise_cap(campaign_id: int, amount: int) -> None:
    """Messages beyond those that the campaign began with: staff agreed to them, or they are tried again."""
    values = {"cap": Budget.cap + amount, "promised": Budget.promised + amount}
    db.change_many(update(Budget).where(Budget.campaign_id == campaign_id).values(values))


def promise(campaign_id: int, amount: int) -> bool:
    """Put this much more into the outbox, if the cap can pay it besides all that was put there before."""
    fits = Budget.promised + amount <= Budget.cap
    query = update(Budget).where(Budget.campaign_id == campaign_id, fits)
    return db.change_many(query.values(promised=Budget.promised + amount)) == 1


def take_back(campaign_id: int, amount: int) -> None:
    """What was promised is not sent after all."""
    query = update(Budget).where(Budget.campaign_id == campaign_id, Budget.promised >= amount)
    db.change_many(query.values(promised=Budget.promised - amount))


def reserve(campaign_id: int, amount: int) -> bool:
    """Set money aside. False when the cap does not allow it."""
    return _moved(_CAMPAIGN.reserve, campaign_id, amount)


def reserve_in_periods(amount: int, now: datetime) -> str:
    """Set money aside in the day and the month of ``now``: ``""``, or which of them has not enough: day, month."""
    for name, period, cap in _periods(now):
        if _moved(_PERIOD.reserve_under, period, amount, today=cap):
            continue
        _open_period(period, cap)
        if not _moved(_PERIOD.reserve, period, amount):
            if name == "month":
                _release_periods(amount, now, ("day",))
            return name
    return ""


def _periods(at: datetime) -> tuple[tuple[str, str, int], ...]:
    """Name, key and cap (đồng) of the day and the month, in Vietnam, the shorter first."""
    local, known = at.astimezone(VIETNAM), settings.get()
    return (
        ("day", f"{local:%Y-%m-%d}", known.cap_day_vnd or NO_CAP),
        ("month", f"{local:%Y-%m}", known.cap_month_vnd or NO_CAP),
    )


def _open_period(period: str, cap: int) -> None:
    """The row of this period, with the cap that is set today. A cap below what is spent already waits."""
    db.insert_new(Period, {"period": period, "cap": cap, "spent": 0, "reserved": 0})
    fits = Period.spent + Period.reserved <= cap
    db.change_many(update(Period).where(Period.period == period, Period.cap != cap, fits).values(cap=cap))


def _release_periods(amount: int, at: datetime, names: tuple[str, ...] = ("day", "month")) -> None:
    for name, period, _cap in _periods(at):
        if name in names:
            _moved(_PERIOD.release, period, amount)


def of_periods(now: datetime) -> dict[str, Period | None]:
    """What is spent and set aside in the day and the month of ``now``."""
    return {name: db.session().get(Period, period) for name, period, _cap in _periods(now)}


class Cost(NamedTuple):
    """Money of one campaign's messages. ``reserved`` false: it had been given back, or never set aside, and costs all
    the same. ``at``: when they were claimed, which says in which day and month the money was set aside."""

    campaign_id: int | None
    amount: int
    reserved: bool
    at: datetime


def spend(costs: Iterable[Cost]) -> None:
    """It was accepted: it costs. Campaigns before days before months, each in order: so everybody locks these rows."""
    alike: Counter[tuple[int | None, bool, datetime]] = (
        Counter()
    )  # those of one batch were claimed in one instant
    for cost in costs:
        alike[cost.campaign_id, cost.reserved, cost.at] += cost.amount
    real = [
        Cost(key[0], amount, key[1], key[2]) for key, amount in alike.items() if key[0] is not None and amount
    ]
    campaigns: Counter[tuple[int, bool]] = Counter()
    periods: Counter[tuple[int, str, int, bool]] = Counter()
    for cost in real:
        campaigns[cost.campaign_id or 0, cost.reserved] += cost.amount
        for place, (_name, period, cap) in enumerate(_periods(cost.at)):
            periods[place, period, cap, cost.reserved] += cost.amount
    for (campaign_id, reserved), amount in sorted(campaigns.items()):
        if not (reserved and _moved(_CAMPAIGN.spend_reserved, campaign_id, amount)):
            _moved(_CAMPAIGN.spend_beyond, campaign_id, amount)
    for (_place, period, cap, reserved), amount in sorted(periods.items()):
        if not (reserved and _moved(_PERIOD.spend_reserved, period, amount)):
            _open_period(period, cap)
            _moved(_PERIOD.spend_beyond, period, amount)


def release_all(rows: Iterable[Any]) -> None:
    """Give back what was set aside for messages (rows of campaign_id, price_vnd, dispatched_at) that did not go out."""
    amounts: Counter[int] = Counter()
    days: Counter[datetime] = Counter()
    for campaign_id, price, dispatched_at in rows:
        if campaign_id is not None:
            amounts[campaign_id] += price
            if dispatched_at is not None:
                days[dispatched_at] += price
    for campaign_id, amount in sorted(amounts.items()):
        db.change_many(
            update(Budget).where(Budget.campaign_id == campaign_id).values(reserved=Budget.reserved - amount)
        )
    for at, amount in sorted(days.items()):
        _release_periods(amount, at)
