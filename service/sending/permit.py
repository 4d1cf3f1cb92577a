"""Permit: may this machine hand the messages of this database to a live carrier? Asked at the beginning of every drain."""

from __future__ import annotations

import structlog

from service import db, settings
from service.carriers import directory
from service.sending import installation, restored

log = structlog.get_logger()


def given() -> bool:
    """Never by a machine that does not belong to this database. One that was put back from a backup closes its gates
    here, before anything is claimed. A rehearsal needs no permit: nothing leaves the machine."""
    if settings.get().rehearsal:
        return True
    with db.transaction():
        if not installation.is_ours():
            log.error("installation.cloned", advice="./loa doctor")
            return False
        restored.watch(directory.names(), db.clock())
    return True
