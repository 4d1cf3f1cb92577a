"""The contract of a carrier for calls, against a real server: how one is ordered, what each answer proves."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

import pytest

from service import settings
from service.carriers.base import Accepted, CarrierError, Proof
from service.carriers.calls import OutgoingCall
from service.carriers.twilio import TwilioCarrier

TO, OURS, TOKEN = "+84912000345", "+84219000000", "abc.def"
PUBLIC = "https://loa.example.vn"
RETRY = "#rc=5&rp=all&ct=3000&rt=5000"
KEY = "t" * 32
SID = "CA" + "1" * 32


@dataclass
class Network:
    """A carrier that says the same to everybody and keeps what it was asked for. No status: it hangs up on us."""

    status: int = 201
    body: str = json.dumps({"sid": SID, "status": "queued"})
    waits_s: float = 0.0
    asked: list[tuple[str, dict[str, list[str]], str]] = field(default_factory=list)
    address: str = ""


@contextmanager
def open_network(network: Network) -> Iterator[Network]:
    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            network.asked.append((self.path, parse_qs(body), self.headers["Authorization"]))
            time.sleep(network.waits_s)
            self.close_connection = True
            if network.status:
                self.send_response(network.status)
                self.end_headers()
                self.wfile.write(network.body.encode())

        def log_message(self, format: str, *values: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    server.daemon_threads = True
    Thread(target=server.serve_forever, daemon=True).start()
    network.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield network
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> settings.Settings:
    monkeypatch.setenv("LOA_DATA", str(tmp_path))
    rehearsal = settings.load()
    return replace(
        rehearsal, public_url=PUBLIC, twilio=replace(rehearsal.twilio, auth_token=KEY, voice_from=OURS)
    )


def carrier(known: settings.Settings, read_s: float = 3.0, **changes: str) -> TwilioCarrier:
    return TwilioCarrier(replace(known, twilio=replace(known.twilio, **changes)), read_s)


def place(over: TwilioCarrier, *calls: OutgoingCall) -> list[Accepted]:
    """These calls at once, over one line."""

    async def placed() -> list[Accepted]:
        async with over.line() as line:
            return list(await asyncio.gather(*map(line.place_call, calls)))

    return asyncio.run(placed())


def call(**changes: Any) -> OutgoingCall:
    return OutgoingCall(TO, TOKEN, 25)._replace(**changes)


# ---- the order


def test_an_accepted_call_has_the_carriers_id_and_was_ordered_in_full(known: settings.Settings) -> None:
    with open_network(Network()) as network:
        assert place(carrier(known, api_url=network.address), call()) == [Accepted(SID)]
    [(path, form, login)] = network.asked
    assert path == f"/2010-04-01/Accounts/{settings.REHEARSAL_SID}/Calls.json"
    assert login.startswith("Basic ")
    assert form == {
        "To": [TO],
        "From": [OURS],
        "Url": [f"{PUBLIC}/hooks/twilio/voice/{TOKEN}{RETRY}"],
        "Method": ["POST"],
        "StatusCallback": [f"{PUBLIC}/hooks/twilio/call/{TOKEN}{RETRY}"],
        "StatusCallbackMethod": ["POST"],
        "StatusCallbackEvent": ["initiated", "ringing", "answered", "completed"],
        "Timeout": ["25"],
        "TimeLimit": ["300"],
    }


@pytest.mark.parametrize(
    ("changes", "name", "value"),
    [
        pytest.param({"ring_s": 0}, "Timeout", "5", id="rings at least for 5 s"),
        pytest.param({"ring_s": 601}, "Timeout", "600", id="Twilio's longest"),
        pytest.param({"most_s": 90}, "TimeLimit", "90", id="cut off after"),
        pytest.param({"most_s": 0}, "TimeLimit", "1", id="never without a limit"),
        pytest.param({"detect_machine": True}, "MachineDetection", "Enable", id="listens for a machine"),
    ],
)
def test_what_a_call_may_ask_for(
    known: settings.Settings, changes: dict[str, Any], name: str, value: str
) -> None:
    with open_network(Network()) as network:
        place(carrier(known, api_url=network.address), call(**changes))
    assert network.asked[0][1][name] == [value]


def test_many_calls_go_over_one_line(known: settings.Settings) -> None:
    many = [call(to=f"+849120003{index:02d}", token=f"t{index}") for index in range(40)]
    with open_network(Network()) as network:
        assert place(carrier(known, api_url=network.address), *many) == [Accepted(SID)] * 40
    assert sorted(form["To"][0] for _, form, _ in network.asked) == sorted(one.to for one in many)


# ---- what each answer proves


def refusal(code: int, status: int = 400) -> tuple[int, str]:
    return status, json.dumps({"code": code, "message": "refused", "status": status})


ANSWERS = [
    # status and body, the code that is kept, what it proves
    (refusal(21211), "21211", Proof.REFUSED),
    (refusal(21214), "21214", Proof.REFUSED),
    (refusal(21216, 403), "21216", Proof.REFUSED),
    (refusal(21217), "21217", Proof.REFUSED),
    (refusal(13224), "13224", Proof.REFUSED),
    (refusal(21215), "21215", Proof.OUR_SIDE),
    (refusal(13227), "13227", Proof.OUR_SIDE),
    (refusal(21210), "21210", Proof.OUR_SIDE),
    (refusal(21213), "21213", Proof.OUR_SIDE),
    (refusal(20003, 401), "20003", Proof.OUR_SIDE),
    (refusal(20429, 429), "20429", Proof.NOT_PROCESSED),
    (refusal(13225), "13225", Proof.REFUSED_UNKNOWN),  # no page of Twilio's that we found says what it means
    (refusal(29999), "29999", Proof.REFUSED_UNKNOWN),
    (refusal(21211, 500), "500", Proof.NOTHING),  # the status counts: it may have been placed
    ((429, ""), "429", Proof.NOT_PROCESSED),
    ((401, "no"), "401", Proof.OUR_SIDE),
    ((404, "{}"), "404", Proof.REFUSED_UNKNOWN),
    ((503, "busy"), "503", Proof.NOTHING),
    ((201, "<html>"), None, Proof.NOTHING),
    ((201, "{}"), "no_id", Proof.NOTHING),
    ((201, '{"sid": 7}'), "no_id", Proof.NOTHING),
    ((201, '{"sid": "CA 1"}'), "no_id", Proof.NOTHING),
    ((0, ""), None, Proof.NOTHING),
]


@pytest.mark.parametrize(("answer", "code", "proof"), ANSWERS)
def test_what_an_answer_proves(
    known: settings.Settings, answer: tuple[int, str], code: str | None, proof: Proof
) -> None:
    with open_network(Network(*answer)) as network, pytest.raises(CarrierError) as refused:
        place(carrier(known, api_url=network.address), call())
    assert refused.value.proof is proof
    assert code in (None, refused.value.code)
    assert len(network.asked) == 1  # no layer tries again


def test_silence_proves_nothing_and_is_not_tried_again(known: settings.Settings) -> None:
    with open_network(Network(waits_s=7.0)) as network:
        with pytest.raises(CarrierError) as refused:
            place(carrier(known, 0.3, api_url=network.address), call())
        assert len(network.asked) == 1
    assert refused.value.proof is Proof.NOTHING


def test_nobody_there_means_not_called(known: settings.Settings) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # bound, not listening: refused
        with pytest.raises(CarrierError) as refused:
            place(carrier(known, api_url=f"http://127.0.0.1:{closed.getsockname()[1]}"), call())
    assert refused.value.proof is Proof.NOT_SENT


@pytest.mark.parametrize(
    ("missing", "code"), [("auth_token", "no_auth_token"), ("voice_from", "no_voice_from")]
)
def test_without_a_key_or_a_number_nothing_is_ordered(
    known: settings.Settings, missing: str, code: str
) -> None:
    with open_network(Network()) as network:
        over = carrier(known, api_url=network.address, **{missing: ""})
        with pytest.raises(CarrierError) as refused:
            place(over, call())
    assert (refused.value.code, refused.value.proof) == (code, Proof.OUR_SIDE)
    assert network.asked == []
