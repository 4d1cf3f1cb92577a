"""An audience: which people a campaign is for, who is left out, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from itertools import groupby, islice
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, func, literal, or_, select, union_all

from service import db, settings
from service.campaigns import frequency
from service.registry import areas, groups
from service.registry.people import GENDERS, LANGUAGES, Person
from service.registry.phones import DEAD, PersonPhone, Phone
from service.text.vietnamese import search_key
from service.text.words import today_in_vietnam

SMS = "sms"
ADULT = 18  # under 18: no offers outside the province
CHUNK = 2_000
_STREAMED = {"yield_per": CHUNK}

# Reasons in the order in which they are looked at; a person has the first that fits.
REASONS = (
    "no_phone", "no_consent", "opted_out", "no_sms", "no_voice", "dead_number", "landline", "age_unknown", "under_age", "placed",
    "capped",
)  # fmt: skip
NO_REASON, NOT_CHOSEN = -1, -2  # beside the places in REASONS: gets a message; the filters do not fit
EVERYBODY, PHONES = -3, -4  # what else is counted
HOUSEHOLD = "household"  # leaves nobody out: they are reached by the message to their household's phone


@dataclass(frozen=True)
class Audience:
    """Filters; empty means all. Communes and hamlets add up: all of one commune and two hamlets of another. Ages in
    years, reached this calendar year. ``group``: only who is in this saved group."""

    communes: tuple[int, ...] = ()
    hamlets: tuple[int, ...] = ()
    genders: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    age_from: int | None = None
    age_to: int | None = None
    adults_only: bool = False
    group: int | None = None
    channel: str = SMS  # how they are to be reached

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Audience:
        fields: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in kept.items()
        }
        return cls(**fields)


@dataclass(frozen=True)
class Count:
    """``people`` fit the filters; ``eligible`` of them can be written to, on ``recipients`` phones."""

    people: int
    eligible: int
    recipients: int
    excluded: dict[str, int]

    @property
    def sharing(self) -> int:
        """How many are reached by the message to somebody else of their household."""
        return self.eligible - self.recipients


@dataclass(frozen=True)
class Member:
    """A person behind a phone, with what a text needs."""

    person_id: int
    name: str
    gender: str | None
    birth_year: int | None


@dataclass(frozen=True)
class Household:
    """One phone and the people of the audience behind it. It gets one message."""

    phone_id: int
    e164: str
    members: tuple[Member, ...]
    area_id: int | None = None  # the first member's commune


def count(audience: Audience, today: date | None = None) -> Count:
    """How many people, how many of them can be written to, on how many phones, and why the rest cannot."""
    today = today or today_in_vietnam()
    # Only who has a number is joined, and each reason is worked out once: a quarter less work on both databases.
    one = (
        _people(audience, today, everybody=False)
        .with_only_columns(_reason(audience, today).label("reason"), Phone.id.label("phone_id"))
        .cte("one")
        .prefix_with("MATERIALIZED")
    )
    phones = select(one.c.phone_id).where(one.c.reason == NO_REASON).group_by(one.c.phone_id).subquery()
    query = union_all(  # in one statement, so that the sums hold
        select(one.c.reason, func.count()).group_by(one.c.reason),
        select(literal(EVERYBODY), func.count()).select_from(Person).where(_filters(audience, today)),
        select(literal(PHONES), func.count()).select_from(phones),
    )
    rows = {row[0]: row[1] for row in db.session().execute(query)}
    people, recipients, eligible = rows.pop(EVERYBODY), rows.pop(PHONES), rows.get(NO_REASON, 0)
    rows[REASONS.index("no_phone")] = people - sum(rows.values())
    excluded = {name: rows[place] for place, name in enumerate(REASONS) if rows.get(place)}
    return Count(people, eligible, recipients, excluded)


def excluded_people(audience: Audience, reason: str, limit: int = 200) -> list[Person]:
    """The people left out for this reason, in Vietnamese order; for HOUSEHOLD those who share a message."""
    if reason not in (*REASONS, HOUSEHOLD):
        return []
    today = today_in_vietnam()
    shares = _shares(audience, today) if reason == HOUSEHOLD else None
    query = (
        _people(audience, today)
        .with_only_columns(Person)
        .where(_reason(audience, today) == REASONS.index(reason) if shares is None else shares)
        .order_by(Person.sort_key, Person.id)
        .limit(limit)
    )
    return list(db.session().scalars(query))


def _shares(audience: Audience, today: date) -> ColumnElement[bool]:
    """Not the first of the people of the audience behind this phone."""
    first = _eligible(audience, today).with_only_columns(func.min(Person.id)).group_by(Phone.id)
    return and_(_reason(audience, today) == NO_REASON, Person.id.not_in(first))


def people_by_place() -> dict[int, int]:
    """How many people of the registry live in each commune and each hamlet, by the area's id."""
    found: dict[int, int] = {}
    for place in (Person.area_id, Person.hamlet_id):
        query = select(place, func.count()).where(Person.listed).group_by(place)
        found |= {row[0]: row[1] for row in db.session().execute(query) if row[0] is not None}
    return found


