"""What a column holds, told by its cells alone: for lists whose headings say nothing that we know.

Only what is beyond doubt. Consent and language are never guessed: "x" and "Mông" can mean anything.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from service.registry import areas
from service.registry.headings import BIRTH, COMMUNE, GENDER, NAME, PHONE
from service.registry.sheets import Row
from service.text import phone_numbers
from service.text.dates import year_of
from service.text.phone_numbers import MOBILE
from service.text.vietnamese import one_line, search_key

TOLD_BY_CONTENT = (PHONE, BIRTH, GENDER, COMMUNE, NAME)
LEAST_CELLS = 2
LONGEST_MARK = 2  # x, X, ✓
_MOST = 0.7  # of the cells that are not empty
_EARLIEST, _LATEST = 1920, 2020
_GENDERS = {"nam", "nu"}
_SURNAMES = (
    "an au ban be bui cao chang chao chau chi chu cu dam dang dao dau den diu dinh do doan dong duong gia giang ha hang hau"
    " ho hoang hua huynh khang kha kieu la lam lan lang lau le leo li lo loc long lu luc luong luu ly ma mac mai mao may mo mong"
    " mua na ngo ngoc nguyen ninh nong nung ong pa pao phan phang pham phu phung po quach quan san seo sin sinh sua sung ta tan"
    " tang thach than thang thao tho trang tran trieu trinh truong tu va vang vi vo vu vuong vua xin"
)

_KNOWN_SURNAMES = frozenset(_SURNAMES.split())


def guess(rows: Sequence[Row], columns: Sequence[int], missing: Sequence[str]) -> dict[int, str]:
    """Column → what it holds. Each thing goes to the column that looks most like it; numbers may stand in several."""
    cells = {column: _filled(rows, column) for column in columns}
    cells = {column: some for column, some in cells.items() if len(some) >= LEAST_CELLS}
    found: dict[int, str] = {}
    for name in TOLD_BY_CONTENT:
        shares = {column: _SHARE_OF[name](some) for column, some in cells.items() if column not in found}
        likely = [column for column, share in shares.items() if share >= _MOST]
        if name in missing and likely:
            best = likely if name == PHONE else [max(likely, key=lambda column: shares[column])]
            found.update(dict.fromkeys(best, name))
    return found


def _filled(rows: Sequence[Row], column: int) -> list[str]:
    return [text for row in rows if (text := one_line(row.cell(column)[:200]))]


def _share(fits: Callable[[str], bool]) -> Callable[[Sequence[str]], float]:
    return lambda cells: sum(map(fits, cells)) / len(cells)


def _is_phone(text: str) -> bool:
    return any(number.kind == MOBILE for number in phone_numbers.read(text).numbers)


def _is_birth(text: str) -> bool:
    year = year_of(text)[0]
    return year is not None and _EARLIEST <= year <= _LATEST


def _is_gender(text: str) -> bool:
    return search_key(text) in _GENDERS


def _communes(cells: Sequence[str]) -> float:
    """How many of the cells name a commune; each name is looked up once."""
    names = list(dict.fromkeys(cells))
    if len(names) > 60 or any(any(char.isdigit() for char in name) for name in names):
        return 0.0
    known = {name for name in names if areas.commune_by_name(name) is not None}
    return sum(cell in known for cell in cells) / len(cells)


def _names(cells: Sequence[str]) -> float:
    """Two to five words, the first of them a surname, and hardly one twice."""
    if len(set(cells)) < _MOST * len(cells):
        return 0.0
    return _share(_is_name)(cells)


def _is_name(text: str) -> bool:
    words = search_key(text).split()
    return 2 <= len(words) <= 5 and words[0] in _KNOWN_SURNAMES and all(word.isalpha() for word in words)


_SHARE_OF: dict[str, Callable[[Sequence[str]], float]] = {
    PHONE: _share(_is_phone), BIRTH: _share(_is_birth), GENDER: _share(_is_gender), COMMUNE: _communes, NAME: _names,
}  # fmt: skip


def is_in_groups(rows: Sequence[Row], column: int | None) -> bool:
    """Is it written once and meant for the rows below it? Then most cells are empty, and none repeats the one above."""
    if column is None:
        return False
    cells = _filled(rows, column)
    repeats = any(first == second for first, second in pairwise(cells))
    return 0 < len(cells) <= len(rows) // 3 and not repeats


def is_marked(rows: Sequence[Row], column: int | None) -> bool:
    return column is not None and bool(_filled(rows, column))


def has_years(rows: Sequence[Row], columns: Sequence[int | None]) -> bool:
    """Do these columns hold years of birth, not marks? Headings may come again among them."""
    cells = [cell for column in columns if column is not None for cell in _filled(rows, column)]
    marks = sum(len(cell) <= LONGEST_MARK and not cell.isdigit() for cell in cells)
    return sum(map(_is_birth, cells)) > marks


def years(rows: Sequence[Row], column: int) -> int:
    """How many cells of this column hold a year of birth."""
    return sum(map(_is_birth, _filled(rows, column)))
