"""Sums: what must be equal in every campaign, counted anew now and then. A difference is a mistake of ours: an alarm."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import and_, case, func, or_, select

from service import db
from service.campaigns.campaigns import PAUSED, RUNNING, Campaign
from service.sending.budget import Budget
from service.sending.messages import ACCEPTED_RANK, NOTICE, UNSETTLED, Message
from service.staff import history
from service.staff.history import History

JUST_FINISHED = timedelta(hours=2)
DEED = "campaign.sums_differ"

log = structlog.get_logger()


@dataclass(frozen=True)
class Difference:
    """What should be equal and is not. ``what``: recipients, spent or reserved (đồng)."""

    campaign_id: int
    code: str
    what: str
    noted: int
    counted: int


def differences(now: datetime) -> list[Difference]:
    """The differences in campaigns that run, are paused or ended lately. Reads each of their messages once."""
    lately = Campaign.ended_at >= now - JUST_FINISHED
    query = (
        select(Campaign.id).where(or_(Campaign.state.in_((RUNNING, PAUSED)), lately)).order_by(Campaign.id)
    )
    return [found for campaign_id in db.session().scalars(query).all() for found in _of(campaign_id)]


def _of(campaign_id: int) -> Iterator[Difference]:
    """Both sides in one statement, so that they are of one instant."""
    notices = and_(Message.kind == NOTICE, ~Message.replaced)
    # Refused at once cost nothing, and has no word: only what was taken has one.
    taken = and_(Message.rank >= ACCEPTED_RANK, or_(Message.state != "failed", Message.word != ""))
    counted = (
        _sum(notices, 1),
        _sum(taken, Message.price_vnd),
        _sum(Message.state.in_(UNSETTLED), Message.price_vnd),
    )
    noted = (Campaign.code, Campaign.recipients, Budget.spent, Budget.reserved)
    query = (
        select(*noted, *counted)
        .join(Budget, Budget.campaign_id == Campaign.id)
        .join(Message, Message.campaign_id == Campaign.id)
        .where(Campaign.id == campaign_id)
        .group_by(*noted)
    )
    for row in db.session().execute(query):
        for place, what in enumerate(("recipients", "spent", "reserved"), start=1):
            if row[place] != row[place + 3]:
                yield Difference(campaign_id, row[0], what, row[place], int(row[place + 3]))


def _sum(which: Any, amount: Any) -> Any:
    return func.sum(case((which, amount), else_=0))


def tell(found: Sequence[Difference]) -> None:
    """Log what differs, and write it into the history once."""
    for one in found:
        log.error(
            "sums.differ", campaign=one.campaign_id, what=one.what, noted=one.noted, counted=one.counted
        )
        if not _written(one):
            history.record(
                DEED, None, campaign=one.campaign_id, what=one.what, noted=one.noted, counted=one.counted
            )


def _written(one: Difference) -> bool:
    query = select(History.details).where(History.campaign_id == one.campaign_id, History.deed == DEED)
    return any(details.get("what") == one.what for details in db.session().scalars(query))
