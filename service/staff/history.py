"""History: what was done, by whom, when. Rows are added, never changed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, ForeignKey, Index, String, select, text
from sqlalchemy.orm import Mapped, mapped_column

from service import db

if TYPE_CHECKING:
    from service.staff.accounts import Staff


class History(db.Base):
    """One deed. ``person_id`` and ``campaign_id`` are kept as columns because their pages ask for them."""

    __tablename__ = "history"
    __table_args__ = (
        Index("ix_history_person", "person_id", "id"),
        Index("ix_history_campaign", "campaign_id", "id"),
        # An alarm asks every minute whether there was one.
        Index(
            "ix_history_duplicate",
            "at",
            sqlite_where=text("deed = 'message.duplicate'"),
            postgresql_where=text("deed = 'message.duplicate'"),
        ),
    )

    id: Mapped[int] = mapped_column(db.Id, primary_key=True)
    at: Mapped[datetime]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # none: the system itself
    deed: Mapped[str] = mapped_column(String(60))
    person_id: Mapped[int | None]
    campaign_id: Mapped[int | None]
    details: Mapped[dict[str, Any]] = mapped_column(JSON)


def record(
    deed: str, by: Staff | None, *, person: int | None = None, campaign: int | None = None, **details: Any
) -> None:
    """Add one deed to the open transaction. ``details``: ids, counts and short words, no numbers, no texts."""
    db.session().add(
        History(
            at=db.clock(),
            staff_id=by.id if by is not None else None,
            deed=deed,
            person_id=person,
            campaign_id=campaign,
            details=details,
        )
    )


def of_person(person_id: int) -> list[History]:
    """All deeds about a person, newest first."""
    return list(
        db.session().scalars(
            select(History).where(History.person_id == person_id).order_by(History.id.desc()).limit(500)
        )
    )


def of_campaign(campaign_id: int) -> list[History]:
    """The newest 200 deeds about a campaign."""
    return list(
        db.session().scalars(
            select(History).where(History.campaign_id == campaign_id).order_by(History.id.desc()).limit(200)
        )
    )


def page(before: int | None = None, size: int = 100) -> list[History]:
    """A page of all deeds, newest first, older than ``before``."""
    query = select(History).order_by(History.id.desc()).limit(size)
    return list(db.session().scalars(query.where(History.id < before) if before else query))
