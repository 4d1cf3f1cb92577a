"""Who is who: two rows, or a row and somebody in the registry, are one person or two.

The same person: the same name, the same year of birth and at least one equal number; or the same name, year and hamlet
where one of the two has no number. Names are compared with their tones (twins differ by one), but not by case, by
blanks, or by where the tone mark stands (Hoà, Hòa). Doubtful: the names are equal without their marks, the years do not
speak against it, and the hamlet or a number is the same. Such a row is a new person, and staff are asked.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.orm import aliased

from service import db
from service.registry import areas
from service.registry.entries import Entry, merge
from service.registry.merging import Merge
from service.registry.people import Person
from service.registry.phones import PersonPhone, Phone
from service.text.vietnamese import nfc, one_line, search_key

CHUNK = 500  # values in one IN (…)
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_STROKED = str.maketrans({"ð": "đ"})
Item = TypeVar("Item")

PersonKey = tuple[str, int | None, str]  # name, birth year, number
Place = tuple[int | None, int | str | None]  # commune; hamlet by its id, or by its key when nobody knows it
Hamlets = dict[tuple[int, str], int]


# Many people share a name or a hamlet.
name_key, hamlet_key = lru_cache(32768)(search_key), lru_cache(8192)(areas.hamlet_key)


@lru_cache(32768)
def same_name(name: str) -> str:
    """Equal for two spellings of one name. Tones count; the letter in the word that carries them does not."""
    return " ".join([_tone_last(word) for word in one_line(name).casefold().translate(_STROKED).split()])


@lru_cache(8192)
def _tone_last(word: str) -> str:
    parts = unicodedata.normalize("NFD", word)
    tones = [char for char in parts if char in _TONES]
    return nfc("".join([char for char in parts if char not in _TONES])) + "".join(tones)


def unite(entries: Sequence[Entry]) -> tuple[list[Entry], list[tuple[Entry, Entry]]]:
    """The people of a list, each once, and which rows were found to be which earlier row's person (again, first)."""
    seen: dict[PersonKey, Entry] = {}
    people: list[Entry] = []
    doubles: list[tuple[Entry, Entry]] = []
    for entry in entries:
        keys = _keys(entry)
        first = next((seen[key] for key in keys if key in seen), None)
        if first is None:
            people.append(entry)
        else:
            doubles.append((entry, first))
            merge(first, entry)
        seen.update(dict.fromkeys(keys, first or entry))
    return people, doubles


def _keys(entry: Entry) -> list[PersonKey]:
    name = same_name(entry.name)
    return [(name, entry.birth_year, number) for number in entry.numbers]


def chunks(items: Sequence[Item], size: int = CHUNK) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


# ------------------------------------------------------------------------------------------- who is in the registry


@dataclass(frozen=True)
class Matches:
    """Places in the list → people of the registry: ``same`` certainly, ``perhaps`` for staff to look at."""

    same: dict[int, int] = field(default_factory=dict)
    perhaps: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Identity:
    """One way to know somebody. A person into whom another entry was merged has two."""

    person: int
    name: str
    key: str
    year: int | None
    place: Place = (None, None)
    has_phone: bool = True


def known(entries: Sequence[Entry]) -> Matches:
    """Who of these people is in the registry, and who may be. Nobody who was deleted; of two merged ones the kept."""
    if db.session().scalar(select(Person.id).limit(1)) is None:
        return Matches()
    merged = _merged()
    numbers = _by_number([number for entry in entries for number in entry.numbers], merged)
    names = _by_name(sorted({name_key(entry.name) for entry in entries}), merged)
    homes = _homes(entries)
    same: dict[int, int] = {}
    for place, entry in enumerate(entries):
        named = names.get(name_key(entry.name), ())
        person = _by_its_number(entry, numbers) or _by_its_hamlet(entry, homes[place], named)
        if person is not None:
            same[place] = person
    taken = set(same.values())
    perhaps = {
        place: person
        for place, entry in enumerate(entries)
        if place not in same and (person := _doubtful(entry, homes[place], numbers, names, taken)) is not None
    }
    return Matches(same, perhaps)


Numbers = dict[str, list[_Identity]]
Names = dict[str, list[_Identity]]


def _by_its_number(entry: Entry, numbers: Numbers) -> int | None:
    name = same_name(entry.name)
    for number in entry.numbers:
        for one in numbers.get(number, ()):
            if one.name == name and one.year == entry.birth_year:
                return one.person
    return None


def _by_its_hamlet(entry: Entry, place: Place, named: Iterable[_Identity]) -> int | None:
    """A list read a second time must not double those without a number; a first number does not make a new person."""
    name = same_name(entry.name)
    there = [one for one in named if one.name == name and one.year == entry.birth_year and one.place == place]
    if not entry.phones and (without := [one for one in there if not one.has_phone]):
        return without[0].person
    if entry.birth_year is None or not place[1] or len({one.person for one in there}) != 1:
        return None
    return there[0].person if not entry.phones or not there[0].has_phone else None


