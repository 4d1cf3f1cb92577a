"""A call as it is asked for, and what a carrier tells and asks us while it lasts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

HUMAN, MACHINE, UNKNOWN, NOT_SAID = "human", "machine", "unknown", ""


class OutgoingCall(NamedTuple):
    """One call. ``ring_s``: seconds it rings before nobody is there; ``most_s``: seconds after which it is cut off."""

    to: str
    token: str
    ring_s: int
    most_s: int = 300
    detect_machine: bool = False  # costs more, and the person who answers hears a second or more of silence


@dataclass(frozen=True)
class Rendered:
    """A script in a carrier's words, as its hook is answered."""

    content_type: str
    body: str


@dataclass(frozen=True)
class CallUpdate:
    """The carrier says how a call fares. ``state`` is ours, ``word`` and ``code`` are the carrier's.

    ``sequence`` counts the reports on one call from 0, in the order in which things happened. ``answered_by``: human,
    machine, unknown, or empty where nobody listened for it.
    """

    carrier: str
    carrier_id: str
    token: str
    state: str | None  # none: a word we do not know; it is stored and shown
    word: str
    code: str
    sequence: int | None = None
    seconds: int | None = None
    answered_by: str = NOT_SAID


@dataclass(frozen=True)
class CallAsks:
    """A call asks what to say. ``number`` is the villager's, as the carrier writes it; ``query`` what our path bore."""

    carrier: str
    carrier_id: str
    token: str
    query: str
    number: str
    answered_by: str


@dataclass(frozen=True)
class InboundCall(CallAsks):
    """Somebody calls our number ``called``, and it rings: nothing is answered yet. There is no token."""

    called: str


@dataclass(frozen=True)
class KeyPressed(CallAsks):
    """Keys were pressed, of ``0-9*#``; none: silence."""

    keys: str


@dataclass(frozen=True)
class Recorded(CallAsks):
    """The carrier has a recording that it calls ``recording_id``, ``seconds`` long (none: not said). ``hung_up``: nobody is
    there any more to hear what follows.

    Where it lies the carrier says too, and it is not asked: we fetch it from where we know the carrier to be.
    """

    recording_id: str
    seconds: int | None
    hung_up: bool


@dataclass(frozen=True)
class RecordingReady:
    """A recording can be fetched now, or (``there`` false) there is none after all. Nothing is asked."""

    carrier: str
    carrier_id: str
    token: str
    query: str
    recording_id: str
    there: bool


@dataclass(frozen=True)
class Connected(CallAsks):
    """The call to a third person that a script asked for is over: ``state`` is completed, busy, no_answer, failed, or
    none for a word we do not know."""

    state: str | None
    word: str
    seconds: int | None
