"""What would a packed workbook cost to open? Counted while inflating, because its directory can lie.

On the way it is seen which columns are hidden and, in OpenDocument, which cells are merged: the library tells neither.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from dataclasses import dataclass, field
from xml.parsers import expat

from service.apart import Refusal
from service.registry.file_limits import MOST_COLUMNS, MOST_ROWS, check_range, number_of

MOST_ENTRIES, MOST_UNPACKED, MOST_RATIO, RATIO_FROM = 1_000, 200 * 1024**2, 100, 5 * 1024**2
CHUNK, CARRIED = 1 << 18, 64  # bytes read at once; of a chunk's end, looked at again with the next
MOST_SPANS = 50_000

_WORKBOOKS = ("xl/workbook.xml", "content.xml", "xl/workbook.bin")
_CELL = re.compile(rb"[\s]r\s*=\s*[\"']([A-Z]{1,3})([0-9]{1,7})[\"']")
_COLUMNS = re.compile(rb"<(?:\w+:)?col\s[^>]*>")
_HIDDEN = re.compile(rb"\shidden\s*=\s*[\"'](?:1|true)[\"']")
_FROM_TO = re.compile(rb"\s(min|max)\s*=\s*[\"'](\d{1,5})[\"']")


@dataclass
class Inside:
    """What is hidden and merged in each sheet, by its name. ``spans``: first row, first column, last row, last column."""

    hidden: dict[str, set[int]] = field(default_factory=dict)
    spans: dict[str, list[tuple[int, int, int, int]]] = field(default_factory=dict)


def inspect(data: bytes) -> Inside:
    """Raises Refusal for whatever is not a plain workbook of a bearable size."""
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        names = file.namelist()
        if len(names) > MOST_ENTRIES:
            raise Refusal("unpacked")
        if not any(name in _WORKBOOKS for name in names):
            raise Refusal("not_a_spreadsheet")
        if any(name.lower().endswith(("vbaproject.bin", "vbadata.xml")) or _is_basic(name) for name in names):
            raise Refusal("macros")
        if any(name.lower().startswith("xl/externallinks/") for name in names):
            raise Refusal("links")
        if any(entry.flag_bits & 1 for entry in file.infolist()):
            raise Refusal("password")
        most, sheets = min(MOST_UNPACKED, max(RATIO_FROM, MOST_RATIO * len(data))), {}
        for entry in file.infolist():
            watch = _watch(entry.filename)
            most -= _inflate(file, entry, most, watch)
            if isinstance(watch, _OpenDocument):
                return Inside(watch.hidden, watch.spans)
            if watch is not None:
                sheets[entry.filename] = watch.hidden
        return Inside({name: sheets.get(part, set()) for name, part in _sheet_parts(file).items()})


def _is_basic(name: str) -> bool:
    return name.startswith(("Basic/", "Scripts/")) and not name.endswith("/")


def _inflate(
    file: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int, watch: _Excel | _OpenDocument | None
) -> int:
    """Read an entry to its end, watching its size and, in sheets, the cells. Returns the size."""
    size, rest = 0, b""
    with file.open(entry) as stream:
        while chunk := stream.read(CHUNK):
            if size == 0 and chunk.startswith((b"\xff\xfe", b"\xfe\xff")) and entry.filename.endswith(".xml"):
                raise Refusal("damaged")  # XML in UTF-16 would hide what is looked for here
            size += len(chunk)
            if size > most:
                raise Refusal("unpacked")
            if b"<!ENTITY" in rest + chunk:
                raise Refusal("damaged")
            rest = chunk[-CARRIED:]
            if watch is not None:
                watch.feed(chunk)
    return size


def _watch(name: str) -> _Excel | _OpenDocument | None:
    if name == "content.xml":
        return _OpenDocument()
    return _Excel() if name.lower().startswith("xl/worksheets/") and name.lower().endswith(".xml") else None


class _Excel:
    """Looks for the last row and column that a sheet's XML names. One stray cell at the corner costs 500 GB."""

    def __init__(self) -> None:
        self.rest, self.row, self.column = b"", 0, 0
        self.filled_rows = self.values = 0
        self.hidden: set[int] = set()
        self.columns_to_come = True

    def feed(self, chunk: bytes) -> None:
        text = self.rest + chunk
        if self.columns_to_come:
            self._find_hidden(text)
        for match in _CELL.finditer(text):
            self.row = max(self.row, int(match[2]))
            self.column = max(self.column, number_of(match[1].decode()))
        self.rest = text[-CARRIED:]
        check_range(self.row, self.column)
        self._count(chunk)

    def _count(self, chunk: bytes) -> None:
        """Too many rows are seen here a second before the library has read them."""
        self.filled_rows += chunk.count(b"</row>")
        self.values += chunk.count(b"</v>") + chunk.count(b"</t>")
        if min(self.filled_rows, self.values) > MOST_ROWS:
            raise Refusal("too_many_rows", most=MOST_ROWS)

    def _find_hidden(self, text: bytes) -> None:
        """Columns are described before the first row."""
        self.columns_to_come = b"<sheetData" not in text
        for column in _COLUMNS.findall(text):
            ends = {key: int(number) for key, number in _FROM_TO.findall(column)}
            if _HIDDEN.search(column) and len(ends) == 2:
                self.hidden.update(range(ends[b"min"] - 1, min(ends[b"max"], MOST_COLUMNS)))


