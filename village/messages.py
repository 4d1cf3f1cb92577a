"""A message of the network, in Twilio's words, and the ledger that keeps them in the order accepted."""

from __future__ import annotations

import secrets
import time
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache
from itertools import count

from village import errors, segments

API_VERSION = "2010-04-01"
FINAL = frozenset({"delivered", "undelivered", "failed", "canceled", "received"})
KEPT = 200_000  # messages of each direction; older ones are forgotten and counted as forgotten


@dataclass(slots=True, eq=False)
class Message:
    """One SMS. Times are seconds since 1970. ``order`` counts all messages up from 1, as they were accepted."""

    sid: str
    order: int
    account: str
    sender: str
    to: str
    body: str
    direction: str
    status: str
    created_at: float
    updated_at: float
    parts: int
    body_at_first: str  # the log keeps it when the text is wiped later
    status_callback: str = ""
    validity_period: int | None = None
    sent_at: float | None = None
    error_code: int | None = None
    held_callbacks: list[dict[str, str]] | None = None  # not None: kept back until the last, to be shuffled

    @property
    def is_final(self) -> bool:
        return self.status in FINAL

    @property
    def callback_method(self) -> str:
        return "POST"

    @property
    def listed_at(self) -> float | None:
        """The time by which date filters find it: none as long as it has not left its queue."""
        return self.sent_at

    def become(self, status: str, error_code: int | None = None) -> None:
        self.status, self.error_code, self.updated_at = status, error_code, time.time()
        if status == "sent":
            self.sent_at = self.updated_at

    def as_json(self) -> dict[str, object]:
        """The body that Twilio answers with; each field that its SDK reads."""
        uri = f"/{API_VERSION}/Accounts/{self.account}/Messages/{self.sid}"
        return {
            "body": self.body,
            "num_segments": str(self.parts),
            "direction": self.direction,
            "from": self.sender,
            "to": self.to,
            "date_updated": rfc2822(self.updated_at),
            "price": None,
            "error_message": errors.DELIVERY_WORDS.get(self.error_code or 0),
            "uri": f"{uri}.json",
            "account_sid": self.account,
            "num_media": "0",
            "status": self.status,
            "messaging_service_sid": None,
            "sid": self.sid,
            "date_sent": None if self.sent_at is None else rfc2822(self.sent_at),
            "date_created": rfc2822(self.created_at),
            "error_code": self.error_code,
            "price_unit": "USD",
            "api_version": API_VERSION,
            "subresource_uris": {"media": f"{uri}/Media.json"},
        }

    def as_log(self) -> dict[str, object]:
        return {
            "kind": "sms",
            "at": iso(self.created_at),
            "sid": self.sid,
            "to": self.to,
            "from": self.sender,
            "body": self.body_at_first,
            "parts": self.parts,
            "status_callback": self.status_callback or None,
            "validity_period": self.validity_period,
        }


@dataclass(slots=True, eq=False)
class Answer:
    """What a phone sent. ``hook`` says how far it came: waiting, received or failed."""

    message: Message
    answers: str | None  # SID of the message it answers; None when somebody just wrote
    typed: bool
    hook: str = "waiting"
    tries: int = 0

    def as_json(self) -> dict[str, object]:
        return {
            "kind": "sms",
            "at": iso(self.message.created_at),
            "sid": self.message.sid,
            "from": self.message.sender,
            "to": self.message.to,
            "body": self.message.body,
            "answers": self.answers,
            "typed": self.typed,
            "hook": self.hook,
            "tries": self.tries,
        }


def iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def rfc2822(seconds: float) -> str:
    return _rfc2822(int(seconds))


@lru_cache(maxsize=1024)
def _rfc2822(seconds: int) -> str:
    return format_datetime(datetime.fromtimestamp(seconds, UTC))


@dataclass
class Ledger:
    """All messages: what was accepted (the log), what was answered, and the ways to find them again.

    ``office`` is the other end of every message. Lists are indexed by phone, where there are few per number.
    """

    office: str
    kept: int = KEPT
    accepted: deque[Message] = field(default_factory=deque)
    answers: deque[Answer] = field(default_factory=deque)
    forgotten: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    orders: Iterator[int] = field(default_factory=lambda: count(1))
    _by_sid: dict[str, Message] = field(default_factory=dict)
    _by_phone: dict[str, list[Message]] = field(default_factory=dict)

    def accept(self, message: Message) -> None:
        """Write an outgoing message down. From here on it counts as accepted."""
        self._remember(message)
        self.accepted.append(message)
        self.statuses[message.status] += 1
        if len(self.accepted) > self.kept:
            self._forget(self.accepted.popleft())

    def receive(self, answer: Answer) -> None:
        self._remember(answer.message)
        self.answers.append(answer)
        if len(self.answers) > self.kept:
            self._forget(self.answers.popleft().message)

    def advance(self, message: Message, status: str, error_code: int | None = None) -> None:
        """Give an outgoing message its next status and keep the counters right."""
        self.statuses[message.status] -= 1
        message.become(status, error_code)
        self.statuses[status] += 1

    def new(self, *, account: str, sender: str, to: str, body: str, direction: str, status: str) -> Message:
        """A message with a fresh SID. SIDs are never seeded: a database may outlive this process."""
        now = time.time()
        return Message(
            sid="SM" + secrets.token_hex(16),
            order=next(self.orders),
            account=account,
            sender=sender,
            to=to,
            body=body,
            direction=direction,
            status=status,
            created_at=now,
            updated_at=now,
            parts=segments.count(body),
            body_at_first=body,
        )

    def get(self, sid: str) -> Message | None:
        return self._by_sid.get(sid)

    def newest(self, to: str | None, sender: str | None, below: int | None) -> Iterator[Message]:
        """Messages of both directions, newest first, from the one before order ``below``."""
        for message in self._candidates(to, sender):
            if below is not None and message.order >= below:
                continue
            if (to is None or message.to == to) and (sender is None or message.sender == sender):
                yield message

    def _candidates(self, to: str | None, sender: str | None) -> Iterator[Message]:
        for number in (to, sender):
            if number is not None and number != self.office:
                return reversed(self._by_phone.get(number, []))
        if to is not None:
            return (answer.message for answer in reversed(self.answers))
        return reversed(self._by_sid.values())

    def _remember(self, message: Message) -> None:
        self._by_sid[message.sid] = message
        self._by_phone.setdefault(self._phone_of(message), []).append(message)

    def _forget(self, message: Message) -> None:
        self.forgotten += 1
        self._by_sid.pop(message.sid, None)
        number = self._phone_of(message)
        self._by_phone[number].remove(message)
        if not self._by_phone[number]:
            del self._by_phone[number]

    def _phone_of(self, message: Message) -> str:
        return message.sender if message.direction == "inbound" else message.to
