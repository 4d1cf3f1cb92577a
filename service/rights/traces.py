"""Traces of a person in free text: the numbers in whatever spelling, and the name in rows that are this person's."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, false, func, or_
from sqlalchemy.orm import InstrumentedAttribute

from service.text.vietnamese import search_key

GONE = "…"
SIGNS = (" ", ".", "-", "(", ")", "/")  # that people put between digits
LEAST_DIGITS = 8  # fewer digits are found in anything
_BETWEEN = r"[\s.\-()/]*"


@dataclass(frozen=True)
class Traces:
    """``digits``: the numbers without country code or first 0; ``names``: search keys."""

    digits: frozenset[str]
    names: frozenset[str]

    @classmethod
    def of(cls, numbers: Iterable[str], typed: Iterable[str], names: Iterable[str]) -> Traces:
        """``numbers`` as E.164, ``typed`` as in the lists (a number of before 2018 has other digits)."""
        found = {_national(number) for number in numbers}
        for cell in typed:
            found |= {_national(part) for part in re.split(r"[^\d\s.\-()+]", cell)}
        keys = {search_key(name) for name in names}
        return cls(
            frozenset(d for d in found if len(d) >= LEAST_DIGITS),
            frozenset(key for key in keys if " " in key),
        )

    def in_column(self, column: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
        """Rows whose text (or JSON) holds one of the numbers, for a query."""
        text: ColumnElement[Any] = cast(column, Text)
        for sign in SIGNS:
            text = func.replace(text, sign, "")
        return or_(*[text.contains(digits) for digits in self.digits]) if self.digits else false()

    def names_in(self, text: str) -> bool:
        """Does the text name this person? Only to be asked of texts that are about this person."""
        key = f" {search_key(text)} "
        return any(f" {name} " in key for name in self.names)

    def without_numbers(self, text: str) -> str:
        """The text with the numbers taken out."""
        for digits in self.digits:
            text = re.sub(r"\(?(?:\+?84|0)?" + _BETWEEN + _BETWEEN.join(digits), GONE, text)
        return text

    def cleaned(self, value: Any) -> Any:
        """The same for JSON."""
        if isinstance(value, str):
            return self.without_numbers(value)
        if isinstance(value, list):
            return [self.cleaned(one) for one in value]
        if isinstance(value, dict):
            return {name: self.cleaned(one) for name, one in value.items()}
        return value


def _national(number: str) -> str:
    digits = re.sub(r"\D", "", number)
    return (
        digits.removeprefix("84")
        if len(digits) > 10 and digits.startswith("84")
        else digits.removeprefix("0")
    )
