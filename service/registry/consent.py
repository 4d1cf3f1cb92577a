"""Consent: given or withdrawn, for a purpose, when, how, in which words. Rows are added, never changed.

Law 91/2025/QH15: voluntary, specific, provable, per purpose; silence is not consent, so unknown is not yes.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, select
from sqlalchemy.orm import Mapped, mapped_column

from service import db
from service.registry.people import Person
from service.staff import history
from service.staff.accounts import Staff

JOB_NOTICES = "job_notices"


class Consent(db.Base):
    __tablename__ = "consent"
    __table_args__ = (Index("ix_consent_person", "person_id", "purpose", "id"),)

    id: Mapped[int] = mapped_column(db.Id, primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    phone_id: Mapped[int | None] = mapped_column(ForeignKey("phone.id"))
    purpose: Mapped[str] = mapped_column(String(30))
    given: Mapped[bool]
    channel: Mapped[str] = mapped_column(String(30))  # list, paper, meeting, sms, call
    words: Mapped[str] = mapped_column(String(500))
    proof: Mapped[str] = mapped_column(String(300), default="")
    guardian: Mapped[str] = mapped_column(String(200), default="")  # who agreed for somebody under 16
    file_id: Mapped[int | None] = mapped_column(ForeignKey("consent_file.id"))  # the scanned form
    at: Mapped[datetime]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))


class ConsentFile(db.Base):
    """A scanned form: one sheet may prove the consent of a whole hamlet."""

    __tablename__ = "consent_file"

    id: Mapped[int] = mapped_column(db.Id, primary_key=True)
    filename: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(30))  # application/pdf, image/jpeg, image/png
    data: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    sha256: Mapped[str] = mapped_column(String(64))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime]


def record(person: Person, given: bool, channel: str, words: str, by: Staff | None, proof: str = "") -> None:
    """Note that this person agrees to job notices, or does so no longer."""
    row = Consent(
        person_id=person.id,
        purpose=JOB_NOTICES,
        given=given,
        channel=channel,
        words=words,
        proof=proof,
        at=db.clock(),
        staff_id=by.id if by is not None else None,
    )
    db.session().add(row)
    person.consents = given
    history.record("consent.given" if given else "consent.withdrawn", by, person=person.id, channel=channel)


def of_person(person_id: int) -> list[Consent]:
    query = select(Consent).where(Consent.person_id == person_id).order_by(Consent.id.desc())
    return list(db.session().scalars(query))
