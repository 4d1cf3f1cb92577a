"""A campaign that calls, made by hand in a real browser: chosen, listened to by key, launched, and answered by a key."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from service import db
from service.campaigns import campaigns
from service.replies import interests
from service.staff import accounts
from tests import world
from tests.browser.test_campaign_studio import card, only
from tests.browser.test_whole_journey import approve, sign_in
from tests.journeys.conftest import Running
from tests.web.conftest import PASSWORD, employ

SAID = "#phone .said"


def a_draft_and_three_phones() -> int:
    employ("manager")
    with db.transaction():
        me = accounts.find_by_email("manager@vidu.vn")
        assert me is not None
        world.village_of(3)
        return world.campaign(me, text="").id


def interested(campaign_id: int) -> int:
    try:
        return interests.count(campaign_id)
    finally:
        db.end_reading()


def test_chosen_listened_to_launched_and_answered_by_key(running: Callable[..., Running], page: Page) -> None:
    here = running(env={"TWILIO_CALLS_PER_SECOND": "50"})
    kinds = {
        world.number(0): {"keys": ["1"], "after": 15},
        world.number(1): "no_answer",
        world.number(2): "by_hand",
    }
    here.village("behaviour", {"call_phones": kinds, "call_speed": 20, "hand_speed": 1})
    made = a_draft_and_three_phones()
    page.goto(f"{here.stack.public_url}/login")
    sign_in(page, "manager@vidu.vn", PASSWORD)
    address = f"{here.stack.public_url}/campaigns/{made}"

    # It would need a text, until calls are chosen; the choice goes off by itself.
    page.goto(f"{address}?card=audience")
    expect(page.locator("#checklist")).to_contain_text("Chưa có lời tin")
    page.locator("#way-sms_voice").check()
    expect(page.locator("#second_after_h")).to_be_visible()
    page.locator("#way-voice").check()
    here.wait(lambda: only().channel == "voice")
    expect(page.locator("#checklist")).to_contain_text("Đạt hết")
    expect(page.locator("#way-voice")).to_be_checked()

    # The very call: read along, and by key.
    card(page, "voice")
    expect(page.locator(SAID)).to_contain_text("Xin gặp anh Mí.")
    page.locator("#phone [data-play]").click()
    expect(page.locator(f"{SAID} .now")).to_contain_text("Đây là cuộc gọi tự động")
    expect(page.locator("#phone [data-play]")).to_have_text("Dừng nghe")
    page.locator("#phone .keys button", has_text="7").click()
    expect(page.locator("#phone .pressed")).to_have_text("Bạn bấm phím 7")
    expect(page.locator(f"{SAID} .now")).to_contain_text("Phím vừa bấm không dùng")  # it goes on by itself
    page.locator("#phone [data-play]").click()
    expect(page.locator(f"{SAID} .now")).to_have_count(0)
    page.locator("#phone .keys button", has_text="2").click()
    expect(page.locator(SAID)).to_contain_text("Có việc làm cho anh Mí.")
    page.locator("#phone .keys button", has_text="1").click()
    expect(page.locator("#phone [data-state]")).to_have_text("Cuộc gọi kết thúc.")
    page.locator("#phone [data-again]").click()
    page.locator("#phone [data-silence]").click()
    expect(page.locator("#phone .pressed")).to_have_text("Bạn không bấm gì")
    assert interested(made) == 0

    # Somebody else says yes; then it calls, and the page shows it without being touched.
    approve(page, here)
    page.goto(address)
    page.get_by_role("button", name="Gọi 3 máy").click()
    expect(page).to_have_url(re.compile("/live$"))
    tiles = page.locator("main")
    expect(tiles).to_contain_text(re.compile(r"1\s*Đang đổ chuông"), timeout=30_000)
    here.press(f"phones/{world.number(2)}/pick-up")
    expect(tiles).to_contain_text(re.compile(r"1\s*Đang nghe"), timeout=30_000)
    here.press(f"phones/{world.number(2)}/hang-up")
    here.wait(lambda: interested(made) == 1)
    expect(tiles).to_contain_text(re.compile(r"1\s*bấm 1: muốn đi"), timeout=30_000)
    expect(tiles).to_contain_text(re.compile(r"1\s*bày tỏ nguyện vọng"))
    expect(tiles).to_contain_text(re.compile(r"2\s*Đã nghe máy"), timeout=30_000)
    expect(tiles).to_contain_text(re.compile(r"1 máy chưa nghe sẽ được gọi lại"))
    page.get_by_role("link", name="xem biểu đồ").click()
    expect(page.get_by_role("heading", name="Giờ nào hay nghe máy")).to_be_visible()
    assert len([line for line in here.lines("log") if line["kind"] == "call"]) == 3


def test_a_trial_call_rings_here_and_its_key_leaves_nothing(
    running: Callable[..., Running], page: Page
) -> None:
    here = running(env={"TWILIO_CALLS_PER_SECOND": "50"})
    mine = "+84912000999"
    presses = {"keys": ["9"], "after": 15}
    here.village("behaviour", {"call_phones": {mine: presses}, "call_speed": 60})
    made = a_draft_and_three_phones()
    page.goto(f"{here.stack.public_url}/login")
    sign_in(page, "manager@vidu.vn", PASSWORD)
    page.goto(f"{here.stack.public_url}/campaigns/{made}?card=audience")
    page.locator("#way-voice").check()
    here.wait(lambda: only().channel == "voice")
    page.goto(f"{here.stack.public_url}/campaigns/{made}?card=voice")
    page.get_by_label("Gọi thử cho tôi").fill("0912 000 999")
    page.get_by_role("button", name="Gọi thử").click()
    expect(page.get_by_text("Máy sẽ gọi bạn trong vài phút.")).to_be_visible()
    here.wait(lambda: [call for call in here.lines("calls") if call["status"] == "completed"])
    here.wait_until_idle()
    [call] = here.lines("calls")
    assert call["to"] == mine
    assert any("Có việc làm cho anh Mí." in one["text"] for one in call["heard"])
    try:
        phone = world.phones.find_by_number(mine)
        assert phone is not None
        assert phone.opted_out_at is None
        assert campaigns.find(made).state == "draft"  # type: ignore[union-attr]
    finally:
        db.end_reading()
    assert here.sms_per_phone() == {}
