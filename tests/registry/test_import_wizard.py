"""The wizard: which column is what, bad cells mended in place, lists behind the figures, taken back. As staff use it."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import timedelta
from html import unescape

import pytest
import python_calamine
import xlsxwriter

from service import db
from service.registry import areas, consent, imports, phones
from service.registry.imports import CHECKED, COLUMNS, REFUSED, UNDONE, ImportBatch
from service.registry.shapes import Shape
from service.staff.history import History
from tests.registry.conftest import HEADER, PAO, as_csv, as_xlsx, everybody
from tests.registry.test_import import row
from tests.web.conftest import Visitor, words

# An office's list whose headings say nothing that we know.
STRANGE = [
    ("DANH SÁCH ĐI HỌP",),
    ("A1", "A2", "A3", "A4"),
    ("Sùng Mí Páo", 1990, "Sơn Vĩ", "0912 000 345"),
    ("Vàng Thị Mỷ", 1991, "Sơn Vĩ", "0913 000 345"),
]


def send(visitor: Visitor, data: bytes, name: str = "xa.xlsx", **fields: object) -> str:
    """Upload a list and go where that leads. Returns the address of the list."""
    visitor.get("/people/imports/new")
    visitor.post("/people/imports/new", file=(io.BytesIO(data), name), **fields)
    assert visitor.last.status_code == 303, words(visitor.last)
    address = visitor.last.headers["Location"]
    visitor.follow()
    if visitor.last.status_code == 302:
        visitor.follow()
    return address


def batch_at(address: str) -> ImportBatch:
    db.end_reading()
    batch = imports.find(int(address.rsplit("/", 1)[1]))
    assert batch is not None
    return batch


def shown_in(visitor: Visitor, cell: str) -> str:
    """What stands in the input of this cell."""
    found = re.search(rf'name="cell-{cell}" value="([^"]*)"', visitor.last.text)
    assert found is not None, f"no input for {cell}"
    return unescape(found[1])


def selected(visitor: Visitor) -> dict[str, str]:
    """What each column is taken for on the page: letter → field."""
    return {
        letter: chosen[1] if (chosen := re.search(r'value="([^"]*)" selected', options)) else ""
        for letter, options in re.findall(
            r'<select[^>]*name="column-([A-Z]+)"[^>]*>(.*?)</select>', visitor.last.text, re.DOTALL
        )
    }


# ---------------------------------------------------------------------------------------------------------- columns


def test_a_list_with_unknown_headings_is_explained_once(manager: Visitor) -> None:
    address = send(manager, as_xlsx(*STRANGE))
    assert manager.last.request.path == f"{address}/columns"
    assert batch_at(address).state == COLUMNS
    page = words(manager.last)
    assert "Cột nào là gì" in page
    assert "Sùng Mí Páo" in page  # a sample
    manager.post(f"{address}/file", header_row="2", encoding="", sheet="")
    manager.get(f"{address}/columns")
    manager.post(
        f"{address}/columns",
        **{"column-A": "name", "column-B": "birth", "column-C": "commune", "column-D": "phone"},
    )
    assert "Lưu 2 người" in words(manager.follow())
    assert batch_at(address).state == CHECKED
    manager.post(f"{address}/store")
    assert [person.birth_year for person in everybody()] == [1990, 1991]

    again = [
        ("DANH SÁCH ĐI HỌP",),
        ("lần hai",),
        *STRANGE[1:2],
        ("Lý A Dính", 1992, "Sơn Vĩ", "0914 000 345"),
    ]
    address = send(manager, as_xlsx(*again))
    page = words(manager.last)
    assert "các cột được đọc như lần đó" in page
    assert "Lưu 1 người" in page
    manager.get(f"{address}/columns")
    assert selected(manager) == {"A": "name", "B": "birth", "C": "commune", "D": "phone"}


def test_what_was_never_stored_is_not_remembered(manager: Visitor) -> None:
    address = send(manager, as_xlsx(*STRANGE))
    manager.post(f"{address}/file", header_row="2", encoding="", sheet="")
    manager.get(f"{address}/columns")
    manager.post(f"{address}/columns", **{"column-A": "name", "column-D": "phone"})
    assert batch_at(address).state == CHECKED
    assert db.session().query(Shape).count() == 0


def test_a_guessed_column_can_be_changed_and_left_out(manager: Visitor) -> None:
    data = as_csv((*PAO, "0915 000 111"), header=(*HEADER, "Ghi chú"))
    address = send(manager, data, "xa.csv")
    manager.get(f"{address}/columns")
    now = selected(manager)
    assert (now["A"], now["D"], now["H"]) == ("name", "phone", "")
    assert "theo tiêu đề" in words(manager.last)
    asked = {f"column-{letter}": field for letter, field in now.items()}
    manager.post(f"{address}/columns", **{**asked, "column-D": "", "column-H": "phone"})
    kept = batch_at(address)
    assert [phone[0] for phone in kept.rows[0]["phones"]] == ["+84915000111"]
    assert (kept.choices["columns"]["D"], kept.choices["columns"]["H"]) == ("", "phone")
    manager.get(f"{address}/columns")
    manager.post(f"{address}/columns", **{"column-H": "", "column-Z": "nonsense"})
    manager.get(f"{address}/columns")
    assert "Không thấy cột số điện thoại" in words(manager.last)


def test_commune_codes_are_those_of_the_day_that_staff_say(manager: Visitor) -> None:
    data = as_csv(
        ("1", "2", "3", "4"),
        ("Sùng Mí Páo", "1990", "00793", "0912000345"),
        header=("Họ tên", "Năm sinh", "Mã xã", "SĐT"),
    )
    address = send(manager, data, "xa.csv")
    assert batch_at(address).rows[0].get("commune") is None  # today nothing has this code
    manager.get(f"{address}/columns")
    assert "Mã xã của ngày nào" in words(manager.last)
    manager.post(f"{address}/columns", **{"column-C": "commune_code", "codes_of": "hôm qua"})
    assert manager.last.status_code == 422
    assert "Ngày của mã xã chưa đúng" in words(manager.last)
    manager.post(f"{address}/columns", **{"column-C": "commune_code", "codes_of": "2025-06-30"})
    place = areas.find(batch_at(address).rows[0]["commune"])
    assert place is not None
    assert place.name == "Sơn Vĩ"
    manager.get(f"{address}/columns")
    assert 'value="2025-06-30"' in manager.last.text


def test_the_row_that_numbers_the_columns_is_no_sample(manager: Visitor) -> None:
    data = as_csv(("(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)"), PAO)
    manager.get(send(manager, data, "xa.csv") + "/columns")
    assert "(2)" not in words(manager.last)


def test_a_list_without_a_phone_column_is_asked_for_it(manager: Visitor) -> None:
    address = send(
        manager, as_csv(("Sùng Mí Páo", "1990", "xyz"), header=("Họ và tên", "Năm sinh", "Cột lạ")), "xa.csv"
    )
    assert "Không thấy cột số điện thoại" in words(manager.last)
    manager.get(address)
    assert manager.last.headers["Location"] == f"{address}/columns"
    assert manager.get(f"{address}/columns").status_code == 200
    assert manager.post(f"{address}/store").status_code == 303
    assert "Hãy chọn cột trước" in words(manager.follow())


def test_another_sheet_and_another_encoding_are_read_on_request(manager: Visitor) -> None:
    file = io.BytesIO()
    import_book(
        file, {"Đợt 1": [HEADER, PAO], "Đợt 2": [HEADER, row(name="Lý A Dính", phone="0914 000 345")]}
    )
    address = send(manager, file.getvalue())
    assert "trang: Đợt 1" in words(manager.last)
    manager.get(f"{address}/columns")
    manager.post(f"{address}/file", sheet="Đợt 2", encoding="", header_row="1")
    assert [kept["name"] for kept in batch_at(address).rows] == ["Lý A Dính"]
    manager.get(f"{address}/columns")
    manager.post(f"{address}/file", sheet="no such sheet", encoding="klingon", header_row="0x1")
    assert [kept["name"] for kept in batch_at(address).rows] == ["Sùng Mí Páo"]  # back to finding it out


def import_book(file: io.BytesIO, sheets: dict[str, list[Sequence[object]]]) -> None:
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False})
    for name, rows in sheets.items():
        page = book.add_worksheet(name)
        for number, cells in enumerate(rows):
            page.write_row(number, 0, cells)
    book.close()


# ------------------------------------------------------------------------------------------------------------- cells

BAD = (
    PAO,
    row(name="Vàng Thị Mỷ", phone="0912 OOO 346"),
    row(name="", phone="0913 000 345"),
    row(name="Lý A Dính", phone="0914 000"),
)


def test_bad_cells_are_mended_in_place_and_what_was_typed_is_kept(manager: Visitor) -> None:
    address = send(manager, as_csv(*BAD), "xa.csv")
    page = words(manager.last)
    assert "Còn 3 lỗi" in page
    assert "Sùng Mí Páo" not in page  # only bad rows are shown
    assert (shown_in(manager, "D3"), shown_in(manager, "A4")) == ("0912 OOO 346", "")
    assert manager.post(
        f"{address}/cells", **{"cell-A4": "Giàng Mí Sò", "cell-D3": "0912 OOO 346", "cell-D5": "0914 00"}
    ).status_code == 303  # fmt: skip
    page = words(manager.follow())
    assert "Đã sửa 2 ô. Còn 2 lỗi." in page
    assert shown_in(manager, "D5") == "0914 00"
    assert batch_at(address).edits == {"A4": "Giàng Mí Sò", "D5": "0914 00"}
    manager.post(f"{address}/cells", **{"cell-D5": "0914 000 345", "use": "D3=0912 000 346"})
    page = words(manager.follow())
    assert "Không còn lỗi" in page
    assert "Lưu 4 người" in page
    manager.post(f"{address}/store")
    assert [person.name for person in everybody()] == [
        "Sùng Mí Páo",
        "Vàng Thị Mỷ",
        "Giàng Mí Sò",
        "Lý A Dính",
    ]
    assert phones.find_by_number("+84912000346") is not None


def test_the_repair_is_offered_and_never_taken_by_itself(manager: Visitor) -> None:
    address = send(manager, as_csv(*BAD), "xa.csv")
    assert 'name="use" value="D3=0912 000 346"' in manager.last.text
    assert "Sửa thành 0912 000 346" in words(manager.last)
    manager.post(f"{address}/store", accept="y")
    assert phones.find_by_number("+84912000346") is None


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"cell-D3": "0912 OOO 346"},  # as it was
        {"cell-D2": "0999 000 999"},  # a row that nobody asks about
        {"cell-ZZ9": "x", "cell-": "x", "cell-A0": "x", "cell-D99999999": "x", "cell-a3": "x"},
        {"use": "D2=0999 000 999"},
        {"use": "nonsense"},
    ],
)
def test_only_bad_cells_can_be_mended(manager: Visitor, fields: dict[str, str]) -> None:
    address = send(manager, as_csv(*BAD), "xa.csv")
    manager.post(f"{address}/cells", **fields)
    assert "Chưa có ô nào được sửa" in words(manager.follow())
    assert batch_at(address).edits == {}


def test_two_who_mend_at_once_do_not_undo_each_other(manager: Visitor) -> None:
    address = send(manager, as_csv(*BAD), "xa.csv")
    batch = batch_at(address)
    before, found = imports.state_of(batch), imports.look_again(batch, edits={"A4": "Giàng Mí Sò"})
    manager.post(f"{address}/cells", **{"cell-D5": "0914 000 345"})
    with pytest.raises(Exception, match=r"import\.changed_meanwhile"), db.transaction():
        imports.keep_again(batch.id, before, found, None)
    assert batch_at(address).edits == {"D5": "0914 000 345"}


def test_the_bad_rows_go_back_to_the_commune_as_excel(manager: Visitor) -> None:
    address = send(manager, as_csv(*BAD, row(name='=HYPERLINK("x")', phone="+84 912")), "xa.csv")
    manager.post(f"{address}/bad-rows")
    assert manager.last.status_code == 200
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(manager.last.data))
    lines = book.get_sheet_by_index(0).to_python()
    assert lines[0] == [*HEADER, "Lý do", "Nên làm gì"]
    assert [line[0] for line in lines[1:]] == ["Vàng Thị Mỷ", "", "Lý A Dính", '=HYPERLINK("x")']
    assert [line[3] for line in lines[1:]] == ["0912 OOO 346", "0913 000 345", "0914 000", "+84 912"]
    assert lines[1][7] == "Dòng 3: Có chữ cái trong số điện thoại"
    assert all(len(str(line[8])) > 20 for line in lines[1:])
    db.end_reading()
    (noted,) = [deed for deed in db.session().query(History) if deed.deed == "people.bad_rows_taken"]
    assert noted.details["rows"] == 4


def test_the_mended_file_takes_the_place_of_the_first_and_keeps_its_choices(manager: Visitor) -> None:
    first = send(manager, as_xlsx(*STRANGE))
    manager.post(f"{first}/file", header_row="2", encoding="", sheet="")
    manager.get(f"{first}/columns")
    manager.post(f"{first}/columns", **{"column-A": "name", "column-D": "phone"})
    number = first.rsplit("/", 1)[1]
    page = words(manager.get(f"/people/imports/new?instead={number}"))
    assert "được giữ nguyên" in page
    rows = [*STRANGE, ("Lý A Dính", 1992, "Sơn Vĩ", "0914 000 345")]
    manager.post(f"/people/imports/new?instead={number}", file=(io.BytesIO(as_xlsx(*rows)), "xa2.xlsx"))
    assert "Lưu 3 người" in words(manager.follow())
    assert batch_at(first).state == REFUSED


def test_a_warning_does_not_stand_in_the_way(manager: Visitor) -> None:
    address = send(manager, as_csv(row(phone="0219 3000 123", commune="Xã Không Có")), "xa.csv")
    page = words(manager.last)
    assert "Số máy bàn" in page
    assert manager.post(f"{address}/store").status_code == 303
    assert len(everybody()) == 1


# ------------------------------------------------------------------------------------------------- lists and figures


def test_every_figure_is_a_list_before_and_after_storing(manager: Visitor) -> None:
    first = send(manager, as_csv(PAO, row(name="Vàng Thị Mỷ", phone="0913 000 345", consent="")), "xa.csv")
    manager.post(f"{first}/store")
    news = [
        row(hamlet="Lũng Làn", phone="0912 000 345, 0915 000 345"),
        row(name="Vàng Thị Mỷ", phone="0913 000 345", consent=""),
        row(name="Lý A Dính", phone="0914 000 345"),
        row(name="", phone="0916 000 345"),
        row(name="Lý A Dính", phone="0914 000 345"),
    ]
    address = send(manager, as_csv(*news), "moi.csv")
    page = words(manager.last)
    assert "1 người mới , 1 cập nhật , 1 đã có, không đổi , 2 dòng bỏ qua – vì sao" in page
    expected = {
        "added": ["Lý A Dính", "0914 *** 345"],
        "updated": ["Sùng Mí Páo", "Thôn: Trà Mần → Lũng Làn", "thêm số 0915 *** 345"],
        "unchanged": ["Vàng Thị Mỷ"],
        "left_out": ["Không có họ tên", "Trùng người ở dòng khác", "dòng 4"],
    }
    for which, sentences in expected.items():
        page = words(manager.get(f"{address}/people/{which}"))
        assert [sentence for sentence in sentences if sentence not in page] == []
    manager.get(address)
    manager.post(f"{address}/store", accept="y")
    assert "1 người mới , 1 người cập nhật , 1 đã có, không đổi , 2 dòng bỏ qua" in words(manager.follow())
    for which, sentences in expected.items():
        page = words(manager.get(f"{address}/people/{which}"))
        assert [sentence for sentence in sentences if sentence not in page] == []
    assert "0914 000 345" not in manager.last.text
    manager.get(f"{address}/people/added")
    assert "Lý A Dính" in words(manager.get(re.findall(r'href="(/people/\d+)"', manager.last.text)[0]))


def test_long_lists_are_paged(manager: Visitor) -> None:
    names = [f"Sùng Mí {chr(65 + n // 26)}{chr(97 + n % 26)}" for n in range(120)]
    rows = [row(name=name, phone=f"0912 000 {n:03d}") for n, name in enumerate(names)]
    address = send(manager, as_csv(*rows), "xa.csv")
    for stored in (False, True):
        found: list[str] = []
        manager.get(f"{address}/people/added")
        for _page in range(5):
            found += re.findall(r"<strong>(Sùng Mí [^<]+)</strong>", manager.last.text)
            older = re.search(r'href="([^"]*start=\d+)">Trang sau', manager.last.text)
            if older is None:
                break
            manager.get(unescape(older[1]))
        assert found == [name.title() for name in names]
        if not stored:
            manager.get(address)
            manager.post(f"{address}/store")


def test_a_stored_list_is_taken_back_from_its_page(manager: Visitor) -> None:
    address = send(manager, as_csv(PAO, row(name="Vàng Thị Mỷ")), "xa.csv")
    manager.post(f"{address}/store")
    manager.get(f"{address}/undo")
    assert "Hoàn tác 2 người" in words(manager.last)
    manager.post(f"{address}/undo")
    assert "Đã hoàn tác: xóa 2 người mới" in words(manager.follow())
    assert everybody() == []
    assert batch_at(address).state == UNDONE
    manager.get("/people/imports")
    assert manager.post(f"{address}/undo").status_code == 303
    assert "hoàn tác rồi" in words(manager.follow())


def test_who_stands_in_the_way_of_taking_it_back_is_said_first(manager: Visitor) -> None:
    address = send(manager, as_csv(PAO, row(name="Vàng Thị Mỷ")), "xa.csv")
    manager.post(f"{address}/store")
    pao = everybody()[0]
    manager.get(f"/people/{pao.id}")
    (phone,) = phones.of_people([pao.id])[pao.id]
    manager.post(f"/people/{pao.id}/phones/{phone.id}/reveal")
    page = words(manager.get(f"{address}/undo"))
    assert "1 người mới của danh sách (Sùng Mí Páo)" in page
    assert "Hoàn tác 2 người" not in page
    assert len(everybody()) == 2


def test_children_are_not_agreed_for_by_a_column(manager: Visitor) -> None:
    year = str(db.clock().year - 15)
    address = send(manager, as_csv(PAO, row(name="Vàng Thị Mỷ", birth=year)), "xa.csv")
    assert "Người giám hộ phải đồng ý thay" in words(manager.last)
    manager.post(f"{address}/store")
    pao, my = everybody()
    assert (pao.consents, my.consents) == (True, False)
    assert consent.of_person(my.id) == []


def test_a_list_that_nobody_finishes_is_forgotten_after_a_month(manager: Visitor) -> None:
    left, stored = send(manager, as_csv(PAO), "xa.csv"), send(manager, as_csv(PAO), "xa2.csv")
    manager.post(f"{stored}/store")
    now = batch_at(left).created_at
    with db.transaction():
        assert imports.forget_unfinished(now + timedelta(days=30)) == 0
    with db.transaction():
        assert imports.forget_unfinished(now + timedelta(days=31)) == 1
    forgotten = batch_at(left)
    assert (forgotten.state, forgotten.file, forgotten.rows, forgotten.problems) == (REFUSED, None, [], [])
    assert batch_at(stored).state == "stored"


def test_nothing_of_a_list_that_was_given_up_is_left(manager: Visitor) -> None:
    address = send(manager, as_csv(*BAD), "xa.csv")
    manager.post(f"{address}/forget")
    kept = batch_at(address)
    assert (kept.file, kept.rows, kept.seen, kept.problems, kept.edits) == (None, [], {}, [], {})
    for page in ("", "/columns", "/undo", "/people/added"):
        assert manager.get(address + page).status_code in (200, 302), page
    assert manager.post(f"{address}/cells", **{"cell-D3": "0912 000 346"}).status_code == 303
    manager.get("/people/imports/new")
    assert manager.post(f"{address}/bad-rows").status_code == 303
    assert manager.get("/people/imports/999999/columns").status_code == 404
