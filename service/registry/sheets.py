"""A spreadsheet or CSV file as rows of strings, read in a process of its own (see sheet_reader.py)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from service import apart
from service.refused import Refused
from service.text import old_encodings

MOST_BYTES = 10 * 1024 * 1024
WALL_S = 30
LONGEST_SHARED = 24  # communes, hamlets, Nam and Nữ: kept once however often they stand in the list

ENCODINGS = old_encodings.NAMES  # code → what staff see


@dataclass(frozen=True, slots=True)
class Row:
    """A row that is not empty. ``number`` is what a person sees at its left; empty cells at the end are left out."""

    number: int
    cells: tuple[str, ...]

    def cell(self, column: int | None) -> str:
        return self.cells[column] if column is not None and column < len(self.cells) else ""


@dataclass(frozen=True)
class Sheet:
    """One sheet of a file. ``sheets``: all that a person sees in it; ``hidden``: columns that nobody sees (0 is A)."""

    name: str
    rows: list[Row]
    encoding: str = "utf-8"
    sheets: tuple[str, ...] = ()
    hidden: frozenset[int] = frozenset()


def letters(column: int) -> str:
    """The name of a column: ``0`` → ``A``, ``26`` → ``AA``."""
    name, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def column_of(letter: str) -> int:
    """``A`` → ``0``, ``AA`` → ``26``; ``-1`` for what is no column."""
    if not (letter.isascii() and letter.isalpha() and len(letter) <= 3):
        return -1
    number = 0
    for char in letter.upper():
        number = 26 * number + ord(char) - 64
    return number - 1


def read(data: bytes, filename: str, encoding: str = "", sheet: str = "") -> Sheet:
    """The rows of a sheet: of the one named, else of the first visible one with a list in it.

    ``encoding``: one of ENCODINGS, when staff know better than what is found out. Raises Refused("import.…") with what
    to do about the file.
    """
    if len(data) > MOST_BYTES:
        raise Refused("import.too_large", most="10 MB")
    rows: list[Row] = []
    shared: dict[str, str] = {}
    head: dict[str, Any] = {}
    for told in _lines(data, filename, encoding, sheet):
        if isinstance(told, list):
            rows.append(Row(told[0], tuple([_once(cell, shared) for cell in told[1]])))
        elif "refused" in told:
            raise Refused(f"import.{told['refused']}", **told["values"])
        elif "sheet" in told:
            head = told
        elif told.get("end") == len(rows) and head:
            return Sheet(
                head["sheet"], rows, head["encoding"], tuple(head["sheets"]), frozenset(head["hidden"])
            )
    raise Refused("import.unreadable")  # it was stopped in the middle: the limits of sheet_reader.py


def _once(cell: str, shared: dict[str, str]) -> str:
    return shared.setdefault(cell, cell) if len(cell) <= LONGEST_SHARED else cell


def _lines(data: bytes, filename: str, encoding: str, sheet: str) -> Iterator[Any]:
    """What the reader writes, line by line, as far as it comes."""
    asked = {"ending": filename.lower().rpartition(".")[2], "encoding": encoding, "sheet": sheet}
    try:
        yield from apart.told("service.registry.sheet_reader", asked, data, WALL_S)
    except apart.TooSlow:
        raise Refused("import.too_slow") from None
