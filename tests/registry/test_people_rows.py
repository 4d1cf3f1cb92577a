"""Which rows are people, and what a row means that says "as above"."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.registry.conftest import as_csv, as_xlsx
from tests.registry.reading import Read, code_of, read
from tests.registry.test_import import entries

pytestmark = pytest.mark.usefixtures("places")

HEADER = ["STT", "Họ và tên", "Năm sinh", "Nam", "Nữ", "Thôn", "Xã", "Số điện thoại"]
PAO = ["1", "Sùng Mí Páo", "1990", "x", "", "Trà Mần", "Sơn Vĩ", "0912000345"]
MY = ["2", "Vàng Thị Mỷ", "1987", "", "x", "Trà Mần", "", "0383000244"]
DINH = ["3", "Lầu A Dính", "1975", "x", "", "Nà Nũng", "", "0971000012"]


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Reading asks the database for names of places alone."""
    return sqlite_url


def list_of(*rows: Sequence[str], header: Sequence[str] = HEADER) -> Read:
    return read(as_xlsx(header, *rows), "a.xlsx")


def names(found: Read) -> list[str | None]:
    return [entry.name if entry else None for entry in found.entries.values()]


NOBODY: list[tuple[str, list[str]]] = [
    ("a blank row", []),
    ("numbers of columns", ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)", "(8)"]),
    ("numbers and letters of columns", ["A", "B", "1", "2", "3", "4", "5", "6"]),
    ("the headings again", HEADER),
    ("the headings again in capitals", [cell.upper() for cell in HEADER]),
    ("a section", ["I", "Xã Khâu Vai"]),
    ("a section with its size", ["II", "Thôn Nà Nũng", "", "2", "1", "", "", "3 người"]),
    ("a section with a dash", ["-", "Thôn Nà Nũng"]),
    ("a section in one cell", ["A. CÁC XÃ CÒN LẠI"]),
    ("a numbered section", ["1", "Thôn Nà Nũng"]),
    ("a sum", ["Tổng cộng", "", "", "2", "1"]),
    ("a sum with people", ["", "Tổng số: 25 người"]),
    ("a sum in another word", ["Cộng", "", "", "", "", "", "", "25 người"]),
    ("a sum of a page", ["", "Cộng trang 1", "", "12", "13"]),
    ("a sum in capitals", ["TỔNG CỘNG:", "3"]),
    ("a sum in other words", ["Lũy kế", "3"]),
    ("a closing line", ["Ấn định danh sách có 25 người./."]),
    ("a page", ["Trang 2"]),
    ("another title", ["DANH SÁCH LAO ĐỘNG (tiếp theo)"]),
]


@pytest.mark.parametrize(("why", "row"), NOBODY, ids=[why for why, _row in NOBODY])
def test_it_is_nobody(why: str, row: list[str]) -> None:
    assert names(list_of(PAO, row, MY)) == ["Sùng Mí Páo", "Vàng Thị Mỷ"]


ENDINGS: list[list[list[str]]] = [
    [["Tổng cộng: 2 người"], [], ["", "Người lập biểu", "", "", "", "Trưởng phòng"], [], ["", "Lý A Páo", "", "", "", "Hà Thị Hà"]],
    [[], ["", "", "", "", "", "Mèo Vạc, ngày 12 tháng 10 năm 2026"], ["", "NGƯỜI LẬP"], ["", "(Ký, ghi rõ họ tên)"], ["", "Lý A Páo"]],
    [["TM. UBND XÃ", "", "", "", "", "Người lập danh sách"], ["CHỦ TỊCH"], ["Lý A Páo", "", "", "", "", "Và Mí Lình"]],
    [["", "Xác nhận của UBND xã"], ["", "Lý A Páo", "", "", "", "Công chức VH-XH"]],
    [["Ghi chú: người có dấu * đã đi làm"], ["Lưu ý: nộp trước ngày 30/10"]],
]  # fmt: skip


