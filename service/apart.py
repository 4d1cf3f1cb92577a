"""What comes from anywhere is opened in a process of its own, with little memory and little time, that may die without harm.

The libraries that open files end the whole process on some of them. ``told`` starts ``main()`` of a module and gives it
the file on standard input; it calls ``confine``, reads, and tells what it found, one JSON a line, with ``tell``.
"""

from __future__ import annotations

import importlib
import json
import resource
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
START = "import sys; sys.path.insert(0, sys.argv.pop(1)); from service import apart; apart.main()"


class TooSlow(Exception):
    """It was still reading when its time was up."""


class Refusal(Exception):
    """``code`` and ``values`` of the sentence that says what is wrong with the file."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.code, self.values_ = code, values


# ------------------------------------------------------------------------------------------- where a file comes in


def told(module: str, asked: Mapping[str, Any], data: bytes, wall_s: float) -> Iterator[Any]:
    """What ``module.main()`` tells about these bytes, line by line, as far as it comes. Raises TooSlow.

    ``asked``: what it gets from ``asked()``. When it dies there are simply no more lines.
    """
    command = [sys.executable, "-I", "-c", START, str(ROOT), module, json.dumps(asked)]
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.seek(0)
        with subprocess.Popen(
            command, stdin=file, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}
        ) as reader:
            late = threading.Event()
            watch = threading.Timer(wall_s, _stop, (reader, late))
            watch.start()
            try:
                for line in reader.stdout or ():
                    if (value := _value(line)) is None:
                        break
                    yield value
            finally:
                watch.cancel()
                reader.kill()
            if late.is_set():
                raise TooSlow


def _stop(reader: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    reader.kill()


def _value(line: bytes) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        return None


# ---------------------------------------------------------------------------------------------- in its own process


def main() -> None:
    """``argv``: the module whose ``main()`` is to run, and what it is asked."""
    importlib.import_module(sys.argv[1]).main()
    sys.stdout.flush()


def asked() -> Any:
    """What the module is to find out."""
    return json.loads(sys.argv[2])


def given() -> bytes:
    """The file."""
    return sys.stdin.buffer.read()


def confine(memory: int, cpu_s: int) -> None:
    """Little memory (bytes), little time, no files, no memory image that would hold names and numbers."""
    limits = [(resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, cpu_s), (resource.RLIMIT_FSIZE, 0)]
    for kind, most in [*limits, (resource.RLIMIT_CORE, 0)]:
        with suppress(ValueError, OSError):  # macOS does not know all of them
            resource.setrlimit(kind, (most, most))


def tell(line: Any) -> None:
    text = json.dumps(line, ensure_ascii=False, separators=(",", ":"))
    sys.stdout.buffer.write(text.encode("utf-8", "replace") + b"\n")


def refuse(refusal: Refusal) -> None:
    tell({"refused": refusal.code, "values": refusal.values_})
