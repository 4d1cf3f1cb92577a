"""Many work horses at once, as on many machines: ``python -m tests.crash.crowd 16``.

Each is what a worker forks for a job; the product is imported once for all of them.
"""

from __future__ import annotations

import os
import sys

from service import db, logs, settings
from tests.crash.faults import CARRIER
from workers import sending


def main(horses: int) -> int:
    """0 when all of them ended well."""
    known = settings.get()
    logs.configure(known.log_level)
    db.connect(known.database_url)
    pids = [_horse() for _ in range(horses)]
    return max(os.waitpid(pid, 0)[1] for pid in pids)


def _horse() -> int:
    """Fork one; it drains the carrier and ends. Returns its pid, in the parent."""
    pid = os.fork()
    if pid == 0:
        sending.prepare_horse()
        sending.drain(CARRIER)
        os._exit(0)
    return pid


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
