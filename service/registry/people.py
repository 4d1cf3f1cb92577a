"""A person: a villager in the registry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Exists,
    ForeignKey,
    Index,
    Select,
    String,
    and_,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column

from service import db
from service.refused import Refused
from service.registry import areas
from service.registry.phones import PersonPhone, Phone
from service.staff import accounts, history
from service.staff.accounts import Staff
from service.text import vietnamese
from service.text.words import today_in_vietnam

FEMALE, MALE = "female", "male"
GENDERS = (FEMALE, MALE)
LANGUAGES = ("vi", "hmn", "tay-nung", "dao", "giay", "lolo")
LEAST_DIGITS = 3  # fewer are in every number


class Person(db.Base):
    __tablename__ = "person"
    __table_args__ = (
        Index("ix_person_sort", "sort_key", "id"),
        Index("ix_person_area", "area_id", "sort_key", "id"),
        Index("ix_person_match", "search_key", "birth_year"),
        Index("ix_person_hamlet", "hamlet_id", "sort_key", "id"),
        # Searching reads this from one end to the other without touching the table.
        Index("ix_person_find", "sort_key", "id", "listed", "search_key", "area_id"),
    )

    id: Mapped[int] = mapped_column(db.Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    birth_year: Mapped[int | None]
    gender: Mapped[str | None] = mapped_column(String(10))
    language: Mapped[str | None] = mapped_column(String(10))
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))  # commune
    hamlet_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    note: Mapped[str] = mapped_column(String(1000), default="")
    consents: Mapped[bool] = mapped_column(
        default=False
    )  # kept by consent.py: the newest row for job notices
    guardian: Mapped[str] = mapped_column(String(200), default="")  # who consents for somebody under 16
    channel: Mapped[str | None] = mapped_column(
        String(5)
    )  # sms or voice: how the person wants to hear of jobs
    hours_from: Mapped[int | None]  # minutes after midnight: the hours agreed with the person
    hours_to: Mapped[int | None]
    said_yes_at: Mapped[datetime | None]  # kept by interests.py: the newest yes
    placed_at: Mapped[datetime | None]  # kept by outcomes.py: in work since the newest placement
    listed: Mapped[bool] = mapped_column(
        default=True
    )  # false: merged into somebody, or deleted at own request
    search_key: Mapped[str] = mapped_column(String(400))
    sort_key: Mapped[str] = mapped_column(String(400))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    def rename(self, name: str) -> None:
        self.name = name
        self.search_key = vietnamese.search_key(name)
        self.sort_key = vietnamese.sort_key(name)


_link = PersonPhone.person_id == Person.id
WHICH: dict[str, ColumnElement[bool]] = {
    "agreed": Person.consents.is_(True),
    "not_agreed": Person.consents.is_(False),
    "no_phone": ~exists().where(_link),
    "opted_out": exists().where(_link, PersonPhone.phone_id == Phone.id, Phone.opted_out_at.is_not(None)),
}


def visible_to(staff: Staff) -> Select[Person]:
    """The people this member of staff may know of: an officer only those of the communes he or she works for."""
    query = select(Person).where(Person.listed)
    if staff.role == "officer":
        query = query.where(Person.area_id.in_(accounts.areas_of(staff)))
    return query


def find(person_id: int, staff: Staff) -> Person | None:
    """The person, or None when there is none or this member of staff may not know."""
    return db.session().scalar(visible_to(staff).where(Person.id == person_id))


def phones_of(person_id: int) -> list[tuple[PersonPhone, Phone]]:
    query = (
        select(PersonPhone, Phone)
        .join(Phone, Phone.id == PersonPhone.phone_id)
        .where(PersonPhone.person_id == person_id)
        .order_by(PersonPhone.position, PersonPhone.phone_id)
    )
    return [(link, phone) for link, phone in db.session().execute(query)]


def search(
    text: str,
    staff: Staff,
    commune: int | None = None,
    after: int | None = None,
    size: int = 50,
    which: str = "",
) -> list[Person]:
    """People by a part of the name (with or without accents) or of a number, in Vietnamese order.

    ``after``: the last person's id of the page before. ``which``: agreed, not_agreed, no_phone or opted_out only.
    """
    query = _matching(text, staff, commune, which).order_by(Person.sort_key, Person.id).limit(size)
    last = db.session().get(Person, after) if after is not None else None
    if last is not None:
        later = and_(Person.sort_key == last.sort_key, Person.id > last.id)
        query = query.where(or_(Person.sort_key > last.sort_key, later))
    return list(db.session().scalars(query))


def count(text: str, staff: Staff, commune: int | None = None, which: str = "") -> int:
    """How many people search() finds on all its pages."""
    found = _matching(text, staff, commune, which).with_only_columns(func.count(Person.id))
    return int(db.session().scalar(found.order_by(None)) or 0)


def _matching(text: str, staff: Staff, commune: int | None, which: str) -> Select[Person]:
    query = visible_to(staff)
    if which in WHICH:
        query = query.where(WHICH[which])
    if commune is not None:
        query = query.where(Person.area_id == commune)
    digits = "".join([char for char in text if char.isdigit()])
    if len(digits) >= LEAST_DIGITS and not any(char.isalpha() for char in text):
        return query.where(_has_number_like(digits))
    for word in vietnamese.search_key(text).split():
        query = query.where(Person.search_key.contains(word, autoescape=True))
    return query


def _has_number_like(digits: str) -> Exists:
    """Digits anywhere in a number; as it is dialled (0912…) or from abroad (84912…) from its beginning."""
    anywhere = Phone.e164.contains(digits)
    dialled = Phone.e164.startswith("+84" + digits.removeprefix("0")) if digits.startswith("0") else anywhere
    link = PersonPhone.phone_id == Phone.id
    return exists().where(PersonPhone.person_id == Person.id, link, or_(anywhere, dialled))


def sharing(person_id: int, staff: Staff) -> dict[int, list[Person]]:
    """Who else is reached on this person's phones: phone id → people that this member of staff may know of."""
    mine = select(PersonPhone.phone_id).where(PersonPhone.person_id == person_id)
    query = (
        visible_to(staff)
        .add_columns(PersonPhone.phone_id)
        .join(PersonPhone, PersonPhone.person_id == Person.id)
        .where(PersonPhone.phone_id.in_(mine), Person.id != person_id)
        .order_by(Person.sort_key, Person.id)
    )
    found: dict[int, list[Person]] = {}
    for person, phone_id in db.session().execute(query):
        found.setdefault(phone_id, []).append(person)
    return found


