"""A program of its own: reads a spreadsheet from standard input, writes its rows to standard output, one JSON a line.

Started by sheets.py in a process with little memory and little time, because files come from anywhere and the library
that opens them ends the whole process on some of them. Imports nothing of ours. The first line is {"sheet": name} or
{"refused": code, "values": {…}}; then [row number, [cells…]] for each row that is not empty; the last line is {"end": n}.
"""

from __future__ import annotations

import csv
import io
import json
import re
import resource
import sys
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date, datetime
from typing import Any
from xml.parsers import expat

import python_calamine

MEMORY, CPU_S = 1024**3, 15
MOST_ENTRIES, MOST_UNPACKED, MOST_RATIO, RATIO_FROM = 1_000, 200 * 1024**2, 100, 5 * 1024**2
MOST_ROWS, MOST_COLUMNS, MOST_CELLS = 200_000, 100, 10_000_000
LONGEST_CELL = 5_000
CHUNK = 1 << 18

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
SHEET_NAMES = ("xlsx", "xls", "xlsm", "xlsb", "ods")
DELIMITERS = ";\t,|"
_CELL = re.compile(rb"[\s]r\s*=\s*[\"']([A-Z]{1,3})([0-9]{1,7})[\"']")
_SEPARATOR_LINE = re.compile(r"\s*\"?sep=(.)\"?\s*\r?\n", re.IGNORECASE)

Rows = Iterable[tuple[int, list[str]]]


class Refusal(Exception):
    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.code, self.values_ = code, values


def main() -> None:
    _limit()
    data = sys.stdin.buffer.read()
    try:
        sheet, rows = read(data, sys.argv[1] if len(sys.argv) > 1 else "")
        _write({"sheet": sheet})
        count = 0
        for number, cells in rows:
            count += 1
            if count > MOST_ROWS:
                raise Refusal("too_many_rows", most=MOST_ROWS)
            _write([number, _checked(number, cells)])
        _write({"end": count})
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


def _write(line: Any) -> None:
    text = json.dumps(line, ensure_ascii=False, separators=(",", ":"))
    sys.stdout.buffer.write(text.encode("utf-8", "replace") + b"\n")


def _checked(number: int, cells: list[str]) -> list[str]:
    for column, cell in enumerate(cells):
        if len(cell) > LONGEST_CELL:
            raise Refusal("huge_cell", cell=f"{letters(column)}{number}")
    return cells


def letters(column: int) -> str:
    """``0`` → ``A``, ``26`` → ``AA``."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def read(data: bytes, name: str) -> tuple[str, Rows]:
    """The first visible sheet with anything in it: its name and rows."""
    if not data.strip():
        raise Refusal("empty")
    if data.startswith(ZIP):
        _check_zip(data)
        return _read_workbook(data)
    if data.startswith(OLE):
        if ENCRYPTED in data:
            raise Refusal("password")
        return _read_workbook(data)
    if name.lower().rpartition(".")[2] in SHEET_NAMES:
        raise Refusal("not_a_spreadsheet")
    return "", _read_csv(_decode(data))


# -- Excel and OpenDocument


def _check_zip(data: bytes) -> None:
    """Before the library opens it: what would it cost? Counted while inflating, because the directory can lie."""
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        names = file.namelist()
        if len(names) > MOST_ENTRIES:
            raise Refusal("unpacked")
        if not any(name in ("xl/workbook.xml", "content.xml", "xl/workbook.bin") for name in names):
            raise Refusal("not_a_spreadsheet")
        if any(name.lower().endswith(("vbaproject.bin", "vbadata.xml")) for name in names):
            raise Refusal("macros")
        if any(name.lower().startswith("xl/externallinks/") for name in names):
            raise Refusal("links")
        if any(entry.flag_bits & 1 for entry in file.infolist()):
            raise Refusal("password")
        most = min(MOST_UNPACKED, max(RATIO_FROM, MOST_RATIO * len(data)))
        for entry in file.infolist():
            most -= _inflate(file, entry, most)


def _inflate(file: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> int:
    """Read an entry to its end, watching its size and, in sheets, the cells. Returns the size."""
    size, watch = 0, _watch(entry.filename)
    with file.open(entry) as stream:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if size > most:
                raise Refusal("unpacked")
            if b"<!ENTITY" in chunk:
                raise Refusal("damaged")
            if watch is not None:
                watch.feed(chunk)
    return size


def _watch(name: str) -> _Excel | _OpenDocument | None:
    if name == "content.xml":
        return _OpenDocument()
    return _Excel() if name.lower().startswith("xl/worksheets/") else None


class _Excel:
    """Looks for the last row and column that a sheet's XML names. One stray cell at the corner costs 500 GB."""

    def __init__(self) -> None:
        self.rest, self.row, self.column = b"", 0, 0

    def feed(self, chunk: bytes) -> None:
        text = self.rest + chunk
        for match in _CELL.finditer(text):
            self.row, self.column = max(self.row, int(match[2])), max(self.column, number_of(match[1]))
        self.rest = text[-40:]
        _check_range(self.row, self.column)


