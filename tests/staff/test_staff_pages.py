"""The staff's pages, as people use them."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from service import db
from service.registry import areas
from service.staff import accounts, history
from service.staff.accounts import Staff
from tests.web.conftest import PASSWORD, Visitor, employ, words

NEW = "bon tu khong lien quan"


def fields(**changed: object) -> dict[str, object]:
    return {"name": "Lý Văn Dính", "email": "dinh@vidu.vn", "role": "caller", **changed}


def account(email: str) -> Staff:
    db.end_reading()
    found = accounts.find_by_email(email)
    assert found is not None
    return found


def one_time_password(visitor: Visitor) -> str:
    shown = re.search(r'id="once">([^<]+)<', visitor.last.text)
    assert shown is not None
    return shown[1]


def test_a_new_caller_gets_a_password_once_and_must_choose_his_own(app: Flask, admin: Visitor) -> None:
    admin.get("/staff/new")
    assert admin.post("/staff/new", **fields()).status_code == 200
    once = one_time_password(admin)
    assert once not in admin.get("/staff").text
    assert "Lý Văn Dính" in words(admin.last)
    newcomer = Visitor(app)
    newcomer.log_in("dinh@vidu.vn", once)
    for path in ("/history", "/staff"):
        assert newcomer.get(path).headers["Location"] == "/password", path
    newcomer.get("/password")
    assert "Hãy đặt mật khẩu của riêng bạn" in words(newcomer.last)
    newcomer.post("/password", old=once, new=NEW, again=NEW)
    assert newcomer.last.status_code == 303
    assert newcomer.get("/history").status_code == 403  # not forced any more, only not a caller's page
    assert Visitor(app).log_in("dinh@vidu.vn", once).status_code == 401
    assert Visitor(app).log_in("dinh@vidu.vn", NEW).status_code == 303


def test_an_officer_needs_a_commune_and_gets_only_the_chosen_ones(admin: Visitor) -> None:
    admin.get("/staff/new")
    assert admin.post("/staff/new", **fields(role="officer")).status_code == 422
    assert "Công chức xã cần ít nhất một xã." in words(admin.last)
    first, second = (area.id for area in areas.communes()[:2])
    assert admin.post("/staff/new", **fields(role="officer", communes=[first, second])).status_code == 200
    assert sorted(accounts.areas_of(account("dinh@vidu.vn"))) == sorted([first, second])


def test_communes_ticked_for_another_role_do_not_count(admin: Visitor) -> None:
    admin.get("/staff/new")
    admin.post("/staff/new", **fields(communes=[areas.communes()[0].id]))
    assert accounts.areas_of(account("dinh@vidu.vn")) == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "Xin điền ô này."),
        ({"email": "khong co a cong"}, "chưa phải địa chỉ thư điện tử"),
        ({"email": "ADMIN@vidu.vn"}, "Đã có tài khoản này"),  # adding again would take the account over
        ({"role": "king"}, "Xin chọn một mục trong danh sách."),
        ({"role": ""}, "Xin điền ô này."),
        ({"communes": ["999999"], "role": "officer"}, "Vai trò"),
        ({"name": "x" * 201}, "Nhiều nhất 200 ký tự."),
    ],
)
def test_a_wrong_form_says_what_to_mend_and_adds_nobody(
    admin: Visitor, wrong: dict[str, object], said: str
) -> None:
    admin.get("/staff/new")
    assert admin.post("/staff/new", **fields(**wrong)).status_code == 422
    assert said in words(admin.last)
    db.end_reading()
    assert [staff.email for staff in accounts.listed()] == ["admin@vidu.vn"]


def test_names_are_shown_as_they_are_typed_and_never_run(admin: Visitor) -> None:
    admin.get("/staff/new")
    admin.post("/staff/new", **fields(name='<script>alert("x")</script>'))
    assert "<script>alert" not in admin.last.text
    assert "<script>alert" not in admin.get("/staff").text
    assert '<script>alert("x")</script>' in words(admin.last) or "&lt;script&gt;alert" in admin.last.text


def test_a_forgotten_password_is_given_anew(app: Flask, admin: Visitor) -> None:
    manager = employ("manager")
    admin.get("/staff")
    admin.post(f"/staff/{manager.id}/new-password")
    once = one_time_password(admin)
    assert Visitor(app).log_in("manager@vidu.vn").status_code == 401
    assert Visitor(app).log_in("manager@vidu.vn", once).status_code == 303


def test_an_account_is_ended_and_can_be_brought_back(app: Flask, admin: Visitor) -> None:
    manager = employ("manager")
    admin.get("/staff")
    assert admin.post(f"/staff/{manager.id}/deactivate").headers["Location"] == "/staff"
    assert "Đã ngừng tài khoản của Người manager." in words(admin.follow())
    assert "Đã ngừng" in words(admin.last)
    assert Visitor(app).log_in("manager@vidu.vn").status_code == 401
    admin.post(f"/staff/{manager.id}/new-password")
    assert Visitor(app).log_in("manager@vidu.vn", one_time_password(admin)).status_code == 303


def test_nobody_ends_his_own_account_by_a_made_up_form(admin: Visitor) -> None:
    admin.get("/staff")
    admin.post(f"/staff/{account('admin@vidu.vn').id}/deactivate")
    assert "Không thể ngừng tài khoản của chính mình" in words(admin.follow())
    assert account("admin@vidu.vn").active


def test_changing_the_password_keeps_this_session_and_ends_the_others(app: Flask, admin: Visitor) -> None:
    elsewhere = Visitor(app)
    elsewhere.log_in("admin@vidu.vn")
    admin.get("/password")
    admin.post("/password", old=PASSWORD, new=NEW, again=NEW)
    assert admin.last.status_code == 303
    assert admin.get("/staff").status_code == 200
    assert elsewhere.get("/staff").status_code == 302


@pytest.mark.parametrize(
    ("old", "new", "again", "said"),
    [
        ("sai roi sai roi", NEW, NEW, "Mật khẩu đang dùng chưa đúng."),
        (PASSWORD, "ngan qua", "ngan qua", "Cần ít nhất 12 ký tự."),
        (PASSWORD, NEW, NEW + "x", "Hai lần điền chưa giống nhau."),
        (PASSWORD, "matkhau@1234", "matkhau@1234", "Mật khẩu này có nhiều người dùng"),
        ("", NEW, NEW, "Xin điền ô này."),
    ],
)
def test_a_password_that_will_not_do_changes_nothing(
    app: Flask, admin: Visitor, old: str, new: str, again: str, said: str
) -> None:
    admin.get("/password")
    assert admin.post("/password", old=old, new=new, again=again).status_code == 422
    assert said in words(admin.last)
    assert Visitor(app).log_in("admin@vidu.vn").status_code == 303


def test_wrong_tries_at_the_password_page_lock_as_the_login_does(admin: Visitor) -> None:
    admin.get("/password")
    for _ in range(accounts.TRIES_BEFORE_LOCK):
        admin.post("/password", old="sai roi sai roi", new=NEW, again=NEW)
    admin.post("/password", old=PASSWORD, new=NEW, again=NEW)
    assert re.search(r"tài khoản tạm khóa đến \d\d:\d\d \d\d/\d\d/\d{4}", words(admin.last))


def test_a_locked_account_reads_until_when(visitor: Visitor) -> None:
    employ("manager")
    for _ in range(accounts.TRIES_BEFORE_LOCK):
        assert visitor.log_in("manager@vidu.vn", "sai roi sai roi").status_code == 401
    assert "tài khoản tạm khóa đến" in words(visitor.log_in("manager@vidu.vn"))


def test_the_history_reads_as_sentences_and_is_paged(app: Flask, admin: Visitor) -> None:
    with db.transaction():
        manager, _once = accounts.add("manager@vidu.vn", "Người manager", "manager", [], None)
        for number in range(120):
            history.record("consent.given", manager, person=number + 1, channel="list")
    pages = [words(admin.get("/history"))]
    while older := re.search(r'href="(/history\?before=\d+)">Trang sau', admin.last.text):
        pages.append(words(admin.get(older[1])))
    assert len(pages) == 3
    everything = " ".join(pages)
    assert [everything.count(f"Người dân số {number} ") for number in (1, 60, 120)] == [1, 1, 1]
    assert "Cấp tài khoản cho Người manager, vai trò: Cán bộ phụ trách" in everything
    assert "Người manager Ghi nhận đồng ý nhận tin (qua: danh sách)" in pages[0]
    assert "Trang trước" in pages[2]


def test_the_history_survives_a_made_up_address(admin: Visitor) -> None:
    for before in ("x", "-1", "0", "99999999999"):
        assert admin.get(f"/history?before={before}").status_code == 200, before
