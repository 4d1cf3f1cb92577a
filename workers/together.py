"""Several machines on one database: one that cannot work together with the others is not started."""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy.exc import SQLAlchemyError

from service import db
from service.sending import machines


def refusal() -> str:
    """One sentence, or nothing. A database that does not answer, or is quite new, is no reason: the clock looks again."""
    differing: list[str] = []
    with suppress(SQLAlchemyError, OSError):  # a full disk, before this machine has a name
        found = machines.differences(db.clock())
        differing = [one.machine for one in found if one.setting == machines.SECRET]
    with suppress(SQLAlchemyError):
        db.end_reading()
    if not differing:
        return ""
    return (
        f"Machine {differing[0]} works on this database with another SECRET_KEY: set the same one on all machines"
        " (see docs/install.md), or stop that one and start this in three minutes."
    )
