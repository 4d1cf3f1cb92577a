"""Places from a data file: another province is another file. Read and checked row by row; areas.load_data() stores it.

Columns: kind (province, district, commune, hamlet), code (2, 3 or 5 digits; none for hamlets), name, valid_from, valid_to
(empty: still there), parent_code (the unit it lies in, on its first day), became_code (what it is part of since the day
after its last), home (yes: this office works there, which decides between two places of one name).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from service.text.vietnamese import one_line

PROVINCE, DISTRICT, COMMUNE, HAMLET = "province", "district", "commune", "hamlet"
COLUMNS = ("kind", "code", "name", "valid_from")  # those that must be there
DIGITS = {PROVINCE: 2, DISTRICT: 3, COMMUNE: 5, HAMLET: 0}
ABOVE = {PROVINCE: (), DISTRICT: (PROVINCE,), COMMUNE: (DISTRICT, PROVINCE), HAMLET: (COMMUNE,)}
YES_OR_NO = {
    "": False,
    "no": False,
    "0": False,
    "khong": False,
    "yes": True,
    "x": True,
    "1": True,
    "co": True,
}
MOST_ROWS = 50_000  # Vietnam has 3,321 communes; with their hamlets about 100,000 units for the whole country


@dataclass(frozen=True)
class Unit:
    """One row of the file."""

    line: int
    kind: str
    code: str | None
    name: str
    valid_from: date
    valid_to: date | None = None
    parent_code: str = ""
    became_code: str = ""
    home: bool = False


@dataclass(frozen=True)
class Fault:
    """What is wrong: the physical line, the column, a code that the command puts into a sentence, and what stands there."""

    line: int
    column: str
    kind: str
    seen: str = ""


def read(path: Path) -> tuple[list[Unit], list[Fault]]:
    """The units of the file, and everything that is wrong with it. Nothing may be stored when something is."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        return [], [Fault(1, "", "not_utf8")]
    first = text.partition("\n")[0]
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=";" if ";" in first else ",")
    missing = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
    if missing or "\0" in text:
        return [], [Fault(1, name, "no_column") for name in missing] or [Fault(1, "", "nul")]
    units: list[Unit] = []
    faults: list[Fault] = []
    for row in rows:
        cells = {name: one_line(value or "") for name, value in row.items() if isinstance(name, str)}
        if not any(cells.values()):
            continue
        wrong = list(_faults(rows.line_num, cells))
        faults += wrong
        if not wrong:
            units.append(_unit(rows.line_num, cells))
    if not units and not faults:
        faults.append(Fault(1, "", "empty"))
    if len(units) > MOST_ROWS:
        return [], [Fault(MOST_ROWS, "", "too_long")]
    return units, faults + list(_clashes(units))


def _faults(line: int, cells: dict[str, str]) -> Iterator[Fault]:
    kind, code, name = cells["kind"], cells["code"], cells["name"]
    if kind not in DIGITS:
        yield Fault(line, "kind", "unknown_kind", kind)
    elif len(code) != DIGITS[kind] or not ((code.isascii() and code.isdigit()) or not code):
        yield Fault(line, "code", f"code_{kind}", code)
    if not any(char.isalpha() or char.isdigit() for char in name) or len(name) > 100:
        yield Fault(line, "name", "no_name", name[:100])
    days = {column: cells.get(column, "") for column in ("valid_from", "valid_to")}
    wrong = [column for column, text in days.items() if text and _day(text) is None]
    if not days["valid_from"]:
        wrong.append("valid_from")
    yield from (Fault(line, column, "no_day", days[column]) for column in wrong)
    if not wrong and days["valid_to"] and _known_day(days["valid_to"]) < _known_day(days["valid_from"]):
        yield Fault(line, "valid_to", "ends_before", days["valid_to"])
    if cells.get("became_code") and not days["valid_to"]:
        yield Fault(line, "became_code", "no_end", cells["became_code"])
    if cells.get("home", "").lower() not in YES_OR_NO:
        yield Fault(line, "home", "yes_or_no", cells["home"])


def _unit(line: int, cells: dict[str, str]) -> Unit:
    return Unit(
        line=line,
        kind=cells["kind"],
        code=cells["code"] or None,
        name=cells["name"],
        valid_from=_known_day(cells["valid_from"]),
        valid_to=_day(cells.get("valid_to", "")),
        parent_code=cells.get("parent_code", ""),
        became_code=cells.get("became_code", ""),
        home=YES_OR_NO[cells.get("home", "").lower()],
    )


def _day(text: str) -> date | None:
    """2025-07-01, or 1/7/2025 as a spreadsheet makes of it."""
    parts = text.split("/")
    if len(parts) == 3:
        text = f"{parts[2]:0>4}-{parts[1]:0>2}-{parts[0]:0>2}"
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _known_day(text: str) -> date:
    day = _day(text)
    assert day is not None
    return day


def _clashes(units: Sequence[Unit]) -> Iterator[Fault]:
    """One code for two units on one day."""
    seen: dict[str, list[Unit]] = {}
    for unit in units:
        if unit.code is None:
            continue
        for other in seen.setdefault(unit.code, []):
            if overlap((unit.valid_from, unit.valid_to), (other.valid_from, other.valid_to)):
                yield Fault(unit.line, "code", "twice", f"{unit.code} (line {other.line})")
        seen[unit.code].append(unit)


def overlap(one: tuple[date, date | None], other: tuple[date, date | None]) -> bool:
    return one[0] <= (other[1] or date.max) and other[0] <= (one[1] or date.max)


def day_after(day: date) -> date:
    return day + timedelta(days=1)
