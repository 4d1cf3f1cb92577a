"""Drafts: begun as a copy of another campaign, and thrown away when nothing comes of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import delete

from service import db
from service.campaigns import campaigns
from service.campaigns.approvals import Approval
from service.campaigns.campaigns import APPROVED, DRAFT, Campaign
from service.campaigns.recordings import Recording
from service.campaigns.versions import Version
from service.refused import Refused
from service.staff import history
from service.staff.accounts import Staff
from service.text.words import today_in_vietnam


def copy(campaign: Campaign, by: Staff, **changes: Any) -> Campaign:
    """A new draft that says the same, with a code of its own. ``changes``: fields of Content that are to differ."""
    past = campaign.deadline is not None and campaign.deadline < today_in_vietnam()
    content = replace(campaigns.content_of(campaign), starts_at=None)
    if past:
        content = replace(content, deadline=None)
    return campaigns.create(replace(content, **changes), campaign.carrier, by)


def discard(campaign: Campaign, by: Staff) -> None:
    """Throw a draft away. Raises Refused once it was sent: what went out is never forgotten."""
    held = campaigns.held(campaign.id)
    if held is None or held.state not in (DRAFT, APPROVED):
        raise Refused("campaign.not_editable", code=campaign.code)
    for part in (Version, Approval, Recording):
        db.change_many(delete(part).where(part.campaign_id == held.id))
    history.record("campaign.discarded", by, campaign=held.id, code=held.code)
    db.session().delete(held)
    db.session().flush()
