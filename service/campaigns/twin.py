"""What the message studio shows while somebody writes: the text with and without accents side by side, counted and
priced with real people's addresses, what makes it dear, and what can be misread.

Only the address differs from one recipient to the next, so one query finds out how long the addresses of an audience
are; everything else is counted from that, without reading 100,000 people again at each letter that is typed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Integer, Subquery, case, cast, func, select

from service import db
from service.campaigns import audience, notices
from service.campaigns.audience import Audience, Household, Member
from service.campaigns.campaigns import ACCENTS, PLAIN
from service.registry.people import MALE
from service.registry.phones import Phone
from service.text import placeholders, sms_text
from service.text.sms_text import Cleaned, Costly, Count, TwinWarning
from service.text.words import today_in_vietnam

SOMEBODY = Household(0, "", (Member(0, "Sùng Mí Páo", MALE, 1990),))  # when nobody is chosen yet
NOT_YET = "..."  # stands for what is not filled in yet
EDGES = 3  # how many of the shortest and of the longest lengths are looked at closely
_SCALE = 1_000  # above the length of any address
REMEMBERED, MOST_REMEMBERED = 30.0, 100  # seconds, audiences


@dataclass(frozen=True)
class Addresses:
    """How an audience is addressed. ``lengths``: (characters, households) from short to long; none: nobody is chosen
    and the households are invented."""

    lengths: tuple[tuple[int, int], ...]
    shortest: Household
    usual: Household
    longest: Household

    @property
    def recipients(self) -> int:
        return sum(households for _length, households in self.lengths)


NOBODY = Addresses((), SOMEBODY, SOMEBODY, SOMEBODY)


@dataclass(frozen=True)
class Real:
    """The message of one household, as it would be sent, and its price in đồng."""

    household: Household
    text: str
    count: Count
    price_vnd: int


@dataclass(frozen=True)
class Form:
    """The text in one form, PLAIN or ACCENTS. ``left`` and ``to_drop`` (characters) are about the longest message: what
    still goes into its last part, and what has to go for one part fewer; 0 where it has one. ``parts`` and
    ``price_vnd`` are of all messages together."""

    form: str
    shortest: Real
    usual: Real
    longest: Real
    left: int
    to_drop: int
    parts: int
    price_vnd: int
    costly: tuple[Costly, ...]


@dataclass(frozen=True)
class Twin:
    """``cleaned``: the text as it would be kept, and what was replaced in it. ``unfilled``: placeholders without a value."""

    cleaned: Cleaned
    unfilled: tuple[str, ...]
    recipients: int
    plain: Form
    accents: Form
    warnings: tuple[TwinWarning, ...]


def draw(text: str, facts: Mapping[str, str], to: Addresses, price_vnd: int, year: int | None = None) -> Twin:
    """Everything about a text. ``facts`` as notices.facts gives them, ``price_vnd`` of one part. Never raises."""
    cleaned = sms_text.clean(text)
    used = placeholders.names(cleaned.text) - {notices.ADDRESS}
    values = {name: facts.get(name) or (NOT_YET if name in facts else "{" + name + "}") for name in used}
    this_year = year or today_in_vietnam().year
    forms = [_form(form, cleaned.text, values, to, price_vnd, this_year) for form in (PLAIN, ACCENTS)]
    common = notices.composed(cleaned.text, values, plain=False)("")
    return Twin(
        cleaned=cleaned,
        unfilled=tuple(sorted(name for name in used if not facts.get(name))),
        recipients=to.recipients,
        plain=forms[0],
        accents=forms[1],
        warnings=tuple(sms_text.twin_warnings(common)),
    )


def _form(form: str, text: str, values: Mapping[str, str], to: Addresses, price_vnd: int, year: int) -> Form:
    write = notices.composed(text, values, plain=form == PLAIN)

    def real(household: Household) -> Real:
        message = write(notices.address_household(household, year))
        counted = sms_text.count(message)
        return Real(household, message, counted, counted.parts * price_vnd)

    longest = real(to.longest)
    letter = "a" if form == PLAIN else "ạ"  # any letter counts as much as another in its form
    parts = sum(sms_text.count(write(letter * length)).parts * number for length, number in to.lengths)
    return Form(
        form=form,
        shortest=real(to.shortest),
        usual=real(to.usual),
        longest=longest,
        left=sms_text.left(longest.text),
        to_drop=sms_text.to_drop(longest.text),
        parts=parts,
        price_vnd=parts * price_vnd,
        costly=tuple(sms_text.costly(longest.text)),
    )


def addresses(who: Audience, year: int | None = None) -> Addresses:
    """How long the addresses of this audience are, and whose is the shortest, the most usual and the longest.

    One query over the audience (see Memory) and one for the households that are shown.
    """
    this_year = year or today_in_vietnam().year
    lengths = _lengths(who, this_year)
    if not lengths:
        return NOBODY
    edges = [*lengths[:EDGES], *lengths[-EDGES:]]
    usual = max(lengths, key=lambda row: row.households)
    shown = _households(who, {phone for row in edges for phone in (row.first, row.last)} | {usual.first})
    by_length = sorted(
        shown.values(), key=lambda house: (len(notices.address_household(house, this_year)), house.phone_id)
    )
    return Addresses(
        lengths=tuple((row.length, row.households) for row in lengths),
        shortest=by_length[0],
        usual=shown.get(usual.first, by_length[0]),
        longest=by_length[-1],
    )


def _lengths(who: Audience, year: int) -> list[Any]:
    """(length, households, first and last phone) of each length of an address, from short to long."""
    phones = _by_phone(who, year)
    query = (
        select(
            phones.c.length,
            func.count().label("households"),
            func.min(phones.c.phone_id).label("first"),
            func.max(phones.c.phone_id).label("last"),
        )
        .group_by(phones.c.length)
        .order_by(phones.c.length)
    )
    return list(db.session().execute(query))


def _by_phone(who: Audience, year: int) -> Subquery:
    """(phone_id, length of its household's address), as notices.address_household makes it."""
    people = audience.reached(who).subquery()
    # Worked out once for each person; without this word databases do it again for each sum below.
    one = (
        select(people.c.phone_id, people.c.id, _length_of_one(people, year).label("length"))
        .cte("one")
        .prefix_with("MATERIALIZED")
    )
    together = func.sum(one.c.length)
    # Of more than two only the first (lowest id) is named: id and length travel in one number through min().
    first = func.min(one.c.id * _SCALE + one.c.length) % _SCALE
    length = case(
        (func.count() == 1, together),
        (func.count() == 2, together + len(notices.TWO)),
        else_=first + len(notices.FAMILY),
    )
    return select(one.c.phone_id, cast(length, Integer).label("length")).group_by(one.c.phone_id).subquery()


def _length_of_one(people: Subquery, year: int) -> ColumnElement[int]:
    """Letters of "anh Páo": the form by age and sex, a blank, the last word of the name."""
    name = people.c.name
    # What is left of a name when all its letters, but not its blanks, are taken off its end: all but the last word.
    given = func.length(name) - func.length(func.rtrim(name, func.replace(name, " ", "")))
    form = case(
        *[
            (people.c.birth_year <= year - age, _by_gender(people, forms))
            for age, forms in notices.FORMS
            if age
        ],
        else_=_by_gender(people, notices.FORMS[-1][1]),
    )
    return form + case((given > notices.LONGEST_NAME, 0), (given == 0, 0), else_=given + 1)


def _by_gender(people: Subquery, forms: dict[str, str]) -> ColumnElement[int]:
    known = [(people.c.gender == gender, len(form)) for gender, form in forms.items() if gender]
    return case(*known, else_=len(forms[""]))


def _households(who: Audience, phones: set[int]) -> dict[int, Household]:
    query = audience.reached(who).where(Phone.id.in_(phones)).order_by("phone_id", "id")
    rows = db.session().execute(query)
    return {
        phone: Household(
            phone, people[0].e164, tuple(Member(p.id, p.name, p.gender, p.birth_year) for p in people)
        )
        for phone, people in (
            (phone, list(group)) for phone, group in groupby(rows, key=lambda row: row.phone_id)
        )
    }


class Memory:
    """Addresses of the last audiences, for half a minute each: who types asks many times for the same audience."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: dict[tuple[Audience, int], tuple[float, Addresses]] = {}

    def addresses(self, who: Audience, year: int | None = None) -> Addresses:
        this_year, now = year or today_in_vietnam().year, self._clock()
        kept = self._kept.get((who, this_year))
        if kept is not None and now - kept[0] < REMEMBERED:
            return kept[1]
        found = addresses(who, this_year)
        if len(self._kept) >= MOST_REMEMBERED:
            self._kept.clear()
        self._kept[who, this_year] = now, found
        return found
