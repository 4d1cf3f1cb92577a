"""The letterbox itself: many rows named at once, and turns at SQLite's single writer."""

from __future__ import annotations

import sqlite3
import threading
import time

import pytest
from sqlalchemy import Engine, select

from service import db
from service.staff.accounts import Staff
from tests import world


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
