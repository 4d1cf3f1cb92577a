"""An entry: what one row of a list says of one person, cell by cell, with everything doubtful noted as a problem."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from service.registry import areas, cell_words, headings, place_lines, problems
from service.registry.areas import Area
from service.registry.cell_names import commune_code, hamlet_name, hamlet_of_address, person_name
from service.registry.layouts import BESIDE, Columns
from service.registry.people import FEMALE, MALE
from service.registry.problems import KINDS, Problem
from service.registry.sheets import Row, letters
from service.text import phone_numbers
from service.text.dates import year_of
from service.text.phone_numbers import MOBILE
from service.text.phone_owners import owner_of
from service.text.vietnamese import one_line

PhoneRow = tuple[str, str, str, str, str]  # e164, kind, as typed, what was changed, whose it is

LONGEST_NAME = 120
LONGEST_RAW, LONGEST_OWNER = 200, 60
OLDEST, YOUNGEST = 100, 14  # years; nobody else can look for work
UNREADABLE = "\ufffd"  # what a broken byte became


@dataclass
class Entry:
    """``phones``: those that can get an SMS first, then in the order of the list. ``consent`` none: not asked."""

    row: int
    name: str
    birth_year: int | None = None
    gender: str | None = None
    language: str | None = None
    commune: int | None = None
    hamlet: str = ""
    phones: list[PhoneRow] = field(default_factory=list)
    consent: bool | None = None
    skills: list[str] = field(default_factory=list)
    wishes: list[str] = field(default_factory=list)

    @property
    def numbers(self) -> list[str]:
        return [phone[0] for phone in self.phones]

    def as_row(self) -> dict[str, Any]:
        return dict(vars(self))


def from_row(row: dict[str, Any]) -> Entry:
    phones = [(*phone, "")[:5] for phone in row["phones"]]  # rows of before owners were kept have four
    return Entry(**{**row, "phones": phones})


class Reading:
    """Reads rows one after another, keeping what it learnt about communes. ``problems`` grows with each row.

    ``commune``: for rows that name none. ``on``: the day whose commune codes the list uses (default: today's).
    """

    def __init__(self, where: Columns, commune: Area | None, today: date, on: date | None = None) -> None:
        self.columns, self.today, self.on = where, today, on or today
        self.problems: list[Problem] = []
        self.numbers: dict[str, str] = {}  # all of the list, also of rows that are left out: number → kind
        self._communes: dict[tuple[str, str], int | None] = {}
        said = commune or (None if self._names_communes() else place_lines.of_titles(where.titles))
        self._commune_of_list = said.id if said is not None else None

    def _names_communes(self) -> bool:
        return any(map(self.columns.has, (headings.COMMUNE, headings.COMMUNE_CODE, headings.ADDRESS)))

    def read(self, row: Row) -> Entry | None:
        """The entry of a row; None when the row has no name that could be kept."""
        name = person_name(self.columns.name(row))
        phones = self._phones(row)
        if not self._is_name(row, name):
            return None
        entry = Entry(row.number, name, phones=phones)
        entry.birth_year = self._birth_year(row)
        entry.gender = self._gender(row)
        entry.language = self._language(row)
        entry.commune = self._commune(row)
        entry.hamlet = self._hamlet(row)
        entry.consent = self._consent(row)
        entry.skills = self._codes(row, headings.SKILLS)
        entry.wishes = self._codes(row, headings.WISHES)
        return entry

    def note(self, row: Row, name: str, kind: str, detail: str = "", at: int | None = None) -> None:
        if at is None:
            at = self.columns.name_column() if name == headings.NAME else self.columns.at.get(name)
        seen = row.cell(at if at is not None else BESIDE.get(name))
        self.problems.append(
            problems.noted(row.number, letters(at) if at is not None else "", kind, seen, detail)
        )

    def _is_name(self, row: Row, name: str) -> bool:
        if not any(char.isalpha() for char in name):
            self.note(row, headings.NAME, "no_name")
            return False
        if len(name) > LONGEST_NAME or UNREADABLE in name:
            self.note(row, headings.NAME, "bad_name")
            return False
        return True

    def _phones(self, row: Row) -> list[PhoneRow]:
        found: dict[str, PhoneRow] = {}
        columns_ = [at for at in self.columns.phones if row.cell(at).strip()] or self.columns.phones[:1]
        readings = [(at, phone_numbers.read(row.cell(at))) for at in columns_]
        some = any(reading.numbers for _at, reading in readings)
        for at, reading in readings:
            for kind in reading.remarks:
                if kind in KINDS and not (kind == phone_numbers.NO_PHONE and some):
                    self.note(row, headings.PHONE, kind, at=at)
            for phone in self._of_cell(row, at, reading):
                found.setdefault(phone[0], phone)
        self.numbers.update({phone[0]: phone[1] for phone in found.values()})
        return sorted(found.values(), key=lambda phone: phone[1] != MOBILE)

    def _of_cell(self, row: Row, at: int, reading: phone_numbers.Reading) -> list[PhoneRow]:
        raw = one_line(row.cell(at))[:LONGEST_RAW]
        told = (
            one_line(self.columns.text(row, headings.OWNER))[:LONGEST_OWNER]
            if at == self.columns.phones[0]
            else ""
        )
        told = told if any(char.isalpha() for char in told) and not cell_words.says_nothing(told) else ""
        whose = told or owner_of(self.columns.phone_headings.get(at, ""))
        return [
            (number.e164, number.kind, raw, ", ".join(number.changes)[:LONGEST_RAW], number.owner or whose)
            for number in reading.numbers
        ]

    def _birth_year(self, row: Row) -> int | None:
        at = next((at for at in self._birth_columns() if row.cell(at).strip()), None)
        text = one_line(row.cell(at))
        if not text:
            return None
        year, certain = year_of(text, self.today)
        if year is None or not self.today.year - OLDEST <= year <= self.today.year - YOUNGEST:
            self.note(row, headings.BIRTH, "bad_birth_year", at=at)
            return None
        if not certain:
            self.note(row, headings.BIRTH, "bad_birth_year", at=at)
        return year

    def _birth_columns(self) -> list[int]:
        """Where the year is written below Nam or below Nữ, it says both things at once."""
        if self.columns.has(headings.BIRTH):
            return [self.columns.at[headings.BIRTH]]
        return (
            [self.columns.at[name] for name in (headings.MAN, headings.WOMAN) if self.columns.has(name)]
            if self.columns.years_by_gender
            else []
        )

    def _gender(self, row: Row) -> str | None:
        has = self.columns.has
        if has(headings.MAN) or has(headings.WOMAN):
            return self._marked_gender(row)
        cell = self.columns.text(row, headings.GENDER)
        gender = cell_words.gender_of(cell)
        if gender is None and not cell_words.says_nothing(cell):
            self.note(row, headings.GENDER, "unknown_word")
        return gender

    def _marked_gender(self, row: Row) -> str | None:
        """Under Nam or under Nữ; where only women are marked, no mark is a man."""
        cells = {name: self.columns.text(row, name) for name in (headings.MAN, headings.WOMAN)}
        for cell in cells.values():
            if said := cell_words.gender_of(cell):
                return said
        man, woman = (cell_words.is_marked(cells[name]) for name in (headings.MAN, headings.WOMAN))
        if man == woman:
            only_women = not self.columns.has(headings.MAN) and self.columns.women_marked
            return MALE if only_women and not woman else None
        return MALE if man else FEMALE

    def _language(self, row: Row) -> str | None:
        cell = self.columns.text(row, headings.LANGUAGE)
        language = cell_words.language_of(cell)
        if language is None and not cell_words.says_nothing(cell):
            self.note(row, headings.LANGUAGE, "unknown_word")
        return language

    def _commune(self, row: Row) -> int | None:
        for name in (headings.COMMUNE, headings.ADDRESS, headings.COMMUNE_CODE):
            cell = self.columns.text(row, name)
            if not cell.strip():
                continue
            found = self._commune_of(name, cell)
            if found is None and name != headings.ADDRESS:
                self.note(row, name, "unknown_commune")
            if found is not None or name != headings.ADDRESS:
                return found
        if self._commune_of_list is None:
            name = next(
                (
                    name
                    for name in (headings.COMMUNE, headings.COMMUNE_CODE, headings.ADDRESS)
                    if self.columns.has(name)
                ),
                headings.COMMUNE,
            )
            self.note(row, name, "unknown_commune")
        return self._commune_of_list

    def _commune_of(self, name: str, cell: str) -> int | None:
        if (name, cell) not in self._communes:
            by_code = name == headings.COMMUNE_CODE
            found = (
                areas.commune_by_code(commune_code(cell), self.on) if by_code else areas.commune_by_name(cell)
            )
            self._communes[name, cell] = found.id if found is not None else None
        return self._communes[name, cell]

    def _hamlet(self, row: Row) -> str:
        told = hamlet_name(self.columns.text(row, headings.HAMLET))
        return told or hamlet_of_address(self.columns.text(row, headings.ADDRESS))

    def _consent(self, row: Row) -> bool | None:
        if self.columns.has(headings.AGREES) or self.columns.has(headings.REFUSES):
            return self._marked_consent(row)
        consent, understood = cell_words.consent_of(self.columns.text(row, headings.CONSENT))
        if not understood:
            self.note(row, headings.CONSENT, "unknown_consent")
        return consent

    def _marked_consent(self, row: Row) -> bool | None:
        """Under "Có" or under "Không"; both or neither says nothing."""
        yes, no = (
            cell_words.is_marked(self.columns.text(row, name)) for name in (headings.AGREES, headings.REFUSES)
        )
        if yes and no:
            self.note(row, headings.REFUSES, "unknown_consent")
        return None if yes == no else yes

    def _codes(self, row: Row, name: str) -> list[str]:
        cell = self.columns.text(row, name)
        if not cell.strip():
            return []
        codes, whole = cell_words.skills_in(cell) if name == headings.SKILLS else cell_words.wishes_in(cell)
        if not whole:
            self.note(row, name, "unknown_word")
        return codes


def merge(first: Entry, again: Entry) -> None:
    """The same person stands in the list twice: keep what either row says; of two words on consent the no counts."""
    for name in ("gender", "language", "commune"):
        if getattr(first, name) is None:
            setattr(first, name, getattr(again, name))
    first.hamlet = first.hamlet or again.hamlet
    first.phones += [phone for phone in again.phones if phone[0] not in first.numbers]
    for mine, theirs in ((first.skills, again.skills), (first.wishes, again.wishes)):
        mine += [code for code in theirs if code not in mine]
    if again.consent is not None:
        first.consent = again.consent if first.consent is None else first.consent and again.consent
