"""The home page: what waits for this person today, nothing that is not his or her business."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from service import db
from service.campaigns import employers
from service.followup import outcomes, tasks
from service.followup.tasks import FollowUp
from service.registry import areas
from service.sending import gates
from service.sending.messages import RANKS, Message
from service.staff.roles import ROLES
from tests import world
from tests.replies import talk
from tests.replies.talk import says, sent_campaign
from tests.web.conftest import Visitor, employ, words


def come_in(app: Flask, role: str) -> Visitor:
    employ(role)
    visitor = Visitor(app)
    visitor.log_in(f"{role}@vidu.vn")
    return visitor


@pytest.fixture
def busy(app: Flask) -> None:
    """Two calls, one of them due; one reply to read; one message unknown, one on hold; one campaign on its way."""
    with db.transaction():
        world.village_of(8)
        world.staff("manager", "lan@vidu.vn")
    sent_campaign()
    due, _later = (talk.interest(says(world.number(index), "1")) for index in (0, 1))
    says(world.number(2), "luong bao nhieu")
    with db.transaction() as session:
        session.execute(
            update(FollowUp).where(FollowUp.interest_id == due.id).values(due=db.clock() - timedelta(hours=1))
        )
        ids = list(session.scalars(select(Message.id).order_by(Message.id).limit(5)))
        for message_id, state in ((ids[3], "unknown"), (ids[4], "hold")):
            session.execute(
                update(Message).where(Message.id == message_id).values(state=state, rank=RANKS[state])
            )


def test_a_manager_sees_all_that_waits(app: Flask, busy: None) -> None:
    page = words(come_in(app, "manager").get("/"))
    for part in ("1 cuộc gọi đã đến giờ trong 2 người đang chờ được gọi", "1 trả lời chờ người đọc",
                 "1 lượt gửi chưa rõ", "1 lượt gửi chờ người quyết định", "Đã gửi: 6 / 8",
                 "2 nguyện vọng đi làm", "8 lượt gửi của 1 chiến dịch", "8 người trong danh sách"):  # fmt: skip
        assert part in page
    assert "Ba bước" not in page


def test_an_officer_counts_the_people_that_the_list_shows(app: Flask, busy: None) -> None:
    elsewhere = areas.commune_by_name("Đồng Văn")
    assert elsewhere is not None
    employ("officer", elsewhere.id)
    with db.transaction():
        world.person("Lầu Thị Pà", "+84912000777", area_id=elsewhere.id)
    officer = Visitor(app)
    officer.log_in("officer@vidu.vn")
    assert "1 người trong danh sách" in words(officer.get("/"))


SEES: dict[str, set[str]] = {
    "admin": {"unknown"},
    "manager": {"calls", "replies", "unknown", "running"},
    "approver": {"drafts", "running"},
    "officer": {"calls"},
    "caller": {"calls"},
    "viewer": set(),
    "auditor": {"unknown", "running"},
}


@pytest.mark.parametrize("role", ROLES)
def test_each_role_sees_only_its_own_business(app: Flask, busy: None, role: str) -> None:
    page = words(come_in(app, role).get("/"))
    signs = {
        "calls": "cuộc gọi đã đến giờ", "replies": "trả lời chờ người đọc", "unknown": "lượt gửi chưa rõ",
        "drafts": "bản nháp của người khác", "running": "Chiến dịch đang chạy",
    }  # fmt: skip
    assert {name for name, sign in signs.items() if sign in page} == SEES[role]
    assert "người đã có việc làm" in page  # sums are for everybody
    assert "Sùng Mí" not in page  # names are for the pages behind


@pytest.mark.parametrize("role", ROLES)
def test_every_link_of_the_home_page_may_be_opened(app: Flask, busy: None, role: str) -> None:
    visitor = come_in(app, role)
    with db.transaction():
        gates.close("twilio", "20003")
        world.campaign(world.staff("manager", "lan@vidu.vn"))
    page = visitor.get("/").text.partition("<main")[2]
    links = {part.partition('"')[0] for part in page.split('href="')[1:]}
    for link in sorted(links):
        assert visitor.get(link, follow_redirects=True).status_code == 200, link


def test_a_closed_gate_is_said_with_its_reason(app: Flask, busy: None) -> None:
    with db.transaction():
        gates.close("twilio", "20003")
    page = words(come_in(app, "admin").get("/"))
    assert "Kênh gửi Twilio đang đóng: Nhà mạng không nhận mật khẩu của cơ quan." in page
    assert "Kênh gửi" not in words(come_in(app, "caller").get("/"))


def test_a_resting_gate_needs_nobody(app: Flask, busy: None) -> None:
    with db.transaction():
        gates.rest("twilio", 60, "429", db.clock())
    assert "Kênh gửi Twilio tạm nghỉ đến" in words(come_in(app, "admin").get("/"))
    with db.transaction():
        gates.open_again("twilio", world.staff("admin"))
    assert "Kênh gửi" not in words(come_in(app, "admin").get("/"))


def test_the_first_steps_until_the_first_campaign_is_sent(app: Flask) -> None:
    manager = come_in(app, "manager")

    def done() -> list[bool]:
        return [part.endswith("Xong") for part in _steps(manager)]

    assert done() == [False, False, False]
    with db.transaction():
        world.person("Vàng Mí Páo", world.number(1))
    assert done() == [True, False, False]
    with db.transaction():
        employers.save(None, "Công ty May Hoa Đào", "", "", ("", None), world.staff("manager", "lan@vidu.vn"))
    assert done() == [True, True, False]
    with db.transaction():
        world.campaign(world.staff("manager", "lan@vidu.vn"))
    assert done() == [True, True, False]
    assert _steps(manager)[2].endswith("rồi bấm gửi. Đang soạn")
    sent_campaign()
    assert "Ba bước" not in words(manager.get("/"))


def _steps(manager: Visitor) -> list[str]:
    """The words of each step."""
    page = words(manager.get("/"))
    steps = page[page.index("1 Nhập danh sách") : page.index("Tính đến nay")].strip()
    second, third = steps.index("2 Thêm doanh nghiệp"), steps.index("3 Tạo chiến dịch")
    return [part.strip() for part in (steps[:second], steps[second:third], steps[third:])]


def test_nothing_to_do_is_said_calmly(app: Flask) -> None:
    assert "Hiện không có việc nào chờ bạn." in words(come_in(app, "caller").get("/"))


def test_persons_in_work_are_counted_not_campaigns(app: Flask, busy: None) -> None:
    viewer = come_in(app, "viewer")
    assert "0 người đã có việc làm" in words(viewer.get("/"))
    with db.transaction():
        by = world.staff("manager", "lan@vidu.vn")
        for task in tasks.queue(by)[:2]:
            outcomes.record(task, "in_work", "", by, db.clock())
    assert "2 người đã có việc làm" in words(viewer.get("/"))


def test_an_approver_sees_drafts_of_others(app: Flask) -> None:
    approver = come_in(app, "approver")
    with db.transaction():
        world.campaign(world.staff("manager", "lan@vidu.vn"))
    assert "1 bản nháp của người khác" in words(approver.get("/"))
