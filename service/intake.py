"""Taking in: what carriers tell us is safe, in the database or on disk, before they hear that we have it.

A commit waits for the disk. What is reported on messages while one runs goes into the next, together; so does what comes
a moment after it was done, because a commit costs about as much for one report as for ten.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

import structlog

from service import bell, db
from service.carriers.base import Incoming
from service.followup import arrivals
from service.replies import events, inbox
from service.replies.events import Received

GATHER_S = 0.004

log = structlog.get_logger()


def take_in(received: Received) -> bool:
    """Commit the event, or write it to disk. False: neither was possible, and the carrier must say it again.

    To disk goes what comes while the database is down, and what cannot be stored: the carrier's next try would fail too.
    """
    try:
        if isinstance(received.event, Incoming):
            _answer(received)
        else:
            _report(received)
    except events.AWAY as problem:
        log.error("hooks.database_down", problem=type(problem).__name__)
        return _spool(received)
    except Exception as problem:
        log.error("hooks.not_stored", problem=type(problem).__name__)
        return _spool(received)
    return True


def _answer(received: Received) -> None:
    """A villager's answer goes alone: what follows from it takes many rows, and two batches would wait for each other."""
    with db.transaction():
        outcome = arrivals.accept(received)
    if outcome.reply is not None and outcome.reply.meaning == "stop":
        bell.ring(received.event.carrier)  # the confirmation of an opt-out goes out at once


def _spool(received: Received) -> bool:
    try:
        events.spool(received)
    except OSError as problem:
        log.error("hooks.spool_failed", problem=type(problem).__name__)
        return False
    return True


# -------------------------------------------------------------------------------------------------------- together


class NotCommitted(Exception):
    """The thread that was to commit this ended before it did."""


@dataclass
class _Batch:
    """Reports that are committed together, at most one for each thread of this process."""

    received: list[Received] = field(default_factory=list)
    problems: dict[int, Exception | None] = field(default_factory=dict)  # by place; none: committed
    settled: threading.Event = field(default_factory=threading.Event)

    def commit(self) -> None:
        """All in one transaction; when that fails each alone, so that one bad report harms no other."""
        problem = _committed(self.received)
        alone = isinstance(problem, Exception) and not isinstance(problem, events.AWAY)
        for place, received in enumerate(self.received):
            self.problems[place] = _committed([received]) if alone else problem

    def tell(self, place: int) -> None:
        """Raises what kept this one from being committed."""
        problem = self.problems.get(place, NotCommitted())
        if problem is not None:
            raise problem


class _Door:
    """The batch that whoever comes now joins."""

    open = _Batch()


def waiting() -> int:
    """How many reports wait in this process for the commit before theirs to be done."""
    return len(_Door.open.received)


_joining, _committing = threading.Lock(), threading.Lock()


def _report(received: Received) -> None:
    """Commit this report with those that come until the commit before is done. The first of a batch does it for all."""
    with _joining:
        batch = _Door.open
        place = len(batch.received)
        batch.received.append(received)
    if place == 0:
        _lead(batch)
    batch.settled.wait()
    batch.tell(place)


def _lead(batch: _Batch) -> None:
    try:
        with _committing:
            time.sleep(GATHER_S)
            _close(batch)
            batch.commit()
    finally:  # whatever happened, nobody waits for ever, and nobody joins what is over
        _close(batch)
        batch.settled.set()


def _close(batch: _Batch) -> None:
    with _joining:
        if _Door.open is batch:
            _Door.open = _Batch()


def _committed(batch: list[Received]) -> Exception | None:
    try:
        with db.transaction():
            inbox.hear(batch)
    except Exception as problem:  # told to those whose reports these are
        return problem
    return None
