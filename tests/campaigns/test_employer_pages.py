"""Employers: list, add, edit, papers, and the word of a person who looked at them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from service import db
from service.campaigns import employers
from service.campaigns.employers import Employer
from service.staff import accounts
from tests.web.conftest import Visitor, words

HOW = "Xem bản gốc giấy đăng ký kinh doanh, gọi lại số của công ty"


def filled(**changes: str) -> dict[str, str]:
    facts = {
        "name": "Công ty May Hoa Đào",
        "address": "",
        "contact": "",
        "licence_number": "",
        "licence_until": "",
    }
    return {**facts, **changes}


def only() -> Employer:
    db.end_reading()
    return only_in_transaction()


def only_in_transaction() -> Employer:
    [found] = employers.listed()
    return found


def test_an_employer_is_added_then_checked_by_a_person_whose_name_is_kept(manager: Visitor) -> None:
    assert "Thêm doanh nghiệp đầu tiên" in words(manager.get("/employers"))
    manager.get("/employers/new")
    manager.post("/employers/new", **filled(licence_number="12/LĐTBXH", licence_until="30/12/2099"))
    page = words(manager.follow())
    assert "Công ty May Hoa Đào" in page
    assert "Chưa kiểm tra" in page
    assert "đến 30/12/2099" in page
    manager.post(f"/employers/{only().id}/checked", how=HOW)
    page = words(manager.follow())
    assert "Đã kiểm tra" in page
    assert HOW in page
    assert "Người kiểm tra cũng là người nhập thông tin." in page
    me = accounts.find_by_email("manager@vidu.vn")
    assert me is not None
    assert only().checked_by == only().entered_by == me.id
    assert "Người manager" in words(manager.get("/employers"))


def test_a_second_person_who_checks_is_told_apart(app: Flask, manager: Visitor) -> None:
    manager.get("/employers/new")
    manager.post("/employers/new", **filled())
    with db.transaction():
        other, _once = accounts.add("lan@vidu.vn", "Chị Lan", "manager", [], None)
        employers.mark_checked(only_in_transaction(), other, HOW)
    page = words(manager.get(f"/employers/{only().id}"))
    assert "Chị Lan" in page
    assert "cũng là người nhập" not in page


@pytest.mark.parametrize("how", ["", "   ", "ok", "đã xem!!!", "." * 40])
def test_nobody_is_checked_without_saying_how(manager: Visitor, how: str) -> None:
    manager.get("/employers/new")
    manager.post("/employers/new", **filled())
    manager.follow()
    answer = manager.post(f"/employers/{only().id}/checked", how=how)
    assert answer.status_code == 422
    assert "Xin ghi rõ" in words(answer) or "Xin điền ô này." in words(answer)
    assert only().checked_at is None


def test_a_check_of_what_was_changed_meanwhile_is_refused(
    manager: Visitor, enter: Callable[[str], Visitor]
) -> None:
    manager.get("/employers/new")
    manager.post("/employers/new", **filled(licence_number="1", licence_until="1/1/2099"))
    page, other = manager.follow(), enter("manager")
    other.get(f"/employers/{only().id}/edit")
    other.post(f"/employers/{only().id}/edit", **filled(licence_number="2", licence_until="1/1/2099"))
    manager.last = page
    manager.post(f"/employers/{only().id}/checked", how=HOW)
    assert "vừa được sửa sau khi bạn mở trang" in words(manager.follow())
    assert only().checked_at is None


@pytest.mark.parametrize(
    ("changes", "still"),
    [
        ({"address": "Hà Nội"}, True),
        ({"name": "Công ty Than"}, False),
        ({"licence_number": "1", "licence_until": "1/1/2099"}, False),
    ],
)
def test_a_new_name_or_licence_has_to_be_checked_anew(
    manager: Visitor, changes: dict[str, str], still: bool
) -> None:
    manager.get("/employers/new")
    manager.post("/employers/new", **filled())
    manager.get(f"/employers/{only().id}")
    manager.post(f"/employers/{only().id}/checked", how=HOW)
    assert "Nếu đổi tên hoặc giấy phép thì cần kiểm tra lại." in words(
        manager.get(f"/employers/{only().id}/edit")
    )
    manager.post(f"/employers/{only().id}/edit", **filled(**changes))
    assert (only().checked_at is not None) is still
    assert (only().checked_how == HOW) is still


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "Xin điền ô này."),
        ({"name": " -- "}, "Xin điền tên doanh nghiệp."),
        ({"name": "x" * 201}, "Nhiều nhất 200 ký tự."),
        ({"name": "Công ty {ma}"}, "Xin bỏ dấu { và }"),
        ({"name": "CONG TY  may hoa dao"}, "Đã có doanh nghiệp “Công ty May Hoa Đào”."),
        ({"name": "Công ty Than", "licence_number": "12"}, "Xin ghi ngày hết giá trị của giấy phép."),
        ({"name": "Công ty Than", "licence_until": "30/13/2027"}, "Chưa đọc được ngày."),
    ],
)
def test_a_mistake_gets_a_sentence_and_nothing_is_lost(
    manager: Visitor, changes: dict[str, str], sentence: str
) -> None:
    manager.get("/employers/new")
    manager.post("/employers/new", **filled())
    manager.get("/employers/new")
    answer = manager.post("/employers/new", **filled(contact="Chị Hồng", **changes))
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert 'value="Chị Hồng"' in answer.text
    assert only().contact == ""


def test_an_expired_licence_is_seen_in_the_list(manager: Visitor) -> None:
    manager.get("/employers/new")
    manager.post("/employers/new", **filled(licence_number="1", licence_until="1/1/2020"))
    assert "việc ở nước ngoài của doanh nghiệp này không gửi được" in words(manager.follow())
    assert "Giấy phép hết hạn 01/01/2020" in words(manager.get("/employers"))
    assert "Chưa kiểm tra" in words(manager.last)


def test_who_may_see_and_who_may_change(enter: Callable[[str], Visitor], manager: Visitor) -> None:
    manager.get("/employers/new")
    manager.post("/employers/new", **filled())
    employer_id = only().id
    approver, caller = enter("approver"), enter("caller")
    assert approver.get("/employers").status_code == 200
    assert approver.get(f"/employers/{employer_id}").status_code == 200
    assert "Tôi đã kiểm tra" not in words(approver.last)
    assert caller.get(f"/employers/{employer_id}").status_code == 403
    assert caller.get("/employers").status_code == 403
    for visitor in (approver, caller):
        visitor.get("/password")
        for path in ("new", f"{employer_id}/edit", f"{employer_id}/checked", f"{employer_id}/papers"):
            assert visitor.post(f"/employers/{path}", **filled(name="khác")).status_code == 403
    for path in ("/employers/77", "/employers/77/edit", "/employers/99999999999999999999/edit"):
        assert manager.get(path).status_code == 404
