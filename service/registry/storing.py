"""Storing a checked list: new people, numbers and consents in bulk, known people brought up to date. One transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update

from service import db
from service.db import Base
from service.registry import areas
from service.registry.areas import HAMLET, Area
from service.registry.consent import JOB_NOTICES, Consent
from service.registry.entries import Entry, merge
from service.registry.matching import chunks, known
from service.registry.people import Person
from service.registry.phones import GOOD, PersonPhone, Phone
from service.text.vietnamese import search_key, sort_key

PERSON, PHONE, PERSON_PHONE, CONSENT = (
    Base.metadata.tables[name] for name in ("person", "phone", "person_phone", "consent")
)  # the bare tables: many rows at once pass by the objects
INSERTS = 2_000  # rows in one go
FROM_LIST = "list"


@dataclass(frozen=True)
class Stored:
    """What storing changed. ``people``: new ones; ``updated``: known ones; ``phones``: new numbers; ``consents``: rows
    on consent; ``withdrawn``: people whom the list says agree but who have withdrawn, which stands."""

    people: int = 0
    updated: int = 0
    phones: int = 0
    consents: int = 0
    withdrawn: int = 0

    def as_row(self) -> dict[str, int]:
        return asdict(self)


@dataclass(frozen=True)
class Source:
    """Where entries come from: what consent is noted with. ``words`` say in which words people agreed."""

    words: str
    proof: str
    staff_id: int | None
    at: datetime


def store(entries: Sequence[Entry], source: Source) -> Stored:
    """Put these people into the registry. Nobody is doubled, and no withdrawal of consent is undone."""
    db.session().flush()
    entries, ids = _without_twins(entries)
    hamlets = _hamlets(entries)
    new = [place for place in range(len(entries)) if place not in ids]
    fresh = _add_people([entries[place] for place in new], hamlets, source.at)
    old = dict(ids)
    ids.update(zip(new, fresh, strict=True))
    _update_people([(person, entries[place]) for place, person in old.items()], hamlets, source.at)
    persons = [(ids[place], entry) for place, entry in enumerate(entries)]
    phones = _attach_phones(persons, source.at)
    stored = _note_consent(persons, source)
    db.session().expire_all()
    return replace(stored, people=len(fresh), updated=len(old), phones=phones)


def _without_twins(entries: Sequence[Entry]) -> tuple[list[Entry], dict[int, int]]:
    """Two rows with one number each may be one known person who has both numbers."""
    ids = known(entries)
    kept: list[Entry] = []
    persons: dict[int, int] = {}
    first: dict[int, Entry] = {}
    for place, entry in enumerate(entries):
        person = ids.get(place)
        if person is not None and person in first:
            merge(first[person], entry)
            continue
        if person is not None:
            first[person] = entry
            persons[len(kept)] = person
        kept.append(entry)
    return kept, persons


Hamlets = dict[tuple[int, str], int]


def _hamlets(entries: Sequence[Entry]) -> Hamlets:
    """The hamlets that the entries name: (commune, key) → id. New ones are made."""
    named = {(e.commune, areas.hamlet_key(e.hamlet)): e.hamlet for e in entries if e.commune and e.hamlet}
    communes = sorted({commune for commune, _key in named})
    query = select(Area.parent_id, Area.search_key, Area.id).where(
        Area.kind == HAMLET, Area.parent_id.in_(communes)
    )
    found: Hamlets = {(row[0] or 0, row[1]): row[2] for row in db.session().execute(query)}
    for (commune_id, key), name in named.items():
        commune = areas.find(commune_id) if (commune_id, key) not in found else None
        if commune is not None:
            found[(commune.id, key)] = areas.hamlet(commune, name).id
    db.session().flush()
    return found


def _hamlet_of(entry: Entry, hamlets: Hamlets) -> int | None:
    return (
        hamlets.get((entry.commune, areas.hamlet_key(entry.hamlet)))
        if entry.commune and entry.hamlet
        else None
    )


def _add_people(entries: Sequence[Entry], hamlets: Hamlets, at: datetime) -> list[int]:
    ids: list[int] = []
    statement = insert(Person).returning(Person.id, sort_by_parameter_order=True)
    for some in chunks(entries, INSERTS):
        ids += db.session().execute(statement, [_person_row(entry, hamlets, at) for entry in some]).scalars()
    return ids


def _person_row(entry: Entry, hamlets: Hamlets, at: datetime) -> dict[str, Any]:
    lost = entry.hamlet if entry.hamlet and not entry.commune else ""  # a hamlet belongs to a commune
    return {
        "name": entry.name, "birth_year": entry.birth_year, "gender": entry.gender, "language": entry.language,
        "area_id": entry.commune, "hamlet_id": _hamlet_of(entry, hamlets), "note": lost, "consents": False,
        "search_key": search_key(entry.name), "sort_key": sort_key(entry.name), "created_at": at, "updated_at": at,
    }  # fmt: skip


def _update_people(pairs: Sequence[tuple[int, Entry]], hamlets: Hamlets, at: datetime) -> None:
    """What the list says is newer; where it says nothing, what is known stays."""
    columns = (Person.id, Person.gender, Person.language, Person.area_id, Person.hamlet_id)
    changed: list[dict[str, Any]] = []
    for some in chunks(pairs):
        said = dict(some)
        for row in db.session().execute(select(*columns).where(Person.id.in_(list(said)))):
            entry = said[row.id]
            moved = entry.commune is not None and entry.commune != row.area_id
            now = {
                "gender": entry.gender or row.gender, "language": entry.language or row.language,
                "area_id": entry.commune or row.area_id,
                "hamlet_id": _hamlet_of(entry, hamlets) or (None if moved else row.hamlet_id),
            }  # fmt: skip
            if now != {name: getattr(row, name) for name in now}:
                changed.append({"pid": row.id, "at": at, **now})
    if changed:
        names = ("gender", "language", "area_id", "hamlet_id")
        values: dict[str, Any] = {**{name: bindparam(name) for name in names}, "updated_at": bindparam("at")}
        _many(update(PERSON).where(PERSON.c.id == bindparam("pid")).values(values), changed)


def _many(statement: Any, rows: Sequence[dict[str, Any]]) -> None:
    for some in chunks(rows, INSERTS):
        db.session().connection().execute(statement, list(some))


def _attach_phones(persons: Sequence[tuple[int, Entry]], at: datetime) -> int:
    """Bind the numbers to the people, behind those that a person has already. Returns how many numbers are new."""
    kinds = {phone[0]: phone[1] for _person, entry in persons for phone in entry.phones}
    ids = _phone_ids(list(kinds))
    missing = [number for number in kinds if number not in ids]
    rows = [
        {"e164": number, "kind": kinds[number], "state": GOOD, "opt_outs": 0, "created_at": at}
        for number in missing
    ]
    if rows:
        _many(db.upsert(PHONE).on_conflict_do_nothing(), rows)
        ids.update(_phone_ids(missing))
    links = _links(persons, ids)
    if links:
        _many(db.upsert(PERSON_PHONE).on_conflict_do_nothing(), links)
    return len(missing)


def _phone_ids(numbers: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for some in chunks(numbers):
        query = select(Phone.e164, Phone.id).where(Phone.e164.in_(some))
        found.update({row[0]: row[1] for row in db.session().execute(query)})
    return found


def _links(persons: Sequence[tuple[int, Entry]], ids: dict[str, int]) -> list[dict[str, Any]]:
    positions: dict[int, int] = {}
    for some in chunks([person for person, _entry in persons]):
        query = select(PersonPhone.person_id, func.max(PersonPhone.position)).where(
            PersonPhone.person_id.in_(some)
        )
        positions.update(
            {row[0]: row[1] for row in db.session().execute(query.group_by(PersonPhone.person_id))}
        )
    taken = _bound(list(positions))
    links = []
    for person, entry in persons:
        for number, _kind, raw, changes in entry.phones:
            if (person, ids[number]) not in taken:
                positions[person] = positions.get(person, 0) + 1
                links.append(
                    {"person_id": person, "phone_id": ids[number], "position": positions[person], "raw": raw,
                     "normalised_by": changes}
                )  # fmt: skip
    return links


def _bound(persons: Sequence[int]) -> set[tuple[int, int]]:
    found: set[tuple[int, int]] = set()
    for some in chunks(persons):
        query = select(PersonPhone.person_id, PersonPhone.phone_id).where(PersonPhone.person_id.in_(some))
        found.update((row[0], row[1]) for row in db.session().execute(query))
    return found


def _note_consent(persons: Sequence[tuple[int, Entry]], source: Source) -> Stored:
    """Rows for what is news. Only a person can undo a withdrawal, on the person's page: a list may be older than it."""
    asked = [(person, entry) for person, entry in persons if entry.consent is not None]
    newest = _newest_consent([person for person, _entry in asked])
    news = [(person, entry) for person, entry in asked if newest.get(person) not in (entry.consent, False)]
    rows = [
        {"person_id": person, "phone_id": None, "purpose": JOB_NOTICES, "given": entry.consent, "channel": FROM_LIST,
         "words": source.words, "proof": f"{source.proof} {entry.row}", "at": source.at, "staff_id": source.staff_id}
        for person, entry in news
    ]  # fmt: skip
    if rows:
        _many(insert(CONSENT), rows)
    marks = [{"pid": person, "given": entry.consent} for person, entry in news]
    if marks:
        _many(
            update(PERSON).where(PERSON.c.id == bindparam("pid")).values(consents=bindparam("given")), marks
        )
    kept = sum(entry.consent is True and newest.get(person) is False for person, entry in asked)
    return Stored(consents=len(rows), withdrawn=kept)


def _newest_consent(persons: Sequence[int]) -> dict[int, bool]:
    found: dict[int, bool] = {}
    for some in chunks(persons):
        newest = select(func.max(Consent.id)).where(
            Consent.person_id.in_(some), Consent.purpose == JOB_NOTICES
        )
        query = select(Consent.person_id, Consent.given).where(
            Consent.id.in_(newest.group_by(Consent.person_id))
        )
        found.update({row[0] or 0: row[1] for row in db.session().execute(query)})
    return found
