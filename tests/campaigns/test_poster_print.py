"""The poster on paper: one sheet of A4, however much is written, without the frame of the pages around it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page

from service import db
from tests import world
from tests.web.conftest import PASSWORD, employ
from tests.web.test_in_the_browser import address, database_url

__all__ = ["address", "database_url"]

PHRASE = "căn cước công dân bản gốc, sổ hộ khẩu, bốn ảnh 3x4, giấy khám sức khỏe của bệnh viện; "
WRITTEN = [
    # letters of employer, post, place, lodging and food, requirements and papers; where: abroad says the most
    (20, 0, 0, 0, 0, "in_province"),
    (30, 30, 30, 45, 45, "in_province"),
    (60, 60, 60, 100, 190, "abroad"),
    (200, 120, 120, 200, 500, "abroad"),  # as much as the columns hold
]


def words_of(letters: int) -> str:
    return (PHRASE * 10)[:letters].strip()


def sheets(page: Page) -> int:
    """How many pages a printer would get."""
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", page.pdf(prefer_css_page_size=True)))


@pytest.mark.parametrize("letters", WRITTEN, ids=str)
def test_it_is_one_sheet_however_much_is_written(
    browser: Browser, address: str, letters: tuple[int, int, int, int, int, str]
) -> None:
    by, (name, post, place, some, much, where) = employ("manager"), letters
    with db.transaction():
        campaign = world.campaign(by, post=words_of(post), place=words_of(place), reach=where)
        campaign.lodging = campaign.food = words_of(some)
        campaign.requirements = campaign.papers = words_of(much)
        campaign.country = "Nhật Bản" if where == "abroad" else ""
        campaign.departs_on = campaign.deadline
        campaign.frozen = {"doanh_nghiep": words_of(name)}
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    page.goto(f"{address}/login?next=/campaigns/{campaign.id}/poster")
    page.get_by_label("Thư điện tử").fill("manager@vidu.vn")
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    page.wait_for_url("**/poster", wait_until="load")
    assert sheets(page) == 1
    page.emulate_media(media="print")
    assert page.locator("nav").first.is_hidden()
    assert page.locator(".page-head").is_hidden()
    assert page.locator(".hotline").is_visible()
    page.close()
