"""Headers, cookies, and pages that obey their own rules."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Engine

from service import settings
from service.app import create_app
from service.web import throttle
from service.web.addresses import local
from service.web.app import TEMPLATES
from service.web.security import STATIC
from service.web.throttle import storage_of
from tests.web.conftest import Visitor, employ

LATER = count(1)

PAGES = sorted(TEMPLATES.rglob("*.html"))


@pytest.mark.parametrize("path", ["/login", "/staff", "/no/such/page", "/wrong/trap", "/healthz"])
def test_every_answer_carries_the_headers(admin: Visitor, path: str) -> None:
    headers = admin.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"


def test_style_sheets_are_kept_by_browsers_until_they_change(admin: Visitor) -> None:
    address = re.search(r'href="(/static/loa\.css\?v=[0-9a-f]{10})"', admin.get("/staff").text)
    assert address is not None
    answer = admin.client.get(address[1])
    assert answer.status_code == 200
    assert "max-age=31536000" in answer.headers["Cache-Control"]


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(visitor: Visitor) -> None:
    cookie = visitor.get("/login").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie  # http://127.0.0.1 at home


def test_behind_tls_the_cookie_is_secure(connected: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBLIC_URL", "https://loa.vidu.vn")
    settings.get.cache_clear()
    answer = create_app().test_client().get("/login", headers={"X-Forwarded-Proto": "https"})
    assert "Secure" in answer.headers["Set-Cookie"]
    assert "max-age=" in answer.headers["Strict-Transport-Security"]


def test_forms_work_behind_tls_where_no_referrer_is_sent(
    connected: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PUBLIC_URL", "https://loa.vidu.vn")
    settings.get.cache_clear()
    employ("admin")
    visitor = Visitor(create_app())
    proxied = {"base_url": "https://loa.vidu.vn"}
    page = visitor.client.get("/login", **proxied)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert token is not None
    form = {"csrf_token": token[1], "email": "admin@vidu.vn", "password": "con trau di truoc cai cay"}
    assert visitor.client.post("/login", data=form, **proxied).status_code == 303


@pytest.mark.parametrize("file", PAGES, ids=lambda file: str(file.relative_to(TEMPLATES)))
def test_no_page_has_what_the_browser_would_refuse(file: Path) -> None:
    text = re.sub(r"\{#.*?#\}", "", file.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert not re.search(r"\sstyle\s*=", text), "inline style"
    assert not re.search(r"<style", text), "style sheet in the page"
    assert not re.search(r"<script(?![^>]*\ssrc=)", text), "inline script"
    assert not re.search(r"\son[a-z]+\s*=", text), "event attribute"
    assert "hx-on" not in text
    assert not re.search(r"\|\s*safe\b", text), "unescaped text"
    assert not re.search(r"""(?:src|href)=["']https?:""", text), "something from elsewhere"


def test_what_is_vendored_has_its_licence() -> None:
    folders = [folder for folder in (STATIC / "vendor").iterdir() if folder.is_dir()]
    assert {folder.name for folder in folders} == {"bootstrap", "htmx"}
    for folder in folders:
        assert (folder / "LICENSE").read_text(encoding="utf-8").strip()


@pytest.mark.parametrize(
    ("address", "stays"),
    [
        ("/people?q=sùng", True),
        ("/", True),
        ("//evil.example", False),  # another host without a scheme
        ("/\\evil.example", False),  # browsers read the backslash as a slash
        ("https://evil.example/", False),
        ("javascript:alert(1)", False),
        ("/a\nLocation: x", False),  # a second header
        ("/\t/evil.example", False),  # browsers drop the tab
        ("", False),
        (None, False),
    ],
)
def test_only_addresses_of_this_site_are_gone_back_to(address: str | None, stays: bool) -> None:
    assert (local(address) == address) is stays or (address is None and local(address) is None)


@pytest.mark.parametrize(
    ("redis_url", "storage"),
    [
        ("", "memory://"),
        ("unix:///tmp/loa/valkey.sock", "redis+unix:///tmp/loa/valkey.sock"),
        ("redis://127.0.0.1:6379/0", "redis://127.0.0.1:6379/0"),
        ("rediss://redis.vidu.vn:6380/0", "rediss://redis.vidu.vn:6380/0"),
    ],
)
def test_the_throttle_counts_where_redis_is(redis_url: str, storage: str) -> None:
    assert storage_of(redis_url) == storage


def test_the_throttle_still_counts_while_redis_is_away_and_returns_to_it(
    connected: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDIS_URL", "unix:///nowhere/valkey.sock")
    settings.get.cache_clear()
    visitor = Visitor(create_app())
    answers = [visitor.log_in(f"x{tries}@vidu.vn", "khong dung dau nhe").status_code for tries in range(12)]
    assert answers == [401] * 10 + [429] * 2
    monkeypatch.setenv("REDIS_URL", "")
    settings.get.cache_clear()
    visitor = Visitor(create_app())
    # The limiter of this process remembers when it last looked, also from the run on the other database.
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=5 * next(LATER)), tick=True):
        assert visitor.log_in("x@vidu.vn", "khong dung dau nhe").status_code == 401
    assert not throttle.limiter._storage_dead


def test_ten_wrong_passwords_from_one_address_are_enough(app: Flask) -> None:
    employ("manager")
    for tries in range(10):
        assert Visitor(app).log_in(f"x{tries}@vidu.vn", "khong dung dau nhe").status_code == 401
    answer = Visitor(app).log_in("manager@vidu.vn")
    assert answer.status_code == 429
    assert "Thử quá nhiều lần" in answer.text


def test_a_whole_office_may_log_in_at_eight(app: Flask) -> None:
    employ("manager")
    assert [Visitor(app).log_in("manager@vidu.vn").status_code for _ in range(12)] == [303] * 12
