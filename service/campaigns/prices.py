"""What a part of a message costs: a table that staff keep, per carrier and channel, with the day from which it holds.

Prices of days that are over are never changed: what was sent then was counted with them.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, mapped_column

from service import db, settings
from service.carriers import directory
from service.refused import Refused
from service.staff import history
from service.staff.accounts import Staff
from service.text.words import date_vi, today_in_vietnam

SMS, VOICE = "sms", "voice"
CHANNELS = (SMS, VOICE)
HIGHEST = 100_000  # đồng; more is a slip of the hand
FARTHEST_DAYS = 366
REHEARSAL_CALL_VND = 3_000  # a minute


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


def known(carrier: str, channel: str, on: date) -> int | None:
    """Đồng per part (sms) or per minute begun (voice) on that day; None when nobody knows.

    An SMS that nobody wrote a price for costs what the settings say. Calls cost several times as much, and each contract
    has another price: in a rehearsal, where nobody pays, an invented one serves; otherwise somebody has to write it.
    """
    found = row_of(carrier, channel, on)
    if found is not None:
        return found.vnd
    if channel == SMS:
        return settings.get().sms_price_vnd
    return REHEARSAL_CALL_VND if settings.get().rehearsal else None


def of(carrier: str, channel: str, on: date) -> int:
    """As known(), 0 when nobody knows: no campaign is sent at such a price (checks.py)."""
    return known(carrier, channel, on) or 0


def row_of(carrier: str, channel: str, on: date, anew: bool = False) -> Price | None:
    """The price that holds on that day, or None when nobody wrote one. ``anew``: as the database has it now."""
    same = select(Price).where(Price.carrier == carrier, Price.channel == channel, Price.valid_from <= on)
    query = same.order_by(Price.valid_from.desc()).limit(1)
    return db.session().scalar(query.execution_options(populate_existing=anew))


def listed(limit: int = 200) -> list[Price]:
    """All prices that were ever written, the one that begins last first."""
    query = select(Price).order_by(Price.valid_from.desc(), Price.carrier, Price.channel)
    return list(db.session().scalars(query.limit(limit)))


def put(carrier: str, channel: str, vnd: int, valid_from: date, by: Staff) -> Price:
    """From this day on it costs so much. One that begins today or later may be corrected. Raises Refused."""
    _refuse(carrier, channel, vnd, valid_from)
    known = row_of(carrier, channel, valid_from)
    before = known.vnd if known is not None and known.valid_from == valid_from else None
    facts = {"vnd": vnd, "staff_id": by.id, "created_at": db.clock()}
    row = {"carrier": carrier, "channel": channel, "valid_from": valid_from, **facts}
    same_day = ["carrier", "channel", "valid_from"]  # two people may write the same day at once
    db.session().execute(
        db.upsert(Price).values(row).on_conflict_do_update(index_elements=same_day, set_=facts)
    )
    day = date_vi(valid_from)
    if before is None:
        history.record("price.added", by, carrier=carrier, channel=channel, vnd=vnd, day=day)
    elif before != vnd:
        history.record("price.changed", by, carrier=carrier, channel=channel, vnd=vnd, before=before, day=day)
    found = row_of(carrier, channel, valid_from, anew=True)
    assert found is not None  # it was just written
    return found


def _refuse(carrier: str, channel: str, vnd: int, valid_from: date) -> None:
    today = today_in_vietnam()
    if carrier not in directory.names() or channel not in CHANNELS:
        raise Refused("price.unknown_channel")
    if not 0 <= vnd <= HIGHEST:
        raise Refused("price.not_a_price", most=HIGHEST)
    if valid_from < today:
        raise Refused("price.past", today=today)
    if (valid_from - today).days > FARTHEST_DAYS:
        raise Refused("price.too_far")
