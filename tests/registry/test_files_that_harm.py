"""Broken and malicious files as they were found and made: what must be refused is, in seconds, and leaves nothing."""

from __future__ import annotations

import logging
import os
import resource
from pathlib import Path

import pytest

from service import db
from service.refused import Refused
from service.registry import sheets
from service.registry.imports import ImportBatch
from service.web.sentences import SENTENCES
from tests.processes import reading_the_program
from tests.registry.conftest import check, everybody
from tests.registry.reading import LISTS, mobiles, read

pytestmark = pytest.mark.usefixtures("places")
HOSTILE = LISTS / "hostile"
CANARY, CANARY_FILE = "LOA-XXE-CANARY", Path("/tmp/loa-xxe-canary.txt")  # the file that xxe.xlsx names
MOST_CPU, MOST_MEMORY_KIB = 4.0, 1024**2  # about 5 s on a PC

REFUSED = {
    "zip_bomb.xlsx": "unpacked",
    "zip_bomb_lying.xlsx": "damaged",  # larger than its directory says
    "xxe.xlsx": "damaged",
    "entity_bomb.xlsx": "damaged",
    "not_excel.xlsx": "not_a_spreadsheet",
    "empty.xlsx": "empty",
    "zero_bytes.xlsx": "empty",
    "header_only.xlsx": "no_rows",
    "no_phone_column.xlsx": "no_phone_column",
    "million_rows.xlsx": "too_many_rows",
    "huge_cell.csv": "huge_cell",
    "nul_bytes.csv": "nul",
    "truncated.xlsx": "damaged",
    "far_cell.xlsx": "far_cell",
    "repeat_bomb.ods": "far_cell",
    "encrypted.xlsx": "password",
}


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Nothing is to be written, so one kind of database is enough."""
    return sqlite_url


def test_every_file_is_judged() -> None:
    assert {path.name for path in HOSTILE.iterdir()} == {*REFUSED, "formula_cells.xlsx"}


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_with_a_sentence_and_leaves_nothing(
    name: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    before = os.times()
    with pytest.raises(Refused) as refused:
        check((HOSTILE / name).read_bytes(), name)
    after = os.times()
    assert refused.value.code == f"import.{REFUSED[name]}"
    assert refused.value.code in SENTENCES
    used = sum(
        getattr(after, kind) - getattr(before, kind)
        for kind in ("user", "system", "children_user", "children_system")
    )
    assert used < MOST_CPU * reading_the_program()
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < MOST_MEMORY_KIB
    assert everybody() == []
    assert db.session().query(ImportBatch).count() == 0
    said = caplog.text + "".join(capfd.readouterr()) + str(refused.value.values)
    assert "Mí" not in said
    assert "000" not in said.replace("200000", "")


def test_a_file_that_asks_for_another_file_does_not_get_it() -> None:
    CANARY_FILE.write_text(CANARY)
    try:
        with pytest.raises(Refused) as refused:
            sheets.read((HOSTILE / "xxe.xlsx").read_bytes(), "xxe.xlsx")
    finally:
        CANARY_FILE.unlink()
    assert CANARY not in str(refused.value.values)


def test_cells_that_look_like_formulas_are_names_like_any_other() -> None:
    found = read((HOSTILE / "formula_cells.xlsx").read_bytes(), "formula_cells.xlsx")
    names = [found.where.name(row) for row in found.rows.values()]
    assert len(names) == 10
    assert names[:2] == ["=Mua Mí Po", "+Sình Mí Pình"]
    assert [len(mobiles(entry)) for entry in found.entries.values() if entry] == [1] * 9 + [
        0
    ]  # the last is =cmd|…
    assert found.kinds(11) == [("D", "not_a_number")]


def test_the_limit_and_the_place_are_named() -> None:
    with pytest.raises(Refused) as refused:
        sheets.read((HOSTILE / "far_cell.xlsx").read_bytes(), "a.xlsx")
    assert refused.value.values == {"cell": "XFD1048576", "most": 200_000}


def outcome(data: bytes, name: str) -> tuple[str, int]:
    """The code of the refusal or nothing, and how many rows were read."""
    try:
        return "", len(sheets.read(data, name).rows)
    except Refused as refused:
        return refused.code, 0


FILES = sorted(path.name for path in LISTS.glob("*.*") if path.suffix != ".json")


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_list_that_broke_off_is_refused_or_read_as_far_as_it_goes(name: str, share: float) -> None:
    data = (LISTS / name).read_bytes()
    code, rows = outcome(data[: int(len(data) * share)], name)
    if name.endswith(("xlsx", "ods")):
        assert code == "import.damaged"
    else:
        assert rows > 0 or code in SENTENCES


@pytest.mark.parametrize("name", [name for name in FILES if not name.endswith("csv")])
@pytest.mark.parametrize("seed", range(4))
def test_a_damaged_list_is_refused_or_read_and_nothing_else(name: str, seed: int) -> None:
    data = bytearray((LISTS / name).read_bytes())
    for place in range(seed * 97, len(data), 997):
        data[place] ^= 0xFF
    code, rows = outcome(bytes(data), name)
    assert rows > 0 or code in SENTENCES
