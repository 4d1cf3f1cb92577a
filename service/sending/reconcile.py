"""Reconcile: what became unknown is settled by evidence, with two looks; nothing is sent again on a guess."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import structlog
from sqlalchemy import func, or_, select, text, update

from service import db
from service.carriers.base import Carrier, CarrierError, Found
from service.registry.phones import Phone
from service.sending import hours, locks, messages, reports
from service.sending.messages import VOICE, CarrierRef, Message, Status
from service.sending.reports import Report
from service.text.vietnamese import nfc

FIRST_LOOK = timedelta(minutes=2)  # after dispatch
SECOND_LOOK = timedelta(minutes=10)  # after the first
GIVE_UP = timedelta(hours=24)
CLOCKS_APART = timedelta(seconds=120)  # at most; see the clock guard
PER_ROUND = 200

log = structlog.get_logger()


def bury_dead_workers(now: datetime) -> int:
    """Rows on the wire of workers of this machine that no longer live become unknown. Returns how many."""
    buried = 0
    for name in messages.workers_sending():
        if locks.is_ours(name) and locks.is_dead(name):
            rows = messages.abandon(name, now)
            locks.forget(name)
            log.warning("worker.died", worker=name, unknown=rows)
            buried += rows
    return buried


def due_for_a_look(now: datetime) -> list[Message]:
    """Unknown messages whose next look has come, in any order: the same few must not always come first."""
    first = (Message.looks == 0) & (Message.dispatched_at <= now - FIRST_LOOK)
    later = (Message.looks > 0) & (Message.looked_at <= now - SECOND_LOOK)
    query = (
        select(Message)
        .where(text(messages.IS_UNSETTLED), Message.state == "unknown", or_(first, later))
        .order_by(func.random())
        .limit(PER_ROUND)
    )
    return list(db.session().scalars(query))


def look(message: Message, carrier: Carrier, now: datetime) -> str:
    """Look for one unknown message in its carrier's own list; no transaction may be open. Returns its state after it."""
    with db.transaction():
        number = db.session().scalar(select(Phone.e164).where(Phone.id == message.phone_id)) or ""
    since = (message.dispatched_at or now) - CLOCKS_APART
    try:
        found = listed(message, carrier, number, since)
    except CarrierError as error:  # a list that fails is not "absent"
        log.info("reconcile.list_failed", message=message.id, code=error.code)
        with db.transaction():
            return _give_up(message, now) if _is_old(message, now) else message.state
    with db.transaction():
        same = ours(message, found)
        return _accept(message, same, now) if same else _absent(message, now)


def listed(message: Message, carrier: Carrier, number: str, since: datetime) -> list[Found]:
    """What the carrier's own list holds for this number, of calls or of messages. Raises CarrierError."""
    return (carrier.find_calls if message.channel == VOICE else carrier.find)(number, since)


def ours(message: Message, found: Iterable[Found]) -> list[Found]:
    """What of the carrier's list may be this message: its text, and no other message's name. A call has no text, but a
    phone gets one at a time."""
    is_call = message.channel == VOICE
    return [one for one in found if (is_call or _says(one, message.text)) and _belongs(message, one)]


def _says(found: Found, text: str) -> bool:
    """Is this our text? A carrier may write blanks and line breaks in its own way."""
    return nfc(found.body).split() == nfc(text).split()


def _belongs(message: Message, found: Found) -> bool:
    """Not the carrier's record of another message of ours."""
    ref = db.session().get(CarrierRef, (message.carrier, found.carrier_id))
    return ref is None or ref.message_id == message.id


def _accept(message: Message, found: list[Found], now: datetime) -> str:
    said = [Status(one.state, one.word, one.code) for one in found]
    reports.fold(Report(message.id, status, now) for status in (Status("accepted"), *said))
    messages.remember_refs((message.id, message.carrier, one.carrier_id) for one in found)
    return "accepted"


def _absent(message: Message, now: datetime) -> str:
    if _is_old(message, now):
        return _give_up(message, now)
    if not _still_the_same(message):
        return "settled"
    if message.looks == 0:
        query = update(Message).where(Message.id == message.id).values(looks=1, looked_at=now)
        db.change_many(query)
        return "unknown"
    if message.campaign_id is not None:
        hours.uncount_contacts([message.phone_id], message.dispatched_at or now, message.channel)
    messages.leave([message.id], "ready", "proven_not_sent", now, due=now)
    return "ready"


def _is_old(message: Message, now: datetime) -> bool:
    return message.dispatched_at is not None and message.dispatched_at <= now - GIVE_UP


def _give_up(message: Message, now: datetime) -> str:
    """After a day a person decides."""
    if not _still_the_same(message):
        return "settled"
    messages.leave([message.id], "hold", "unknown_for_a_day", now)
    return "hold"


def _still_the_same(message: Message) -> bool:
    """Two clocks may look at once: only the first may act on what it saw."""
    query = select(Message.id).where(
        Message.id == message.id,
        Message.state == "unknown",
        Message.looks == message.looks,
        Message.dispatched_at == message.dispatched_at,
    )
    return db.session().scalar(query.with_for_update()) is not None