@pytest.mark.parametrize("rows", ENDINGS)
def test_who_signs_is_not_in_the_list(rows: list[list[str]]) -> None:
    assert names(list_of(PAO, MY, *rows)) == ["Sùng Mí Páo", "Vàng Thị Mỷ"]


SOMEBODY: list[tuple[str, list[str]]] = [
    ("nothing but a name and a number in the list", ["3", "Lý A Páo"]),
    ("a name and a hamlet", ["", "Lý A Páo", "", "", "", "Trà Mần"]),
    ("a name and a birth", ["", "Lý A Páo", "1990"]),
    ("a name and a phone that is none", ["", "Lý A Páo", "", "", "", "", "", "không có"]),
    ("Mr Tống is no sum", ["", "Tống Văn Páo", "", "x"]),
    ("Mr Công is no sum", ["3", "Công Văn Páo", "", "x"]),
    ("a mark alone", ["", "Lý A Páo", "", "x"]),
]


@pytest.mark.parametrize(("why", "row"), SOMEBODY, ids=[why for why, _row in SOMEBODY])
def test_it_is_somebody(why: str, row: list[str]) -> None:
    assert len(list_of(PAO, row, MY).entries) == 3


NAMELESS = [
    ["3", "", "1990", "x", "", "Trà Mần", "", "0912000346"],
    ["", "-", "1990", "", "x", "", "", "0912000346"],
    ["", "", "", "", "", "", "", "0912000346"],
    ["3", "", "1990"],
]


@pytest.mark.parametrize("row", NAMELESS)
def test_somebody_without_a_name_is_not_lost_silently(row: list[str]) -> None:
    found = list_of(PAO, row, MY)
    assert names(found) == ["Sùng Mí Páo", None, "Vàng Thị Mỷ"]
    assert ("B", "no_name") in found.kinds(3)


def test_after_a_sum_of_a_page_the_list_goes_on() -> None:
    found = list_of(
        PAO,
        ["Cộng trang 1: 1 người"],
        HEADER,
        [*MY[:6], "Khâu Vai", MY[7]],
        ["3", "Lý A Páo"],
        ["Tổng cộng: 3"],
    )
    assert names(found) == ["Sùng Mí Páo", "Vàng Thị Mỷ", "Lý A Páo"]


def test_a_short_list_of_names_and_numbers_is_a_list() -> None:
    rows = [["Sùng Mí Páo", "0912000345"], ["Lý A Páo", ""], ["Vàng Thị Mỷ", "0383000244"]]
    assert names(read(as_csv(*rows, header=["Họ tên", "SĐT"]))) == ["Sùng Mí Páo", "Lý A Páo", "Vàng Thị Mỷ"]


# -- communes given once


def communes(found: Read) -> list[str | None]:
    return [code_of(entry.commune) for entry in entries(found)]


def test_a_commune_holds_until_the_next_one() -> None:
    other = [*DINH[:6], "Khâu Vai", DINH[7]]
    assert communes(list_of(PAO, MY, other, MY)) == ["00778", "00778", "00802", "00802"]


@pytest.mark.parametrize(
    "sign", ["nt", "-nt-", "NT", "n.t", '"', "″", "”", "''", "〃", "như trên", '-"-', "//", "-", "…", " "]
)
def test_signs_for_the_same_as_above(sign: str) -> None:
    found = list_of(PAO, [*MY[:6], sign, MY[7]])
    assert communes(found) == ["00778", "00778"]
    assert found.problems == []


def test_a_section_ends_what_was_given() -> None:
    found = list_of(PAO, MY, ["II. CÁC XÃ CÒN LẠI (bổ sung)"], DINH)
    assert communes(found) == ["00778", "00778", None]
    assert found.kinds(5) == [("G", "unknown_commune")]


def test_a_sum_ends_what_was_given() -> None:
    assert communes(list_of(PAO, ["Cộng xã Sơn Vĩ: 1 người"], MY)) == ["00778", None]


