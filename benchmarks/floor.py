"""The floor: how fast the Twilio client itself is, with nothing around it. Nobody who uses it can be faster.

No database, no queue: a process makes a list of messages as large as ours, with an address for callbacks, and sends
them. Two forms are tried, each as lean as the SDK allows, with several numbers of requests at once:

- ``threads``: many threads over one pool of urllib3's connections;
- ``asyncio``: the SDK's ``create_async`` over one session of aiohttp, which all requests share.

``python -m benchmarks.floor threads http://127.0.0.1:1234`` reads from its standard input how many messages to send
with how many at once ("1500 64"), a line for each round, and says after each from when to when that took.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import itertools
import json
import logging
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import aiohttp
import urllib3
from twilio.http import AsyncHttpClient, HttpClient
from twilio.http.response import Response
from twilio.rest import Client

from benchmarks import people
from benchmarks.ground import Ground, running

FORMS = ("asyncio", "threads")
AT_ONCE = (32, 64, 128)
PROCESSES = 2
READ_S = 20.0
TWILIO = "https://api.twilio.com"
ACCOUNT, SECRET = "AC" + "be" * 16, "not a secret, only for measuring"
SENDER = "+84219000000"
# As long as what a campaign of benchmarks/people.py writes to somebody.
TEXT = (
    "Phong LDTBXH: Cong ty May Hoa Dao tuyen 20 cong nhan may, luong 8-11 trieu, lam tai Tuyen Quang, han 17/12. "
    "Chao anh Pao, muon di tra loi 1. Khong nhan tin: TC. Hoi: 0219 000 000, ma HD1"
)


@dataclass(frozen=True)
class Floor:
    """How fast a form is, with so many requests at once."""

    form: str
    at_once: int
    per_second: float


def measure(at: Ground, url: str, messages: int) -> tuple[Floor, ...]:
    """The best of each form against the stub at this address."""
    return tuple(max(_rounds(at, form, url, messages), key=lambda one: one.per_second) for form in FORMS)


def _rounds(at: Ground, form: str, url: str, messages: int) -> Iterator[Floor]:
    command = [sys.executable, "-m", "benchmarks.floor", form, url]
    with contextlib.ExitStack() as stack:
        senders = [
            stack.enter_context(running(command, at.env, at.log, stdin=subprocess.PIPE))
            for _ in range(PROCESSES)
        ]
        for at_once in AT_ONCE:
            _round(senders, at_once * PROCESSES, at_once)  # opens the connections
            yield Floor(form, at_once, _round(senders, messages, at_once))


def _round(senders: list[subprocess.Popen[bytes]], messages: int, at_once: int) -> float:
    """Messages a second, from the first that starts to the last that is answered."""
    share = messages // len(senders)
    for sender in senders:
        assert sender.stdin is not None
        sender.stdin.write(f"{share} {at_once}\n".encode())
        sender.stdin.flush()
    said = [json.loads(sender.stdout.readline()) for sender in senders if sender.stdout is not None]
    seconds: float = max(one["ended"] for one in said) - min(one["began"] for one in said)
    return share * len(senders) / seconds


# -------------------------------------------------------------------------------------------- in the sending process


def _messages(number: int) -> Iterator[dict[str, Any]]:
    """What is sent, as the SDK's arguments; ``carriers/twilio.py`` sends the same ones."""
    for place in range(number):
        yield {
            "to": people.number(place),
            "from_": SENDER,
            "body": f"{TEXT} {next(_numbers)}",
            "status_callback": f"http://127.0.0.1:8000/hooks/twilio/status/{place:022d}#rc=5&rp=all&ct=3000&rt=5000",
            "validity_period": 36_000,
        }


_numbers = itertools.count()


def threads(url: str) -> None:
    """Rounds of the form with threads, until the input ends."""
    messages = Client(ACCOUNT, SECRET, http_client=SharedPool(url)).messages
    for number, at_once in _orders():
        with ThreadPoolExecutor(at_once) as pool:
            began, todo = time.monotonic(), list(_messages(number))
            for _sent in pool.map(lambda one: messages.create(**one), todo):
                pass
            _say(began)


async def on_a_loop(url: str) -> None:
    """Rounds of the form with asyncio, until the input ends."""
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, skip_auto_headers=("User-Agent",)) as session:
        messages = Client(ACCOUNT, SECRET, http_client=SharedSession(url, session)).messages

        async def send(todo: Iterator[dict[str, Any]]) -> None:
            for one in todo:
                await messages.create_async(**one)

        for number, at_once in _orders():
            began, todo = time.monotonic(), iter(list(_messages(number)))
            await asyncio.gather(*(send(todo) for _ in range(at_once)))
            _say(began)


class SharedPool(HttpClient):  # type: ignore[misc]  # the SDK has no types
    """The SDK's requests over one pool of urllib3's connections."""

    def __init__(self, url: str) -> None:
        super().__init__(logging.getLogger("twilio.http_client"), is_async=False)
        self._url = url
        self._pool = urllib3.PoolManager(maxsize=max(AT_ONCE), retries=False, timeout=READ_S)

    def request(self, method: str, uri: str, *_params: object, **said: Any) -> Response:
        url, body, headers = _as_sent(self._url, uri, said)
        answer = self._pool.request(method, url, body=body, headers=headers, redirect=False)
        return Response(answer.status, answer.data.decode(), answer.headers)


class SharedSession(AsyncHttpClient):  # type: ignore[misc]
    """The SDK's requests over one session. Its own class does the same, logs each request and keeps the last."""

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        super().__init__(logging.getLogger("twilio.async_http_client"), is_async=True)
        self._url, self._session = url, session
        self._timeout = aiohttp.ClientTimeout(total=READ_S)

    async def request(self, method: str, uri: str, *_params: object, **said: Any) -> Response:
        url, body, headers = _as_sent(self._url, uri, said)
        async with self._session.request(
            method, url, data=body, headers=headers, timeout=self._timeout, allow_redirects=False
        ) as answer:
            return Response(answer.status, (await answer.read()).decode(), answer.headers)


def _as_sent(stub: str, uri: str, said: dict[str, Any]) -> tuple[str, bytes, dict[str, str]]:
    """Address, body and heads of a request of the SDK, for the stub."""
    login = base64.b64encode(":".join(said["auth"]).encode()).decode()
    heads = {**said["headers"], "Authorization": f"Basic {login}"}
    return uri.replace(TWILIO, stub, 1), urlencode(said["data"], doseq=True).encode(), heads


def _orders() -> Iterator[tuple[int, int]]:
    for line in sys.stdin:
        number, at_once = line.split()
        yield int(number), int(at_once)


def _say(began: float) -> None:
    print(json.dumps({"began": began, "ended": time.monotonic()}), flush=True)


FORM: dict[str, Callable[[str], None]] = {
    "threads": threads,
    "asyncio": lambda url: asyncio.run(on_a_loop(url)),
}

if __name__ == "__main__":
    FORM[sys.argv[1]](sys.argv[2])
