"""Which column of a list holds what: found by the headings, which are a table. What else stands there is not read.

Ethnic origin, identity numbers and the like are left alone on purpose: what is not needed is not kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from service.refused import Refused
from service.registry.sheets import Row, Sheet
from service.text.vietnamese import nfc, one_line, search_key

NAME, FAMILY, GIVEN, BIRTH, GENDER, MAN, WOMAN = "name", "family", "given", "birth", "gender", "man", "woman"
PHONE, COMMUNE, HAMLET, LANGUAGE, CONSENT, IGNORED = "phone", "commune", "hamlet", "language", "consent", ""
HEADER_WITHIN = 40  # rows of titles and addresses above the headings

# A heading that begins with these words. The longest match counts.
HEADINGS: dict[str, str] = {
    "ho va ten": NAME, "ho ten": NAME, "ten nguoi": NAME, "nguoi lao dong": NAME, "ten lao dong": NAME,
    "full name": NAME, "name": NAME, "ten day du": NAME,
    "ho va dem": FAMILY, "ho dem": FAMILY, "ho lot": FAMILY, "ho va chu dem": FAMILY, "ho va ten dem": FAMILY,
    "nam sinh": BIRTH, "ngay sinh": BIRTH, "ngay thang nam sinh": BIRTH, "sinh nam": BIRTH, "sinh ngay": BIRTH,
    "ngay thang sinh": BIRTH, "birth": BIRTH, "year of birth": BIRTH, "date of birth": BIRTH,
    "gioi tinh": GENDER, "nam nu": GENDER, "phai": GENDER, "sex": GENDER, "gender": GENDER,
    "so dien thoai": PHONE, "dien thoai": PHONE, "sdt": PHONE, "so dt": PHONE, "di dong": PHONE, "so may": PHONE,
    "so di dong": PHONE, "phone": PHONE, "mobile": PHONE, "telephone": PHONE,
    "xa thi tran": COMMUNE, "xa phuong": COMMUNE, "ten xa": COMMUNE, "don vi xa": COMMUNE, "commune": COMMUNE,
    "ten thon": HAMLET, "thon ban": HAMLET, "thon xom": HAMLET, "thon to": HAMLET, "ban lang": HAMLET, "xom ban": HAMLET,
    "to dan pho": HAMLET, "khu dan cu": HAMLET, "hamlet": HAMLET, "village": HAMLET,
    "ngon ngu": LANGUAGE, "tieng noi": LANGUAGE, "noi tieng": LANGUAGE, "tieng me de": LANGUAGE, "language": LANGUAGE,
    "dong y": CONSENT, "nhan tin": CONSENT, "cho phep nhan": CONSENT, "consent": CONSENT,
    "ten nguoi than": IGNORED, "ten chu ho": IGNORED, "ho ten chu ho": IGNORED, "ho va ten chu ho": IGNORED,
    "ho va ten bo": IGNORED, "ho va ten me": IGNORED, "ho va ten vo": IGNORED, "ho va ten chong": IGNORED,
    "so dien thoai nguoi than": IGNORED, "dan toc": IGNORED, "so cccd": IGNORED, "so cmnd": IGNORED, "nam sinh cha": IGNORED,
}  # fmt: skip
# Headings that are one short word: nothing may follow.
SHORT: dict[str, str] = {
    "ten": GIVEN, "ho": FAMILY, "dt": PHONE, "so dt lien he": PHONE, "lien he": PHONE, "xa": COMMUNE, "thon": HAMLET,
    "ban": HAMLET, "xom": HAMLET, "to": HAMLET, "khu": HAMLET, "lang": HAMLET, "tieng": LANGUAGE, "nu": WOMAN, "nam": MAN,
    "sinh": BIRTH, "gt": GENDER,
}  # fmt: skip
_NUMBERED = re.compile(r"\(?\d{1,2}\)?")
_TCVN3 = re.compile("hä (vµ )?tªn|tªn|n¨m sinh|®iÖn tho¹i")  # "họ và tên" … in a font from before Unicode
_TOTAL = re.compile(r"(tong( so| cong)?|cong)\b")


@dataclass(frozen=True)
class Columns:
    """Where each thing stands: field → column (0 is A). ``last_row``: the row below which the people begin."""

    at: dict[str, int]
    last_row: int
    headings: dict[str, str] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        return name in self.at

    def text(self, row: Row, name: str) -> str:
        """What stands in this row for this field, as it is."""
        return row.cell(self.at.get(name))

    def name(self, row: Row) -> str:
        """The whole name, which may be parted into family and given name."""
        if self.has(NAME):
            return one_line(self.text(row, NAME))
        return one_line(f"{self.text(row, FAMILY)} {self.text(row, GIVEN)}")

    def name_column(self) -> int:
        return self.at.get(NAME, self.at.get(FAMILY, self.at.get(GIVEN, 0)))


def find(sheet: Sheet) -> Columns:
    """The columns of a list. Raises Refused when there are no headings, or none for the telephone."""
    for place, row in enumerate(sheet.rows[:HEADER_WITHIN]):
        found = _fields(row)
        if not ({NAME, GIVEN} & found.keys() and len(found) >= 2):
            continue
        last = row
        below = sheet.rows[place + 1] if place + 1 < len(sheet.rows) else None
        if below is not None and (second := _second_row(below, found)):
            found, last = _merged(found, second), below
        if PHONE not in found:
            raise Refused("import.no_phone_column", row=row.number)
        return Columns(
            found, last.number, {name: one_line(row.cell(column)) for name, column in found.items()}
        )
    old = any(_TCVN3.search(cell.lower()) for row in sheet.rows[:HEADER_WITHIN] for cell in row.cells)
    raise Refused("import.old_encoding" if old else "import.no_header")


def _second_row(row: Row, found: dict[str, int]) -> dict[str, int]:
    """Headings under headings, such as Nam and Nữ under Giới tính. A row of a person has a name or a digit."""
    name = found.get(NAME, found.get(GIVEN))
    if row.cell(name).strip() or any(char.isdigit() for cell in row.cells for char in cell):
        return {}
    below = _fields(row)
    return {name: at for name, at in below.items() if at not in found.values() or name in (MAN, WOMAN)}


def _fields(row: Row) -> dict[str, int]:
    """What the headings of this row say; of two columns for one thing the first counts."""
    found: dict[str, int] = {}
    for column, cell in enumerate(row.cells):
        name = field_of(cell)
        if name:
            found.setdefault(name, column)
    return found


def _merged(found: dict[str, int], below: dict[str, int]) -> dict[str, int]:
    """Headings of two rows: "Giới tính" above "Nam" and "Nữ", "Liên hệ" above "Số điện thoại"."""
    merged = {**found, **below}
    if MAN in below or WOMAN in below:
        merged.pop(GENDER, None)
    return merged


def field_of(heading: str) -> str:
    """What a column of this heading holds; empty when it is nothing that we read."""
    if len(heading) > 120:
        return IGNORED
    key = search_key(heading)
    if key == "nam" and "ă" in nfc(heading).lower():
        return BIRTH  # "Năm", not "Nam": a year, not a mark for men
    if key in SHORT:
        return SHORT[key]
    best = ""
    for words in HEADINGS:
        if len(words) > len(best) and (key == words or key.startswith(words + " ")):
            best = words
    return HEADINGS.get(best, IGNORED)


def villagers(sheet: Sheet, columns: Columns) -> Iterator[Row]:
    """The rows that are people: no repeated headings, rows of numbers, sections, totals and signatures."""
    after_total = False
    for row in sheet.rows:
        if row.number <= columns.last_row or _is_heading(row, columns) or _is_numbering(row):
            continue
        if _is_total(row, columns):
            after_total = True
        elif _is_villager(row, columns, after_total):
            yield row


def _is_heading(row: Row, columns: Columns) -> bool:
    name = columns.name(row)
    if not name:
        return columns.text(row, PHONE).strip() != "" and field_of(columns.text(row, PHONE)) == PHONE
    return name in (columns.headings.get(NAME), columns.headings.get(FAMILY), columns.headings.get(GIVEN))


def _is_numbering(row: Row) -> bool:
    """(1) (2) (3) below the headings."""
    filled = [cell.strip() for cell in row.cells if cell.strip()]
    return len(filled) > 2 and all(_NUMBERED.fullmatch(cell) for cell in filled)


def _is_total(row: Row, columns: Columns) -> bool:
    if columns.text(row, BIRTH).strip():
        return False
    first = next((cell for cell in row.cells if cell.strip()), "")
    return any(_TOTAL.match(search_key(cell)) for cell in (first, row.cell(columns.name_column())))


def _is_villager(row: Row, columns: Columns, after_total: bool) -> bool:
    """Somebody with a number, a birth or a sex; or, in the list itself, a name with a running number or a place."""
    known = [name for name in (PHONE, BIRTH, GENDER, MAN, WOMAN) if columns.text(row, name).strip()]
    if after_total:
        return len(known) > 0 and bool(columns.name(row))
    if known:
        return True
    name = columns.name(row)
    if not name:
        return False
    others = [
        cell for column, cell in enumerate(row.cells) if cell.strip() and column != columns.name_column()
    ]
    return bool(others) or not columns.has(BIRTH)
