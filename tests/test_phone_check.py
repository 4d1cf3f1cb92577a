"""``./loa phone-check``: what the import makes of a cell, on the command line."""

from __future__ import annotations

import json

from click.testing import CliRunner

from service.cli import cli
from service.text import phone_numbers

LINES = [
    "vợ: 0912 000 345 / 01691234567",
    "9.12E+08",
    "0986 OOO 487",
    "0397000279 / 038700012",
    "0219 387 1234",
    "",
]


def run(*arguments: str) -> list[str]:
    result = CliRunner().invoke(cli, ["phone-check", *arguments], input="\n".join(LINES) + "\n")
    assert result.exit_code == 0
    return result.output.splitlines()


def test_each_line_is_answered_as_the_import_would_read_it() -> None:
    reports = [json.loads(line) for line in run("--json")]
    assert reports == [phone_numbers.as_json(phone_numbers.read(line)) for line in LINES]
    assert reports[0]["e164"] == ["+84912000345", "+84391234567"]
    assert reports[0]["owners"] == ["vợ", ""]
    assert [report["problem"] for report in reports[1:4]] == [
        "damaged_scientific",
        "letter_in_number",
        "too_short",
    ]
    assert (reports[4]["kind"], reports[5]["problem"]) == ("landline", "no_phone")


def test_for_people_the_numbers_their_owners_and_what_is_wrong_stand_in_a_line() -> None:
    lines = run()
    assert lines[0].endswith("→ +84912000345 (vợ), +84391234567 old_number_converted 0169-039")
    assert lines[3].endswith("→ +84397000279, too_short")
