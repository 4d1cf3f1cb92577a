"""Pages: 100,000 people in the registry, and somebody who types names and numbers and turns pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random
from typing import Any
from urllib.parse import urlencode, urlsplit

import urllib3

from benchmarks.figures import Result, at_most, load_average, plain
from benchmarks.ground import Databases, ground
from benchmarks.load import Driven, drive
from workers.stack import Stack, Wanted

PEOPLE = 100_000
MOST_SEARCH_P95_MS, MOST_PAGE_P95_MS = 50.0, 100.0
TYPED = 40  # names and numbers, each typed letter by letter
PASSWORD = "con trau di truoc cai cay"
# List pages as people open them; {commune}, {hamlet} and {after} are filled from the registry.
LISTS = (
    "", "after={after}", "commune={commune}", "commune={commune}&hamlet={hamlet}", "commune={commune}&after={after}",
    "consent=yes", "consent=no&consent=unasked", "phone=none", "phone=opted_out", "phone=unverified", "gender=female&age_from=18&age_to=30",
    "language=dao&skill=sewing", "skill=driving&wish=abroad&consent=yes", "quiet=8", "willing=1", "q=sung&gender=male&commune={commune}",
)  # fmt: skip


def measure(databases: Databases, database: str, people: int, runs: int) -> list[Result]:
    """Search as you type, and pages of the list, over HTTP through the real web process; one person at a time."""
    wrong: list[str] = []
    with ground(databases, database) as at:
        known = at.step("populate", people, PASSWORD)
        with Stack(at.data, at.env, Wanted(workers=0, empty=True), at.log) as stack:
            cookie = log_in(stack.public_url, known["email"])
            typing = [_request(stack.public_url, cookie, query, part=True) for query in _typed(known)]
            turning = [_request(stack.public_url, cookie, query, part=False) for query in _lists(known)]
            drive(stack.public_url, typing[:20] + turning[:5], 1)
            searches = drive(stack.public_url, typing, 1)
            pages = drive(stack.public_url, turning * max(runs, 1), 1)
            wrong += _judge(stack.public_url, cookie, known)
    wrong += [f"answers {dict(one.statuses)}" for one in (searches, pages) if set(one.statuses) != {200}]
    setting = f"{people:,} people, {len(searches.latencies)} searches, {len(pages.latencies)} list pages"
    return [Result("pages", database, setting, _figures(searches, pages), tuple(wrong), load_average())]


def _figures(searches: Driven, pages: Driven) -> tuple[Any, ...]:
    return (
        plain("search, half within", searches.quantile_ms(0.5), "ms"),
        at_most("search, 95 % within", searches.quantile_ms(0.95), "ms", MOST_SEARCH_P95_MS),
        plain("search, slowest", searches.quantile_ms(1), "ms"),
        plain("list page, half within", pages.quantile_ms(0.5), "ms"),
        at_most("list page, 95 % within", pages.quantile_ms(0.95), "ms", MOST_PAGE_P95_MS),
        plain("list page, slowest", pages.quantile_ms(1), "ms"),
    )


def log_in(url: str, email: str) -> str:
    """Sign in as a person does. Returns the cookie."""
    http = urllib3.PoolManager()
    page = http.request("GET", f"{url}/login")
    token = re.search(rb'name="csrf_token" value="([^"]+)"', page.data)
    assert token is not None
    fields = {"csrf_token": token[1].decode(), "email": email, "password": PASSWORD}
    headers = {"Cookie": _cookie(page)}
    answer = http.request("POST", f"{url}/login", fields=fields, headers=headers, redirect=False)
    assert answer.status == 303, answer.status
    return _cookie(answer)


def form_on(url: str, path: str, cookie: str) -> tuple[str, str]:
    """What the forms of this page carry against forgery, and the cookie that belongs to it."""
    page = urllib3.request("GET", f"{url}{path}", headers={"Cookie": cookie})
    token = re.search(rb'name="csrf_token" value="([^"]+)"', page.data)
    assert token is not None, page.status
    return token[1].decode(), _cookie(page) or cookie


def _cookie(answer: urllib3.BaseHTTPResponse) -> str:
    return "; ".join(line.split(";", 1)[0] for line in answer.headers.getlist("Set-Cookie"))


def _request(url: str, cookie: str, query: str, part: bool) -> bytes:
    head = f"GET /people?{query} HTTP/1.1\r\nHost: {urlsplit(url).netloc}\r\nCookie: {cookie}\r\n"
    return (head + ("HX-Request: true\r\n" if part else "") + "\r\n").encode()


def _typed(known: dict[str, Any]) -> Iterator[str]:
    """What the field holds after each stroke: a third of names in full, a third of first letters, a third of numbers."""
    random = Random(2)
    for place in range(TYPED):
        name, number = random.choice(known["names"]), random.choice(known["numbers"])
        words = name.split()
        text = (name, f"{words[0][:3]} {words[-1]}", number if place % 2 else number[-3:])[place % 3]
        for length in range(1, len(text) + 1):
            yield urlencode({"q": text[:length], "commune": ""})


def _lists(known: dict[str, Any]) -> Iterator[str]:
    for commune, hamlet, after in known["places"]:
        for query in LISTS:
            yield query.format(commune=commune, hamlet=hamlet, after=after)


def _judge(url: str, cookie: str, known: dict[str, Any]) -> Iterator[str]:
    """Whoever is looked for by the whole name is on the page."""
    for name in known["names"][:5]:
        headers = {"Cookie": cookie, "HX-Request": "true"}
        page = urllib3.request("GET", f"{url}/people?{urlencode({'q': name})}", headers=headers)
        if b"<tbody>" not in page.data:
            yield f"{name} was not found"
