"""The job that sends: drain one carrier. Its argument is a name; what must be sent stands in the database."""

from __future__ import annotations

import mmap
import signal
import threading
from types import FrameType

from service import bell, db
from service.carriers import directory
from service.sending import dispatch
from workers.beside import in_a_process

# A byte that a worker shares with its work horses. A signal alone can be lost in the first moments of a horse: Python
# forgets in a forked child what arrived during the fork.
_asked = mmap.mmap(-1, 1)
_stopping = threading.Event()  # this horse alone


def drain(carrier: str) -> int:
    """Send what is due by this carrier, for up to a minute. Returns how many messages were accepted."""
    return dispatch.drain(directory.get(carrier), bell.DRAIN_SECONDS, _must_end, in_a_process)


def ask_to_end() -> None:
    """In the worker: this process and all of its horses end after what is on the wire."""
    _asked[0] = 1


def asked_to_end() -> bool:
    return _asked[0] == 1


def prepare_horse() -> None:
    """In the forked work horse: connections of its own, and a SIGTERM that ends the drain after what is on the wire."""
    signal.signal(signal.SIGTERM, _stop)
    db.after_fork()
    directory.forget()


def _must_end() -> bool:
    return asked_to_end() or _stopping.is_set()


def _stop(_number: int, _frame: FrameType | None) -> None:
    _stopping.set()
