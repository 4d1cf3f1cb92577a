"""What is typed into the search field: parts of a name, with or without accents, or of a number, whole or masked."""

from __future__ import annotations

import re
import unicodedata

from sqlalchemy import ColumnElement, and_, or_, select, true

from service.registry.people import Person
from service.registry.phones import PersonPhone, Phone
from service.text.vietnamese import search_key

LEAST_DIGITS = 3  # fewer are in too many numbers; the 0 that all begin with does not count
COUNTRY = "+84"
_ABROAD = re.compile(r"[^\w*]*(?:\+|00)84")
_DIALLED = re.compile(r"[^\w*]*0(?=[1-9])")
_MASK = re.compile(r"[*…]|\.\.\.|\bx+\b", re.IGNORECASE)


def name_or_number(text: str) -> ColumnElement[bool]:
    """Words in any order, each a part of the name; three digits or more are part of a number: ``páo 0912``."""
    text = _MASK.sub(" * ", unicodedata.normalize("NFKC", text))
    numeric = [word for word in text.split() if not any(char.isalpha() for char in word)]
    digits = _digits(" ".join(numeric))
    words = [word for word in text.split() if word not in numeric]
    if words and digits < LEAST_DIGITS:
        words, numeric = words + numeric, []
    parts = [Person.search_key.contains(word) for word in search_key(" ".join(words)).split()]
    if numeric and digits >= LEAST_DIGITS:
        parts.append(_has_number_like(" ".join(numeric)))
    return and_(true(), *parts)


def _digits(typed: str) -> int:
    """How many digits say something: not the 0 or +84 at the beginning."""
    rest = _DIALLED.sub("", _ABROAD.sub("", typed, count=1), count=1)
    return sum(char.isdecimal() for char in rest)


def _has_number_like(typed: str) -> ColumnElement[bool]:
    # One IN inside the other: SQLite then reads the index of numbers first, and not a phone for each person.
    numbers = select(Phone.id).where(_number_like(typed))
    return Person.id.in_(select(PersonPhone.person_id).where(PersonPhone.phone_id.in_(numbers)))


def _number_like(typed: str) -> ColumnElement[bool]:
    """``0912 345`` and ``0912 *** 345`` also find 0912 000 345: groups of digits in this order.

    What begins with 0 or +84 begins the number, and what follows a mask ends it.
    """
    groups = re.findall(r"\d+", _ABROAD.sub("0", typed, count=1))
    end = "" if "*" in typed and not typed.rstrip().endswith("*") else "%"
    anywhere = Phone.e164.like("%" + "%".join(groups) + end)
    if not _DIALLED.match(typed) and not _ABROAD.match(typed):
        return anywhere
    begins = [part for part in (groups[0].removeprefix("0"), *groups[1:]) if part]
    begun = Phone.e164.like(COUNTRY + "%".join(begins) + end)
    return begun if len(groups) > 1 else or_(begun, anywhere)  # 0345 may be the last digits as well
