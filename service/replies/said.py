"""Said: what came back about a campaign, phone by phone, for whatever follows from it in sending/mixes.py."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from service import db
from service.replies.inbox import Reply
from service.replies.keys import KEY
from service.sending.mixes import SILENCE, Said


def by_phone(campaign_id: int, phone_ids: Collection[int]) -> dict[int, Said]:
    """Of these phones those from which something came back about this campaign, and what."""
    query = select(Reply.phone_id, Reply.kind, Reply.meaning).where(
        Reply.campaign_id == campaign_id, db.among(Reply.phone_id, phone_ids)
    )
    found: dict[int, Said] = {}
    for phone_id, kind, meaning in db.session().execute(query):
        before, stop = found.get(phone_id, SILENCE), meaning == "stop"
        found[phone_id] = Said(True, before.key or (kind == KEY and not stop), before.stop or stop)
    return found
