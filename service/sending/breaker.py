"""The breaker: a carrier whose answers say nothing is left alone for a while, then tried with a single message.

Every answer that says nothing makes a message unknown, which costs a recipient a quarter of an hour. Better few of them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from service.carriers.base import Proof

IN_A_ROW = 5
OF_THE_LAST, SHARE = 50, 0.10


class Breaker:
    """What one worker sees of a carrier. The gate that it closes is everybody's."""

    def __init__(self) -> None:
        self._last: deque[bool] = deque(maxlen=OF_THE_LAST)
        self._in_a_row = 0

    def hear(self, proofs: Iterable[Proof | None]) -> bool:
        """Take in answers as they came (none: accepted). True when the carrier is to be left alone for now."""
        tripped = False
        for proof in proofs:
            says_nothing = proof is Proof.NOTHING
            self._last.append(says_nothing)
            self._in_a_row = self._in_a_row + 1 if says_nothing else 0
            if self._in_a_row >= IN_A_ROW or self._too_many():
                tripped = True
                self._last.clear()
                self._in_a_row = 0
        return tripped

    def _too_many(self) -> bool:
        return len(self._last) == OF_THE_LAST and sum(self._last) >= OF_THE_LAST * SHARE
