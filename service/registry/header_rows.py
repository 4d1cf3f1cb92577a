"""The rows of headings of a list: where they begin, how many they are, and what they say of a column together."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from service.registry.headings import (
    FAMILY,
    GIVEN,
    NAME,
    UNKNOWN,
    is_header,
    is_perhaps_header,
    meaning,
    meaning_below,
    meanings,
)  # fmt: skip
from service.registry.sheets import Row, Sheet
from service.text.vietnamese import one_line

HEADER_WITHIN, MOST_HEADER_ROWS = 40, 3  # rows of titles and addresses above the headings; rows of headings
# How a row shows that it is the headings: the first test that any row passes counts
_TESTS: list[Callable[[Row], bool]] = [
    lambda row: is_header(row.cells),
    lambda row: is_perhaps_header(row.cells),
]


def find(sheet: Sheet, header_row: int) -> list[Row]:
    """The rows of headings, the first of them at ``header_row`` if staff said it; none when there are none."""
    rows = sheet.rows[: HEADER_WITHIN + MOST_HEADER_ROWS]
    first = _first_header_row(rows[:HEADER_WITHIN], header_row)
    if first is None:
        return []
    header = [rows[first]]
    for below in rows[first + 1 : first + MOST_HEADER_ROWS]:
        if not _goes_on(header, below):
            break
        header.append(below)
    return header


def _first_header_row(rows: Sequence[Row], header_row: int) -> int | None:
    tests = [lambda row: row.number == header_row] if header_row else _TESTS
    return next((place for test in tests for place, row in enumerate(rows) if test(row)), None)


def _goes_on(header: Sequence[Row], below: Row) -> bool:
    """Headings under headings, such as Nam and Nữ under Giới tính. A row of a person has a digit or a name."""
    if below.number != header[-1].number + 1 or any(char.isdigit() for cell in below.cells for char in cell):
        return False
    top = header[0].cells
    own = [
        (column, cell)
        for column, cell in enumerate(below.cells)
        if one_line(cell) and not (column < len(top) and one_line(cell) == one_line(top[column]))
    ]
    said = meanings(top)
    named = {said.get(NAME), said.get(GIVEN), said.get(FAMILY)} - {None}
    if not own or any(column in named and not meaning(cell) for column, cell in own):
        return False
    known = [column for column, cell in own if meaning_below(_parent(header, column), cell)]
    return len(known) * 2 >= len(own)


def _parent(header: Sequence[Row], column: int) -> str:
    """The heading above: of a heading over several columns only the first of them holds the words."""
    cells = header[0].cells
    while column > 0 and (column >= len(cells) or not one_line(cells[column])):
        column -= 1
    return cells[column] if column < len(cells) else ""


def meaning_of(header: Sequence[Row], column: int, parts: Sequence[str]) -> str:
    """What the headings of a column mean together. ``parts``: their texts, each once."""
    if not parts:
        return UNKNOWN
    own = one_line(header[0].cell(column))
    if len(parts) == 1 and own:
        return meaning(parts[0])
    said = meaning_below(own or _parent(header, column), parts[-1])
    if said == UNKNOWN and own:
        said = meaning(own)
    return said


def texts(header: Sequence[Row]) -> tuple[frozenset[str], ...]:
    """What stands above each column, to know it again on the next page."""
    width = max((len(row.cells) for row in header), default=0)
    return tuple(
        frozenset(text for row in header if (text := row.cell(column).strip().casefold()))
        for column in range(width)
    )
