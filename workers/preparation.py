"""``workers.prepare`` in a process of its own, watched from outside."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO

from service import settings
from workers import deathsignal


@dataclass(frozen=True)
class Welcome:
    """What to tell whoever started Loa Bản: the first login, as long as its password is known, and what to click."""

    email: str | None
    password: str | None = field(repr=False)
    lines: list[str]


class Preparation:
    """Started at once; ``ended()`` until it says so, then ``welcome``, which is None when it failed."""

    def __init__(self, env: Mapping[str, str], empty: bool, output: IO[bytes] | None) -> None:
        command = [sys.executable, "-m", "workers", "prepare", *(["--empty"] if empty else [])]
        self.process = subprocess.Popen(
            deathsignal.wrapped(command),
            env=dict(env),
            cwd=settings.ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=output,
            start_new_session=True,
        )
        self.welcome: Welcome | None = None

    def ended(self) -> bool:
        if self.process.poll() is None:
            return False
        said = self.process.communicate()[0]
        if self.process.returncode == 0:
            self.welcome = Welcome(**json.loads(said))
        return True

    def end_now(self) -> None:
        """While it has not ended."""
        self.process.kill()
        self.process.communicate()
