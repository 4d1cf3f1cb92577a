"""A list read as the import reads it, row by row, with what is said of each row: what tests compare with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from service.registry import areas, columns, matching, sheets
from service.registry.areas import Area
from service.registry.entries import Entry, Reading
from service.registry.layouts import Columns
from service.registry.problems import Problem, noted
from service.registry.sheets import Row, Sheet
from service.text import phone_numbers
from service.text.phone_numbers import MOBILE

LISTS = Path(__file__).with_name("lists")
TODAY = date(2026, 11, 23)


@dataclass
class Read:
    """``rows``: the rows that are people; ``entries``: by row, none where there is no name."""

    sheet: Sheet
    where: Columns
    rows: dict[int, Row]
    entries: dict[int, Entry | None]
    numbers: dict[str, str]
    problems: list[Problem]
    people: list[Entry]

    def kinds(self, row: int) -> list[tuple[str, str]]:
        return [(problem.column, problem.kind) for problem in self.problems if problem.row == row]

    def rows_of_numbers(self) -> dict[str, set[int]]:
        """In which rows each mobile number stands, also those without a name."""
        found: dict[str, set[int]] = {}
        for number, row in self.rows.items():
            for column in self.where.phones:
                for phone in phone_numbers.read(row.cell(column)).numbers:
                    if phone.kind == MOBILE:
                        found.setdefault(phone.e164, set()).add(number)
        return found


def read(
    data: bytes, name: str = "list.csv", commune: Area | None = None, chosen: Mapping[str, str] | None = None,
    encoding: str = "", sheet: str = "",
) -> Read:  # fmt: skip
    table = sheets.read(data, name, encoding, sheet)
    where = columns.find(table, chosen)
    reading = Reading(where, commune, TODAY)
    rows = {row.number: row for row in columns.villagers(table, where)}
    # copies: uniting fills in the first of two rows
    entries = {number: reading.read(row) for number, row in rows.items()}
    again = [
        Entry(**{**vars(entry), "phones": list(entry.phones)})
        for entry in entries.values()
        if entry is not None
    ]
    people, doubles = matching.unite(again)
    found = [
        noted(twin.row, sheets.letters(where.name_column()), "duplicate_person", twin.name, str(first.row))
        for twin, first in doubles
    ]
    return Read(table, where, rows, entries, reading.numbers, reading.problems + found, list(people))


def read_file(name: str) -> Read:
    return read((LISTS / name).read_bytes(), name)


def code_of(commune: int | None) -> str | None:
    area = areas.find(commune) if commune is not None else None
    return area.code if area is not None else None


def mobiles(entry: Entry) -> list[str]:
    return [number for number, kind, *_rest in entry.phones if kind == MOBILE]
