"""``./loa sms-check``: what the command says of every vector."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from service import settings
from service.cli import cli

VECTORS = Path(__file__).with_name("sms_vectors.csv").read_text(encoding="utf-8").splitlines()[1:]


@pytest.fixture(autouse=True)
def default_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_DATA", str(tmp_path))
    settings.get.cache_clear()


@pytest.mark.parametrize("row", list(csv.DictReader(VECTORS)), ids=lambda row: row["text"])
def test_the_command_agrees_with_every_vector(row: dict[str, str]) -> None:
    said = CliRunner().invoke(cli, ["sms-check", "--json"], input=eval(row["text"]).encode())
    assert said.exit_code == 0
    report = json.loads(said.stdout)
    assert (report["encoding"], report["parts"]) == (row["encoding"], int(row["parts"]))
    assert report["price_vnd"] == report["parts"] * settings.get().sms_price_vnd


def test_the_command_names_what_is_dear_and_the_twin() -> None:
    said = CliRunner().invoke(cli, ["sms-check", "--json"], input="Đi làm mỏ – tốt\n".encode())
    report = json.loads(said.stdout)
    assert {one["character"] for one in report["costly"]} == {"Đ", "ỏ", "–", "ố"}
    assert report["twin"]["text"] == "Di lam mo - tot"
    assert {one["word"] for one in report["twin"]["warnings"]} == {"đi", "làm", "mỏ"}
