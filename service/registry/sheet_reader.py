"""What sheets.py starts in a process of its own: reads a file from standard input, writes rows to standard output.

In a process with little memory and little time, because files come from anywhere and the library that opens them ends
the whole process on some of them. One JSON a line: the first is {"sheet", "sheets", "encoding", "hidden"}, then
[row number, [cells…]] for each row that is not empty; the last is {"end": n}, or {"refused": code, "values": {…}}
wherever the reading stopped.
"""

from __future__ import annotations

import json
import resource
import sys
import zipfile
from contextlib import suppress
from typing import Any
from xml.parsers import expat

import python_calamine

from service.registry import text_files, workbooks
from service.registry.file_limits import LONGEST_CELL, MOST_ROWS, Refusal, Table, letters

MEMORY, CPU_S = 1024**3, 15
SHEET_NAMES = ("xlsx", "xls", "xlsm", "xlsb", "ods")


def main() -> None:
    """``argv``: the ending of the file's name, the encoding and the sheet that staff chose (or nothing), as JSON."""
    _limit()
    asked = json.loads(sys.argv[1])
    try:
        _write_all(read(sys.stdin.buffer.read(), asked["ending"], asked["encoding"], asked["sheet"]))
    except Refusal as refusal:
        _write({"refused": refusal.code, "values": refusal.values_})
    except (python_calamine.CalamineError, zipfile.BadZipFile, expat.ExpatError, EOFError, OSError):
        _write({"refused": "damaged", "values": {}})
    sys.stdout.flush()


def _limit() -> None:
    """Little memory, little time, no files, no memory image that would hold names and numbers."""
    limits = [(resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, CPU_S), (resource.RLIMIT_FSIZE, 0)]
    for kind, most in [*limits, (resource.RLIMIT_CORE, 0)]:
        with suppress(ValueError, OSError):  # macOS does not know all of them
            resource.setrlimit(kind, (most, most))


def read(data: bytes, ending: str, encoding: str, sheet: str) -> Table:
    """The table of a file. ``encoding`` and ``sheet``: empty when they are to be found out."""
    if not data.strip():
        raise Refusal("empty")
    if data.startswith((workbooks.ZIP, workbooks.OLE)):
        return workbooks.read(data, encoding, sheet)
    if ending in SHEET_NAMES:
        raise Refusal("not_a_spreadsheet")
    return text_files.read(data, encoding)


def _write_all(table: Table) -> None:
    _write(
        {
            "sheet": table.name,
            "sheets": table.sheets,
            "encoding": table.encoding,
            "hidden": sorted(table.hidden),
        }
    )
    count = 0
    for number, cells in table.rows:
        count += 1
        if count > MOST_ROWS:
            raise Refusal("too_many_rows", most=MOST_ROWS)
        _write([number, _checked(number, cells)])
    _write({"end": count})


def _checked(number: int, cells: list[str]) -> list[str]:
    for column, cell in enumerate(cells):
        if len(cell) > LONGEST_CELL:
            raise Refusal("huge_cell", cell=f"{letters(column)}{number}")
    return cells


def _write(line: Any) -> None:
    text = json.dumps(line, ensure_ascii=False, separators=(",", ":"))
    sys.stdout.buffer.write(text.encode("utf-8", "replace") + b"\n")
