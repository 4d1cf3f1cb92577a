"""The registry's pages, as people use them."""

from __future__ import annotations

import io
import re

import pytest
from flask import Flask

from service import db
from service.registry import consent, phones
from service.registry.people import Person
from service.staff import history
from service.staff.history import History
from tests.registry.conftest import PAO, as_csv, check, commune, everybody, store
from tests.registry.test_import import row
from tests.web.conftest import Visitor, employ, words

LIST = [
    row(),
    row(name="Vàng Thị Mỷ", gender="Nữ", consent=""),
    row(name="Lý A Dính", phone="0913000777", commune="Khâu Vai"),
]


@pytest.fixture
def people(app: Flask) -> list[Person]:
    """Páo and Mỷ of Sơn Vĩ, who share a phone, and Dính of Khâu Vai."""
    store(check(as_csv(*LIST)))
    return everybody()


def upload(visitor: Visitor, data: bytes, name: str = "xa.csv", **fields: object) -> None:
    visitor.get("/people/imports/new")
    visitor.post("/people/imports/new", file=(io.BytesIO(data), name), **fields)


def numbers(visitor: Visitor) -> list[str]:
    """The numbers on the person's page that is open."""
    return re.findall(r'class="number">([^<]+)<', visitor.last.text)


def test_from_an_empty_registry_to_stored_people(manager: Visitor) -> None:
    assert "Chưa có người dân nào" in words(manager.get("/people"))
    upload(manager, as_csv(PAO, row(name="Vàng Thị Mỷ", phone="xem sổ"), row(name="")))
    page = words(manager.follow())
    assert "Lưu 2 người" in page
    assert "Không phải số điện thoại 1" in page
    assert 'name="cell-D3" value="xem sổ"' in manager.last.text
    assert everybody() == []
    address = manager.last.request.path
    assert manager.post(f"{address}/store").status_code == 422
    assert "còn 2 lỗi" in words(manager.last)
    assert everybody() == []
    assert manager.post(f"{address}/store", accept="y").status_code == 303
    assert "2 người mới , 0 người cập nhật , 1 dòng bỏ qua" in words(manager.follow())
    assert [person.name for person in everybody()] == ["Sùng Mí Páo", "Vàng Thị Mỷ"]
    assert "xa.csv" in words(manager.get("/people/imports"))


def test_a_list_of_one_commune_and_consent_of_all_of_it(manager: Visitor) -> None:
    data = as_csv(PAO[:4], header=("Họ và tên", "Năm sinh", "Giới tính", "Số điện thoại"))
    upload(manager, data, commune=commune("Khâu Vai").id)
    manager.follow()
    address = manager.last.request.path
    assert manager.post(f"{address}/store", all_agreed="y", consent_words="").status_code == 422
    assert "Hãy ghi họ đã đồng ý thế nào" in words(manager.last)
    manager.post(f"{address}/store", all_agreed="y", consent_words="Ký tên tại cuộc họp thôn ngày 12/10/2026")
    (pao,) = everybody()
    assert (pao.area_id, pao.consents) == (commune("Khâu Vai").id, True)


def test_the_tick_that_all_agreed_is_never_set_before_somebody_sets_it(manager: Visitor) -> None:
    upload(manager, as_csv(PAO[:4], header=("Họ và tên", "Năm sinh", "Giới tính", "Số điện thoại")))
    page = manager.follow()
    tick = re.search(r'<input[^>]*name="all_agreed"[^>]*>', page.text)
    assert tick is not None
    assert "checked" not in tick[0]


@pytest.mark.parametrize(
    ("name", "data", "advice"),
    [
        ("a.xlsx", b"hello", "Đây không phải tệp bảng tính"),
        ("a.csv", b"", "Tệp trống"),
        ("a.csv", as_csv(header=["Họ và tên", "Số điện thoại"]), "Dưới dòng tiêu đề không có người nào"),
    ],
)
def test_a_file_that_cannot_be_read_says_what_to_do(
    manager: Visitor, name: str, data: bytes, advice: str
) -> None:
    upload(manager, data, name)
    assert manager.last.status_code == 422
    assert advice in words(manager.last)


