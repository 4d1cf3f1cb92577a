"""Storing a checked list: new people, numbers and consents in bulk, known people brought up to date. One transaction.

What was done to whom is kept beside the batch (import_person): the lists behind its figures, and what the undo needs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache
from itertools import islice
from typing import Any

from sqlalchemy import Table, bindparam, func, select, text, tuple_, update

from service import db
from service.registry import areas, forgotten, planning
from service.registry.consent import JOB_NOTICES
from service.registry.entries import Entry
from service.registry.matching import chunks, hamlet_key, name_key
from service.registry.phones import GOOD, Phone
from service.registry.planning import ADDED, UNCHANGED, UPDATED, Hamlets, Planned
from service.registry.stored_people import StoredPerson
from service.text.vietnamese import sort_key

PERSON, PHONE, PERSON_PHONE, CONSENT, TAG, STORED_PERSON = (
    StoredPerson.metadata.tables[name]
    for name in ("person", "phone", "person_phone", "consent", "person_tag", "import_person")
)  # the bare tables: many rows at once pass by the objects
ROWS = 5_000  # in one go
FROM_LIST = "list"
sort_key_of = lru_cache(32768)(sort_key)  # many people share a name
FIELDS = ("gender", "language", "area_id", "hamlet_id")


@dataclass(frozen=True)
class Stored:
    """What storing changed. ``people``: new ones; ``updated``: known ones of whom the list says something new;
    ``unchanged``: known ones; ``phones``: new numbers; ``consents``: rows on consent; ``withdrawn``: people whom the list
    says agree but who have withdrawn, which stands."""

    people: int = 0
    updated: int = 0
    unchanged: int = 0
    phones: int = 0
    consents: int = 0
    withdrawn: int = 0

    def as_row(self) -> dict[str, int]:
        return asdict(self)


@dataclass(frozen=True)
class Source:
    """Where entries come from: what consent is noted with. ``words`` say in which words people agreed."""

    batch: int
    words: str
    proof: str
    staff_id: int | None
    at: datetime


def store(entries: Sequence[Entry], source: Source) -> Stored:
    """Put these people into the registry. Nobody is doubled, and no withdrawal of consent is undone."""
    db.session().flush()
    hamlets = _hamlets(entries)
    planned = planning.plan(entries)
    deeds = [one.deed for one in planned]
    _add_people([one for one in planned if one.person is None], hamlets, source.at)
    _update_people(planned, source.at)
    phones, ids = _add_phones(planned, source.at)
    _attach(planned, ids, source.at)
    _confirm(planned, source.at)
    consents = _note_consent(planned, deeds, source)
    _put_tags(planned)
    _remember(planned, deeds, ids, source.batch)
    db.session().expire_all()
    return Stored(
        people=deeds.count(ADDED), updated=deeds.count(UPDATED), unchanged=deeds.count(UNCHANGED), phones=phones,
        consents=consents, withdrawn=sum(one.withdrawn for one in planned),
    )  # fmt: skip


def _hamlets(entries: Sequence[Entry]) -> Hamlets:
    """The hamlets that the entries name. New ones are made."""
    named = {(e.commune, hamlet_key(e.hamlet)): e.hamlet for e in entries if e.commune and e.hamlet}
    found = areas.hamlets_by_key(sorted({commune for commune, _key in named if commune is not None}))
    for (commune_id, key), name in named.items():
        missing = commune_id is not None and (commune_id, key) not in found
        commune = areas.find(commune_id) if missing and commune_id is not None else None
        if commune is not None:
            found[(commune.id, key)] = areas.hamlet(commune, name).id
    db.session().flush()
    return found


# --------------------------------------------------------------------------------------------------------------- people


def _add_people(new: Sequence[Planned], hamlets: Hamlets, at: datetime) -> None:
    for some in chunks(new, ROWS):
        ids = _new_ids(PERSON, len(some))
        for one, person in zip(some, ids, strict=True):
            one.person = person
        db.insert_many(PERSON, [_person_row(one, hamlets, at) for one in some])


def _new_ids(table: Table, count: int) -> Sequence[int]:
    """Numbers for new rows. On SQLite nobody else writes meanwhile; PostgreSQL gives each number once."""
    if db.engine().dialect.name == "sqlite":
        last = db.session().scalar(select(func.max(table.c.id))) or 0
        return range(last + 1, last + 1 + count)
    query = text(
        "SELECT nextval(pg_get_serial_sequence(:table, 'id')) FROM generate_series(1, :count)"
    ).bindparams(table=table.name, count=count)
    return list(db.session().scalars(query))


def _person_row(one: Planned, hamlets: Hamlets, at: datetime) -> dict[str, Any]:
    entry = one.entry
    hamlet = hamlets.get((entry.commune or 0, hamlet_key(entry.hamlet))) if entry.hamlet else None
    lost = entry.hamlet if entry.commune is None else ""  # a hamlet belongs to a commune
    return {
        "id": one.person, "name": entry.name, "birth_year": entry.birth_year, "gender": entry.gender,
        "language": entry.language, "area_id": entry.commune, "hamlet_id": hamlet, "note": lost,
        "consents": one.consent is True, "search_key": name_key(entry.name), "sort_key": sort_key_of(entry.name),
        "created_at": at, "updated_at": at,
    }  # fmt: skip


def _update_people(planned: Sequence[Planned], at: datetime) -> None:
    changed = [one for one in planned if one.fields]
    for names in {tuple(one.fields) for one in changed}:
        values: dict[str, Any] = {
            **{name: bindparam(f"new_{name}") for name in names},
            "updated_at": bindparam("at"),
        }
        rows = [
            {"pid": one.person, "at": at, **{f"new_{name}": one.fields[name][1] for name in names}}
            for one in changed
            if tuple(one.fields) == names
        ]
        _many(update(PERSON).where(PERSON.c.id == bindparam("pid")).values(values), rows)


def _many(statement: Any, rows: Sequence[dict[str, Any]]) -> None:
    for some in chunks(rows, ROWS):
        db.session().connection().execute(statement, list(some))


# -------------------------------------------------------------------------------------------------------------- numbers


def _add_phones(planned: Sequence[Planned], at: datetime) -> tuple[int, dict[str, int]]:
    """The phones of the numbers that are to be bound: how many are new, and number → phone. An opt-out outlives all."""
    kinds = {number[0]: number[1] for one in planned for number in one.numbers}
    ids = _phone_ids(list(kinds))
    missing = [number for number in kinds if number not in ids]
    refused = forgotten.opted_out(missing)
    rows = [
        {"e164": number, "kind": kinds[number], "state": GOOD, "opt_outs": 0, "created_at": at,
         "opted_out_at": refused.get(number)}
        for number in missing
    ]  # fmt: skip
    if rows:
        _many(db.upsert(PHONE).on_conflict_do_nothing(), rows)
        ids.update(_phone_ids(missing))
    return len(missing), ids


def _phone_ids(numbers: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for some in chunks(numbers):
        query = select(Phone.e164, Phone.id).where(Phone.e164.in_(some))
        found.update({row[0]: row[1] for row in db.session().execute(query)})
    return found


def _attach(planned: Sequence[Planned], ids: dict[str, int], at: datetime) -> None:
    """Bind the numbers to the people, behind those that a person has already."""
    rows = [
        {"person_id": one.person, "phone_id": ids[number], "position": position, "raw": raw, "normalised_by": changes,
         "owner": owner, "verified_at": at}
        for one in planned
        for position, (number, _kind, raw, changes, owner) in enumerate(one.numbers, start=one.position + 1)
    ]  # fmt: skip
    for some in chunks(rows, ROWS):
        db.insert_many(PERSON_PHONE, some)


def _confirm(planned: Sequence[Planned], at: datetime) -> None:
    """A newer list that names the number again says that the person can be reached on it."""
    pairs = [(one.person, phone) for one in planned for phone in one.again]
    keys = tuple_(PERSON_PHONE.c.person_id, PERSON_PHONE.c.phone_id)
    for some in chunks(pairs):
        db.change_many(update(PERSON_PHONE).where(keys.in_(some)).values(verified_at=at))


# ---------------------------------------------------------------------------------------------------- consent and tags


def _note_consent(planned: Sequence[Planned], deeds: Sequence[str], source: Source) -> int:
    """Rows for what is news. Returns how many. New people have the mark on themselves already."""
    news = [one for one in planned if one.consent is not None]
    for some in chunks(news, ROWS):
        db.insert_many(
            CONSENT,
            [
                {"person_id": one.person, "phone_id": None, "purpose": JOB_NOTICES, "given": one.consent,
                 "channel": FROM_LIST, "words": source.words, "proof": f"{source.proof} {one.entry.row}",
                 "at": source.at, "staff_id": source.staff_id}
                for one in some
            ],
        )  # fmt: skip
    for given in (True, False):
        ids = [
            one.person
            for one, deed in zip(planned, deeds, strict=True)
            if one.consent is given and deed != ADDED
        ]
        for chunk in chunks(ids):
            db.change_many(update(PERSON).where(PERSON.c.id.in_(chunk)).values(consents=given))
    return len(news)


def _put_tags(planned: Sequence[Planned]) -> None:
    rows = [
        {"person_id": one.person, "kind": kind, "code": code} for one in planned for kind, code in one.tags
    ]
    if rows:
        _many(db.upsert(TAG).on_conflict_do_nothing(), rows)


# ---------------------------------------------------------------------------------------------------- for lists and undo


def _remember(planned: Sequence[Planned], deeds: Sequence[str], ids: dict[str, int], batch: int) -> None:
    rows = _remembered(planned, deeds, ids, batch)
    while some := list(islice(rows, ROWS)):
        db.insert_many(STORED_PERSON, some)


def _remembered(
    planned: Sequence[Planned], deeds: Sequence[str], ids: dict[str, int], batch: int
) -> Iterator[dict[str, Any]]:
    for one, deed in zip(planned, deeds, strict=True):
        before = _before(one, ids) if deed != ADDED else {}
        yield {
            "batch_id": batch,
            "person_id": one.person,
            "row": one.entry.row,
            "deed": deed,
            "before": before,
        }


def _before(one: Planned, ids: dict[str, int]) -> dict[str, Any]:
    """What of a known person was changed or added; only what there is."""
    found = {
        "fields": {name: list(pair) for name, pair in one.fields.items()},
        "phones": [ids[number[0]] for number in one.numbers],
        "verified": {
            str(phone): at.isoformat() if at is not None else None for phone, at in one.again.items()
        },
        "consent": [] if one.consent is None else [one.consent],
        "tags": [list(tag) for tag in one.tags],
    }
    return {name: value for name, value in found.items() if value}
