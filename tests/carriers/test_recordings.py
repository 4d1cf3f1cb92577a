"""Fetching what was recorded in a call: from our carrier's address and no other, with limits in size and time."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from service import settings
from service.carriers import twilio_recordings
from service.carriers.base import CarrierError
from service.carriers.twilio_recordings import TwilioRecordings
from tests.carriers.test_calls import known

__all__ = ["known"]
SID = "RE" + "a" * 32
WAV = b"RIFF" + bytes(100)


@dataclass
class Server:
    """Answers as it is told, and notes what it was asked."""

    answer: Callable[[BaseHTTPRequestHandler], None]
    url: str = ""
    asked: list[tuple[str, str, str]] = field(default_factory=list)


def plain(status: int, body: bytes = b"", **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def trickle(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    for _ in range(100):
        handler.wfile.write(b"x")
        handler.wfile.flush()
        time.sleep(0.05)


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server(plain(200, WAV))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.asked.append((self.command, self.path, self.headers.get("Authorization", "")))
            try:
                made.answer(self)
            except OSError:
                self.close_connection = True

        do_DELETE = do_GET

        def log_message(self, *_what: object) -> None:
            return

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{http.server_port}"
    thread = threading.Thread(target=http.serve_forever)
    thread.start()
    yield made
    http.shutdown()
    thread.join()
    http.server_close()


@pytest.fixture
def recordings(known: settings.Settings, server: Server) -> TwilioRecordings:
    return TwilioRecordings(replace(known.twilio, api_url=server.url), most_s=0.5)


def problem(ask: Callable[[str], object], recording_id: str = SID) -> str:
    with pytest.raises(CarrierError) as refused:
        ask(recording_id)
    return refused.value.code


def test_it_is_fetched_and_deleted_with_our_key(
    recordings: TwilioRecordings, server: Server, known: settings.Settings
) -> None:
    assert recordings.fetch(SID) == WAV
    server.answer = plain(204)
    recordings.delete(SID)
    account = known.twilio.account_sid
    key = base64.b64encode(f"{account}:{known.twilio.auth_token}".encode()).decode()
    place = f"/2010-04-01/Accounts/{account}/Recordings/{SID}"
    assert server.asked == [
        ("GET", f"{place}.wav", f"Basic {key}"),
        ("DELETE", f"{place}.json", f"Basic {key}"),
    ]


@pytest.mark.parametrize(
    "recording_id",
    [
        "",
        "RE1",
        "../../Messages",
        SID + "/..",
        f"{SID}@evil.example",
        "http://evil.example/" + SID,
        SID + "\n",
        "đ" * 34,
    ],
)
def test_a_name_that_is_none_is_asked_of_nobody(
    recordings: TwilioRecordings, server: Server, recording_id: str
) -> None:
    assert problem(recordings.fetch, recording_id) == problem(recordings.delete, recording_id) == "no_id"
    assert server.asked == []


@pytest.mark.parametrize("status", [401, 404, 429, 500, 503])
def test_a_refusal_has_its_status(recordings: TwilioRecordings, server: Server, status: int) -> None:
    server.answer = plain(status, b"no")
    assert problem(recordings.fetch) == str(status)


def test_it_is_never_led_elsewhere_and_our_key_neither(recordings: TwilioRecordings, server: Server) -> None:
    server.answer = plain(302, Location=f"{server.url}/elsewhere")
    assert problem(recordings.fetch) == problem(recordings.delete) == "302"
    assert len(server.asked) == 2


def test_what_is_gone_already_is_deleted(recordings: TwilioRecordings, server: Server) -> None:
    server.answer = plain(404)
    recordings.delete(SID)
    server.answer = plain(500)
    assert problem(recordings.delete) == "500"


def test_what_has_no_end_is_broken_off(
    recordings: TwilioRecordings, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(twilio_recordings, "MOST_BYTES", 1000)
    server.answer = plain(200, bytes(1001))
    assert problem(recordings.fetch) == "endless_answer"
    server.answer = plain(200, bytes(1000))
    assert len(recordings.fetch(SID)) == 1000


def test_what_trickles_is_broken_off(recordings: TwilioRecordings, server: Server) -> None:
    server.answer = trickle
    began = time.monotonic()
    assert problem(recordings.fetch) == "too_slow"
    assert time.monotonic() - began < 3


def test_what_breaks_off_is_no_recording(recordings: TwilioRecordings, server: Server) -> None:
    server.answer = plain(200, WAV, **{"Content-Length": str(len(WAV) + 50), "Connection": "close"})
    assert problem(recordings.fetch)


def test_a_carrier_that_is_not_there(known: settings.Settings) -> None:
    nobody = TwilioRecordings(replace(known.twilio, api_url="http://127.0.0.1:9"))
    assert problem(nobody.fetch) == "no_connection"
