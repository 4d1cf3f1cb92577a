"""An RQ worker that has the application in memory before it forks: RQ's own imports it anew for every job."""

from __future__ import annotations

import os
import signal
import sys
import time
from types import FrameType

import structlog
from redis.exceptions import RedisError
from rq import Worker
from rq.serializers import JSONSerializer

from service import bell, db, logs, settings
from workers import sending
from workers.arguments import Arguments
from workers.deathsignal import die_with_parent

REDIS_BACK_S = 2.0
NO_REDIS = "REDIS_URL is not set and no Redis runs in the data folder; start everything with ./loa run, or set REDIS_URL."

log = structlog.get_logger()


class LoaWorker(Worker):
    """Forks a work horse per job. On SIGTERM the horse finishes what is on the wire, notes it, and ends."""

    max_connection_wait_time = 5  # seconds between tries while Redis is away; RQ's own would grow to a minute
    asked_to_end = False

    def setup_work_horse_signals(self) -> None:
        super().setup_work_horse_signals()  # type: ignore[no-untyped-call]
        die_with_parent(signal.SIGKILL)
        sending.prepare_horse()

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        self.asked_to_end = True
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]

    def handle_warm_shutdown_request(self) -> None:
        super().handle_warm_shutdown_request()  # type: ignore[no-untyped-call]
        if self.horse_pid:
            os.kill(self.horse_pid, signal.SIGTERM)


def main(arguments: list[str]) -> int:
    """Work until SIGTERM. While Redis is away, wait for it: the messages are in the database."""
    Arguments(prog="./loa worker", description=__doc__).parse_args(arguments)
    known = settings.get()
    logs.configure(known.log_level)
    if not known.redis_url:
        print(NO_REDIS, file=sys.stderr)  # noqa: T201
        return 2
    db.connect(known.database_url)
    while not _work_until_something():
        time.sleep(REDIS_BACK_S)
    return 0


def _work_until_something() -> bool:
    """True when it was asked to end; False when Redis went away."""
    try:
        connection = bell.redis()
        worker = LoaWorker([bell.queue(connection)], connection=connection, serializer=JSONSerializer)
        worker.work(logging_level="WARNING")
    except RedisError as problem:
        log.warning("worker.redis_away", problem=type(problem).__name__)
        return False
    except SystemExit:
        return True
    return bool(worker.asked_to_end)
