"""Deciding: what becomes of a message on hold. No machine can know more about it, so a person says it, with a reason."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import select

from service import db
from service.campaigns.campaigns import STOPPED, Campaign
from service.refused import Refused
from service.sending import hours, messages
from service.sending.messages import Message, Status
from service.staff import history
from service.staff.accounts import Staff
from service.text.vietnamese import one_line

SENT, AGAIN, GIVEN_UP = "sent", "again", "given_up"
DECISIONS = (SENT, AGAIN, GIVEN_UP)
DEEDS = {
    SENT: "message.decided_sent",
    AGAIN: "message.decided_again",
    GIVEN_UP: "message.decided_given_up",
}
LEAST_REASON = 10  # letters
MOST = 200  # messages at once


def decide(message_ids: Collection[int], decision: str, reason: str, by: Staff) -> int:
    """Sent: it did go out. Again: it did not, and is sent now. Given up: it is not sent, whatever happened before.

    Returns how many were on hold still; others are left as they are. Raises Refused.
    """
    words = one_line(reason)[:300]
    if decision not in DECISIONS:
        raise Refused("message.unknown_decision")
    if not message_ids:
        raise Refused("message.none_chosen")
    if sum(char.isalnum() for char in words) < LEAST_REASON:
        raise Refused("message.no_reason")
    held = _held(message_ids)
    if decision == AGAIN:
        _must_still_run(held)
    _DO[decision](held)
    for row in held:
        history.record(DEEDS[decision], by, campaign=row.campaign_id, message=row.id, reason=words)
    return len(held)


def _held(message_ids: Collection[int]) -> list[Any]:
    query = (
        select(Message.id, Message.channel, Message.campaign_id, Message.phone_id, Message.dispatched_at)
        .where(Message.id.in_(list(message_ids)[:MOST]), Message.state == "hold")
        .order_by(Message.id)
        .with_for_update()
    )
    return list(db.session().execute(query))


def _must_still_run(held: list[Any]) -> None:
    ids = {row.campaign_id for row in held if row.campaign_id is not None}
    query = select(Campaign.code).where(Campaign.id.in_(ids), Campaign.state == STOPPED).limit(1)
    stopped = db.session().scalar(query)
    if stopped is not None:
        raise Refused("message.campaign_stopped", code=stopped)


def _went_out(held: list[Any]) -> None:
    now = db.clock()
    for row in held:
        messages.hear_back(row.id, Status("accepted", "by_hand"), now)


def _send_again(held: list[Any]) -> None:
    now = db.clock()
    for row in held:
        if row.campaign_id is not None:
            hours.uncount_contacts([row.phone_id], row.dispatched_at or now, row.channel)
    messages.leave([row.id for row in held], "ready", "sent_again", now, due=now)


def _give_up(held: list[Any]) -> None:
    messages.leave([row.id for row in held], "failed", "given_up", db.clock())


_DO = {SENT: _went_out, AGAIN: _send_again, GIVEN_UP: _give_up}
