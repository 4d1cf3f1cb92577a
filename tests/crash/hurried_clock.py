"""A second clock, in a hurry: ``python -m tests.crash.hurried_clock``.

It does each duty of the real clock, ten times as often. And it looks for unknown messages as if minutes had passed: the
carrier of these tests shows everything within a few seconds, where the rules allow a real one a quarter of an hour. A look
that the rules put two minutes after the dispatch comes WAIT_S real seconds after the message became unknown, and the one
ten minutes later comes WAIT_S after the first.
"""

from __future__ import annotations

import signal
import sys
import threading
import time
from datetime import datetime, timedelta
from types import FrameType

from sqlalchemy import update

from service import db, logs, settings
from service.carriers import directory
from service.sending import reconcile
from service.sending.messages import Message
from workers import upkeep

TIMES_FASTER = 10
WAIT_S = 5.0  # more than a late acceptance (1.5 s) and a lagging list (1.5 s) together
FIRST, SECOND = timedelta(minutes=2, seconds=1), timedelta(minutes=13)


def main() -> int:
    known = settings.get()
    logs.configure(known.log_level)
    db.connect(known.database_url)
    ending = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        ending.set()

    signal.signal(signal.SIGTERM, end)
    due = {duty.name: 0.0 for duty in upkeep.DUTIES}
    while not ending.is_set():
        for duty in upkeep.DUTIES:
            if time.monotonic() >= due[duty.name]:
                due[duty.name] = time.monotonic() + duty.every_s / TIMES_FASTER
                upkeep.do(duty)
        for look in (upkeep.look_for_unknown, look_ahead):
            upkeep.do(upkeep.Duty(look.__name__, 0, look))
        ending.wait(0.2)
    return 0


def look_ahead() -> int:
    """One look at everything that has been unknown for long enough, with a clock that is ahead."""
    now = db.clock()
    ripe = now - timedelta(seconds=WAIT_S)
    first = [
        one for one in reconcile.due_for_a_look(now + FIRST) if one.looks == 0 and one.changed_at <= ripe
    ]
    second = [
        one for one in reconcile.due_for_a_look(now + SECOND) if one.looks > 0 and _seen_at(one, now) <= ripe
    ]
    db.end_reading()
    for ahead, rows in ((FIRST, first), (SECOND, second)):
        for message in rows:
            reconcile.look(message, directory.get(message.carrier), db.clock() + ahead)
            db.end_reading()
    _bring_back(now)
    return len(first) + len(second)


def _seen_at(message: Message, now: datetime) -> datetime:
    """When the first look really was: this clock's looks lie two minutes ahead."""
    looked_at = message.looked_at
    assert looked_at is not None
    return looked_at - FIRST if looked_at > now else looked_at


def _bring_back(now: datetime) -> None:
    """What was proven not sent is due now, not in ten minutes."""
    with db.transaction():
        ahead = update(Message).where(
            Message.state == "ready", Message.code == "proven_not_sent", Message.due > now
        )
        db.change_many(ahead.values(due=now))


if __name__ == "__main__":
    sys.exit(main())
