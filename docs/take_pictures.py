"""Takes the pictures of the README from the running product: ``.venv/bin/python docs/take_pictures.py``."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests import chromium, processes  # noqa: E402
from workers import demo  # noqa: E402
from workers.office import Office  # noqa: E402
from workers.stack import Stack, Wanted  # noqa: E402

PICTURES = ROOT / "docs" / "pictures"
PASSWORD = "nuong ngo xanh tren da"
DESK = {"width": 1366, "height": 768}
HAND = {"width": 390, "height": 844}


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="loa-pictures-") as name:
        folder = Path(name)
        env = processes.environment(folder / "data")
        with (
            (folder / "log").open("wb") as log,
            Stack(folder / "data", env, Wanted(empty=True), log) as stack,
        ):
            shoot(stack, folder)


def shoot(stack: Stack, folder: Path) -> None:
    assert stack.welcome is not None
    request = urllib.request.Request(
        f"{stack.village_url}/behaviour", json.dumps({"answer_seconds": 6}).encode()
    )
    urllib.request.urlopen(request, timeout=5).close()
    office = Office(stack.public_url)
    office.sign_in(str(stack.welcome.email), str(stack.welcome.password), PASSWORD)
    file = demo.registry_file(folder, demo.Options(150, 3, False))
    page = office.submit(
        office.open("/people/imports/new"), "/imports/new", files={"file": (file.name, file.read_bytes())}
    )
    imported = page.url
    office.submit(page, "/store", accept="y")
    campaign = demo.fill_in(office)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.find(), args=chromium.launch_arguments()
        )
        desk = browser.new_page(viewport=DESK, locale="vi-VN")
        hand = browser.new_page(viewport=HAND, locale="vi-VN")
        for one in (desk, hand):
            sign_in(one, stack, str(stack.welcome.email))
        take(desk, imported, "import")
        take(desk, f"{stack.public_url}/campaigns/{campaign}?card=text#studio", "campaign-form")
        demo.approve(stack, campaign)
        take(desk, f"{stack.public_url}/campaigns/{campaign}?card=sending", "before-sending")
        office.submit(office.open(f"/campaigns/{campaign}"), "/launch")
        time.sleep(6)
        take(desk, f"{stack.public_url}/campaigns/{campaign}/live", "live")
        time.sleep(14)
        take(desk, f"{stack.village_url}/", "village")
        take(desk, f"{stack.public_url}/", "home")
        take(desk, f"{stack.public_url}/replies", "replies")
        take(desk, f"{stack.public_url}/followups", "follow-ups")
        desk.get_by_role("button", name="Gọi người tiếp theo").or_(
            desk.get_by_role("button", name="Gọi")
        ).first.click()
        desk.screenshot(path=PICTURES / "follow-up.png")
        take(desk, f"{stack.public_url}/people", "people")
        take(hand, f"{stack.public_url}/", "home-phone")
        take(hand, f"{stack.public_url}/campaigns/{campaign}/live", "live-phone")
        browser.close()


def sign_in(page: Page, stack: Stack, email: str) -> None:
    page.goto(f"{stack.public_url}/login")
    page.locator("input[name=email]").fill(email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").first.click()


def take(page: Page, url: str, name: str, until: str = "") -> None:
    page.goto(url)
    if until:
        page.get_by_text(until).first.scroll_into_view_if_needed()
    page.screenshot(path=PICTURES / f"{name}.png")


if __name__ == "__main__":
    os.environ.setdefault("LOA_ENV_FILE", "")
    main()
