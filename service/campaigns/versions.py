"""Every saved state of a campaign's content, so that nothing that was written is lost and anybody sees what changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, mapped_column

from service import db
from service.staff.accounts import Staff


class Version(db.Base):
    __tablename__ = "campaign_version"
    __table_args__ = (Index("ix_campaign_version_campaign", "campaign_id", "id"),)

    id: Mapped[int] = mapped_column(db.Id, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    content_hash: Mapped[str] = mapped_column(String(64))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]


def keep(campaign_id: int, content: dict[str, Any], content_hash: str, by: Staff) -> None:
    """Note what the campaign says now."""
    row = Version(
        campaign_id=campaign_id, content=content, content_hash=content_hash, staff_id=by.id, at=db.clock()
    )
    db.session().add(row)
    db.session().flush()


def of_campaign(campaign_id: int, limit: int = 50) -> list[Version]:
    """The newest first."""
    query = select(Version).where(Version.campaign_id == campaign_id).order_by(Version.id.desc())
    return list(db.session().scalars(query.limit(limit)))


def find(campaign_id: int, version_id: int) -> Version | None:
    version = db.session().get(Version, version_id)
    return version if version is not None and version.campaign_id == campaign_id else None


def authors(campaign_id: int) -> set[int]:
    """Everybody who wrote something of it."""
    query = select(Version.staff_id).where(Version.campaign_id == campaign_id).distinct()
    return set(db.session().scalars(query))
