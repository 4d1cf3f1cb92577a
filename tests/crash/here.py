"""Where a run takes place: the real processes, the database, the village, and the people of the office."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import psycopg
from sqlalchemy.exc import DBAPIError

from service import db
from service.campaigns import campaigns
from service.campaigns.campaigns import Campaign
from service.sending import messages
from service.staff import accounts
from service.staff.accounts import Staff
from tests.crash.database import Database
from tests.crash.plan import Plan
from tests.crash.village import Village
from workers.stack import Stack

T = TypeVar("T")
AWAY = (DBAPIError, psycopg.OperationalError, sqlite3.OperationalError)  # the database, for a while
MANAGER = "manager@loaban.example"


@dataclass
class Here:
    """``main``: the campaign that has to reach everybody. ``others``: campaigns that will be stopped on their way."""

    plan: Plan
    stack: Stack
    database: Database
    village: Village
    main: int = 0
    calls: int = 0
    others: list[int] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    played: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def surely(self, verb: Callable[[], T], seconds: float = 60.0) -> T:
        """Do this in a transaction, again and again while the database is away."""
        end = time.monotonic() + seconds
        while True:
            try:
                with db.transaction():
                    return verb()
            except AWAY:
                db.end_reading()
                if time.monotonic() > end:
                    raise
                time.sleep(0.2)

    def campaign(self, campaign_id: int) -> Campaign:
        found = campaigns.find(campaign_id)
        assert found is not None
        return found

    def manager(self) -> Staff:
        found = accounts.find_by_email(MANAGER)
        assert found is not None
        return found

    # ---------------------------------------------------------------------------------------------- processes

    def horses(self) -> list[int]:
        """The processes that send, now: children of the workers."""
        return [
            child
            for name, pid in self.stack.pids.items()
            if name.startswith("worker-")
            for child in children(pid)
        ]

    def wires(self) -> list[int]:
        """The children of those: each speaks with the carrier for its horse."""
        return [wire for horse in self.horses() for wire in children(horse)]

    def ours(self) -> list[int]:
        """The processes of the product itself, now."""
        parents = [pid for name, pid in self.stack.pids.items() if name not in ("valkey", "village")]
        second = [child for pid in parents for child in children(pid)]
        return [*parents, *second, *(child for pid in second for child in children(pid))]

    def sending_horses(self) -> dict[int, str]:
        """Those that have rows on the wire: pid → the name of their lock."""
        try:
            names = messages.workers_sending()
        except AWAY:
            return {}
        finally:
            db.end_reading()
        alive = set(self.horses())
        named = {int(name.split("-")[-2]): name for name in names if name.count("-") >= 2}
        return {pid: name for pid, name in named.items() if pid in alive}

    def one_of(self, pids: list[int], luck: float) -> int | None:
        return pids[int(luck * len(pids))] if pids else None

    def until(self, there: Callable[[], T], seconds: float) -> T | None:
        """The first true answer, or None when there was none in time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self.over.is_set():
            if answer := there():
                return answer
            time.sleep(0.01)
        return None


def children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def kill(pid: int | None, number: int = signal.SIGKILL) -> None:
    if pid is not None:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


@contextmanager
def frozen(*pids: int | None) -> Iterator[None]:
    for pid in pids:
        kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            kill(pid, signal.SIGCONT)


def shuffled(things: list[T], seed: float) -> list[T]:
    mixed = list(things)
    random.Random(seed).shuffle(mixed)
    return mixed
