"""The live page of a campaign: figures, words, pause and stop, and the lists behind the figures."""

from __future__ import annotations

from datetime import timedelta

import pytest

from service import db
from service.campaigns import audience, campaigns
from service.campaigns.campaigns import Campaign
from service.carriers import twilio_proof
from service.carriers.base import Incoming
from service.followup import arrivals, tasks
from service.replies import inbox
from service.replies.events import Received
from service.reports.summary import summary
from service.sending import gates, launch, messages
from service.sending.claim import claim
from service.sending.messages import Message, Status
from service.text.words import money
from service.web.campaign_words import CODES, EXCLUDED, FOLLOW_UPS, MEANINGS, MESSAGE_STATES, code_word
from tests import world
from tests.campaigns.test_campaign_pages import fresh, me, villagers
from tests.web.conftest import Visitor, words

HTMX = {"HX-Request": "true"}


def running(size: int = 3, **changes: object) -> Campaign:
    villagers(size)
    with db.transaction():
        return world.launched(me(), **changes)


def outbox(campaign: Campaign) -> list[Message]:
    db.end_reading()
    return messages.in_state("ready", campaign.id)


def settle(state: str, code: str = "") -> None:
    """The next message that is due leaves; this is what comes of it."""
    with db.transaction():
        now = db.clock()
        [claimed] = claim(world.ScriptedCarrier(), "worker", 1, now)
        if state in ("unknown", "hold"):
            messages.leave([claimed.id], state, code, now)
        else:
            messages.hear_back(claimed.id, Status(state, state, code), now)


def answer(campaign: Campaign, index: int, text: str) -> None:
    with db.transaction():
        arrivals.accept(
            Received(Incoming("twilio", f"IN{index}", "sms", world.number(index), text), db.clock())
        )


def test_the_figures_are_links_to_their_lists(manager: Visitor) -> None:
    made = running(5)
    settle("delivered")
    settle("failed", "30003")
    settle("unknown", "worker_died")
    page = manager.get(f"/campaigns/{made.id}/live")
    for state in ("ready", "delivered", "failed", "unknown"):
        assert f'href="/campaigns/{made.id}/messages?state={state}"' in page.text
    failed = words(manager.get(f"/campaigns/{made.id}/messages?state=failed"))
    assert "Máy đang tắt hoặc ngoài vùng phủ sóng" in failed
    assert "Sùng Mí 1" in failed
    assert "Sùng Mí 2" not in failed
    unknown = words(manager.get(f"/campaigns/{made.id}/messages?state=unknown"))
    assert "chưa rõ đã gửi hay chưa" in unknown.lower()
    assert world.number(1)[3:] not in manager.last.text.replace(" ", "")  # numbers are masked
    assert "0910 *** 002" in unknown


def test_the_list_of_recipients_goes_on_page_by_page(manager: Visitor) -> None:
    made = running(53)
    first = manager.get(f"/campaigns/{made.id}/messages?state=ready")
    assert first.text.count('class="pill') == 50
    older = f"/campaigns/{made.id}/messages?state=ready&amp;after={outbox(made)[49].id}"
    assert older in first.text
    second = manager.get(older.replace("&amp;", "&"))
    assert second.text.count('class="pill') == 3
    assert "Trang sau" not in second.text


@pytest.mark.parametrize("query", ["state=nonsense", "after=-1", "after=x", "after=99999999999999999999999"])
def test_an_odd_address_shows_the_whole_list(manager: Visitor, query: str) -> None:
    made = running(2)
    assert "Sùng Mí 0" in words(manager.get(f"/campaigns/{made.id}/messages?{query}"))


