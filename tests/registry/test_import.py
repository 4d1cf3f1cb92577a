"""What is read from a row of a list, cell by cell, and what is said about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest

from service.refused import Refused
from service.registry import checking, columns, problems, sheets
from service.registry.entries import Entry, Reading
from tests.registry.conftest import HEADER, PAO, as_csv, as_xlsx, check, commune, everybody
from tests.registry.reading import Read, read

pytestmark = pytest.mark.usefixtures("places")


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Reading a list asks the database for names of places alone, so one kind of it is enough here."""
    return sqlite_url


def row(**changed: str) -> list[str]:
    """Sùng Mí Páo's row with some cells changed."""
    names = ("name", "birth", "gender", "phone", "hamlet", "commune", "consent")
    return [changed.get(name, cell) for name, cell in zip(names, PAO, strict=True)]


def entries(found: Read) -> list[Entry]:
    return [entry for entry in found.entries.values() if entry is not None]


def said(found: Read) -> list[tuple[str, str]]:
    """(cell, kind) of everything that is said."""
    return [(f"{problem.column}{problem.row}", problem.kind) for problem in found.problems]


def test_a_row_in_order_is_read_whole() -> None:
    found = read(as_csv(PAO))
    (entry,) = entries(found)
    assert (entry.row, entry.name, entry.birth_year, entry.gender) == (2, "Sùng Mí Páo", 1990, "male")
    assert entry.phones == [("+84912000345", "mobile", "0912 000 345", "", "")]
    assert (entry.commune, entry.hamlet, entry.consent) == (commune("Sơn Vĩ").id, "Trà Mần", True)
    assert found.problems == []


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
    Case("commune", "00778x", "F2", "unknown_commune"),
    Case("birth", "19880", "B2", "bad_birth_year"),
    Case("birth", "15/3/87", "B2", "bad_birth_year"),
    Case("birth", "32874", "B2", "bad_birth_year"),
    Case("name", "S\ufffdng Mí Páo", "A2", "bad_name", ()),
    Case("gender", "Khác", "C2", "unknown_word"),
    Case("consent", "để hỏi vợ", "G2", "unknown_consent"),
]


def test_every_doubtful_cell_is_named_with_its_kind() -> None:
    for case in CASES:
        found = read(as_csv(row(**{case.field: case.typed})))
        assert said(found) == [(case.cell, case.kind)], case
        kept = entries(found)
        assert tuple(kept[0].numbers if kept else ()) == case.numbers, case


def test_every_kind_of_problem_has_a_case() -> None:
    of_the_registry = {"duplicate_person", "was_wrong_number", "perhaps_known", "needs_guardian"}
    assert {case.kind for case in CASES} | of_the_registry == set(problems.KINDS)


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
    found = read(as_csv(*typed))
    first, second, third = entries(found)
    assert found.problems == []
    assert (first.gender, first.consent, first.birth_year, first.commune) == (
        "female",
        True,
        1990,
        commune("Sơn Vĩ").id,
    )
    assert (second.name, second.numbers, second.consent) == ("Vàng Thị Mỷ", ["+84912000346"], False)
    assert second.hamlet == "Trà Mần"
    assert (third.gender, third.consent, third.birth_year, third.hamlet) == (None, None, None, "")
    assert third.phones == [("+84912000347", "mobile", "ĐT: 0912.000.347 (vợ)", "", "vợ")]


def test_a_mobile_comes_before_a_landline_of_the_same_cell() -> None:
    (entry,) = entries(read(as_csv(row(phone="02193000511 / 0912000345"))))
    assert entry.numbers == ["+84912000345", "+842193000511"]


