"""Calling back on the page: the queue, one call, its outcome, and the next."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from service import db
from service.followup import outcomes, tasks
from service.followup.tasks import FollowUp
from service.registry import areas
from service.registry.people import Person
from service.replies import interests
from service.text.words import date_vi
from tests import world
from tests.replies import talk
from tests.replies.talk import deeds_of, says, sent_campaign, task_of
from tests.web.conftest import Visitor, employ, words

NUMBERS = [world.number(index) for index in range(1, 4)]


def come_in(app: Flask, role: str, *communes: int) -> Visitor:
    employ(role, *communes)
    visitor = Visitor(app)
    visitor.log_in(f"{role}@vidu.vn")
    return visitor


def commune(name: str) -> int:
    found = areas.commune_by_name(name)
    assert found is not None
    return found.id


@pytest.fixture
def people(app: Flask) -> list[Person]:
    with db.transaction():
        return [
            world.person(name, number)
            for name, number in zip(("Vàng Mí Páo", "Giàng Thị Mỷ", "Sùng Mí Sính"), NUMBERS, strict=True)
        ]


@pytest.fixture
def caller(app: Flask, people: list[Person]) -> Visitor:
    """A caller who owes each of the three a call, all of them due."""
    visitor = come_in(app, "caller")
    sent_campaign()
    for number in NUMBERS:
        says(number, "1")
    with db.transaction() as session:
        session.execute(update(FollowUp).values(due=db.clock() - timedelta(minutes=5)))
    return visitor


def task(number: str) -> FollowUp:
    db.end_reading()
    found = next(one for one in talk.all_of(interests.Interest) if one.phone_id == talk.phone_of(number).id)  # type: ignore[attr-defined]
    return task_of(found)  # type: ignore[arg-type]


def test_the_queue_says_who_about_what_and_when(caller: Visitor) -> None:
    page = words(caller.get("/followups"))
    for part in ("3 người đang chờ được gọi, 3 cuộc đã đến giờ", "Vàng Mí Páo", "Sơn Vĩ", "công nhân may",
                 "Công ty May Hoa Đào", "Đến giờ", "Chưa gọi"):  # fmt: skip
        assert part in page
    assert "000 001" not in page


def test_from_call_to_call_until_nothing_is_due(caller: Visitor, people: list[Person]) -> None:
    caller.get("/followups")
    caller.post("/followups/next")
    for number, code in zip(NUMBERS, ("no_answer", "agreed", "not_suitable"), strict=True):
        here = task(number)
        assert caller.last.headers["Location"] == f"/followups/{here.id}"
        assert here.claimed_by is not None
        assert "Cuộc gọi ra sao?" in words(caller.follow())
        caller.post(f"/followups/{here.id}/outcome", outcome=code, note="máy bận")
    assert caller.last.headers["Location"] == "/followups"
    page = words(caller.follow())
    assert "Hiện không còn cuộc gọi nào đến giờ." in page
    assert "2 người đang chờ được gọi, 0 cuộc đã đến giờ" in page
    assert "1 lần Không nghe máy" in page
    assert [deeds_of(person)[-1] for person in people] == [
        "followup.no_answer", "followup.agreed", "followup.not_suitable",
    ]  # fmt: skip
    done = words(caller.get("/followups/done"))
    assert "Sùng Mí Sính" in done
    assert "Chưa phù hợp" in done
    assert "Vàng Mí Páo" not in done


def test_the_call_page_has_script_letters_and_a_masked_number(caller: Visitor, people: list[Person]) -> None:
    here = task(NUMBERS[0])
    assert "Nhận cuộc gọi này" in words(caller.get(f"/followups/{here.id}"))
    caller.post(f"/followups/{here.id}/claim")
    page = words(caller.follow())
    for part in ("0910 *** 001", "tôi là Người caller", "Tôi muốn gặp Vàng Mí Páo", "8-11 triệu đồng/tháng",
                 "20 cong nhan may", "Muốn đi", "Chưa gọi lần nào"):  # fmt: skip
        assert part in page
    assert "0910 000 001" not in page
    caller.post(f"/followups/{here.id}/reveal")
    assert "0910 000 001" in words(caller.last)
    assert deeds_of(people[0])[-1] == "phone.revealed"


def test_looking_at_a_call_takes_nothing(caller: Visitor) -> None:
    caller.get(f"/followups/{task(NUMBERS[0]).id}")
    assert task(NUMBERS[0]).claimed_by is None


def test_a_call_can_be_given_back(caller: Visitor) -> None:
    here = task(NUMBERS[0])
    caller.get("/followups")
    caller.post(f"/followups/{here.id}/claim")
    caller.follow()
    caller.post(f"/followups/{here.id}/release")
    assert task(NUMBERS[0]).claimed_by is None


def test_who_has_a_call_is_said_by_name(app: Flask, caller: Visitor) -> None:
    here = task(NUMBERS[0])
    manager = come_in(app, "manager")
    manager.get("/followups")
    manager.post(f"/followups/{here.id}/claim")
    assert "Người manager đang gọi" in words(caller.get("/followups"))
    page = words(caller.get(f"/followups/{here.id}"))
    assert "Người manager đang gọi cho người này, giữ đến" in page
    assert "Cuộc gọi ra sao?" not in page
    for path in ("claim", "reveal"):
        caller.post(f"/followups/{here.id}/{path}")
        assert "Người manager đang gọi cho người này" in words(caller.follow())
    caller.post(f"/followups/{here.id}/outcome", outcome="wrong_number", tries=0)
    assert caller.last.status_code == 409
    assert task(NUMBERS[0]).tries == 0


def test_a_double_click_notes_one_outcome(caller: Visitor) -> None:
    here = task(NUMBERS[0])
    caller.get(f"/followups/{here.id}")
    caller.post(f"/followups/{here.id}/claim")
    page = caller.follow()
    for _ in range(2):
        caller.last = page
        caller.post(f"/followups/{here.id}/outcome", outcome="no_answer")
    assert caller.last.status_code == 409
    assert "vừa được ghi kết quả" in words(caller.last)
    assert task(NUMBERS[0]).tries == 1


def test_in_work_from_the_day_that_was_typed(caller: Visitor, people: list[Person]) -> None:
    here = task(NUMBERS[0])
    caller.get(f"/followups/{here.id}")
    caller.post(f"/followups/{here.id}/claim")
    caller.follow()
    for typed, said in (
        ("hom nay", "chưa phải một ngày"),
        ("31/12/2999", "chưa tới"),
        ("1/1/2001", "trước khi có"),
    ):
        caller.post(f"/followups/{here.id}/outcome", outcome="in_work", started_on=typed, note="ký túc xá")
        assert caller.last.status_code == 409
        assert said in words(caller.last)
        assert "ký túc xá" in caller.last.text  # what was typed is not lost
        assert f'value="{typed}"' in caller.last.text
    caller.post(
        f"/followups/{here.id}/outcome", outcome="in_work", started_on=date_vi(db.clock()), note="ký túc xá"
    )
    assert caller.last.status_code == 303
    db.end_reading()
    [placement] = outcomes.placements_of(people[0].id)
    assert date_vi(placement.started_on) == date_vi(db.clock())
    page = words(caller.get(f"/followups/{here.id}"))
    assert "Đã xong: Đã có việc làm. Ghi chú: ký túc xá" in page
    assert "Gọi lại lần 1: đã có việc làm" in page


def test_the_note_of_the_last_call_stays(caller: Visitor) -> None:
    here = task(NUMBERS[0])
    caller.get("/followups")
    caller.post(f"/followups/{here.id}/claim")
    caller.follow()
    caller.post(f"/followups/{here.id}/outcome", outcome="agreed", note="thiếu giấy khám sức khỏe")
    caller.get(f"/followups/{here.id}")
    caller.post(f"/followups/{here.id}/claim")
    assert ">thiếu giấy khám sức khỏe</textarea>" in caller.follow().text


def test_on_a_shared_phone_the_caller_asks_who(app: Flask, people: list[Person]) -> None:
    with db.transaction():
        wife = world.person("Vừ Thị Dợ", NUMBERS[0])
    visitor = come_in(app, "caller")
    sent_campaign()
    here = task_of(talk.interest(says(NUMBERS[0], "1")))
    assert "Vàng Mí Páo hoặc Vừ Thị Dợ" in words(visitor.get("/followups"))
    visitor.post(f"/followups/{here.id}/claim")
    page = visitor.follow()
    assert "Ai muốn đi làm?" in words(page)
    visitor.post(f"/followups/{here.id}/outcome", outcome="in_work")
    assert visitor.last.status_code == 409
    assert "Hãy ghi trước là ai" in words(visitor.last)
    visitor.post(f"/followups/{here.id}/who", person=people[1].id)  # not of this household
    assert visitor.last.status_code == 404
    visitor.last = page
    visitor.post(f"/followups/{here.id}/who", person=wife.id)
    assert "Tôi muốn gặp Vừ Thị Dợ" in words(visitor.follow())
    visitor.post(f"/followups/{here.id}/outcome", outcome="agreed")
    assert visitor.last.status_code == 303
    assert deeds_of(wife)[-2:] == ["interest.person_known", "followup.agreed"]


def test_a_manager_sees_all_and_his_own(app: Flask, caller: Visitor) -> None:
    manager = come_in(app, "manager")
    assert "Tất cả (3) Của tôi (0)" in words(manager.get("/followups"))
    assert "Bạn không còn cuộc gọi nào" in words(manager.get("/followups?show=mine"))
    assert "Người caller" in words(manager.get("/followups"))


def test_officers_find_their_communes_only(app: Flask, caller: Visitor, people: list[Person]) -> None:
    with db.transaction() as session:
        session.execute(update(Person).where(Person.id == people[0].id).values(area_id=commune("Khâu Vai")))
    officer = come_in(app, "officer", commune("Khâu Vai"))
    page = words(officer.get("/followups"))
    assert "Vàng Mí Páo" in page
    assert "Giàng Thị Mỷ" not in page
    foreign = task(NUMBERS[1]).id
    assert officer.get(f"/followups/{foreign}").status_code == 404
    for path in ("claim", "release", "reveal", "who", "outcome"):
        officer.get("/followups")
        assert officer.post(f"/followups/{foreign}/{path}", outcome="in_work").status_code == 404, path
    assert tasks.WITHDRAWN not in (task(number).state for number in NUMBERS)
    assert officer.get(f"/followups/{task(NUMBERS[0]).id}").status_code == 200


def test_a_caller_does_not_find_anothers_call(app: Flask, caller: Visitor) -> None:
    with db.transaction():
        other = world.staff("caller", "khac@vidu.vn")
        db.session().execute(
            update(FollowUp).where(FollowUp.id == task(NUMBERS[2]).id).values(owner_id=other.id)
        )
    assert caller.get(f"/followups/{task(NUMBERS[2]).id}").status_code == 404
    assert "2 người đang chờ" in words(caller.get("/followups"))


@pytest.mark.parametrize("role", ["admin", "approver", "viewer", "auditor"])
def test_other_roles_do_not_call(app: Flask, caller: Visitor, role: str) -> None:
    visitor = come_in(app, role)
    here = task(NUMBERS[0]).id
    assert visitor.get("/followups").status_code == 403
    assert visitor.get(f"/followups/{here}").status_code == 403
    assert visitor.post(f"/followups/{here}/outcome", outcome="in_work").status_code == 403


def test_an_empty_queue_says_what_will_come(app: Flask) -> None:
    visitor = come_in(app, "caller")
    assert "Không có ai đang chờ được gọi" in words(visitor.get("/followups"))
    assert "Chưa gọi xong ai" in words(visitor.get("/followups/done"))
