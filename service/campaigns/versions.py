"""Every saved state of a campaign's content, so that nothing that was written is lost and anybody sees what changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from service import db


class Version(db.Base):
    __tablename__ = "campaign_version"
    __table_args__ = (Index("ix_campaign_version_campaign", "campaign_id", "id"),)

    id: Mapped[int] = mapped_column(db.Id, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    content_hash: Mapped[str] = mapped_column(String(64))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]
