"""The letterbox itself: many rows named at once, and turns at SQLite's single writer."""

from __future__ import annotations

import sqlite3
import threading
import time

import pytest
from sqlalchemy import Engine, func, select

from service import db
from service.staff.accounts import Staff
from tests import world
from tests.postgres import Postgres


@pytest.mark.parametrize("ids", [[], [2], [3, 1, 3], [1, 2, 3, 2**40]])
def test_among_finds_exactly_these(connected: Engine, ids: list[int]) -> None:
    with db.transaction():
        for number in range(1, 4):
            world.staff(email=f"{number}@loaban.example")
    found = db.session().scalars(select(Staff.id).where(db.among(Staff.id, ids)).order_by(Staff.id))
    assert list(found) == sorted({1, 2, 3} & set(ids))


def test_a_writer_waits_for_the_one_who_writes(sqlite_url: str) -> None:
    db.connect(sqlite_url)
    other = sqlite3.connect(
        sqlite_url.removeprefix("sqlite:///"), isolation_level=None, check_same_thread=False
    )
    other.execute("BEGIN IMMEDIATE")
    released: list[float] = []

    def release() -> None:
        released.append(time.monotonic())
        other.execute("COMMIT")

    threading.Timer(0.3, release).start()
    with db.transaction() as writer:
        writer.connection()  # begins with the first statement
        began = time.monotonic()
    assert began >= released[0]
    other.close()
    db.engine().dispose()


def test_a_reader_that_was_cut_off_ends_quietly_and_the_next_one_reads(
    postgres: Postgres, postgresql_url: str
) -> None:
    db.connect(postgresql_url)
    pid = db.session().scalar(select(func.pg_backend_pid()))
    postgres.tell(f"SELECT pg_terminate_backend({pid}, 5000)")
    db.end_reading()
    assert db.session().scalar(select(func.pg_backend_pid())) != pid
    db.end_reading()
    db.engine().dispose()
