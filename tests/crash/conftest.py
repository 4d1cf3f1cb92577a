"""Databases that can be hurt, and a line about every run at the end."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.crash import run
from tests.crash.database import Database, Postgresql, Sqlite
from tests.crash.plan import Plan
from tests.crash.run import Told

LINES = 60  # of the processes' own words, when something is not true

Play = Callable[..., Told]


@pytest.fixture
def fresh_database(migrated_file: Path, tmp_path: Path) -> Iterator[Callable[[str], Database]]:
    """An empty database of this kind, for one run."""
    servers: list[Postgresql] = []

    def fresh(kind: str) -> Database:
        if kind == "sqlite":
            return Sqlite(Path(shutil.copy(migrated_file, tmp_path / "loa.sqlite3")))
        servers.append(Postgresql())
        return servers[-1]

    yield fresh
    for server in servers:
        server.stop()


@pytest.fixture
def play(
    fresh_database: Callable[[str], Database], tmp_path: Path, record_property: Callable[[str, object], None]
) -> Play:
    """``play(plan, mutant="")``: one run on a fresh database of the plan's kind. Its sentence stands in the summary."""

    def once(plan: Plan, mutant: str = "", patience_s: float = run.QUIET_WITHIN_S) -> Told:
        print(f"seed {plan.seed}, {plan.database}")
        database = fresh_database(plan.database)
        if mutant:
            told = run.run_mutant(mutant, plan, database, tmp_path, patience_s)
        else:
            told = run.run(plan, database, tmp_path, patience_s)
        record_property("crash", told.sentence())
        print(told.sentence(), told.played, *told.broken, f"Again: {told.again}", sep="\n")
        print(*(tmp_path / "log").read_text(errors="replace").splitlines()[-LINES:], sep="\n")
        return told

    return once
