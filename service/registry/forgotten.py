"""Numbers that were deleted at a person's request after an opt-out: only a keyed digest of them is left.

So a list that brings the number back a year later brings it back opted out, and nobody can read the number from here.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from service import db


class ForgottenNumber(db.Base):
    __tablename__ = "forgotten_number"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)  # HMAC-SHA-256 of the E.164 number
    opted_out_at: Mapped[datetime]
