"""What staff said about a file, and what was found in it: both are kept with the list, and shown on its pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from service.registry.layouts import ColumnView


@dataclass(frozen=True)
class Choices:
    """What staff said about the file; empty is "find it out". ``columns`` none: nobody has said anything yet.

    ``remembered``: they said it of an earlier list with the same headings. ``codes_of``: the day (ISO) whose commune codes
    the list uses, as a number means another place after a reform; empty is today's.
    """

    encoding: str = ""
    sheet: str = ""
    header_row: int = 0
    columns: Mapping[str, str] | None = None
    remembered: bool = False
    codes_of: str = ""

    @property
    def day(self) -> date | None:
        return date.fromisoformat(self.codes_of) if self.codes_of else None

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "columns": None if self.columns is None else dict(self.columns)}


@dataclass(frozen=True)
class Seen:
    """What was found in the file. ``shape``: the key of its headings. ``cells``: of rows with something to look at, what
    stands in the columns that are read."""

    encoding: str = ""
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    header_rows: tuple[int, ...] = ()
    columns: tuple[ColumnView, ...] = ()
    problem: str = ""
    shape: str = ""
    cells: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def read(self) -> list[ColumnView]:
        """The columns that are read, in the order of ``cells``."""
        return [column for column in self.columns if column.field]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Seen:
        views = tuple(
            ColumnView(**{**one, "samples": tuple(one["samples"])}) for one in kept.get("columns", ())
        )
        lists = {name: tuple(kept.get(name, ())) for name in ("sheets", "header_rows")}
        return cls(**{**kept, **lists, "columns": views})
