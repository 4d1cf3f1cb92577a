"""Which rows of a list are people: no titles, repeated headings, rows of numbers, sections, totals or signatures.

And what stands in a row because it stands in one above: a commune may be given once for the rows below it, by an empty
cell, by "nt" or by a ditto sign, or in a section's title. A new section or a total ends what was given.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from service.registry.headings import BIRTH, COMMUNE, CONSENT, GENDER, HAMLET, MAN, PHONE, WOMAN
from service.registry.layouts import BESIDE, Columns
from service.registry.place_lines import places_in
from service.registry.sheets import Row, Sheet
from service.text.vietnamese import nfc, one_line, search_key

PERSON, SECTION, TOTAL, END, NOTHING = "person", "section", "total", "end", ""

_NUMBERED = re.compile(r"[(\[]?\s*(?:\d{1,2}|[A-Z])\s*[)\]]?\.?")
_INDEX = re.compile(r"\(?\d{1,6}[.)]?")
_TOTAL = re.compile(
    r"(?:tong|cong|tong so|tong cong|luy ke|sum|total|an dinh|danh sach (?:nay )?(?:co|gom)|trong do|so nguoi)"
    r"(?: (?:\d|nguoi|lao dong|so|cong|xa|thon|trang|toan|ca|chung|nhom|danh sach|muc|phan|cac|hop|ket|nam|nu|ho|bang chu|la)\b.*)?"
)
_TONED_TOTAL = ("tổng", "cộng", "lũy", "luỹ", "ấn", "danh", "trong", "số")
_SIGNED = re.compile(
    r"(?:nguoi (?:lap|tong hop|ky|ghi|duyet|bao cao|viet)|lap bieu|xac nhan|tm|kt|thay mat|chu tich|pho chu tich|truong phong"
    r"|pho truong|thu truong|truong thon|truong ban|can bo|cong chuc|ke toan|giam doc|pho giam doc|noi nhan|ghi chu|luu y"
    r"|ky ten|da ky|ubnd|uy ban nhan dan|phe duyet|thu ky|chu toa|bi thu|ky va|ky ghi)\b"
)
_PLACE_AND_DAY = re.compile(r"\bngay\b.*\bthang\b.*\bnam\b")
_SECTION = re.compile(
    r"(?:(?:[ivx]{1,5}|[a-h]|\d{1,2}) )?(?:thon|xa|thi tran|tt|ban|xom|to|khu|lang|cac|phan|muc|nhom|danh sach|cum|to dan pho"
    r"|khoi|ap|bo sung|dot|huyen|trang)\b"
)
_TONED_SECTION = ("thôn", "xã", "thị", "tt", "bản", "xóm", "tổ", "khu", "làng", "các", "phần", "mục", "nhóm", "danh", "cụm", "khối", "ấp", "bổ", "đợt", "huyện", "trang")  # fmt: skip
_ROMAN = re.compile(r"(?:[IVX]{1,5}|[A-H])[.)]?|[*+\-•]")
_DITTO = frozenset({"nt", "n t", "nhu tren", "nhu tr", "idem", "cung tren", "n tren"})
_QUOTES, _SIGNS = frozenset("\"″”“〃'’‘`´"), frozenset("\"″”“〃'’‘`´-–—_.,/\\|~=:*… ")
LONGEST_DITTO = 12
_SOME_DIGITS, _PHONE_DIGITS = 3, 9
LONGEST_DATE = 30
MOST_IN_A_TITLE = 4  # cells of a section's title: II | Xã Xín Cái | 25 người
_COUNT = re.compile(r"\d+ (?:nguoi|ho|khau|lao dong|ld|nhan khau)\b")
_YEAR = re.compile(r"(?<!\d)(?:1[89]|20)\d\d(?!\d)")


@dataclass
class _Above:
    """What the rows below may mean by an empty cell or a ditto sign: field → what was said last."""

    said: dict[str, str] = field(default_factory=dict)
    title: dict[str, str] = field(default_factory=dict)

    def begin(self, places: dict[str, str]) -> None:
        """A section: a hamlet's belongs to the commune above it, any other ends what was given."""
        kept = (COMMUNE,) if HAMLET in places and COMMUNE not in places else ()
        self.said = {name: text for name, text in self.said.items() if name in kept}
        self.title = {**{name: text for name, text in self.title.items() if name in kept}, **places}


def villagers(sheet: Sheet, columns: Columns) -> Iterator[Row]:
    """The rows that are people, each with its commune, hamlet and number written out."""
    above, ended = _Above(), False
    for row in sheet.rows:
        if row.number <= columns.last_row:
            continue
        kind = _kind(row, columns, ended)
        if kind == PERSON:
            ended = False
            yield _written_out(row, columns, above)
        elif kind in (TOTAL, END):
            ended = True
            above.begin({})
        elif kind == SECTION:
            above.begin(places_in([cell for cell in row.cells if cell.strip()]))


def _kind(row: Row, columns: Columns, ended: bool) -> str:
    if _is_heading(row, columns):
        return NOTHING
    name = columns.name(row)
    named = any(map(str.isalpha, name))
    certain = _has_number(row, columns) or _has_year(row, columns)
    if certain and named:
        return PERSON
    if is_numbering(row):
        return NOTHING
    if not certain and (kind := _kind_of_line(row, columns, name)):
        return kind
    return PERSON if _is_person(row, columns, named, certain, ended) else NOTHING


