"""Employers: list, add, edit, and the word of a person who looked at the papers."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from service import db
from service.campaigns import employers
from service.campaigns.employers import Employer
from service.staff import accounts
from tests.web.conftest import Visitor, words


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
    manager.post(f"/employers/{only().id}/checked")
    assert "Người manager, " in words(manager.follow())
    me = accounts.find_by_email("manager@vidu.vn")
    assert me is not None
    assert only().checked_by == me.id


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
    manager.get("/employers")
    manager.post(f"/employers/{only().id}/checked")
    assert "Nếu đổi tên hoặc giấy phép thì cần kiểm tra lại." in words(
        manager.get(f"/employers/{only().id}/edit")
    )
    manager.post(f"/employers/{only().id}/edit", **filled(**changes))
    assert (only().checked_at is not None) is still


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
    assert "Hết hạn 01/01/2020" in words(manager.follow())


def test_who_may_see_and_who_may_change(enter: Callable[[str], Visitor], manager: Visitor) -> None:
    manager.get("/employers/new")
    manager.post("/employers/new", **filled())
    employer_id = only().id
    approver, caller = enter("approver"), enter("caller")
    assert approver.get("/employers").status_code == 200
    assert "Đã kiểm tra" not in words(approver.last)
    assert caller.get("/employers").status_code == 403
    for visitor in (approver, caller):
        visitor.get("/password")
        for path in ("/employers/new", f"/employers/{employer_id}/edit", f"/employers/{employer_id}/checked"):
            assert visitor.post(path, **filled(name="khác")).status_code == 403
    for path in ("/employers/77/edit", "/employers/99999999999999999999/edit"):
        assert manager.get(path).status_code == 404
