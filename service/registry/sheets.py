"""A spreadsheet or CSV file as rows of strings, read in a process that may die without harm (see sheet_reader.py)."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from service.refused import Refused
from service.text import old_encodings

ROOT = Path(__file__).parent.parent.parent
START = "import sys; sys.path.insert(0, sys.argv.pop(1)); from service.registry import sheet_reader; sheet_reader.main()"
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
    command = [sys.executable, "-I", "-c", START, str(ROOT), json.dumps(asked)]
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.seek(0)
        with subprocess.Popen(
            command, stdin=file, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}
        ) as reader:
            late = threading.Event()
            watch = threading.Timer(WALL_S, _stop, (reader, late))
            watch.start()
            try:
                for line in reader.stdout or ():
                    if (told := _told(line)) is None:
                        break
                    yield told
            finally:
                watch.cancel()
                reader.kill()
            if late.is_set():
                raise Refused("import.too_slow")


def _stop(reader: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    reader.kill()


def _told(line: bytes) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        return None
