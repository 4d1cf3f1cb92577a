"""The doorbell: wakes a worker through Redis. A lost, doubled or late ring harms nothing, so ringing never raises."""

from __future__ import annotations

from datetime import UTC, datetime

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, Worker
from rq.serializers import JSONSerializer

from service import settings

DRAIN = "workers.sending.drain"
DRAIN_SECONDS = 60
MOST_WAITING = 4  # one waiting job wakes one worker; more than a few only fill the queue
QUEUE = "sending"
HEARD = "loa:heard"

log = structlog.get_logger()


def redis(url: str | None = None) -> Redis:
    """A connection with short time-outs: a dead Redis must not hold up a launch."""
    return Redis.from_url(url or settings.get().redis_url, socket_connect_timeout=1, socket_timeout=2)


def queue(connection: Redis) -> Queue:
    return Queue(QUEUE, connection=connection, serializer=JSONSerializer)


def ring(carrier: str) -> bool:
    """Ask a worker to drain this carrier. False when Redis did not hear it; the clock rings again later."""
    try:
        jobs = queue(redis())
        if jobs.count < MOST_WAITING:
            jobs.enqueue(DRAIN, carrier, job_timeout=DRAIN_SECONDS * 3, result_ttl=0, failure_ttl=3600)
    except (RedisError, OSError, ValueError) as problem:
        log.warning("bell.not_heard", carrier=carrier, problem=type(problem).__name__)
        return False
    return True


def workers_silent_s() -> float | None:
    """How long ago any worker was last heard of; none: there is none, or Redis is away."""
    try:
        beats = [worker.last_heartbeat for worker in Worker.all(redis(), serializer=JSONSerializer)]
    except (RedisError, OSError, ValueError):
        return None
    newest = max((beat for beat in beats if beat is not None), default=None)
    return (datetime.now(UTC) - newest.astimezone(UTC)).total_seconds() if newest is not None else None


def heard() -> bool:
    """Is Redis there, and has it room? One that is full answers a PING and takes no job."""
    try:
        return bool(redis().set(HEARD, 1, ex=60))
    except (RedisError, OSError, ValueError):
        return False
