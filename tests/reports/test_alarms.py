"""What an administrator must look at: found, told once when it begins and once when it is over, whoever is down."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope
from flask import Flask
from sqlalchemy import Engine, update

from service import db, settings
from service.reports import alarm_mail, alarms
from service.reports.alarm_words import WORDS
from service.reports.alarms import LEASE, Alarm, Finding
from service.sending import gates, machines, messages, stop_file, sums
from service.sending.claim import claim
from service.sending.messages import Message
from service.staff import history
from tests import world
from tests.reports.test_home import come_in
from tests.web.conftest import words

pytestmark = pytest.mark.usefixtures("connected")
MINUTE = timedelta(minutes=1)
HOLD = Finding("hold", values={"count": 3})
RESTS = Finding("gate_rests", "twilio/sms", values={"carrier": "twilio", "reason": "no_connection"})


class Postbox:
    """A mail server's memory."""

    def __init__(self) -> None:
        self.mails: list[Any] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        self.mails.append(message_from_bytes(content, policy=policy.default))
        return "250 OK"


@pytest.fixture
def postbox(connected: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Postbox]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    box = Postbox()
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    use(monkeypatch, f"smtp+plain://127.0.0.1:{port}")
    yield box
    server.stop()


def use(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("LOA_SMTP_URL", url)
    monkeypatch.setenv("LOA_ALARM_TO", "quantri@vidu.vn")
    settings.get.cache_clear()


def note(*findings: Finding, after: timedelta = timedelta(0)) -> None:
    with db.transaction():
        alarms.note(list(findings), db.clock() + after)


def take(after: timedelta = timedelta(0)) -> list[str]:
    with db.transaction():
        return [alarm.code for alarm in alarms.take_untold(db.clock() + after)]


def found() -> dict[str, dict[str, Any]]:
    try:
        return {one.code: one.values for one in alarms.look(db.clock())}
    finally:
        db.end_reading()


def test_each_kind_of_trouble_is_found() -> None:
    assert set(found()) == {"redis"}  # none runs in this test
    with db.transaction():
        world.village_of(8)
        made = world.launched(world.staff())
    with db.transaction():
        now = db.clock()
        batch = claim(world.ScriptedCarrier(), "w", 7, now)
        messages.leave([batch[0].id], "unknown", "500", now)
        messages.leave([batch[1].id], "hold", "21999", now)
        messages.leave([batch[index].id for index in (2, 5, 6)], "failed", "30007", now)
        messages.remember_ref(batch[3].id, "twilio", "SM1")
        messages.remember_ref(batch[3].id, "twilio", "SM2")
        long_ago = update(Message).where(Message.id.in_([batch[0].id, batch[4].id]))
        db.change_many(long_ago.values(dispatched_at=now - 16 * MINUTE))
        gates.close("twilio", "20003")
        history.record(sums.DEED, None, campaign=made.id)
    stop_file.path().touch()
    assert found() == {
        "redis": {}, "hold": {"count": 1}, "unknown_old": {"count": 1}, "frozen": {"count": 1}, "duplicate": {"count": 1},
        "filtered": {"campaign": made.code, "count": 3}, "stop_file": {}, "sums": {"campaign": made.code},
        "gate_closed": {"carrier": "twilio", "reason": "20003"},
    }  # fmt: skip


def test_every_finding_has_words_that_its_values_fill() -> None:
    placeholders = re.compile(r"%\((\w+)\)s")
    known = {"count", "carrier", "reason", "campaign"}
    for code, said in WORDS.items():
        assert set(placeholders.findall(said.what)) <= known, code
        assert not placeholders.findall(said.do), code
    with db.transaction():
        gates.rest("twilio", 60, "429", db.clock())
    assert set(found()) <= set(WORDS)


def test_told_once_when_it_begins_and_once_when_it_is_over() -> None:
    note(HOLD)
    assert take() == ["hold"]
    assert take() == []  # the other clock
    with db.transaction():
        alarms.told(list(db.session().query(Alarm)), db.clock())
    note(HOLD, after=MINUTE)
    assert take(after=3 * MINUTE) == []
    assert take(after=timedelta(hours=25)) == ["hold"]  # a reminder
    with db.transaction():
        alarms.told(list(db.session().query(Alarm)), db.clock())
    note(after=2 * MINUTE)
    assert take(after=2 * MINUTE) == ["hold"]  # it is over
    with db.transaction():
        alarms.told(list(db.session().query(Alarm)), db.clock())
        assert db.session().query(Alarm).count() == 0


def test_what_passes_quickly_calls_nobody() -> None:
    note(RESTS)
    assert take() == []
    note(after=MINUTE)
    assert take(after=10 * MINUTE) == []
    note(RESTS)
    note(RESTS, after=6 * MINUTE)
    assert take(after=6 * MINUTE) == ["gate_rests"]


def test_a_teller_that_died_is_replaced() -> None:
    note(HOLD)
    assert take() == ["hold"]
    assert take(after=LEASE / 2) == []
    assert take(after=LEASE * 2) == ["hold"]


def test_of_another_machine_only_that_machine_says_that_it_is_over() -> None:
    note(Finding("disk_full", machine="other"), HOLD)
    note()
    with db.transaction():
        assert [alarm.code for alarm in alarms.standing(db.clock())] == ["disk_full"]
    note(after=timedelta(hours=25))  # nobody has seen it since: the machine is gone
    with db.transaction():
        assert alarms.standing(db.clock()) == []


def test_the_mail_says_what_happened_and_what_to_do(postbox: Postbox) -> None:
    note(HOLD)
    assert alarm_mail.tell() == 1
    assert alarm_mail.tell() == 0
    [mail] = postbox.mails
    assert mail["To"] == "quantri@vidu.vn"
    assert "3 tin chờ một người quyết định." in mail["Subject"]
    text = mail.get_content()
    assert "Xem ở nhà mạng tin đã đi chưa, rồi ghi quyết định." in text
    assert "/system" in text
    note()
    assert alarm_mail.tell() == 1
    assert "Đã hết: 3 tin chờ" in postbox.mails[1].get_content()


def test_several_are_one_mail(postbox: Postbox) -> None:
    note(HOLD, Finding("redis"), Finding("stop_file", machine="m1"))
    assert alarm_mail.tell() == 2  # Redis may be back in a moment
    [mail] = postbox.mails
    assert "2 điều cần biết" in mail["Subject"]
    assert "[m1]" in mail.get_content()


def test_a_mail_server_that_is_down_holds_up_nothing_and_is_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    use(monkeypatch, "smtp+plain://127.0.0.1:9")
    note(HOLD)
    begun = time.monotonic()
    assert alarm_mail.tell() == 0
    assert time.monotonic() - begun < 2 * alarm_mail.PATIENCE_S
    assert take() == []
    assert take(after=LEASE * 2) == ["hold"]


def test_without_encryption_nothing_is_handed_over(postbox: Postbox, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = settings.get().smtp_url
    use(monkeypatch, plain.replace("smtp+plain", "smtp"))  # a server that knows no STARTTLS
    note(HOLD)
    assert alarm_mail.tell() == 0
    assert postbox.mails == []


def test_where_there_is_no_mail_server_a_file_says_it() -> None:
    note(HOLD)
    assert alarm_mail.tell() == 1
    said = (settings.get().data / "alarms.log").read_text(encoding="utf-8")
    assert "3 tin chờ một người quyết định. Xem ở nhà mạng tin đã đi chưa, rồi ghi quyết định." in said


def test_the_home_page_says_it_to_those_who_may_act(app: Flask) -> None:
    note(
        Finding("frozen", values={"count": 2}),
        Finding("filtered", "A001", values={"campaign": "A001", "count": 7}),
    )
    admin, caller = words(come_in(app, "admin").get("/")), words(come_in(app, "caller").get("/"))
    assert "2 tin đang gửi dở quá 10 phút" in admin
    assert "Khởi động lại tiến trình gửi trên máy đó." in admin
    assert "A001" not in admin  # the administrator sees no campaigns
    assert "7 tin bị nhà mạng chặn" in words(come_in(app, "manager").get("/"))
    assert "gửi dở" not in caller


def test_a_clock_that_stopped_is_seen_without_a_clock(app: Flask) -> None:
    with db.transaction():
        machines.report(db.clock() - MINUTE)
    admin = come_in(app, "admin")
    assert "./loa clock" not in words(admin.get("/"))
    with db.transaction():
        machines.report(db.clock() - 6 * MINUTE)
    assert "Đồng hồ việc (./loa clock) không chạy" in words(admin.get("/"))


def test_an_alarm_names_nobody() -> None:
    with db.transaction():
        world.person("Sùng Mí Páo", "+84912000345")
        world.launched(world.staff())
        history.record("message.duplicate", None, message=1)
    alarms_now = str(found())
    assert "912000345" not in alarms_now
    assert "Páo" not in alarms_now
