"""The worst list that an office may send, by hand in a real browser: columns, bad cells, storing, and back again."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.test_whole_journey import OWN_PASSWORD, sign_in
from tests.journeys.conftest import Running

LIST = Path(__file__).parents[1] / "registry" / "lists" / "office_list.xlsx"


def figure(page: Page, words: str) -> int:
    """The figure above these words."""
    tile = page.locator(".tile", has=page.locator(".label", has_text=re.compile(f"^{words}$")))
    return int(tile.locator(".figure").inner_text().replace(".", ""))


def test_the_worst_list_goes_through_the_wizard_and_back(running: Callable[..., Running], page: Page) -> None:
    here = running()
    welcome, home = here.stack.welcome, here.stack.public_url
    assert welcome is not None
    page.goto(home)
    sign_in(page, str(welcome.email), str(welcome.password))
    page.get_by_label("Mật khẩu đang dùng").fill(str(welcome.password))
    page.get_by_label("Mật khẩu mới", exact=True).fill(OWN_PASSWORD)
    page.get_by_label("Nhập lại mật khẩu mới").fill(OWN_PASSWORD)
    page.get_by_role("button", name="Đổi mật khẩu").click()
    expect(page.get_by_text("Diễn tập").first).to_be_visible()

    # 1 The file.
    page.goto(f"{home}/people/imports/new")
    page.locator("input[type=file]").set_input_files(LIST)
    page.get_by_role("button", name="Kiểm tra danh sách").click()
    expect(page.locator(".steps [aria-current=step]")).to_contain_text("Chỗ sai")
    errors, people = figure(page, "lỗi"), figure(page, "người")
    assert errors > 10
    address = page.url

    # 2 The columns, as they were guessed: two rows of headings, a hidden column, marks for men and women.
    page.locator(".steps").get_by_role("link", name="Cột").click()
    expect(page.get_by_label("Họ và tên")).to_have_value("name")
    expect(page.get_by_label("Số CCCD")).to_have_value("")
    page.get_by_label("Ghi chú").select_option("")
    page.get_by_role("button", name="Đọc theo các cột này").click()
    assert figure(page, "người") == people

    # 3 Bad cells: one by the offered repair, one by typing, one typed wrongly again.
    expect(page.locator(".mending .bad-row").first).to_be_visible()
    rows = page.locator(".mending .bad-row").count()
    offer = page.get_by_role("button", name="Sửa thành 0986 000 487")
    offer.click()
    expect(page.get_by_text("Đã sửa 1 ô.")).to_be_visible()
    assert figure(page, "lỗi") == errors - 1
    cells = page.locator(".mending input[name^=cell-J]")
    first, second = cells.nth(0).get_attribute("name"), cells.nth(1).get_attribute("name")
    page.locator(f"input[name={first}]").fill("0914 000 399")
    page.locator(f"input[name={second}]").fill("0914 00")
    page.get_by_role("button", name="Lưu những ô đã sửa và kiểm tra lại").last.click()
    expect(page.get_by_text("Đã sửa 2 ô.")).to_be_visible()
    expect(page.locator(f"input[name={second}]")).to_have_value("0914 00")
    expect(page.locator(f"input[name={first}]")).to_have_count(0)
    assert page.locator(".mending .bad-row").count() == rows - 2

    # The rows that are left, for the commune.
    with page.expect_download() as download:
        page.get_by_role("button", name=f"Tải {rows - 2} dòng này ra Excel").click()
    assert download.value.suggested_filename.endswith(".xlsx")

    # What would be stored, then stored.
    page.locator("#save").get_by_role("link", name=re.compile("dòng bỏ qua")).click()
    expect(page.get_by_text("Trùng người ở dòng khác").first).to_be_visible()
    page.goto(address)
    page.get_by_label("Tôi đã xem các lỗi và vẫn muốn lưu").check()
    page.get_by_role("button", name=re.compile(r"^Lưu \d+ người$")).click()
    expect(page.locator(".remark").get_by_role("link", name=f"{people} người mới")).to_be_visible()
    page.get_by_role("link", name=f"{people} người mới").click()
    page.locator("tbody a").first.click()
    expect(page.locator("h1")).not_to_be_empty()
    page.goto(f"{home}/people")
    expect(page.locator("tbody tr").first).to_be_visible()

    # And back.
    page.goto(address)
    page.get_by_role("link", name="Hoàn tác lần nhập này").click()
    page.get_by_role("button", name=f"Hoàn tác {people} người").click()
    expect(page.get_by_text(f"Đã hoàn tác: xóa {people} người mới")).to_be_visible()
    page.goto(f"{home}/people")
    expect(page.get_by_text("Chưa có người dân nào")).to_be_visible()