class _OpenDocument:
    """The same for OpenDocument, where rows and cells are written once and repeated by a number."""

    def __init__(self) -> None:
        self.row = self.column = self.width = self.repeat = self.cell_repeat = 0
        self.filled = False
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = self._doctype

    def feed(self, chunk: bytes) -> None:
        self.parser.Parse(chunk, False)

    def _doctype(self, *_: Any) -> None:
        raise Refusal("damaged")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "table:table":
            self.row = 0
        elif name == "table:table-row":
            self.repeat, self.width, self.filled, self.column = _times(attributes, "rows"), 0, False, 0
        elif name in ("table:table-cell", "table:covered-table-cell"):
            self.column += _times(attributes, "columns")
            if "office:value-type" in attributes:
                self._text("x")

    def _text(self, words: str) -> None:
        if words.strip() and self.column:
            self.filled, self.width = True, self.column

    def _end(self, name: str) -> None:
        if name == "table:table-row":
            self.row += self.repeat
            self.column = 0
            if self.filled:
                _check_range(self.row, self.width)


def _times(attributes: dict[str, str], what: str) -> int:
    times = attributes.get(f"table:number-{what}-repeated", "1")
    return int(times) if times.isascii() and times.isdigit() else 1


def number_of(column: bytes) -> int:
    """``A`` → ``1``, ``AA`` → ``27``."""
    number = 0
    for letter in column:
        number = 26 * number + letter - 64
    return number


def _check_range(row: int, column: int) -> None:
    if row > 2 * MOST_ROWS or row * column > MOST_CELLS:
        raise Refusal("far_cell", cell=f"{letters(max(column, 1) - 1)}{row}", most=MOST_ROWS)


def _read_workbook(data: bytes) -> tuple[str, Rows]:
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    except python_calamine.PasswordError:
        raise Refusal("password") from None
    for meta in book.sheets_metadata:
        if meta.visible != python_calamine.SheetVisibleEnum.Visible:
            continue
        if meta.typ != python_calamine.SheetTypeEnum.WorkSheet:
            continue
        sheet = book.get_sheet_by_name(meta.name)
        if sheet.start is not None and sheet.end is not None:
            _check_range(sheet.end[0] + 1, sheet.end[1] + 1)
            return meta.name, _sheet_rows(sheet)
    raise Refusal("empty")


def _sheet_rows(sheet: Any) -> Iterator[tuple[int, list[str]]]:
    """Rows as strings with the numbers that a person sees. The library leaves out empty columns at the left, not rows."""
    indent = [""] * sheet.start[1]
    for number, row in enumerate(sheet.iter_rows(), start=1):
        cells = _trimmed([*indent, *map(_as_text, row)])
        if cells:
            yield number, cells


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime | date):
        return f"{value:%d/%m/%Y}"
    return str(value).replace("\0", "")


def _trimmed(cells: list[str]) -> list[str]:
    cells = cells[:MOST_COLUMNS]
    while cells and not cells[-1].strip():
        cells.pop()
    return cells


# -- text


def _decode(data: bytes) -> str:
    encoding = "utf-8-sig"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif data[1:400:2].count(0) > 100:
        encoding = "utf-16-le"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        code = "old_encoding" if encoding == "utf-8-sig" and b"\0" not in data else "damaged"
        raise Refusal(code) from None


def _read_csv(text: str) -> Rows:
    csv.field_size_limit(len(text) + 1)
    told = _SEPARATOR_LINE.match(text)
    if told:
        text = text[told.end() :]
    delimiter = told[1] if told else _delimiter(text)
    for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), start=1):
        for column, cell in enumerate(row):
            if "\0" in cell:
                raise Refusal("nul", cell=f"{letters(column)}{number}")
        cells = _trimmed(row)
        if cells:
            yield number, cells


def _delimiter(text: str) -> str:
    """The sign that makes the most cells of the first lines."""
    head = "\n".join(text.splitlines()[:30])

    def cells(sign: str) -> int:
        return sum(len(row) - 1 for row in csv.reader(io.StringIO(head, newline=""), delimiter=sign))

    return max(DELIMITERS, key=cells)


if __name__ == "__main__":
    main()