@pytest.mark.parametrize(
    "title",
    [
        "II. XÃ KHÂU VAI",
        "Xã Khâu Vai (12 người)",
        "* Khâu Vai",
        "2) Thị trấn Mèo Vạc",
        "Xã: Khâu Vai",
        "KHÂU VAI",
    ],
)
def test_a_section_that_names_a_commune_gives_it_to_its_rows(title: str) -> None:
    expected = "00769" if "Mèo" in title else "00802"
    assert communes(list_of(PAO, [title], MY, DINH)) == ["00778", expected, expected]


def test_a_section_of_a_hamlet_stays_in_its_commune() -> None:
    header = ["STT", "Họ và tên", "Năm sinh", "Xã", "Số điện thoại"]
    rows = [
        ["Thôn Trà Mần"], ["1", "Sùng Mí Páo", "1990", "Sơn Vĩ", "0912000345"],
        ["Thôn Nà Nũng"], ["2", "Lầu A Dính", "1975", "", "0971000012"],
        ["Thôn Hà Súng, xã Khâu Vai"], ["3", "Vàng Thị Mỷ", "1987", "", "0383000244"],
    ]  # fmt: skip
    found = list_of(*rows, header=header)
    assert communes(found) == ["00778", "00778", "00802"]
    assert [entry.hamlet for entry in entries(found)] == ["Trà Mần", "Nà Nũng", "Hà Súng"]


def test_an_unknown_commune_is_not_replaced_by_the_known_one_above_it() -> None:
    found = list_of(PAO, [*MY[:6], "Bản Mới", MY[7]], DINH)
    assert communes(found) == ["00778", None, None]


def test_a_lone_quotation_mark_in_a_text_file_means_the_same_as_above() -> None:
    text = 'STT;Họ và tên;Năm sinh;Thôn;Xã;SĐT\n1;Sùng Mí Páo;1990;Trà Mần;Sơn Vĩ;0912000345\n2;Vàng Thị Mỷ;1987;";";0383000244\n'
    text += '3;Lý A Páo;1990;"Nà;Nũng";";0912000346\n4;"Và ""Anh Hai"" Mí Páo";1990;Trà Mần;";0912000347\n'
    found = read(text.encode())
    assert communes(found) == ["00778"] * 4
    assert [entry.hamlet for entry in entries(found)] == ["Trà Mần", "Trà Mần", "Nà;Nũng", "Trà Mần"]


def test_a_hamlet_written_once_for_many_rows_holds_for_them() -> None:
    rows = [
        [str(place), f"Sùng Mí {chr(65 + place)}o", "1990", "x", "", "", "Sơn Vĩ", "0912000345"]
        for place in range(12)
    ]
    rows[0][5], rows[6][5] = "Trà Mần", "Nà Nũng"
    assert [entry.hamlet for entry in entries(list_of(*rows))] == ["Trà Mần"] * 6 + ["Nà Nũng"] * 6
    for row in rows:
        row[5] = row[5] or "Lùng Thàng"
    rows[3][5] = ""
    assert entries(list_of(*rows))[3].hamlet == ""


def test_a_number_as_above_is_the_households_number() -> None:
    found = list_of(PAO, [*MY[:7], "nt"], [*DINH[:7], ""])
    assert [entry.numbers for entry in entries(found)] == [["+84912000345"], ["+84912000345"], []]


def test_the_commune_of_the_title_holds_for_a_list_that_names_none() -> None:
    rows = [["UBND HUYỆN MÈO VẠC"], ["DANH SÁCH LAO ĐỘNG XÃ LŨNG PÙ NĂM 2026"], ["Họ và tên", "Năm sinh", "SĐT"], ["Sùng Mí Páo", "1990", "0912000345"]]  # fmt: skip
    assert communes(read(as_xlsx(*rows), "a.xlsx")) == ["00802"]
