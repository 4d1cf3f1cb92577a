"""``python -m workers COMMAND``: one process each. Only the module that is asked for is imported."""

from __future__ import annotations

import importlib
import sys

MODULES = {
    "run": "workers.supervisor",
    "demo": "workers.demo",
    "prepare": "workers.prepare",
    "web": "workers.web",
    "village": "workers.village",
    "worker": "workers.worker",
    "clock": "workers.clock",
}


def main(arguments: list[str]) -> int:
    name, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    if name not in MODULES:
        print(f"There is no process {name!r}; there are: {', '.join(MODULES)}.", file=sys.stderr)  # noqa: T201
        return 2
    return int(importlib.import_module(MODULES[name]).main(rest))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
