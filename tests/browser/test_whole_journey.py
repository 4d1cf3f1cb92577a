"""From the first login to a person in work, by hand in a real browser, against the real processes."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta

from playwright.sync_api import Page, expect

from service import db
from service.staff import accounts
from tests.journeys.conftest import Running
from tests.web.conftest import PASSWORD, employ

OWN_PASSWORD = "nuong ngo xanh tren da"
PAO = "+84912000101"

# Two of the five share a phone, one did not agree, one has an old number of eleven digits.
LIST = [
    ["Họ và tên", "Năm sinh", "Giới tính", "Xã", "Thôn", "Số điện thoại", "Tiếng", "Đồng ý nhận tin"],
    ["Sùng Mí Páo", "1996", "Nam", "Sơn Vĩ", "Lũng Làn", "0912 000 101", "Mông", "Có"],
    ["Vàng Thị Mỷ", "1999", "Nữ", "Sơn Vĩ", "Lũng Làn", "0912 000 102", "Mông", "Có"],
    ["Vàng Mí Sính", "1997", "Nam", "Sơn Vĩ", "Lũng Làn", "0912.000.102", "Mông", "Có"],
    ["Lý Thị Dợ", "1990", "Nữ", "Khâu Vai", "Trù Lủng", "01662 000 103", "Giáy", "Có"],
    ["Thò Mí Chá", "1988", "Nam", "Khâu Vai", "Trù Lủng", "0912 000 104", "Mông", "Không"],
]


def as_csv() -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(LIST)
    return text.getvalue().encode("utf-8-sig")


def sign_in(page: Page, email: str, password: str) -> None:
    page.get_by_label("Thư điện tử").fill(email)
    page.get_by_label("Mật khẩu").fill(password)
    page.get_by_role("button", name="Đăng nhập").click()


def approve(page: Page, here: Running) -> None:
    """A second person, at another PC, opens the same address and says yes."""
    if accounts.find_by_email("approver@vidu.vn") is None:
        employ("approver")
    db.end_reading()
    browser = page.context.browser
    assert browser is not None
    desk = browser.new_context(locale="vi-VN")
    other = desk.new_page()
    other.goto(f"{here.stack.public_url}/login")
    sign_in(other, "approver@vidu.vn", PASSWORD)
    expect(other.get_by_text("Người approver", exact=True)).to_be_visible()
    other.goto(page.url)
    other.get_by_role("button", name=re.compile("^Duyệt g")).click()
    expect(other.get_by_text("đã duyệt lúc")).to_be_visible()
    desk.close()


def test_from_login_to_a_person_in_work(running: Callable[..., Running], page: Page) -> None:
    here = running()
    here.village("behaviour", {"shares": {"silent": 1}, "deliver_seconds": 0.3})
    welcome = here.stack.welcome
    assert welcome is not None
    page.goto(here.stack.public_url)

    # Login with the one-time password, and a password of one's own.
    sign_in(page, str(welcome.email), str(welcome.password))
    page.get_by_label("Mật khẩu đang dùng").fill(str(welcome.password))
    page.get_by_label("Mật khẩu mới", exact=True).fill(OWN_PASSWORD)
    page.get_by_label("Nhập lại mật khẩu mới").fill(OWN_PASSWORD)
    page.get_by_role("button", name="Đổi mật khẩu").click()
    expect(page.get_by_text("Diễn tập").first).to_be_visible()

    # The list of a commune.
    page.goto(f"{here.stack.public_url}/people/imports/new")
    page.locator("input[type=file]").set_input_files(
        {"name": "ds.csv", "mimeType": "text/csv", "buffer": as_csv()}
    )
    page.locator("form[enctype] button[type=submit]").click()
    page.locator("form[action$='/store'] button[type=submit]").click()
    expect(page.get_by_text("5 người mới")).to_be_visible()
    page.goto(f"{here.stack.public_url}/people?q=pao")
    expect(page.get_by_role("link", name="Sùng Mí Páo")).to_be_visible()

    # The employer, checked.
    page.goto(f"{here.stack.public_url}/employers/new")
    page.locator("input[name=name]").fill("Công ty May Hoa Đào")
    page.locator("main form button[type=submit]").first.click()
    page.locator("textarea[name=how]").fill("Giấy đăng ký kinh doanh, bản gốc")
    page.get_by_role("button", name="Tôi đã kiểm tra").click()
    expect(page.get_by_text("Giấy đăng ký kinh doanh, bản gốc")).to_be_visible()

    # The campaign: a draft with one click, then the card of the job, saved by its button.
    page.goto(f"{here.stack.public_url}/campaigns/new")
    page.locator("select[name=employer_id]").select_option(label="Công ty May Hoa Đào")
    page.locator("input[name=post]").fill("công nhân may")
    page.get_by_role("button", name="Bắt đầu soạn").click()
    page.locator("input[name=headcount]").fill("5")
    page.locator("input[name=wage_from]").fill("8 triệu")
    page.locator("input[name=wage_to]").fill("11 triệu")
    page.locator("input[name=place]").fill("Tuyên Quang")
    page.locator("input[name=deadline]").fill((date.today() + timedelta(days=20)).strftime("%d/%m/%Y"))
    page.get_by_role("button", name="Lưu thẻ 1").click()
    expect(page.get_by_text("Đạt hết")).to_be_visible()
    page.locator("#card-text > summary").click()
    expect(page.locator("#preview .sms")).to_contain_text("anh Pao")  # a real person's real message

    # A new employer: somebody else has to say yes.
    expect(page.get_by_role("button", name="Gửi 3 tin")).to_have_count(0)
    approve(page, here)
    page.reload()
    page.get_by_role("button", name="Gửi 3 tin").click()

    # Live, without touching anything, until all three are delivered.
    expect(page).to_have_url(re.compile("/live$"))
    here.wait_until_idle()
    here.wait(lambda: len(here.lines("log")) == 3)
    expect(page.get_by_text("Đã gửi xong: 3 tin đã tới máy")).to_be_visible(timeout=30_000)

    # A villager's phone on screen answers 1.
    page.goto(f"{here.stack.village_url}/?to=%2B{PAO[1:]}")
    phone = page.locator(f"[data-phone='{PAO}']")
    expect(phone).to_contain_text("tra loi 1")
    phone.locator("input[name=text]").fill("1")
    phone.get_by_role("button", name="Gửi").click()
    here.wait_until_idle()

    # The yes is a call to make; the call ends with a person in work.
    page.goto(f"{here.stack.public_url}/followups")
    page.get_by_role("link", name="Sùng Mí Páo").click()
    page.get_by_role("button", name="Nhận cuộc gọi này").click()
    page.get_by_role("button", name="Hiện số để gọi").click()
    expect(page.get_by_text("0912 000 101")).to_be_visible()
    page.locator("button[name=outcome][value=in_work]").click()
    page.goto(f"{here.stack.public_url}/people?q=pao")
    page.get_by_role("link", name="Sùng Mí Páo").click()
    expect(page.locator(".timeline")).to_contain_text("Muốn đi")

    # The carrier's own ledger: exactly one SMS per phone, and none to who did not agree.
    assert here.sms_per_phone() == Counter({PAO: 1, "+84912000102": 1, "+84362000103": 1})
