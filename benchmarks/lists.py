"""A long list from its file into the registry, as page and command do it: how long, and how much memory?"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.figures import Result, at_most, load_average, plain
from benchmarks.ground import Databases, Ground, ground
from benchmarks.memory import forget_peak, memory_mb
from service import db, settings
from service.registry import checking, imports

PEOPLE = 100_000
MOST_S, MOST_MB, MOST_GROWTH_MB = 30.0, 500.0, 30.0
AGAIN, SHORTER = 10, 20  # imports in a row, each of a list so many times shorter
MAKE = settings.ROOT / "samples" / "make.py"


def measure(databases: Databases, database: str, people: int, runs: int) -> list[Result]:
    """Import a list into an empty registry, so many times, each in a fresh process; medians. Then ten in a row."""
    wrong: list[str] = []
    said = []
    for _ in range(runs):
        with ground(databases, database) as at:
            said.append(_imported(at, people))
    wrong += [f"{one['people']} people stored, not {people}" for one in said if one["people"] != people]
    with ground(databases, database) as at:
        at.step("prepare", 0)
        again = at.step("import_again", _list(at, max(people // SHORTER, 1)), AGAIN)
    figures = (
        at_most("read, check and store", median(one["look_s"] + one["store_s"] for one in said), "s", MOST_S),
        plain("of it read and check", median(one["look_s"] for one in said), "s"),
        plain("of it with the database held", median(one["store_s"] for one in said), "s"),
        plain("of it our own CPU", median(one["cpu_s"] for one in said), "s"),
        at_most("memory", max(one["memory_mb"] for one in said), "MB", MOST_MB),
        at_most("memory of the reader", max(one["reader_mb"] for one in said), "MB", MOST_MB),
        at_most(
            f"more memory after {AGAIN}", again["memory_mb"][-1] - again["memory_mb"][1], "MB", MOST_GROWTH_MB
        ),
    )
    setting = f"{people:,} rows, {said[0]['phones']:,} numbers, xlsx of {said[0]['file_mb']:.1f} MB, median of {runs}"
    return [Result("import", database, setting, figures, tuple(wrong), load_average())]


def _imported(at: Ground, people: int) -> dict[str, Any]:
    at.step("prepare", 0)
    return at.step("import_list", _list(at, people))


def _list(at: Ground, people: int) -> Path:
    """The same invented villagers every time."""
    path = at.folder / f"{people}.xlsx"
    subprocess.run([sys.executable, MAKE, "--people", str(people), "--seed", "1", "--out", path], check=True)
    return path


# --------------------------------------------------------------------------------------- in a process of its own


def import_list(file: str) -> dict[str, Any]:
    """One list, once."""
    data = Path(file).read_bytes()
    forget_peak()
    began, used = time.monotonic(), time.process_time()
    found = checking.look(Path(file).name, data, None)
    looked = time.monotonic()
    with db.transaction():
        stored = imports.store(imports.keep(found, None).id, True, None, None)
    ended, used = time.monotonic(), time.process_time() - used
    return {
        "look_s": looked - began,
        "store_s": ended - looked,
        "cpu_s": used,
        "people": stored.people + stored.updated + stored.unchanged,
        "phones": stored.phones,
        "memory_mb": memory_mb("VmHWM"),
        "reader_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
        "file_mb": len(data) / 2**20,
    }


def import_again(file: str, times: str) -> dict[str, Any]:
    """The same list again and again: this process's memory after each."""
    after = []
    for _ in range(int(times)):
        import_list(file)
        db.end_reading()
        after.append(memory_mb("VmRSS"))
    return {"memory_mb": after}
