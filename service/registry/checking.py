"""A list, read and checked: who is in it, what is wrong, what storing it would do. Writes nothing.

One level at a time: a file that cannot be read is refused; where no headings, names or numbers are found, staff say
which column is what; then come the rows with their problems.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from service.refused import Refused
from service.registry import columns, matching, planning, problems, shapes, sheets
from service.registry.areas import Area
from service.registry.columns import Columns
from service.registry.consent import OF_AGE_TO_AGREE
from service.registry.entries import Entry, Reading, from_row
from service.registry.headings import AGREES, CONSENT, PHONE, REFUSES
from service.registry.layouts import Layout
from service.registry.planning import ADDED, UNCHANGED, UPDATED, Planned
from service.registry.problems import INFO, Problem
from service.registry.seen import Choices, Seen
from service.registry.sheets import Row, Sheet
from service.text.phone_numbers import MOBILE, masked
from service.text.words import today_in_vietnam

LEAVES_OUT = ("no_name", "bad_name")
HEADINGS_WITHIN = 40  # rows in which the headings of a known shape are looked for


@dataclass(frozen=True)
class Checked:
    """``seen.problem``: then there are no people yet. ``rows``: the people, each with what storing would do, as JSON."""

    filename: str
    data: bytes
    commune: Area | None
    choices: Choices
    edits: Mapping[str, str]
    seen: Seen
    rows: Sequence[dict[str, Any]] = ()
    problems: Sequence[Problem] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    consent_heading: str = ""

    def as_json(self, stored: int) -> dict[str, Any]:
        """What ``./loa people import --json`` prints. ``stored``: how many people were stored; 0 if none."""
        names = (
            "rows",
            "people",
            "phones",
            "shared_phones",
            "new",
            "updated",
            "unchanged",
            "left_out",
            "doubles",
        )
        return {
            **{name: self.counts[name] for name in names},
            "encoding": self.seen.encoding,
            "sheet": self.seen.sheet,
            "columns": {column.letter: column.field for column in self.seen.read},
            "problems": [_told(problem) for problem in self.problems],
            "stored": stored,
        }

    def must_be_read(self) -> None:
        """Raises Refused when staff would have to say first which column is what."""
        if self.seen.problem:
            raise Refused(f"import.{self.seen.problem}", row=max(self.seen.header_rows, default=1))


def _told(problem: Problem) -> dict[str, Any]:
    return {
        "row": problem.row, "column": problem.column, "kind": problem.kind, "severity": problem.severity,
        "seen": problem.seen, "advice": problems.advice(problem),
    }  # fmt: skip


def look(
    filename: str, data: bytes, commune: Area | None, choices: Choices | None = None,
    edits: Mapping[str, str] | None = None,
) -> Checked:  # fmt: skip
    """Read a list and say what is in it and what is wrong. ``commune``: for rows that name none. ``edits``: mended cells.

    Raises Refused("import.…") when the file cannot be read at all.
    """
    choices, edits = choices or Choices(), edits or {}
    sheet = mended(sheets.read(data, filename, choices.encoding, choices.sheet), edits)
    choices = _recalled(sheet, choices)
    layout = columns.look(sheet, choices.columns, choices.header_row)
    seen = Seen(
        sheet.encoding, sheet.name, sheet.sheets, layout.header_rows, layout.columns, layout.problem, _shape(sheet, layout)
    )  # fmt: skip
    checked = Checked(filename, data, commune, choices, edits, seen)
    return checked if layout.problem else _read(checked, sheet, layout)


def _shape(sheet: Sheet, layout: Layout) -> str:
    first = [row for row in sheet.rows[:HEADINGS_WITHIN] if row.number in layout.header_rows[:1]]
    return shapes.key(first[0]) if first else ""


def mended(sheet: Sheet, edits: Mapping[str, str]) -> Sheet:
    """The sheet with what staff typed in the place of what stands in these cells (``D12``)."""
    by_row: dict[int, dict[int, str]] = {}
    for cell, text in edits.items():
        letters = cell.rstrip("0123456789")
        by_row.setdefault(int(cell[len(letters) :]), {})[sheets.column_of(letters)] = text
    if not by_row:
        return sheet
    return replace(sheet, rows=[_with(row, by_row.get(row.number, {})) for row in sheet.rows])


def _with(row: Row, texts: Mapping[int, str]) -> Row:
    if not texts:
        return row
    cells = list(row.cells) + [""] * (max(texts) + 1 - len(row.cells))
    for column, text in texts.items():
        cells[column] = text
    return Row(row.number, tuple(cells))


def _recalled(sheet: Sheet, choices: Choices) -> Choices:
    """What staff said of the columns of an earlier list with these headings, when they say nothing of this one."""
    if choices.columns is not None or choices.header_row:
        return choices
    found = shapes.recall(sheet.rows[:HEADINGS_WITHIN])
    if found is None:
        return choices
    headings, shape = found
    row = headings.number if shape.choices["header_row"] else 0
    return replace(choices, columns=shape.choices["columns"], header_row=row, remembered=True)


def _read(checked: Checked, sheet: Sheet, layout: Layout) -> Checked:
    """The people of a list whose columns are known."""
    where = columns.find(sheet, checked.choices.columns, checked.choices.header_row)
    reading = Reading(where, checked.commune, today_in_vietnam(), checked.choices.day)
    rows = 0
    entries: list[Entry] = []
    for row in columns.villagers(sheet, where):
        rows += 1
        if (entry := reading.read(row)) is not None:
            entries.append(entry)
    if not rows:
        return _nobody(checked)
    united, doubles = matching.unite(entries)
    name = sheets.letters(where.name_column())
    found = [
        problems.noted(again.row, name, "duplicate_person", again.name, str(first.row))
        for again, first in doubles
    ]
    asked = Counter(entry.consent for entry in united)
    found += _children(united, where)
    planned = planning.plan(united)
    found = sorted(
        [*reading.problems, *found, *_known(planned, name, where)], key=lambda problem: problem.row
    )
    return replace(
        checked, seen=replace(checked.seen, cells=_cells(sheet, layout, found)), rows=[_row(one) for one in planned],
        problems=found,
        counts=_counts(rows, planned, reading.numbers, found, asked),
        consent_heading=_consent_heading(where),
    )  # fmt: skip


def _row(one: Planned) -> dict[str, Any]:
    """What is not said is left out: a long list is half as large in memory and in the database."""
    entry = one.entry.as_row()
    said = {name: value for name, value in entry.items() if value or value is False or name == "phones"}
    return said if one.person is None else {**said, "deed": one.deed, "person": one.person}


def entry_of(row: Mapping[str, Any]) -> Entry:
    """The entry in one of ``Checked.rows``."""
    return from_row({name: value for name, value in row.items() if name not in ("deed", "person")})


def deed_of(row: Mapping[str, Any]) -> str:
    """What storing would do with one of ``Checked.rows``."""
    return str(row.get("deed", ADDED))


def _consent_heading(where: Columns) -> str:
    """What the column is called that says who agreed; empty when there is none."""
    there = [name for name in (CONSENT, AGREES, REFUSES) if where.has(name)]
    return (where.headings.get(there[0]) or sheets.letters(where.at[there[0]]))[:200] if there else ""


def _nobody(checked: Checked) -> Checked:
    """Perhaps another sheet has the people. Raises Refused when there is none."""
    if len(checked.seen.sheets) < 2:
        raise Refused("import.no_rows")
    return replace(checked, seen=replace(checked.seen, problem="no_rows"))


def _children(entries: Sequence[Entry], where: Columns) -> list[Problem]:
    """Under 16 the guardian agrees, and a column of a list does not say who that was: not yet asked."""
    found = []
    for entry in entries:
        if entry.consent and _is_child(entry):
            entry.consent = None
            found.append(problems.noted(entry.row, _letter(where, CONSENT), "needs_guardian", entry.name))
    return found


def _is_child(entry: Entry) -> bool:
    return entry.birth_year is not None and today_in_vietnam().year - entry.birth_year < OF_AGE_TO_AGREE


def agree(entries: Sequence[Entry]) -> None:
    """All on the list agreed, but for children their guardians do that, one by one."""
    for entry in entries:
        entry.consent = None if _is_child(entry) else True


def _letter(where: Columns, name: str) -> str:
    return sheets.letters(where.at[name]) if where.has(name) else ""


def _known(planned: Sequence[Planned], name: str, where: Columns) -> list[Problem]:
    """What only the registry knows: somebody who may be the same, and numbers that were found wrong."""
    maybe = matching.names({one.perhaps for one in planned if one.perhaps is not None})
    found = [
        problems.noted(one.entry.row, name, "perhaps_known", one.entry.name, maybe[one.perhaps])
        for one in planned
        if one.perhaps is not None
    ]
    phone = _letter(where, PHONE)
    return found + [
        problems.noted(one.entry.row, phone, "was_wrong_number", number, masked(number))
        for one in planned
        for number in one.wrong
    ]


def _cells(sheet: Sheet, layout: Layout, found: Sequence[Problem]) -> dict[str, list[str]]:
    bad = {problem.row for problem in found if problem.severity != INFO}
    read = [sheets.column_of(column.letter) for column in layout.columns if column.field]
    return {str(row.number): [row.cell(at)[:200] for at in read] for row in sheet.rows if row.number in bad}


def _counts(
    rows: int, planned: Sequence[Planned], numbers: Mapping[str, str], found: Sequence[Problem], asked: Counter[bool | None]
) -> dict[str, int]:  # fmt: skip
    behind: Counter[str] = Counter(number for one in planned for number in one.entry.numbers)
    severities = Counter(problem.severity for problem in found)
    deeds = Counter(one.deed for one in planned)
    return {
        "rows": rows,
        "people": len(planned),
        "new": deeds[ADDED],
        "known": deeds[UPDATED] + deeds[UNCHANGED],
        "updated": deeds[UPDATED],
        "unchanged": deeds[UNCHANGED],
        "phones": sum(kind == MOBILE for kind in numbers.values()),
        "landlines": sum(kind != MOBILE for kind in numbers.values()),
        "shared_phones": sum(count > 1 for count in behind.values()),
        "without_phone": sum(not one.entry.phones for one in planned),
        "left_out": len({problem.row for problem in found if problem.kind in LEAVES_OUT}),
        "doubles": sum(problem.kind == "duplicate_person" for problem in found),
        "consent_yes": asked[True],
        "consent_no": asked[False],
        "errors": severities["error"],
        "warnings": severities["warn"],
        "infos": severities["info"],
    }
