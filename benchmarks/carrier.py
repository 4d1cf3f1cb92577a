"""The stub carrier as a process of its own: start it, ask what it accepted, and how fast it is by itself."""

from __future__ import annotations

import contextlib
import json
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.ground import Ground, running
from benchmarks.load import drive

REQUESTS, CONNECTIONS = 20_000, 32


@dataclass(frozen=True)
class Counted:
    """What a stub accepted, and when the first and the last (time.monotonic, which all processes share)."""

    accepted: int
    distinct: int
    doubled: int
    first: float
    last: float


@contextlib.contextmanager
def stub(at: Ground, latency_ms: float) -> Iterator[str]:
    """A stub carrier. Gives its address."""
    command = [sys.executable, "-m", "benchmarks.stub", "--latency-ms", str(latency_ms)]
    with running(command, at.env, at.log) as process:
        assert process.stdout is not None
        yield process.stdout.readline().decode().strip()


def counted(url: str) -> Counted:
    """What the stub at this address accepted until now."""
    with urllib.request.urlopen(url + "/count", timeout=10) as answer:
        return Counted(**json.load(answer))


def stub_speed(at: Ground) -> float:
    """Requests a second that the stub itself can answer, to a client that does nothing but send and read."""
    with stub(at, 0) as url:
        body = b"To=%2B84912000345&From=%2B84219000000&Body=" + b"x" * 300
        head = (
            f"POST /2010-04-01/Accounts/AC/Messages.json HTTP/1.1\r\nHost: {url[7:]}\r\nContent-Length: {len(body)}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
        )
        return drive(url, [head.encode() + body] * REQUESTS, CONNECTIONS).per_second
