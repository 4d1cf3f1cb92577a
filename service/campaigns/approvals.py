"""Approval: a second person looked at exactly this content, for so many recipients, at such a price, and said yes or no.

The yes holds for 48 hours and for that content hash alone; any edit voids it. Nobody approves what he or she wrote.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, select, update
from sqlalchemy.orm import Mapped, mapped_column

from service import db
from service.campaigns import campaigns, versions
from service.campaigns.campaigns import APPROVED, DRAFT, Campaign
from service.refused import Refused
from service.staff import history
from service.staff.accounts import Staff
from service.text.vietnamese import one_line

HOLDS_FOR = timedelta(hours=48)
YES, NO = "yes", "no"
LEAST_REASON = 5  # letters of a reason for a no


class Approval(db.Base):
    """What was seen when somebody decided. ``price_vnd``: the estimate for all messages."""

    __tablename__ = "approval"
    __table_args__ = (
        CheckConstraint("verdict IN ('yes', 'no')", name="verdict"),
        Index("ix_approval_campaign", "campaign_id", "id"),
    )

    id: Mapped[int] = mapped_column(db.Id, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    content_hash: Mapped[str] = mapped_column(String(64))
    recipients: Mapped[int]
    price_vnd: Mapped[int] = mapped_column(db.Id)
    verdict: Mapped[str] = mapped_column(String(3))
    note: Mapped[str] = mapped_column(String(500), default="")
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]


def newest(campaign_id: int) -> Approval | None:
    query = select(Approval).where(Approval.campaign_id == campaign_id).order_by(Approval.id.desc())
    return db.session().scalar(query.limit(1))


def standing(campaign: Campaign, now: datetime) -> Approval | None:
    """The yes that holds now for what the campaign says now, or None."""
    if campaign.state != APPROVED:
        return None
    found = newest(campaign.id)
    if found is None or found.verdict != YES or found.content_hash != campaign.content_hash:
        return None
    return found if now - found.at < HOLDS_FOR else None


def may_decide(campaign: Campaign, staff: Staff) -> bool:
    """Not who made the campaign, and not who wrote any part of it."""
    return staff.id != campaign.created_by and staff.id not in versions.authors(campaign.id)


def approve(campaign: Campaign, seen_hash: str, recipients: int, price_vnd: int, by: Staff) -> None:
    """A second person approves exactly what he or she saw. Raises Refused."""
    held = _held(campaign, seen_hash, by)
    now = db.clock()
    query = update(Campaign).where(
        Campaign.id == held.id, Campaign.state.in_((DRAFT, APPROVED)), Campaign.content_hash == seen_hash
    )
    if db.change(query.values(state=APPROVED, approved_by=by.id, approved_at=now)) == 0:
        raise Refused("campaign.changed_meanwhile", code=held.code)
    _note(held, seen_hash, recipients, price_vnd, YES, "", by)
    history.record("campaign.approved", by, campaign=held.id, recipients=recipients, price_vnd=price_vnd)


def turn_down(
    campaign: Campaign, seen_hash: str, recipients: int, price_vnd: int, note: str, by: Staff
) -> None:
    """A second person says no, and why. An earlier yes is void. Raises Refused."""
    held = _held(campaign, seen_hash, by)
    words = one_line(note)[:500]
    if len(words) < LEAST_REASON:
        raise Refused("campaign.no_reason")
    query = update(Campaign).where(
        Campaign.id == held.id, Campaign.state.in_((DRAFT, APPROVED)), Campaign.content_hash == seen_hash
    )
    if db.change(query.values(state=DRAFT, approved_by=None, approved_at=None)) == 0:
        raise Refused("campaign.changed_meanwhile", code=held.code)
    _note(held, seen_hash, recipients, price_vnd, NO, words, by)
    history.record("campaign.turned_down", by, campaign=held.id)


def _held(campaign: Campaign, seen_hash: str, by: Staff) -> Campaign:
    """The campaign, held until the end of the transaction, so that nobody edits it while it is being approved."""
    held = campaigns.held(campaign.id)
    if held is not None:
        campaigns.refresh(held)
    if held is None or held.content_hash != seen_hash:
        raise Refused("campaign.changed_meanwhile", code=campaign.code)
    if not may_decide(held, by):
        raise Refused("campaign.approve_own")
    return held


def _note(
    campaign: Campaign, seen_hash: str, recipients: int, price_vnd: int, verdict: str, note: str, by: Staff
) -> None:
    row = Approval(
        campaign_id=campaign.id, content_hash=seen_hash, recipients=recipients, price_vnd=price_vnd, verdict=verdict,
        note=note, staff_id=by.id, at=db.clock(),
    )  # fmt: skip
    db.session().add(row)
    db.session().flush()
