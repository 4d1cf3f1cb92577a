"""The book of all calls, in the order accepted, with the keys that were pressed in them."""

from __future__ import annotations

import secrets
import time
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from village.calls import Call, Wish
from village.line import Key

KEPT = 100_000  # calls, and as many keys; older ones are forgotten


@dataclass
class CallBook:
    """``orders`` is shared with the messages, so that both can be told in the order accepted."""

    account: str
    orders: Iterator[int]
    kept: int = KEPT
    accepted: deque[Call] = field(default_factory=deque)
    keys: deque[Key] = field(default_factory=deque)
    statuses: Counter[str] = field(default_factory=Counter)
    running: dict[str, Call] = field(default_factory=dict)  # by phone; one that is called meanwhile is busy
    placed: int = 0  # by the REST interface, also those forgotten since
    pressed: int = 0  # keys, likewise
    forgotten: int = 0
    _by_sid: dict[str, Call] = field(default_factory=dict)
    _by_phone: dict[str, list[Call]] = field(default_factory=dict)

    def new(self, wish: Wish, direction: str) -> Call:
        """Write a call down with a fresh SID. From here on it counts as accepted."""
        now = time.time()
        sid = "CA" + secrets.token_hex(16)
        call = Call(sid, next(self.orders), self.account, wish, direction, now, now)
        self._by_sid[sid] = call
        self._by_phone.setdefault(call.phone, []).append(call)
        self.statuses[call.status] += 1
        if direction == "outbound-api":
            self.accepted.append(call)
            self.placed += 1
        if len(self._by_sid) > self.kept:
            self._forget(next(iter(self._by_sid.values())))
        return call

    def become(self, call: Call, status: str) -> None:
        self.statuses[call.status] -= 1
        call.status, call.updated_at = status, time.time()
        self.statuses[status] += 1

    def press(self, call: Call, digit: str, *, typed: bool) -> Key:
        key = Key(
            order=next(self.orders),
            call=call.sid,
            phone=call.phone,
            office=call.office,
            digit=digit,
            at=time.time(),
            second=call.second,
            typed=typed,
        )
        call.keys.append(key)
        self.keys.append(key)
        self.pressed += 1
        if len(self.keys) > self.kept:
            self.keys.popleft()
        return key

    def get(self, sid: str) -> Call | None:
        return self._by_sid.get(sid)

    def all(self) -> tuple[Call, ...]:
        return tuple(self._by_sid.values())

    def newest(self, to: str | None, sender: str | None, below: int | None) -> Iterator[Call]:
        """Calls of all directions, newest first, from the one before order ``below``."""
        for call in self._candidates(to, sender):
            if below is not None and call.order >= below:
                continue
            if (to is None or call.to == to) and (sender is None or call.sender == sender):
                yield call

    def _candidates(self, to: str | None, sender: str | None) -> Iterator[Call]:
        for number in (to, sender):
            if number in self._by_phone:
                return reversed(self._by_phone[str(number)])
        return reversed(self._by_sid.values())

    def _forget(self, call: Call) -> None:
        self.forgotten += 1
        del self._by_sid[call.sid]
        if self.accepted and self.accepted[0] is call:
            self.accepted.popleft()
        self._by_phone[call.phone].remove(call)
        if not self._by_phone[call.phone]:
            del self._by_phone[call.phone]
