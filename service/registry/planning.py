"""What a list would do to the registry, person by person: who is new, who is known, and what it says that is news.

Only reads. The page shows it before anything is stored, and storing does exactly this. What the list says is newer;
where it says nothing, what is known stays. Only a person can undo a withdrawal of consent: a list may be older than it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import func, select

from service import db
from service.registry import areas, matching, phones
from service.registry.consent import JOB_NOTICES, Consent
from service.registry.entries import Entry, merge
from service.registry.matching import chunks, hamlet_key
from service.registry.people import Person
from service.registry.phones import PersonPhone, Phone
from service.registry.tags import SKILL, WISH, PersonTag

ADDED, UPDATED, UNCHANGED = "added", "updated", "unchanged"
DEEDS = (ADDED, UPDATED, UNCHANGED)

Hamlets = dict[tuple[int, str], int]  # (commune, key) → id
Number = tuple[Any, ...]  # an entry's phone: e164, kind, as typed, what was changed, whose it is


_NOTHING: Mapping[Any, Any] = MappingProxyType({})


def _nothing() -> Mapping[Any, Any]:
    """One for all the new people, of whom nothing is known: a dictionary for each costs 13 MB in a long list."""
    return _NOTHING


@dataclass(slots=True)
class Planned:
    """One person of the list. ``person``: who that is in the registry; none for a new one.

    ``fields``: (what is known, what the list says); a hamlet that is yet to be made stands there by its name.
    ``numbers``: not yet this person's. ``again``: phone ids that the list confirms, with when they were last.
    ``wrong``: numbers that were found not to be this person's. ``consent``: news, or none. ``withdrawn``: the list says
    yes, the person said no. ``perhaps``: somebody whom this new person may be.
    """

    entry: Entry
    person: int | None = None
    fields: Mapping[str, tuple[Any, Any]] = field(default_factory=_nothing)
    numbers: Sequence[Number] = ()
    again: Mapping[int, datetime | None] = field(default_factory=_nothing)
    wrong: Sequence[str] = ()
    consent: bool | None = None
    withdrawn: bool = False
    tags: Sequence[tuple[str, str]] = ()
    position: int = 0
    perhaps: int | None = None

    @property
    def deed(self) -> str:
        if self.person is None:
            return ADDED
        news = self.fields or self.numbers or self.tags or self.consent is not None
        return UPDATED if news else UNCHANGED


def plan(entries: Sequence[Entry]) -> list[Planned]:
    """What storing these entries would do. Two rows that turn out to be one known person become one."""
    kept, persons, perhaps = _without_twins(entries)
    planned = [
        Planned(entry, persons.get(place), perhaps=perhaps.get(place)) for place, entry in enumerate(kept)
    ]
    hamlets = hamlets_of([entry for entry in kept if entry.hamlet])
    for some in chunks([one for one in planned if one.person is not None]):
        _compare(some, hamlets)
    for one in planned:
        if one.person is None:
            one.numbers, one.consent, one.tags = one.entry.phones, one.entry.consent, tags_of(one.entry)
    return planned


def _without_twins(entries: Sequence[Entry]) -> tuple[list[Entry], dict[int, int], dict[int, int]]:
    """Two rows with one number each may be one known person who has both numbers."""
    found = matching.known(entries)
    kept: list[Entry] = []
    persons: dict[int, int] = {}
    perhaps: dict[int, int] = {}
    first: dict[int, Entry] = {}
    for place, entry in enumerate(entries):
        person = found.same.get(place)
        if person is not None and person in first:
            merge(first[person], entry)
            continue
        if person is not None:
            first[person] = entry
            persons[len(kept)] = person
        elif place in found.perhaps:
            perhaps[len(kept)] = found.perhaps[place]
        kept.append(entry)
    return kept, persons, perhaps


def hamlets_of(entries: Sequence[Entry]) -> Hamlets:
    """The hamlets of the communes that these entries name."""
    return areas.hamlets_by_key(sorted({entry.commune for entry in entries if entry.commune is not None}))


def tags_of(entry: Entry) -> list[tuple[str, str]]:
    return [(SKILL, code) for code in entry.skills] + [(WISH, code) for code in entry.wishes]


# ------------------------------------------------------------------------------------------- compared with what is known


def _compare(some: Sequence[Planned], hamlets: Hamlets) -> None:
    """Fill in what the list says of these known people that is news."""
    ids = [one.person for one in some if one.person is not None]
    facts = {row.id: row for row in db.session().execute(_facts().where(Person.id.in_(ids)))}
    links, former, consents, tags = _links(ids), phones.former(ids), _consents(ids), _tags(ids)
    ids_of = _phone_ids([number for one in some for number in one.entry.numbers]) if former else {}
    for one in some:
        person = one.person or 0
        one.fields = _fields(one.entry, facts[person], hamlets)
        had = links.get(person, [])
        has = {e164: (phone, at) for phone, e164, at, _position in had}
        gone = {number for number in one.entry.numbers if (person, ids_of.get(number)) in former}
        one.again = {has[number][0]: has[number][1] for number in one.entry.numbers if number in has}
        one.wrong = [number for number in one.entry.numbers if number in gone and number not in has]
        one.numbers = [
            number for number in one.entry.phones if number[0] not in has and number[0] not in gone
        ]
        one.position = max((position for *_link, position in had), default=0)
        said = consents.get(person)
        one.withdrawn = one.entry.consent is True and said is False
        one.consent = one.entry.consent if said not in (one.entry.consent, False) else None
        one.tags = [tag for tag in tags_of(one.entry) if tag not in tags.get(person, ())]


def _facts() -> Any:
    return select(Person.id, Person.gender, Person.language, Person.area_id, Person.hamlet_id)


def _fields(entry: Entry, row: Any, hamlets: Hamlets) -> dict[str, tuple[Any, Any]]:
    said: dict[str, Any] = {
        "gender": entry.gender or row.gender,
        "language": entry.language or row.language,
        "area_id": entry.commune or row.area_id,
        "hamlet_id": _hamlet(entry, row, hamlets),
    }
    return {name: (getattr(row, name), value) for name, value in said.items() if value != getattr(row, name)}


def _hamlet(entry: Entry, row: Any, hamlets: Hamlets) -> int | str | None:
    if entry.commune is not None and entry.hamlet:
        return hamlets.get((entry.commune, hamlet_key(entry.hamlet)), entry.hamlet)
    moved = entry.commune is not None and entry.commune != row.area_id
    return None if moved else row.hamlet_id


Link = tuple[int, str, datetime | None, int]  # phone, number, verified, position


def _links(ids: Sequence[int]) -> dict[int, list[Link]]:
    query = (
        select(PersonPhone.person_id, Phone.id, Phone.e164, PersonPhone.verified_at, PersonPhone.position)
        .join(Phone, Phone.id == PersonPhone.phone_id)
        .where(PersonPhone.person_id.in_(ids))
    )
    found: dict[int, list[Link]] = {}
    for person, phone, e164, at, position in db.session().execute(query):
        found.setdefault(person, []).append((phone, e164, at, position))
    return found


def _phone_ids(numbers: Sequence[str]) -> dict[str, int]:
    query = select(Phone.e164, Phone.id).where(Phone.e164.in_(numbers))
    return {row[0]: row[1] for row in db.session().execute(query)}


def _consents(ids: Sequence[int]) -> dict[int, bool]:
    """The newest word of each on job notices."""
    newest = select(func.max(Consent.id)).where(Consent.person_id.in_(ids), Consent.purpose == JOB_NOTICES)
    query = select(Consent.person_id, Consent.given).where(Consent.id.in_(newest.group_by(Consent.person_id)))
    return {row[0] or 0: row[1] for row in db.session().execute(query)}


def _tags(ids: Sequence[int]) -> dict[int, set[tuple[str, str]]]:
    found: dict[int, set[tuple[str, str]]] = {}
    query = select(PersonTag.person_id, PersonTag.kind, PersonTag.code).where(PersonTag.person_id.in_(ids))
    for person, kind, code in db.session().execute(query):
        found.setdefault(person, set()).add((kind, code))
    return found
