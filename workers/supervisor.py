"""``./loa run``: everything on this PC, in the foreground, until Ctrl-C or SIGTERM."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType

from service import settings
from workers.arguments import Arguments
from workers.preparation import Welcome
from workers.stack import NotStarted, Stack, Wanted

VILLAGE_PORT = 8100
END = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main(arguments: list[str]) -> int:
    """0: asked to stop. 1: could not start, or a part of it failed for good. 2: a setting or an argument is wrong."""
    parser = Arguments(prog="./loa run", description="Everything of Loa Bản on this PC. Ctrl-C stops it.")
    parser.add_argument(
        "--port", type=int, default=8000, help="of the pages; 0 takes any free one (default: 8000)"
    )
    parser.add_argument(
        "--host", default="127.0.0.1", help="0.0.0.0 lets other machines in (default: 127.0.0.1)"
    )
    parser.add_argument("--empty", action="store_true", help="without the sample villagers of a rehearsal")
    options = parser.parse_args(arguments)
    try:
        config = settings.load()
    except settings.SettingsError as problem:
        return _say(str(problem), 2)
    env = {**os.environ, "DATABASE_URL": config.database_url}
    wanted = Wanted(host=options.host, port=options.port, village_port=VILLAGE_PORT, empty=options.empty)
    return _keep(Stack(config.data, env, wanted))


def _keep(stack: Stack) -> int:
    asked: list[int] = []

    def end(number: int, _frame: FrameType | None) -> None:
        asked.append(number)
        stack.ask_to_end()

    for number in END:
        signal.signal(number, end)
    try:
        stack.start()
        if not asked:
            print(_words(stack), flush=True)  # noqa: T201
        stack.join()
    except NotStarted as problem:
        if (
            stack.welcome is not None and stack.welcome.password
        ):  # it was made just now and will not be known again
            print("\n".join(_login(stack.welcome)), flush=True)  # noqa: T201
        return _say(str(problem), 1)
    return 0


def _words(stack: Stack) -> str:
    """What to tell whoever started it: the address, the first login, what to click."""
    lines = ["", f"Loa Bản is running: {stack.public_url}"]
    if stack.rehearsal:
        lines.append(f"Diễn tập – không tin nào ra ngoài. The villagers' phones: {stack.village_url}")
    welcome = stack.welcome
    if welcome is not None:
        lines += ["", *_login(welcome), *welcome.lines]
    return "\n".join([*lines, "", "Ctrl-C stops everything.", ""])


def _login(welcome: Welcome) -> list[str]:
    """The password is printed here, once, and kept nowhere."""
    if not welcome.email:
        return []
    return [f"First login:  {welcome.email}", f"Password:     {welcome.password}", ""]


def _say(sentence: str, status: int) -> int:
    print(sentence, file=sys.stderr)  # noqa: T201
    return status
