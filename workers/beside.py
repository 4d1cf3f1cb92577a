"""The wire of a work horse, in a process of its own that ends with it.

It is forked, so it has what the horse has in memory, and shares its file lock: to others, the horse is dead only when
neither of the two lives any more.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection

from service.carriers.base import Carrier
from service.sending import wire
from workers.deathsignal import die_with_parent

END_WITHIN_S = 5.0


@contextmanager
def in_a_process(ours: Connection, theirs: Connection, carrier: Carrier, hands: int) -> Iterator[None]:
    """See service.sending.wire.Beside."""
    process = get_context("fork").Process(
        target=_serve, args=(os.getpid(), ours, theirs, carrier, hands), name="wire", daemon=True
    )
    process.start()
    theirs.close()
    try:
        yield
    finally:
        ours.close()
        process.join(END_WITHIN_S)
        if process.is_alive():
            process.kill()
            process.join()


def _serve(horse: int, ours: Connection, theirs: Connection, carrier: Carrier, hands: int) -> None:
    """Signals are the horse's: it tells over the pipe what to do. It has forgotten the horse's connections."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    die_with_parent(signal.SIGKILL, parent=horse)
    ours.close()
    wire.serve(theirs, carrier, hands)
