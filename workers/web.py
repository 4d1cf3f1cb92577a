"""The web process: gunicorn with gunicorn.conf.py."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

from service import db, settings
from workers import together
from workers.arguments import Arguments


def command(bind: str) -> list[str]:
    """What starts it. ``bind`` is HOST:PORT, or fd://N for a socket that is open already."""
    config = str(settings.ROOT / "gunicorn.conf.py")
    return [sys.executable, "-m", "gunicorn", "--config", config, "--bind", bind, "wsgi:app"]


def main(arguments: list[str]) -> int:
    """``./loa web``: become gunicorn. Returns only when a setting is wrong."""
    parser = Arguments(prog="./loa web", description="The web process alone, for a server.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    wanted = parser.parse_args(arguments)
    try:
        db.connect(settings.load().database_url)
        refused = together.refusal()
        db.engine().dispose()
    except settings.SettingsError as problem:
        refused = str(problem)
    if refused:
        print(refused, file=sys.stderr)  # noqa: T201
        return 2
    return _become(command(f"{wanted.host}:{wanted.port}"))


def _become(program: list[str]) -> NoReturn:
    os.execv(program[0], program)  # noqa: S606  (our own program, no shell)
