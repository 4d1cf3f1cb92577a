"""What people write first, run by the programs they run it with: ``baseline.py`` under RQ and under Celery.

They are measured kindly: every job is queued before, and only the time from the first request to the last counts. Each
gets as many messages as take it some seconds.
"""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks import baseline, baseline_celery, people
from benchmarks.carrier import Counted, counted, stub
from benchmarks.ground import Databases, Ground, ground, running, valkey

WORKERS = 2
WITHIN_S = 100
LEAST = 4


@dataclass(frozen=True)
class Rival:
    """``programs``: so many are started of ``command``. ``wanted``: how many times as fast we must be."""

    name: str
    command: tuple[str, ...]  # without the address of the queue
    programs: int
    enqueue: Callable[[str, list[int]], None]
    messages: int
    wanted: float


RQ = ("rq", "worker", "-q")
RIVALS = (
    Rival("rq worker", RQ, WORKERS, baseline.enqueue, 20, 100),
    Rival("SimpleWorker", (*RQ, "-w", "rq.worker.SimpleWorker"), WORKERS, baseline.enqueue, 300, 20),
    Rival("Celery", baseline_celery.COMMAND, 1, baseline_celery.enqueue, 300, 10),
)


@dataclass(frozen=True)
class Where:
    """The setting that all share."""

    databases: Databases
    database: str
    latency_ms: int


def measure(where: Where, rival: Rival, most: int, runs: int, wrong: list[str]) -> float:
    """Messages a second, the median of so many runs, each with fresh workers and a fresh database."""
    share = max(LEAST, min(most // 10, rival.messages))
    return median(_one_run(where, rival, share, wrong) for _ in range(runs))


def _one_run(where: Where, rival: Rival, messages: int, wrong: list[str]) -> float:
    with (
        ground(where.databases, where.database) as at,
        stub(at, where.latency_ms) as url,
        valkey(at) as redis_url,
    ):
        at.env |= {"VILLAGE_URL": url, "REDIS_URL": redis_url}
        rows = [(people.number(place), f"{people.TEXT} {place}") for place in range(messages)]
        rival.enqueue(redis_url, baseline.fill(at.database_url, rows))
        with contextlib.ExitStack() as workers:
            for _ in range(rival.programs):
                workers.enter_context(running(_command(rival, redis_url), at.env, at.log))
            said = _until(url, messages)
        wrong += _judge(at, rival, messages, said)
    return (said.accepted - 1) / max(said.last - said.first, 1e-3)


def _command(rival: Rival, redis_url: str) -> list[str]:
    program, *options = rival.command
    address = ["-u", redis_url, baseline.QUEUE] if program == "rq" else []
    return [str(Path(sys.executable).parent / program), *options, *address]


def _until(url: str, messages: int) -> Counted:
    patience = time.monotonic() + WITHIN_S
    while (said := counted(url)).accepted < messages and time.monotonic() < patience:
        time.sleep(0.1)
    return said


def _judge(at: Ground, rival: Rival, messages: int, said: Counted) -> list[str]:
    if (said.accepted, said.doubled) == (messages, 0):
        return []
    return [f"{rival.name}: {said.accepted} accepted of {messages}, {said.doubled} doubled"]
