"""Lists as offices keep them, each row judged: titles, two rows of headings, merged cells, old fonts, dittos, damage.

``lists/expected.json`` says for every file how many people and numbers it holds, for every row who that is, and what
must, may and must not be said about its cells.
"""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from functools import cache
from typing import Any

import pytest

from service.registry import sheets
from service.registry.entries import Entry
from tests.registry.reading import LISTS, Read, code_of, mobiles, read_file

EXPECTED: dict[str, Any] = json.loads((LISTS / "expected.json").read_text(encoding="utf-8"))
FIELDS = {"name": "name", "birth": "birth", "gender": "gender", "phone": "phone", "hamlet": "hamlet", "commune": "commune", "consent": "consent"}  # fmt: skip
ENCODINGS = {
    "old_tcvn3.csv": "tcvn3",
    "old_vni.csv": "vni",
    "cp1258.csv": "cp1258",
    "utf16.csv": "utf-16",
    "old.xls": "tcvn3",
}
CONSENT = {True: "yes", False: "no", None: None}

pytestmark = pytest.mark.usefixtures("places")


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Reading asks the database for names of places alone."""
    return sqlite_url


@pytest.fixture(params=EXPECTED)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def found(name: str, places: None) -> Read:
    return read_file(name)


@pytest.fixture
def told(name: str) -> Any:
    return EXPECTED[name]


def folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).split()).casefold()


@cache
def tone_last(name: str) -> str:
    """Hoà and Hòa are one name."""
    words = []
    for word in unicodedata.normalize("NFD", folded(name)).split():
        tones = "".join(char for char in word if char in "\u0300\u0301\u0303\u0309\u0323")
        words.append(word.translate(dict.fromkeys(map(ord, tones))) + tones)
    return " ".join(words)


def test_the_encoding_is_found_out(name: str, found: Read) -> None:
    assert found.sheet.encoding == ENCODINGS.get(name, "utf-8")


def test_every_column_is_found(found: Read, told: Any) -> None:
    at = {field: sheets.letters(column) for field, column in found.where.at.items()}
    at.setdefault("gender", at.get("woman", ""))
    assert {field: at.get(field) for field in told["columns"]} == told["columns"]


def test_every_row_that_is_somebody_is_read_and_no_other(found: Read, told: Any) -> None:
    assert sorted(found.entries) == [row["row"] for row in told["rows"]]
    assert len(found.entries) == told["rows_read"]


def test_there_are_so_many_people_and_numbers(found: Read, told: Any) -> None:
    least, most = told["mobiles"]
    assert len(found.people) == told["people"]
    assert least <= sum(kind == "mobile" for kind in found.numbers.values()) <= most


def test_every_name_comes_out_as_it_is_written(found: Read, told: Any) -> None:
    for row in told["rows"]:
        entry = found.entries[row["row"]]
        if row["name"] is None:
            assert entry is None, row
        else:
            assert entry is not None, row
            assert tone_last(entry.name) == tone_last(row["name"]), row
            assert entry.name == unicodedata.normalize("NFC", entry.name).title(), row


def entries(found: Read, told: Any) -> list[tuple[Entry, Any]]:
    pairs = [(found.entries[row["row"]], row) for row in told["rows"] if row["name"] is not None]
    return [(entry, row) for entry, row in pairs if entry is not None]


def test_every_number_is_read_in_its_order(found: Read, told: Any) -> None:
    for entry, row in entries(found, told):
        assert mobiles(entry) in [row["phones"], *row.get("phones_or", ())], row
        if "landline" in row:
            assert row["landline"] in entry.numbers, row


def test_birth_gender_places_and_consent_are_read(found: Read, told: Any) -> None:
    for entry, row in entries(found, told):
        read = {
            "birth_year": entry.birth_year, "gender": entry.gender, "hamlet": folded(entry.hamlet),
            "commune": code_of(entry.commune),
        }  # fmt: skip
        assert read == {**{key: row[key] for key in read}, "hamlet": folded(row["hamlet"])}, row
        assert read["commune"] not in row.get("commune_never", ()), row
        if "consent" in row:
            assert CONSENT[entry.consent] == row["consent"], row


def test_who_shares_a_number_is_seen(found: Read, told: Any) -> None:
    together = found.rows_of_numbers()
    sharing = 0
    for row in told["rows"]:
        others = {number for rows in together.values() if row["row"] in rows for number in rows} - {
            row["row"]
        }
        if not row.get("phones_or"):
            assert others == set(row["shares"]), row
        sharing += bool(others)
    assert sharing == told["rows_sharing_a_number"]


def test_every_problem_is_named_in_its_cell(found: Read, told: Any) -> None:
    for problem in told["problems"]:
        if problem.get("optional"):
            continue
        said = {
            (found_.column, found_.kind): found_ for found_ in found.problems if found_.row == problem["row"]
        }
        ok = [(problem["column"], kind) for kind in (problem["kind"], *problem.get("also_ok", ()))]
        match = next((said[key] for key in ok if key in said), None)
        assert match is not None, (problem, list(said))
        if match.kind == problem["kind"] and match.kind in (
            "landline",
            "old_number_converted",
            "two_numbers",
        ):
            assert match.severity == problem["severity"], problem
        if "of_row" in problem:
            assert match.detail == str(problem["of_row"])


def test_nothing_good_is_called_wrong(found: Read, told: Any) -> None:
    known = {
        (problem["row"], kind)
        for problem in told["problems"]
        for kind in (problem["kind"], *problem.get("also_ok", ()))
    }
    rows = {problem["row"] for problem in told["problems"]}
    for problem in found.problems:
        assert problem.severity != "error" or problem.row in rows, problem
        assert (problem.row, problem.kind) in known or problem.kind == "may_be_a_cut_84", problem


def test_a_number_that_a_library_makes_of_words_is_never_kept(found: Read, told: Any) -> None:
    never = {
        problem["row"]: problem["phone_never"] for problem in told["problems"] if "phone_never" in problem
    }
    for number, wrong in never.items():
        entry = found.entries[number]
        assert entry is None or wrong not in entry.numbers
        assert wrong not in found.numbers


def test_consent_is_counted(found: Read, told: Any) -> None:
    if "consent" in told:
        asked = Counter(
            entry.consent if entry is not None else _consent_of_nobody(found, number)
            for number, entry in found.entries.items()
        )
        assert {"yes": asked[True], "no": asked[False], "blank": asked[None]} == told["consent"]


def _consent_of_nobody(found: Read, number: int) -> bool | None:
    """What a row without a name says; it is not kept."""
    said = found.where.text(found.rows[number], "consent").strip().casefold()
    return None if not said else said not in ("không", "k")


def test_the_owner_of_a_number_is_kept_beside_it(places: None) -> None:
    owners = Counter(
        owner
        for entry in read_file("office_list.xlsx").entries.values()
        if entry
        for *_rest, owner in entry.phones
    )
    del owners[""]
    assert owners == {"trưởng thôn": 2, "vợ": 2, "con trai": 1, "chồng": 1}


def test_a_hidden_column_is_shown_as_hidden_and_not_read(places: None) -> None:
    found = read_file("office_list.xlsx")
    assert found.sheet.hidden == {5}
    assert 5 not in found.where.at.values()
    assert not any("00219" in str(vars(entry)) for entry in found.entries.values() if entry)


def test_the_sheets_that_a_person_sees_are_named(places: None) -> None:
    assert read_file("office_list.xlsx").sheet.sheets == ("DS lao động",)
    assert read_file("list.ods").sheet.sheets == ("Danh sách", "Ghi chú")
