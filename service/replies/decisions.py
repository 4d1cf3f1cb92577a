"""What a person says of a reply: its meaning, which overrules the reader's, and that a question has its answer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from service import db
from service.refused import Refused
from service.registry import phones
from service.registry.phones import Phone
from service.replies.inbox import DECISIVE, MEANINGS, TO_ANSWER, Outcome, Reply, confirm, settle
from service.staff import history
from service.staff.accounts import Staff


def classify(reply: Reply, meaning: str, by: Staff) -> Outcome:
    """A person says what a reply means; what the reader made of it before no longer counts.

    Raises Refused: a yes needs a campaign that it is an answer to.
    """
    if meaning not in MEANINGS or meaning == "unclear":
        raise Refused("reply.unknown_meaning")
    if meaning == "interested" and reply.campaign_id is None:
        raise Refused("reply.no_campaign")
    phone = phones.find(reply.phone_id)
    assert phone is not None
    before, now = reply.meaning, db.clock()
    behind: list[int | None] = [*phones.people_of(phone.id)]
    for person in behind or [None]:
        history.record(
            "reply.classified", by, person=person, campaign=reply.campaign_id, meaning=meaning, reply=reply.id
        )
    reply.decided_by, reply.aside = by.id, ""
    if meaning == before and reply.handled_at is not None:
        return Outcome(reply)
    _stop_or_not(reply, phone, meaning, by, now)
    reply.meaning, reply.handled_at = meaning, None if meaning in TO_ANSWER else now
    return Outcome(reply, settle(reply, now) if before in DECISIVE or meaning in DECISIVE else None)


def _stop_or_not(reply: Reply, phone: Phone, meaning: str, by: Staff, now: datetime) -> None:
    """A stop word beside a call for help stands, whatever a person makes of the rest."""
    if reply.meaning == "stop" and meaning != "stop":
        _undo_stop(reply, phone, by)
        reply.stops = False
    elif meaning == "stop":
        reply.stops = True
        if phones.opt_out(phone, now):
            confirm(reply, phone)


def _undo_stop(reply: Reply, phone: Phone, by: Staff) -> None:
    """This reply was no stop after all. If it alone closed the number, the number is open again."""
    if phone.opted_out_at is None or phone.opted_out_at not in (reply.received_at, reply.handled_at):
        return
    others = select(func.count()).where(
        Reply.phone_id == phone.id,
        Reply.id != reply.id,
        Reply.stops,
        func.coalesce(Reply.handled_at, Reply.received_at) >= phone.opted_out_at,
    )
    if not db.session().scalar(others):
        phones.opt_in(phone, by)


def mark_answered(reply: Reply, by: Staff) -> None:
    """The person was called and has the answer. Nothing changes when it was marked before."""
    if reply.handled_at is not None or reply.decided_by is None:
        return
    reply.handled_at = db.clock()
    for person in phones.people_of(reply.phone_id):
        history.record("reply.answered", by, person=person, campaign=reply.campaign_id, reply=reply.id)
