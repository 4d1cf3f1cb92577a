"""What is read from a list, cell by cell, and what is said about it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from service.refused import Refused
from service.registry import imports, problems
from service.registry.entries import Entry, from_row
from service.registry.imports import ImportBatch
from tests.registry.conftest import HEADER, PAO, as_csv, as_xlsx, check, commune, everybody, kinds, store

pytestmark = pytest.mark.usefixtures("places")


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Reading a list asks the database for names of places alone, so one kind of it is enough here."""
    return sqlite_url


def row(**changed: str) -> list[str]:
    """Sùng Mí Páo's row with some cells changed."""
    names = ("name", "birth", "gender", "phone", "hamlet", "commune", "consent")
    return [changed.get(name, cell) for name, cell in zip(names, PAO, strict=True)]


def entries(batch: ImportBatch) -> list[Entry]:
    return [from_row(kept) for kept in batch.rows]


def test_a_row_in_order_is_read_whole() -> None:
    batch = check(as_csv(PAO))
    (entry,) = entries(batch)
    assert (entry.row, entry.name, entry.birth_year, entry.gender) == (2, "Sùng Mí Páo", 1990, "male")
    assert entry.phones == [("+84912000345", "mobile", "0912 000 345", "")]
    assert (entry.commune, entry.hamlet, entry.consent) == (commune("Sơn Vĩ").id, "Trà Mần", True)
    assert batch.noted == []


@dataclass(frozen=True)
class Case:
    """A cell that somebody should look at: what stands in it, where and what is said, which numbers are kept."""

    field: str
    typed: str
    cell: str
    kind: str
    numbers: tuple[str, ...] = ("+84912000345",)


CASES = [
    Case("phone", "", "D2", "no_phone", ()),
    Case("phone", "không có", "D2", "no_phone", ()),
    Case("phone", "hỏi trưởng thôn", "D2", "not_a_number", ()),
    Case("phone", "091200034", "D2", "too_short", ()),
    Case("phone", "091200034567", "D2", "too_long", ()),
    Case("phone", "113", "D2", "special_number", ()),
    Case("phone", "O912000345", "D2", "letter_in_number"),
    Case("phone", "09B2000345", "D2", "letter_in_number", ()),  # 8 is likely, but nobody knows
    Case("phone", "9.12E+08", "D2", "damaged_scientific", ()),
    Case("phone", "0219 3000 511", "D2", "landline", ("+842193000511",)),
    Case("phone", "01626000345", "D2", "old_number_converted", ("+84326000345",)),
    Case("phone", "0912000345; 0913000345", "D2", "two_numbers", ("+84912000345", "+84913000345")),
    Case("phone", "849000123", "D2", "may_be_a_cut_84", ("+84849000123",)),
    Case("name", "", "A2", "no_name", ()),
    Case("name", " - ", "A2", "no_name", ()),
    Case("name", "Páo " * 40, "A2", "bad_name", ()),
    Case("birth", "không nhớ", "B2", "bad_birth_year"),
    Case("birth", "1890", "B2", "bad_birth_year"),
    Case("birth", "2031", "B2", "bad_birth_year"),
    Case("birth", "31/02/1992", "B2", "bad_birth_year"),
    Case("commune", "Lũng Máng", "F2", "unknown_commune"),  # looks like two real names
    Case("commune", "", "F2", "unknown_commune"),
    Case("consent", "để hỏi vợ", "G2", "unknown_consent"),
]


def test_every_doubtful_cell_is_named_with_its_kind() -> None:
    rows = [row(**{case.field: case.typed}) for case in CASES]
    for case, typed in zip(CASES, rows, strict=True):
        batch = check(as_csv(typed))
        assert kinds(batch) == [(case.cell, case.kind)], case
        kept = entries(batch)
        assert tuple(kept[0].numbers if kept else ()) == case.numbers, case


def test_every_kind_of_problem_has_a_case() -> None:
    shown_elsewhere = {"duplicate_person"}
    assert {case.kind for case in CASES} | shown_elsewhere == set(problems.KINDS)


