"""A person: a villager in the registry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, Index, Select, String, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from service import db
from service.refused import Refused
from service.registry import areas, tags
from service.registry.phones import PersonPhone, Phone
from service.registry.tags import SKILL, WISH
from service.staff import accounts, history
from service.staff.accounts import Staff
from service.text import vietnamese
from service.text.words import today_in_vietnam

FEMALE, MALE = "female", "male"
GENDERS = (FEMALE, MALE)
LANGUAGES = ("vi", "hmn", "tay-nung", "dao", "giay", "lolo")
CHANNELS = ("sms", "voice")
DAY = 24 * 60  # minutes
WRITTEN = (
    "name", "birth_year", "gender", "language", "area_id", "hamlet_id", "note", "guardian", "channel", "hours_from",
    "hours_to",
)  # fmt: skip


class Person(db.Base):
    __tablename__ = "person"
    __table_args__ = (
        Index("ix_person_area", "area_id", "sort_key", "id"),
        Index("ix_person_match", "search_key", "birth_year"),
        Index("ix_person_hamlet", "hamlet_id", "sort_key", "id"),
        # Searching reads this from one end to the other without touching the table.
        Index("ix_person_find", "sort_key", "id", "listed", "search_key", "area_id"),
        # Counting reads this, which is a quarter as long: on PostgreSQL 4 ms for 100,000 people instead of 11. Without
        # the condition PostgreSQL does not take it; with it SQLite takes it where it has to look at the table as well.
        Index("ix_person_count", "search_key", "area_id", "listed", postgresql_where=text("listed")),
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
    """What is written down about a person by hand. ``hamlet`` by its name; agreed hours in minutes after midnight."""

    name: str
    birth_year: int | None = None
    gender: str | None = None
    language: str | None = None
    commune: int | None = None
    hamlet: str = ""
    note: str = ""
    guardian: str = ""
    channel: str | None = None
    hours_from: int | None = None
    hours_to: int | None = None
    skills: tuple[str, ...] = ()
    wishes: tuple[str, ...] = ()


def add(facts: Facts, by: Staff) -> Person:
    """A new person. Consent is asked and noted afterwards: not yet given."""
    now = db.clock()
    person = Person(created_at=now, updated_at=now, consents=False, name="")
    _write(person, facts, by)
    db.session().add(person)
    db.session().flush()
    _put_tags(person, facts)
    history.record("person.added", by, person=person.id)
    return person


def change(person: Person, facts: Facts, by: Staff) -> list[str]:
    """Correct what is known. Returns the names of what changed; the history keeps names, not contents."""
    before = {name: getattr(person, name) for name in WRITTEN}
    _write(person, facts, by)
    changed = [name for name in WRITTEN if getattr(person, name) != before[name]] + _put_tags(person, facts)
    if changed:
        person.updated_at = db.clock()
        history.record("person.changed", by, person=person.id, fields=", ".join(changed))
    return changed


def learn_language(person_ids: Sequence[int], language: str) -> None:
    """A household chose its language in a call: it is that of everybody of whom none was known."""
    unknown = Person.id.in_(person_ids) & Person.language.is_(None)
    learnt = (
        update(Person).where(unknown).values(language=language, updated_at=db.clock()).returning(Person.id)
    )
    for person_id in sorted(db.session().scalars(learnt)):
        history.record("person.language_learnt", None, person=person_id, language=language)


def _put_tags(person: Person, facts: Facts) -> list[str]:
    """The kinds of which something is new."""
    wanted = {SKILL: facts.skills, WISH: facts.wishes}
    return [kind for kind, codes in wanted.items() if tags.put(person.id, kind, codes)]


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
    person.note, person.guardian = facts.note.strip()[:1000], vietnamese.one_line(facts.guardian)[:200]
    person.channel = facts.channel if facts.channel in CHANNELS else None
    person.hours_from, person.hours_to = _hours(facts)


def _hours(facts: Facts) -> tuple[int | None, int | None]:
    """Both or neither, the end after the beginning."""
    start, end = facts.hours_from, facts.hours_to
    if start is None and end is None:
        return None, None
    if start is None or end is None or not 0 <= start < end <= DAY:
        raise Refused("person.bad_hours")
    return start, end
