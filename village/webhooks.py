"""Calling back: signed form posts, Twilio's retry rules in the #fragment, one pooled session, order kept per lane.

Twilio tries a webhook once more when no connection could be made, and otherwise not at all, unless the address
ends with connection overrides such as ``#rc=5&rp=all&ct=3000&rt=5000``: retry count, retry policy, milliseconds to
connect and to read, and ``tt`` for all tries together.
Source: https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import time
import uuid
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urldefrag, urlencode

import aiohttp
import structlog
from yarl import URL

AT_ONCE = 24
MOST_READ = 64 * 1024  # of an answer
LIMITS = {
    "rc": (0, 5, 1),
    "ct": (100, 10_000, 5_000),
    "rt": (100, 15_000, 15_000),
    "tt": (100, 15_000, 15_000),
}
POLICIES = {"ct", "rt", "4xx", "5xx"}

log = structlog.get_logger()


@dataclass(frozen=True)
class Retries:
    """When to try again. Times in seconds; ``first_wait`` doubles with each try up to ``longest_wait``."""

    most: int = 1
    after: frozenset[str] = frozenset({"ct"})
    connect: float = 5.0
    read: float = 15.0
    total: float = 15.0
    first_wait: float = 0.1
    longest_wait: float = 2.0

    def again(self, problem: str, tries: int, elapsed: float) -> bool:
        """Whether one more try follows after this problem."""
        return problem in self.after and tries <= self.most and elapsed < self.total

    def wait(self, tries: int) -> float:
        return min(self.longest_wait, self.first_wait * float(2 ** min(tries - 1, 20)))


# An answer of a villager must not vanish because our web process is being restarted: half an hour of patience,
# where Twilio would try twice and leave the message in its list.
PATIENT = Retries(
    most=10_000,
    after=frozenset({"ct", "rt", "5xx"}),
    total=1800.0,
    first_wait=0.25,
    longest_wait=10.0,
)


def overrides(url: str) -> Retries:
    """The rules that the fragment of a webhook address asks for; what is missing or wrong stays at its default."""
    given = dict(parse_qsl(urldefrag(url).fragment))
    numbers = {name: _limited(given.get(name, ""), *LIMITS[name]) for name in LIMITS}
    asked = set(given.get("rp", "ct").split(","))
    return Retries(
        most=numbers["rc"],
        after=frozenset(POLICIES if "all" in asked else asked & POLICIES or {"ct"}),
        connect=numbers["ct"] / 1000,
        read=numbers["rt"] / 1000,
        total=numbers["tt"] / 1000,
    )


def _limited(text: str, lowest: int, highest: int, default: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and lowest <= int(text) <= highest else default


def signature(token: str, url: str, fields: Mapping[str, str]) -> str:
    """X-Twilio-Signature: HMAC-SHA1 over the address without its fragment and the sorted fields."""
    signed = urldefrag(url).url + "".join(name + fields[name] for name in sorted(fields))
    return base64.b64encode(hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()).decode()


@dataclass(frozen=True)
class Request:
    """A signed request, ready to be sent."""

    method: str
    url: URL
    body: bytes | None
    headers: Mapping[str, str]


def signed(token: str, method: str, url: str, fields: Mapping[str, str]) -> Request:
    """As Twilio asks: fields in the form of a POST or in the address of a GET, which is then signed as a whole."""
    address = urldefrag(url).url
    body: bytes | None = urlencode(fields).encode()
    if method == "GET":
        address += ("&" if "?" in address else "?") + urlencode(fields)
        fields, body = {}, None
    headers = {"X-Twilio-Signature": signature(token, address, fields)}
    if body is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    # The address as given: one changed character breaks the signature.
    return Request(method, URL(address, encoded=True), body, headers)


@dataclass(frozen=True)
class Outcome:
    """How a webhook ended: ``received`` means a 2xx answer, ``text`` is what was answered."""

    received: bool
    tries: int
    problem: str
    text: str = ""


@dataclass(slots=True, eq=False)
class Webhook:
    """One webhook on its way. ``done`` hears of its end, ``tried`` of each try that was not the last."""

    url: str
    fields: Mapping[str, str]
    retries: Retries
    done: Callable[[Outcome], None]
    tried: Callable[[int], None] = lambda _tries: None
    method: str = "POST"
    tries: int = 0
    started_at: float = 0.0
    token: str = field(default_factory=lambda: str(uuid.uuid4()))


class Courier:
    """Posts webhooks, at most ``AT_ONCE`` at a time. Those of one lane go one after another, in order."""

    def __init__(self, auth_token: str) -> None:
        self._auth_token = auth_token
        self._lanes: dict[str, deque[Webhook]] = {}
        self._ready: asyncio.Queue[str] = asyncio.Queue()
        self._workers: list[asyncio.Task[None]] = []
        self._session: aiohttp.ClientSession | None = None
        self.waiting = 0

    async def start(self) -> None:
        connector = aiohttp.TCPConnector(
            limit=AT_ONCE, keepalive_timeout=4
        )  # shorter than a server's usual 5 s
        self._session = aiohttp.ClientSession(
            connector=connector,
            headers={"User-Agent": "TwilioProxy/1.1"},
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        self._workers = [asyncio.create_task(self._work(self._session)) for _ in range(AT_ONCE)]

    async def stop(self) -> None:
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    def post(self, lane: str, webhook: Webhook) -> None:
        self.waiting += 1
        queue = self._lanes.get(lane)
        if queue is None:
            self._lanes[lane] = deque([webhook])
            self._ready.put_nowait(lane)
        else:
            queue.append(webhook)

    async def _work(self, session: aiohttp.ClientSession) -> None:
        while True:
            lane = await self._ready.get()
            try:
                await self._serve(session, lane)
            except Exception:  # a bug in one webhook must not silently cost one of the workers
                log.exception("webhook.broken")

    async def _serve(self, session: aiohttp.ClientSession, lane: str) -> None:
        webhook = self._lanes[lane][0]
        again = False
        try:
            outcome = await self._try(session, webhook)
            again = outcome is None
        finally:
            if not again:
                self._leave(lane)
        if outcome is None:  # the lane stays taken, this worker does not
            wait = webhook.retries.wait(webhook.tries)
            asyncio.get_running_loop().call_later(wait, self._ready.put_nowait, lane)
        else:
            webhook.done(outcome)

    def _leave(self, lane: str) -> None:
        queue = self._lanes[lane]
        queue.popleft()
        self.waiting -= 1
        if queue:
            self._ready.put_nowait(lane)
        else:
            del self._lanes[lane]

    async def _try(self, session: aiohttp.ClientSession, webhook: Webhook) -> Outcome | None:
        """One try. None when there will be another."""
        webhook.started_at = webhook.started_at or time.monotonic()
        webhook.tries += 1
        problem, text = await self._send(session, webhook)
        if not problem:
            return Outcome(True, webhook.tries, "", text)
        if webhook.retries.again(problem, webhook.tries, time.monotonic() - webhook.started_at):
            webhook.tried(webhook.tries)
            return None
        return Outcome(False, webhook.tries, problem)

    async def _send(self, session: aiohttp.ClientSession, webhook: Webhook) -> tuple[str, str]:
        """The kind of problem (empty when there was none) and the text of the answer."""
        timeout = aiohttp.ClientTimeout(
            total=None, sock_connect=webhook.retries.connect, sock_read=webhook.retries.read
        )
        try:
            request = signed(self._auth_token, webhook.method, webhook.url, webhook.fields)
            headers = {**request.headers, "I-Twilio-Idempotency-Token": webhook.token}
            async with session.request(
                request.method,
                request.url,
                data=request.body,
                headers=headers,
                timeout=timeout,
                allow_redirects=False,
            ) as answer:
                text = await answer.content.read(MOST_READ)
                return problem_of(answer.status), text.decode("utf-8", "replace")
        except aiohttp.SocketTimeoutError:
            return "rt", ""
        except (aiohttp.ClientConnectionError, OSError):  # also a kept connection that the server has closed
            return "ct", ""
        except (aiohttp.ClientError, ValueError):
            return "rt", ""


def problem_of(status: int) -> str:
    """The kind of problem that this HTTP status is, empty when it is none."""
    return "" if 200 <= status < 300 else f"{status // 100}xx"
