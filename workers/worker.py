"""An RQ worker that has the application in memory before it forks: RQ's own imports it anew for every job."""

from __future__ import annotations

import gc
import os
import signal
import sys
import time
from contextlib import suppress
from types import FrameType
from typing import Any

import structlog
from redis.exceptions import RedisError
from rq import Worker
from rq.exceptions import StopRequested
from rq.serializers import JSONSerializer
from rq.worker import WorkerStatus

from service import bell, db, logs, settings
from workers import sending, together
from workers.arguments import Arguments
from workers.deathsignal import die_with_parent

REDIS_BACK_S = 2.0
WORKER_TTL_S = 45  # RQ then waits 30 s for a job and 40 s for an answer of a Redis that says nothing any more
END = (signal.SIGTERM, signal.SIGINT)
NO_REDIS = "REDIS_URL is not set and no Redis runs in the data folder; start everything with ./loa run, or set REDIS_URL."

log = structlog.get_logger()


class LoaWorker(Worker):
    """Forks a work horse per job. On SIGTERM the horse finishes what is on the wire, notes it, and ends; then the worker.

    Whatever happens to Redis meanwhile, the worker waits for its horse, which would die with it: what the carrier has
    taken and nobody has noted is unknown for a quarter of an hour.
    """

    max_connection_wait_time = 5  # seconds between tries while Redis is away; RQ's own would grow to a minute

    def setup_work_horse_signals(self) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        sending.prepare_horse()
        die_with_parent(signal.SIGKILL)

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """Asked to end, once or several times: RQ's own would at the second time kill the horse."""
        if (
            os.getpid() != self.pid
        ):  # a horse that has no handler of its own yet; it is told through shared memory
            return
        sending.ask_to_end()
        self._stop_requested = True
        if self.get_state() != WorkerStatus.BUSY:
            raise StopRequested

    request_force_stop = request_stop

    def subscribe(self) -> None:
        """To nothing. RQ takes orders through Redis in a thread of its own, and a process with threads forks badly."""

    def heartbeat(self, *known: Any, **more: Any) -> None:
        with suppress(RedisError):
            super().heartbeat(*known, **more)

    def maintain_heartbeats(self, *known: Any) -> None:
        with suppress(RedisError):
            super().maintain_heartbeats(*known)


def main(arguments: list[str]) -> int:
    """Work until SIGTERM. While Redis is away, wait for it: the messages are in the database."""
    Arguments(prog="./loa worker", description=__doc__).parse_args(arguments)
    known = settings.get()
    logs.configure(known.log_level)
    if not known.redis_url:
        print(NO_REDIS, file=sys.stderr)  # noqa: T201
        return 2
    db.connect(known.database_url)
    if refused := together.refusal():
        print(refused, file=sys.stderr)  # noqa: T201
        return 2
    gc.freeze()  # what is read by now stays: no horse looks through it for garbage again and again
    with suppress(StopRequested):
        while not sending.asked_to_end():
            _work_until_something()
    return 0


def _work_until_something() -> None:
    """Until it is asked to end, or Redis goes away or has no room; then after a pause, to be tried again."""
    for number in END:  # RQ's handlers are those of a worker that is no more
        signal.signal(number, _end)
    try:
        connection = bell.redis()
        worker = LoaWorker(
            [bell.queue(connection)],
            connection=connection,
            serializer=JSONSerializer,
            worker_ttl=WORKER_TTL_S,
        )
        worker.work(logging_level="WARNING")
    except RedisError as problem:
        log.warning("worker.redis_away", problem=type(problem).__name__)
    if not sending.asked_to_end():
        time.sleep(REDIS_BACK_S)


def _end(_number: int, _frame: FrameType | None) -> None:
    sending.ask_to_end()
    raise StopRequested
