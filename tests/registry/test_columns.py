"""Which column is what: by its heading, by what stands in it, or because staff say so."""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence

import pytest
import xlsxwriter

from service.refused import Refused
from service.registry import columns, sheets
from service.registry.headings import field_of, meaning
from service.registry.layouts import Layout
from tests.registry.conftest import HEADER, as_csv, as_xlsx, commune
from tests.registry.reading import LISTS, mobiles, read
from tests.registry.test_hostile_files import ods
from tests.registry.test_import import entries

pytestmark = pytest.mark.usefixtures("places")

PEOPLE = [
    ["Sùng Mí Páo", "1990", "Nam", "0912 000 345", "Trà Mần", "Sơn Vĩ"],
    ["Vàng Thị Mỷ", "1987", "Nữ", "0383000244", "Trà Mần", "Xín Cái"],
    ["Lầu A Dính", "1975", "Nam", "971000012", "Nà Nũng", "Khâu Vai"],
]


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Reading asks the database for names of places alone."""
    return sqlite_url


def look(*rows: Sequence[object], chosen: dict[str, str] | None = None, header_row: int = 0) -> Layout:
    data = as_csv(*[[str(cell) for cell in row] for row in rows[1:]], header=[str(cell) for cell in rows[0]])
    return columns.look(sheets.read(data, "list.csv"), chosen or {}, header_row)


def fields(layout: Layout) -> dict[str, str]:
    return {column.letter: column.field for column in layout.columns if column.field}


MEANINGS = [
    ("Họ và tên", "name"), ("Họ tên chủ hộ", ""), ("Họ và tên bố", ""), ("Họ, chữ đệm và tên", "name"), ("Họ và tên đệm", "family"),
    ("Tên", "given"), ("Năm", "birth"), ("Nam", "man"), ("Nữ", "woman"), ("Nữ (x)", "woman"), ("Ngày cấp CCCD", ""),
    ("Năm sinh của con", ""), ("ĐT", "phone"), ("DT", ""), ("Dân tộc", ""), ("Điện thoại vợ", ""), ("Số ĐT", "phone"), ("Số CCCD", ""),
    ("Địa chỉ", "address"), ("Nơi ở (thôn)", "hamlet"), ("Nơi ở (thôn, xã)", "address"), ("Địa chỉ email", ""), ("Mã xã", "commune_code"),
    ("Xã (thị trấn)", "commune"), ("Xã hội hóa", ""), ("Thôn/bản", "hamlet"), ("Tiếng mẹ đẻ", "language"), ("Nghề", "skills"),
    ("Đồng ý cung cấp hồ sơ cho doanh nghiệp", ""), ("Không đồng ý", "refuses"), ("Nguyện vọng", "wishes"), ("Ghi chú", ""),
    ("HỌ VÀ TÊN\n(chữ in hoa)", "name"),
    ("2. Họ và tên", "name"),
    ("(3) Năm sinh", "birth"),
    ("Thông tin số điện thoại", "phone"),
    ("Tuổi (năm sinh)", "birth"),
    ("Giới tính (nữ đánh dấu x)", "woman"),
    ("Đánh dấu x nếu là nữ", ""),
    ("Ngày cấp căn cước", ""),
 ("Ho va ten", "name"), ("SO DIEN THOAI", "phone"), ("Nam sinh", "birth"), ("x" * 200, ""),
]  # fmt: skip


@pytest.mark.parametrize(("heading", "field"), MEANINGS)
def test_what_a_heading_says(heading: str, field: str) -> None:
    assert field_of(heading) == field


def test_what_is_known_and_not_read_is_not_guessed_either() -> None:
    assert meaning("Số CCCD") == meaning("Dân tộc") == "-"
    assert meaning("Cột lạ") == ""


def test_every_column_is_shown_with_samples_and_how_it_is_known() -> None:
    layout = look([*HEADER[:6], "Dân tộc"], *[[*person, "Mông"] for person in PEOPLE], chosen={"G": ""})
    assert (layout.header_rows, layout.problem) == ((1,), "")
    name, *_rest, commune_, ethnic = layout.columns
    assert (name.letter, name.heading, name.field, name.by) == ("A", "Họ và tên", "name", "heading")
    assert name.samples == ("Sùng Mí Páo", "Vàng Thị Mỷ", "Lầu A Dính")
    assert (commune_.field, ethnic.field, ethnic.by) == ("commune", "", "staff")


def test_headings_that_say_nothing_leave_it_to_the_cells() -> None:
    layout = look(["Họ và tên", "Cột 1", "Cột 2", "Liên hệ gì", "Thôn", "Cột 5"], *PEOPLE)
    assert fields(layout) == {
        "A": "name",
        "B": "birth",
        "C": "gender",
        "D": "phone",
        "E": "hamlet",
        "F": "commune",
    }
    assert {column.by for column in layout.columns[1:4]} == {"content"}


def test_a_name_without_a_heading_is_told_by_surnames() -> None:
    layout = look(["Ai đăng ký", "Năm sinh", "Giới tính", "SĐT", "Thôn", "Xã"], *PEOPLE)
    assert fields(layout)["A"] == "name"


def test_of_two_columns_for_the_birth_the_one_with_years_is_read() -> None:
    rows = [[p[0], f"15/{place}", p[1], p[3]] for place, p in enumerate(PEOPLE, start=1)]
    layout = look(["Họ và tên", "Ngày sinh", "Năm sinh", "SĐT"], *rows)
    assert fields(layout) == {"A": "name", "C": "birth", "D": "phone"}


def test_consent_and_language_are_never_guessed_from_cells() -> None:
    layout = look(
        ["Họ và tên", "SĐT", "Năm sinh", "Cột 1", "Cột 2"], *[[p[0], p[3], p[1], "x", "Mông"] for p in PEOPLE]
    )
    assert set(fields(layout)) == {"A", "B", "C"}


def test_identity_numbers_are_never_taken_for_telephones() -> None:
    for heading in ("Số CCCD", "Giấy tờ tùy thân"):
        rows = [[p[0], p[1], f"00209000012{place}"] for place, p in enumerate(PEOPLE)]
        layout = look(["Họ và tên", "Năm sinh", heading], *rows)
        assert (layout.problem, fields(layout)) == ("no_phone_column", {"A": "name", "B": "birth"})


def test_a_list_without_headings_is_shown_with_guesses_and_not_read_by_itself() -> None:
    data = as_csv(*PEOPLE[1:], header=PEOPLE[0])
    layout = columns.look(sheets.read(data, "list.csv"))
    assert layout.problem == "no_header"
    assert fields(layout) == {"A": "name", "B": "birth", "C": "gender", "D": "phone", "F": "commune"}
    with pytest.raises(Refused):
        read(data)
    found = read(data, chosen=fields(layout) | {"E": "hamlet"})
    assert [(entry.name, entry.hamlet) for entry in entries(found)] == [(p[0], p[4]) for p in PEOPLE]


def test_what_staff_say_overrides_what_was_found() -> None:
    data = as_csv(
        *[[*person, f"098700032{place}"] for place, person in enumerate(PEOPLE)],
        header=[*HEADER[:6], "Số phụ"],
    )
    assert mobiles(entries(read(data))[0]) == ["+84912000345"]
    swapped = read(data, chosen={"D": "", "G": "phone"})
    assert mobiles(entries(swapped)[0]) == ["+84987000320"]
    both = read(data, chosen={"G": "phone"})
    assert mobiles(entries(both)[0]) == ["+84912000345", "+84987000320"]
    other = columns.look(sheets.read(data, "a.csv"), {"E": "commune"})
    assert fields(other) == {"A": "name", "B": "birth", "C": "gender", "D": "phone", "E": "commune"}
    assert columns.look(sheets.read(data, "a.csv"), {"A": ""}).problem == "no_name_column"


def test_staff_may_say_which_row_holds_the_headings() -> None:
    rows = [["a", "b", "c", "d", "e", "f"], ["Ai", "Sinh", "Phái", "Gọi số", "Ở đâu", "Xã nào"], *PEOPLE]
    layout = look(*rows, header_row=2)
    assert layout.header_rows == (2,)
    assert fields(layout)["D"] == "phone"


def test_nonsense_from_a_form_changes_nothing() -> None:
    layout = look(
        HEADER[:6],
        *PEOPLE,
        chosen={"": "phone", "ZZZZ": "name", "A1": "name", "B": "password", "Z": "hamlet"},
    )
    assert fields(layout) == {
        "A": "name",
        "B": "birth",
        "C": "gender",
        "D": "phone",
        "E": "hamlet",
        "F": "commune",
    }


def test_every_field_has_words_for_the_screen() -> None:
    assert all(words for words in columns.FIELDS.values())
    assert next(iter(columns.FIELDS)) == "name"


# -- headings in several rows


def test_headings_stand_in_two_or_three_rows() -> None:
    tables = [
        (
            ["Họ và tên", "Ngày sinh", "", "", "Nơi ở hiện nay", "", "Liên hệ", "Đồng ý", ""],
            ["", "Ngày", "Tháng", "Năm", "Thôn", "Xã", "Số điện thoại", "Có", "Không"],
        ),
        (
            ["Họ và tên", "Thông tin", "", "", "", "", "", "Đồng ý", ""],
            ["", "Ngày sinh", "", "", "Nơi ở", "", "Liên hệ", "Có", "Không"],
            ["", "Ngày", "Tháng", "Năm", "Thôn", "Xã", "Điện thoại", "", ""],
        ),
    ]
    for header in tables:
        found = read(
            as_xlsx(*header, ["Sùng Mí Páo", "15", "3", "1990", "Trà Mần", "Sơn Vĩ", "0912000345", "", "x"]),
            "a.xlsx",
        )
        (entry,) = entries(found)
        assert (entry.birth_year, entry.hamlet, entry.commune, entry.numbers, entry.consent) == (
            1990, "Trà Mần", commune("Sơn Vĩ").id, ["+84912000345"], False,
        ), header  # fmt: skip


def test_a_name_may_be_parted() -> None:
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
    cells = ["Sùng Mí", "Páo", "3/5/1990", "x", "", "0912000345", "Xín Cái", "Trà Mần", "Dao", "Mông"]
    found = read(as_csv(cells, header=header))
    (entry,) = entries(found)
    assert (entry.name, entry.birth_year, entry.gender, entry.language) == (
        "Sùng Mí Páo",
        1990,
        "male",
        "hmn",
    )
    assert "Dao" not in str(vars(entry))


def test_a_list_of_heads_of_households_is_a_list_of_people() -> None:
    header = ["Họ và tên chủ hộ", "Năm sinh", "Số điện thoại chủ hộ", "Xã"]
    (entry,) = entries(read(as_csv(["Sùng Mí Páo", "1990", "0912000345", "Sơn Vĩ"], header=header)))
    assert (entry.name, entry.numbers) == ("Sùng Mí Páo", ["+84912000345"])
    both = ["Họ và tên", *header]
    (entry,) = entries(read(as_csv(["Lý A Páo", "Sùng Mí Páo", "1990", "0912000345", "Sơn Vĩ"], header=both)))
    assert entry.name == "Lý A Páo"


# -- what only a workbook knows


def workbook(
    hidden: str = "", merged: Sequence[tuple[int, int, int, int]] = (), rows: Sequence[Sequence[object]] = ()
) -> bytes:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    book.add_worksheet("Ẩn").hide()
    sheet = book.add_worksheet("DS")
    sheet.activate()
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    for area in merged:
        sheet.merge_range(*area, rows[area[0]][area[1]])
    if hidden:
        sheet.set_column(hidden, None, None, {"hidden": True})
    book.close()
    return file.getvalue()


def test_hidden_columns_are_shown_as_such_and_read_only_when_staff_say_so() -> None:
    rows = [[*HEADER[:6], "Số ĐT cũ"], *[[*person, "0987000321"] for person in PEOPLE]]
    data = workbook("G:G", rows=rows)
    sheet = sheets.read(data, "a.xlsx")
    assert (sheet.name, sheet.sheets, sheet.hidden) == ("DS", ("DS",), {6})
    layout = columns.look(sheet)
    assert (layout.columns[6].hidden, layout.columns[6].field) == (True, "")
    assert columns.look(sheet, {"G": "phone"}).columns[6].field == "phone"


def test_hidden_columns_of_an_old_workbook_are_found() -> None:
    data = bytearray((LISTS / "old.xls").read_bytes())
    assert sheets.read(bytes(data), "old.xls").hidden == frozenset()
    at = data.index(struct.pack("<HH", 0xA1, 34))  # how the first sheet is printed, written over:
    struct.pack_into("<H", data, at, 0x7D)  # a description of columns: G to G, hidden
    struct.pack_into("<5H", data, at + 4, 6, 6, 2_000, 0, 1)
    assert sheets.read(bytes(data), "old.xls").hidden == {6}


CELL = '<table:table-cell{more} office:value-type="string"><text:p>{text}</text:p></table:table-cell>'


def test_hidden_columns_and_merged_cells_of_an_opendocument_are_found() -> None:
    def row(*cells: str) -> str:
        return "<table:table-row>" + "".join(cells) + "</table:table-row>"

    def cell(text: str, more: str = "") -> str:
        return CELL.format(text=text, more=more)

    described = '<table:table-column table:number-columns-repeated="3"/><table:table-column table:visibility="collapse"/>'
    first, second, *_others = PEOPLE
    table = described + row(*map(cell, ["Họ và tên", "Số điện thoại", "Xã", "Số CCCD"]))
    table += row(
        cell(first[0]), cell(first[3]), cell("Khâu Vai", ' table:number-rows-spanned="2"'), cell("1")
    )
    table += row(cell(second[0]), cell(second[3]), "<table:covered-table-cell/>", cell("2"))
    found = read(ods(table), "a.ods")
    assert found.sheet.hidden == {3}
    assert [entry.commune for entry in entries(found)] == [commune("Khâu Vai").id] * 2


def test_what_a_merged_cell_says_it_says_of_each_row() -> None:
    rows = [list(HEADER[:6]), *[[*p] for p in PEOPLE]]
    for row in rows[2:]:
        row[3] = row[4] = row[5] = ""
    data = workbook(merged=[(1, 3, 3, 3), (1, 4, 3, 4), (1, 5, 3, 5)], rows=rows)
    found = entries(read(data, "a.xlsx"))
    assert [mobiles(entry) for entry in found] == [["+84912000345"]] * 3
    assert {(entry.hamlet, entry.commune) for entry in found} == {("Trà Mần", commune("Sơn Vĩ").id)}


def test_the_sheet_with_a_list_is_taken_or_the_one_that_staff_name() -> None:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    book.add_worksheet("Hướng dẫn").write(0, 0, "Điền đủ họ tên và số điện thoại")
    for name, people in (("Thôn A", PEOPLE[:2]), ("Thôn B", PEOPLE[2:])):
        sheet = book.add_worksheet(name)
        for number, row in enumerate([list(HEADER[:6]), *people]):
            sheet.write_row(number, 0, row)
    book.add_worksheet("Trống")
    book.close()
    data = file.getvalue()
    found = read(data, "a.xlsx")
    assert (found.sheet.name, found.sheet.sheets) == ("Thôn A", ("Hướng dẫn", "Thôn A", "Thôn B", "Trống"))
    assert [entry.name for entry in entries(read(data, "a.xlsx", sheet="Thôn B"))] == ["Lầu A Dính"]
    with pytest.raises(Refused) as refused:
        sheets.read(data, "a.xlsx", sheet="Trống")
    assert refused.value.code == "import.empty"


def test_an_encoding_that_staff_choose_is_taken() -> None:
    data = as_csv(["Lóa", "1990", "0912000345"], header=["Ten", "Nam sinh", "Dien thoai"])
    assert entries(read(data))[0].name == "Lóa"
    assert entries(read(data, encoding="tcvn3"))[0].name == "Lúa"
    assert sheets.read(data, "a.csv", encoding="tcvn3").encoding == "tcvn3"
    assert set(sheets.ENCODINGS) == {"utf-8", "utf-16", "cp1258", "tcvn3", "vni"}


def test_columns_and_their_letters_belong_together() -> None:
    assert [sheets.column_of(letter) for letter in ("A", "z", "AA", "", "A1", "ABCD", "Đ")] == [
        0,
        25,
        26,
        -1,
        -1,
        -1,
        -1,
    ]
    assert all(sheets.column_of(sheets.letters(column)) == column for column in range(1_000))