@dataclass(frozen=True)
class Facts:
    """What is written down about a person by hand. ``hamlet`` by its name."""

    name: str
    birth_year: int | None = None
    gender: str | None = None
    language: str | None = None
    commune: int | None = None
    hamlet: str = ""
    note: str = ""


def add(facts: Facts, by: Staff) -> Person:
    """A new person. Consent is asked and noted afterwards: not yet given."""
    now = db.clock()
    person = Person(created_at=now, updated_at=now, consents=False, name="")
    _write(person, facts, by)
    db.session().add(person)
    db.session().flush()
    history.record("person.added", by, person=person.id)
    return person


def change(person: Person, facts: Facts, by: Staff) -> list[str]:
    """Correct what is known. Returns the names of what changed; the history keeps names, not contents."""
    before = _facts(person)
    _write(person, facts, by)
    changed = [name for name, value in _facts(person).items() if value != before[name]]
    if changed:
        person.updated_at = db.clock()
        history.record("person.changed", by, person=person.id, fields=", ".join(changed))
    return changed


def _facts(person: Person) -> dict[str, object]:
    names = ("name", "birth_year", "gender", "language", "area_id", "hamlet_id", "note")
    return {name: getattr(person, name) for name in names}


def _write(person: Person, facts: Facts, by: Staff) -> None:
    name = vietnamese.one_line(facts.name)
    if not any(char.isalpha() for char in name):
        raise Refused("person.no_name")
    this_year = today_in_vietnam().year
    if facts.birth_year is not None and not this_year - 110 <= facts.birth_year <= this_year:
        raise Refused("person.bad_birth_year", typed=str(facts.birth_year))
    commune = areas.find(facts.commune) if facts.commune is not None else None
    if by.role == "officer" and (commune is None or commune.id not in accounts.areas_of(by)):
        raise Refused("person.foreign_commune")
    person.rename(name)
    person.birth_year, person.gender, person.language = facts.birth_year, facts.gender, facts.language
    person.area_id = commune.id if commune is not None else None
    hamlet = vietnamese.one_line(facts.hamlet)
    person.hamlet_id = areas.hamlet(commune, hamlet).id if commune is not None and hamlet else None
    person.note = facts.note.strip()[:1000]