def matching(audience: Audience, words: str, limit: int = 10) -> list[tuple[Person, str]]:
    """People whose names hold these words, each with the reason why he or she is left out, ``""`` when not.

    ``not_chosen``: the filters do not fit.
    """
    today, key = today_in_vietnam(), search_key(words)
    if not key:
        return []
    reason = case((_filters(audience, today), _reason(audience, today)), else_=literal(NOT_CHOSEN))
    first = and_(PersonPhone.person_id == Person.id, PersonPhone.position == 1)
    query = (
        select(Person, reason)
        .outerjoin(PersonPhone, first)
        .outerjoin(Phone, Phone.id == PersonPhone.phone_id)
        .where(Person.listed, Person.search_key.contains(key, autoescape=True))
        .order_by(Person.sort_key, Person.id)
        .limit(limit)
    )
    words_for = {NO_REASON: "", NOT_CHOSEN: "not_chosen", **dict(enumerate(REASONS))}
    return [(row[0], words_for[row[1]]) for row in db.session().execute(query)]


def households(audience: Audience, today: date | None = None) -> Iterator[list[Household]]:
    """All recipients in lists of 2,000, in the order of phone ids. One query, read piece by piece: memory stays flat."""
    rows = db.session().execute(_ordered(audience, today or today_in_vietnam()), execution_options=_STREAMED)
    houses = (_household(list(group)) for _, group in groupby(rows, key=lambda row: row.phone_id))
    while chunk := list(islice(houses, CHUNK)):
        yield chunk


def behind(audience: Audience, sent: Subquery) -> Select[int, int]:
    """Rows of (``sent.id``, a person's id): the people of the audience behind phones, for a query inside the database.

    ``sent`` has the columns ``id`` and ``phone_id``.
    """
    query = _eligible(audience, today_in_vietnam()).join(sent, sent.c.phone_id == Phone.id)
    return query.with_only_columns(sent.c.id, Person.id)


def reached(audience: Audience) -> Select[*tuple[Any, ...]]:
    """One row for each person who gets a message (id, name, gender, birth_year, area_id, phone_id, e164), for a query
    inside the database."""
    return _eligible(audience, today_in_vietnam())


def people_behind(phone_id: int) -> list[int]:
    """Everybody of the registry behind a phone, of this audience or not."""
    query = select(PersonPhone.person_id).join(Person, Person.id == PersonPhone.person_id)
    found = query.where(PersonPhone.phone_id == phone_id, Person.listed).order_by(PersonPhone.person_id)
    return list(db.session().scalars(found))


def sample(audience: Audience, size: int = 5) -> list[Household]:
    """The first few recipients, to show real people's real messages."""
    rows = db.session().execute(_ordered(audience, today_in_vietnam()).limit(size * 4))
    return [_household(list(group)) for _, group in groupby(rows, key=lambda row: row.phone_id)][:size]


