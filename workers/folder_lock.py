"""A folder for one process at a time: a kernel lock, so that it is free again however its holder ends."""

from __future__ import annotations

import fcntl
from pathlib import Path
from typing import IO


class Taken(Exception):
    """Another process holds it."""


def take(path: Path) -> IO[str]:
    """Ours until the file is closed or this process ends. Raises Taken."""
    lock = path.open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as problem:
        lock.close()
        raise Taken(str(path)) from problem
    return lock
