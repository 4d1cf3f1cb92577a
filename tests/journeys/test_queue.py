"""What RQ keeps in Redis: little, and nothing for ever; and a job that takes too long leaves the database right."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from rq.timeouts import JobTimeoutException, UnixSignalDeathPenalty

from service import bell, db, settings
from service.carriers import directory
from tests import world
from tests.journeys.conftest import Running
from workers import sending

pytestmark = pytest.mark.journey
Start = Callable[..., Running]

# Names without an end of their own, each one list or set: as long as they are short they are no rubbish.
STANDING = {
    "rq:queues",
    "rq:queue:sending",
    "rq:queue:sending:intermediate",
    "rq:workers",
    "rq:workers:sending",
    "rq:wip:sending",
    "rq:failed:sending",
}
LONG_AGO = 1


def test_killed_workers_and_jobs_leave_nothing_in_redis_for_ever(running: Start, database_url: str) -> None:
    if not database_url.startswith("sqlite"):
        pytest.skip("Redis knows nothing of the database")
    here = running()
    redis = bell.redis()
    for number in range(6):
        for _ in range(10):
            bell.ring("twilio")  # nothing is due, so each is over at once
        assert bell.queue(redis).count <= bell.MOST_WAITING
        name = f"worker-{number % 2 + 1}"
        killed = here.stack.kill(name, signal.SIGKILL)
        here.wait(lambda name=name, killed=killed: here.stack.pids.get(name, killed) != killed)
    here.wait(lambda: bell.queue(redis).count == 0)
    for name in STANDING:
        assert _length(redis, name) < 40, name
    _let_time_pass(redis)
    here.stack.kill(
        "worker-1", signal.SIGTERM
    )  # the next one cleans up at its start, and then every ten minutes
    here.wait(lambda: _lasting(redis) <= STANDING)
    here.wait(lambda: _length(redis, "rq:workers") == 2 and not _length(redis, "rq:wip:sending"))


def _let_time_pass(redis: Any) -> None:
    """Everything that has an end is over."""
    for name in ("rq:wip:sending", "rq:failed:sending"):
        for entry in redis.zrange(name, 0, -1):
            redis.zadd(name, {entry: LONG_AGO})
    for key in _keys(redis):
        if key.startswith("rq:worker:") and redis.ttl(key) > 0:
            redis.delete(key)


def _keys(redis: Any) -> Iterable[str]:
    return (key.decode() for key in redis.scan_iter())


def _lasting(redis: Any) -> set[str]:
    """The keys that have no end. A job that waits or runs has none yet."""
    return {key for key in _keys(redis) if redis.ttl(key) == -1}


def _length(redis: Any, name: str) -> int:
    count = {b"list": redis.llen, b"set": redis.scard, b"zset": redis.zcard}.get(redis.type(name))
    return int(count(name)) if count is not None else 0


def test_a_job_that_takes_too_long_says_that_nobody_knows(running: Start) -> None:
    here = running(workers=0, env={"TWILIO_READ_TIMEOUT_S": "4"})
    here.village("faults", {"accept_then_hang": 1.0, "callback_drop": 1.0})
    with db.transaction():
        world.village_of(5)
        campaign_id = world.launched(world.staff()).id
    directory.forget()  # this process may have known the village of another test
    began = time.monotonic()
    with pytest.raises(JobTimeoutException), UnixSignalDeathPenalty(2, JobTimeoutException):
        sending.drain("twilio")
    assert time.monotonic() - began < 15
    assert here.counts(campaign_id) == {"unknown": 5}
    assert len(here.lines("log")) == 5
    assert list((settings.get().data / "locks").iterdir()) == []
