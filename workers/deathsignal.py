"""A child that dies with its parent: kill -9 of the keeper must leave nothing running.

Linux sends the signal itself (prctl); elsewhere nothing happens here, and only a clean stop stops everything.

As a program, ``python deathsignal.py PARENT_PID COMMAND ...`` takes the vow and becomes the command, so that programs
which are not ours can take it too, without running Python code between fork and exec.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
_FIRST_PROCESS = os.getpid() == 1  # of a container: then 1 is a parent like any other


def die_with_parent(number: int = signal.SIGKILL, parent: int | None = None) -> None:
    """Have the kernel send this signal to the calling process when the thread that started it ends.

    ``parent`` is the pid that must still be our parent; without it, being adopted by init counts as too late.
    """
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    late = os.getppid() != parent if parent is not None else os.getppid() == 1
    if late and not (parent is None and _FIRST_PROCESS):  # it died before we could ask
        os.kill(os.getpid(), number)


def wrapped(command: list[str]) -> list[str]:
    """The command, to be started by this process and to die with it."""
    return [sys.executable, "-IS", __file__, str(os.getpid()), *command]


if __name__ == "__main__":
    die_with_parent(signal.SIGKILL, parent=int(sys.argv[1]))
    os.execvp(sys.argv[2], sys.argv[2:])  # noqa: S606  (our own program, no shell)