class _OpenDocument:
    """The same for OpenDocument, where rows and cells are written once and repeated by a number."""

    def __init__(self) -> None:
        self.row = self.column = self.width = self.repeat = self.described = 0
        self.filled = False
        self.table = ""
        self.hidden: dict[str, set[int]] = {}
        self.spans: dict[str, list[tuple[int, int, int, int]]] = {}
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text

    def feed(self, chunk: bytes) -> None:
        self.parser.Parse(chunk)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "table:table":
            self.table, self.row, self.described = attributes.get("table:name", ""), 0, 0
            self.hidden[self.table], self.spans[self.table] = set(), []
        elif name == "table:table-column":
            self._describe(attributes)
        elif name == "table:table-row":
            self.repeat, self.column, self.width = _times(attributes, "rows-repeated"), 0, 0
            self.filled = False
        elif name in ("table:table-cell", "table:covered-table-cell"):
            self._span(attributes)
            self.column += _times(attributes, "columns-repeated")
            if "office:value-type" in attributes:
                self._text("x")

    def _describe(self, attributes: dict[str, str]) -> None:
        times = _times(attributes, "columns-repeated")
        if attributes.get("table:visibility", "visible") != "visible":
            self.hidden[self.table].update(range(self.described, min(self.described + times, MOST_COLUMNS)))
        self.described += times

    def _span(self, attributes: dict[str, str]) -> None:
        rows = _times(attributes, "rows-spanned")
        if rows > 1 and len(self.spans.get(self.table, ())) < MOST_SPANS:
            last = self.column + _times(attributes, "columns-spanned") - 1
            self.spans[self.table].append((self.row, self.column, self.row + rows - 1, last))

    def _text(self, words: str) -> None:
        if words.strip() and self.column:
            self.filled, self.width = True, self.column

    def _end(self, name: str) -> None:
        if name == "table:table-row":
            self.row += self.repeat
            self.column = 0
            if self.filled:
                check_range(self.row, self.width)


def _times(attributes: dict[str, str], what: str) -> int:
    times = attributes.get(f"table:number-{what}", "1")
    return int(times) if times.isascii() and times.isdigit() and len(times) < 10 else 1


# -- which part of the file is which sheet


def _sheet_parts(file: zipfile.ZipFile) -> dict[str, str]:
    """Sheet name → its part of an Excel file. Empty when the file does not say it in the usual way."""
    try:
        book = _elements(file.read("xl/workbook.xml"))
        related = _elements(file.read("xl/_rels/workbook.xml.rels"))
    except (KeyError, expat.ExpatError):
        return {}
    parts = {
        said.get("Id", ""): posixpath.normpath(posixpath.join("/xl", said.get("Target", ""))).lstrip("/")
        for name, said in related
        if name == "Relationship"
    }
    return {
        said.get("name", ""): parts.get(next((said[key] for key in said if key.endswith(":id")), ""), "")
        for name, said in book
        if name == "sheet"
    }


def _elements(xml: bytes) -> list[tuple[str, dict[str, str]]]:
    found: list[tuple[str, dict[str, str]]] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, said: found.append((name.rpartition(":")[2], said))
    parser.Parse(xml, True)
    return found