def test_numbers_of_several_columns_make_one_list_with_their_owners() -> None:
    header = [
        "Họ và tên",
        "Năm sinh",
        "Số điện thoại",
        "Người nhận máy",
        "Điện thoại 2",
        "Số điện thoại người thân",
        "Xã",
    ]
    cells = ["Sùng Mí Páo", "1990", "0912000345", "vợ", "con trai 0987000321", "0383000244", "Sơn Vĩ"]
    (entry,) = entries(read(as_csv(cells, header=header)))
    assert [(number, owner) for number, *_rest, owner in entry.phones] == [
        ("+84912000345", "vợ"),
        ("+84987000321", "con trai"),
    ]
    (entry,) = entries(read(as_csv(cells, header=header), chosen={"F": "phone"}))
    assert [(number, owner) for number, *_rest, owner in entry.phones][2] == ("+84383000244", "người thân")


def test_an_empty_second_column_of_numbers_is_no_problem() -> None:
    header = ["Họ và tên", "Năm sinh", "Điện thoại 1", "Điện thoại 2", "Xã"]
    found = read(
        as_csv(
            ["Sùng Mí Páo", "1990", "", "0912000345", "Sơn Vĩ"],
            ["Lý A Páo", "1991", "", "", "Sơn Vĩ"],
            header=header,
        )
    )
    assert said(found) == [("C3", "no_phone")]


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
        found = read(as_csv(PAO, again))
        assert len(found.people) == 1, why
        (problem,) = [one for one in found.problems if one.kind == "duplicate_person"]
        assert (problem.row, problem.column, problem.detail) == (3, "A", "2"), why
        assert "dòng 2" in problems.advice(problem)


def test_the_place_of_the_tone_mark_makes_no_other_person() -> None:
    assert len(read(as_csv(row(name="Lý Thị Hoà"), row(name="Lý Thị Hòa"))).people) == 1


def test_others_are_others() -> None:
    for why, other in ANOTHER:
        assert len(read(as_csv(PAO, other)).people) == 2, why


def test_of_two_rows_of_one_person_the_no_counts() -> None:
    for first, second in (("Có", "Không"), ("Không", "Có")):
        (entry,) = read(as_csv(row(consent=first), row(consent=second))).people
        assert entry.consent is False


def test_one_number_of_several_people_is_normal() -> None:
    batch = check(
        as_csv(PAO, row(name="Vàng Thị Mỷ", gender="Nữ"), row(name="Sùng Mí Sò", phone="0913000345"))
    )
    assert batch.noted == []
    assert (batch.counts["people"], batch.counts["phones"], batch.counts["shared_phones"]) == (3, 2, 1)


def test_numbers_and_dates_of_a_spreadsheet_are_read_as_they_are_shown() -> None:
    found = read(as_xlsx(HEADER, ["Sùng Mí Páo", 1990.0, "Nam", 912000345, "", "Sơn Vĩ", ""]), "a.xlsx")
    (entry,) = entries(found)
    assert (entry.birth_year, entry.numbers) == (1990, ["+84912000345"])


def test_a_commune_given_for_the_whole_list_is_for_rows_that_name_none() -> None:
    where = commune("Khâu Vai")
    header = HEADER[:5]
    found = read(as_csv(row()[:5], header=header), commune=where)
    assert [entry.commune for entry in entries(found)] == [where.id]
    rows = [
        row(commune=""),
        row(name="Vàng Thị Mỷ", commune="Sơn Vĩ"),
        row(name="Lý A Páo", commune="Bản Mới"),
    ]
    found = read(as_csv(*rows), commune=where)
    assert [entry.commune for entry in entries(found)] == [where.id, commune("Sơn Vĩ").id, None]
    assert said(found) == [("F4", "unknown_commune")]


def test_a_code_of_a_commune_is_read_where_no_name_is_and_means_the_unit_of_that_day() -> None:
    header = [*HEADER[:5], "Mã xã"]
    data = as_csv([*row()[:5], "778"], header=header)
    assert [entry.commune for entry in entries(read(data))] == [commune("Sơn Vĩ").id]
    sheet = sheets.read(data, "list.csv")
    where = columns.find(sheet)
    (people,) = columns.villagers(sheet, where)
    long_ago = Reading(where, None, date(2026, 11, 23), on=date(2020, 5, 1)).read(people)
    assert long_ago is not None
    assert long_ago.commune == commune("Xín Cái").id
    both = as_csv([*row()[:5], "00769", "Khâu Vai"], header=[*header, "Xã"])
    assert [entry.commune for entry in entries(read(both))] == [commune("Khâu Vai").id]


