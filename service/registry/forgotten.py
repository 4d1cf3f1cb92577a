"""Numbers that were deleted at a person's request after an opt-out: only a keyed digest of them is left.

So a list that brings the number back a year later brings it back opted out, and nobody can read the number from here.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import String, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from service import db, settings

CHUNK = 500  # values in one IN (…)


class ForgottenNumber(db.Base):
    __tablename__ = "forgotten_number"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)  # HMAC-SHA-256 of the E.164 number
    opted_out_at: Mapped[datetime]


def keep(e164: str, opted_out_at: datetime) -> None:
    """The number goes, its opt-out stays."""
    db.insert_new(ForgottenNumber, {"digest": _digest(e164), "opted_out_at": opted_out_at})


def opted_out(numbers: Sequence[str]) -> dict[str, datetime]:
    """Which of these numbers were deleted after an opt-out, and when they had opted out."""
    digests = {_digest(number): number for number in numbers} if _any() else {}
    found: dict[str, datetime] = {}
    wanted = list(digests)
    for start in range(0, len(wanted), CHUNK):
        query = select(ForgottenNumber).where(ForgottenNumber.digest.in_(wanted[start : start + CHUNK]))
        found |= {digests[row.digest]: row.opted_out_at for row in db.session().scalars(query)}
    return found


def _any() -> bool:
    return db.session().scalar(select(ForgottenNumber.digest).limit(1)) is not None


def forgive(e164: str) -> None:
    """Whoever has the number now asked to be written to."""
    db.change_many(delete(ForgottenNumber).where(ForgottenNumber.digest == _digest(e164)))


def _digest(e164: str) -> str:
    """Keyed, because without a key all numbers of the country could be tried in an hour."""
    return hmac.new(settings.get().secret_key.encode(), e164.encode(), hashlib.sha256).hexdigest()
