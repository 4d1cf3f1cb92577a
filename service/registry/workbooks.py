"""Excel and OpenDocument files: which sheet, its rows, what is hidden, what is merged, and in which font it was typed."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, datetime
from itertools import chain, islice
from typing import Any

import python_calamine

from service.apart import Refusal
from service.registry import headings, hidden_columns, zip_guard
from service.registry.file_limits import MOST_COLUMNS, Table, check_range, trimmed
from service.text import old_encodings
from service.text.old_encodings import OF_FONTS, UTF8

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
HEAD_ROWS, SAMPLE_ROWS = 40, 1_000  # looked at for headings; for letters of an old font
MOST_MERGES = 50_000

Span = tuple[int, int, int, int]  # first row, first column, last row, last column; 0 is row 1


def read(data: bytes, encoding: str, wanted: str) -> Table:
    if data.startswith(OLE) and ENCRYPTED in data:
        raise Refusal("password")
    inside = zip_guard.inspect(data) if data.startswith(ZIP) else hidden_columns.of_xls(data)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    except python_calamine.PasswordError:
        raise Refusal("password") from None
    names = _visible(book)
    sheet = _used(book, wanted) if wanted in names else _first_list(book, names)
    if sheet is None:
        raise Refusal("empty")
    font = encoding if encoding in OF_FONTS else UTF8 if encoding else _font(sheet)
    rows = _filled(_rows(sheet), _spans(sheet) or inside.spans.get(sheet.name, []))
    if font in OF_FONTS:
        rows = ((number, [old_encodings.decode_cell(cell, font) for cell in cells]) for number, cells in rows)
    return Table(sheet.name, rows, font, names, inside.hidden.get(sheet.name, set()))


def _visible(book: Any) -> list[str]:
    """The sheets that a person sees."""
    return [
        meta.name
        for meta in book.sheets_metadata
        if meta.visible == python_calamine.SheetVisibleEnum.Visible
        and meta.typ == python_calamine.SheetTypeEnum.WorkSheet
    ]


def _first_list(book: Any, names: list[str]) -> Any:
    """The first sheet with headings of a list, else the first with anything in it."""
    first = None
    for name in names:
        sheet = _used(book, name)
        if sheet is None:
            continue
        font = _font(sheet)
        for _number, cells in islice(_rows(sheet), HEAD_ROWS):
            if headings.is_header([old_encodings.decode_cell(cell, font) for cell in cells]):
                return sheet
        first = first or sheet
    return first


def _used(book: Any, name: str) -> Any:
    sheet = book.get_sheet_by_name(name)
    if sheet.start is None or sheet.end is None:
        return None
    check_range(sheet.end[0] + 1, sheet.end[1] + 1)
    return sheet


def _font(sheet: Any) -> str:
    return old_encodings.of_cells(
        chain.from_iterable(cells for _number, cells in islice(_rows(sheet), SAMPLE_ROWS))
    )


def _rows(sheet: Any) -> Iterator[tuple[int, list[str]]]:
    """Rows as strings with the numbers that a person sees. The library leaves out empty columns at the left, not rows."""
    indent = [""] * sheet.start[1]
    for number, row in enumerate(sheet.iter_rows(), start=1):
        cells = trimmed([*indent, *map(_as_text, row)])
        if cells:
            yield number, cells


def _as_text(value: Any) -> str:
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime | date):
        return f"{value:%d/%m/%Y}"
    return str(value)


# -- merged cells


def _spans(sheet: Any) -> list[Span]:
    return [
        (first[0], first[1], last[0], last[1])
        for first, last in islice(sheet.merged_cell_ranges or (), MOST_MERGES)
        if last[0] > first[0]
    ]


def _filled(rows: Iterator[tuple[int, list[str]]], spans: list[Span]) -> Iterator[tuple[int, list[str]]]:
    """What a merged cell says, it says of each of its rows."""
    if not spans:
        return rows
    return _fill(rows, sorted(spans, reverse=True))


def _fill(rows: Iterator[tuple[int, list[str]]], coming: list[Span]) -> Iterator[tuple[int, list[str]]]:
    open_: list[tuple[Span, str]] = []
    for number, cells in rows:
        open_ = [(span, text) for span, text in open_ if span[2] >= number - 1]
        for (_top, column, _bottom, _right), text in open_:
            cells += [""] * (column + 1 - len(cells))
            cells[column] = cells[column] if cells[column].strip() else text
        while coming and coming[-1][0] <= number - 1:
            span = coming.pop()
            if (
                len(open_) < MOST_COLUMNS
                and span[0] == number - 1
                and span[1] < len(cells)
                and cells[span[1]].strip()
            ):
                open_.append((span, cells[span[1]]))
        yield number, cells