def test_what_is_only_a_way_of_writing_is_no_problem() -> None:
    typed = [
        row(phone="+84 (0)912 000 345", gender="nữ", consent="x", birth="03/05/1990", commune="xã Xín Cái"),
        row(
            name="vàng  thị MỶ",
            phone="912000346",
            gender="F",
            consent="Không",
            hamlet="Thôn Trà Mần",
            birth="1991",
        ),
        row(name="Lý A Dính", phone="ĐT: 0912.000.347 (vợ)", gender="", consent="", birth="", hamlet=""),
    ]
    batch = check(as_csv(*typed))
    first, second, third = entries(batch)
    assert batch.noted == []
    assert (first.gender, first.consent, first.birth_year, first.commune) == (
        "female",
        True,
        1990,
        commune("Sơn Vĩ").id,
    )
    assert (second.name, second.numbers, second.consent) == ("Vàng Thị Mỷ", ["+84912000346"], False)
    assert second.hamlet == "Trà Mần"
    assert (third.gender, third.consent, third.birth_year, third.hamlet) == (None, None, None, "")
    assert third.numbers == ["+84912000347"]


def test_a_mobile_comes_before_a_landline_of_the_same_cell() -> None:
    (entry,) = entries(check(as_csv(row(phone="02193000511 / 0912000345"))))
    assert entry.numbers == ["+84912000345", "+842193000511"]


SAME = [
    ("the number written another way", row(phone="+84912000345")),
    ("case and blanks", row(name="SÙNG  MÍ PÁO")),
    ("one of two numbers", row(phone="0913000345 - 0912000345")),
    ("decomposed letters", row(name="Su\u0300ng Mi\u0301 Pa\u0301o")),
    ("another commune name", row(commune="Xín Cái")),
]
ANOTHER = [
    ("one tone is another name", row(name="Sùng Mí Pào")),
    ("another year", row(birth="1991")),
    ("another number", row(phone="0913000345")),
]


def test_the_same_person_twice_is_one_person() -> None:
    for why, again in SAME:
        batch = check(as_csv(PAO, again))
        assert batch.counts["people"] == 1, why
        (problem,) = [one for one in batch.noted if one.kind == "duplicate_person"]
        assert (problem.row, problem.column, problem.detail) == (3, "A", "2"), why
        assert "dòng 2" in problems.advice(problem)


def test_the_place_of_the_tone_mark_makes_no_other_person() -> None:
    batch = check(as_csv(row(name="Lý Thị Hoà"), row(name="Lý Thị Hòa")))
    assert batch.counts["people"] == 1


def test_others_are_others() -> None:
    for why, other in ANOTHER:
        assert check(as_csv(PAO, other)).counts["people"] == 2, why


def test_of_two_rows_of_one_person_the_no_counts() -> None:
    for first, second in (("Có", "Không"), ("Không", "Có")):
        (entry,) = entries(check(as_csv(row(consent=first), row(consent=second))))
        assert entry.consent is False


def test_one_number_of_several_people_is_normal() -> None:
    batch = check(
        as_csv(PAO, row(name="Vàng Thị Mỷ", gender="Nữ"), row(name="Sùng Mí Sò", phone="0913000345"))
    )
    assert batch.noted == []
    assert (batch.counts["people"], batch.counts["phones"], batch.counts["shared_phones"]) == (3, 2, 1)


def test_titles_numbers_totals_and_signatures_are_not_people() -> None:
    batch = check(
        as_xlsx(
            ["UBND XÃ SƠN VĨ"],
            [],
            ["Danh sách lao động"],
            ["STT", *HEADER],
            ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)", "(8)"],
            [1, *PAO],
            ["STT", *HEADER],
            [],
            [2, *row(name="Vàng Thị Mỷ", phone="0913000345")],
            ["Tổng cộng: 2 người"],
            ["", "Người lập danh sách"],
        ),
        "list.xlsx",
    )
    assert [(entry.row, entry.name) for entry in entries(batch)] == [(6, "Sùng Mí Páo"), (9, "Vàng Thị Mỷ")]
    assert batch.noted == []


def test_numbers_and_dates_of_a_spreadsheet_are_read_as_they_are_shown() -> None:
    batch = check(as_xlsx(HEADER, ["Sùng Mí Páo", 1990.0, "Nam", 912000345, "", "Sơn Vĩ", ""]), "a.xlsx")
    (entry,) = entries(batch)
    assert (entry.birth_year, entry.numbers) == (1990, ["+84912000345"])


