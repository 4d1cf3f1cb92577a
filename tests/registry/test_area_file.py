"""Another province is a data file: read, checked row by row, loaded by a command, and its names resolve the same way."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, select

from service import db
from service.cli import cli
from service.registry import area_data, area_loading, areas, people
from service.registry.areas import Area
from service.registry.people import Facts
from service.staff.history import History
from tests.registry.conftest import commune
from tests.web.conftest import employ

# An invented province: two old communes of one name, a town, a code that went to another place, two hamlets.
ELSEWHERE = """\
kind,code,name,valid_from,valid_to,parent_code,became_code,home
province,97,Sông Mây,2025-07-01,,,,
province,96,Mây Cũ,1/1/2004,30/6/2025,,97,
district,960,Đá Trắng,2004-01-01,2025-06-30,96,,
district,961,Suối Nắng,2004-01-01,2025-06-30,96,,
commune,97001,Đá Trắng,2025-07-01,,97,,yes
commune,97002,Suối Nắng,2025-07-01,,97,,
commune,97003,Thị trấn Đá Trắng,2004-01-01,2025-06-30,960,97001,
commune,97002,Hòa An,2004-01-01,2025-06-30,960,97001,
commune,97005,Hoà An,2004-01-01,2025-06-30,961,97002,
hamlet,,Bản Mây,2025-07-01,,97001,,
hamlet,,Thôn Đá,2025-07-01,,97001,,
"""

# a row, the column that is wrong, what is wrong
WRONG = [
    ("village,97009,A,2025-07-01,,97,,", "kind", "unknown_kind"),
    ("commune,7009,Ăn Mất Số Không,2025-07-01,,97,,", "code", "code_commune"),
    ("hamlet,97009,A,2025-07-01,,97001,,", "code", "code_hamlet"),
    ("commune,97009,—,2025-07-01,,97,,", "name", "no_name"),
    ("commune,97009,A,2025-13-01,,97,,", "valid_from", "no_day"),
    ("commune,97009,A,,,97,,", "valid_from", "no_day"),
    ("commune,97009,A,2025-07-01,2025-06-30,97,,", "valid_to", "ends_before"),
    ("commune,97009,A,2025-07-01,,97,97001,", "became_code", "no_end"),
    ("commune,97009,A,2025-07-01,,97,,maybe", "home", "yes_or_no"),
    ("commune,97001,A,2026-07-01,,97,,", "code", "twice"),
    ("commune,97009,A,2025-07-01,,95,,", "parent_code", "no_parent"),
    ("commune,97009,A,2025-07-01,,97001,,", "parent_code", "wrong_parent"),
    ("hamlet,,A,2025-07-01,,,,", "parent_code", "no_parent"),
    ("commune,97009,A,2004-01-01,2025-06-30,960,97008,", "became_code", "no_successor"),
]


def write(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    file = tmp_path / "mây.csv"
    file.write_text(text, encoding=encoding)
    return file


def faults(file: Path) -> list[tuple[int, str, str]]:
    units, found = area_data.read(file)
    return [(fault.line, fault.column, fault.kind) for fault in found or area_loading.faults(units)]


@pytest.mark.usefixtures("connected")
@pytest.mark.parametrize(("row", "column", "kind"), WRONG, ids=[kind for _row, _column, kind in WRONG])
def test_a_wrong_row_is_named_with_its_line_and_column(
    tmp_path: Path, row: str, column: str, kind: str
) -> None:
    assert faults(write(tmp_path, ELSEWHERE)) == []
    assert faults(write(tmp_path, ELSEWHERE + row + "\n")) == [(13, column, kind)]


@pytest.mark.parametrize(
    ("text", "encoding", "kind"),
    [
        ("", "utf-8", "no_column"),
        ("ma,ten\n1,2\n", "utf-8", "no_column"),
        ("kind,code,name,valid_from\n", "utf-8", "empty"),
        ("kind,code,name,valid_from\nprovince,97,M\0,2025-07-01\n", "utf-8", "nul"),
        (ELSEWHERE, "utf-16", "not_utf8"),
    ],
)
def test_a_file_that_is_no_such_file_is_refused(tmp_path: Path, text: str, encoding: str, kind: str) -> None:
    units, found = area_data.read(write(tmp_path, text, encoding))
    assert units == []
    assert {fault.kind for fault in found} == {kind}


@pytest.mark.usefixtures("connected")
def test_the_names_of_another_province_resolve_like_ours(tmp_path: Path) -> None:
    units, _none = area_data.read(write(tmp_path, ELSEWHERE.replace(",", ";"), "utf-8-sig"))
    with db.transaction():
        assert area_loading.load(units, "mây.csv", False, None) == (11, 0)
    assert commune("TT. Đá Trắng").code == commune("xã Hòa An, huyện Đá Trắng, tỉnh Mây Cũ").code == "97001"
    assert commune("Hoà An").code == "97001"  # where the office works
    assert commune("Hòa An (Suối Nắng)").code == "97002"
    before, after = areas.commune_by_code("97002", date(2025, 6, 30)), areas.commune_by_code("97002")
    assert before is not None
    assert after is not None
    assert (before.name, after.name) == ("Đá Trắng", "Suối Nắng")
    assert [hamlet.name for hamlet in areas.hamlets(commune("Đá Trắng").id)] == ["Bản Mây", "Thôn Đá"]
    with db.transaction():
        assert area_loading.load(units, "mây.csv", False, None) == (0, 0)


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(cli, ["areas", "load", *arguments])
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.usefixtures("places")
def test_the_command_shows_faults_and_stores_nothing(tmp_path: Path) -> None:
    status, out, err = run(str(write(tmp_path, ELSEWHERE + "commune,7009,A,2025-07-01,,97,,\n")))
    assert status == 1
    assert "line    13 code         7009: the code of a commune has 5 digits" in out
    assert "Nothing was added" in err
    db.end_reading()
    assert areas.commune_by_code("97001") is None
    status, out, _err = run(str(write(tmp_path, ELSEWHERE)), "--dry-run", "--json")
    assert (status, json.loads(out)) == (0, {"units": 11, "added": 0, "removed": 0, "faults": []})
    db.end_reading()
    assert areas.commune_by_code("97001") is None


@pytest.mark.usefixtures("places")
def test_an_office_of_another_province_does_not_keep_our_places(tmp_path: Path) -> None:
    boss = employ("manager")
    with db.transaction():
        people.add(Facts("Sùng Mí Páo", commune=commune("Xín Cái").id, hamlet="Trà Mần"), boss)
    status, out, _err = run(str(write(tmp_path, ELSEWHERE)), "--replace", "--json")
    assert status == 0
    assert json.loads(out)["added"] == 11
    db.end_reading()
    # Sơn Vĩ has somebody, so it stays with its province; the rest is gone, and a new start does not bring it back.
    assert [area.name for area in areas.communes()] == ["Đá Trắng", "Sơn Vĩ", "Suối Nắng"]
    with db.transaction():
        people.add(Facts("Vàng Thị Mỷ", commune=commune("Đá Trắng").id), boss)
        assert db.session().scalars(select(History.deed).where(History.deed == "area.loaded")).all() == [
            "area.loaded"
        ]


def test_places_of_another_province_are_not_joined_by_ours_at_the_next_start(
    connected: Engine, tmp_path: Path
) -> None:
    units, _none = area_data.read(write(tmp_path, ELSEWHERE))
    with db.transaction():
        area_loading.load(units, "mây.csv", False, None)
    with db.transaction():
        assert areas.load_data() == 0
    provinces = db.session().scalars(select(Area.name).where(Area.kind == areas.PROVINCE))
    assert set(provinces) == {"Sông Mây", "Mây Cũ"}
