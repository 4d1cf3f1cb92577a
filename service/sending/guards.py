"""Guards: a full disk or a wrong clock on this machine stops sending for everybody, until it is well again by itself."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from service import db, settings
from service.sending import gates

LEAST_FREE = 500_000_000  # bytes
CLOCKS_APART = timedelta(seconds=120)
RESTS_S = 150.0  # looked at every minute
TROUBLES = DISK_FULL, CLOCK_WRONG = "disk_full", "clock_wrong"


def free_bytes(folder: Path) -> int:
    """0 where no file can be made any more: a disk may run out of other things than bytes, or be read-only."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            return shutil.disk_usage(folder).free
    except OSError:
        return 0


def trouble(free: int, here: datetime, database: datetime) -> str:
    """Why nothing may be sent now; empty when nothing is wrong. On a full disk no result can be noted, so that each
    message would end as unknown; and of two clocks that differ one is wrong, perhaps the one by which hours are kept."""
    if free < LEAST_FREE:
        return DISK_FULL
    return CLOCK_WRONG if abs(here - database) > CLOCKS_APART else ""


def trouble_here(now: datetime) -> str:
    """What is wrong with this machine, ``now`` by the database's clock; empty when nothing is."""
    return trouble(free_bytes(settings.get().data), datetime.now(UTC), now)


def watch(carriers: list[str], said: Mapping[str, datetime | None] | None = None) -> str:
    """Rest all gates while something is wrong here, and the gate of a carrier whose clock (``said``, asked just now)
    differs from this machine's: one of the two is wrong. Returns what is."""
    now = db.clock()
    reason = trouble_here(now)
    if reason:
        for carrier in carriers:
            gates.rest_all(carrier, RESTS_S, reason, now)
        return reason
    here = datetime.now(UTC)
    for carrier, theirs in (said or {}).items():
        if theirs is not None and abs(theirs - here) > CLOCKS_APART:
            gates.rest_all(carrier, RESTS_S, CLOCK_WRONG, now)
            reason = CLOCK_WRONG
    return reason
