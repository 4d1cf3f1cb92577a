"""What a call does, step by step, in no carrier's words. A script is a tuple of steps; a carrier renders it.

Where a step leads is written ``kind/token`` or ``kind/token?query`` with the kinds below; the carrier makes its own
address of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

SAY, KEY, RECORDING, CONNECTION = "voice", "key", "recording", "connection"
RECORDED = "recorded"  # told when a recording can be fetched; nothing is asked there
PATH = re.compile(rf"(?:{SAY}|{KEY}|{RECORDING}|{RECORDED}|{CONNECTION})/[\w.~-]+(?:\?[\w.~=&-]*)?", re.ASCII)
NUMBER = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)
KEYS = re.compile(r"[0-9*#]+", re.ASCII)
LONGEST_PAUSE_S, LONGEST_WAIT_S, LONGEST_CALL_S = 60, 60, 4 * 60 * 60


class BadScript(ValueError):
    """A script that no phone could follow; one sentence says why."""


@dataclass(frozen=True)
class Say:
    """Read out by a voice of this language (the codes of registry/people.LANGUAGES). Text is text: nothing in it is run."""

    text: str
    language: str = "vi"


@dataclass(frozen=True)
class Play:
    """Play the recording at this address."""

    address: str


@dataclass(frozen=True)
class Pause:
    """Say nothing."""

    seconds: int = 1


@dataclass(frozen=True)
class Ask:
    """Say this and wait for keys; they go to ``path``, and so does silence, as no key at all.

    ``keys``: those that mean something, for whoever receives them; a phone can press others. ``digits``: how many are
    asked. What stands after this step is said when the carrier hears nothing and does not tell us.
    """

    steps: tuple[Say | Play | Pause, ...]
    path: str
    keys: str
    wait_s: int = 5
    digits: int = 1


@dataclass(frozen=True)
class Connect:
    """Call this number, from ours, and join the two; ``path`` is asked what to say when they are done or nobody answered."""

    number: str
    path: str
    ring_s: int = 20
    most_s: int = 30 * 60


@dataclass(frozen=True)
class Record:
    """Record what is said after a tone, until # or ``wait_s`` seconds of silence; then ``path`` is asked what to say next.

    ``ready``: the path that is told once the recording can be fetched, which may be later. What stands after this step is
    said when nothing was recorded.
    """

    path: str
    ready: str
    most_s: int = 60
    wait_s: int = 5


@dataclass(frozen=True)
class GoTo:
    """Ask ``path`` what to say next."""

    path: str


@dataclass(frozen=True)
class HangUp:
    """End the call."""


@dataclass(frozen=True)
class Reject:
    """Do not answer an inbound call: the caller pays nothing. ``busy``: with the busy tone."""

    busy: bool = False


Step = Say | Play | Pause | Ask | Connect | Record | GoTo | HangUp | Reject
Script = tuple[Step, ...]
ENDS = (Connect, GoTo, HangUp, Reject)  # what stands after these is never reached


def check(script: Script) -> None:
    """Raise BadScript when a phone could not follow the script, before a villager hears a carrier's error message."""
    if not script:
        raise BadScript("A script needs a step.")
    *before, last = script
    if not isinstance(last, ENDS):
        raise BadScript(
            "A script ends with HangUp, GoTo, Connect or Reject, so that no question is left in the air."
        )
    if any(isinstance(step, ENDS) for step in before):
        raise BadScript("What stands after HangUp, GoTo, Connect or Reject is never reached.")
    if isinstance(last, Reject) and before:
        raise BadScript("A call that was spoken to can no longer be rejected.")
    for step in script:
        _check_step(step)


def _check_step(step: Step) -> None:
    match step:
        case Play(address):
            _must(urlsplit(address).scheme in ("http", "https"), f"no address of a recording: {address}")
        case Pause(seconds):
            _must(1 <= seconds <= LONGEST_PAUSE_S, f"no pause for a call: {seconds} s")
        case Ask():
            _check_ask(step)
        case Connect():
            _check_connect(step)
        case Record(path, ready, most_s, wait_s):
            _check_path(path)
            _check_path(ready)
            _must(1 <= wait_s <= LONGEST_WAIT_S, f"no silence to wait for: {wait_s} s")
            _must(1 <= most_s <= LONGEST_CALL_S, f"no length of a recording: {most_s} s")
        case GoTo(path):
            _check_path(path)


def _check_ask(ask: Ask) -> None:
    _check_path(ask.path)
    _must(bool(KEYS.fullmatch(ask.keys)), f"no keys of a phone: {ask.keys!r}")
    _must(1 <= ask.wait_s <= LONGEST_WAIT_S, f"no time to wait for a key: {ask.wait_s} s")
    _must(1 <= ask.digits <= 20, f"no number of keys to ask for: {ask.digits}")
    for step in ask.steps:
        _must(isinstance(step, Say | Play | Pause), f"not to be said while waiting for a key: {step!r}")
        _check_step(step)


def _check_connect(connect: Connect) -> None:
    _check_path(connect.path)
    _must(bool(NUMBER.fullmatch(connect.number)), "no telephone number in a Connect")
    _must(5 <= connect.ring_s <= 600, f"no time to let it ring: {connect.ring_s} s")
    _must(1 <= connect.most_s <= LONGEST_CALL_S, f"no length of a call: {connect.most_s} s")


def _check_path(path: str) -> None:
    _must(bool(PATH.fullmatch(path)), f"no way to go on: {path!r}")


def _must(holds: bool, otherwise: str) -> None:
    if not holds:
        raise BadScript(f"A script that cannot be followed: {otherwise}.")
