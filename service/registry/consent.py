"""Consent: given or withdrawn, for a purpose, when, how, in which words. Rows are added, never changed.

Law 91/2025/QH15: voluntary, specific, provable, per purpose; silence is not consent, so unknown is not yes.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import PurePath

from sqlalchemy import ForeignKey, Index, LargeBinary, String, exists, func, select, text
from sqlalchemy.orm import Mapped, mapped_column

from service import db
from service.refused import Refused
from service.registry import people
from service.registry.people import Person
from service.staff import history
from service.staff.accounts import Staff
from service.text.vietnamese import one_line
from service.text.words import today_in_vietnam

JOB_NOTICES, PASS_TO_EMPLOYER, KEEP_AFTER = "job_notices", "pass_to_employer", "keep_after"
PURPOSES = (JOB_NOTICES, PASS_TO_EMPLOYER, KEEP_AFTER)  # each is asked by itself
OF_AGE_TO_AGREE = 16  # below that the guardian agrees
LARGEST_FILE = 5 * 2**20  # bytes; a sheet of paper scanned in grey has 1 MB
# What a file begins with → what it is. Its name is not believed.
SCANS = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}


class Consent(db.Base):
    __tablename__ = "consent"
    __table_args__ = (
        Index("ix_consent_person", "person_id", "purpose", "id"),
        # A number that is deleted is looked for here, once for each.
        Index(
            "ix_consent_phone",
            "phone_id",
            sqlite_where=text("phone_id IS NOT NULL"),
            postgresql_where=text("phone_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(db.Id, primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    phone_id: Mapped[int | None] = mapped_column(ForeignKey("phone.id"))
    purpose: Mapped[str] = mapped_column(String(30))
    given: Mapped[bool]
    channel: Mapped[str] = mapped_column(String(30))  # list, paper, meeting, sms, call, officer
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


def of_person(person_id: int) -> list[Consent]:
    """Everything that this person said, newest first."""
    query = select(Consent).where(Consent.person_id == person_id).order_by(Consent.id.desc())
    return list(db.session().scalars(query))


def standing(person_id: int) -> dict[str, Consent | None]:
    """What counts today, for each purpose: the newest word of this person, or None when nobody asked."""
    return standing_of([person_id])[person_id]


def standing_of(person_ids: list[int]) -> dict[int, dict[str, Consent | None]]:
    """standing() for several people."""
    newest = (
        select(func.max(Consent.id))
        .where(Consent.person_id.in_(person_ids), Consent.purpose.in_(PURPOSES))
        .group_by(Consent.person_id, Consent.purpose)
    )
    found: dict[int, dict[str, Consent | None]] = {
        person: dict.fromkeys(PURPOSES, None) for person in person_ids
    }
    for row in db.session().scalars(select(Consent).where(Consent.id.in_(newest))):
        if row.person_id is not None:
            found[row.person_id][row.purpose] = row
    return found


def needs_guardian(person: Person) -> bool:
    """Certainly under 16? With the year of birth alone, somebody in the year of the sixteenth birthday may be either."""
    return person.birth_year is not None and today_in_vietnam().year - person.birth_year < OF_AGE_TO_AGREE


def record(
    person: Person, given: bool, channel: str, words: str, by: Staff | None, *, purpose: str = JOB_NOTICES,
    guardian: str = "", file_id: int | None = None, proof: str = "",
) -> Consent:  # fmt: skip
    """Note that this person agrees to this purpose, or does so no longer.

    ``guardian``: name and relation of who agrees for somebody under 16; else the one written down with the person.
    Raises Refused when a child's guardian is missing, or the words of a yes.
    """
    if purpose not in PURPOSES:
        raise Refused("consent.unknown_purpose")
    words, guardian = one_line(words)[:500], one_line(guardian)[:200]
    if given and not words:
        raise Refused("consent.no_words")
    child = given and needs_guardian(person)
    guardian = guardian or (person.guardian if child else "")
    if child and not any(char.isalpha() for char in guardian):
        raise Refused("consent.needs_guardian", name=person.name)
    row = Consent(
        person_id=person.id, purpose=purpose, given=given, channel=channel, words=words, proof=one_line(proof)[:300],
        guardian=guardian, file_id=file_id, at=db.clock(), staff_id=by.id if by is not None else None,
    )  # fmt: skip
    db.session().add(row)
    if purpose == JOB_NOTICES:
        person.consents = given
    _tell(person, row, by)
    db.session().flush()
    return row


def _tell(person: Person, row: Consent, by: Staff | None) -> None:
    if row.purpose == JOB_NOTICES:
        deed = "consent.given" if row.given else "consent.withdrawn"
        history.record(deed, by, person=person.id, channel=row.channel)
    else:
        deed = "consent.purpose_given" if row.given else "consent.purpose_withdrawn"
        history.record(deed, by, person=person.id, channel=row.channel, purpose=row.purpose)


def kind_of_scan(data: bytes) -> str | None:
    """application/pdf, image/jpeg or image/png by what the file begins with; None for anything else."""
    return next((kind for beginning, kind in SCANS.items() if data.startswith(beginning)), None)


def keep_file(filename: str, data: bytes, by: Staff | None) -> ConsentFile:
    """Keep a scanned form. The same file sent again is kept once. Raises Refused for what is no scan, or too large."""
    kind = kind_of_scan(data)
    if len(data) > LARGEST_FILE:
        raise Refused("consent.file_too_large", most=f"{LARGEST_FILE // 2**20} MB")
    if kind is None:
        raise Refused("consent.not_a_scan")
    digest = hashlib.sha256(data).hexdigest()
    known = db.session().scalar(select(ConsentFile).where(ConsentFile.sha256 == digest).limit(1))
    if known is not None:
        return known
    name = one_line(PurePath(filename.replace("\\", "/")).name)[-200:] or "scan"
    file = ConsentFile(
        filename=name, kind=kind, data=data, sha256=digest, staff_id=by.id if by is not None else None,
        created_at=db.clock(),
    )  # fmt: skip
    db.session().add(file)
    db.session().flush()
    history.record("consent.file_kept", by, file=file.id)
    return file


def files(file_ids: set[int]) -> dict[int, ConsentFile]:
    """These scanned forms, without what is in them."""
    query = select(ConsentFile).where(ConsentFile.id.in_(file_ids))
    return {file.id: file for file in db.session().scalars(query)}


def file_for(file_id: int, staff: Staff) -> ConsentFile | None:
    """The scanned form, if it proves something about a person that this member of staff may know of; else None."""
    person = people.visible_to(staff).where(Person.id == Consent.person_id)
    proves = exists(
        select(Consent.id).where(Consent.file_id == file_id, person.with_only_columns(Person.id).exists())
    )
    return db.session().scalar(select(ConsentFile).where(ConsentFile.id == file_id, proves))