def test_answers_interests_and_follow_ups_appear(manager: Visitor) -> None:
    made = running(4)
    for _message in outbox(made):
        settle("delivered")
    for index, text in enumerate(("1", "khong di", "<b>luong bao nhieu?")):
        answer(made, index, text)
    page = words(manager.get(f"/campaigns/{made.id}/live"))
    for figure in ("1 bày tỏ nguyện vọng", "1 trả lời: muốn đi", "1 trả lời: không đi", "1 chờ gọi lại"):
        assert figure in page, figure
    assert "Sùng Mí 0" in words(manager.get(f"/campaigns/{made.id}/interests"))
    assert "khong di" in words(manager.get(f"/campaigns/{made.id}/replies?meaning=not_interested"))
    everything = manager.get(f"/campaigns/{made.id}/replies")
    assert "&lt;b&gt;luong bao nhieu?" in everything.text


def test_the_summary_has_the_promised_shape_and_its_sums_hold(manager: Visitor) -> None:
    made = running(4)
    settle("delivered")
    settle("failed", "30005")
    answer(made, 0, "1")
    told = summary(fresh(made.id))
    assert list(told) == [
        "id", "code", "state", "recipients", "messages", "excluded", "replies", "interests", "follow_ups", "parts",
        "price_vnd",
    ]  # fmt: skip
    assert told["messages"] == {"ready": 2, "delivered": 1, "failed": 1}
    assert sum(told["messages"].values()) == told["recipients"] == 4
    assert (told["replies"], told["interests"], told["follow_ups"]) == ({"interested": 1}, 1, {"to_call": 1})
    assert (told["parts"], told["price_vnd"]) == (8, 6400)


def test_the_estimate_stands_beside_what_it_really_cost(manager: Visitor) -> None:
    made = running(4)
    settle("delivered")
    settle("failed", "30005")  # accepted before the network gave up: it is paid for
    settle("unknown")
    page = words(manager.get(f"/campaigns/{made.id}/live"))
    assert "Ước tính lúc gửi 6.400 đ Thực tế đến nay 3.200 đ Chờ rõ đã gửi hay chưa 1.600 đ" in page
    assert "Nhiều nhất được chi 6.400 đ" in page


def test_the_moving_part_alone_is_asked_for_every_two_seconds(manager: Visitor) -> None:
    made = running()
    page = manager.get(f"/campaigns/{made.id}/live")
    assert f'hx-get="/campaigns/{made.id}/live?state=running"' in page.text
    assert '<noscript><meta http-equiv="refresh"' in page.text
    part = manager.get(f"/campaigns/{made.id}/live?state=running", headers=HTMX)
    assert part.status_code == 200
    assert "<html" not in part.text
    assert "3 Chờ gửi" in words(part)


def test_a_page_whose_campaign_was_paused_elsewhere_loads_itself_anew(manager: Visitor) -> None:
    made = running()
    with db.transaction():
        campaigns.pause(fresh(made.id), me())
    part = manager.get(f"/campaigns/{made.id}/live?state=running", headers=HTMX)
    assert part.headers["HX-Refresh"] == "true"


def test_a_finished_page_stops_asking(manager: Visitor) -> None:
    made = running(1)
    settle("delivered")
    with db.transaction():
        assert launch.finish_done() == 1
    lively = manager.get(f"/campaigns/{made.id}/live?state=finished", headers=HTMX)
    assert lively.status_code == 200  # reports and answers still come in
    with db.transaction():
        found = campaigns.find(made.id)
        assert found is not None
        found.ended_at = db.clock() - timedelta(hours=1)
    assert manager.get(f"/campaigns/{made.id}/live?state=finished", headers=HTMX).status_code == 286
    page = manager.get(f"/campaigns/{made.id}/live")
    assert "hx-get" not in page.text
    assert "http-equiv" not in page.text
    assert "Đã gửi xong: 1 tin đã tới máy" in words(page)


def test_pause_names_who_did_it_and_resume_goes_on(manager: Visitor) -> None:
    made = running()
    manager.get(f"/campaigns/{made.id}/live")
    manager.post(f"/campaigns/{made.id}/pause")
    assert "Người manager đã tạm dừng. Còn 3 người chưa gửi." in words(manager.follow())
    manager.post(f"/campaigns/{made.id}/pause")  # a second click
    assert manager.last.status_code == 303
    assert "đã chuyển sang bước khác" in words(manager.follow())
    manager.post(f"/campaigns/{made.id}/resume")
    assert "Đang chạy" in words(manager.follow())
    assert fresh(made.id).state == "running"


