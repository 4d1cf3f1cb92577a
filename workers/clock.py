"""The clock: does each duty of upkeep when its time has come. Two clocks at once are harmless."""

from __future__ import annotations

import signal
import sys
import threading
import time
from types import FrameType

from service import db, logs, settings
from workers import together, upkeep
from workers.arguments import Arguments

TICK_S = 0.5


def main(arguments: list[str]) -> int:
    """Run until SIGTERM."""
    Arguments(prog="./loa clock", description=__doc__).parse_args(arguments)
    known = settings.get()
    logs.configure(known.log_level)
    db.connect(known.database_url)
    if refused := together.refusal():
        print(refused, file=sys.stderr)  # noqa: T201
        return 2
    ending = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        ending.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    due = {duty.name: 0.0 for duty in upkeep.DUTIES}
    while not ending.is_set():
        for duty in upkeep.DUTIES:
            if time.monotonic() >= due[duty.name] and not ending.is_set():
                due[duty.name] = time.monotonic() + duty.every_s
                upkeep.do(duty)
        ending.wait(TICK_S)
    return 0
