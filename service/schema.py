"""Is the database file at the newest revision? Asked at every start, so it must cost nothing (see migrate.py)."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from service import settings

VERSIONS = settings.ROOT / "migrations" / "versions"
_REVISION = re.compile(r"^revision(?:: str)? = [\"'](\w+)[\"']", re.MULTILINE)
_BEFORE = re.compile(r"^down_revision(?:: [^=]+)? = [\"'](\w+)[\"']", re.MULTILINE)
SQLITE = "sqlite:///"


def newest() -> set[str]:
    """The revisions that none comes after: one, unless two people added one each."""
    texts = [path.read_text(encoding="utf-8") for path in VERSIONS.glob("*.py")]
    revisions = {match for text in texts for match in _REVISION.findall(text)}
    return revisions - {match for text in texts for match in _BEFORE.findall(text)}


def surely_current(database_url: str) -> bool:
    """A look into the SQLite file. False means: let migrate.upgrade() look (and for PostgreSQL, always)."""
    path = Path(database_url.removeprefix(SQLITE))
    if not database_url.startswith(SQLITE) or not path.is_file():
        return False
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=1)) as file:
            rows = file.execute("SELECT version_num FROM alembic_version").fetchall()
    except sqlite3.Error:
        return False
    return {row[0] for row in rows} == newest()
