"""What became of a campaign's calls: how much of them was heard, and which keys were pressed."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from service import db
from service.replies.inbox import Reply
from service.replies.keys import KEY
from service.sending.listened import CallHeard
from service.sending.messages import NOTICES, VOICE, Message


@dataclass(frozen=True)
class CallFigures:
    """``heard``: calls by whole, partly, machine; ``keys``: how many phones pressed which key that answers. Who only
    wants to hear it again gives no answer, so that the 2 is not counted."""

    heard: dict[str, int]
    keys: dict[str, int]


def figures(campaign_id: int) -> CallFigures:
    heard = (
        select(CallHeard.heard, func.count())
        .join(Message, Message.id == CallHeard.message_id)
        .where(Message.campaign_id == campaign_id, Message.kind.in_(NOTICES), Message.channel == VOICE)
        .where(CallHeard.heard != "")
        .group_by(CallHeard.heard)
    )
    keys = (
        select(Reply.text, func.count(Reply.phone_id.distinct()))
        .where(Reply.campaign_id == campaign_id, Reply.kind == KEY)
        .group_by(Reply.text)
    )
    run = db.session().execute
    return CallFigures({row[0]: row[1] for row in run(heard)}, {row[0]: row[1] for row in run(keys)})