def test_stop_asks_first_and_then_cancels_what_waits(manager: Visitor) -> None:
    made = running(3)
    settle("delivered")
    asked = words(manager.get(f"/campaigns/{made.id}/stop"))
    assert "2 tin chưa gửi sẽ bị hủy" in asked
    assert fresh(made.id).state == "running"
    manager.post(f"/campaigns/{made.id}/stop")
    page = words(manager.follow())
    assert "Đã dừng hẳn" in page
    assert messages.counts(made.id) == {"delivered": 1, "cancelled": 2}
    assert manager.get(f"/campaigns/{made.id}/stop").status_code == 302
    manager.get(f"/campaigns/{made.id}/live")
    manager.post(f"/campaigns/{made.id}/resume")  # for good
    assert fresh(made.id).state == "stopped"


def test_a_closed_gate_is_said_in_words_of_people(manager: Visitor) -> None:
    made = running()
    with db.transaction():
        gates.close("twilio", "21606")
    page = words(manager.get(f"/campaigns/{made.id}/live"))
    assert "Kênh gửi đã đóng: Số gửi không phải của cơ quan." in page


def test_a_draft_has_no_live_page_and_no_lists(manager: Visitor) -> None:
    villagers(1)
    with db.transaction():
        made = world.campaign(me())
    assert manager.get(f"/campaigns/{made.id}/live").headers["Location"] == f"/campaigns/{made.id}"
    for path in ("messages", "replies", "interests"):
        assert "chưa gửi nên chưa có danh sách này" in words(manager.get(f"/campaigns/{made.id}/{path}"))


def test_every_state_reason_and_meaning_has_its_words() -> None:
    assert set(MESSAGE_STATES) == set(messages.STATES)
    assert set(EXCLUDED) == set(audience.REASONS)
    assert set(MEANINGS) == set(inbox.MEANINGS)
    assert set(FOLLOW_UPS) == {tasks.TO_CALL, tasks.DONE, tasks.WITHDRAWN}
    assert {str(code) for code in twilio_proof.CODES} <= set(CODES)


def test_a_code_nobody_knows_is_shown_as_it_is(manager: Visitor) -> None:
    made = running(1)
    settle("failed", "39999")
    assert "Nhà mạng báo mã 39999" in words(manager.get(f"/campaigns/{made.id}/messages"))
    assert code_word("") == ""


def test_the_second_channel_has_a_list_of_its_own_and_is_told_in_words(manager: Visitor) -> None:
    made = running(2, channel="sms", second="voice", second_after_h=5)
    settle("delivered")
    answer(made, 0, "1")
    told = words(manager.get(f"/campaigns/{made.id}/live"))
    assert "1 người sẽ được gọi nếu 5 giờ sau tin nhắn vẫn chưa trả lời" in told
    first = manager.get(f"/campaigns/{made.id}/messages")
    assert f'href="/campaigns/{made.id}/messages?second=1"' in first.text
    assert "Đã trả lời tin nhắn rồi" not in words(first)
    second = manager.get(f"/campaigns/{made.id}/messages?second=1&state=skipped")
    assert "Đã trả lời tin nhắn rồi nên không gọi thêm" in words(second)
    plain = running(1)
    assert "kênh thứ hai" not in words(manager.get(f"/campaigns/{plain.id}/messages?second=1"))


def test_the_price_of_the_second_channel_is_told_before_it_is_sent(manager: Visitor) -> None:
    villagers(2)
    with db.transaction():
        made = world.campaign(me(), channel="sms", second="voice", second_after_h=5)
        twice = world.campaign(me(), channel="voice", second="sms")
        price = launch.outlook(made).second_price_vnd
    page = words(manager.get(f"/campaigns/{made.id}"))
    assert f"Trong đó {money(price)} là để gọi ai chưa trả lời" in page
    assert "tính như ai cũng nghe được cuộc gọi" in words(manager.get(f"/campaigns/{twice.id}"))
