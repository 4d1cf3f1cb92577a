"""A carrier that answers with a page, with nothing, or without end: nobody knows then, and no process swells or waits on."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from service import settings
from service.carriers.base import Accepted, CarrierError, OutgoingSms, Proof
from service.carriers.twilio import TwilioCarrier

PAGE = b"<!DOCTYPE html><title>Maintenance</title><p>SM" + b"0" * 32
ENDLESS = b"x" * 100_000
ENOUGH = 1000  # pieces, 100 MB: who reads them all has no bound

# What is answered: status, body, how often the body is repeated. No status: the connection ends without a word.
ANSWERS: dict[str, tuple[int, bytes, int]] = {
    "a page, 200": (200, PAGE, 1),
    "a page, 201": (201, PAGE, 1),
    "a page, 500": (500, PAGE, 1),
    "an empty 201": (201, b"", 1),
    "nothing": (0, b"", 0),
    "201 without end": (201, ENDLESS, ENOUGH),
    "200 without end": (200, ENDLESS, ENOUGH),
}


@contextmanager
def network(status: int, body: bytes, times: int) -> Iterator[tuple[str, list[int]]]:
    """Its address, and for each answer how many pieces of it were taken."""
    taken: list[int] = []

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.do_GET()

        def do_GET(self) -> None:
            taken.append(0)
            self.close_connection = True
            with suppress(OSError):  # the other side has heard enough
                if status:
                    self.send_response(status)
                    self.end_headers()
                for _ in range(times):
                    self.wfile.write(body)
                    taken[-1] += 1

        def log_message(self, *_words: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", taken
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_it_proves_nothing_and_is_not_read_for_ever(
    answer: tuple[int, bytes, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOA_DATA", str(tmp_path))
    known = settings.load()
    with network(*answer) as (address, taken):
        carrier = TwilioCarrier(replace(known, twilio=replace(known.twilio, api_url=address)), 3.0)
        with pytest.raises(CarrierError) as sent:
            asyncio.run(_send(carrier))
        assert sent.value.proof is Proof.NOTHING
        with pytest.raises(CarrierError):  # a list that fails is not an empty one
            carrier.find("+84912000345", datetime.now(UTC))
    assert len(taken) == 2
    assert max(taken) < ENOUGH / 2


async def _send(carrier: TwilioCarrier) -> Accepted:
    async with carrier.line() as line:
        return await line.send_sms(OutgoingSms("+84912000345", "Chào", "token", 600))
