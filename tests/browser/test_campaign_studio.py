"""The campaign studio in a real browser: written without pressing a save button, approved by a second person, and sent to
a household that shares a phone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta

from playwright.sync_api import Page, Route, expect

from service import db
from service.campaigns import campaigns, employers
from service.campaigns.campaigns import Campaign
from service.staff import accounts
from tests import world
from tests.browser.test_whole_journey import approve, sign_in
from tests.journeys.conftest import Running
from tests.web.conftest import PASSWORD, employ

SHARED = "+84912000201"


def household() -> None:
    """A man and his wife with one phone, and a neighbour who did not agree."""
    employ("manager")
    with db.transaction():
        me = accounts.find_by_email("manager@vidu.vn")
        assert me is not None
        made = employers.save(None, "Công ty May Hoa Đào", "", "", ("", None), me)
        employers.mark_checked(made, me, "giấy đăng ký kinh doanh, bản gốc")
        world.person("Sùng Mí Páo", SHARED)
        world.person("Vàng Thị Mỷ", SHARED, gender="female")
        world.person("Thò Mí Chá", "+84912000202", agrees=False)


def only() -> Campaign:
    try:
        return campaigns.listed()[0]
    finally:
        db.end_reading()


def card(page: Page, name: str) -> None:
    page.locator(f"#card-{name} > summary").click()


def test_made_approved_and_sent_to_a_household_with_one_phone(
    running: Callable[..., Running], page: Page
) -> None:
    here = running()
    here.village("behaviour", {"shares": {"silent": 1}, "deliver_seconds": 0.3})
    household()
    page.goto(f"{here.stack.public_url}/login")
    sign_in(page, "manager@vidu.vn", PASSWORD)
    page.goto(f"{here.stack.public_url}/campaigns/new")
    page.get_by_role("button", name="Bắt đầu soạn").click()

    # The job: each field is saved when it is left, a mistake is said beside it and the rest is kept.
    page.locator("select[name=employer_id]").select_option(label="Công ty May Hoa Đào")
    page.locator("input[name=post]").fill("công nhân may")
    page.locator("input[name=headcount]").fill("5")
    page.locator("input[name=wage_from]").fill("8")
    page.locator("input[name=place]").fill("Tuyên Quang")
    page.locator("input[name=deadline]").fill((date.today() + timedelta(days=20)).strftime("%d/%m/%Y"))
    page.locator("input[name=lodging]").focus()
    expect(page.locator("#wage_from-errors")).to_contain_text("Chưa đọc được số tiền.")
    here.wait(lambda: only().place == "Tuyên Quang")
    page.locator("input[name=wage_from]").fill("8 triệu")
    page.locator("input[name=lodging]").focus()
    expect(page.locator("#wage_from-errors")).to_be_empty()
    expect(page.locator("#tick-job")).to_have_text("✓")

    # The people: counted while ticking; the household counts once.
    card(page, "audience")
    expect(page.locator("#count")).to_contain_text("Chung máy với người nhà, nhận chung một tin: 1")
    page.locator("#genders-male").check()
    expect(page.locator("#count .key strong")).to_have_text("1")
    expect(page.locator("#count")).not_to_contain_text("Chung máy")
    late: list[Route] = []
    page.route("**/audience", lambda route: late.append(route))
    page.locator("#genders-male").uncheck()
    expect(page.locator("#count")).to_contain_text("Chung máy")

    # The text: the twins answer while somebody writes, a fault is mended with one click.
    card(page, "text")
    page.locator("#text").press("Control+End")
    page.keyboard.type(" Xem http://vidu.vn")
    expect(page.locator(".faults")).to_contain_text("http://vidu.vn")
    expect(page.locator("#checklist")).to_contain_text("http://vidu.vn")
    # The answer to a card that was left before says nothing about the words written since.
    with page.expect_response("**/studio"):
        late[0].continue_()
    page.unroute("**/audience")
    here.wait(lambda: only().who.genders == ())
    expect(page.locator(".faults")).to_contain_text("http://vidu.vn")
    page.get_by_role("button", name="Sửa giúp").first.click(
        delay=400
    )  # a finger is slow, and the button stays
    expect(page.locator("#text")).not_to_have_value(re.compile("vidu"))
    expect(page.locator("#checklist")).to_contain_text("Đạt hết")
    here.wait(lambda: "vidu" not in only().text)
    for choice, place in (("accents", 1), ("plain", 0)):
        page.locator(f"#encoding-{choice}").check()
        expect(page.locator(".twin").nth(place)).to_have_class(re.compile("chosen"))
        here.wait(lambda choice=choice: only().encoding == choice)

    # After a crash everything is still there.
    address = page.url
    page.close()
    page = page.context.new_page()
    page.goto(address)
    expect(page.locator("input[name=post]")).to_have_value("công nhân may")

    # A second person says yes; a change afterwards voids it, at once and on this page.
    approve(page, here)
    page.goto(f"{address}?card=sending")
    expect(page.get_by_role("button", name="Gửi 1 tin")).to_be_visible()
    page.locator("#waves-first").check()
    expect(page.locator("#note")).to_contain_text("lần duyệt trước không còn hiệu lực")
    expect(page.get_by_role("button", name="Gửi 1 tin")).to_have_count(0)
    page.locator("#waves-none").check()
    here.wait(lambda: only().waves == "")
    approve(page, here)
    page.goto(address)
    page.get_by_role("button", name="Gửi 1 tin").click()

    # One message, with both names.
    expect(page).to_have_url(re.compile("/live$"))
    here.wait(lambda: here.lines("log"))
    here.wait_until_idle()
    [line] = here.lines("log")
    assert (line["to"], here.sms_per_phone()) == (SHARED, Counter({SHARED: 1}))
    assert "anh Pao, chi My" in line["body"]
