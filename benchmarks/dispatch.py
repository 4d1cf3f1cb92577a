"""Dispatch: how many messages a second leave, end to end, against one RQ job for each recipient.

The same machine, the same stub, two worker processes each. Ours are the real ones (Valkey, RQ, the clock) and the time
runs from the ring of the bell until every result stands in the database. The baseline's time runs only from its first
to its last request, with its workers warm and all its jobs queued before.
"""

from __future__ import annotations

import contextlib
import json
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import baseline, people
from benchmarks.figures import Figure, Result, at_least, load_average, plain
from benchmarks.ground import Databases, Ground, ground, reading, running, states, valkey
from benchmarks.load import drive
from workers.stack import Stack, Wanted

WORKERS = 2
BETTER_BY, STUB_BETTER_BY = 5.0, 3.0
STUB_REQUESTS, STUB_CONNECTIONS = 6_000, 16
WITHIN_S = 100
SIMPLE = "rq.worker.SimpleWorker"
# The baseline's share of the messages: RQ's stock worker does a few a second.
STOCK_SHARE, SIMPLE_SHARE, LEAST = 60, 6, 20


@contextlib.contextmanager
def stub(at: Ground, latency_ms: float) -> Iterator[str]:
    """A stub carrier of its own process. Gives its address."""
    command = [sys.executable, "-m", "benchmarks.stub", "--latency-ms", str(latency_ms)]
    with running(command, at.env, at.log) as process:
        assert process.stdout is not None
        yield process.stdout.readline().decode().strip()


def counted(url: str) -> dict[str, Any]:
    """What the stub accepted."""
    with urllib.request.urlopen(url + "/count", timeout=10) as answer:
        said: dict[str, Any] = json.load(answer)
    return said


def stub_speed(at: Ground) -> float:
    """Requests a second that the stub itself can answer (this client included)."""
    with stub(at, 0) as url:
        body = b"To=%2B84912000345&From=%2B84219000000&Body=" + b"x" * 300
        head = (
            f"POST /2010-04-01/Accounts/AC/Messages.json HTTP/1.1\r\nHost: {url[7:]}\r\nContent-Length: {len(body)}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
        )
        return drive(url, [head.encode() + body] * STUB_REQUESTS, STUB_CONNECTIONS).per_second


def measure(databases: Databases, database: str, latency_ms: int, messages: int, runs: int) -> list[Result]:
    """One row of the table: the stub, the baseline twice, and ours."""
    wrong: list[str] = []
    with ground(databases, database) as at:
        fastest = stub_speed(at)
    stock = _baseline(databases, database, latency_ms, max(LEAST, messages // STOCK_SHARE), "", wrong)
    simple = _baseline(databases, database, latency_ms, max(LEAST, messages // SIMPLE_SHARE), SIMPLE, wrong)
    ours = _ours(databases, database, latency_ms, messages, runs, wrong)
    figures: tuple[Figure, ...] = (
        plain("ours", ours, "/s"),
        plain("baseline, rq worker", stock, "/s"),
        at_least("ours / rq worker", ours / stock, "×", BETTER_BY),
        plain("baseline, SimpleWorker", simple, "/s"),
        plain("ours / SimpleWorker", ours / simple, "×"),
        plain("stub alone, no latency", fastest, "/s"),
        at_least("stub / the fastest", fastest / max(ours, stock, simple), "×", STUB_BETTER_BY),
    )
    setting = f"{latency_ms} ms latency, {messages:,} messages, {WORKERS} workers, median of {runs}"
    return [Result("dispatch", database, setting, figures, tuple(wrong), load_average())]


# ------------------------------------------------------------------------------------------------------------ ours


def _ours(
    databases: Databases, database: str, latency_ms: int, messages: int, runs: int, wrong: list[str]
) -> float:
    """Messages a second of the real workers, each run a campaign of its own."""
    with ground(databases, database) as at, stub(at, latency_ms) as url:
        at.env["VILLAGE_URL"] = url
        at.step("prepare", messages)
        with Stack(at.data, at.env, Wanted(workers=WORKERS, empty=True), at.log) as stack:
            at.env.update(stack.env)
            speeds = [_one_campaign(at, messages, wrong) for _ in range(runs)]
        said = counted(url)
        if (said["accepted"], said["doubled"]) != (messages * runs, 0):
            wrong.append(f"ours: {said['accepted']} accepted of {messages * runs}, {said['doubled']} doubled")
    return median(speeds)


def _one_campaign(at: Ground, messages: int, wrong: list[str]) -> float:
    said = at.step("launch")
    with reading(at) as engine:
        patience = said["at"] + WITHIN_S
        while (now := states(engine, said["campaign"])).get("accepted", 0) < messages:
            if time.monotonic() > patience:
                wrong.append(f"ours: after {WITHIN_S} s {now}")
                break
            time.sleep(0.05)
    return float(now.get("accepted", 0) / (time.monotonic() - said["at"]))


# -------------------------------------------------------------------------------------------------------- baseline


def _baseline(
    databases: Databases, database: str, latency_ms: int, messages: int, worker_class: str, wrong: list[str]
) -> float:
    """Messages a second of two of RQ's own workers, from the first request to the last."""
    with ground(databases, database) as at, stub(at, latency_ms) as url, valkey(at) as redis_url:
        at.env |= {"VILLAGE_URL": url, "REDIS_URL": redis_url}
        rows = [(people.number(place), f"{people.TEXT} {place}") for place in range(messages)]
        baseline.enqueue(redis_url, baseline.fill(at.database_url, rows))
        command = [str(Path(sys.executable).parent / "rq"), "worker", "-q", "-u", redis_url]
        command += [*(["-w", worker_class] if worker_class else []), baseline.QUEUE]
        with contextlib.ExitStack() as workers:
            for _ in range(WORKERS):
                workers.enter_context(running(command, at.env, at.log))
            said = _until(url, messages)
        if (said["accepted"], said["doubled"]) != (messages, 0):
            wrong.append(f"baseline: {said['accepted']} accepted of {messages}, {said['doubled']} doubled")
    return float((said["accepted"] - 1) / max(said["last"] - said["first"], 1e-3))


def _until(url: str, messages: int) -> dict[str, Any]:
    patience = time.monotonic() + WITHIN_S
    while (said := counted(url))["accepted"] < messages and time.monotonic() < patience:
        time.sleep(0.1)
    return said
