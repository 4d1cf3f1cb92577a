"""What sheets.py starts in a process of its own (see apart.py): reads a file, tells its rows.

One JSON a line: the first is {"sheet", "sheets", "encoding", "hidden"}, then
[row number, [cells…]] for each row that is not empty; the last is {"end": n}, or {"refused": code, "values": {…}}
wherever the reading stopped.
"""

from __future__ import annotations

import zipfile
from xml.parsers import expat

import python_calamine

from service import apart
from service.apart import Refusal
from service.registry import text_files, workbooks
from service.registry.file_limits import LONGEST_CELL, MOST_ROWS, Table, letters

MEMORY, CPU_S = 1024**3, 15
SHEET_NAMES = ("xlsx", "xls", "xlsm", "xlsb", "ods")


def main() -> None:
    """Asked: the ending of the file's name, the encoding and the sheet that staff chose (or nothing)."""
    apart.confine(MEMORY, CPU_S)
    asked = apart.asked()
    try:
        _tell_all(read(apart.given(), asked["ending"], asked["encoding"], asked["sheet"]))
    except Refusal as refusal:
        apart.refuse(refusal)
    except (python_calamine.CalamineError, zipfile.BadZipFile, expat.ExpatError, EOFError, OSError):
        apart.refuse(Refusal("damaged"))


def read(data: bytes, ending: str, encoding: str, sheet: str) -> Table:
    """The table of a file. ``encoding`` and ``sheet``: empty when they are to be found out."""
    if not data.strip():
        raise Refusal("empty")
    if data.startswith((workbooks.ZIP, workbooks.OLE)):
        return workbooks.read(data, encoding, sheet)
    if ending in SHEET_NAMES:
        raise Refusal("not_a_spreadsheet")
    return text_files.read(data, encoding)


def _tell_all(table: Table) -> None:
    apart.tell(
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
        apart.tell([number, _checked(number, cells)])
    apart.tell({"end": count})


def _checked(number: int, cells: list[str]) -> list[str]:
    for column, cell in enumerate(cells):
        if len(cell) > LONGEST_CELL:
            raise Refusal("huge_cell", cell=f"{letters(column)}{number}")
    return cells
