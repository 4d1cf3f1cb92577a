"""The job of ``baseline.py`` as a task of Celery: as its own tutorial has it, one program with a pool of two processes."""

from __future__ import annotations

import os

from celery import Celery  # type: ignore[import-untyped]

from benchmarks import baseline

# No result is kept, and nothing is told to other workers, of which there are none: that saves Celery some work.
COMMAND = (
    "celery", "-A", "benchmarks.baseline_celery", "worker", "--pool", "prefork", "--concurrency", "2",
    "--loglevel", "ERROR", "--without-gossip", "--without-mingle", "--without-heartbeat",
)  # fmt: skip


def _broker(redis_url: str) -> str:
    """In Celery's words for a socket in the file system."""
    return redis_url.replace("unix://", "redis+socket://", 1)


app = Celery("baseline", broker=_broker(os.environ.get("REDIS_URL", "")))
app.conf.update(task_ignore_result=True, task_serializer="json", accept_content=["json"])
send = app.task(name=baseline.JOB)(baseline.send)


def enqueue(redis_url: str, row_ids: list[int]) -> None:
    """One task for each row."""
    with (
        app.connection_for_write(_broker(redis_url)) as connection,
        app.amqp.Producer(connection) as producer,
    ):
        for row_id in row_ids:
            send.apply_async((row_id,), producer=producer)
