"""A stub carrier: answers Twilio's "create a message" at once, or after some latency, and counts what it accepted.

    python -m benchmarks.stub --latency-ms 50

prints its address, then serves until it is ended. ``GET /count`` tells what came. It does as little as it can, because
it must be faster than what is measured with it; the village, which is faithful, would not do.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from collections import Counter
from contextlib import suppress
from email.utils import formatdate
from urllib.parse import parse_qsl

CREATE = b"POST /2010-04-01/Accounts/"
COUNT = b"GET /count "


class Book:
    """What was accepted. A message is told from another by number and text."""

    def __init__(self) -> None:
        self.seen: Counter[tuple[str, str]] = Counter()
        self.accepted = 0
        self.first = self.last = 0.0

    def accept(self, form: dict[str, str]) -> bytes:
        """Twilio's answer to one more accepted message."""
        self.last = time.monotonic()
        self.first = self.first or self.last
        self.accepted += 1
        self.seen[form["To"], form["Body"]] += 1
        sid, now = f"SM{self.accepted:032x}", formatdate(usegmt=True)
        return json.dumps(
            {
                "sid": sid, "account_sid": "", "api_version": "2010-04-01", "to": form["To"], "from": form["From"],
                "body": form["Body"], "status": "queued", "direction": "outbound-api", "num_segments": "1",
                "num_media": "0", "error_code": None, "error_message": None, "price": None, "price_unit": "USD",
                "messaging_service_sid": None, "date_created": now, "date_updated": now, "date_sent": None,
                "uri": f"/2010-04-01/Accounts/AC/Messages/{sid}.json", "subresource_uris": {},
            }
        ).encode()  # fmt: skip

    def told(self) -> bytes:
        doubled = sum(times - 1 for times in self.seen.values())
        return json.dumps(
            {
                "accepted": self.accepted,
                "distinct": len(self.seen),
                "doubled": doubled,
                "first": self.first,
                "last": self.last,
            }
        ).encode()


class Line(asyncio.Protocol):
    """One connection, one request after the other."""

    def __init__(self, book: Book, latency_s: float) -> None:
        self._book, self._latency_s = book, latency_s
        self._came = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._came += data
        head, separator, body = self._came.partition(b"\r\n\r\n")
        if separator and len(body) >= (length := _length(head)):
            self._came = body[length:]
            self._answer(head, body[:length])

    def _answer(self, head: bytes, body: bytes) -> None:
        if head.startswith(CREATE):
            answer = self._book.accept(dict(parse_qsl(body.decode())))
            asyncio.get_running_loop().call_later(self._latency_s, self._write, b"201 Created", answer)
        elif head.startswith(COUNT):
            self._write(b"200 OK", self._book.told())
        else:
            self._write(b"404 Not Found", b"{}")

    def _write(self, status: bytes, body: bytes) -> None:
        assert self._transport is not None
        self._transport.write(
            b"HTTP/1.1 %b\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
            % (status, len(body), body)
        )


def _length(head: bytes) -> int:
    _before, found, after = head.lower().partition(b"content-length:")
    return int(after.split(b"\r\n", 1)[0]) if found else 0


async def serve(latency_s: float) -> None:
    book = Book()
    server = await asyncio.get_running_loop().create_server(
        lambda: Line(book, latency_s), "127.0.0.1", 0, backlog=512
    )
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="A stub carrier to measure against.")
    parser.add_argument("--latency-ms", type=float, default=0.0)
    with suppress(KeyboardInterrupt):
        asyncio.run(serve(parser.parse_args().latency_ms / 1000))
