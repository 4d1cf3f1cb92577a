"""Which column of a list holds what: staff's word first, then the headings, then what stands in the column itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from service.refused import Refused
from service.registry import column_contents, header_rows, people_rows
from service.registry.header_rows import HEADER_WITHIN
from service.registry.headings import (
    ADDRESS,
    AGREES,
    BIRTH,
    COMMUNE,
    COMMUNE_CODE,
    CONSENT,
    FAMILY,
    GENDER,
    GIVEN,
    HAMLET,
    INDEX,
    LANGUAGE,
    MAN,
    NAME,
    NOT_READ,
    OWNER,
    PHONE,
    REFUSES,
    SKILLS,
    WISHES,
    WOMAN,
    field_of,
    meaning,
    weak_meaning,
)  # fmt: skip
from service.registry.layouts import CONTENT, HEADING, STAFF, Columns, ColumnView, Layout
from service.registry.sheets import Row, Sheet, column_of, letters
from service.text.vietnamese import one_line

__all__ = ["FIELDS", "Columns", "field_of", "find", "look", "villagers"]

SAMPLED, SAMPLES, LONGEST_SAMPLE = 300, 3, 40
NO_HEADER, NO_NAME, NO_PHONE = "no_header", "no_name_column", "no_phone_column"


def N_(sentence: str) -> str:
    """Marks a sentence for the catalogue of the screens. Returns it as it is."""
    return sentence


# What staff may say that a column is, in the order of the choice
FIELDS: dict[str, str] = {
    NAME: N_("Họ và tên"), FAMILY: N_("Họ và tên đệm"), GIVEN: N_("Tên (cột riêng)"), BIRTH: N_("Năm sinh hoặc ngày sinh"),
    GENDER: N_("Giới tính"), MAN: N_("Nam (đánh dấu)"), WOMAN: N_("Nữ (đánh dấu)"), PHONE: N_("Số điện thoại"),
    OWNER: N_("Người nhận máy"), HAMLET: N_("Thôn"), COMMUNE: N_("Xã"), COMMUNE_CODE: N_("Mã xã"), ADDRESS: N_("Địa chỉ (thôn, xã)"),
    LANGUAGE: N_("Tiếng nói"), CONSENT: N_("Đồng ý nhận tin"), AGREES: N_("Có đồng ý (đánh dấu)"),
    REFUSES: N_("Không đồng ý (đánh dấu)"), SKILLS: N_("Nghề, tay nghề"), WISHES: N_("Nguyện vọng"),
}  # fmt: skip
_ONE_INSTEAD_OF = {NAME: (FAMILY, GIVEN), GENDER: (MAN, WOMAN), CONSENT: (AGREES, REFUSES)}

villagers = people_rows.villagers


@dataclass
class _Found:
    """What is known so far: column → (what it holds, how we know)."""

    header: Sequence[Row]
    headings: dict[int, str] = field(default_factory=dict)
    fields: dict[int, tuple[str, str]] = field(default_factory=dict)

    def columns_of(self, name: str) -> list[int]:
        return sorted(column for column, (said, _by) in self.fields.items() if said == name)

    def has(self, name: str) -> bool:
        return bool(self.columns_of(name))


def look(sheet: Sheet, chosen: Mapping[str, str] | None = None, header_row: int = 0) -> Layout:
    """Every column with what it is taken for. ``chosen``: letter → field ("" for do not read). Never raises."""
    found = _found(sheet, chosen or {}, header_row)
    width = max((len(row.cells) for row in sheet.rows), default=0)
    samples = _samples(sheet, found)
    views = []
    for column in range(width):
        said, by = found.fields.get(column, ("", ""))
        shown = said if said in FIELDS else ""
        views.append(
            ColumnView(
                letter=letters(column),
                heading=found.headings.get(column, ""),
                field=shown,
                samples=tuple(samples.get(column, ())),
                hidden=column in sheet.hidden,
                by=by if shown or by == STAFF else "",
            )
        )
    return Layout(tuple(row.number for row in found.header), tuple(views), _problem(found))


def find(sheet: Sheet, chosen: Mapping[str, str] | None = None, header_row: int = 0) -> Columns:
    """The columns of a list. Raises Refused when there are no headings, no name, or nothing for the telephone."""
    found = _found(sheet, chosen or {}, header_row)
    last = found.header[-1].number if found.header else 0
    if problem := _problem(found):
        raise Refused(f"import.{problem}", row=last)
    first = found.header[0].number if found.header else 0
    at = {name: found.columns_of(name)[0] for name in FIELDS if found.has(name)}
    below = _below(sheet, found.header)
    titles = [cell for row in sheet.rows if row.number < first for cell in row.cells if cell.strip()]
    return Columns(
        at=at,
        last_row=last,
        headings={name: found.headings.get(column, "") for name, column in at.items()},
        phones=tuple(found.columns_of(PHONE)),
        index=next(iter(found.columns_of(INDEX)), None),
        titles=tuple(titles),
        header_cells=header_rows.texts(found.header),
        in_groups=column_contents.is_in_groups(below, at.get(HAMLET)),
        women_marked=column_contents.is_marked(below, at.get(WOMAN)),
        years_by_gender=BIRTH not in at and column_contents.has_years(below, [at.get(MAN), at.get(WOMAN)]),
        phone_headings={column: found.headings.get(column, "") for column in found.columns_of(PHONE)},
    )


def _problem(found: _Found) -> str:
    told = any(by == STAFF for _said, by in found.fields.values())
    if not found.header and not told:
        return NO_HEADER
    if not (found.has(NAME) or found.has(GIVEN)):
        return NO_NAME
    return "" if found.has(PHONE) else NO_PHONE


def _found(sheet: Sheet, chosen: Mapping[str, str], header_row: int) -> _Found:
    found = _Found(header_rows.find(sheet, header_row))
    _read_headings(found)
    hidden = [column for column in found.fields if column in sheet.hidden]
    for column in hidden:
        found.fields[column] = (NOT_READ, HEADING)
    _take_households(found)
    _take_years(found, _below(sheet, found.header))
    _take_chosen(found, chosen, max((len(row.cells) for row in sheet.rows), default=0))
    _read_contents(found, _below(sheet, found.header), sheet.hidden)
    return found


def _read_headings(found: _Found) -> None:
    """Of two columns for one thing the first counts; telephone numbers may stand in several."""
    width = max((len(row.cells) for row in found.header), default=0)
    taken: set[str] = set()
    for column in range(width):
        parts = list(dict.fromkeys(part for row in found.header if (part := one_line(row.cell(column)))))
        found.headings[column] = " / ".join(parts)
        said = header_rows.meaning_of(found.header, column, parts)
        if said and (said in (PHONE, NOT_READ) or said not in taken):
            found.fields[column] = (said, HEADING)
            taken.add(said)
        elif said:
            found.fields[column] = (NOT_READ, HEADING)
    _prefer_the_better(found)


def _prefer_the_better(found: _Found) -> None:
    """A column with the thing itself beats the parts of it."""
    if not found.has(AGREES) and found.has(REFUSES):
        for column in found.columns_of(CONSENT):
            found.fields[column] = (AGREES, HEADING)
    for whole, parts in _ONE_INSTEAD_OF.items():
        marked = [column for part in parts for column in found.columns_of(part)]
        if not (found.has(whole) and marked):
            continue
        # Giới tính with Nam and Nữ below, Đồng ý with Có and Không below: the columns below tell it
        losers = marked if whole == NAME else found.columns_of(whole)
        for column in losers:
            found.fields[column] = (NOT_READ, HEADING)


def _take_households(found: _Found) -> None:
    """A list of heads of households: what is said of them is all there is."""
    for column, heading in found.headings.items():
        said = weak_meaning(heading)
        if said and not found.has(said) and not (said == NAME and found.has(GIVEN)):
            found.fields[column] = (said, HEADING)


def _take_years(found: _Found, rows: Sequence[Row]) -> None:
    """Of "Ngày sinh" and "Năm sinh" the one with years in it."""
    births = [
        column for column, heading in found.headings.items() if meaning(heading.split(" / ")[-1]) == BIRTH
    ]
    if len(births) > 1 and found.has(BIRTH):
        best = max(births, key=lambda column: column_contents.years(rows, column))
        for column in births:
            found.fields[column] = (BIRTH if column == best else NOT_READ, HEADING)


def _take_chosen(found: _Found, chosen: Mapping[str, str], width: int) -> None:
    for letter, name in chosen.items():
        column = column_of(letter)
        if not 0 <= column < width or (name and name not in FIELDS):
            continue
        if name and name != PHONE:
            for other in found.columns_of(name):
                found.fields[other] = (NOT_READ, HEADING)
        found.fields[column] = (name or NOT_READ, STAFF)
    for name, by in list(found.fields.values()):
        parts = [other for part in _ONE_INSTEAD_OF.get(name, ()) for other in found.columns_of(part)]
        if by == STAFF:
            for other in parts:
                if found.fields[other][1] != STAFF:
                    found.fields[other] = (NOT_READ, HEADING)


def _below(sheet: Sheet, header: Sequence[Row]) -> list[Row]:
    last = header[-1].number if header else 0
    return [row for row in sheet.rows[: SAMPLED + HEADER_WITHIN] if row.number > last][:SAMPLED]


def _read_contents(found: _Found, rows: Sequence[Row], hidden: frozenset[int]) -> None:
    """What no heading names is told by what stands in a column, where that is beyond doubt."""
    width = max((len(row.cells) for row in rows), default=0)
    free = [column for column in range(width) if column not in found.fields and column not in hidden]
    missing = [name for name in column_contents.TOLD_BY_CONTENT if not _is_known(found, name)]
    for column, name in column_contents.guess(rows, free, missing).items():
        found.fields[column] = (name, CONTENT)


def _is_known(found: _Found, name: str) -> bool:
    instead = {NAME: (GIVEN,), GENDER: (MAN, WOMAN), COMMUNE: (ADDRESS, COMMUNE_CODE)}
    return found.has(name) or any(found.has(other) for other in instead.get(name, ()))


def _samples(sheet: Sheet, found: _Found) -> dict[int, list[str]]:
    """A few different things that stand in each column."""
    samples: dict[int, list[str]] = {}
    for row in _below(sheet, found.header):
        if people_rows.is_numbering(row):
            continue
        for column, cell in enumerate(row.cells):
            shown = one_line(cell[: 2 * LONGEST_SAMPLE])[:LONGEST_SAMPLE]
            some = samples.setdefault(column, [])
            if shown and len(some) < SAMPLES and shown not in some:
                some.append(shown)
    return samples
