"""The village as the crash tests see it: the judge who keeps the ledger, and the weather that faults make."""

from __future__ import annotations

import itertools
import json
import threading
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

GREATEST = (
    "latency_ms",
    "list_lag_s",
    "accept_late_s",
)  # amounts: the greatest of all faults counts; shares add up
MOST = 0.9  # of all requests may go wrong at once: some have to get through


class Village:
    """Told over HTTP how to behave, and asked what it saw."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._faults: dict[int, Mapping[str, float]] = {}
        self._numbers = itertools.count()
        self._telling = threading.Lock()

    def tell(self, path: str, wish: object) -> None:
        request = urllib.request.Request(f"{self.url}/{path}", json.dumps(wish).encode())
        with urllib.request.urlopen(request, timeout=60) as answer:
            answer.read()

    def state(self) -> dict[str, Any]:
        with urllib.request.urlopen(f"{self.url}/state", timeout=60) as answer:
            return dict(json.load(answer))

    def accepted(self) -> int:
        return int(self.state()["accepted"])

    def lines(self, path: str) -> list[dict[str, Any]]:
        """Its ``log`` (accepted requests) or ``answers``."""
        with urllib.request.urlopen(f"{self.url}/{path}", timeout=60) as answer:
            return [json.loads(line) for line in answer]

    @contextmanager
    def playing(self, **faults: float) -> Iterator[None]:
        """These faults as well as those that others play, until the end of the block."""
        number = next(self._numbers)
        with self._telling:
            self._faults[number] = faults
            self._show()
        try:
            yield
        finally:
            with self._telling:
                del self._faults[number]
                self._show()

    def _show(self) -> None:
        table: dict[str, float] = {"accept_late_s": 1.5}
        for faults in self._faults.values():
            for name, value in faults.items():
                before = table.get(name, 0.0)
                table[name] = max(before, value) if name in GREATEST else min(1.0, before + value)
        creating = [
            name for name in table if name not in GREATEST and not name.startswith(("callback", "list"))
        ]
        too_much = sum(table[name] for name in creating) / MOST
        if too_much > 1:
            table |= {name: table[name] / too_much for name in creating}
        self.tell("faults", table)
