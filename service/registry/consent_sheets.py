"""Consent on paper: a form per hamlet with a line for everybody to sign, and what came back ticked in afterwards."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, and_, func, or_, select

from service import db
from service.refused import Refused
from service.registry import areas, consent, people
from service.registry.areas import Area
from service.registry.consent import JOB_NOTICES
from service.registry.people import Person
from service.staff.accounts import Staff
from service.text.words import date_vi, today_in_vietnam

CHANNEL = "paper"
SCREEN = 100  # people on one page of ticks
LONGEST = 2000  # people on one printed form; larger communes print hamlet by hamlet


@dataclass(frozen=True)
class Place:
    """For whom a form is: a hamlet, or the people of a commune whose hamlet is not known (``hamlet`` none)."""

    commune: Area
    hamlet: Area | None
    people: int


@dataclass(frozen=True)
class Sheet:
    """What stands on the paper and when it was signed. ``file_id``: the scan."""

    words: str
    signed_on: date
    purpose: str = JOB_NOTICES
    file_id: int | None = None


@dataclass(frozen=True)
class Tick:
    """One line of the paper: agreed or not; ``guardian`` for somebody under 16."""

    person: Person
    agrees: bool
    guardian: str = ""


def places(commune: Area, staff: Staff) -> list[Place]:
    """The forms of a commune: its hamlets that have people, then those without a hamlet."""
    query = people.visible_to(staff).where(Person.area_id == commune.id)
    counted = query.with_only_columns(Person.hamlet_id, func.count()).group_by(Person.hamlet_id)
    counts: dict[int | None, int] = {row[0]: row[1] for row in db.session().execute(counted)}
    found = [
        Place(commune, hamlet, counts[h])
        for hamlet in areas.hamlets(commune.id)
        if (h := hamlet.id) in counts
    ]
    return found + ([Place(commune, None, counts[None])] if None in counts else [])


def people_of(place: Place, staff: Staff) -> list[Person]:
    """Everybody of a form in the order of its lines."""
    return list(db.session().scalars(_query(place, staff).limit(LONGEST)))


def page_of(place: Place, staff: Staff, after: Person | None) -> tuple[list[Person], int, bool]:
    """A screenful behind ``after``, the number of its first line, and whether there are more."""
    query, before = _query(place, staff), 0
    if after is not None:
        later = or_(
            Person.sort_key > after.sort_key, and_(Person.sort_key == after.sort_key, Person.id > after.id)
        )
        everybody = query.order_by(None).with_only_columns(func.count(Person.id))
        before = int(db.session().scalar(everybody.where(~later)) or 0)
        query = query.where(later)
    found = list(db.session().scalars(query.limit(SCREEN + 1)))
    return found[:SCREEN], before + 1, len(found) > SCREEN


def _query(place: Place, staff: Staff) -> Select[Person]:
    hamlet = place.hamlet.id if place.hamlet is not None else None
    here = people.visible_to(staff).where(Person.area_id == place.commune.id, Person.hamlet_id == hamlet)
    return here.order_by(Person.sort_key, Person.id)


def chosen(place: Place, ids: Collection[int], staff: Staff) -> list[Person]:
    """These people of the form; others that somebody names are left out."""
    return list(db.session().scalars(_query(place, staff).where(Person.id.in_(ids))))


def without_guardian(ticks: Sequence[Tick]) -> set[int]:
    """Children under 16 who agree and of whom nobody says who agreed for them."""
    return {
        tick.person.id
        for tick in ticks
        if tick.agrees
        and consent.needs_guardian(tick.person)
        and not (tick.guardian or tick.person.guardian).strip()
    }


def tick(ticks: Sequence[Tick], sheet: Sheet, by: Staff) -> tuple[int, int]:
    """Note what the paper says. Returns how many agreed and how many did not. All of it or nothing."""
    if not ticks:
        raise Refused("consent.nobody_ticked")
    if sheet.signed_on > today_in_vietnam():
        raise Refused("consent.not_yet", day=sheet.signed_on)
    proof = f"phiếu ký ngày {date_vi(sheet.signed_on)}"
    for one in ticks:
        consent.record(
            one.person, one.agrees, CHANNEL, sheet.words, by, purpose=sheet.purpose, guardian=one.guardian,
            file_id=sheet.file_id, proof=proof,
        )  # fmt: skip
    agreed = sum(one.agrees for one in ticks)
    return agreed, len(ticks) - agreed


def own_file(file_id: int, staff: Staff) -> consent.ConsentFile | None:
    """A scan that this member of staff sent with the page before."""
    mine = select(consent.ConsentFile).where(
        consent.ConsentFile.id == file_id, consent.ConsentFile.staff_id == staff.id
    )
    return db.session().scalar(mine)
