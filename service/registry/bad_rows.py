"""The rows of a list that need a person: as they are shown to be mended, and as an Excel file for the commune to mend."""

from __future__ import annotations

import io
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO

import xlsxwriter

from service.refused import Refused
from service.registry import checking, problems, sheets
from service.registry.headings import PHONE
from service.registry.imports import OPEN, ImportBatch
from service.registry.problems import ERROR, INFO, SEVERITIES, WARN, Problem
from service.registry.seen import Seen
from service.staff import history
from service.staff.accounts import Staff
from service.text import phone_numbers
from service.text.vietnamese import one_line

LONGEST_TYPED = 200
REASON, ADVICE = "Lý do", "Nên làm gì"
_CELL = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")


@dataclass(frozen=True)
class Cell:
    """``at``: its name in the spreadsheet. ``offers``: what it may have meant; only a person may accept it."""

    at: str
    label: str
    text: str
    problems: tuple[Problem, ...] = ()
    offers: tuple[str, ...] = ()


@dataclass(frozen=True)
class BadRow:
    """``others``: problems that stand in no column of the list."""

    number: int
    cells: tuple[Cell, ...]
    others: tuple[Problem, ...] = ()


def level(batch: ImportBatch) -> str:
    """What to look at first: errors, then what is only doubtful."""
    return ERROR if batch.has_errors else WARN


def chosen(found: Sequence[Problem], which: str) -> list[Problem]:
    """The problems of a kind or of a severity."""
    return [problem for problem in found if which in (problem.kind, problem.severity)]


def rows(batch: ImportBatch, which: str, start: int, size: int) -> tuple[list[BadRow], int]:
    """A page of the rows with this kind or severity of problem, in the order of the list; and how many there are."""
    found, seen = batch.noted, batch.found
    numbers = sorted({problem.row for problem in chosen(found, which)})
    shown = numbers[start : start + size]
    of_row: dict[int, list[Problem]] = {number: [] for number in shown}
    for problem in found:
        if problem.row in of_row and problem.severity != INFO:
            of_row[problem.row].append(problem)
    return [_row(number, of_row[number], seen) for number in shown], len(numbers)


def _row(number: int, found: Sequence[Problem], seen: Seen) -> BadRow:
    cells = []
    for column, text in zip(seen.read, seen.cells.get(str(number), ()), strict=False):
        here = tuple(problem for problem in found if problem.column == column.letter)
        wrong = any(problem.severity == ERROR for problem in here)
        offers = (
            tuple(map(phone_numbers.shown, phone_numbers.read(text).offer))
            if wrong and column.field == PHONE
            else ()
        )
        cells.append(Cell(f"{column.letter}{number}", column.heading or column.letter, text, here, offers))
    letters = {column.letter for column in seen.read}
    return BadRow(number, tuple(cells), tuple(problem for problem in found if problem.column not in letters))


def typed(batch: ImportBatch, asked: Mapping[str, str]) -> dict[str, str]:
    """What staff mended: the cells (``D12`` → text) whose text is another than before. What is no cell is left out."""
    seen = batch.found
    letters = [column.letter for column in seen.read]
    edits: dict[str, str] = {}
    for at, text in asked.items():
        match = _CELL.fullmatch(at)
        if match is None or match[1] not in letters or match[2] not in seen.cells:
            continue
        before = seen.cells[match[2]][letters.index(match[1])]
        if one_line(text) != one_line(before):
            edits[at] = text.strip()[:LONGEST_TYPED]
    return edits


# ------------------------------------------------------------------------------------------------------- as a file


def write(batch: ImportBatch, which: str) -> tuple[IO[bytes], int]:
    """The bad rows with all their columns as they were sent, why and what to do; and how many. Only reads."""
    if batch.state not in OPEN or batch.file is None:
        raise Refused("import.already_done")
    found = chosen(batch.noted, which) or [problem for problem in batch.noted if problem.severity != INFO]
    if not found:
        raise Refused("import.no_bad_rows")
    seen = batch.found
    choices = batch.chosen
    sheet = sheets.read(batch.file, batch.filename, choices.encoding, choices.sheet)
    sheet = checking.mended(sheet, batch.edits)
    of_row: dict[int, list[Problem]] = {}
    for problem in found:
        of_row.setdefault(problem.row, []).append(problem)
    file = io.BytesIO()
    with tempfile.TemporaryDirectory(prefix="loa-bad-rows-") as folder:
        _fill(file, folder, sheet, seen.header_rows, of_row)
    file.seek(0)
    return file, len(of_row)


def _fill(
    file: IO[bytes], folder: str, sheet: sheets.Sheet, headers: Sequence[int], of_row: Mapping[int, list[Problem]]
) -> None:  # fmt: skip
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "tmpdir": folder,
    }
    book = xlsxwriter.Workbook(file, options)
    text = book.add_format({"num_format": "@", "quote_prefix": True})
    bad = book.add_format({"num_format": "@", "quote_prefix": True, "bg_color": "#fde2e0"})
    bold = book.add_format({"bold": True, "bottom": 1})
    page = book.add_worksheet("Dòng sai")
    width = max((len(row.cells) for row in sheet.rows), default=0)
    page.set_column(0, width - 1, 18)
    page.set_column(width, width + 1, 45)
    for line, (row, wrong, reasons) in enumerate(_lines(sheet, headers, of_row)):
        plain = bold if row.number in headers else text
        for column, cell in enumerate(row.cells):
            page.write_string(line, column, cell, bad if column in wrong else plain)
        for place, reason in enumerate(reasons):
            page.write_string(line, width + place, reason, plain)
    page.freeze_panes(len(headers), 0)
    book.close()


def _lines(
    sheet: sheets.Sheet, headers: Sequence[int], of_row: Mapping[int, list[Problem]]
) -> Iterator[tuple[sheets.Row, set[int], tuple[str, str]]]:
    for row in sheet.rows:
        if row.number in headers:
            yield row, set(), (REASON, ADVICE) if row.number == max(headers) else ("", "")
        elif row.number in of_row:
            found = of_row[row.number]
            why = "; ".join([problems.KINDS[problem.kind].title for problem in found])
            what = " ".join([problems.advice(problem) for problem in found])
            yield (
                row,
                {sheets.column_of(problem.column) for problem in found},
                (f"Dòng {row.number}: {why}", what),
            )


def taken(batch: ImportBatch, count: int, by: Staff) -> None:
    """The history keeps that these rows left the house."""
    history.record("people.bad_rows_taken", by, batch=batch.id, rows=count)


def by_kind(found: Sequence[Problem]) -> dict[str, int]:
    """How many problems of each kind, the worst first."""
    counts: dict[str, int] = dict.fromkeys(problems.KINDS, 0)
    for problem in found:
        counts[problem.kind] += 1
    order = sorted(problems.KINDS, key=lambda kind: SEVERITIES.index(problems.KINDS[kind].severity))
    return {kind: counts[kind] for kind in order if counts[kind]}
