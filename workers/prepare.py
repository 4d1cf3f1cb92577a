"""Once per start: the database at its newest shape, the first account, and in a rehearsal the sample villagers.

Its own process, so that the keeper of all processes stays small; what to tell people goes to standard output as JSON.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

from service import db, logs, migrate, schema, settings, welcome
from workers import together
from workers.arguments import Arguments


def main(arguments: list[str]) -> int:
    parser = Arguments(prog="python -m workers prepare", description=__doc__)
    parser.add_argument("--empty", action="store_true", help="no sample villagers")
    wanted = parser.parse_args(arguments)
    config = settings.get()
    logs.configure(config.log_level)
    db.connect(config.database_url)
    if not schema.surely_current(config.database_url):
        if refused := together.refusal():
            print(refused, file=sys.stderr)  # noqa: T201
            return 2
        migrate.upgrade()
    json.dump(asdict(welcome.prepare(wanted.empty)), sys.stdout, ensure_ascii=False)
    return 0
