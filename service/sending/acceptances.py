"""What a carrier took, noted for a whole batch with a few statements: five for each message took longer than sending."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import func, literal, select, update

from service import db
from service.sending import budget
from service.sending.messages import ACCEPTED_RANK, MESSAGES, UNSETTLED, remember_refs


def name(carrier: str, carrier_ids: Mapping[int, str]) -> None:
    """What a carrier calls these messages (id → its name). The caller holds them."""
    remember_refs((message_id, carrier, carrier_id) for message_id, carrier_id in carrier_ids.items())


def fold(message_ids: Collection[int], now: datetime) -> None:
    """These messages were accepted. The same as messages.hear_back for each; the caller holds them."""
    if not message_ids:
        return
    table, session = MESSAGES.c, db.session()
    columns = (table.id, table.state, table.campaign_id, table.price_vnd, table.dispatched_at)
    behind = select(*columns).where(table.id.in_(message_ids), table.rank < ACCEPTED_RANK)
    rows = session.execute(behind.order_by(table.id).with_for_update()).all()
    values = {
        "state": "accepted", "rank": ACCEPTED_RANK, "word": "", "code": "", "changed_at": now,
        # None: it had been put back, and went out after all.
        "dispatched_at": func.coalesce(table.dispatched_at, literal(now, db.UtcDateTime())),
    }  # fmt: skip
    session.execute(update(MESSAGES).where(table.id.in_([row.id for row in rows])).values(**values))
    amounts: Counter[tuple[int | None, bool, datetime]] = Counter()
    for row in rows:
        amounts[row.campaign_id, row.state in UNSETTLED, row.dispatched_at or now] += row.price_vnd
    budget.spend(budget.Cost(key[0], amount, key[1], key[2]) for key, amount in amounts.items())
