"""The people of a list, page by page: before storing from what was checked, afterwards from what was stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from service import db
from service.registry import areas, phones, planning
from service.registry.checking import deed_of, entry_of
from service.registry.imports import CHECKED, ImportBatch
from service.registry.people import Person
from service.registry.planning import Planned
from service.registry.stored_people import StoredPerson


@dataclass(frozen=True)
class Told:
    """One person of the list. ``person``: the id, of somebody who stands in the registry. The rest as in Planned."""

    row: int
    person: int | None
    name: str
    birth_year: int | None
    commune: int | None
    hamlet: str
    numbers: Sequence[str]
    fields: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    added: Sequence[str] = ()
    consent: bool | None = None
    tags: Sequence[Sequence[str]] = ()


def listed(batch: ImportBatch, deed: str, start: int, size: int) -> list[Told]:
    """The people to whom this is (or was) done, in the order of the list."""
    return _planned(batch, deed, start, size) if batch.state == CHECKED else _stored(batch, deed, start, size)


def _planned(batch: ImportBatch, deed: str, start: int, size: int) -> list[Told]:
    rows = [row for row in batch.rows if deed_of(row) == deed][start : start + size]
    return [_of_plan(one) for one in planning.plan([entry_of(row) for row in rows])]


def _of_plan(one: Planned) -> Told:
    entry, is_known = one.entry, one.person is not None
    return Told(
        entry.row, one.person, entry.name, entry.birth_year, entry.commune, entry.hamlet, entry.numbers, one.fields,
        added=[number[0] for number in one.numbers] if is_known else (), consent=one.consent if is_known else None,
        tags=one.tags if is_known else (),
    )  # fmt: skip


def _stored(batch: ImportBatch, deed: str, start: int, size: int) -> list[Told]:
    query = (
        select(StoredPerson, Person)
        .join(Person, Person.id == StoredPerson.person_id)
        .where(StoredPerson.batch_id == batch.id, StoredPerson.deed == deed)
        .order_by(StoredPerson.row, StoredPerson.person_id)
    )
    pairs = [(kept, person) for kept, person in db.session().execute(query.offset(start).limit(size))]
    hamlets = areas.names({person.hamlet_id for _kept, person in pairs if person.hamlet_id})
    numbers = phones.of_people([person.id for _kept, person in pairs])
    return [
        _of_stored(kept, person, hamlets.get(person.hamlet_id or 0, ""), numbers[person.id])
        for kept, person in pairs
    ]


def _of_stored(kept: StoredPerson, person: Person, hamlet: str, numbers: Sequence[phones.Phone]) -> Told:
    before = kept.before
    return Told(
        kept.row, person.id if person.listed else None, person.name, person.birth_year, person.area_id, hamlet, [one.e164 for one in numbers],
        before.get("fields", {}), [one.e164 for one in numbers if one.id in before.get("phones", ())],
        next(iter(before.get("consent", ())), None), before.get("tags", ()),
    )  # fmt: skip