def test_a_forgotten_list_cannot_be_stored(manager: Visitor) -> None:
    upload(manager, as_csv(PAO))
    manager.follow()
    address = manager.last.request.path
    assert manager.post(f"{address}/forget").status_code == 303
    assert manager.get(address).status_code == 200
    assert "Lưu 1 người" not in words(manager.last)
    manager.get("/people/imports/new")
    assert manager.post(f"{address}/store").status_code == 303
    assert "đã được lưu hoặc đã bỏ" in words(manager.follow())
    assert everybody() == []


def test_names_from_a_list_are_shown_as_text(manager: Visitor) -> None:
    upload(manager, as_csv(row(name="<script>alert(1)</script>", phone="<b>x</b>")))
    assert "<b>x</b>" not in manager.follow().text
    manager.post(f"{manager.last.request.path}/store", accept="y")
    assert "<script>alert" not in manager.get("/people").text


def test_the_list_finds_people_and_shows_no_whole_number(manager: Visitor, people: list[Person]) -> None:
    page = words(manager.get("/people?q=sung+mi"))
    assert "Sùng Mí Páo" in page
    assert "Lý A Dính" not in page
    assert "0912 *** 345" in page
    assert "0912 000 345" not in manager.last.text.replace("&nbsp;", " ")
    assert "1 người hợp điều kiện" in page
    assert "Lý A Dính" in words(manager.get(f"/people?commune={commune('Khâu Vai').id}"))
    assert "Không tìm thấy ai" in words(manager.get("/people?q=khong+co+ai"))
    for odd in (
        "?after=999999999999999999999",
        "?after=-1",
        "?commune=x",
        "?consent=%00",
        "?commune=%C3%9F",
        "?person=x",
        "?choice=%00",
        "?group=99",
        "?q=%00%25",
    ):
        assert manager.get(f"/people{odd}").status_code == 200, odd


def test_a_persons_page_tells_who_shares_the_number_and_reveals_it_once(
    manager: Visitor, people: list[Person]
) -> None:
    pao, my, _dinh = people
    assert "Dùng chung với Vàng Thị Mỷ" in words(manager.get(f"/people/{pao.id}"))
    assert numbers(manager) == ["0912 *** 345"]
    (phone,) = phones.of_people([pao.id])[pao.id]
    manager.post(f"/people/{pao.id}/phones/{phone.id}/reveal")
    assert numbers(manager) == ["0912 000 345"]
    manager.get(f"/people/{pao.id}")
    assert numbers(manager) == ["0912 *** 345"]
    assert "Xem cả số điện thoại để gọi" in words(manager.last)
    db.end_reading()
    assert [deed.deed for deed in history.of_person(pao.id)] == ["phone.revealed"]
    assert manager.post(f"/people/{pao.id}/phones/99/reveal").status_code == 404
    assert history.of_person(my.id) == []


def test_consent_is_given_and_withdrawn_with_words_only(manager: Visitor, people: list[Person]) -> None:
    my = people[1]
    manager.get(f"/people/{my.id}")
    assert manager.post(f"/people/{my.id}/consent/give", channel="paper", words="").status_code == 422
    assert (
        manager.post(f"/people/{my.id}/consent/give", channel="list", words="trong danh sách").status_code
        == 422
    )
    assert everybody()[1].consents is False
    manager.post(f"/people/{my.id}/consent/give", channel="paper", words="Ký phiếu ngày 12/10/2026")
    assert everybody()[1].consents is True
    page = words(manager.follow())
    assert "Đồng ý nhận tin (qua: giấy có chữ ký) “Ký phiếu ngày 12/10/2026”" in page
    manager.post(f"/people/{my.id}/consent/withdraw", channel="call", words="Đừng gửi nữa")
    assert [row.given for row in consent.of_person(my.id)] == [False, True]
    assert everybody()[1].consents is False


def test_a_number_that_said_stop_receives_again_when_staff_say_so(
    manager: Visitor, people: list[Person]
) -> None:
    pao = people[0]
    with db.transaction():
        phone = phones.find(phones.of_person(pao.id)[0].phone_id)
        assert phone is not None
        phones.opt_out(phone, db.clock())
    assert "Từ chối nhận tin" in words(manager.get(f"/people/{pao.id}"))
    manager.post(f"/people/{pao.id}/phones/{phone.id}/opt-in")
    assert "Số điện thoại nhận tin trở lại" in words(manager.follow())
    db.end_reading()
    again = phones.find(phone.id)
    assert again is not None
    assert again.opted_out_at is None


