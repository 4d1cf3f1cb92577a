"""A stub carrier: answers Twilio's "create a message" at once, or after some latency, and counts what it accepted.

    python -m benchmarks.stub --latency-ms 50

prints its address, then serves until it is ended. ``GET /count`` tells what came. It does as little as it can, because
it shares the machine with what is measured: bare protocols on uvloop, two fields cut out of each form as they stand,
and one answer prepared before. The village, which is faithful, would not do.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from collections import deque
from contextlib import suppress
from email.utils import formatdate

from benchmarks import loops

CREATE, COUNT = b"POST /2010-04-01/Accounts/", b"GET /count "
END, LENGTH = b"\r\n\r\n", b"content-length:"
TICK_S = 0.001  # answers that become due within it go out together
SID, TO, BODY = "<sid>", "<to>", "<body>"


def _template() -> bytes:
    """Twilio's answer, with places for the sid (twice), the number and the text."""
    now = formatdate(usegmt=True)
    said: dict[str, object] = {
        "body": BODY, "num_segments": "1", "direction": "outbound-api", "from": "+84219000000", "to": TO,
        "date_updated": now, "price": None, "error_message": None, "account_sid": "AC" + "be" * 16,
        "uri": f"/2010-04-01/Accounts/AC{'be' * 16}/Messages/{SID}.json", "num_media": "0", "status": "queued",
        "messaging_service_sid": None, "sid": SID, "date_sent": None, "date_created": now, "error_code": None,
        "price_unit": "USD", "api_version": "2010-04-01", "subresource_uris": {},
    }  # fmt: skip
    text = json.dumps(said)
    for place, form in ((SID, "SM%(sid)032x"), (TO, "%(to)b"), (BODY, "%(body)b")):
        text = text.replace(place, form)
    return text.encode()


class Book:
    """What was accepted. A message is told from another by number and text, a call by number and address, of which the
    hash is kept."""

    def __init__(self) -> None:
        self.seen: set[int] = set()
        self.accepted = 0
        self.first = self.last = 0.0
        self._template = _template()

    def accept(self, form: bytes) -> bytes:
        """Twilio's answer to one more accepted message.

        It repeats the text as it came, in the letters of a form: as long as the real one, and always valid JSON.
        """
        to, body = _field(form, b"To="), _field(form, b"Body=") or _field(form, b"Url=")
        self.last = time.monotonic()
        self.first = self.first or self.last
        self.accepted += 1
        self.seen.add(hash((to, body)))
        return self._template % {
            b"sid": self.accepted,
            b"to": to.replace(b"%2B", b"+"),
            b"body": body.replace(b"+", b" "),
        }

    def told(self) -> bytes:
        return json.dumps(
            {
                "accepted": self.accepted,
                "distinct": len(self.seen),
                "doubled": self.accepted - len(self.seen),
                "first": self.first,
                "last": self.last,
            }
        ).encode()


def _field(form: bytes, name: bytes) -> bytes:
    start = 0 if form.startswith(name) else form.find(b"&" + name) + 1
    if not start and not form.startswith(name):
        return b""
    start += len(name)
    end = form.find(b"&", start)
    return form[start:] if end < 0 else form[start:end]


class Later:
    """Answers that go out after the latency, in the order in which they came: one timer for all of them."""

    def __init__(self, latency_s: float) -> None:
        self._latency_s = latency_s
        self._waiting: deque[tuple[float, asyncio.Transport, bytes]] = deque()
        self._loop = asyncio.get_running_loop()

    def write(self, transport: asyncio.Transport, answer: bytes) -> None:
        if not self._latency_s:
            transport.write(answer)
            return
        if not self._waiting:
            self._loop.call_later(self._latency_s, self._write_due)
        self._waiting.append((self._loop.time() + self._latency_s, transport, answer))

    def _write_due(self) -> None:
        now, waiting = self._loop.time(), self._waiting
        while waiting and waiting[0][0] <= now + TICK_S / 2:
            _due, transport, answer = waiting.popleft()
            transport.write(answer)
        if waiting:
            self._loop.call_later(max(TICK_S, waiting[0][0] - now), self._write_due)


class Line(asyncio.Protocol):
    """One connection, one request after the other."""

    def __init__(self, book: Book, later: Later) -> None:
        self._book, self._later = book, later
        self._came = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]  # uvloop's is no subclass

    def data_received(self, data: bytes) -> None:
        came = self._came + data if self._came else data
        while (end := came.find(END)) >= 0:
            end += len(END)
            whole = end + _length(came, end)
            if len(came) < whole:
                break
            self._answer(came, end, whole)
            came = came[whole:]
        self._came = came

    def _answer(self, came: bytes, end: int, whole: int) -> None:
        assert self._transport is not None
        if came.startswith(CREATE):
            answer = self._book.accept(came[end:whole])
            self._later.write(self._transport, _http(b"201 Created", answer))
        elif came.startswith(COUNT):
            self._transport.write(_http(b"200 OK", self._book.told()))
        else:
            self._transport.write(_http(b"404 Not Found", b"{}"))


def _http(status: bytes, body: bytes) -> bytes:
    head = b"HTTP/1.1 %b\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
    return head % (status, len(body), body)


def _length(came: bytes, end: int) -> int:
    """Of the body after this head, which ends there."""
    at = came.find(b"Content-Length:", 0, end)  # as all clients here write it
    if at < 0:
        at = came[:end].lower().find(LENGTH)
    return int(came[at + len(LENGTH) : came.find(b"\r", at)]) if at >= 0 else 0


async def serve(latency_s: float) -> None:
    book, later = Book(), Later(latency_s)
    server = await asyncio.get_running_loop().create_server(
        lambda: Line(book, later), "127.0.0.1", 0, backlog=512
    )
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="A stub carrier to measure against.")
    parser.add_argument("--latency-ms", type=float, default=0.0)
    with suppress(KeyboardInterrupt):
        loops.run(serve(parser.parse_args().latency_ms / 1000))
