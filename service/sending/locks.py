"""Worker locks: a kernel file lock that only a living process can hold. To a timer a dead and a frozen one look alike."""

from __future__ import annotations

import fcntl
import os
import secrets
from pathlib import Path
from types import TracebackType

from service import settings


class WorkerLock:
    """Held by a work horse while it sends; its ``name`` stands in every row that it claims."""

    def __init__(self) -> None:
        self.name = f"{machine()}-{os.getpid()}-{secrets.token_hex(4)}"
        self._path = _folder() / f"{self.name}.lock"
        self._file = os.open(self._path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def __enter__(self) -> WorkerLock:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._path.unlink(missing_ok=True)
        os.close(self._file)


def is_ours(name: str) -> bool:
    """Was this lock made on this machine? Only then may its holder be judged here."""
    return name.startswith(machine() + "-")


def is_dead(name: str) -> bool:
    """True when nobody holds the lock any more."""
    try:
        file = os.open(_folder() / f"{name}.lock", os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(file)
    return True


def forget(name: str) -> None:
    """Remove the file of a dead worker."""
    (_folder() / f"{name}.lock").unlink(missing_ok=True)


def machine() -> str:
    """A name for this machine, made once and kept in its data folder."""
    return settings.kept(settings.get().data / "machine", 4)


def _folder() -> Path:
    folder = settings.get().data / "locks"
    folder.mkdir(exist_ok=True, mode=0o700)
    return folder
