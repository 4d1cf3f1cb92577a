"""The clone guard: whose database is this? A copy of it with the same live account would send everything a second time.

The same word stands in the database and in the data folder of every machine that belongs to it. A machine whose folder
says something else, or nothing, sends nothing by a live carrier until an administrator lets it join (``./loa join``).
"""

from __future__ import annotations

import os
import secrets
from datetime import datetime
from pathlib import Path

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, mapped_column

from service import db, settings
from service.sending import locks
from service.staff import history

CLONED = "cloned"
ONLY_ROW = 1


class Installation(db.Base):
    __tablename__ = "installation"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # always 1: there is one row
    identity: Mapped[str] = mapped_column(String(64))
    founded_at: Mapped[datetime]


def path() -> Path:
    return settings.get().data / "installation"


def known() -> str:
    """The word in the database; empty before the first start."""
    return db.session().scalar(select(Installation.identity)) or ""


def here() -> str:
    """The word in this machine's data folder; empty when it has none."""
    try:
        return path().read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return ""


def is_ours() -> bool:
    """Does this machine belong to this database? A database that has no word yet takes that of the folder that asks
    first. Needs a transaction."""
    return (known() or _found()) == here()


def is_foreign() -> bool:
    """The same, for pages that only read: nothing is founded."""
    return known() not in ("", here())


def join() -> bool:
    """Let this machine work on this database from now on. False when it does already."""
    if is_ours():
        return False
    draft = path().with_name(f".installation.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(known())
    draft.replace(path())
    history.record("installation.joined", None, machine=locks.machine())
    return True


def _found() -> str:
    identity = settings.kept(path(), 16)
    db.insert_new(Installation, {"id": ONLY_ROW, "identity": identity, "founded_at": db.clock()})
    return known()
