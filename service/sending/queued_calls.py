"""Queued calls: what a carrier took and has not dialled yet is taken back once its campaign was stopped.

Twilio keeps calls in its own queue for up to a day; an SMS that it took is gone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import or_, select

from service import db
from service.campaigns.campaigns import STOPPED, Campaign
from service.carriers.base import Carrier, CarrierError
from service.sending import reports
from service.sending.messages import VOICE, CarrierRef, Message, Status
from service.sending.reports import Report

TRIED_FOR = timedelta(minutes=30)  # after the stop; then the carrier's own word on each call has to do
PER_ROUND = 50

log = structlog.get_logger()


@dataclass(frozen=True)
class Queued:
    """A call of a campaign that was stopped, and what its carrier calls it."""

    message_id: int
    carrier: str
    carrier_id: str


def due(now: datetime) -> list[Queued]:
    """Those that the carrier took and does not report on yet, the oldest first."""
    ended = (Campaign.state == STOPPED) & (Campaign.ended_at >= now - TRIED_FOR)
    full = Campaign.closed_at >= now - TRIED_FOR
    query = (
        select(Message.id, Message.carrier, CarrierRef.carrier_id)
        .join(Campaign, Campaign.id == Message.campaign_id)
        .join(CarrierRef, (CarrierRef.message_id == Message.id) & (CarrierRef.carrier == Message.carrier))
        .where(or_(ended, full), Message.channel == VOICE, Message.state == "accepted")
        .order_by(Message.id)
        .limit(PER_ROUND)
    )
    return [Queued(*row) for row in db.session().execute(query)]


def take_back(queued: Queued, carrier: Carrier, now: datetime) -> bool:
    """Ask the carrier not to dial, and fold what it says became of the call. True when it answered. No transaction may
    be open."""
    try:
        found = carrier.cancel_call(queued.carrier_id)
    except (
        CarrierError
    ) as error:  # it rings already, or the carrier does not answer: its own report will tell
        log.info("queued_calls.not_taken_back", message=queued.message_id, code=error.code)
        return False
    with db.transaction():
        reports.fold([Report(queued.message_id, Status(found.state, found.word, found.code), now)])
    return True
