"""A real village in its own process, a receiver for its webhooks, and Twilio's own client to speak to it."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from tests.village.receiver import Receiver

ROOT = Path(__file__).resolve().parents[2]
ACCOUNT = "AC" + "0" * 31 + "7"
TOKEN = "0123456789abcdef0123456789abcdef"
OFFICE = "+84219000000"
SMS_PATH = "/hooks/twilio/sms"
VOICE_PATH = "/hooks/twilio/voice/in"
VOICE_STATUS_PATH = "/hooks/twilio/status/in"


class HereClient(TwilioHttpClient):
    """Twilio's own HTTP client with another host: its SDK knows only api.twilio.com."""

    def __init__(self, url: str, timeout: float = 5.0) -> None:
        super().__init__(timeout=timeout)
        self.base = url

    def request(self, method: str, url: str, *arguments: Any, **named: Any) -> Any:
        assert url.startswith("https://api.twilio.com/")
        return super().request(method, url.replace("https://api.twilio.com", self.base), *arguments, **named)


@dataclass
class Village:
    """A running village: plain HTTP for the judge's paths, ``client`` for Twilio's."""

    process: subprocess.Popen[str]
    url: str
    client: Client = field(init=False)

    def __post_init__(self) -> None:
        self.client = self.client_for(TOKEN)

    def client_for(self, token: str, timeout: float = 5.0) -> Client:
        return Client(ACCOUNT, token, http_client=HereClient(self.url, timeout))

    def send(self, to: str, body: str = "Xin chao", **more: Any) -> Any:
        return self.client.messages.create(to=to, from_=OFFICE, body=body, **more)

    def call(self, to: str, url: str, **more: Any) -> Any:
        return self.client.calls.create(to=to, from_=OFFICE, url=url, **more)

    def say(self, to: str, twiml: str, **more: Any) -> Any:
        """Call with this TwiML, which is wrapped in its Response."""
        return self.client.calls.create(to=to, from_=OFFICE, twiml=f"<Response>{twiml}</Response>", **more)

    def story(self, sid: str, seconds: float = 5.0) -> dict[str, Any]:
        """What became of this call, as soon as it is over."""
        return self.until(
            lambda: [one for one in self.stories() if one["sid"] == sid and one["over"]], seconds
        )[0]

    def stories(self) -> list[dict[str, Any]]:
        return self.lines("/calls")

    def tell(self, path: str, **wish: Any) -> dict[str, Any]:
        status, text = self.post(path, json.dumps(wish).encode())
        assert status in (200, 201), text
        return json.loads(text)

    def get(self, path: str) -> str:
        with urllib.request.urlopen(self.url + path, timeout=5) as answer:
            return answer.read().decode()

    def post(self, path: str, body: bytes, **headers: str) -> tuple[int, str]:
        request = urllib.request.Request(self.url + path, data=body, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode()

    def faults(self, **shares: float) -> None:
        status, text = self.post("/faults", json.dumps(shares).encode())
        assert status == 200, text

    def behave(self, **wish: Any) -> None:
        status, text = self.post("/behaviour", json.dumps(wish).encode())
        assert status == 200, text

    def state(self) -> dict[str, Any]:
        return json.loads(self.get("/state"))

    def lines(self, path: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.get(path).splitlines()]

    def log_of(self, number: str) -> list[dict[str, Any]]:
        return [line for line in self.lines("/log") if line["to"] == number]

    def until(self, question: Callable[[], Any], seconds: float = 5.0) -> Any:
        """The first true answer; fails when there is none in time."""
        end = time.monotonic() + seconds
        while not (answer := question()):
            assert time.monotonic() < end, self.state()
            time.sleep(0.02)
        return answer


def environment(sms_url: str, **changes: str | None) -> dict[str, str]:
    """What a village needs from its environment; None takes a name away."""
    needed: dict[str, str | None] = {
        "VILLAGE_ACCOUNT_SID": ACCOUNT,
        "VILLAGE_AUTH_TOKEN": TOKEN,
        "VILLAGE_SMS_FROM": OFFICE,
        "VILLAGE_SMS_URL": sms_url,
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VILLAGE_")}
    return kept | {name: value for name, value in (needed | changes).items() if value is not None}


@contextlib.contextmanager
def running_village(sms_url: str, *arguments: str, **changes: str | None) -> Iterator[Village]:
    process = subprocess.Popen(
        [sys.executable, "-m", "village", "--port", "0", *arguments],
        cwd=ROOT,
        env=environment(sms_url, **changes),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    said: queue.Queue[str] = queue.Queue()
    assert process.stdout is not None
    threading.Thread(target=lambda out: said.put(out.readline()), args=(process.stdout,), daemon=True).start()
    try:
        line = said.get(timeout=20)
        assert "http://" in line, process.communicate(timeout=5)
        yield Village(process, line.split()[-1].rstrip("/"))
    finally:
        process.terminate()
        process.communicate(timeout=10)


@pytest.fixture(scope="session")
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture(scope="session")
def one_village(receiver: Receiver) -> Iterator[Village]:
    voice = {
        "VILLAGE_VOICE_URL": receiver.url + VOICE_PATH,
        "VILLAGE_VOICE_STATUS_URL": receiver.url + VOICE_STATUS_PATH,
    }
    with running_village(receiver.url + SMS_PATH, "--seed", "7", **voice) as village:
        yield village


@pytest.fixture
def village(one_village: Village) -> Iterator[Village]:
    """The shared village without faults, with silent and quick villagers; calls that a test left are ended."""
    one_village.faults()
    one_village.behave(shares={"silent": 1}, deliver_seconds=0.05, answer_seconds=0.05, quiet_seconds=0)
    one_village.behave(call_shares={"listens": 1}, call_speed=500, hand_speed=50)
    one_village.behave(ring_seconds=6, key_seconds=5, speech_seconds=8, talk_seconds=30)
    yield one_village
    one_village.faults()
    for call in one_village.stories():
        if not call["over"]:
            one_village.tell(f"/calls/{call['sid']}", do="hang_up")


@pytest.fixture
def new_village() -> Callable[..., contextlib.AbstractContextManager[Village]]:
    return running_village


@pytest.fixture
def new_receiver() -> type[Receiver]:
    return Receiver


@pytest.fixture
def village_environment() -> Callable[..., dict[str, str]]:
    return environment


_numbers = count(1)


@pytest.fixture
def number() -> Callable[[], str]:
    """A mobile number that no other test has used."""
    return lambda: f"+84912000{next(_numbers):03d}"


@pytest.fixture
def hook(receiver: Receiver) -> Callable[[], tuple[str, str]]:
    """Address and path for status callbacks of one message."""

    def fresh() -> tuple[str, str]:
        path = f"/hooks/twilio/status/t.{next(_numbers)}~A-b_c=="
        return receiver.url + path, path

    return fresh


@pytest.fixture
def document(receiver: Receiver, hook: Callable[[], tuple[str, str]]) -> Callable[..., tuple[str, str]]:
    """A document on our web server: its address and path."""

    def put(twiml: str, kind: str = "text/xml") -> tuple[str, str]:
        url, path = hook()
        receiver.bodies[path] = f"<Response>{twiml}</Response>" if kind == "text/xml" else twiml
        receiver.types[path] = kind
        return url, path

    return put
