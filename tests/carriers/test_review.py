"""What a strange answer must not do to us, and how long the carrier may keep a message."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from service import settings
from service.carriers.base import CarrierError, OutgoingSms, Proof
from tests.carriers.test_contract import GOOD, accepted, carrier, known, network, send, sms

__all__ = ["known", "network"]  # the village of the contract


@contextmanager
def answering(status: int, body: str) -> Iterator[str]:
    """A carrier that says this to everybody."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *values: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("status", "body", "proof"),
    [
        pytest.param(201, {"sid": "S" * 65}, Proof.NOTHING, id="an id that fits nowhere"),
        pytest.param(201, {"sid": "SM\0"}, Proof.NOTHING, id="an id with NUL"),
        pytest.param(201, {"sid": 7}, Proof.NOTHING, id="an id that is no word"),
        pytest.param(201, {}, Proof.NOTHING, id="no id"),
        pytest.param(201, [], Proof.NOTHING, id="a list"),
        pytest.param(400, {"code": 10**40}, Proof.REFUSED_UNKNOWN, id="a code that fits nowhere"),
        pytest.param(400, {"code": "abc"}, Proof.REFUSED_UNKNOWN, id="a code that is no number"),
        pytest.param(400, "no JSON", Proof.REFUSED_UNKNOWN, id="no JSON"),
        pytest.param(503, {"code": 21211}, Proof.NOTHING, id="a failure that names a known code"),
        pytest.param(
            503,
            {"type": "x", "title": "x", "status": 400, "code": 21211},
            Proof.NOTHING,
            id="a failure that calls itself a refusal",
        ),
        pytest.param(302, {}, Proof.NOTHING, id="elsewhere"),
    ],
)
def test_a_strange_answer_proves_only_what_its_status_says(
    known: settings.Twilio, status: int, body: object, proof: Proof
) -> None:
    with answering(status, json.dumps(body)) as url, pytest.raises(CarrierError) as refused:
        send(carrier(replace(known, api_url=url)), sms())
    assert refused.value.proof is proof
    assert len(refused.value.code) <= 30  # the column's width


@pytest.mark.parametrize(("seconds", "asked"), [(0, 1), (1, 1), (600, 600), (80_000, 36_000)])
def test_the_carrier_may_never_keep_a_message_longer_than_the_window(
    network: str, known: settings.Twilio, seconds: int, asked: int
) -> None:
    send(carrier(known), OutgoingSms(GOOD, "Chào", "token", seconds))
    assert str(accepted(network)[-1]["validity_period"]) == str(asked)  # none would mean ten hours
