"""How large a file may be inside, and what a table out of it is. Used in the process that reads files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from service.apart import Refusal

MOST_ROWS, MOST_COLUMNS, MOST_CELLS = 200_000, 100, 10_000_000
LONGEST_CELL = 5_000

Rows = Iterable[tuple[int, list[str]]]


@dataclass
class Table:
    """One sheet. ``rows``: (number as a person sees it, cells), those that are not empty."""

    name: str
    rows: Rows
    encoding: str
    sheets: list[str] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)


def letters(column: int) -> str:
    """The name of a column: ``0`` → ``A``, ``26`` → ``AA``."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def number_of(column: str) -> int:
    """``A`` → ``1``, ``AA`` → ``27``."""
    number = 0
    for letter in column:
        number = 26 * number + ord(letter) - 64
    return number


def trimmed(cells: list[str]) -> list[str]:
    """Without the empty cells at the end."""
    cells = cells[:MOST_COLUMNS]
    while cells and not cells[-1].strip():
        cells.pop()
    return cells


def check_range(row: int, column: int) -> None:
    """Raises Refusal when a table up to this cell would be too large."""
    if row > 2 * MOST_ROWS or row * column > MOST_CELLS:
        raise Refusal("far_cell", cell=f"{letters(max(column, 1) - 1)}{row}", most=MOST_ROWS)