def test_an_address_in_one_cell_gives_hamlet_and_commune() -> None:
    header = ["Họ và tên", "Năm sinh", "Số điện thoại", "Địa chỉ"]
    cells = ["Sùng Mí Páo", "1990", "0912000345", "Thôn Trà Mần, xã Xín Cái, huyện Mèo Vạc"]
    (entry,) = entries(read(as_csv(cells, header=header)))
    assert (entry.hamlet, entry.commune) == ("Trà Mần", commune("Sơn Vĩ").id)


def test_language_skills_and_wishes_are_read_by_their_words() -> None:
    header = [*HEADER[:4], "Xã", "Tiếng nói", "Tay nghề", "Nguyện vọng"]
    people = [
        [
            *row()[:4],
            "Sơn Vĩ",
            "tiếng Mông",
            "Thợ xây, biết may",
            "đi làm ngoài tỉnh hoặc xuất khẩu lao động",
        ],
        [*row(name="Lý A Páo")[:4], "Sơn Vĩ", "Klingon", "không", "sao cũng được"],
    ]
    found = read(as_csv(*people, header=header))
    first, second = entries(found)
    assert (first.language, first.skills, first.wishes) == (
        "hmn",
        ["sewing", "building"],
        ["elsewhere", "abroad"],
    )
    assert (second.language, second.skills, second.wishes) == (None, [], [])
    assert said(found) == [("F3", "unknown_word"), ("H3", "unknown_word")]


MARKS = [
    ("x", "", True), ("✓", "", True), ("", "x", False), ("", "X", False), ("x", "x", None), ("", "", None), ("x", "-", True),
]  # fmt: skip


@pytest.mark.parametrize(("yes", "no", "consent"), MARKS)
@pytest.mark.parametrize("no_first", [False, True])
def test_consent_may_be_a_mark_below_yes_or_below_no(
    yes: str, no: str, consent: bool | None, no_first: bool
) -> None:
    marks, words = ([no, yes], ["Không", "Có"]) if no_first else ([yes, no], ["Có", "Không"])
    rows = [
        ["Họ và tên", "Năm sinh", "SĐT", "Xã", "Đồng ý nhận tin", ""],
        ["", "", "", "", *words],
        ["Sùng Mí Páo", "1990", "0912000345", "Sơn Vĩ", *marks],
    ]
    (entry,) = entries(read(as_xlsx(*rows), "a.xlsx"))
    assert entry.consent is consent


def test_consent_to_something_else_is_not_consent_to_messages() -> None:
    header = [*HEADER[:6], "Đồng ý chuyển hồ sơ cho doanh nghiệp"]
    (entry,) = entries(read(as_csv(PAO, header=header)))
    assert entry.consent is None


def test_the_report_for_machines_has_the_agreed_keys() -> None:
    data = as_csv(PAO, row(name="Vàng Thị Mỷ", phone="xem sổ"))
    report = checking.look("list.csv", data, None).as_json(stored=0)
    assert {name: report[name] for name in ("rows", "people", "phones", "shared_phones", "stored")} == {
        "rows": 2, "people": 2, "phones": 1, "shared_phones": 0, "stored": 0,
    }  # fmt: skip
    (problem,) = report["problems"]
    advice = problem.pop("advice")
    assert problem == {"row": 3, "column": "D", "kind": "not_a_number", "severity": "error", "seen": "xem sổ"}
    assert "0912 000 345" in advice


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
    ("no_name_column", as_csv(["0912000345", "1990"], header=["Số điện thoại", "Năm sinh"])),
]


@pytest.mark.parametrize(("code", "data"), REFUSALS, ids=[code for code, _data in REFUSALS])
def test_a_list_that_is_no_list_of_people_is_refused(code: str, data: bytes) -> None:
    with pytest.raises(Refused) as refused:
        check(data)
    assert refused.value.code == f"import.{code}"
