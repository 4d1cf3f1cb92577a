"""A phone: one number, which may belong to several people and may change hands. The number is kept here alone."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, mapped_column

from service import db
from service.refused import Refused
from service.staff import history
from service.staff.accounts import Staff
from service.text import phone_numbers

GOOD, DEAD = "good", "dead"


class Phone(db.Base):
    __tablename__ = "phone"

    id: Mapped[int] = mapped_column(db.Id, primary_key=True)
    e164: Mapped[str] = mapped_column(String(16), unique=True)
    kind: Mapped[str] = mapped_column(String(10))  # mobile, landline
    state: Mapped[str] = mapped_column(String(10), default=GOOD)
    opted_out_at: Mapped[datetime | None]  # of everything
    no_sms_at: Mapped[datetime | None]  # no written messages, calls are welcome
    no_voice_at: Mapped[datetime | None]  # the other way round
    opt_outs: Mapped[int] = mapped_column(default=0)  # each opt-out is confirmed once
    contacted_at: Mapped[datetime | None]  # kept by sending: the newest message that was to go out
    created_at: Mapped[datetime]


class PersonPhone(db.Base):
    """That this person can be reached on this phone. ``raw`` is what was typed, ``normalised_by`` what was changed.

    ``owner``: whose phone it is when it is not the person's own ("vợ", "trưởng thôn"). ``verified_at``: when we last
    knew that this person can be reached on it.
    """

    __tablename__ = "person_phone"
    __table_args__ = (Index("ix_person_phone_phone", "phone_id"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    phone_id: Mapped[int] = mapped_column(ForeignKey("phone.id"), primary_key=True)
    position: Mapped[int] = mapped_column(default=1)
    raw: Mapped[str] = mapped_column(String(200))
    normalised_by: Mapped[str] = mapped_column(String(200), default="")
    owner: Mapped[str] = mapped_column(String(60), default="")
    verified_at: Mapped[datetime | None]


class FormerPhone(db.Base):
    """A number that turned out not to be this person's: a later list must not bring it back unseen."""

    __tablename__ = "former_phone"
    __table_args__ = (Index("ix_former_phone_phone", "phone_id"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    phone_id: Mapped[int] = mapped_column(ForeignKey("phone.id"), primary_key=True)
    raw: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(String(20))  # wrong_number, detached, replaced
    at: Mapped[datetime]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))


def find(phone_id: int) -> Phone | None:
    return db.session().get(Phone, phone_id)


def find_by_number(e164: str) -> Phone | None:
    return db.session().scalar(select(Phone).where(Phone.e164 == e164))


def get_or_add(e164: str, kind: str) -> Phone:
    """The phone of this number. Two that add it at once get the same one."""
    phone = find_by_number(e164)
    if phone is None:
        db.insert_new(
            Phone, {"e164": e164, "kind": kind, "state": GOOD, "opt_outs": 0, "created_at": db.clock()}
        )
        phone = find_by_number(e164)
    assert phone is not None
    return phone


def people_of(phone_id: int) -> list[int]:
    """Ids of the people behind a phone."""
    query = (
        select(PersonPhone.person_id).where(PersonPhone.phone_id == phone_id).order_by(PersonPhone.person_id)
    )
    return list(db.session().scalars(query))


def opt_out(phone: Phone, at: datetime) -> bool:
    """No more messages to this number. True when it is news."""
    if phone.opted_out_at is not None:
        return False
    phone.opted_out_at = at
    phone.opt_outs += 1
    for person in people_of(phone.id):
        history.record("phone.opted_out", None, person=person, phone=phone.id)
    return True


def opt_in(phone: Phone, by: Staff) -> None:
    """The person asked to be written to again; a member of staff says so."""
    phone.opted_out_at = None
    for person in people_of(phone.id):
        history.record("phone.opted_in", by, person=person, phone=phone.id)


def attach(person_id: int, raw: str, by: Staff) -> list[Phone]:
    """Bind the numbers that were typed to this person, behind those already there. Raises Refused with what is wrong."""
    reading = phone_numbers.read(raw)
    if reading.problem or not reading.numbers:
        raise Refused("phone." + (reading.problem or "no_phone"), typed=raw.strip()[:40])
    added = []
    for number in reading.numbers:
        phone = get_or_add(number.e164, number.kind)
        if db.session().get(PersonPhone, (person_id, phone.id)) is None:
            changes = ", ".join(number.changes)[:200]
            place = 1 + len(of_person(person_id))
            link = PersonPhone(
                person_id=person_id,
                phone_id=phone.id,
                position=place,
                raw=raw.strip()[:200],
                normalised_by=changes,
            )
            db.session().add(link)
            db.session().flush()
            history.record("phone.attached", by, person=person_id, phone=phone.id)
            added.append(phone)
    if not added:
        raise Refused("phone.already_there")
    return added


def of_person(person_id: int) -> list[PersonPhone]:
    query = select(PersonPhone).where(PersonPhone.person_id == person_id)
    return list(db.session().scalars(query.order_by(PersonPhone.position, PersonPhone.phone_id)))


def of_people(person_ids: list[int]) -> dict[int, list[Phone]]:
    """The phones of several people, in their order."""
    query = (
        select(PersonPhone.person_id, Phone)
        .join(Phone, Phone.id == PersonPhone.phone_id)
        .where(PersonPhone.person_id.in_(person_ids))
        .order_by(PersonPhone.person_id, PersonPhone.position, Phone.id)
    )
    found: dict[int, list[Phone]] = {person: [] for person in person_ids}
    for person, phone in db.session().execute(query):
        found[person].append(phone)
    return found


def reveal(person_id: int, phone_id: int, by: Staff) -> str | None:
    """The whole number, for somebody who is going to call it; the history keeps who asked. None: not this person's."""
    link = db.session().get(PersonPhone, (person_id, phone_id))
    phone = find(phone_id) if link is not None else None
    if phone is None:
        return None
    history.record("phone.revealed", by, person=person_id, phone=phone_id)
    return phone.e164


def detach(person_id: int, phone_id: int, by: Staff) -> None:
    """This number is not this person's. The person stays; the next number moves up, messages go to the first."""
    link = db.session().get(PersonPhone, (person_id, phone_id))
    if link is not None:
        db.session().delete(link)
        db.session().flush()
        for place, other in enumerate(of_person(person_id), start=1):
            other.position = place
        history.record("phone.detached", by, person=person_id, phone=phone_id)
