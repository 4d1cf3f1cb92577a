"""One process that the supervisor keeps: started, watched, started again after a crash, told to end."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from workers import deathsignal

FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 10.0
STEADY_AFTER_S = 30.0  # who lived this long did not fail at its start


class Child:
    """A command and its present process. Each is a session of its own: Ctrl-C reaches only the supervisor."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        env: Mapping[str, str],
        folder: Path,
        output: IO[bytes] | None = None,
        inherit: Sequence[int] = (),
    ) -> None:
        self.name = name
        self.command = list(command)
        self.env = dict(env)
        self.folder = folder
        self.output = output
        self.inherit = tuple(inherit)
        self.process: subprocess.Popen[bytes] | None = None
        self.failures = 0  # in a row
        self._started = 0.0
        self._next_start = 0.0

    @property
    def pid(self) -> int | None:
        return self.process.pid if self.process is not None else None

    def start(self) -> None:
        """Start it. Must be called by a thread that lives as long as the child is to live (see deathsignal)."""
        self.process = subprocess.Popen(
            deathsignal.wrapped(self.command),
            env=self.env,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=self.output or sys.stderr.fileno(),  # standard output is for what people asked for
            stderr=self.output,
            pass_fds=self.inherit,
            start_new_session=True,
        )
        self._started = time.monotonic()

    def ended(self) -> int | None:
        """The exit status, once: when the process is found to have ended since the last look."""
        status = self.process.poll() if self.process is not None else None
        if status is None:
            return None
        self._kill_group()  # what it may have left behind
        self.process = None
        steady = time.monotonic() - self._started > STEADY_AFTER_S
        self.failures = 1 if steady else self.failures + 1
        self._next_start = time.monotonic() + self.pause_s
        return status

    @property
    def pause_s(self) -> float:
        """How long it has to wait after its last failure: 0.2 s, doubled each time, at most 10 s."""
        return float(min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** min(self.failures - 1, 10)))

    @property
    def due(self) -> bool:
        """Is it time to start it again?"""
        return self.process is None and time.monotonic() >= self._next_start

    def ask_to_end(self) -> None:
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                self.process.terminate()

    def wait(self, until: float) -> bool:
        """Wait for its end, at most until this instant of time.monotonic(). True when it has ended."""
        if self.process is None:
            return True
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(max(0.0, until - time.monotonic()))
        return self.process.returncode is not None

    def end_now(self) -> None:
        """Kill what is left of it, and everything that it started in its session's group."""
        if self.process is not None:
            self._kill_group()
            self.process.wait()
            self.process = None

    def _kill_group(self) -> None:
        assert self.process is not None
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
