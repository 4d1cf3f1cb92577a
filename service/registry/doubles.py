"""Pairs of entries that may be one person: found by the database, looked at by a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, tuple_
from sqlalchemy.orm import aliased

from service import db
from service.registry.merging import TwoPeople
from service.registry.people import Person
from service.registry.phones import PersonPhone

ONE, OTHER = aliased(Person, name="one"), aliased(Person, name="other")
Pair = tuple[int, int]  # ids, the smaller first


@dataclass(frozen=True)
class Twins:
    """Two entries with the same name."""

    one: Person
    other: Person


def pairs(after: Pair = (0, 0), size: int = 20) -> list[Twins]:
    """The next doubtful pairs behind ``after``, by id.

    The same name but for accents, case and the place of the tone; the same year of birth or one of them unknown; and
    the same hamlet, a shared phone, or one of both without a phone in the same commune. Not those whom staff told apart.
    """
    behind = and_(tuple_(ONE.id, OTHER.id) > tuple_(*after), ONE.id >= after[0])
    found: list[Twins] = []
    for query in _queries():
        rows = db.session().execute(query.where(behind).order_by(ONE.id, OTHER.id).limit(size))
        found += [Twins(one, other) for one, other in rows]
    return sorted(found, key=lambda twins: (twins.one.id, twins.other.id))[:size]


def count(most: int = 100) -> int:
    """How many pairs there are; ``most`` means that or more."""
    found = 0
    for query in _queries():
        some = query.with_only_columns(ONE.id).limit(most - found).subquery()
        found += int(db.session().scalar(select(func.count()).select_from(some)) or 0)
        if found == most:
            break
    return found


def pair(one: int, other: int) -> Twins | None:
    """These two, while both are in the lists."""
    rows = db.session().scalars(select(Person).where(Person.id.in_((one, other)), Person.listed))
    found = {person.id: person for person in rows}
    return Twins(found[one], found[other]) if len(found) == 2 else None


def of_person(person_id: int) -> Sequence[Pair]:
    """The doubtful pairs that this person is in, for a hint on his or her page."""
    this = select(Person.search_key).where(Person.id == person_id).scalar_subquery()
    mine = and_(ONE.search_key == this, or_(ONE.id == person_id, OTHER.id == person_id))
    found: list[Pair] = []
    for query in _queries():
        rows = db.session().execute(query.with_only_columns(ONE.id, OTHER.id).where(mine).limit(10))
        found += [(row[0], row[1]) for row in rows]
    return sorted(found)


def _queries() -> list[Select[Person, Person]]:
    """All doubtful pairs, in three parts: each finds the other one by an index of name and year.

    In one part, with OR, PostgreSQL took ten times as long at 100,000 people.
    """
    years = (
        ONE.birth_year == OTHER.birth_year,
        OTHER.birth_year.is_(None),
        and_(ONE.birth_year.is_(None), OTHER.birth_year.is_not(None)),
    )
    return [_query().where(year) for year in years]


def _query() -> Select[Person, Person]:
    # Written as a difference, or PostgreSQL reads all greater ids for every entry.
    later = OTHER.id - ONE.id > 0
    told_apart = exists().where(TwoPeople.first_id == ONE.id, TwoPeople.second_id == OTHER.id)
    return (
        select(ONE, OTHER)
        .join(OTHER, and_(OTHER.search_key == ONE.search_key, later))
        .where(ONE.listed, OTHER.listed, _near(), ~told_apart)
    )


def _near() -> ColumnElement[bool]:
    mine, theirs = aliased(PersonPhone), aliased(PersonPhone)
    shared = exists().where(
        mine.person_id == ONE.id, theirs.person_id == OTHER.id, mine.phone_id == theirs.phone_id
    )
    no_phone = or_(*[~exists().where(PersonPhone.person_id == person.id) for person in (ONE, OTHER)])
    same_commune = and_(ONE.area_id == OTHER.area_id, no_phone)
    return or_(ONE.hamlet_id == OTHER.hamlet_id, same_commune, shared)
