"""The doors at which carriers call us: check the signature, take it in, answer 2xx only after it is safe."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from service import bell, db
from service.carriers import directory
from service.carriers.base import HookCall, HookRefused, Incoming, StatusUpdate
from service.followup import arrivals
from service.replies import events
from service.replies.events import Received
from service.replies.inbox import Outcome
from service.web.access import public

CHECK_PATH = "/hooks/twilio/check"
MOST_BYTES = 64 * 1024
EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response/>'

bp = Blueprint("hooks", __name__, url_prefix="/hooks")
log = structlog.get_logger()


@bp.post("/twilio/status/<token>")
@public("Twilio calls, and signs what it says")
def twilio_status(token: str) -> ResponseReturnValue:
    return _accept("twilio")


@bp.post("/twilio/sms")
@public("Twilio calls, and signs what it says")
def twilio_sms() -> ResponseReturnValue:
    return _accept("twilio")


@bp.post("/twilio/check")
@public("the doctor asks whether a signature still fits after its way here; nothing is kept")
def twilio_check() -> ResponseReturnValue:
    try:
        _heard("twilio")
    except HookRefused:
        return Response("signature", 403)
    return Response("fits", mimetype="text/plain")


def _heard(carrier: str) -> StatusUpdate | Incoming:
    """What the carrier says in this request. Raises HookRefused when it is not the carrier who says it."""
    request.max_content_length = MOST_BYTES
    path = request.full_path if request.query_string else request.path
    return directory.get(carrier).read_hook(HookCall(path, dict(request.headers), request.form))


def _accept(carrier: str) -> ResponseReturnValue:
    try:
        event = _heard(carrier)
    except HookRefused:
        return Response("signature", 403)
    return keep(Received(event, datetime.now(UTC)))


def keep(received: Received) -> Response:
    """Commit the event, or write it to disk, or say 503 so that the carrier tries again.

    To disk goes what comes while the database is down, and what cannot be stored: the carrier's next try would fail too.
    """
    try:
        outcome = _committed(received)
    except events.AWAY as problem:
        log.error("hooks.database_down", problem=type(problem).__name__)
        return _spool(received)
    except Exception as problem:
        log.error("hooks.not_stored", problem=type(problem).__name__)
        return _spool(received)
    if outcome.reply is not None and outcome.reply.meaning == "stop":
        bell.ring(received.event.carrier)  # the confirmation of an opt-out goes out at once
    return Response(EMPTY_TWIML, mimetype="text/xml")


@dataclass
class _Waiting:
    received: Received
    outcome: Outcome | None = None
    problem: Exception | None = None


_waiting: deque[_Waiting] = deque()
_committing = threading.Lock()
MOST_TOGETHER = 50


def _committed(received: Received) -> Outcome:
    """Take the event in and commit. SQLite has one writer, who waits for the disk at each commit: what came while
    another commit ran goes together. PostgreSQL does that itself, and takes them side by side."""
    if db.engine().dialect.name != "sqlite":
        with db.transaction():
            return arrivals.accept(received)
    mine = _Waiting(received)
    _waiting.append(mine)
    with _committing:
        while mine.outcome is None and mine.problem is None:
            together = [_waiting.popleft() for _ in range(min(len(_waiting), MOST_TOGETHER))]
            _commit(together or [mine])  # alone when a thread that died had taken it along
    if mine.problem is not None:
        raise mine.problem
    assert mine.outcome is not None
    return mine.outcome


def _commit(batch: list[_Waiting]) -> None:
    """All in one transaction; when that fails each alone, so that one bad event harms no other."""
    try:
        with db.transaction():
            outcomes = [arrivals.accept(one.received) for one in batch]
    except Exception as problem:
        if len(batch) == 1:
            batch[0].problem = problem
        else:
            for one in batch:
                _commit([one])
    else:
        for one, outcome in zip(batch, outcomes, strict=True):
            one.outcome = outcome


def _spool(received: Received) -> Response:
    try:
        events.spool(received)
    except OSError as problem:
        log.error("hooks.spool_failed", problem=type(problem).__name__)
        return Response("try again", 503)
    return Response(EMPTY_TWIML, mimetype="text/xml")
