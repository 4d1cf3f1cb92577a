"""The shape that every carrier has, and the words in which carriers speak to the rest of the house."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol

from service.carriers.calls import CallAsks, CallUpdate, OutgoingCall, RecordingReady, Rendered
from service.carriers.speech import Script


@dataclass(frozen=True)
class Capabilities:
    """What a channel can and cannot do. ``delivery_report``: handset, network (the message centre's word) or none.

    ``templates``: the texts registered with the carrier, with ``{…}`` where anything may stand; none: not required.
    """

    receives_sms: bool
    receives_calls: bool
    can_call: bool
    needs_template: bool
    promotional_allowed: bool
    delivery_report: str
    loans_allowed: bool = True
    templates: tuple[str, ...] = ()


class OutgoingSms(NamedTuple):
    """One SMS. ``valid_for_s`` seconds: how long the carrier may keep it in its own queue."""

    to: str
    text: str
    token: str
    valid_for_s: int


class Accepted(NamedTuple):
    """The carrier took the message and calls it ``carrier_id``."""

    carrier_id: str


class Proof(StrEnum):
    """What an answer that is not an acceptance proves. The sender alone decides what follows (dispatch.NEXT)."""

    NOT_SENT = "not_sent"  # no byte of the request left
    NOT_PROCESSED = "not_processed"  # too many requests: the carrier says it did nothing
    REFUSED = "refused"  # refused for a known reason that lies with the number
    OPTED_OUT = "opted_out"  # refused because this number told the carrier to stop
    REFUSED_UNKNOWN = "refused_unknown"  # refused, and nobody here knows why
    OUR_SIDE = "our_side"  # our account or our sender is at fault, not the number
    NOTHING = "nothing"  # it may have been sent


class CarrierError(Exception):
    """The carrier did not accept. ``code`` is the carrier's own, for staff and for the record."""

    def __init__(self, code: str, proof: Proof, retry_after_s: float | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.proof = proof
        self.retry_after_s = retry_after_s

    def __reduce__(self) -> tuple[type[CarrierError], tuple[str, Proof, float | None]]:
        return CarrierError, (self.code, self.proof, self.retry_after_s)


class Cause(StrEnum):
    """Why a message that the carrier took did not arrive, in our words. What follows stands in sending/retries.AGAIN."""

    OTHER = ""  # it will not arrive by trying again, or nobody here knows the code
    BUSY = "busy"  # somebody was on the phone
    NO_ANSWER = "no_answer"  # it rang, and nobody took it
    UNREACHABLE = "unreachable"  # the phone was off or out of coverage, or the network was too busy
    UNSURE = "unsure"  # the carrier gives no reason
    DEAD = "dead"  # nobody seems to have this number, or it takes no SMS: believed when said twice
    FILTERED = (
        "filtered"  # taken for spam or blocked, by the network or the phone: it concerns the whole campaign
    )


class HookRefused(Exception):
    """A call to a hook that does not bear the carrier's signature."""


@dataclass(frozen=True)
class StatusUpdate:
    """The carrier says how a message fares. ``state`` is ours, ``word`` and ``code`` are the carrier's."""

    carrier: str
    carrier_id: str
    token: str | None
    state: str | None  # none: a word we do not know; it is stored and shown
    word: str
    code: str


@dataclass(frozen=True)
class Incoming:
    """Something a villager sent. ``number`` as the carrier writes it."""

    carrier: str
    carrier_id: str
    kind: str  # sms, key, missed_call
    number: str
    text: str
    token: str | None = None  # of the message that it answers, where that is certain: a key in our own call
    person_id: int | None = None  # who of those behind the phone it was, where the call asked


@dataclass(frozen=True)
class Found:
    """A message in the carrier's own list."""

    carrier_id: str
    body: str
    state: str | None
    word: str
    code: str
    created_at: datetime


@dataclass(frozen=True)
class Arrived:
    """Something a villager sent, in the carrier's own list, and when the carrier received it."""

    incoming: Incoming
    at: datetime


@dataclass(frozen=True)
class HookCall:
    """A request to one of our hooks: the path that the carrier was given, its headers and its form."""

    path: str
    headers: Mapping[str, str]
    form: Mapping[str, str]


class Line(Protocol):
    """Connections to a carrier, kept open for many requests at once."""

    async def send_sms(self, sms: OutgoingSms) -> Accepted:
        """One request, no retry in any layer. Raises CarrierError."""
        ...

    async def place_call(self, call: OutgoingCall) -> Accepted:
        """Have a phone called; once somebody answers, the carrier asks us what to say. Otherwise as send_sms()."""
        ...


class Carrier(Protocol):
    """Every carrier. ``per_second`` messages and ``calls_per_second`` are what it allows; we keep below it."""

    name: str
    per_second: float
    calls_per_second: float

    @property
    def capabilities(self) -> Capabilities: ...

    def line(self) -> AbstractAsyncContextManager[Line]:
        """Open a line to the carrier, for one event loop. What is on the line when it is closed may have been sent."""
        ...

    def clock(self) -> datetime | None:
        """What time it is by the carrier's clock (its ``Date``); none when it does not answer or does not say."""
        ...

    def find(self, to: str, since: datetime) -> list[Found]:
        """What the carrier's own list holds for this number since then. Raises CarrierError: that is not "absent"."""
        ...

    def status_of(self, carrier_id: str) -> Found:
        """How one message fares that the carrier took. Raises CarrierError."""
        ...

    def find_calls(self, to: str, since: datetime) -> list[Found]:
        """As find(), for calls, which have no body."""
        ...

    def status_of_call(self, carrier_id: str) -> Found:
        """As status_of(), for a call."""
        ...

    def cancel_call(self, carrier_id: str) -> Found:
        """Have a call that was not dialled yet never dialled. How it fares then. Raises CarrierError."""
        ...

    def received(self, since: datetime) -> list[Arrived]:
        """All that was sent to our number since then. Raises CarrierError: that is not "nothing"."""
        ...

    def cause_of(self, code: str) -> Cause:
        """Why a message failed that the carrier had taken: its own code in our words."""
        ...

    def read_hook(self, call: HookCall) -> StatusUpdate | Incoming:
        """Check the signature and translate. Raises HookRefused."""
        ...

    def render(self, script: Script) -> Rendered:
        """The script in the carrier's words: the answer to a hook that asks what to say. Raises speech.BadScript."""
        ...

    def read_call(self, call: HookCall) -> CallUpdate | CallAsks | RecordingReady:
        """The same as read_hook() for the hooks of calls: how a call fares, or what it asks. Raises HookRefused."""
        ...

    def recording(self, recording_id: str) -> bytes:
        """What was recorded in a call, as a WAV. Raises CarrierError: with the code 404 it is not there (yet)."""
        ...

    def forget_recording(self, recording_id: str) -> None:
        """Have the carrier delete it. Nothing happens when it is gone already. Raises CarrierError."""
        ...

    def sign(self, path: str, form: Mapping[str, str]) -> dict[str, str]:
        """The headers with which the carrier would call this path of ours. For trying whether read_hook() accepts them."""
        ...
