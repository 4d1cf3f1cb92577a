"""What a person can do and would like to do: a few agreed words, so that they can be filtered."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from service import db

SKILL, WISH = "skill", "wish"
SKILLS = (
    "sewing", "building", "welding", "carpentry", "electrical", "driving", "cooking", "farming", "livestock",
    "factory", "housework", "reads_vietnamese",
)  # fmt: skip
WISHES = ("in_province", "elsewhere", "abroad", "seasonal", "training")


class PersonTag(db.Base):
    __tablename__ = "person_tag"
    __table_args__ = (Index("ix_person_tag_code", "kind", "code", "person_id"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(5), primary_key=True)
    code: Mapped[str] = mapped_column(String(20), primary_key=True)
