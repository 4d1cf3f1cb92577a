"""Engines: the habits that both kinds of database need. What is done with one stands in db.py."""

from __future__ import annotations

import sqlite3
import time
from functools import cache
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import Connection

BUSY_TIMEOUT_S = 20
LOOK_EVERY_S = 0.001  # whether SQLite's single writer is done


@cache
def make(url: str) -> Engine:
    """The engine of this database, with the habits both kinds need (see libraries: WAL, FULL, BEGIN IMMEDIATE for
    writers). One for each address, since it keeps what it has compiled."""
    if not url.startswith("sqlite"):
        return create_engine(
            url,
            pool_pre_ping=True,
            pool_size=20,
            max_overflow=20,
            hide_parameters=True,
            # A frozen worker must not hold the gate and the phones for ever: its transaction ends, it fences itself.
            # JIT is on by default where PostgreSQL has LLVM: it compiles 10 ms and more for a page that takes 40.
            connect_args={
                "connect_timeout": 5,
                "options": "-c lock_timeout=15000 -c idle_in_transaction_session_timeout=60000 -c jit=off",
            },
        )
    engine = create_engine(
        url, connect_args={"timeout": BUSY_TIMEOUT_S, "check_same_thread": False}, hide_parameters=True
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA cache_size=-8000")
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_S * 1000}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get("writing", False)
    if not (writing and _began_writing(connection.connection.driver_connection)):
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _began_writing(connection: Any) -> bool:
    """Wait for whoever is writing. SQLite itself would, but asleep for up to 0.1 s after the other one is done.

    False: in vain, and whoever tries once more hears why.
    """
    patience = time.monotonic() + BUSY_TIMEOUT_S
    connection.execute("PRAGMA busy_timeout=0")
    try:
        while time.monotonic() < patience:
            try:
                connection.execute("BEGIN IMMEDIATE")
                return True
            except sqlite3.OperationalError as problem:
                if problem.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    return False
            time.sleep(LOOK_EVERY_S)
        return False
    finally:
        connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_S * 1000}")
