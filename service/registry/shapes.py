"""The shape of a list: its headings, and what staff said each column is. The next list of that shape is read the same."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from service import db


class Shape(db.Base):
    __tablename__ = "list_shape"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)  # SHA-256 of the headings
    choices: Mapped[dict[str, Any]] = mapped_column(JSON)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    used_at: Mapped[datetime]
