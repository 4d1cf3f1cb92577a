"""A phone: one number, which may belong to several people and may change hands. The number is kept here alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, String, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from service import db
from service.refused import Refused
from service.registry import forgotten
from service.staff import history
from service.staff.accounts import Staff
from service.text import phone_numbers
from service.text.vietnamese import one_line

GOOD, DEAD = "good", "dead"
WRONG_NUMBER, DETACHED = "wrong_number", "detached"
REASONS = (WRONG_NUMBER, DETACHED)  # why a number is somebody's no longer
OPT_OUTS = {None: "opted_out_at", "sms": "no_sms_at", "voice": "no_voice_at"}  # of which channel → column
UNVERIFIED_AFTER = timedelta(days=365)  # numbers change hands: after a year nobody knows whose it is
CHUNK = 500  # values in one IN (…)


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
    """The phone of this number. Two that add it at once get the same one. An opt-out outlives the deletion of it."""
    phone = find_by_number(e164)
    if phone is None:
        refused = forgotten.opted_out([e164]).get(e164)
        row = {"e164": e164, "kind": kind, "state": GOOD, "opt_outs": 0, "created_at": db.clock(),
               "opted_out_at": refused}  # fmt: skip
        db.insert_new(Phone, row)
        phone = find_by_number(e164)
    assert phone is not None
    return phone


def people_of(phone_id: int) -> list[int]:
    """Ids of the people behind a phone."""
    query = (
        select(PersonPhone.person_id).where(PersonPhone.phone_id == phone_id).order_by(PersonPhone.person_id)
    )
    return list(db.session().scalars(query))


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


def former_of(person_id: int) -> list[tuple[FormerPhone, Phone]]:
    """The numbers that are this person's no longer, the newest first."""
    query = select(FormerPhone, Phone).join(Phone, Phone.id == FormerPhone.phone_id)
    rows = db.session().execute(
        query.where(FormerPhone.person_id == person_id).order_by(FormerPhone.at.desc())
    )
    return [(former, phone) for former, phone in rows]


def former(person_ids: Sequence[int]) -> set[tuple[int, int]]:
    """(person, phone) of the numbers that were found not to be these people's."""
    found: set[tuple[int, int]] = set()
    for start in range(0, len(person_ids), CHUNK):
        some = person_ids[start : start + CHUNK]
        query = select(FormerPhone.person_id, FormerPhone.phone_id).where(FormerPhone.person_id.in_(some))
        found.update((row[0], row[1]) for row in db.session().execute(query))
    return found


def stale(link: PersonPhone, now: datetime) -> bool:
    """Nobody has known for a year whether this person can be reached on it."""
    return link.verified_at is None or link.verified_at < now - UNVERIFIED_AFTER


def opt_out(phone: Phone, at: datetime, channel: str | None = None, by: Staff | None = None) -> bool:
    """No more messages to this number, or none by this channel (sms, voice). True when it is news."""
    if getattr(phone, OPT_OUTS[channel]) is not None:
        return False
    setattr(phone, OPT_OUTS[channel], at)
    if channel is None:
        phone.opt_outs += 1
    _tell("phone.opted_out", phone, channel, by)
    return True


def opt_in(phone: Phone, by: Staff, channel: str | None = None) -> bool:
    """The person asked to be written to (or called) again; a member of staff says so. True when it is news."""
    if getattr(phone, OPT_OUTS[channel]) is None:
        return False
    setattr(phone, OPT_OUTS[channel], None)
    if channel is None:
        forgotten.forgive(phone.e164)
    _tell("phone.opted_in", phone, channel, by)
    return True


def _tell(deed: str, phone: Phone, channel: str | None, by: Staff | None) -> None:
    name = f"{deed}_{channel}" if channel else deed
    for person in people_of(phone.id):
        history.record(name, by, person=person, phone=phone.id)


