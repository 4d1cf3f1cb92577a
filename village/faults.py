"""Faults to play: what a network does on a bad day. Shares from 0 to 1, drawn from a seeded generator.

What each one means for a request that creates a message or a call:

=================== ========= =====================================================================
name                accepted  what the client sees
=================== ========= =====================================================================
429                 no        HTTP 429, code 20429
401                 no        HTTP 401, code 20003: the account is refused
500_refused         no        HTTP 500, code 20500
500_accepted        yes       the same HTTP 500: from outside the two cannot be told apart
accept_then_hang    yes       nothing, the connection stays open until the client gives up
accept_late         later     nothing either; accepted ``accept_late_s`` seconds (3) after the request
reset               no        the connection is cut by a TCP reset
html                no        HTTP 200 and a page: some other machine on the way has answered
bad_json            yes       HTTP 201 whose body breaks off in the middle
=================== ========= =====================================================================

``callback_drop`` and ``callback_double`` are drawn for each status callback, ``callback_shuffle`` for each
message and each call: its callbacks are kept until the last one and then sent in another order. ``list_500`` is drawn for
each fetch or list, ``recording_404`` for each time that a recording is fetched. ``latency_ms`` holds every answer back *after* the work is done, so that callbacks may
overtake it. ``list_lag_s`` hides younger messages from lists (not from a fetch by SID).
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from typing import TypeVar

T = TypeVar("T")

CREATE = (
    "429", "401", "500_refused", "500_accepted", "accept_then_hang", "accept_late", "reset", "html", "bad_json",
)  # fmt: skip
SHARES = (*CREATE, "callback_drop", "callback_double", "callback_shuffle", "list_500", "recording_404")
AMOUNTS = {"latency_ms": 0.0, "list_lag_s": 0.0, "accept_late_s": 3.0}
LARGEST_AMOUNT = 86_400.0


def read_table(given: object) -> dict[str, float]:
    """A whole table from JSON; what is not named is off. Raises ValueError with one sentence."""
    if not isinstance(given, Mapping):
        raise ValueError('faults must be a JSON object such as {"429": 0.1}.')
    table = dict.fromkeys(SHARES, 0.0) | AMOUNTS
    for name, value in given.items():
        if name not in table:
            raise ValueError(f"there is no fault {name!r}; known: {', '.join(table)}.")
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(f"{name} must be a number, not {value!r}.")
        largest = LARGEST_AMOUNT if name in AMOUNTS else 1.0
        if not 0 <= value <= largest:
            raise ValueError(f"{name} must be between 0 and {largest:g}, not {value!r}.")
        table[name] = float(value)
    if sum(table[name] for name in CREATE) > 1 + 1e-9:
        raise ValueError(f"the shares of {', '.join(CREATE)} add up to more than 1.")
    return table


class Faults:
    """The table in force, and how often each fault was played."""

    def __init__(self, table: Mapping[str, float], seed: int) -> None:
        self.table = dict(table)
        self.played: Counter[str] = Counter()
        # One stream for each purpose: how many callbacks were sent must not change which requests fail.
        self._requests = random.Random(f"{seed}:requests")  # noqa: S311 a game, not a secret
        self._callbacks = random.Random(f"{seed}:callbacks")  # noqa: S311
        self._lists = random.Random(f"{seed}:lists")  # noqa: S311

    def change(self, table: Mapping[str, float]) -> None:
        self.table = dict(table)

    def for_create(self) -> str:
        """The fault to play on this create request, or an empty string."""
        point, edge = self._requests.random(), 0.0
        for name in CREATE:
            edge += self.table[name]
            if point < edge:
                self.played[name] += 1
                return name
        return ""

    def strikes_callback(self, name: str) -> bool:
        return self._strikes(name, self._callbacks)

    def strikes_list(self) -> bool:
        return self._strikes("list_500", self._lists)

    def strikes_recording(self) -> bool:
        return self._strikes("recording_404", self._lists)

    def shuffled(self, things: list[T]) -> list[T]:
        """The same things in another order than they came."""
        mixed = list(things)
        while len(things) > 1 and mixed == things:
            self._callbacks.shuffle(mixed)
        return mixed

    def _strikes(self, name: str, stream: random.Random) -> bool:
        if stream.random() >= self.table[name]:
            return False
        self.played[name] += 1
        return True
