"""A village meeting is entered with the keyboard alone, and the form to sign is printed hamlet by hamlet."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine
from werkzeug.serving import make_server

from service import db
from service.app import create_app
from service.registry import areas, people
from service.registry.people import Facts, Person
from tests.registry.conftest import commune
from tests.web.conftest import PASSWORD, employ

# name, year, keys for Nam or Nữ, number, keys for Chưa hỏi, Có or Không
MAN, WOMAN, YES, NO = ["Space"], ["ArrowRight"], ["ArrowRight"], ["ArrowRight", "ArrowRight"]
VILLAGERS: list[tuple[str, str, list[str], str, list[str]]] = [
    ("Sùng Mí Páo", "1990", MAN, "0912 000 101", YES),
    ("Vàng Thị Mỷ", "1992", WOMAN, "0912 000 102", NO),
    ("Lý A Dính", "1970", MAN, "", YES),
    ("Thò Thị Dợ", "", [], "01662 000 103", []),
    ("Mua Mí Chứ", "2001", MAN, "0912 000 105", YES),
]


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url  # what is looked at here does not depend on the database


@pytest.fixture
def address(connected: Engine) -> Iterator[str]:
    """The app behind a real port of this machine, with a manager and the places."""
    with db.transaction():
        areas.load_data()
    employ("manager")
    server = make_server("127.0.0.1", 0, create_app(), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


def log_in(page: Page, address: str) -> None:
    page.goto(f"{address}/login")
    page.get_by_label("Thư điện tử").fill("manager@vidu.vn")
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    expect(page).not_to_have_url(re.compile("login"))


def open_meeting(page: Page, address: str) -> None:
    page.goto(f"{address}/meetings/new")
    page.locator("select[name=commune]").select_option(label="Sơn Vĩ")
    page.locator("input[name=hamlet]").fill("Trà Mần")
    page.get_by_role("button", name="Bắt đầu ghi người dự họp").click()
    expect(page.locator("input[name=name]")).to_be_focused()


def type_line(page: Page, villager: tuple[str, str, list[str], str, list[str]], language: str) -> None:
    """From the name to Enter, as the fields follow one another; the hamlet is remembered."""
    name, year, gender, number, agrees = villager
    for typed in (name, year, gender, number, "", language, agrees):
        if isinstance(typed, str):
            page.keyboard.type(typed)
        else:
            for key in typed:
                page.keyboard.press(key)
        if typed is not agrees:
            page.keyboard.press("Tab")
    page.keyboard.press("Enter")


def test_five_people_are_entered_without_touching_the_mouse(page: Page, address: str) -> None:
    log_in(page, address)
    open_meeting(page, address)
    for number, villager in enumerate(VILLAGERS, start=1):
        # Mông is typed once and remembered.
        type_line(page, villager, "m" if number == 1 else "")
        expect(page.get_by_role("button", name=f"Lưu người số {number + 1}")).to_be_visible()
        expect(page.locator("input[name=name]")).to_be_focused()
        expect(page.locator("input[name=name]")).to_have_value("")
    expect(page.get_by_role("heading", name="5 người ghi tên")).to_be_visible()
    db.end_reading()
    found = db.session().query(Person).order_by(Person.id)
    tra_man = areas.hamlets(commune("Sơn Vĩ").id)[0].id
    assert [(p.name, p.birth_year, p.gender, p.language, p.consents, p.hamlet_id) for p in found] == [
        ("Sùng Mí Páo", 1990, "male", "hmn", True, tra_man),
        ("Vàng Thị Mỷ", 1992, "female", "hmn", False, tra_man),
        ("Lý A Dính", 1970, "male", "hmn", True, tra_man),
        ("Thò Thị Dợ", None, None, "hmn", False, tra_man),
        ("Mua Mí Chứ", 2001, "male", "hmn", True, tra_man),
    ]


def test_somebody_known_is_offered_while_the_name_is_typed(page: Page, address: str) -> None:
    boss = employ("approver")
    with db.transaction():
        people.add(Facts("Sùng Mí Páo", 1990, commune=commune("Sơn Vĩ").id, hamlet="Trà Mần"), boss)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    log_in(page, address)
    open_meeting(page, address)
    page.keyboard.type("sung mi pao")
    offer = page.locator("#alike").get_by_role("button", name="Ghi có mặt")
    expect(offer).to_be_visible()
    offer.click()
    expect(page.get_by_role("heading", name="1 người ghi tên")).to_be_visible()
    expect(page.locator("input[name=name]")).to_be_focused()
    assert said == []
    db.end_reading()
    assert db.session().query(Person).count() == 1


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (390, 844)])
def test_the_pages_of_places_meetings_and_consent_fit_the_screen(
    browser: Browser, address: str, width: int, height: int
) -> None:
    boss = employ("approver")
    with db.transaction():
        for name, hamlet in (
            ("Sùng Mí Páo", "Trà Mần"),
            ("Vàng Thị Mỷ", "Một thôn có tên rất dài ở rất xa trung tâm"),
        ):
            people.add(Facts(name, 2015, commune=commune("Sơn Vĩ").id, hamlet=hamlet), boss)
    where, hamlets = commune("Sơn Vĩ").id, areas.hamlets(commune("Sơn Vĩ").id)
    page = browser.new_page(viewport={"width": width, "height": height})
    log_in(page, address)
    open_meeting(page, address)
    meeting = page.url.removeprefix(address)
    for path in (
        "/areas", f"/areas/{where}", f"/areas/{where}/rename", f"/areas/{where}/divide", f"/areas/hamlets/{hamlets[0].id}",
        f"/areas/{where}/merge?into={commune('Khâu Vai').id}&since=2026-07-01",
        f"/areas/{where}/same?h={hamlets[0].id}&h={hamlets[1].id}", "/meetings", meeting,
        f"/people/consent?commune={where}", f"/people/consent/print?commune={where}",
        f"/people/consent/tick?commune={where}&hamlet={hamlets[0].id}",
    ):  # fmt: skip
        answer = page.goto(address + path)
        assert answer is not None
        assert answer.status == 200, path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    page.close()


def test_the_form_to_sign_has_a_page_for_each_hamlet_and_nothing_of_the_screen(
    page: Page, address: str
) -> None:
    boss = employ("approver")
    with db.transaction():
        for hamlet in ("Trà Mần", "Lũng Chỉn", "Phìn Lò"):
            people.add(Facts("Sùng Mí Páo", 1990, commune=commune("Sơn Vĩ").id, hamlet=hamlet), boss)
    log_in(page, address)
    page.goto(f"{address}/people/consent/print?commune={commune('Sơn Vĩ').id}")
    paper = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 3
    page.emulate_media(media="print")
    expect(page.locator("nav").first).to_be_hidden()
    expect(page.locator(".rehearsal")).to_be_hidden()
    expect(page.locator(".paper").first).to_be_visible()
