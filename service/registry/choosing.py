"""Choosing people: by a part of the name or number, by filters, or one by one. What is chosen can be kept as text."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import ColumnElement, Select, func, or_, select, tuple_

from service import db
from service.registry import people
from service.registry.areas import Area
from service.registry.consent import JOB_NOTICES, Consent
from service.registry.memberships import GroupMember
from service.registry.name_search import name_or_number
from service.registry.people import CHANNELS, GENDERS, LANGUAGES, Person
from service.registry.phones import DEAD, UNVERIFIED_AFTER, PersonPhone, Phone
from service.registry.tags import SKILL, SKILLS, WISH, WISHES, PersonTag
from service.staff.accounts import Staff
from service.text.words import today_in_vietnam

YES, NO, UNASKED = "yes", "no", "unasked"
CONSENTS = (YES, NO, UNASKED)
PHONES = ("none", "landline", "opted_out", "dead", "unverified")
MOST_ID = 2**63 - 1
MOST_VALUES = 500  # of one filter
PAGE = 50

# Field of Choice → its name in an address. Lists may stand there several times.
NAMES = {
    "text": "q", "communes": "commune", "hamlets": "hamlet", "genders": "gender", "age_from": "age_from",
    "age_to": "age_to", "languages": "language", "skills": "skill", "wishes": "wish", "consents": "consent",
    "phones": "phone", "channels": "channel", "quiet_weeks": "quiet", "willing": "willing", "group": "group",
    "persons": "person",
}  # fmt: skip
WORDS: dict[str, tuple[str, ...]] = {
    "genders": GENDERS, "languages": LANGUAGES, "skills": SKILLS, "wishes": WISHES, "consents": CONSENTS,
    "phones": PHONES, "channels": CHANNELS,
}  # fmt: skip
IDS = ("communes", "hamlets", "persons")
NUMBERS = {"age_from": 120, "age_to": 120, "quiet_weeks": 520, "group": MOST_ID}  # and the most of each


@dataclass(frozen=True)
class Choice:
    """Which people. Empty means all; values of one filter add up, filters narrow each other down.

    Places add up too: all of one commune, and two hamlets of another whether or not that one is named. Ages in years, reached this
    calendar year. ``quiet_weeks``: no message to any of their numbers for so long. ``willing``: said yes, and has not
    found work since. ``group``: a fixed group. ``persons``: these people alone; an empty list is nobody, None is all.
    """

    text: str = ""
    communes: tuple[int, ...] = ()
    hamlets: tuple[int, ...] = ()
    genders: tuple[str, ...] = ()
    age_from: int | None = None
    age_to: int | None = None
    languages: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    wishes: tuple[str, ...] = ()
    consents: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    quiet_weeks: int | None = None
    willing: bool = False
    group: int | None = None
    persons: tuple[int, ...] | None = None

    def parts(self) -> dict[str, Any]:
        """The filters that are set, in the order of the fields."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if value != getattr(EVERYBODY, name)}

    def pairs(self) -> list[tuple[str, str]]:
        """As it stands in an address or in hidden fields of a form."""
        pairs = []
        for name, value in self.parts().items():
            several = (value or (0,)) if isinstance(value, tuple) else (1,) if value is True else (value,)
            pairs += [(NAMES[name], str(one)) for one in several]
        return pairs

    def without(self, name: str, value: object = None) -> Choice:
        """The same with one value of a filter less, or without the filter."""
        left: dict[str, Any] = {name: getattr(EVERYBODY, name)}
        kept = getattr(self, name)
        if isinstance(kept, tuple) and value is not None and len(kept) > 1:
            left = {name: tuple(one for one in kept if one != value)}
        return replace(self, **left)

    def as_text(self) -> str:
        """The same in one hidden field."""
        return urlencode(self.pairs())

    @classmethod
    def from_text(cls, text: str) -> Choice:
        return cls.from_pairs(parse_qsl(text[:20_000]))

    def as_json(self) -> dict[str, Any]:
        return {
            name: list(value) if isinstance(value, tuple) else value for name, value in self.parts().items()
        }

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Choice:
        pairs = []
        for name, value in kept.items():
            several = (value or [0]) if isinstance(value, list) else [1 if value is True else value]
            pairs += [(NAMES[name], str(one)) for one in several if name in NAMES]
        return cls.from_pairs(pairs)

    @classmethod
    def from_pairs(cls, pairs: Iterable[tuple[str, str]]) -> Choice:
        """What an address says. What cannot be is left out: an old link still shows something."""
        said: dict[str, list[str]] = {}
        for name, value in pairs:
            said.setdefault(name, []).append(value)
        return cls(**{field: _read(field, said[name]) for field, name in NAMES.items() if name in said})


EVERYBODY = Choice()


def _read(field: str, said: list[str]) -> Any:
    if field == "text":
        return said[-1].replace("\0", "").strip()[:100]
    if field == "willing":
        return said[-1] == "1"
    if field in WORDS:
        return tuple(word for word in dict.fromkeys(said) if word in WORDS[field])[:MOST_VALUES]
    most = NUMBERS.get(field, MOST_ID)
    numbers = [
        int(word) for word in dict.fromkeys(said) if word.isascii() and word.isdigit() and len(word) < 20
    ]
    known = tuple(number for number in numbers if 0 < number <= most)
    return known[:MOST_VALUES] if field in IDS else (known[-1] if known else None)