def attach(person_id: int, raw: str, by: Staff, knowingly: bool = False) -> list[Phone]:
    """Bind the numbers that were typed to this person, behind those already there. Raises Refused with what is wrong.

    A number that was taken from this person before comes back only ``knowingly``.
    """
    reading = phone_numbers.read(raw)
    if reading.problem or not reading.numbers:
        raise Refused("phone." + (reading.problem or "no_phone"), typed=raw.strip()[:40])
    owner = reading.note if len(reading.numbers) == 1 else ""
    added = []
    for number in reading.numbers:
        phone = get_or_add(number.e164, number.kind)
        if db.session().get(PersonPhone, (person_id, phone.id)) is None:
            _forget_that_it_was_wrong(person_id, phone, knowingly)
            link = PersonPhone(
                person_id=person_id, phone_id=phone.id, position=1 + len(of_person(person_id)), raw=raw.strip()[:200],
                normalised_by=", ".join(number.changes)[:200], owner=owner[:60], verified_at=db.clock(),
            )  # fmt: skip
            db.session().add(link)
            db.session().flush()
            history.record("phone.attached", by, person=person_id, phone=phone.id)
            added.append(phone)
    if not added:
        raise Refused("phone.already_there")
    return added


def _forget_that_it_was_wrong(person_id: int, phone: Phone, knowingly: bool) -> None:
    row = db.session().get(FormerPhone, (person_id, phone.id))
    if row is None:
        return
    if not knowingly:
        raise Refused("phone.was_taken_off", number=phone_numbers.masked(phone.e164), at=row.at)
    db.session().delete(row)


def detach(person_id: int, phone_id: int, by: Staff, reason: str = WRONG_NUMBER) -> bool:
    """This number is not this person's. The person stays; the next number moves up, messages go to the first.

    It is remembered, so that the next list does not bring it back. True when the person had it.
    """
    link = db.session().get(PersonPhone, (person_id, phone_id))
    if link is None:
        return False
    db.change(delete(FormerPhone).where(FormerPhone.person_id == person_id, FormerPhone.phone_id == phone_id))
    db.session().add(
        FormerPhone(
            person_id=person_id, phone_id=phone_id, raw=link.raw, at=db.clock(), staff_id=by.id,
            reason=reason if reason in REASONS else DETACHED,
        )
    )  # fmt: skip
    db.session().delete(link)
    db.session().flush()
    put_in_order(of_person(person_id))
    history.record("phone.detached", by, person=person_id, phone=phone_id, reason=reason)
    return True


def put_in_order(links: Sequence[PersonPhone]) -> None:
    """The first of these is the number that messages go to."""
    for place, link in enumerate(links, start=1):
        link.position = place
    db.session().flush()


def move(person_id: int, phone_id: int, earlier: bool, by: Staff) -> bool:
    """One place earlier or later in this person's order of numbers. True when it moved."""
    links = of_person(person_id)
    place = next((place for place, link in enumerate(links) if link.phone_id == phone_id), None)
    other = None if place is None else place - 1 if earlier else place + 1
    if place is None or other is None or not 0 <= other < len(links):
        return False
    links[place], links[other] = links[other], links[place]
    put_in_order(links)
    history.record("phone.moved", by, person=person_id, phone=phone_id)
    return True


def confirm(person_id: int, phone_id: int, by: Staff) -> bool:
    """Somebody reached this person on it: the number is right as of today. False: not this person's."""
    link = db.session().get(PersonPhone, (person_id, phone_id))
    if link is None:
        return False
    link.verified_at = db.clock()
    history.record("phone.confirmed", by, person=person_id, phone=phone_id)
    return True


def name_owner(person_id: int, phone_id: int, owner: str, by: Staff) -> bool:
    """Whose phone it is when it is not the person's own ("vợ", "trưởng thôn"). False: not this person's number."""
    link = db.session().get(PersonPhone, (person_id, phone_id))
    if link is None:
        return False
    owner = one_line(owner)[:60]
    if link.owner != owner:
        link.owner = owner
        history.record("phone.owner_named", by, person=person_id, phone=phone_id)
    return True


def reveal(person_id: int, phone_id: int, by: Staff) -> str | None:
    """The whole number, for somebody who is going to call it; the history keeps who asked. None: not this person's."""
    link = db.session().get(PersonPhone, (person_id, phone_id))
    phone = find(phone_id) if link is not None else None
    if phone is None:
        return None
    history.record("phone.revealed", by, person=person_id, phone=phone_id)
    return phone.e164
