"""A campaign that calls, while it runs and afterwards: what the live page says, and the charts of its calls."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, select

from service import db
from service.campaigns import campaigns
from service.campaigns.campaigns import Campaign
from service.reports import call_charts, calls_heard
from service.reports.call_charts import Bar, Cell, Hour, Try
from service.sending import gates
from service.sending.listened import CallHeard
from service.sending.messages import RANKS, VOICE, Message
from tests import world
from tests.campaigns.story import draft, me, villagers
from tests.campaigns.test_live_pages import running
from tests.web.conftest import Visitor, words

MONDAY_9 = datetime(2026, 11, 23, 2, 5, tzinfo=UTC)  # 09:05 in Vietnam
SUNDAY_23 = datetime(2026, 11, 22, 16, 59, tzinfo=UTC)  # 23:59, on the day before


def ended(campaign: Campaign, *calls: tuple[str, int, str, int, datetime]) -> None:
    """What became of its calls, one after the other: state, seconds, heard, attempt, when."""
    with db.transaction() as session:
        rows = session.scalars(select(Message).where(Message.campaign_id == campaign.id).order_by(Message.id))
        for row, (state, seconds, heard, attempt, at) in zip(rows, calls, strict=True):
            row.state, row.rank, row.attempt, row.dispatched_at = state, RANKS[state], attempt, at
            if heard:
                session.add(CallHeard(message_id=row.id, seconds=seconds, answered_by="", heard=heard))


SIX = (
    ("completed", 60, "whole", 1, MONDAY_9),
    ("completed", 9, "partly", 1, MONDAY_9),
    ("completed", 130, "whole", 2, SUNDAY_23),
    ("completed", 20, "machine", 1, SUNDAY_23),
    ("no_answer", 0, "", 1, MONDAY_9),
    ("busy", 0, "", 3, SUNDAY_23),
)


@pytest.fixture
def made(connected: Engine) -> Campaign:
    with db.transaction():
        world.village_of(6)
        return world.launched(world.staff(), channel=VOICE)


def test_the_charts_count_each_call_once(made: Campaign) -> None:
    ended(made, *SIX)
    bars = call_charts.listened(made.id)
    assert [bar for bar in bars if bar.count] == [Bar(0, 9, 1), Bar(60, 69, 1), Bar(120, None, 1)]
    assert len(bars) == 13
    assert call_charts.tries(made.id) == [Try(1, 4, 2), Try(2, 1, 1), Try(3, 1, 0)]
    hours = call_charts.hours(made.id)
    assert [row.hour for row in hours] == list(range(9, 24))
    nothing = (Cell(),) * 7
    assert hours[0] == Hour(9, (Cell(3, 2), *nothing[1:]))
    assert hours[-1] == Hour(23, (*nothing[:6], Cell(3, 1)))
    assert {row.cells for row in hours[1:-1]} == {nothing}
    assert calls_heard.figures(made.id).heard == {"whole": 2, "partly": 1, "machine": 1}
    db.end_reading()


def test_nothing_is_drawn_of_calls_that_are_not_over(made: Campaign) -> None:
    ended(made, *[("ringing", 0, "", 1, MONDAY_9)] * 6)
    drawn = (call_charts.listened(made.id), call_charts.tries(made.id), call_charts.hours(made.id))
    assert drawn == ([], [], [])
    db.end_reading()


def test_the_charts_are_tables_that_can_be_read_aloud(manager: Visitor) -> None:
    made = running(6, channel=VOICE)
    address = f"/campaigns/{made.id}/calls"
    assert "Chưa có cuộc gọi nào xong" in words(manager.get(address))
    ended(made, *SIX)
    page = words(manager.get(address))
    assert "60–69 1" in page
    assert "từ 120 1" in page
    assert "1 4 2 50%" in page
    assert "09h 67% 3" in page
    assert manager.last.text.count("<caption") == 3


def test_only_a_campaign_that_calls_has_them_and_only_once_it_was_sent(manager: Visitor) -> None:
    sms = running(1)
    assert manager.get(f"/campaigns/{sms.id}/calls").status_code == 404
    calls = draft(channel=VOICE)
    answer = manager.get(f"/campaigns/{calls.id}/calls")
    assert answer.status_code in (302, 303, 409, 422)
    assert manager.get("/campaigns/999999/calls").status_code == 404


def test_the_live_page_speaks_of_calls(manager: Visitor) -> None:
    made = running(6, channel=VOICE)
    page = words(manager.get(f"/campaigns/{made.id}/live"))
    assert "Lời gọi" in page
    assert "6 Chờ gửi" in page
    ended(
        made,
        ("ringing", 0, "", 1, MONDAY_9),
        ("answered", 0, "", 1, MONDAY_9),
        ("completed", 60, "whole", 1, MONDAY_9),
        ("completed", 5, "partly", 1, MONDAY_9),
        ("busy", 0, "", 1, MONDAY_9),
        ("no_answer", 0, "", 1, MONDAY_9),
    )
    page = words(manager.get(f"/campaigns/{made.id}/live"))
    for said in (
        "Đã gọi hết. Đang chờ các cuộc gọi xong.", "2 cuộc gọi đang đổ chuông hoặc đang nghe.", "1 Đang đổ chuông", "1 Đang nghe", "2 Đã nghe máy", "1 Máy bận",
        "1 Không nghe máy", "1 nghe hết", "1 nghe một phần", "0 bấm 1: muốn đi", "đã nghe máy 2",
    ):  # fmt: skip
        assert said in page, said
    assert "đã tới máy" not in page


def test_of_a_mix_the_closed_gate_of_what_follows_is_told(manager: Visitor) -> None:
    villagers(2)
    with db.transaction():
        made = world.launched(me(), channel="sms", second=VOICE)
        gates.close("twilio", "no_voice_from", VOICE)
    page = words(manager.get(f"/campaigns/{made.id}/live"))
    assert "Phần gọi điện đang đóng: Chưa đặt số gọi đi. Phần nhắn tin không bị ảnh hưởng." in page
    with db.transaction():
        found = campaigns.find(made.id)
        assert found is not None
        found.second = ""
    assert "Phần gọi điện đang đóng" not in words(manager.get(f"/campaigns/{made.id}/live"))
