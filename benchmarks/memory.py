"""What processes keep in memory, as the kernel counts it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

LOOK_EVERY_S = 0.5


def memory_mb(name: str, process: str = "self") -> float:
    """Resident memory of a process: now (VmRSS), or the most since the peak was forgotten (VmHWM).

    Raises OSError or RuntimeError when there is no such process any more.
    """
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"the kernel does not tell {name}")


def forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


class Watch:
    """Looks at processes and their children for as long as it is entered. ``peaks``: the most that each had, in MB."""

    def __init__(self, pids: Mapping[str, int]) -> None:
        self.peaks: dict[str, float] = {}
        self._pids = dict(pids)
        self._enough = threading.Event()
        self._thread = threading.Thread(target=self._look, name="memory", daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_problem: object) -> None:
        self._enough.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._enough.wait(LOOK_EVERY_S):
            for name, pid in _with_children(self._pids):
                with suppress(OSError, RuntimeError):  # it has just ended
                    self.peaks[name] = max(self.peaks.get(name, 0.0), memory_mb("VmHWM", str(pid)))


def _with_children(pids: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    """The children of a process share a name: a worker has one work horse after the other."""
    names = {pid: name for name, pid in pids.items()}
    yield from pids.items()
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError):
                parent = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
                if parent in names:
                    yield f"{names[parent]}'s child", int(folder.name)
