"""The campaign studio: somebody ticks boxes and writes a text for an audience of 100,000 people."""

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
from benchmarks.pages import PASSWORD, form_on, log_in
from benchmarks.people import TEXT
from service.registry.people import GENDERS, LANGUAGES
from workers.stack import Stack, Wanted

PEOPLE = 100_000
MOST_COUNT_P95_MS, MOST_STUDIO_P95_MS = 150.0, 50.0
COUNTS = 120  # changes of the ticks
STROKES = 200  # letters typed at the end of the text


def measure(databases: Databases, database: str, people: int, runs: int) -> list[Result]:
    """The live count and the studio's answer while typing, over HTTP through the real web process."""
    wrong: list[str] = []
    with ground(databases, database) as at:
        known = at.step("populate", people, PASSWORD)
        campaign = at.step("draft")["campaign"]
        with Stack(at.data, at.env, Wanted(workers=0, empty=True), at.log) as stack:
            url = stack.public_url
            cookie = log_in(url, known["email"])
            path = f"/campaigns/{campaign}"
            token, cookie = form_on(url, path, cookie)
            ticking = [_request(url, f"{path}/count", cookie, token, fields) for fields in _ticks(known)]
            writing = [_request(url, f"{path}/studio", cookie, token, fields) for fields in _strokes()]
            drive(url, ticking[:5] + writing[:5], 1)
            counts = drive(url, ticking, 1)
            answers = drive(url, writing * max(runs, 1), 1)
            wrong += _judge(url, cookie, token, path, people)
    wrong += [f"answers {dict(one.statuses)}" for one in (counts, answers) if set(one.statuses) != {200}]
    setting = f"{people:,} people, {len(counts.latencies)} counts, {len(answers.latencies)} strokes"
    return [Result("studio", database, setting, _figures(counts, answers), tuple(wrong), load_average())]


def _figures(counts: Driven, answers: Driven) -> tuple[Any, ...]:
    return (
        plain("live count, half within", counts.quantile_ms(0.5), "ms"),
        at_most("live count, 95 % within", counts.quantile_ms(0.95), "ms", MOST_COUNT_P95_MS),
        plain("live count, slowest", counts.quantile_ms(1), "ms"),
        plain("while typing, half within", answers.quantile_ms(0.5), "ms"),
        at_most("while typing, 95 % within", answers.quantile_ms(0.95), "ms", MOST_STUDIO_P95_MS),
        plain("while typing, slowest", answers.quantile_ms(1), "ms"),
    )


def _request(url: str, path: str, cookie: str, token: str, fields: list[tuple[str, str]]) -> bytes:
    body = urlencode(fields).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {urlsplit(url).netloc}\r\nCookie: {cookie}\r\nX-CSRFToken: {token}\r\n"
        f"HX-Request: true\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _ticks(known: dict[str, Any]) -> Iterator[list[tuple[str, str]]]:
    """The filters after each change: often everybody, which is what costs most."""
    random = Random(3)
    communes = [str(commune) for commune, _hamlet, _after in known["places"]]
    for place in range(COUNTS):
        fields = [("group", ""), ("age_from", ""), ("age_to", "")]
        if place % 3:
            fields += [("genders", random.choice(GENDERS))]
        if place % 4 == 1:
            fields += [("languages", random.choice(LANGUAGES))]
        if place % 5 == 1:
            fields += [("communes", commune) for commune in random.sample(communes, 2)]
        if place % 6 == 1:
            fields[1] = ("age_from", str(random.randrange(16, 30)))
        yield fields


def _strokes() -> Iterator[list[tuple[str, str]]]:
    words = (
        " Có chỗ ở, nuôi ăn hai bữa, xe đón tại xã. Chưa biết nghề thì được dạy, có lương học việc từ ngày đầu."
        * 2
    )
    for place in range(STROKES):
        yield [
            ("text", TEXT + words[:place]),
            ("encoding", "plain" if place % 2 else "accents"),
            ("notice", ""),
        ]


def _judge(url: str, cookie: str, token: str, path: str, people: int) -> Iterator[str]:
    """Everybody is counted when nothing is ticked."""
    headers = {"Cookie": cookie, "X-CSRFToken": token, "HX-Request": "true"}
    page = urllib3.request("POST", f"{url}{path}/count", headers=headers, fields={"group": ""})
    figures = [
        int(figure.replace(b".", b"")) for figure in re.findall(rb"<strong>([\d.]+)</strong>", page.data)[:3]
    ]
    if len(figures) != 3 or figures[2] != people:
        yield f"the count says {figures}, and {people} live here"
