"""A telephone call in Twilio's words."""

from __future__ import annotations

from dataclasses import dataclass, field

from village.call_habits import CallKind
from village.line import NOWHERE, Key, Line, Script
from village.messages import API_VERSION, iso, rfc2822

FINAL = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})
RINGING = frozenset({"queued", "initiated", "ringing"})
SUBRESOURCES = ("events", "notifications", "payments", "recordings", "siprec", "streams", "transcriptions")


@dataclass(frozen=True)
class Wish:
    """A create request that passed all checks. ``address`` is how its sender reached this network."""

    to: str
    sender: str
    script: Script
    fallback: Script = NOWHERE
    status_callback: str = ""
    callback_method: str = "POST"
    events: frozenset[str] = frozenset({"completed"})
    timeout: int = 60
    machine_detection: str = ""
    address: str = ""


@dataclass(frozen=True)
class Heard:
    """What the phone was played. ``second`` is when it began, ``seconds`` how long the whole of it takes."""

    verb: str
    text: str
    second: float
    seconds: float
    language: str = ""
    voice: str = ""

    def as_json(self) -> dict[str, object]:
        return {
            "verb": self.verb,
            "text": self.text,
            "second": round(self.second, 1),
            "seconds": round(self.seconds, 1),
            "language": self.language or None,
            "voice": self.voice or None,
        }


@dataclass(slots=True, eq=False)
class Call:
    """One call. ``direction`` is outbound-api, outbound-dial or inbound; ``sequence`` counts its status callbacks."""

    sid: str
    order: int
    account: str
    wish: Wish
    direction: str
    created_at: float
    updated_at: float
    status: str = "queued"
    parent: str | None = None
    kind: CallKind = field(default_factory=CallKind)
    line: Line = field(init=False)
    started_at: float | None = None
    answered_at: float | None = None  # second of the line
    ended_at: float | None = None
    duration: int | None = None
    answered_by: str | None = None
    sequence: int = 0
    held_callbacks: list[dict[str, str]] | None = None
    heard: list[Heard] = field(default_factory=list)
    keys: list[Key] = field(default_factory=list)
    problems: list[tuple[int, str]] = field(default_factory=list)
    recordings: list[str] = field(default_factory=list)

    @property
    def to(self) -> str:
        return self.wish.to

    @property
    def sender(self) -> str:
        return self.wish.sender

    @property
    def phone(self) -> str:
        """The villager's end of it."""
        return self.sender if self.direction == "inbound" else self.to

    @property
    def office(self) -> str:
        return self.to if self.direction == "inbound" else self.sender

    @property
    def by_hand(self) -> bool:
        """Whether a person on the page holds it."""
        return self.line.in_hand

    @property
    def is_final(self) -> bool:
        return self.status in FINAL

    @property
    def status_callback(self) -> str:
        return self.wish.status_callback

    @property
    def callback_method(self) -> str:
        return self.wish.callback_method

    @property
    def listed_at(self) -> float | None:
        return self.started_at

    @property
    def second(self) -> float:
        """Seconds of the call since it was picked up."""
        return 0.0 if self.answered_at is None else self.line.elapsed - self.answered_at

    def as_json(self) -> dict[str, object]:
        """The body that Twilio answers with; each field that its SDK reads."""
        uri = f"/{API_VERSION}/Accounts/{self.account}/Calls/{self.sid}"
        return {
            "sid": self.sid,
            "date_created": rfc2822(self.created_at),
            "date_updated": rfc2822(self.updated_at),
            "parent_call_sid": self.parent,
            "account_sid": self.account,
            "to": self.to,
            "to_formatted": self.to,
            "from": self.sender,
            "from_formatted": self.sender,
            "phone_number_sid": None,
            "status": self.status,
            "start_time": None if self.started_at is None else rfc2822(self.started_at),
            "end_time": None if self.ended_at is None else rfc2822(self.ended_at),
            "duration": None if self.duration is None else str(self.duration),
            "price": None,
            "price_unit": "USD",
            "direction": self.direction,
            "answered_by": self.answered_by,
            "api_version": API_VERSION,
            "annotation": None,
            "forwarded_from": None,
            "group_sid": None,
            "caller_name": None,
            "queue_time": "0",
            "trunk_sid": None,
            "uri": f"{uri}.json",
            "subresource_uris": {name: f"{uri}/{name.capitalize()}.json" for name in SUBRESOURCES},
        }

    def as_log(self) -> dict[str, object]:
        """The line of ``/log``: the keys of an SMS, which has no other, and those of a call."""
        return {
            "kind": "call",
            "at": iso(self.created_at),
            "sid": self.sid,
            "to": self.to,
            "from": self.sender,
            "body": "",
            "parts": 0,
            "status_callback": self.status_callback or None,
            "validity_period": None,
            "url": self.wish.script.url or None,
            "twiml": self.wish.script.twiml or None,
            "timeout": self.wish.timeout,
            "machine_detection": self.wish.machine_detection or None,
        }

    def as_story(self) -> dict[str, object]:
        """All that is known of it, for who judges a rehearsal."""
        return {
            "at": iso(self.created_at),
            "sid": self.sid,
            "direction": self.direction,
            "parent": self.parent,
            "to": self.to,
            "from": self.sender,
            "status": self.status,
            "over": self.is_final,
            "duration": self.duration,
            "answered_by": self.answered_by,
            "heard": [heard.as_json() for heard in self.heard],
            "keys": "".join(key.digit for key in self.keys),
            "problems": [{"code": code, "message": message} for code, message in self.problems],
            "recordings": list(self.recordings),
        }


def key_as_answer(key: Key) -> dict[str, object]:
    """The line of ``/answers``: the keys of an SMS answer, and the second of the call in which it was pressed."""
    return {
        "kind": "key",
        "at": iso(key.at),
        "sid": key.call,
        "from": key.phone,
        "to": key.office,
        "body": key.digit,
        "answers": key.call,
        "typed": key.typed,
        "hook": key.hook,
        "tries": 0 if key.hook in ("ignored", "waiting") else 1,
        "second": round(key.second, 1),
    }
