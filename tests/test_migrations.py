"""The migrations lead to exactly the tables that the code describes, on both databases."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from service import engines, migrate, schema, tables
from service.registry.people import Person
from service.registry.phones import PersonPhone, Phone
from service.sending.messages import Message
from tests.postgres import Postgres
from tests.processes import ROOT


def test_the_migrations_make_the_tables_that_the_code_describes(connected: Engine) -> None:
    with connected.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, tables.metadata) == []


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/empty"
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    postgres.tell("CREATE DATABASE empty")
    yield postgres.url("empty")
    postgres.drop("empty")


FIRST = "a35b4340931d"
# One row in every table whose shape changed since, as the first release wrote them.
ROWS = (
    "INSERT INTO staff (id, email, name, role, password_hash, must_change_password, active, language, failed_logins,"
    " session_epoch, created_at)"
    " VALUES (1, 'a@vidu.vn', 'A', 'manager', 'x', false, true, 'vi', 0, 1, '2026-11-01 00:00:00')",
    "INSERT INTO person (id, name, note, consents, search_key, sort_key, created_at, updated_at)"
    " VALUES (1, 'Sùng Mí Páo', '', true, 'sung mi pao', '1', '2026-11-01 00:00:00', '2026-11-01 00:00:00')",
    "INSERT INTO phone (id, e164, kind, state, opt_outs, created_at)"
    " VALUES (1, '+84912000345', 'mobile', 'good', 0, '2026-11-01 00:00:00')",
    "INSERT INTO person_phone (person_id, phone_id, position, raw, normalised_by) VALUES (1, 1, 1, '0912000345', '')",
    "INSERT INTO consent (id, person_id, purpose, given, channel, words, proof, at)"
    " VALUES (1, 1, 'job_notices', true, 'paper', 'x', '', '2026-11-01 00:00:00')",
    "INSERT INTO employer (id, name, search_key, address, contact, licence_number, created_at)"
    " VALUES (1, 'May Hoa', 'may hoa', '', '', '', '2026-11-01 00:00:00')",
    "INSERT INTO campaign (id, code, state, carrier, employer_id, post, place, reach, country, audience, text, encoding,"
    " window_from, window_to, created_by, created_at, content_hash, pause_reason, frozen, recipients, excluded)"
    " VALUES (1, 'A001', 'finished', 'twilio', 1, '', '', 'in_province', '', '{}', '', 'plain', 0, 1440, 1,"
    " '2026-11-01 00:00:00', '', '', '{}', 1, '{}')",
    "INSERT INTO message (id, campaign_id, phone_id, kind, channel, attempt, carrier, state, rank, text, parts, price_vnd,"
    " due, dispatched_at, changed_at, code, word, looks) VALUES (1, 1, 1, 'notice', 'sms', 1, 'twilio', 'delivered', 50,"
    " 'x', 1, 800, '2026-11-02 00:00:00', '2026-11-02 00:00:00', '2026-11-02 00:00:00', '', '', 0)",
)  # fmt: skip


def test_a_database_of_the_first_release_keeps_its_rows_and_learns_what_the_new_columns_mirror(
    empty_url: str,
) -> None:
    migrate.upgrade(empty_url, FIRST)
    engine = engines.make(empty_url)
    with engine.execution_options(writing=True).begin() as connection:
        for row in ROWS:
            connection.exec_driver_sql(row)
    migrate.upgrade(empty_url)
    with Session(engine) as session:
        [person] = session.query(Person)
        assert (person.name, person.listed, person.guardian) == ("Sùng Mí Páo", True, "")
        [phone] = session.query(Phone)
        assert phone.contacted_at == datetime(2026, 11, 2, tzinfo=UTC)
        [link] = session.query(PersonPhone)
        assert (link.owner, link.verified_at) == ("", datetime(2026, 11, 1, tzinfo=UTC))
        assert [message.wave for message in session.query(Message)] == [1]
    engine.dispose()


def test_a_migrated_database_is_current(database_url: str) -> None:
    assert migrate.is_current(database_url)


def test_the_fast_look_believes_only_a_file_at_the_newest_revision(sqlite_url: str, tmp_path: Path) -> None:
    assert len(schema.newest()) == 1
    assert schema.surely_current(sqlite_url)
    engine = engines.make(sqlite_url)
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
