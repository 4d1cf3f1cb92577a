"""What a person can do and would like to do: a few agreed words, so that they can be filtered."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, mapped_column

from service import db

SKILL, WISH = "skill", "wish"
SKILLS = (
    "sewing", "building", "welding", "carpentry", "electrical", "driving", "cooking", "farming", "livestock",
    "factory", "housework", "reads_vietnamese",
)  # fmt: skip
WISHES = ("in_province", "elsewhere", "abroad", "seasonal", "training")
CODES = {SKILL: SKILLS, WISH: WISHES}


class PersonTag(db.Base):
    __tablename__ = "person_tag"
    __table_args__ = (Index("ix_person_tag_code", "kind", "code", "person_id"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(5), primary_key=True)
    code: Mapped[str] = mapped_column(String(20), primary_key=True)


def of_people(person_ids: Sequence[int], kind: str) -> dict[int, list[str]]:
    """The codes of each of these people, in the order of the table."""
    query = select(PersonTag.person_id, PersonTag.code).where(
        PersonTag.person_id.in_(person_ids), PersonTag.kind == kind
    )
    found: dict[int, list[str]] = {person: [] for person in person_ids}
    for person, code in db.session().execute(query):
        found[person].append(code)
    return {person: [code for code in CODES[kind] if code in codes] for person, codes in found.items()}


def put(person_id: int, kind: str, codes: Sequence[str]) -> bool:
    """This person has these skills or wishes and no others of the kind. True when it is news. Unknown codes are left out."""
    new = {code for code in codes if code in CODES[kind]}
    rows = db.session().scalars(
        select(PersonTag).where(PersonTag.person_id == person_id, PersonTag.kind == kind)
    )
    had = {row.code: row for row in rows}
    for code in had.keys() - new:
        db.session().delete(had[code])
    db.session().add_all(PersonTag(person_id=person_id, kind=kind, code=code) for code in new - had.keys())
    db.session().flush()
    return new != had.keys()