def household_of(audience: Audience, person_id: int) -> Household | None:
    """The recipient that this person is behind, or None when the person is left out."""
    phone = select(PersonPhone.phone_id).where(PersonPhone.person_id == person_id, PersonPhone.position == 1)
    rows = list(db.session().execute(_eligible(audience, today_in_vietnam()).where(Phone.id.in_(phone))))
    return _household(rows) if any(row.id == person_id for row in rows) else None


def _household(rows: list[Any]) -> Household:
    members = tuple(Member(row.id, row.name, row.gender, row.birth_year) for row in rows)
    return Household(rows[0].phone_id, rows[0].e164, members, rows[0].area_id)


def _ordered(audience: Audience, today: date) -> Select[*tuple[Any, ...]]:
    return _eligible(audience, today).order_by(Phone.id, Person.id)


def _eligible(audience: Audience, today: date) -> Select[*tuple[Any, ...]]:
    query: Select[*tuple[Any, ...]] = (
        _people(audience, today)
        .with_only_columns(
            Person.id,
            Person.name,
            Person.gender,
            Person.birth_year,
            Person.area_id,
            Phone.id.label("phone_id"),
            Phone.e164,
        )
        .where(_reason(audience, today) == NO_REASON)
    )
    return query


def _people(audience: Audience, today: date, everybody: bool = True) -> Select[*tuple[Any, ...]]:
    """Each with the first number; ``everybody``: also who has none."""
    first = and_(PersonPhone.person_id == Person.id, PersonPhone.position == 1)
    return (
        select(Person)
        .join(PersonPhone, first, isouter=everybody)
        .join(Phone, Phone.id == PersonPhone.phone_id, isouter=everybody)
        .where(_filters(audience, today))
    )


def _filters(audience: Audience, today: date) -> ColumnElement[bool]:
    parts: list[ColumnElement[bool]] = []
    if audience.communes or audience.hamlets:
        # A unit that was merged into another since the draft was written means that other one.
        communes, hamlets = areas.today_of(audience.communes), areas.today_of(audience.hamlets)
        # + 0: the index gives the people of some communes in a scattered order, which takes SQLite longer than a scan
        parts.append(or_((Person.area_id + 0).in_(communes), (Person.hamlet_id + 0).in_(hamlets)))
    if audience.genders:
        parts.append(Person.gender.in_([gender for gender in audience.genders if gender in GENDERS]))
    if audience.languages:
        parts.append(
            Person.language.in_([language for language in audience.languages if language in LANGUAGES])
        )
    if audience.group is not None:
        parts.append(Person.id.in_(groups.members(audience.group)))
    if audience.age_from is not None:
        parts.append(Person.birth_year <= today.year - audience.age_from)
    if audience.age_to is not None:
        parts.append(Person.birth_year >= today.year - audience.age_to)
    return and_(Person.listed, *parts)


def _reason(audience: Audience, today: date) -> ColumnElement[int]:
    """The place of the reason in REASONS. Numbers, because PostgreSQL sorts words by the rules of a language, slowly."""
    rules: list[tuple[ColumnElement[bool], str]] = [
        (Phone.id.is_(None), "no_phone"),
        (Person.consents.is_(False), "no_consent"),
        (Phone.opted_out_at.is_not(None), "opted_out"),
        (Phone.state == DEAD, "dead_number"),
    ]
    if audience.channel == SMS:
        rules += [(Phone.no_sms_at.is_not(None), "no_sms"), (Phone.kind == "landline", "landline")]
    else:
        rules.append((Phone.no_voice_at.is_not(None), "no_voice"))
    if audience.adults_only:
        rules.append((Person.birth_year.is_(None), "age_unknown"))
        # Only the year is known: 18 is certain when the year after the eighteenth birthday has begun.
        rules.append((Person.birth_year > today.year - ADULT - 1, "under_age"))
    rules.append((Person.placed_at.is_not(None), "placed"))
    most = settings.get().most_contacts(audience.channel).per_week
    full = frequency.full(most, frequency.week_of(today), audience.channel)
    rules.append((Phone.id.in_(full), "capped"))
    return case(*[(rule, literal(REASONS.index(reason))) for rule, reason in rules], else_=literal(NO_REASON))
