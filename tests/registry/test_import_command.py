"""``./loa people import``: what a script or an administrator sees of a list."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from service import db
from service.cli import cli
from service.registry.imports import ImportBatch
from service.staff.history import History
from tests.registry.conftest import PAO, as_csv, as_xlsx, everybody
from tests.registry.test_import import row
from tests.web.conftest import employ

LISTS = Path(__file__).parent / "lists"
STRANGE = as_xlsx(("A1", "A2", "A3"), ("Sùng Mí Páo", "0912 000 345", "0913 000 345"))


@pytest.fixture(autouse=True)
def manager(places: None) -> None:
    employ("manager")


def run(data: bytes | Path, *options: str, folder: Path, name: str = "xa.csv") -> Result:
    file = data if isinstance(data, Path) else folder / name
    if isinstance(data, bytes):
        file.write_bytes(data)
    db.end_reading()
    return CliRunner().invoke(cli, ["people", "import", str(file), *options])


def said(result: Result) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_a_look_at_a_list_leaves_nothing_behind(tmp_path: Path) -> None:
    result = run(LISTS / "office_list.xlsx", "--dry-run", "--json", folder=tmp_path)
    assert result.exit_code == 0, result.stderr
    report = said(result)
    assert (report["stored"], report["sheet"], report["encoding"]) == (0, "DS lao động", "utf-8")
    assert report["columns"]["J"] == "phone"
    assert (
        report["rows"]
        == report["new"] + report["updated"] + report["unchanged"] + report["left_out"] + report["doubles"]
    )
    assert {"row", "column", "kind", "severity", "seen", "advice"} == set(report["problems"][0])
    assert (everybody(), db.session().query(ImportBatch).count(), db.session().query(History).count()) == (
        [],
        0,
        0,
    )


def test_a_good_list_is_stored(tmp_path: Path) -> None:
    result = run(as_csv(PAO, row(name="Vàng Thị Mỷ")), "--json", folder=tmp_path)
    assert (result.exit_code, said(result)["stored"]) == (0, 2)
    again = run(as_csv(PAO, row(name="Vàng Thị Mỷ")), folder=tmp_path)
    assert again.stdout.splitlines()[-1] == (
        "rows 2, people 2, new 0, updated 0, unchanged 2, left_out 0, phones 1, stored 2"
    )
    assert len(everybody()) == 2


def test_errors_are_refused_and_leave_no_list_behind(tmp_path: Path) -> None:
    data = as_csv(PAO, row(name="Lý A Dính", phone="xem sổ"))
    result = run(data, "--json", folder=tmp_path)
    assert (result.exit_code, said(result)["stored"]) == (1, 0)
    assert "--accept-problems" in result.stderr
    assert db.session().query(ImportBatch).count() == 0
    assert said(run(data, "--json", "--accept-problems", folder=tmp_path))["stored"] == 2


def test_what_a_column_is_can_be_said(tmp_path: Path) -> None:
    result = run(STRANGE, "--dry-run", folder=tmp_path, name="xa.xlsx")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "Không thấy dòng tiêu đề" in result.stderr
    options = ("--header-row", "1", "--column", "a=name", "--column", "C=phone", "--column", "B=", "--json")
    result = run(STRANGE, *options, folder=tmp_path, name="xa.xlsx")
    assert result.exit_code == 0, result.stderr
    assert said(result)["columns"] == {"A": "name", "C": "phone"}
    assert [person.name for person in everybody()] == ["Sùng Mí Páo"]
    assert said(run(STRANGE, "--json", folder=tmp_path, name="xa.xlsx"))["unchanged"] == 1  # remembered


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (("--column", "D"), "D=phone"),
        (("--column", "4=phone"), "D=phone"),
        (("--column", "D=nonsense"), "fields are name"),
        (("--encoding", "klingon"), "tcvn3"),
    ],
)
def test_bad_use_is_said_in_one_line(tmp_path: Path, options: tuple[str, ...], word: str) -> None:
    result = run(as_csv(PAO), *options, folder=tmp_path)
    assert (result.exit_code, result.stdout) == (2, "")
    assert word in result.stderr


def test_another_sheet_can_be_named(tmp_path: Path) -> None:
    result = run(LISTS / "office_list.xlsx", "--sheet", "Không có trang này", "--dry-run", folder=tmp_path)
    assert result.exit_code == 2
    assert result.stderr == "There is no sheet Không có trang này; there are: DS lao động.\n"
    named = run(LISTS / "office_list.xlsx", "--sheet", "DS lao động", "--dry-run", "--json", folder=tmp_path)
    assert said(named)["sheet"] == "DS lao động"


def test_an_old_font_is_found_out_and_can_be_said(tmp_path: Path) -> None:
    found = said(run(LISTS / "old_tcvn3.csv", "--dry-run", "--json", folder=tmp_path))
    assert found["encoding"] == "tcvn3"
    told = said(run(LISTS / "old_tcvn3.csv", "--encoding", "tcvn3", "--dry-run", "--json", folder=tmp_path))
    assert told == found
