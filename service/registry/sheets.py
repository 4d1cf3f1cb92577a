"""A spreadsheet or CSV file as rows of strings, read in a process that may die without harm (see sheet_reader.py)."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from service.refused import Refused

READER = Path(__file__).with_name("sheet_reader.py")
MOST_BYTES = 10 * 1024 * 1024
WALL_S = 20


@dataclass(frozen=True)
class Row:
    """A row that is not empty. ``number`` is what a person sees at its left; empty cells at the end are left out."""

    number: int
    cells: list[str]

    def cell(self, column: int | None) -> str:
        return self.cells[column] if column is not None and column < len(self.cells) else ""


@dataclass(frozen=True)
class Sheet:
    name: str
    rows: list[Row]


def letters(column: int) -> str:
    """The name of a column: ``0`` → ``A``, ``26`` → ``AA``."""
    name, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def read(data: bytes, filename: str) -> Sheet:
    """The rows of the first sheet in use. Raises Refused("import.…") with what to do about the file."""
    if len(data) > MOST_BYTES:
        raise Refused("import.too_large", most="10 MB")
    lines = _run(data, filename).splitlines()
    first = _told(lines[0]) if lines else None
    last = _told(lines[-1]) if lines else None
    for line in (first, last):
        if isinstance(line, dict) and "refused" in line:
            raise Refused(f"import.{line['refused']}", **line["values"])
    if not isinstance(first, dict) or not isinstance(last, dict) or last.get("end") != len(lines) - 2:
        raise Refused("import.unreadable")  # it was stopped in the middle: the limits of sheet_reader.py
    return Sheet(first["sheet"], [Row(*json.loads(line)) for line in lines[1:-1]])


def _run(data: bytes, filename: str) -> bytes:
    """What the reader wrote, as far as it came."""
    command = [sys.executable, "-I", str(READER), filename]
    try:
        done = subprocess.run(
            command,
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=WALL_S,
            env={},
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Refused("import.too_slow") from None
    return done.stdout


def _told(line: bytes) -> object:
    try:
        return json.loads(line)
    except ValueError:
        return None