def _doubtful(entry: Entry, place: Place, numbers: Numbers, names: Names, taken: set[int]) -> int | None:
    """Not the same by the rules, but a person would ask. Who stands elsewhere in the same list is somebody else."""
    key = name_key(entry.name)
    on_the_number = [one for number in entry.numbers for one in numbers.get(number, ()) if one.key == key]
    in_the_hamlet = [one for one in names.get(key, ()) if place[1] and one.place == place]
    found = {
        one.person
        for one in (*on_the_number, *in_the_hamlet)
        if one.person not in taken and (one.year == entry.birth_year or None in (one.year, entry.birth_year))
    }
    return min(found) if found else None


def _homes(entries: Sequence[Entry]) -> list[Place]:
    """Where each of them lives: an old spelling of a hamlet is the hamlet of today."""
    hamlets: Hamlets = areas.hamlets_by_key({entry.commune for entry in entries if entry.commune is not None})
    return [_home(entry, hamlets) for entry in entries]


def _home(entry: Entry, hamlets: Hamlets) -> Place:
    key = hamlet_key(entry.hamlet)
    return entry.commune, hamlets.get((entry.commune or 0, key), key) if key else None


# ----------------------------------------------------------------------------------------------------- from the tables


@dataclass(frozen=True)
class _Merged:
    """Entries that were merged away: gone → kept today, and what the kept ones were called there."""

    kept: dict[int, int]
    aliases: dict[int, list[tuple[str, str, int | None]]]  # kept → (name, search key, birth year) there


def _merged() -> _Merged:
    rows = db.session().execute(
        _merges(Merge.gone_id, Merge.kept_id, Person.name, Person.search_key, Person.birth_year)
        .join(Person, Person.id == Merge.gone_id)
        .order_by(Merge.id)
    )
    found = _Merged({}, {})
    for row in rows:
        found.kept[row.gone_id] = row.kept_id
        found.aliases.setdefault(row.kept_id, []).append((row.name, row.search_key, row.birth_year))
    return found


def _merges(*columns: Any) -> Select[Any]:
    """Those that hold, into somebody who is still there."""
    kept = aliased(Person)
    return select(*columns).join(kept, kept.id == Merge.kept_id).where(Merge.undone_at.is_(None), kept.listed)


def _there() -> ColumnElement[bool]:
    """In the registry under this name, or under that of the person it was merged into."""
    return or_(Person.listed, Person.id.in_(_merges(Merge.gone_id)))


def _by_number(numbers: Sequence[str], merged: _Merged) -> Numbers:
    found: Numbers = {}
    for some in chunks(sorted(set(numbers))):
        query = (
            select(Phone.e164, Person.id, Person.name, Person.search_key, Person.birth_year)
            .join(PersonPhone, PersonPhone.phone_id == Phone.id)
            .join(Person, Person.id == PersonPhone.person_id)
            .where(Phone.e164.in_(some), _there())
            .order_by(Person.id)
        )
        for e164, person, name, key, year in db.session().execute(query):
            kept = merged.kept.get(person, person)
            identities = found.setdefault(e164, [])
            identities.append(_Identity(kept, same_name(name), key, year))
            for other, other_key, other_year in merged.aliases.get(kept, ()):
                identities.append(_Identity(kept, same_name(other), other_key, other_year))
    return found


def _by_name(keys: Sequence[str], merged: _Merged) -> Names:
    found: Names = {}
    for some in chunks(keys):
        for row in db.session().execute(_named(some)):
            place: Place = (row.area_id, row.hamlet_id)
            person = merged.kept.get(row.id, row.id)
            identity = _Identity(
                person, same_name(row.name), row.search_key, row.birth_year, place, row.has_phone
            )
            found.setdefault(row.search_key, []).append(identity)
    return found


def _named(keys: Sequence[str]) -> Select[int, str, str, int | None, int | None, int | None, bool]:
    has_phone = exists().where(PersonPhone.person_id == Person.id).label("has_phone")
    return (
        select(Person.id, Person.name, Person.search_key, Person.birth_year, Person.area_id,
               Person.hamlet_id, has_phone)
        .where(Person.search_key.in_(keys), _there())
        .order_by(Person.id)
    )  # fmt: skip


def names(persons: Collection[int]) -> dict[int, str]:
    """What these people are called."""
    found: dict[int, str] = {}
    for some in chunks(sorted(persons)):
        rows = db.session().execute(select(Person.id, Person.name).where(Person.id.in_(some)))
        found.update({row[0]: row[1] for row in rows})
    return found