def test_somebody_is_added_corrected_and_given_another_number(manager: Visitor, app: Flask) -> None:
    manager.get("/people/new")
    fields = {
        "name": "Lò Thị Máy",
        "birth_year": "1999",
        "gender": "female",
        "language": "lolo",
        "phones": "09120003",
    }
    assert manager.post("/people/new", **fields).status_code == 422
    assert "thiếu chữ số" in words(manager.last)
    assert everybody() == []
    where = commune("Sơn Vĩ").id
    manager.post("/people/new", **{**fields, "phones": "0912 000 345", "commune": where, "hamlet": "Trà Mần"})
    address = manager.last.headers["Location"]
    assert "Xã Sơn Vĩ Thôn, bản Trà Mần" in words(manager.follow())
    manager.post(f"{address}/phones", number="01626000111")
    assert "0326 *** 111" in words(manager.follow())
    assert "đã đổi sang đầu số mới" in words(manager.last)
    assert 'value="Trà Mần"' in manager.get(f"{address}/edit").text
    manager.post(
        f"{address}/edit", name="Lò Thị Mây", birth_year="", gender="", language="", commune="", hamlet=""
    )
    assert "Lò Thị Mây" in words(manager.follow())
    (person,) = everybody()
    assert (person.birth_year, person.area_id, person.search_key) == (None, None, "lo thi may")
    number = phones.of_person(person.id)[0].phone_id
    manager.post(f"{address}/phones/{number}/detach")
    assert len(phones.of_person(person.id)) == 1


def test_an_officer_of_another_commune_finds_no_such_page(app: Flask, people: list[Person]) -> None:
    employ("officer", commune("Khâu Vai").id)
    officer = Visitor(app)
    officer.log_in("officer@vidu.vn")
    pao, _my, dinh = people
    number = phones.of_person(pao.id)[0].phone_id
    assert officer.get(f"/people/{dinh.id}").status_code == 200
    assert "Sùng Mí Páo" not in words(officer.get("/people"))
    for path in (f"/people/{pao.id}", f"/people/{pao.id}/edit", "/people/999999", f"/people/{2**70}"):
        assert officer.get(path).status_code == 404, path
    changes = (
        "edit",
        "phones",
        f"phones/{number}/reveal",
        f"phones/{number}/detach",
        f"phones/{number}/confirm",
        f"phones/{number}/move",
        f"phones/{number}/owner",
        f"phones/{number}/opt-out",
        f"phones/{number}/opt-in",
    )
    for change in (*changes, "consent/give", "consent/withdraw"):
        officer.get(f"/people/{dinh.id}")
        fields = {
            "name": "X Y",
            "commune": commune("Khâu Vai").id,
            "number": "0913000999",
            "channel": "all" if "opt-" in change else "call",
            "words": "đồng ý",
        }
        assert officer.post(f"/people/{pao.id}/{change}", **fields).status_code == 404, change
    db.end_reading()
    assert db.session().query(History).filter(History.person_id == pao.id).count() == 0
    for path in ("/people/imports", "/people/imports/new", "/people/imports/1"):
        assert officer.get(path).status_code == 403, path


def test_an_officer_adds_people_to_his_commune_only(app: Flask, people: list[Person]) -> None:
    employ("officer", commune("Khâu Vai").id)
    officer = Visitor(app)
    officer.log_in("officer@vidu.vn")
    officer.get("/people/new")
    assert officer.post("/people/new", name="Lò Thị Máy", commune=commune("Sơn Vĩ").id).status_code == 422
    assert officer.post("/people/new", name="Lò Thị Máy", commune=commune("Khâu Vai").id).status_code == 303
    assert everybody()[-1].area_id == commune("Khâu Vai").id


def test_the_pages_speak_english_too(manager: Visitor, people: list[Person]) -> None:
    manager.get("/people")
    manager.post("/language", language="en")
    for path in (
        "/people",
        f"/people/{people[0].id}",
        "/people/new",
        "/people/imports",
        "/people/imports/new",
    ):
        assert manager.get(path).status_code == 200, path
