"""The frame in a real browser: nothing refused by the page's own rules, nothing too wide, usable without a script."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine
from werkzeug.serving import make_server

from service import db
from service.app import create_app
from service.staff import accounts, history
from tests.web.conftest import PASSWORD, employ

WIDTHS = ((1366, 768), (390, 844))


@pytest.fixture
def address(connected: Engine) -> Iterator[str]:
    """The app behind a real port of this machine."""
    server = make_server("127.0.0.1", 0, create_app(), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url  # what is looked at here does not depend on the database


def log_in(page: Page, address: str) -> None:
    page.goto(f"{address}/login")
    page.get_by_label("Thư điện tử").fill("admin@vidu.vn")
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()


@pytest.mark.parametrize(("width", "height"), WIDTHS)
def test_pages_keep_their_own_rules_and_fit_the_screen(
    browser: Browser, address: str, width: int, height: int
) -> None:
    boss = employ("admin")
    with db.transaction():
        accounts.add(
            "dia.chi.rat.la.dai.cua.mot.nguoi@phong-van-hoa-xa-hoi.vidu.vn", "Giàng", "caller", [], boss
        )
        history.record("consent.given", boss, person=13250, channel="meeting")
    page = browser.new_page(viewport={"width": width, "height": height})
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda problem: said.append(str(problem)))
    log_in(page, address)
    for path in ("/staff", "/staff/new", "/history", "/password"):
        page.goto(address + path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert page.evaluate("typeof htmx") == "object", path
    assert said == []
    page.close()


def test_the_menu_and_the_questions_work_on_a_phone_without_any_script(
    browser: Browser, address: str
) -> None:
    employ("admin")
    manager = employ("manager")
    context = browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    page = context.new_page()
    log_in(page, address)
    page.goto(f"{address}/staff")
    link = page.get_by_role("link", name="Nhật ký")
    expect(link).to_be_hidden()
    page.get_by_text("Danh mục", exact=True).click()
    link.click()
    expect(page.get_by_role("heading", name="Nhật ký")).to_be_visible()
    page.goto(f"{address}/staff")
    row = page.get_by_role("row").filter(has_text=manager.email)
    expect(row.get_by_role("button", name="Ngừng tài khoản")).to_be_hidden()
    row.get_by_text("Ngừng", exact=True).click()
    row.get_by_role("button", name="Ngừng tài khoản").click()
    expect(page.get_by_role("status")).to_have_text("Đã ngừng tài khoản của Người manager.")
    context.close()


def test_everything_is_reached_by_keyboard_with_the_focus_in_sight(page: Page, address: str) -> None:
    employ("admin")
    log_in(page, address)
    page.goto(f"{address}/staff")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Đến nội dung")).to_be_in_viewport()
    reached = set()
    for _ in range(12):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            "(() => { const e = document.activeElement, s = getComputedStyle(e);"
            " return [e.innerText.trim() || e.getAttribute('aria-label'), s.outlineStyle != 'none'] })()"
        )
        assert focused[1], f"no visible focus on {focused[0]}"
        reached.add(focused[0])
    assert {"Cán bộ", "Nhật ký", "Đăng xuất", "English"} <= reached


def test_a_broken_link_in_rehearsal_never_hides_that_it_is_one(page: Page, address: str) -> None:
    for path in ("/login", "/no/such/page"):
        page.goto(address + path)
        expect(page.get_by_role("note")).to_contain_text("Diễn tập – không tin nào ra ngoài")
        expect(page.get_by_role("link", name="Mở bản làng")).to_have_attribute(
            "href", "http://127.0.0.1:8100"
        )
