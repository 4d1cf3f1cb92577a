"""Polling: a message of which the carrier has said nothing for an hour is asked for, one by one, ever more seldom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, func, or_, select, update

from service import db
from service.campaigns.campaigns import PAUSED, RUNNING, Campaign
from service.carriers.base import Carrier, CarrierError, Proof
from service.sending import reports
from service.sending.expiry import NO_RECEIPT
from service.sending.messages import ON_THE_WAY, VOICE, CarrierRef, Message, Status
from service.sending.reports import Report

QUIET = timedelta(
    hours=1
)  # after the carrier's newest word; then 2 h after the first question, 4 h, … until it expires
MOST = 6  # questions: 64 hours after the last one it expires anyway
PER_ROUND = 200
HOPELESS = (
    Proof.REFUSED,
    Proof.REFUSED_UNKNOWN,
)  # the carrier does not know it: asking soon again says the same

log = structlog.get_logger()


@dataclass(frozen=True)
class Quiet:
    """A message on its way of which nothing was heard, and what its carrier calls it."""

    message_id: int
    channel: str
    carrier: str
    carrier_id: str


def due(now: datetime) -> list[Quiet]:
    """Those whose next question has come, in any order: the same few must not always come first."""
    open_ones = or_(Campaign.state.in_((RUNNING, PAUSED)), Campaign.ended_at >= now - NO_RECEIPT)
    query = (
        select(Message.id, Message.channel, Message.carrier, CarrierRef.carrier_id)
        .join(CarrierRef, (CarrierRef.message_id == Message.id) & (CarrierRef.carrier == Message.carrier))
        .where(
            or_(Message.campaign_id.in_(select(Campaign.id).where(open_ones)), Message.campaign_id.is_(None))
        )
        .where(Message.state.in_(ON_THE_WAY), Message.dispatched_at >= now - NO_RECEIPT)
        .where(Message.changed_at <= now - QUIET, _asked_long_ago(now))
        .order_by(func.random())
        .limit(PER_ROUND)
    )
    return [Quiet(*row) for row in db.session().execute(query)]


def _asked_long_ago(now: datetime) -> ColumnElement[bool]:
    waited = [
        (Message.looks == looks) & (Message.looked_at <= now - 2**looks * QUIET)
        for looks in range(1, MOST + 1)
    ]
    return or_(Message.looks == 0, Message.looked_at.is_(None), *waited)


def ask(quiet: Quiet, carrier: Carrier, now: datetime) -> bool:
    """Ask the carrier how this message fares, and fold what it says. True when it answered. No transaction may be open."""
    try:
        status_of = carrier.status_of_call if quiet.channel == VOICE else carrier.status_of
        found = status_of(quiet.carrier_id)
    except CarrierError as error:
        log.info("polling.failed", message=quiet.message_id, code=error.code)
        if error.proof in HOPELESS:
            with db.transaction():
                _note(quiet.message_id, now)
        return False
    with db.transaction():
        _note(quiet.message_id, now)
        reports.fold([Report(quiet.message_id, Status(found.state, found.word, found.code), now)])
    return True


def _note(message_id: int, now: datetime) -> None:
    query = update(Message).where(Message.id == message_id, Message.state.in_(ON_THE_WAY))
    db.change_many(query.values(looks=Message.looks + 1, looked_at=now))
