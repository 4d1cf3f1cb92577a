"""What happens on a phone that is called: a table of kinds with shares, and for each phone one of them by seed and number.

Times are seconds of the call. ``call_speed`` of them pass in one second of the clock, so that a rehearsal is lively;
a call that a person holds in hand on the page passes at ``hand_speed``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields

from village import wishes

OUTCOMES = ("answered", "busy", "no-answer", "failed")
TIMES = ("after", "picks_up", "hangs_up")
LONGEST = 86_400.0
FASTEST = 100_000.0
KEYS = frozenset("0123456789*#")


@dataclass(frozen=True)
class CallKind:
    """``keys`` has what is pressed at the first question, at the second, …; ``after`` is the time from question to
    key, ``picks_up`` that of ringing, ``hangs_up`` that from picking up: None leaves them to the settings."""

    outcome: str = "answered"
    machine: bool = False
    keys: tuple[str, ...] = ()
    after: float | None = None
    picks_up: float | None = None
    hangs_up: float | None = None
    by_hand: bool = False  # rings until a person picks up on the page
    mute: bool = False  # what is recorded of this phone is silence


KINDS: dict[str, CallKind] = {
    "listens": CallKind(),
    "presses_1": CallKind(keys=("1",)),
    "presses_2_then_1": CallKind(keys=("2", "1")),
    "presses_9": CallKind(keys=("9",)),
    "presses_0": CallKind(keys=("0",)),
    "presses_nonsense": CallKind(keys=("7", "*", "8")),
    "presses_many": CallKind(keys=("1919", "55#", "1")),
    "hangs_up": CallKind(hangs_up=4.0),
    "machine": CallKind(machine=True, hangs_up=60.0),
    "busy": CallKind("busy"),
    "no_answer": CallKind("no-answer"),
    "off": CallKind("failed"),
    "by_hand": CallKind(by_hand=True),
}
SHARES: dict[str, float] = {
    "listens": 0.22,
    "presses_1": 0.16,
    "presses_2_then_1": 0.05,
    "presses_9": 0.04,
    "presses_0": 0.03,
    "presses_nonsense": 0.04,
    "presses_many": 0.02,
    "hangs_up": 0.10,
    "busy": 0.06,
    "no_answer": 0.18,
    "machine": 0.04,
    "off": 0.06,
}
SECONDS: dict[str, float] = {
    "ring_seconds": 6.0,  # until it is picked up, in the middle; each phone takes half to one and a half
    "key_seconds": 5.0,  # from a question to the key
    "speech_seconds": 8.0,  # of a villager who is asked to speak
    "talk_seconds": 30.0,  # of two people who are connected
}
SPEEDS: dict[str, float] = {"call_speed": 10.0, "hand_speed": 1.0}
NAMES = frozenset({"call_phones", "call_shares", *SECONDS, *SPEEDS})

Told = dict[str, str | CallKind | None]


@dataclass(frozen=True)
class Change:
    """A wish that was read and is right."""

    phones: Told
    shares: dict[str, float] | None
    settings: dict[str, float]


class CallHabits:
    """The table in force. ``fraction`` gives a number in [0, 1) for each phone and purpose."""

    def __init__(self, fraction: Callable[[str, str], float]) -> None:
        self._fraction = fraction
        self.shares = dict(SHARES)
        self.settings = SECONDS | SPEEDS
        self.phones: dict[str, str | CallKind] = {}

    def of(self, number: str) -> CallKind:
        told = self.phones.get(number)
        if isinstance(told, CallKind):
            return told
        return KINDS[told or wishes.drawn(self.shares, self._fraction(number, "call"), "listens")]

    def speed(self, in_hand: bool) -> float:
        """How many seconds of a call pass in one of the clock."""
        return self.settings["hand_speed" if in_hand else "call_speed"]

    def spread(self, number: str, seconds: str) -> float:
        """A time around the middle value of this setting: half to one and a half of it."""
        return self.settings[seconds] * (0.5 + self._fraction(number, seconds))

    def read(self, wish: Mapping[str, object]) -> Change:
        """The part of a wish that is about calls. Raises ValueError with one sentence."""
        shares = wish.get("call_shares")
        return Change(
            phones=wishes.phones("call_phones", wish.get("call_phones", {}), read_kind),
            shares=None if shares is None else wishes.shares("call_shares", shares, KINDS),
            settings={name: wishes.amount(name, wish[name], LONGEST) for name in SECONDS if name in wish}
            | {name: wishes.amount(name, wish[name], FASTEST, 0.1) for name in SPEEDS if name in wish},
        )

    def apply(self, change: Change) -> None:
        self.shares = self.shares if change.shares is None else change.shares
        self.settings |= change.settings
        for number, kind in change.phones.items():
            self.phones.pop(number, None)
            if kind is not None:
                self.phones[number] = kind

    def as_json(self) -> dict[str, object]:
        told = {n: kind if isinstance(kind, str) else _as_json(kind) for n, kind in self.phones.items()}
        return {
            "call_kinds": list(KINDS),
            "call_shares": self.shares,
            **self.settings,
            "call_phones": told,
        }


def read_kind(wish: object) -> str | CallKind | None:
    """A name of the table, or ``{"keys": ["2", "1"], "after": 3, "hangs_up": 20}``; null is ordinary again."""
    if wish is None or (isinstance(wish, str) and wish in KINDS):
        return wish if wish is None else str(wish)
    known = [field.name for field in fields(CallKind)]
    if not isinstance(wish, Mapping) or not set(wish) <= set(known):
        raise ValueError(
            f"{wish!r} is not a behaviour; known: {', '.join(KINDS)}, or an object of {', '.join(known)}."
        )
    times = {name: wishes.amount(name, wish[name], LONGEST) for name in TIMES if name in wish}
    return CallKind(
        outcome=_outcome(wish.get("outcome", "answered")),
        machine=_flag("machine", wish.get("machine", False)),
        keys=_keys(wish.get("keys", [])),
        by_hand=_flag("by_hand", wish.get("by_hand", False)),
        mute=_flag("mute", wish.get("mute", False)),
        **times,
    )


def _outcome(value: object) -> str:
    if value not in OUTCOMES:
        raise ValueError(f"outcome must be one of {', '.join(OUTCOMES)}, not {value!r}.")
    return str(value)


def _flag(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{name} must be true or false, not {value!r}.")
    return value


def _keys(given: object) -> tuple[str, ...]:
    pressed = [given] if isinstance(given, str) else given
    if not isinstance(pressed, list) or not all(isinstance(one, str) and set(one) <= KEYS for one in pressed):
        raise ValueError(f'keys must be a list of keys for each question such as ["2", "1"], not {given!r}.')
    return tuple(pressed)


def _as_json(kind: CallKind) -> dict[str, object]:
    usual = CallKind()
    values = {field.name: getattr(kind, field.name) for field in fields(CallKind)}
    return {name: value for name, value in values.items() if value != getattr(usual, name)}
