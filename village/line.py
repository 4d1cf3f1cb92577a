"""The line of one call: its own clock, the keys that come over it, and everything that may interrupt what is being said."""

from __future__ import annotations

import asyncio
import math
import time
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")


class Interrupted(Exception):
    """Something ends what is going on in a call."""


class PickedUp(Interrupted):
    """A person on the page takes the ringing phone."""


class Ended(Interrupted):
    """Somebody ends the call, which then has this status. ``by`` is the call whose end it was."""

    def __init__(self, status: str, by: str = "") -> None:
        super().__init__(status)
        self.status, self.by = status, by


@dataclass(frozen=True)
class Script:
    """Where a call finds what to do: an address that is asked, or the TwiML itself."""

    url: str = ""
    method: str = "POST"
    twiml: str = ""
    fields: tuple[tuple[str, str], ...] = ()  # sent along, such as the digits


NOWHERE = Script()


class Redirected(Interrupted):
    """The call is sent to another document from outside."""

    def __init__(self, script: Script) -> None:
        super().__init__(script.url)
        self.script = script


@dataclass(slots=True, eq=False)
class Key:
    """A pressed key. ``hook``: ignored as long as nobody has asked for it, then waiting, received or failed."""

    order: int
    call: str
    phone: str
    office: str
    digit: str
    at: float
    second: float  # of the call, from picking up
    typed: bool
    hook: str = "ignored"


class Line:
    """``elapsed`` counts the seconds of the call; ``speed`` of them pass in one second of the clock.

    What the village plays itself (words, pauses, ringing) passes by this clock; what a web server needs to answer
    takes its own time, which is not made faster.
    """

    def __init__(self, speed: Callable[[bool], float], press: Callable[[str], object]) -> None:
        self.elapsed = 0.0
        self.in_hand = False  # a person on the page holds one of its phones
        self.hangs_up_at = math.inf
        self._speed, self._press = speed, press
        self._keys: deque[Key] = deque()
        self._coming: deque[tuple[float, str]] = deque()  # keys by habit
        self._order: Interrupted | None = None
        self._stir = asyncio.Event()

    def take(self, key: Key) -> None:
        self._keys.append(key)
        self._stir.set()

    def interrupt(self, order: Interrupted) -> None:
        self._order = order
        self._stir.set()

    def expect(self, keys: str, after: float, gap: float) -> None:
        """The villager will press these keys from now on; what was planned before is given up."""
        self._coming = deque((self.elapsed + after + gap * place, key) for place, key in enumerate(keys))

    def hurry(self, seconds: float) -> None:
        """Who means to press a key does it in so many seconds, while there is time."""
        late = self._coming[0][0] - self.elapsed - seconds if self._coming else 0.0
        if late > 0:
            self._coming = deque((at - late, key) for at, key in self._coming)

    def clear_keys(self) -> None:
        """What was pressed before anybody asked is lost, as with Twilio."""
        self._keys.clear()

    async def listen(self, seconds: float) -> Key | None:
        """The next key, or None when none comes in so many seconds. Raises what interrupts the call."""
        end = self.elapsed + seconds
        while True:
            self._obey()
            if self._keys:
                return self._keys.popleft()
            if self._coming and self._coming[0][0] <= self.elapsed:
                self._press(self._coming.popleft()[1])
            elif self.elapsed >= end:
                return None
            else:
                planned = self._coming[0][0] if self._coming else math.inf
                await self._sleep(min(end, planned, self.hangs_up_at) - self.elapsed)

    async def wait(self, seconds: float) -> None:
        """Let time pass; keys are not heard."""
        end = self.elapsed + seconds
        while await self.listen(end - self.elapsed) is not None:
            pass

    async def during(self, work: Coroutine[Any, Any, T]) -> T:
        """Wait for a web server. Who hangs up meanwhile is heard afterwards: the request is on its way already."""
        began = time.monotonic()
        try:
            return await work
        finally:
            self.elapsed += time.monotonic() - began

    def _obey(self) -> None:
        if self._order is not None:
            order, self._order = self._order, None
            raise order
        if self.elapsed >= self.hangs_up_at:
            self.hangs_up_at = math.inf
            raise Ended("completed")

    async def _sleep(self, seconds: float) -> None:
        began, speed = time.monotonic(), self._speed(self.in_hand)
        try:
            async with asyncio.timeout(seconds / speed):
                await self._stir.wait()
        except TimeoutError:
            self.elapsed += seconds
            return
        self._stir.clear()
        self.elapsed += min(seconds, (time.monotonic() - began) * speed)
