"""For tests that start the real processes."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OURS = ("LOA_", "TWILIO_", "SIM_GATEWAY_", "VILLAGE_", "WEB_")
OURS_TOO = ("DATABASE_URL", "REDIS_URL", "PUBLIC_URL", "SECRET_KEY")
KEPT = "LOA_TEST_"
# Neither .env nor anything in it: a test must never send with the developer's account, nor touch his data.
NOTHING = {"LOA_ENV_FILE": "", "TWILIO_ACCOUNT_SID": "", "DATABASE_URL": "", "REDIS_URL": ""}


def is_ours(name: str) -> bool:
    """Is this a variable that Loa Bản reads? Then a test must not get the developer's value of it."""
    return (name.startswith(OURS) and not name.startswith(KEPT)) or name in OURS_TOO


def environment(data: Path, **settings: str) -> dict[str, str]:
    """The environment of a process that knows these settings, this data folder, and nothing of the developer's."""
    plain = {name: value for name, value in os.environ.items() if not is_ours(name)}
    modules = {"PYTHONPATH": str(ROOT), "PYTHONSAFEPATH": "1"}
    return {**plain, **modules, **NOTHING, "LOA_DATA": str(data), **settings}


def reading_the_program() -> float:
    """CPU seconds that it takes to read the whole program, on this machine, now: 1.3 on a PC with which our bounds were set.

    For bounds on work: the same work takes two or three times the CPU seconds while other programs use the machine.
    """
    before = os.times()
    subprocess.run([sys.executable, "-c", "import service.app"], cwd=ROOT, check=True)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def loa(env: Mapping[str, str], *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    """``./loa ARGUMENTS`` for a command of service/cli.py, without the script's own look at what is installed."""
    return subprocess.run(
        [sys.executable, "-m", "service.cli", *arguments],
        env=dict(env),
        cwd=ROOT,
        input=typed,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def alive(data: Path) -> dict[int, str]:
    """Every process on this machine that was started with this data folder: pid → command."""
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            env = (entry / "environ").read_bytes().split(b"\0")
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        except OSError:  # ended meanwhile, or not ours to see
            continue
        if command and f"LOA_DATA={data}".encode() in env:
            found[int(entry.name)] = command
    return found


def cpu_seconds(pids: Iterable[int]) -> float:
    """How long these processes, and their children that have ended, have kept a processor busy."""
    total = 0
    for pid in pids:
        # After the name in brackets: state, ppid, ...; the 12th to 15th are utime, stime, cutime, cstime (proc(5)).
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        total += sum(int(field) for field in fields[11:15])
    return total / os.sysconf("SC_CLK_TCK")


def wait_until(there: Callable[[], object], seconds: float = 20.0) -> bool:
    """Look until it is so; False when it was not within these seconds."""
    patience = time.monotonic() + seconds
    while time.monotonic() < patience:
        if there():
            return True
        time.sleep(0.05)
    return bool(there())
