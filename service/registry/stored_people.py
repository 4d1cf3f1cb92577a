"""What an import did to whom: the lists behind its figures, and what is needed to undo it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from service import db


class StoredPerson(db.Base):
    """One person of a stored list. ``before``: what of a known person was changed or added, for the undo."""

    __tablename__ = "import_person"
    __table_args__ = (Index("ix_import_person_person", "person_id"),)

    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batch.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    row: Mapped[int]
    deed: Mapped[str] = mapped_column(String(10))  # added, updated, unchanged
    before: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
