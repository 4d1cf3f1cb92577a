"""A prompt is recorded in a real browser with a made-up microphone, heard, and confirmed by a second person."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserType, Page, expect

from service import db
from service.campaigns import recordings
from service.campaigns.recordings import Place
from tests.web.conftest import PASSWORD, employ
from tests.web.test_in_the_browser import address, database_url

__all__ = ["address", "database_url"]

MICROPHONE = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")  # beeps once a second
SCREENS = ((1366, 768), (390, 844))


@pytest.fixture
def beeping(browser_type: BrowserType, browser_type_launch_args: dict[str, Any]) -> Iterator[Browser]:
    arguments = [*browser_type_launch_args["args"], *MICROPHONE]
    browser = browser_type.launch(**{**browser_type_launch_args, "args": arguments})
    yield browser
    browser.close()


def entered(browser: Browser, address: str, role: str, width: int = 1366, height: int = 768) -> Page:
    page = browser.new_page(viewport={"width": width, "height": height})
    page.goto(f"{address}/login")
    page.get_by_label("Thư điện tử").fill(f"{role}@vidu.vn")
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    return page


def test_recorded_in_the_browser_heard_and_confirmed(beeping: Browser, address: str) -> None:
    employ("manager")
    employ("approver")
    page = entered(beeping, address, "manager")
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda problem: said.append(str(problem)))
    page.goto(f"{address}/recordings/goodbye_stop/hmn")
    page.get_by_role("button", name="Ghi âm").click()
    expect(page.locator("[data-said]")).to_have_text(re.compile("Đang ghi 0:03"))
    page.get_by_role("button", name="Dừng ghi").click()
    expect(page.locator("[data-said]")).to_contain_text("Đã ghi xong")
    page.get_by_role("button", name="Lưu bản ghi").click()
    expect(page.locator(".remark[role=status]")).to_contain_text("Đã lưu bản ghi.")
    expect(page.locator(".wave rect")).to_have_count(120)
    played = page.evaluate(
        "(async () => { const a = document.querySelector('audio'); a.muted = true; await a.play(); return a.duration })()"
    )
    assert 2.5 < played < 6
    assert said == []

    second = entered(beeping, address, "approver", *SCREENS[1])
    second.goto(f"{address}/recordings/goodbye_stop/hmn")
    second.get_by_label("Bản ghi này nói gì").fill("Đã ghi. Từ nay không gọi số này nữa.")
    second.get_by_role("button", name="Xác nhận lời nói đúng").click()
    expect(second.locator(".remark[role=status]")).to_contain_text("Đã xác nhận.")
    found = recordings.usable("goodbye_stop", "hmn")
    db.end_reading()
    assert found is not None
    assert recordings.place_of(found) == Place("goodbye_stop", "hmn")
    assert found.after_db == pytest.approx(-20, abs=3)


@pytest.mark.parametrize(("width", "height"), SCREENS)
def test_the_pages_fit_the_screen_and_work_without_a_script(
    browser: Browser, address: str, width: int, height: int
) -> None:
    employ("manager")
    context = browser.new_context(viewport={"width": width, "height": height}, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/login")
    page.get_by_label("Thư điện tử").fill("manager@vidu.vn")
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    for path in ("/recordings", "/recordings/opening/hmn"):
        page.goto(address + path)
        box = page.locator("main").bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= width, path
    expect(page.get_by_role("button", name="Ghi âm")).to_be_hidden()
    expect(page.get_by_label("Tệp âm thanh")).to_be_visible()
    context.close()
