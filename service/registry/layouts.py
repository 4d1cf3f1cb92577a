"""Where things stand in a list: which rows are its headings, and which column holds what."""

from __future__ import annotations

from dataclasses import dataclass, field

from service.registry.file_limits import MOST_COLUMNS
from service.registry.headings import COMMUNE, FAMILY, GIVEN, HAMLET, NAME, PHONE
from service.registry.sheets import Row
from service.text.vietnamese import one_line

HEADING, CONTENT, STAFF = "heading", "content", "staff"  # how we know what a column holds
# Where a row keeps what the title of its section says, in a list without such a column
BESIDE = {COMMUNE: MOST_COLUMNS, HAMLET: MOST_COLUMNS + 1, PHONE: MOST_COLUMNS + 2}


@dataclass(frozen=True)
class ColumnView:
    """A column as staff see it: "your column → our field". ``by``: heading, content or staff; empty when not read."""

    letter: str
    heading: str
    field: str
    samples: tuple[str, ...] = ()
    hidden: bool = False
    by: str = ""


@dataclass(frozen=True)
class Layout:
    """``problem``: empty, or why the list cannot be read so: no_header, no_name_column, no_phone_column."""

    header_rows: tuple[int, ...]
    columns: tuple[ColumnView, ...]
    problem: str = ""


@dataclass(frozen=True)
class Columns:
    """Where each thing stands: field → column (0 is A). ``last_row``: the row below which the people begin.

    ``phones``: all columns with numbers, in their order. ``index``: the running number. ``titles``: what stands above.
    ``in_groups``: the hamlet is written once for the rows below it. ``women_marked``: somebody is marked as a woman.
    ``years_by_gender``: the year of birth is written under Nam or under Nữ.
    """

    at: dict[str, int]
    last_row: int
    headings: dict[str, str] = field(default_factory=dict)
    phones: tuple[int, ...] = ()
    index: int | None = None
    titles: tuple[str, ...] = ()
    header_cells: tuple[frozenset[str], ...] = ()
    in_groups: bool = False
    women_marked: bool = False
    years_by_gender: bool = False
    phone_headings: dict[int, str] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        return name in self.at

    def text(self, row: Row, name: str) -> str:
        """What stands in this row for this field, as it is."""
        return row.cell(self.at.get(name, BESIDE.get(name)))

    def name(self, row: Row) -> str:
        """The whole name, which may be parted into family and given name."""
        if self.has(NAME):
            return one_line(self.text(row, NAME))
        return one_line(f"{self.text(row, FAMILY)} {self.text(row, GIVEN)}")

    def name_column(self) -> int:
        return self.at.get(NAME, self.at.get(FAMILY, self.at.get(GIVEN, 0)))
