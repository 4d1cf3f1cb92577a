"""What a trial call says, kept as it was when somebody asked for it: a trial belongs to no campaign that would keep it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from service import db


class TrialCall(db.Base):
    """``said``: as a campaign keeps it (campaigns/calls.py), with the language in which it is to be heard."""

    __tablename__ = "trial_call"

    # No foreign key: it holds no word about anybody, and is no part of what is kept about a person.
    message_id: Mapped[int] = mapped_column(db.Id, primary_key=True, autoincrement=False)
    said: Mapped[dict[str, Any]] = mapped_column(JSON)


def keep(message_id: int, kept: dict[str, Any], language: str) -> None:
    db.session().add(TrialCall(message_id=message_id, said={**kept, "language": language}))
    db.session().flush()


def said(message_id: int) -> dict[str, Any] | None:
    found = db.session().get(TrialCall, message_id)
    return found.said if found is not None else None
