"""The migrations lead to exactly the tables that the code describes, on both databases."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine

from service import db, migrate, schema, tables
from tests.postgres import Postgres
from tests.processes import ROOT


def test_the_migrations_make_the_tables_that_the_code_describes(connected: Engine) -> None:
    with connected.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, tables.metadata) == []


def test_a_migrated_database_is_current(database_url: str) -> None:
    assert migrate.is_current(database_url)


def test_the_fast_look_believes_only_a_file_at_the_newest_revision(sqlite_url: str, tmp_path: Path) -> None:
    assert len(schema.newest()) == 1
    assert schema.surely_current(sqlite_url)
    engine = db.make_engine(sqlite_url)
    with engine.execution_options(writing=True).begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'older'")
    engine.dispose()
    assert not schema.surely_current(sqlite_url)
    assert not schema.surely_current(f"sqlite:///{tmp_path}/missing")
    assert not (tmp_path / "missing").exists()
    (tmp_path / "junk").write_text("not a database")
    assert not schema.surely_current(f"sqlite:///{tmp_path}/junk")
    assert not schema.surely_current("postgresql+psycopg://loa@db/loa")  # only a real look can tell


def test_two_machines_that_upgrade_at_once_wait_for_each_other(postgres: Postgres) -> None:
    postgres.tell("CREATE DATABASE twice")
    try:
        _upgrade_twice(postgres.url("twice"))
    finally:
        postgres.drop("twice")


def test_two_processes_that_upgrade_one_file_at_once_wait_for_each_other(tmp_path: Path) -> None:
    _upgrade_twice(f"sqlite:///{tmp_path}/twice")


def _upgrade_twice(url: str) -> None:
    command = [sys.executable, "-c", f"from service import migrate; migrate.upgrade({url!r})"]
    both = [subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE) for _ in range(2)]
    said = [each.communicate(timeout=60)[1].decode() for each in both]
    assert [each.returncode for each in both] == [0, 0], said
    assert migrate.is_current(url)
