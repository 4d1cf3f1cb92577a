"""Expiry: what the carrier took and never reported on is settled after three days. A later report still overrules it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import or_, select, update

from service import db
from service.campaigns.campaigns import Campaign
from service.sending.messages import ON_THE_WAY, RANKS, Message

NO_RECEIPT = timedelta(hours=72)
AT_ONCE = 5_000  # rows; the rest the next time


def expire(now: datetime) -> int:
    """Accepted or sent more than 72 hours ago, and no word since: expired. Returns how many."""
    launched = select(Campaign.id).where(Campaign.launched_at < now - NO_RECEIPT)
    late = (
        select(Message.id)
        .where(
            or_(Message.campaign_id.in_(launched), Message.campaign_id.is_(None)),
            Message.state.in_(ON_THE_WAY),
            Message.dispatched_at < now - NO_RECEIPT,
        )
        .order_by(Message.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    ids = list(db.session().scalars(late))
    values = {"state": "expired", "rank": RANKS["expired"], "changed_at": now}
    settled = update(Message).where(Message.id.in_(ids), Message.state.in_(ON_THE_WAY)).values(**values)
    return db.change_many(settled)
