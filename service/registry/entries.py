"""An entry: what one row of a list says of one person, cell by cell, with everything doubtful noted as a problem."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from service.registry import areas, columns, problems
from service.registry.areas import Area
from service.registry.columns import Columns
from service.registry.people import FEMALE, MALE
from service.registry.problems import KINDS, Problem
from service.registry.sheets import Row, letters
from service.text import phone_numbers
from service.text.phone_numbers import MOBILE
from service.text.vietnamese import one_line, search_key, title_name

key_of = lru_cache(4096)(search_key)  # the same few words stand in every row
LONGEST_NAME = 120
OLDEST, YOUNGEST = 100, 14  # years; nobody else can look for work
CONSENT_WORDS = {
    "co": True, "x": True, "dong y": True, "yes": True, "y": True, "dong": True, "true": True, "1": True, "v": True,
    "khong": False, "k": False, "ko": False, "no": False, "n": False, "khong dong y": False, "false": False, "0": False,
}  # fmt: skip
GENDER_WORDS = {
    "nam": MALE, "trai": MALE, "m": MALE, "male": MALE, "ong": MALE, "anh": MALE,
    "nu": FEMALE, "gai": FEMALE, "f": FEMALE, "female": FEMALE, "ba": FEMALE, "chi": FEMALE,
}  # fmt: skip
LANGUAGE_WORDS = {
    "mong": "hmn", "hmong": "hmn", "h mong": "hmn", "meo": "hmn", "tay": "tay-nung", "nung": "tay-nung",
    "tay nung": "tay-nung", "dao": "dao", "giay": "giay", "lo lo": "lolo", "lolo": "lolo", "kinh": "vi", "viet": "vi",
    "pho thong": "vi", "viet nam": "vi",
}  # fmt: skip
_TICKS = "✓✔☑√"
_YEAR = re.compile(
    r"(?:(\d{1,2})[/.\- ])?(?:(\d{1,2})[/.\- ])?(\d{4})|(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T].*)?"
)
_HAMLET = re.compile(r"(?:th[ôo]n\s+|t\.\s*)(?=\S)", re.IGNORECASE)


@dataclass
class Entry:
    """``phones``: (e164, kind, as typed, what was changed), those that can get an SMS first. ``consent`` none: not asked."""

    row: int
    name: str
    birth_year: int | None = None
    gender: str | None = None
    language: str | None = None
    commune: int | None = None
    hamlet: str = ""
    phones: list[tuple[str, str, str, str]] = field(default_factory=list)
    consent: bool | None = None

    @property
    def numbers(self) -> list[str]:
        return [phone[0] for phone in self.phones]

    def as_row(self) -> dict[str, Any]:
        return dict(vars(self))


def from_row(row: dict[str, Any]) -> Entry:
    entry = Entry(**row)
    entry.phones = [(phone[0], phone[1], phone[2], phone[3]) for phone in row["phones"]]
    return entry


class Reading:
    """Reads rows one after another, keeping what it learnt about communes. ``problems`` grows with each row."""

    def __init__(self, where: Columns, commune: Area | None, today: date) -> None:
        self.columns, self.commune, self.today = where, commune, today
        self.problems: list[Problem] = []
        self.numbers: dict[str, str] = {}  # all of the list, also of rows that are left out: number → kind
        self._communes: dict[str, int | None] = {}

    def read(self, row: Row) -> Entry | None:
        """The entry of a row; None when the row has no name that could be kept."""
        name = title_name(self.columns.name(row))
        phones = self._phones(row)
        if not self._is_name(row, name):
            return None
        entry = Entry(row.number, name, phones=phones)
        entry.birth_year = self._birth_year(row)
        entry.gender = self._gender(row)
        entry.language = LANGUAGE_WORDS.get(self._key(row, columns.LANGUAGE).removeprefix("tieng "))
        entry.commune = self._commune(row)
        entry.hamlet = hamlet_name(self.columns.text(row, columns.HAMLET))
        entry.consent = self._consent(row)
        return entry

    def _key(self, row: Row, name: str) -> str:
        return key_of(self.columns.text(row, name))

    def note(self, row: Row, name: str, kind: str, detail: str = "") -> None:
        at = self.columns.name_column() if name == columns.NAME else self.columns.at.get(name)
        column = letters(at) if at is not None else ""
        self.problems.append(problems.noted(row.number, column, kind, row.cell(at), detail))

    def _is_name(self, row: Row, name: str) -> bool:
        if not any(char.isalpha() for char in name):
            self.note(row, columns.NAME, "no_name")
            return False
        if len(name) > LONGEST_NAME:
            self.note(row, columns.NAME, "bad_name")
            return False
        return True

    def _phones(self, row: Row) -> list[tuple[str, str, str, str]]:
        raw = self.columns.text(row, columns.PHONE)
        reading = phone_numbers.read(raw)
        for kind in reading.remarks:
            if kind in KINDS:
                self.note(row, columns.PHONE, kind)
        self.numbers.update({number.e164: number.kind for number in reading.numbers})
        found = [(n.e164, n.kind, one_line(raw)[:200], ", ".join(n.changes)[:200]) for n in reading.numbers]
        return sorted(found, key=lambda phone: phone[1] != MOBILE)

    def _birth_year(self, row: Row) -> int | None:
        text = one_line(self.columns.text(row, columns.BIRTH))
        if not text:
            return None
        year, certain = year_of(text)
        if year is not None and not certain:
            self.note(row, columns.BIRTH, "bad_birth_year")
        elif year is None or not self.today.year - OLDEST <= year <= self.today.year - YOUNGEST:
            self.note(row, columns.BIRTH, "bad_birth_year")
            return None
        return year

    def _gender(self, row: Row) -> str | None:
        if self.columns.has(columns.MAN) or self.columns.has(columns.WOMAN):
            man, woman = (bool(self.columns.text(row, name).strip()) for name in (columns.MAN, columns.WOMAN))
            return None if man == woman else MALE if man else FEMALE
        return GENDER_WORDS.get(self._key(row, columns.GENDER))

    def _commune(self, row: Row) -> int | None:
        default = self.commune.id if self.commune is not None else None
        cell = self.columns.text(row, columns.COMMUNE)
        if not cell.strip():
            if default is None:
                self.note(row, columns.COMMUNE, "unknown_commune")
            return default
        if cell not in self._communes:
            found = areas.commune_by_name(cell)
            self._communes[cell] = found.id if found is not None else None
        if self._communes[cell] is None:
            self.note(row, columns.COMMUNE, "unknown_commune")
        return self._communes[cell]

    def _consent(self, row: Row) -> bool | None:
        cell = self.columns.text(row, columns.CONSENT).strip()
        if not cell or cell in "-–—.":
            return None
        if cell[0] in _TICKS:
            return True
        said = CONSENT_WORDS.get(key_of(cell))
        if said is None:
            self.note(row, columns.CONSENT, "unknown_consent")
        return said


def year_of(text: str) -> tuple[int | None, bool]:
    """``1986``, ``5/1986``, ``31/12/1986``, ``1986-12-31`` → 1986, and whether such a day exists (31/02/1986 does not)."""
    match = _YEAR.fullmatch(text)
    if match is None:
        return None, False
    if match[4]:
        year, month, day = int(match[4]), int(match[5]), int(match[6])
    else:
        first, second = match[1], match[2]
        year, month, day = int(match[3]), int(second or first or 1), int(first) if second and first else 1
    try:
        return date(year, month, day).year, True
    except ValueError:
        return year, False


@lru_cache(4096)
def hamlet_name(text: str) -> str:
    """The name of a hamlet without the word Thôn; Bản, Xóm and Tổ belong to the name."""
    name = one_line(text)[:100]
    return _HAMLET.sub("", name, count=1) if _HAMLET.match(name) else name


def merge(first: Entry, again: Entry) -> None:
    """The same person stands in the list twice: keep what either row says; of two words on consent the no counts."""
    for name in ("gender", "language", "commune"):
        if getattr(first, name) is None:
            setattr(first, name, getattr(again, name))
    first.hamlet = first.hamlet or again.hamlet
    first.phones += [phone for phone in again.phones if phone[0] not in first.numbers]
    if again.consent is not None:
        first.consent = again.consent if first.consent is None else first.consent and again.consent