def _kind_of_line(row: Row, columns: Columns, name: str) -> str:
    """What a row is by its words, when no number and no year say that it is somebody."""
    filled = [cell for cell in row.cells if cell.strip()]
    first = filled[0] if filled else ""
    if _is_total(first) or _is_total(name):
        return TOTAL
    for text in (first, name):
        key = search_key(text[:200])
        if _SIGNED.match(key) or _PLACE_AND_DAY.search(key):
            return END
    alone = len(filled) == 1
    may_be_title = alone or (len(filled) <= MOST_IN_A_TITLE and not _count(row, columns))
    if may_be_title and (_is_section(row, columns, first, name) or (alone and places_in(filled))):
        return SECTION
    return NOTHING


def _is_heading(row: Row, columns: Columns) -> bool:
    """Headings again, as on each printed page."""
    again = 0
    for cell, texts in zip(row.cells, columns.header_cells, strict=False):
        again += bool(cell) and not cell.isdigit() and cell.strip().casefold() in texts
    return again >= 2 and again * 2 >= sum(bool(cell.strip()) for cell in row.cells)


def is_numbering(row: Row) -> bool:
    """(1) (2) (3) below the headings."""
    filled = [cell.strip() for cell in row.cells if cell.strip()]
    return len(filled) > 2 and len(set(filled)) == len(filled) and all(map(_NUMBERED.fullmatch, filled))


def _is_total(text: str) -> bool:
    """ "Tổng cộng: 25 người", but not Mr Tống."""
    words = nfc(text).casefold().split()
    if not words or not _TOTAL.fullmatch(search_key(text[:200])):
        return False
    return words[0].isascii() or words[0].strip(":.,") in _TONED_TOTAL


def _is_section(row: Row, columns: Columns, first: str, name: str) -> bool:
    if _ROMAN.fullmatch(first.strip()) and columns.index is not None and row.cell(columns.index) == first:
        return True
    for text in (first, name):
        match = _SECTION.match(search_key(text[:200]))
        words = set(nfc(text).casefold().replace(".", " ").replace(":", " ").split()[:3])
        if match and (text.isascii() or words & set(_TONED_SECTION)):
            return True
    return False


def _is_person(row: Row, columns: Columns, named: bool, certain: bool, ended: bool) -> bool:
    """With a name, one thing more is enough; without one it must be certain, or two things that only people have."""
    numbered = columns.index is not None and bool(_INDEX.fullmatch(row.cell(columns.index).strip()))
    if ended:
        return (named and (certain or numbered)) or (numbered and certain)
    facts = _count(row, columns)
    if named:
        beside = any(columns.text(row, place).strip() for place in (HAMLET, COMMUNE) if columns.has(place))
        return certain or facts > 0 or numbered or beside or not columns.has(BIRTH)
    return _has_number(row, columns) or facts + numbered + _has_year(row, columns) > 1


def _count(row: Row, columns: Columns) -> int:
    """How many cells hold what only a person has; numbers under Nam and Nữ are sums."""
    texts = {name: columns.text(row, name).strip() for name in (BIRTH, GENDER, MAN, WOMAN, CONSENT, PHONE)}
    marks = [bool(texts[name]) and not texts[name].isdigit() for name in (GENDER, MAN, WOMAN, CONSENT)]
    return sum(marks) + bool(texts[BIRTH] and not texts[BIRTH].isdigit()) + _is_of_a_phone(texts[PHONE])


def _is_of_a_phone(text: str) -> bool:
    """Something that somebody would write into this column, even if it is no number; "25 người" is a sum."""
    if _digits(text) < _SOME_DIGITS and not any(map(str.isalpha, text)):
        return False
    return not _COUNT.match(search_key(text[:LONGEST_DATE]))


def _digits(text: str) -> int:
    return sum(map(str.isdigit, text))


def _has_number(row: Row, columns: Columns) -> bool:
    return any(_digits(row.cell(column)) >= _PHONE_DIGITS for column in columns.phones)


def _has_year(row: Row, columns: Columns) -> bool:
    for name in (BIRTH, MAN, WOMAN):
        if (cell := columns.text(row, name)) and len(cell) < LONGEST_DATE and _YEAR.search(cell):
            return True
    return False


# -- what stands above


def _written_out(row: Row, columns: Columns, above: _Above) -> Row:
    changed: dict[int, str] = {}
    for name in (COMMUNE, HAMLET, PHONE):
        column = columns.at.get(name, BESIDE[name])
        cell = row.cell(column)
        if _means_above(name, cell, columns):
            text = above.said.get(name, above.title.get(name, ""))
            if text:
                changed[column] = text
        elif cell.strip():
            above.said[name] = cell
            if name == COMMUNE:
                above.title.pop(COMMUNE, None)
    if not changed:
        return row
    cells = list(row.cells) + [""] * (max(changed) + 1 - len(row.cells))
    for column, text in changed.items():
        cells[column] = text
    return Row(row.number, tuple(cells))


def _means_above(name: str, cell: str, columns: Columns) -> bool:
    if not cell or cell.isspace():
        return name == COMMUNE or (name == HAMLET and (columns.in_groups or not columns.has(HAMLET)))
    if len(cell) > LONGEST_DITTO or cell[-1].isdigit():
        return False
    return _is_sign(cell) if name == COMMUNE else _is_ditto(cell)


@lru_cache(4096)
def _is_sign(cell: str) -> bool:
    """Anything but words and numbers, where a commune should stand."""
    return _is_ditto(cell) or all(char in _SIGNS for char in cell.strip())


@lru_cache(4096)
def _is_ditto(cell: str) -> bool:
    text = one_line(cell)
    quoted = bool(text) and all(char in _QUOTES or char in "- " for char in text)
    return search_key(text) in _DITTO or (quoted and any(char in _QUOTES for char in text))
