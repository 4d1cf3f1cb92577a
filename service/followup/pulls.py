"""Pulls: what villagers sent and no hook of ours heard is read from the carrier's own list, so that no reply is lost."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, mapped_column

from service import db
from service.carriers.base import Arrived, Carrier, CarrierError
from service.followup import arrivals
from service.replies import events
from service.replies.events import Received
from service.replies.inbox import Reply

OVERLAP = timedelta(hours=1)  # before the last pull: a carrier's list may lag behind
FURTHEST = timedelta(hours=48)
AT_ONCE = 500  # ids in one query

log = structlog.get_logger()


class Pull(db.Base):
    """When a carrier's list of received messages was last read to its end."""

    __tablename__ = "inbound_pull"

    carrier: Mapped[str] = mapped_column(String(20), primary_key=True)
    pulled_at: Mapped[datetime]


def since(carrier: str, now: datetime) -> datetime:
    """From when on the list is to be read: the last pull and an hour before, 48 hours at most."""
    last = db.session().get(Pull, carrier)
    return now - FURTHEST if last is None else max(now - FURTHEST, min(last.pulled_at, now) - OVERLAP)


def pull(carrier: Carrier, now: datetime) -> int:
    """Take in what this carrier received and we have not. Returns how many replies were new.

    No transaction may be open. A list that fails is read again the next time, from the same instant.
    """
    if not carrier.capabilities.receives_sms:
        return 0
    start = since(carrier.name, now)
    db.end_reading()
    try:
        arrived = carrier.received(start)
    except CarrierError as error:
        log.info("pull.failed", carrier=carrier.name, code=error.code)
        return 0
    taken = sum(_take(one) for one in _new(carrier.name, arrived))
    with db.transaction():
        row = {"carrier": carrier.name, "pulled_at": now}
        insert = db.upsert(Pull).values(row)
        db.change_many(insert.on_conflict_do_update(index_elements=["carrier"], set_={"pulled_at": now}))
    return taken


def _new(carrier: str, arrived: Sequence[Arrived]) -> list[Arrived]:
    """Those that we do not have, in the order in which they were sent."""
    ids = [one.incoming.carrier_id for one in arrived]
    known: set[str] = set()
    for first in range(0, len(ids), AT_ONCE):
        known |= _known(carrier, ids[first : first + AT_ONCE])
    db.end_reading()
    return sorted((one for one in arrived if one.incoming.carrier_id not in known), key=lambda one: one.at)


def _known(carrier: str, ids: Collection[str]) -> set[str]:
    query = select(Reply.carrier_id).where(Reply.carrier == carrier, Reply.carrier_id.in_(ids))
    return set(db.session().scalars(query))


def _take(one: Arrived) -> bool:
    """Through the same door as a hook. One that cannot be stored must not keep the others out."""
    try:
        with db.transaction():
            return arrivals.accept(Received(one.incoming, one.at)).reply is not None
    except events.AWAY:
        raise
    except Exception as problem:
        log.error("pull.not_stored", carrier_id=one.incoming.carrier_id, problem=type(problem).__name__)
        return False
