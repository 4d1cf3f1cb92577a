"""Called by Alembic: one transaction for the whole way, on either database."""

from typing import Any

from alembic import context
from sqlalchemy import Connection, text

from service import engines, tables

UPGRADE_LOCK = 0x10A  # any number, the same for all: PostgreSQL lets one upgrade in at a time


def run() -> None:
    engine = engines.make(context.config.attributes["database_url"])
    try:
        with engine.execution_options(writing=True).connect() as connection:
            if connection.dialect.name == "sqlite":
                _migrate_sqlite(connection)
            else:
                _migrate(connection)
    finally:
        engine.dispose()


def _migrate_sqlite(connection: Connection) -> None:
    """SQLite changes a table by copying it, and dropping the old one must not take the rows that refer to it along."""
    raw: Any = connection.connection.driver_connection
    raw.execute("PRAGMA foreign_keys=OFF")  # has no effect inside a transaction, so before it
    _migrate(connection)


def _migrate(connection: Connection) -> None:
    sqlite = connection.dialect.name == "sqlite"
    with connection.begin():
        if not sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": UPGRADE_LOCK})
        context.configure(
            connection=connection,
            target_metadata=tables.metadata,
            render_as_batch=sqlite,
            transactional_ddl=True,  # true of SQLite too, since we say BEGIN ourselves
            compare_type=True,
            user_module_prefix="db.",
        )
        context.run_migrations()
        if sqlite:
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise RuntimeError(f"the migration left {len(broken)} rows that refer to nothing")


run()
