"""What this process keeps in memory, as the kernel counts it."""

from __future__ import annotations

from pathlib import Path


def memory_mb(name: str) -> float:
    """Resident memory of this process: now (VmRSS), or the most since the peak was forgotten (VmHWM)."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"the kernel does not tell {name}")


def forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")
