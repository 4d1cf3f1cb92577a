"""A gateway beside a local SIM tells of missed calls: signed, once each, never lost, and believed only with the key."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from service import db, settings
from service.carriers import missed_call
from service.followup import arrivals
from service.hooks import MISSED_CALL_PATH, MOST_BYTES
from service.replies import decisions, events, inbox
from service.replies.events import CarrierEvent
from service.replies.inbox import Reply
from service.sending.messages import Message
from tests import world
from tests.processes import ROOT, wait_until
from tests.replies.talk import all_of, sent_campaign
from tests.web.conftest import app

__all__ = ["app"]
KEY, BEFORE = "k" * 32, "b" * 32
PHONE = world.number(1)


@pytest.fixture
def gateway(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """A key is set, and one from before."""
    monkeypatch.setenv("LOA_MISSED_CALL_KEY", KEY)
    monkeypatch.setenv("LOA_MISSED_CALL_PREVIOUS_KEY", BEFORE)
    settings.get.cache_clear()
    return app


@pytest.fixture
def reached(gateway: Flask) -> int:
    """A campaign reached the phone."""
    with db.transaction():
        world.person("Vàng Mí Páo", PHONE)
    return sent_campaign().id


def body_of(**changes: Any) -> bytes:
    return json.dumps({"id": "call-0001", "from": PHONE, "at": int(time.time()), **changes}).encode()


def ring(app: Flask, body: bytes, key: str = KEY, at: float | str | None = None, **more: str) -> TestResponse:
    timestamp = at if isinstance(at, str) else str(int(time.time() if at is None else at))
    headers = {
        "X-Timestamp": timestamp, "X-Signature": missed_call.signature(key, timestamp, body), **more,
    }  # fmt: skip
    return app.test_client().post(
        MISSED_CALL_PATH, data=body, content_type="application/json", headers=headers
    )


def replies() -> list[Reply]:
    return [reply for reply in all_of(Reply) if isinstance(reply, Reply)]


def test_a_missed_call_is_a_reply_to_the_latest_campaign(gateway: Flask, reached: int) -> None:
    answer = ring(gateway, body_of())
    assert (answer.status_code, answer.data) == (200, b"")
    (reply,) = replies()
    assert (reply.carrier, reply.kind, reply.meaning, reply.campaign_id) == (
        "gateway", "missed_call", "question", reached,
    )  # fmt: skip
    assert len(all_of(CarrierEvent)) == 1


def test_told_again_it_is_nothing_new(gateway: Flask, reached: int) -> None:
    body = body_of()
    assert [ring(gateway, body, at=time.time() - wait).status_code for wait in (0, 1, 200)] == [200] * 3
    assert len(replies()) == 1
    assert ring(gateway, body_of(at=int(time.time()) - 100)).status_code == 200  # the same id, told otherwise
    assert len(replies()) == 1
    assert ring(gateway, body_of(id="call-0002")).status_code == 200
    assert len(replies()) == 2


@pytest.mark.parametrize("key", [KEY, BEFORE])
def test_while_the_key_is_changed_both_are_believed(gateway: Flask, key: str) -> None:
    assert ring(gateway, body_of(), key).status_code == 200


@pytest.mark.parametrize(
    ("key", "more", "at"),
    [
        pytest.param("x" * 32, {}, None, id="another key"),
        pytest.param("", {}, None, id="no key"),
        pytest.param(KEY, {"X-Signature": ""}, None, id="not signed"),
        pytest.param(KEY, {"X-Signature": "đ" * 64}, None, id="not ASCII"),
        pytest.param(KEY, {"X-Timestamp": "1"}, None, id="the time of another"),
        pytest.param(KEY, {}, "", id="no time"),
        pytest.param(KEY, {}, "now", id="no number"),
        pytest.param(KEY, {}, "9" * 40, id="a time without end"),
        pytest.param(KEY, {}, "-5", id="before 1970"),
        pytest.param(KEY, {}, time.time() - 3_600, id="signed an hour ago"),
        pytest.param(KEY, {}, time.time() + 3_600, id="signed in an hour"),
    ],
)
def test_what_is_not_rightly_signed_is_refused(
    gateway: Flask, key: str, more: dict[str, str], at: float | str | None
) -> None:
    assert ring(gateway, body_of(), key, at, **more).status_code == 403
    assert (replies(), events.spool_size()) == ([], 0)


def test_another_body_under_the_same_signature_is_refused(gateway: Flask) -> None:
    timestamp = str(int(time.time()))
    signed = missed_call.signature(KEY, timestamp, body_of())
    other = ring(gateway, body_of(id="call-0009"), **{"X-Timestamp": timestamp, "X-Signature": signed})
    assert other.status_code == 403


def test_without_a_key_nothing_is_believed(app: Flask) -> None:
    for key in ("", KEY):
        assert ring(app, body_of(), key).status_code == 403
    assert replies() == []


UNREADABLE = {
    "no JSON": b"{", "not UTF-8": b"\xff\xfe", "a list": b"[]", "nothing": b"", "deep": b"[" * 50_000,
    "no id": body_of(id=None), "a short id": body_of(id="1"), "a long id": body_of(id="a" * 65),
    "an id of signs": body_of(id="call 0001"), "no number": body_of(**{"from": None}), "a number as number": body_of(**{"from": 84912000001}),
    "a long number": body_of(**{"from": "0" * 65}), "half a letter": body_of(**{"from": "\ud800"}), "NUL": body_of(**{"from": "0912\0"}),
    "a time as text": body_of(at="now"), "yes for a time": body_of(at=True), "half a second": body_of(at=1.5),
}  # fmt: skip


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_understood_is_told_so(gateway: Flask, body: bytes) -> None:
    answer = ring(gateway, body)
    assert answer.status_code == 400
    assert answer.data.endswith(b".")
    assert (replies(), events.spool_size()) == ([], 0)


@pytest.mark.parametrize("number", ["", "anonymous", "+447700900123", "0912 999 999", "*31#0912999999"])
def test_a_caller_whom_no_campaign_reached_asks_to_be_called(gateway: Flask, number: str) -> None:
    assert ring(gateway, body_of(**{"from": number})).status_code == 200
    (reply,) = replies()
    assert (reply.meaning, reply.campaign_id, reply.handled_at) == ("question", None, None)


@pytest.mark.parametrize(
    ("age", "believed"), [(0, True), (2 * 86_400, True), (30 * 86_400, False), (-7_200, False)]
)
def test_when_it_rang(gateway: Flask, age: int, believed: bool) -> None:
    rang = int(time.time()) - age
    assert ring(gateway, body_of(at=rang)).status_code == 200
    (reply,) = replies()
    assert (abs(reply.received_at.timestamp() - rang) < 2) is believed
    assert believed or abs(reply.received_at.timestamp() - time.time()) < 10


def test_the_door_takes_only_posts_and_nothing_large(gateway: Flask) -> None:
    assert gateway.test_client().get(MISSED_CALL_PATH).status_code == 405
    assert ring(gateway, b" " * (MOST_BYTES + 1)).status_code == 413


def test_while_the_database_is_away_it_is_kept_on_disk(gateway: Flask, reached: int) -> None:
    here = db.engine().url.render_as_string(hide_password=False)
    db.connect("sqlite:////nowhere/at/all.sqlite3")
    assert ring(gateway, body_of()).status_code == 200
    db.connect(here)
    ((path, kept),) = events.spooled()
    with db.transaction():
        arrivals.accept(kept)
    path.unlink()
    assert [reply.campaign_id for reply in replies()] == [reached]


def test_who_is_read_as_stop_gets_the_confirmation_by_a_carrier_that_can_send(
    gateway: Flask, reached: int
) -> None:
    ring(gateway, body_of())
    (reply,) = replies()
    with db.transaction():
        found = inbox.find_to_read(reply.id)
        assert found is not None
        decisions.classify(found, "stop", world.staff("caller"))
    confirmations = [one for one in all_of(Message) if isinstance(one, Message) and one.campaign_id is None]
    assert [one.carrier for one in confirmations] == ["twilio"]


# ------------------------------------------------------------------------------------------- beside the modem

SCRIPT = ROOT / "deploy" / "gateway" / "missed_call.py"
Run = Callable[..., int]


@pytest.fixture
def served() -> Iterator[Callable[[Flask], str]]:
    """``served(app)`` answers at the address that it returns."""
    with ExitStack() as at_the_end:

        def serve(app: Flask) -> str:
            server = make_server("127.0.0.1", 0, app, threaded=True)
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            at_the_end.callback(thread.join)
            at_the_end.callback(server.shutdown)
            return f"http://127.0.0.1:{server.server_port}"

        yield serve


@pytest.fixture
def beside_the_modem(tmp_path: Path) -> Run:
    """``run(url, "0912…")`` starts the script as Gammu does: no standard files, the number as the only word."""

    def run(url: str, *words: str, key: str = KEY) -> int:
        conf = tmp_path / "conf"
        conf.write_text(f"# Loa Bản\nURL={url}\nKEY = {key}\nSPOOL={tmp_path / 'spool'}\n", encoding="utf-8")
        closed = ["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh"]
        known = {"LOA_MISSED_CALL_CONF": str(conf), "PATH": os.environ["PATH"]}
        return subprocess.run(
            [*closed, sys.executable, str(SCRIPT), *words], env=known, timeout=30
        ).returncode

    return run


def waiting(tmp_path: Path, ending: str = ".json") -> list[Path]:
    return sorted((tmp_path / "spool").glob("*" + ending))


def test_the_script_keeps_a_call_until_it_could_tell_it(
    gateway: Flask, reached: int, beside_the_modem: Run, tmp_path: Path, served: Callable[[Flask], str]
) -> None:
    assert beside_the_modem("http://127.0.0.1:9/hooks/missed-call", PHONE) == 0
    assert beside_the_modem("http://127.0.0.1:9/hooks/missed-call", "--send") == 1
    assert len(waiting(tmp_path)) == 1
    url = served(gateway) + MISSED_CALL_PATH
    assert beside_the_modem(url, "--send", key="w" * 32) == 1
    assert len(waiting(tmp_path)) == 1
    assert beside_the_modem(url, "--send") == 0
    assert waiting(tmp_path) == []
    assert [(reply.kind, reply.campaign_id) for reply in replies()] == [("missed_call", reached)]


def test_the_script_tells_at_once_and_does_not_make_gammu_wait(
    gateway: Flask, reached: int, beside_the_modem: Run, tmp_path: Path, served: Callable[[Flask], str]
) -> None:
    url = served(gateway) + MISSED_CALL_PATH
    assert beside_the_modem(url, PHONE) == 0
    assert beside_the_modem(url) == 0  # withheld
    assert wait_until(lambda: not waiting(tmp_path), 20)
    assert sorted(reply.campaign_id or 0 for reply in replies()) == [0, reached]


def test_what_is_never_understood_does_not_keep_the_others_waiting(
    gateway: Flask, beside_the_modem: Run, tmp_path: Path, served: Callable[[Flask], str]
) -> None:
    folder = tmp_path / "spool"
    folder.mkdir()
    (folder / "1-broken.json").write_text("{")
    url = served(gateway) + MISSED_CALL_PATH
    beside_the_modem(url, PHONE)
    assert wait_until(lambda: not waiting(tmp_path), 20)
    assert len(waiting(tmp_path, ".aside")) == len(replies()) == 1


@pytest.mark.parametrize(
    "lines", ["", "URL=https://loa.example.vn", "KEY=abc", "URL=file:///etc/passwd\nKEY=abc"]
)
def test_a_script_that_is_not_set_up_says_so(tmp_path: Path, lines: str) -> None:
    (tmp_path / "conf").write_text(lines)
    known = {"LOA_MISSED_CALL_CONF": str(tmp_path / "conf"), "PATH": os.environ["PATH"]}
    run = subprocess.run([sys.executable, str(SCRIPT), PHONE], env=known, capture_output=True, timeout=30)
    assert run.returncode == 2
    assert run.stderr.count(b"\n") == 1