def test_headings_come_in_many_words_and_ethnic_origin_is_not_read() -> None:
    header = [
        "Họ và đệm",
        "Tên",
        "Ngày, tháng,\nnăm sinh",
        "Nam",
        "Nữ",
        "SĐT",
        "Xã, thị trấn",
        "Bản",
        "Dân tộc",
        "Tiếng",
    ]
    batch = check(
        as_csv(
            ["Sùng Mí", "Páo", "3/5/1990", "x", "", "0912000345", "Xín Cái", "Trà Mần", "Dao", "Mông"],
            header=header,
        )
    )
    (entry,) = entries(batch)
    assert (entry.name, entry.birth_year, entry.gender, entry.language) == (
        "Sùng Mí Páo",
        1990,
        "male",
        "hmn",
    )
    assert "Dao" not in str(batch.rows)


def test_headings_may_stand_in_two_rows() -> None:
    batch = check(
        as_xlsx(
            ["Họ và tên", "Năm sinh", "Giới tính", "", "Liên lạc", "Xã"],
            ["", "", "Nam", "Nữ", "Số điện thoại", ""],
            ["Vàng Thị Mỷ", 1990, "", "x", "0912000345", "Sơn Vĩ"],
        ),
        "a.xlsx",
    )
    (entry,) = entries(batch)
    assert (entry.name, entry.gender, entry.numbers) == ("Vàng Thị Mỷ", "female", ["+84912000345"])


@pytest.mark.parametrize(
    ("delimiter", "encoding"),
    [
        (",", "utf-8"),
        (";", "utf-8-sig"),
        ("\t", "utf-16"),
        ("\t", "utf-16-le"),
        (";", "utf-8"),
        ("|", "utf-8"),
    ],
)
def test_csv_comes_in_many_ways(delimiter: str, encoding: str) -> None:
    batch = check(as_csv(PAO, delimiter=delimiter, encoding=encoding))
    assert [entry.name for entry in entries(batch)] == ["Sùng Mí Páo"]
    assert batch.noted == []


def test_a_line_that_names_the_separator_is_no_row_and_a_line_break_in_a_cell_makes_none() -> None:
    batch = check(b"sep=;\r\n" + as_csv(row(phone="0912000345\n0913000345"), row(name=""), delimiter=";"))
    assert kinds(batch) == [("D2", "two_numbers"), ("A3", "no_name")]


def test_a_commune_given_for_the_whole_list_is_for_rows_that_name_none() -> None:
    where = commune("Khâu Vai")
    rows = [
        row(commune=""),
        row(name="Vàng Thị Mỷ", commune="Sơn Vĩ"),
        row(name="Lý A Páo", commune="Bản Mới"),
    ]
    batch = check(as_csv(*rows), where=where)
    assert [entry.commune for entry in entries(batch)] == [where.id, commune("Sơn Vĩ").id, None]
    assert kinds(batch) == [("F4", "unknown_commune")]


def test_the_report_for_machines_has_the_agreed_keys() -> None:
    batch = check(as_csv(PAO, row(name="Vàng Thị Mỷ", phone="xem sổ")))
    report = imports.as_json(batch, None)
    assert {name: report[name] for name in ("rows", "people", "phones", "shared_phones", "stored")} == {
        "rows": 2, "people": 2, "phones": 1, "shared_phones": 0, "stored": 0,
    }  # fmt: skip
    (problem,) = report["problems"]
    advice = problem.pop("advice")
    assert problem == {"row": 3, "column": "D", "kind": "not_a_number", "severity": "error", "seen": "xem sổ"}
    assert "0912 000 345" in advice
    assert imports.as_json(batch, store(batch, accept=True))["stored"] == 2


def test_looking_at_a_list_puts_nobody_into_the_registry() -> None:
    check(as_csv(PAO))
    assert everybody() == []


REFUSALS = [
    ("no_header", as_csv(PAO, header=["một", "hai", "ba", "bốn", "năm nay", "sáu", "bảy"])),
    (
        "no_phone_column",
        as_csv(["Sùng Mí Páo", "1990", "002090000123"], header=["Họ và tên", "Năm sinh", "Số CCCD"]),
    ),
    ("no_rows", as_csv()),
    (
        "old_encoding",
        as_csv(["Sïng MÝ P¸o", "1990", "0912000345"], header=["hä vµ tªn", "n¨m sinh", "®iÖn tho¹i"]),
    ),
]


@pytest.mark.parametrize(("code", "data"), REFUSALS, ids=[code for code, _data in REFUSALS])
def test_a_list_that_is_no_list_of_people_is_refused(code: str, data: bytes) -> None:
    with pytest.raises(Refused) as refused:
        check(data)
    assert refused.value.code == f"import.{code}"