def query(choice: Choice, staff: Staff | None) -> Select[Person]:
    """These people, as far as this member of staff may know of them (None: the service itself)."""
    found = people.visible_to(staff) if staff is not None else select(Person).where(Person.listed)
    for name, value in choice.parts().items():
        if name not in ("communes", "hamlets"):
            found = found.where(CONDITIONS[name](value))
    return found.where(_places(choice)) if choice.communes or choice.hamlets else found


def search(choice: Choice, staff: Staff, after: int | None = None, size: int = PAGE) -> list[Person]:
    """A page of these people in Vietnamese order. ``after``: the last person's id of the page before."""
    found = ids(choice, staff).order_by(Person.sort_key, Person.id).limit(size)
    last = db.session().get(Person, after) if after is not None else None
    if last is not None:
        found = found.where(tuple_(Person.sort_key, Person.id) > tuple_(last.sort_key, last.id))
    # Ids first: ix_person_find alone answers which, and only those few rows are fetched.
    listed = select(Person).where(Person.id.in_(list(db.session().scalars(found))))
    return list(db.session().scalars(listed.order_by(Person.sort_key, Person.id)))


def count(choice: Choice, staff: Staff | None) -> int:
    """How many people search() finds on all its pages."""
    found = query(choice, staff).with_only_columns(func.count()).order_by(None)
    return int(db.session().scalar(found) or 0)


def ids(choice: Choice, staff: Staff | None) -> Select[int]:
    """Their ids, for a query inside the database."""
    return query(choice, staff).with_only_columns(Person.id)


def _places(choice: Choice) -> ColumnElement[bool]:
    """Of a commune of which some hamlets are chosen, these alone."""
    if not choice.hamlets:
        return Person.area_id.in_(choice.communes)
    narrowed = select(Area.parent_id).where(Area.id.in_(choice.hamlets), Area.parent_id.is_not(None))
    whole = Person.area_id.in_(choice.communes) & Person.area_id.not_in(narrowed)
    return or_(whole, Person.hamlet_id.in_(choice.hamlets))


def _birth_year(age: int) -> int:
    return today_in_vietnam().year - age


def _tagged(kind: str) -> Callable[[tuple[str, ...]], ColumnElement[bool]]:
    def condition(codes: tuple[str, ...]) -> ColumnElement[bool]:
        tagged = select(PersonTag.person_id).where(PersonTag.kind == kind, PersonTag.code.in_(codes))
        return Person.id.in_(tagged)

    return condition


def _consents(codes: tuple[str, ...]) -> ColumnElement[bool]:
    asked = (
        select(Consent.person_id)
        .where(Consent.purpose == JOB_NOTICES, Consent.person_id == Person.id)
        .exists()
    )
    meanings = {
        YES: Person.consents.is_(True),
        NO: Person.consents.is_(False) & asked,
        UNASKED: Person.consents.is_(False) & ~asked,
    }
    if {NO, UNASKED} <= set(codes):  # asked or not: PostgreSQL would read all consents, twice
        meanings[NO] = meanings[UNASKED] = Person.consents.is_(False)
    return or_(*[meanings[code] for code in codes])


def _phones(codes: tuple[str, ...]) -> ColumnElement[bool]:
    mine = select(PersonPhone.person_id).where(PersonPhone.person_id == Person.id)
    first = select(PersonPhone.person_id).where(PersonPhone.position == 1)
    mobile = mine.join(Phone, Phone.id == PersonPhone.phone_id).where(Phone.kind == "mobile")
    long_ago = db.clock() - UNVERIFIED_AFTER
    unverified = or_(PersonPhone.verified_at.is_(None), PersonPhone.verified_at < long_ago)
    meanings = {
        "none": ~mine.exists(),
        "landline": _on_phone(Phone.kind == "landline") & ~mobile.exists(),
        "opted_out": _on_phone(Phone.opted_out_at.is_not(None)),
        "dead": _on_phone(Phone.state == DEAD),
        "unverified": Person.id.in_(first.where(unverified)),
    }
    return or_(*[meanings[code] for code in codes])


def _on_phone(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """One of their numbers is like that."""
    numbers = select(Phone.id).where(condition)
    return Person.id.in_(select(PersonPhone.person_id).where(PersonPhone.phone_id.in_(numbers)))


def _quiet(weeks: int) -> ColumnElement[bool]:
    since = db.clock() - timedelta(weeks=weeks)
    reached = select(PersonPhone.person_id).join(
        Phone, Phone.id == PersonPhone.phone_id
    )  # most are, so by persons
    return Person.id.not_in(reached.where(Phone.contacted_at >= since))


def _willing(_yes: bool) -> ColumnElement[bool]:
    not_since = or_(Person.placed_at.is_(None), Person.placed_at < Person.said_yes_at)
    return Person.said_yes_at.is_not(None) & not_since


def _in_group(group: int) -> ColumnElement[bool]:
    return Person.id.in_(select(GroupMember.person_id).where(GroupMember.group_id == group))


CONDITIONS: dict[str, Callable[[Any], ColumnElement[bool]]] = {
    "text": name_or_number,
    "genders": Person.gender.in_,
    "age_from": lambda age: Person.birth_year <= _birth_year(age),
    "age_to": lambda age: Person.birth_year >= _birth_year(age),
    "languages": Person.language.in_,
    "skills": _tagged(SKILL),
    "wishes": _tagged(WISH),
    "consents": _consents,
    "phones": _phones,
    "channels": Person.channel.in_,
    "quiet_weeks": _quiet,
    "willing": _willing,
    "group": _in_group,
    "persons": Person.id.in_,
}
