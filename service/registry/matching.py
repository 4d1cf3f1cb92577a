"""Who is who: two rows, or a row and somebody in the registry, are one person or two.

The same person: the same name, the same year of birth and at least one equal number. Names are compared with their
tones (twins differ by one), but not by case, by blanks, or by where the tone mark stands (Hoà, Hòa).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TypeVar

from sqlalchemy import exists, select

from service import db
from service.registry import areas
from service.registry.areas import Area
from service.registry.entries import Entry, merge
from service.registry.people import Person
from service.registry.phones import PersonPhone, Phone
from service.text.vietnamese import nfc, one_line

CHUNK = 500  # values in one IN (…)
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_STROKED = str.maketrans({"ð": "đ"})
Item = TypeVar("Item")

PersonKey = tuple[str, int | None, str]  # name, birth year, number


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


def known(entries: Sequence[Entry]) -> dict[int, int]:
    """Who of these people is in the registry: place in ``entries`` → person id."""
    by_number = _by_number([number for entry in entries for number in entry.numbers])
    by_place = _without_phone([entry for entry in entries if not entry.phones])
    found: dict[int, int] = {}
    for place, entry in enumerate(entries):
        ids = [by_number[key] for key in _keys(entry) if key in by_number]
        if not entry.phones and (person := by_place.get(_place_key(entry))):
            ids.append(person)
        if ids:
            found[place] = ids[0]
    return found


def _by_number(numbers: Sequence[str]) -> dict[PersonKey, int]:
    found: dict[PersonKey, int] = {}
    for some in chunks(sorted(set(numbers))):
        query = (
            select(Phone.e164, Person.id, Person.name, Person.birth_year)
            .join(PersonPhone, PersonPhone.phone_id == Phone.id)
            .join(Person, Person.id == PersonPhone.person_id)
            .where(Phone.e164.in_(some), Person.listed)
            .order_by(Person.id)
        )
        for e164, person, name, birth_year in db.session().execute(query):
            found.setdefault((same_name(name), birth_year, e164), person)
    return found


PlaceKey = tuple[str, int | None, int | None, str]  # name, birth year, commune, hamlet


def _place_key(entry: Entry) -> PlaceKey:
    return same_name(entry.name), entry.birth_year, entry.commune, areas.hamlet_key(entry.hamlet)


def _without_phone(entries: Sequence[Entry]) -> dict[PlaceKey, int]:
    """A list read a second time must not double those without a number: the same name, year and hamlet is enough."""
    found: dict[PlaceKey, int] = {}
    for years in chunks(sorted({entry.birth_year for entry in entries if entry.birth_year})):
        query = (
            select(Person.id, Person.name, Person.birth_year, Person.area_id, Area.search_key)
            .outerjoin(Area, Area.id == Person.hamlet_id)
            .where(
                Person.listed,
                Person.birth_year.in_(years),
                ~exists().where(PersonPhone.person_id == Person.id),
            )
            .order_by(Person.id)
        )
        for person, name, birth_year, commune, hamlet in db.session().execute(query):
            found.setdefault((same_name(name), birth_year, commune, hamlet or ""), person)
    return found
