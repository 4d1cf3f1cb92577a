"""The way of the database from one shape to the next: Alembic, run by us."""

from __future__ import annotations

import sys
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from service import engines, settings

FOLDER = settings.ROOT / "migrations"


def is_current(database_url: str | None = None) -> bool:
    """Is this database at the newest revision? (For a start that must be fast see schema.surely_current.)"""
    wanted = set(ScriptDirectory.from_config(_config(database_url)).get_heads())
    engine = engines.make(database_url or settings.get().database_url)
    try:
        with engine.connect() as connection:
            return set(MigrationContext.configure(connection).get_current_heads()) == wanted
    finally:
        engine.dispose()


def upgrade(database_url: str | None = None, revision: str = "head") -> None:
    """Bring this database to the newest revision, in one transaction. Two at once wait for each other."""
    command.upgrade(_config(database_url), revision)


def draft(message: str, database_url: str | None = None) -> Path:
    """Write the next revision: what the tables have and this database, which must be current, has not. To be read
    and corrected by whoever asked for it."""
    script = command.revision(_config(database_url), message, autogenerate=True)
    assert script is not None
    assert not isinstance(script, list)
    return Path(script.path)


def _config(database_url: str | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(year)d_%%(month).2d_%%(day).2d_%%(slug)s")
    config.attributes["database_url"] = database_url or settings.get().database_url
    return config


if __name__ == "__main__":
    upgrade()
    print(draft(" ".join(sys.argv[1:])))  # noqa: T201  (for us: python -m service.migrate WHAT CHANGES)
