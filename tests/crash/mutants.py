"""Wrong engines, to prove that the crash tests can fail: ``python -m tests.crash.mutants NAME PROCESS [BIND]``.

Each is the product with one thing of it replaced in memory, as somebody in a hurry might write it. Nothing of the product
knows of them.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from service import db
from service.carriers.base import Carrier, Proof
from service.sending import dispatch, locks, messages, reconcile
from service.sending.claim import Claimed, claim
from service.sending.messages import Message
from tests.crash import hurried_clock
from workers import clock, web, worker


def no_file_lock() -> None:
    """Who has not answered by now is dead: no kernel lock says otherwise."""
    locks.is_dead = lambda name: True


def one_early_look() -> None:
    """What the carrier's list does not hold at once was not sent."""
    look = reconcile.look

    def unknown(now: datetime) -> list[Message]:
        return list(db.session().scalars(select(Message).where(Message.state == "unknown")))

    def look_once(message: Message, carrier: Carrier, now: datetime) -> str:
        state = look(message, carrier, now)
        if state != "unknown" or message.looks:
            return state
        db.end_reading()
        again = messages.find(message.id)
        db.end_reading()
        return look(again, carrier, now) if again is not None and again.looks else state

    reconcile.due_for_a_look, reconcile.look = unknown, look_once


def retry_on_5xx() -> None:
    """An error of the carrier means that it did nothing: once more."""
    dispatch.NEXT[Proof.NOTHING] = dispatch.NEXT[Proof.NOT_PROCESSED]


class _Rising(dict[str, int]):
    """Whatever a carrier says last stands highest."""

    newest = itertools.count(100)

    def __getitem__(self, state: str) -> int:
        rank = super().__getitem__(state)
        return next(self.newest) if rank >= messages.ACCEPTED_RANK else rank


def last_callback_wins() -> None:
    messages.RANKS = _Rising(messages.RANKS)


def intent_after_post() -> None:
    """First send, then write down that it was sent: until then the rows look as if nobody had touched them."""

    def without_intent(carrier: Carrier, worker: str, most: int, now: datetime) -> list[Claimed]:
        batch = claim(carrier, worker, most, now)
        untouched: dict[str, Any] = {"state": "ready", "rank": messages.RANKS["ready"], "worker": None}
        db.change_many(update(Message).where(Message.id.in_([one.id for one in batch])).values(**untouched))
        return batch

    dispatch.claim = without_intent


MUTANTS: dict[str, Callable[[], None]] = {
    "no_file_lock": no_file_lock,
    "one_early_look": one_early_look,
    "retry_on_5xx": retry_on_5xx,
    "last_callback_wins": last_callback_wins,
    "intent_after_post": intent_after_post,
}


def _become_web(arguments: list[str]) -> int:
    from gunicorn.app.wsgiapp import run  # noqa: PLC0415  (a whole server, which only this process needs)

    python_m_gunicorn = 3
    sys.argv = ["gunicorn", *web.command(arguments[-1])[python_m_gunicorn:]]
    return int(run() or 0)


PROCESSES: dict[str, Callable[[list[str]], int]] = {
    "worker": worker.main,
    "clock": clock.main,
    "web": _become_web,
    "hurried_clock": lambda _arguments: hurried_clock.main(),
}


def main(name: str, process: str, *rest: str) -> int:
    MUTANTS[name]()
    return PROCESSES[process](list(rest))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
