"""The worker beside a Redis that is not there: it waits for its horse, and it hears that it is to end."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest
from redis import Redis
from rq.exceptions import StopRequested
from rq.serializers import JSONSerializer
from rq.worker import WorkerStatus

from service import bell
from workers import sending
from workers.worker import LoaWorker


@pytest.fixture
def worker() -> Iterator[LoaWorker]:
    away = Redis(host="127.0.0.1", port=9, socket_connect_timeout=1)
    made = LoaWorker([bell.queue(away)], connection=away, serializer=JSONSerializer, prepare_for_work=False)
    made.pid = os.getpid()
    yield made
    sending._asked[0] = 0  # this process is to go on


def test_a_heartbeat_that_nobody_hears_ends_nothing(worker: LoaWorker) -> None:
    worker.heartbeat()
    worker.subscribe()
    assert worker.pubsub_thread is None


def test_while_its_horse_works_it_waits_and_afterwards_it_stops(worker: LoaWorker) -> None:
    worker._state = WorkerStatus.BUSY
    for _ in range(3):  # RQ's own would kill the horse at the second time
        worker.request_stop(signal.SIGTERM, None)
    assert worker._stop_requested
    worker._state = WorkerStatus.IDLE
    with pytest.raises(StopRequested):
        worker.request_stop(signal.SIGTERM, None)


def test_a_horse_that_has_no_handler_yet_does_not_act_as_its_worker(worker: LoaWorker) -> None:
    worker.pid = os.getppid()  # this is another process
    worker.request_stop(signal.SIGTERM, None)
    assert not worker._stop_requested
