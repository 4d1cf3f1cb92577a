"""Reading replies on the page: one after the other, one button or key each, and the machine's errors put right."""

from __future__ import annotations

import pytest
from flask import Flask

from service import db
from service.replies import decisions, inbox
from service.replies.inbox import Reply
from service.staff import history
from service.staff.roles import ROLES
from tests import world
from tests.replies import talk
from tests.replies.talk import confirmations, deeds_of, says, sent_campaign, task_of
from tests.web.conftest import Visitor, employ, words

NUMBER, SECOND = world.number(1), world.number(2)


def come_in(app: Flask, role: str = "manager") -> Visitor:
    employ(role)
    visitor = Visitor(app)
    visitor.log_in(f"{role}@vidu.vn")
    return visitor


@pytest.fixture
def villager(app: Flask) -> world.Person:
    with db.transaction():
        found = world.person("Vàng Mí Páo", NUMBER, birth_year=1990)
    sent_campaign()
    return found


@pytest.fixture
def manager(app: Flask, villager: world.Person) -> Visitor:
    return come_in(app)


def again(reply: Reply) -> Reply:
    db.end_reading()
    found = inbox.find(reply.id)
    assert found is not None
    return found


def test_the_page_shows_who_what_was_sent_and_what_came_back(manager: Visitor) -> None:
    says(NUMBER, "luong bao nhieu")
    page = words(manager.get("/replies"))
    for part in ("Còn 1 trả lời", "luong bao nhieu", "Vàng Mí Páo", "sinh 1990, Sơn Vĩ", "0910 *** 001",
                 "20 cong nhan may", "Có câu hỏi", "máy đọc, dựa vào: bao nhieu"):  # fmt: skip
        assert part in page
    assert "0910 000 001" not in page
    for key in range(1, 7):
        assert f'data-key="{key}"' in manager.last.text


def test_one_press_and_the_next_reply_follows(manager: Visitor) -> None:
    first = talk.reply(says(NUMBER, "lam o dau vay anh"))
    second = talk.reply(says(NUMBER, "co nha o khong a"))
    manager.get("/replies")
    manager.post(f"/replies/{first.id}/classify", meaning="interested")
    assert manager.last.status_code == 303
    manager.follow()
    assert "Đã ghi: Muốn đi." in words(manager.last)
    assert f"/replies/{second.id}/classify" in manager.last.text
    assert again(first).meaning == "interested"
    manager.post(f"/replies/{second.id}/classify", meaning="help")
    assert "Không có trả lời nào chờ đọc" in words(manager.follow())


def test_a_question_stays_on_the_list_of_who_read_it_until_it_is_answered(manager: Visitor) -> None:
    asked = talk.reply(says(NUMBER, "o dau vay"))
    manager.get("/replies")
    manager.post(f"/replies/{asked.id}/classify", meaning="question")
    assert "Chờ được trả lời" in words(manager.follow())
    assert "1 câu hỏi chờ được trả lời" in words(manager.get("/"))
    manager.get("/replies")
    manager.post(f"/replies/{asked.id}/answered")
    assert "Chờ được trả lời" not in words(manager.follow())


def test_a_reply_can_be_left_for_later(manager: Visitor) -> None:
    first, second = (talk.reply(says(NUMBER, text)) for text in ("o dau vay", "may gio lam"))
    assert f"/replies?after={first.id}" in manager.get("/replies").text
    manager.get(f"/replies?after={first.id}")
    manager.post(f"/replies/{second.id}/classify", meaning="question")
    manager.follow()
    assert "Bạn đã xem đến cuối" in words(manager.last)
    assert f"/replies/{first.id}/classify" in manager.get("/replies").text


def test_stop_read_by_a_person_is_confirmed_once(manager: Visitor) -> None:
    reply = talk.reply(says(NUMBER, "phien qua"))
    manager.get(f"/replies/{reply.id}")
    manager.post(f"/replies/{reply.id}/classify", meaning="stop")
    assert manager.last.status_code == 303
    assert len(confirmations()) == 1


def test_what_the_machine_misread_is_put_right(manager: Visitor) -> None:
    yes = says(NUMBER, "1")
    assert f'href="/replies/{talk.reply(yes).id}"' in manager.get("/replies").text
    manager.get(f"/replies/{talk.reply(yes).id}")
    assert "Đọc lại một trả lời" in words(manager.last)
    manager.post(f"/replies/{talk.reply(yes).id}/classify", meaning="not_interested")
    assert again(talk.reply(yes)).meaning == "not_interested"
    assert task_of(talk.interest(yes)).state == "withdrawn"
    assert "Người manager" in words(manager.follow())  # now the list says who read it


def test_a_colleague_who_was_faster_is_not_overruled(manager: Visitor, app: Flask) -> None:
    reply = talk.reply(says(NUMBER, "o dau vay"))
    manager.get("/replies")
    with db.transaction():
        found = inbox.find_to_read(reply.id)
        assert found is not None
        decisions.classify(found, "help", world.staff("manager", "khac@vidu.vn"))
    manager.post(f"/replies/{reply.id}/classify", meaning="stop")
    assert "vừa có người khác đọc" in words(manager.follow())
    assert again(reply).meaning == "help"


def test_a_number_nobody_knows_is_shown_as_such_and_can_be_revealed(manager: Visitor) -> None:
    reply = talk.reply(says(SECOND, "1"))
    page = words(manager.get(f"/replies/{reply.id}"))
    assert "Số lạ, chưa có trong danh sách người dân" in page
    assert "Chưa gửi tin nào đến số này" in page
    manager.post(f"/replies/{reply.id}/reveal")
    assert "0910 000 002" in words(manager.last)
    db.end_reading()
    assert [row.deed for row in history.page(size=1)] == ["phone.revealed"]
    manager.post(f"/replies/{reply.id}/classify", meaning="interested")
    assert "chưa nhận tin của chiến dịch nào" in words(manager.follow())
    assert again(reply).handled_at is None


def test_a_revealed_number_stands_in_the_persons_history(manager: Visitor, villager: world.Person) -> None:
    reply = talk.reply(says(NUMBER, "o dau vay"))
    manager.get("/replies")
    manager.post(f"/replies/{reply.id}/reveal")
    assert "0910 000 001" in words(manager.last)
    assert deeds_of(villager)[-1] == "phone.revealed"


def test_what_a_villager_writes_is_text_and_never_markup(manager: Visitor) -> None:
    says(NUMBER, "<script>alert(1)</script> o dau")
    assert "<script>alert" not in manager.get("/replies").text


def test_without_a_meaning_or_a_reply_nothing_happens(manager: Visitor) -> None:
    reply = talk.reply(says(NUMBER, "o dau vay"))
    manager.get("/replies")
    manager.post(f"/replies/{reply.id}/classify", meaning="")
    assert "Xin chọn một ý" in words(manager.follow())
    manager.post(f"/replies/{reply.id + 99}/classify", meaning="stop")
    assert manager.last.status_code == 404
    assert manager.get("/replies/999").status_code == 404


@pytest.mark.parametrize("role", [role for role in ROLES if role != "manager"])
def test_only_managers_read_replies(app: Flask, villager: world.Person, role: str) -> None:
    reply = talk.reply(says(NUMBER, "o dau vay"))
    visitor = come_in(app, role)
    assert visitor.get("/replies").status_code == 403
    assert visitor.post(f"/replies/{reply.id}/classify", meaning="stop").status_code == 403
