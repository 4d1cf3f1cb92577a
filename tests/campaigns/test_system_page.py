"""The system's page: gates, bell, spool, and the messages of which nobody knows."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from service import db
from service.carriers.base import Incoming
from service.replies import events
from service.replies.events import Received
from service.sending import gates, installation
from service.sending.messages import RESTORED, Message
from tests import world
from tests.campaigns.test_live_pages import running, settle
from tests.web.conftest import Visitor, words

Enter = Callable[[str], Visitor]


def test_a_calm_system_says_that_the_gate_is_open_and_how_fast_it_is(enter: Enter) -> None:
    page = words(enter("admin").get("/system"))
    assert "Đang mở" in page
    assert "40 tin mỗi giây" in page  # 80 % of 50
    assert "0 tin chưa rõ" in page
    assert "Không trả lời" in page  # no Redis in this test
    assert "việc gửi chờ đến khi Redis chạy lại" in page


def test_a_closed_gate_is_explained_and_only_an_admin_opens_it(enter: Enter) -> None:
    with db.transaction():
        gates.close("twilio", "20003")
    admin, manager = enter("admin"), enter("manager")
    assert "Đã đóng: Nhà mạng không nhận mật khẩu của cơ quan" in words(manager.get("/system"))
    assert "Chỉ người quản trị mở lại được." in words(manager.last)
    manager.get("/password")
    assert manager.post("/system/gates/twilio/sms/open").status_code == 403
    admin.get("/system")
    admin.post("/system/gates/twilio/sms/open")
    assert "Đang mở" in words(admin.follow())
    db.end_reading()
    gate = gates.of("twilio")
    assert gate is not None
    assert (gate.is_open, gate.reason) == (True, "")
    admin.get("/system")
    assert admin.post("/system/gates/pigeon/sms/open").status_code == 404


def test_a_resting_gate_opens_by_itself(enter: Enter) -> None:
    with db.transaction():
        gates.rest("twilio", 3600, "no_connection", db.clock())
    page = words(enter("admin").get("/system"))
    assert "Tạm nghỉ: Không nối được tới nhà mạng" in page
    assert "Mở lại kênh gửi" not in page


def test_what_waits_on_disk_is_counted(enter: Enter) -> None:
    admin = enter("admin")
    admin.get("/system")
    incoming = Incoming("twilio", "IN1", "sms", world.number(1), "1")
    events.spool(Received(incoming, datetime(2026, 11, 23, tzinfo=UTC)))
    assert "đang chờ ghi 1" in words(admin.get("/system"))


@pytest.mark.parametrize(
    ("state", "title"), [("unknown", "Tin chưa rõ đã gửi hay chưa"), ("hold", "Tin chờ người xem")]
)
def test_the_lists_show_names_to_those_who_may_see_campaigns(
    enter: Enter, manager: Visitor, state: str, title: str
) -> None:
    made = running(2)
    settle(state, "worker_died")
    page = words(manager.get(f"/system/messages/{state}"))
    assert title in page
    assert "Sùng Mí 0" in page
    assert "Máy gửi dừng giữa chừng" in page
    assert made.code in page
    admin = enter("admin")
    assert "Sùng Mí 0" not in words(admin.get(f"/system/messages/{state}"))
    assert made.code in words(admin.last)


def test_other_lists_and_other_roles_are_refused(enter: Enter) -> None:
    assert enter("admin").get("/system/messages/delivered").status_code == 404
    for role in ("caller", "officer", "viewer", "approver"):
        assert enter(role).get("/system").status_code == 403, role


def test_staff_say_what_became_of_messages_on_hold(enter: Enter) -> None:
    manager, admin = enter("manager"), enter("admin")
    running(2)
    settle("hold", "21999")
    settle("hold", "unknown_for_a_day")
    assert "Ghi quyết định" not in words(admin.get("/system/messages/hold"))
    admin.get("/password")
    assert admin.post("/system/messages/hold", ids="1", decision="again").status_code == 403
    manager.get("/system/messages/hold")
    first, second = re.findall(r'name="ids" value="(\d+)"', manager.last.text)
    manager.post("/system/messages/hold", ids=first, decision="given_up", reason="vì")
    assert manager.last.status_code == 422
    assert "Hãy ghi vì sao biết vậy" in words(manager.last)
    assert f'value="{first}" aria-label="Tin số {first}" checked' in manager.last.text
    manager.post("/system/messages/hold", decision="given_up", reason="số này không còn dùng")
    assert "Hãy đánh dấu ít nhất một tin." in words(manager.last)
    manager.post("/system/messages/hold", ids="x", decision="nonsense", reason="số này không còn dùng")
    assert manager.last.status_code == 422
    manager.post("/system/messages/hold", ids=first, decision="given_up", reason="số này không còn dùng")
    page = words(manager.follow())
    assert "Đã ghi quyết định cho 1 tin." in page
    assert re.findall(r'name="ids" value="(\d+)"', manager.last.text) == [second]


def test_after_a_backup_the_page_says_what_is_looked_for_and_what_not_to_launch(enter: Enter) -> None:
    with db.transaction():
        world.village_of(2)
        world.launched(world.staff("manager", "lan@vidu.vn"))
        db.change_many(update(Message).values(code=RESTORED, looked_at=db.clock()))
        gates.close("twilio", RESTORED)
    page = words(enter("admin").get("/system"))
    assert "Đã đóng: Cơ sở dữ liệu vừa được lấy lại từ bản sao lưu" in page
    assert "Còn đang tìm 2 tin ở nhà mạng." in page
    assert "Chiến dịch gửi sau bản sao lưu không còn trong cơ sở dữ liệu này" in page


def test_a_copy_is_told_what_it_is(enter: Enter) -> None:
    with db.transaction():
        assert installation.is_ours()
    assert "không thuộc cơ sở dữ liệu này" not in words(enter("admin").get("/system"))
    installation.path().unlink()
    page = words(enter("admin").get("/system"))
    assert "Máy này không thuộc cơ sở dữ liệu này, nên không gửi tin thật nào." in page
    assert "./loa join" in page
