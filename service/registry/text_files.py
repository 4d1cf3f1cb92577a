"""A list as text: CSV in whatever encoding and with whatever sign between the cells."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator

from service.apart import Refusal
from service.registry.file_limits import Table, letters, trimmed
from service.text import old_encodings
from service.text.old_encodings import OF_BYTES, OF_FONTS, UTF8, UTF16

DELIMITERS = ";\t,|"
HEAD_LINES = 60
UNREADABLE = "\ufffd"
_BOMS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_LOOKED_AT, _ZERO_SHARE = 4_000, 0.25  # bytes at the start; share of zeros in every other one
_MOST_UNREADABLE = 0.01
_SEPARATOR_LINE = re.compile(r"\s*\"?sep=(.)\"?\s*\r?\n", re.IGNORECASE)


def read(data: bytes, encoding: str) -> Table:
    """``encoding``: what staff said it is; empty when it is to be found out."""
    text = _unicode(data, encoding)
    found = encoding or (UTF16 if _utf16(data) else UTF8)
    if text is None:
        found = encoding if encoding in OF_BYTES else old_encodings.of_bytes(data) or UTF8
        text = data.decode("latin-1") if found in OF_BYTES else _mostly_utf8(data)
        return Table("", _decoded(_rows(text), found, of_cells=False), found)
    if not encoding:
        font = old_encodings.of_cells([text])  # typed in an old font, saved as Unicode since
        found = font if font in OF_FONTS else found
    return Table("", _decoded(_rows(text), found, of_cells=True), found)


def _unicode(data: bytes, encoding: str) -> str | None:
    """The text of a file in Unicode. Raises Refusal when it begins as such a file and is broken."""
    utf16 = _utf16(data)
    if utf16:
        try:
            return data.decode(utf16).removeprefix("\ufeff")
        except UnicodeDecodeError:
            raise Refusal("damaged") from None
    if encoding == UTF16:
        raise Refusal("damaged")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None


def _utf16(data: bytes) -> str:
    """Which UTF-16 it is: told by its first bytes, or by the zeros beside each Latin letter and digit."""
    if data[:2] in _BOMS:
        return _BOMS[data[:2]]
    even, odd = data[:_LOOKED_AT:2], data[1:_LOOKED_AT:2]
    for zeros, others, name in ((odd, even, "utf-16-le"), (even, odd, "utf-16-be")):
        if zeros.count(0) > _ZERO_SHARE * len(zeros) and others.count(0) < zeros.count(0) // 10:
            return name
    return ""


def _mostly_utf8(data: bytes) -> str:
    """UTF-8 with a few broken bytes, which are shown as such in their cells."""
    text = data.decode("utf-8-sig", "replace")
    if text.count(UNREADABLE) > max(1, _MOST_UNREADABLE * len(text)):
        raise Refusal("damaged" if "\0" in text else "old_encoding")
    return text


def _decoded(
    rows: Iterator[tuple[int, list[str]]], encoding: str, of_cells: bool
) -> Iterator[tuple[int, list[str]]]:
    """Cell by cell, because a font of capitals is the business of a cell."""
    if encoding not in OF_BYTES:
        return rows
    if of_cells:
        return (
            (number, [old_encodings.decode_cell(cell, encoding) for cell in cells]) for number, cells in rows
        )
    return ((number, [old_encodings.decode(cell, encoding) for cell in cells]) for number, cells in rows)


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(len(text) + 1)
    told = _SEPARATOR_LINE.match(text)
    if told:
        text = text[told.end() :]
    delimiter = told[1] if told else _delimiter(text)
    text = _ditto_signs_quoted(text, delimiter)
    for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), start=1):
        for column, cell in enumerate(row):
            if "\0" in cell:
                raise Refusal("nul", cell=f"{letters(column)}{number}")
        cells = trimmed(row)
        if cells:
            yield number, cells


def _delimiter(text: str) -> str:
    """The sign that parts the most of the first lines into the same number of cells."""
    head = "\n".join(text[:1_000_000].splitlines()[:HEAD_LINES])

    def regular_cells(sign: str) -> int:
        widths = Counter(len(row) for row in csv.reader(io.StringIO(head, newline=""), delimiter=sign))
        return max(((width - 1) * rows for width, rows in widths.items()), default=0)

    return max(DELIMITERS, key=regular_cells)


def _ditto_signs_quoted(text: str, delimiter: str) -> str:
    """A lone " between two separators means "as above"; for the CSV reader it would open a cell of many lines."""
    if '"' not in text:
        return text
    between = re.escape(delimiter)
    lone = re.compile(f'(?:(?<=^)|(?<={between}))"(?={between}|\r?$)', re.MULTILINE)
    lines = text.split("\n")
    for place, line in enumerate(lines):
        if '"' in line and (signs := len(lone.findall(line))) and (line.count('"') - signs) % 2 == 0:
            lines[place] = lone.sub('""""', line)
    return "\n".join(lines)
