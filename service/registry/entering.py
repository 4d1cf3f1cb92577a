"""Entering people at a meeting: one line each, quickly, and nobody twice."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, and_, case, delete, exists, or_, select
from sqlalchemy.exc import IntegrityError

from service import db
from service.registry import consent, meetings, people, phones
from service.registry.consent import Consent
from service.registry.meetings import Attendance, Meeting
from service.registry.people import Facts, Person
from service.registry.phones import PersonPhone, Phone
from service.registry.tags import PersonTag
from service.staff import history
from service.staff.accounts import Staff
from service.text import phone_numbers
from service.text.vietnamese import search_key

CHANNEL = "meeting"
FEWEST_LETTERS = 3  # with fewer everybody is alike


@dataclass(frozen=True)
class Line:
    """What was typed about one person. ``agrees`` none: not asked. ``sure``: this is nobody of those who look alike."""

    facts: Facts
    phones: str = ""
    agrees: bool | None = None
    sure: bool = False


def enter(meeting: Meeting, line: Line, by: Staff) -> Person | list[Person]:
    """A new person who is at this meeting; or, unless ``sure``, the people already known who may be this one.

    Raises Refused for what is wrong, and then nothing is stored.
    """
    if not line.sure and (alike := likely(meeting, line, by)):
        return alike
    person = people.add(replace(line.facts, commune=meeting.area_id), by)
    if line.phones.strip():
        phones.attach(person.id, line.phones, by)
    if line.agrees is not None:
        record_consent(meeting, person, line.agrees, by)
    meetings.attend(meeting, person, by, at=person.created_at)  # the same moment: made here, see take_back()
    return person


def record_consent(meeting: Meeting, person: Person, agrees: bool, by: Staff) -> None:
    """What this person said when the words of the meeting were read out."""
    day = f"{meeting.held_on:%d/%m/%Y}"
    consent.record(
        person, agrees, CHANNEL, meeting.consent_words, by, proof=f"họp ngày {day}, số {meeting.id}"
    )


def likely(meeting: Meeting, line: Line, staff: Staff) -> list[Person]:
    """Known people with this name: of this commune and not of another year of birth, or on the same phone."""
    key = search_key(line.facts.name)
    same_place = Person.area_id == meeting.area_id
    if line.facts.birth_year is not None:
        same_place = and_(
            same_place, or_(Person.birth_year.is_(None), Person.birth_year == line.facts.birth_year)
        )
    numbers = [number.e164 for number in phone_numbers.read(line.phones).numbers]
    query = people.visible_to(staff).where(Person.search_key == key, or_(same_place, _on_phone(numbers)))
    return list(db.session().scalars(query.order_by(Person.id).limit(5)))


def alike(meeting: Meeting, name: str, birth_year: int | None, staff: Staff) -> list[Person]:
    """While the name is being typed: known people of this commune whose name has these words; the likeliest first."""
    key = search_key(name)
    if len(key) < FEWEST_LETTERS:
        return []
    query = people.visible_to(staff).where(Person.area_id == meeting.area_id)
    for word in key.split():
        query = query.where(Person.search_key.contains(word, autoescape=True))
    if birth_year is not None:
        query = query.where(or_(Person.birth_year.is_(None), Person.birth_year == birth_year))
    first = case(
        (Person.search_key == key, 0), (Person.search_key.startswith(key, autoescape=True), 1), else_=2
    )
    return list(db.session().scalars(query.order_by(first, Person.sort_key, Person.id).limit(5)))


def _on_phone(numbers: list[str]) -> ColumnElement[bool]:
    link = and_(PersonPhone.person_id == Person.id, PersonPhone.phone_id == Phone.id)
    return exists().where(link, Phone.e164.in_(numbers))


def take_back(meeting: Meeting, person_id: int, by: Staff) -> bool:
    """Undo an entry: the attendance goes; somebody who was made by it goes too, while nothing else happened to them.

    False when this person is not (or no longer) at the meeting.
    """
    attendance = db.session().get(Attendance, (meeting.id, person_id))
    person = db.session().get(Person, person_id)
    if attendance is None or person is None:
        return False
    made_here = attendance.at == person.created_at
    meetings.strike(meeting, person_id, by)
    if made_here:
        _remove(person, by)
    return True


def last_entered(meeting: Meeting) -> Person | None:
    found = meetings.present(meeting.id)
    return found[-1][1] if found else None


def _remove(person: Person, by: Staff) -> None:
    """Only a fresh entry: somebody who was written to, answered, or was changed meanwhile stays.

    The row stays without anything in it: SQLite would give its number to the next person, with this one's history.
    """
    elsewhere = exists().where(Attendance.person_id == person.id)
    touched = person.updated_at != person.created_at or person.said_yes_at or person.placed_at
    own = phones.of_people([person.id])[person.id]
    if touched or any(phone.contacted_at for phone in own) or db.session().scalar(select(elsewhere)):
        return
    for table in (Consent, PersonPhone, PersonTag):
        db.change_many(delete(table).where(table.person_id == person.id))
    person.rename("–")
    person.birth_year = person.gender = person.language = person.hamlet_id = None
    person.note, person.guardian, person.consents, person.listed = "", "", False, False
    db.session().flush()
    history.record("person.taken_back", by, person=person.id)
    for phone in own:
        _remove_phone(phone.id)


def _remove_phone(phone_id: int) -> None:
    """A number that nobody else has and that nothing happened to."""
    if phones.people_of(phone_id):
        return
    try:
        with db.session().begin_nested():
            untouched = (Phone.id == phone_id, Phone.opted_out_at.is_(None), Phone.opt_outs == 0)
            db.change_many(delete(Phone).where(*untouched))
    except IntegrityError:
        return
