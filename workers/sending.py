"""The job that sends: drain one carrier. Its argument is a name; what must be sent stands in the database."""

from __future__ import annotations

import signal
import threading
from types import FrameType

from service import bell, db
from service.carriers import directory
from service.sending import dispatch

_stopping = threading.Event()


def drain(carrier: str) -> int:
    """Send what is due by this carrier, for up to a minute. Returns how many messages were accepted."""
    return dispatch.drain(directory.get(carrier), bell.DRAIN_SECONDS, _stopping.is_set)


def prepare_horse() -> None:
    """In the forked work horse: connections of its own, and a SIGTERM that ends the drain after what is on the wire."""
    db.after_fork()
    directory.forget()
    _stopping.clear()
    signal.signal(signal.SIGTERM, _stop)


def _stop(_number: int, _frame: FrameType | None) -> None:
    _stopping.set()
