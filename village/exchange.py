"""The telephone exchange: a call from ringing to its end, what its sender is told of it, and who may interrupt it."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass

from village.call_book import CallBook
from village.call_habits import KINDS, CallHabits, CallKind
from village.callbacks import Callbacks
from village.calls import FINAL, RINGING, Call, Wish
from village.fetching import Fetcher
from village.line import Ended, Line, PickedUp, Redirected, Script
from village.messages import API_VERSION, rfc2822
from village.phones import PhoneBook
from village.recordings import Shelf
from village.settings import Settings
from village.webhooks import Courier

REFUSING = 1.5  # seconds until the network knows that a phone is busy or off
EVENTS = {"initiated": "initiated", "ringing": "ringing", "in-progress": "answered"} | dict.fromkeys(
    FINAL, "completed"
)
SIP = {"completed": "200", "busy": "486", "no-answer": "487", "canceled": "487", "failed": "480"}


@dataclass(frozen=True)
class Post:
    """What calls share with messages: the way out for webhooks, and one count of all that was accepted."""

    courier: Courier
    callbacks: Callbacks
    orders: Iterator[int]


class Exchange:
    def __init__(self, settings: Settings, phones: PhoneBook, habits: CallHabits, post: Post) -> None:
        self.settings, self.phones, self.habits = settings, phones, habits
        self.courier, self.callbacks = post.courier, post.callbacks
        self.fetcher = Fetcher(settings.auth_token)
        self.shelf = Shelf(settings.account_sid)
        self.book = CallBook(settings.account_sid, post.orders)

    def begin(self, wish: Wish, direction: str, kind: CallKind | None = None) -> Call:
        """Write a call down and put it on the phone's screen."""
        call = self.book.new(wish, direction)
        call.kind = kind or self.habits.of(call.phone)
        call.line = Line(self.habits.speed, lambda digit: self.press(call, digit, typed=False))
        call.line.in_hand = call.kind.by_hand
        self.callbacks.begin(call)
        self.phones.show(call.phone, call)
        return call

    def begin_leg(self, parent: Call, wish: Wish) -> Call:
        """A call that another one dials. Both are one line: who hangs up ends it for the other, too."""
        leg = self.begin(wish, "outbound-dial")
        parent.line.in_hand |= leg.kind.by_hand
        leg.parent, leg.line = parent.sid, parent.line
        return leg

    # --- from ringing to the end ---

    async def ring(self, call: Call) -> str:
        """Let the phone ring: answered, busy, no-answer or failed. Raises Ended when somebody ends it before."""
        if call.phone in self.book.running:
            return "busy"
        self.book.running[call.phone] = call
        kind = call.kind
        if kind.outcome in ("busy", "failed"):
            await call.line.wait(REFUSING)
            return kind.outcome
        self.become(call, "ringing")
        picks_up = self.habits.spread(call.phone, "ring_seconds") if kind.picks_up is None else kind.picks_up
        silent = kind.by_hand or kind.outcome == "no-answer" or picks_up > call.wish.timeout
        try:
            await call.line.wait(call.wish.timeout if silent else picks_up)
        except PickedUp:
            return "answered"
        return "no-answer" if silent else "answered"

    def answer(self, call: Call) -> None:
        """It is picked up: by the villager, or by us when a villager calls. Once is enough."""
        if call.answered_at is not None:
            return
        call.answered_at = call.line.elapsed
        if call.kind.hangs_up is not None and call.parent is None:
            call.line.hangs_up_at = call.line.elapsed + call.kind.hangs_up
        self.become(call, "in-progress")

    def finish(self, call: Call, status: str) -> None:
        """The end of a call. ``completed`` is only what has been answered."""
        call.duration = math.ceil(round(call.second, 3))  # 30.000000001 is 30
        call.ended_at = time.time()
        if self.book.running.get(call.phone) is call:
            del self.book.running[call.phone]
        self.become(call, status)
        self.callbacks.end(call)

    def become(self, call: Call, status: str) -> None:
        self.book.become(call, status)
        if call.started_at is None:
            call.started_at = call.updated_at
        self.phones.changed(call.phone)
        if call.status_callback and EVENTS[status] in call.wish.events:
            self.callbacks.report(call, _status_fields(call))
            call.sequence += 1

    # --- what people do meanwhile ---

    def press(self, call: Call, digit: str, *, typed: bool) -> None:
        """A key is pressed: written down first, then heard by whoever listens."""
        if typed:
            self._take_in_hand(call)
        call.line.take(self.book.press(call, digit, typed=typed))
        self.phones.changed(call.phone)

    def pick_up(self, call: Call) -> None:
        """A person takes the ringing phone in hand."""
        if call.status == "ringing" and call.direction != "inbound":
            self._take_in_hand(call)
            call.line.interrupt(PickedUp())

    def hang_up(self, call: Call) -> None:
        """The villager ends the call; a ringing one is refused."""
        if not call.is_final:
            refused = "no-answer" if call.direction == "inbound" else "busy"
            call.line.interrupt(Ended("completed" if call.status == "in-progress" else refused, call.sid))

    def _take_in_hand(self, call: Call) -> None:
        if not call.line.in_hand:
            call.line.in_hand, call.kind = True, KINDS["listens"]
            call.line.hangs_up_at = math.inf
            call.line.expect("", 0, 0)

    def cancel(self, call: Call) -> None:
        """Twilio's ``canceled``: only what has not been answered; a call in progress goes on."""
        if call.status in RINGING:
            call.line.interrupt(Ended("canceled", call.sid))

    def complete(self, call: Call) -> None:
        """Twilio's ``completed``: ends a call also when it is in progress."""
        if not call.is_final:
            call.line.interrupt(Ended("canceled" if call.status in RINGING else "completed", call.sid))

    def redirect(self, call: Call, script: Script) -> None:
        call.line.interrupt(Redirected(script))


def fields_of(call: Call) -> dict[str, str]:
    """What Twilio sends with every request about a call."""
    fields = {
        "CallSid": call.sid,
        "AccountSid": call.account,
        "From": call.sender,
        "To": call.to,
        "Caller": call.sender,
        "Called": call.to,
        "CallStatus": call.status,
        "ApiVersion": API_VERSION,
        "Direction": call.direction,
        "FromCountry": "VN",
        "ToCountry": "VN",
    }
    if call.answered_by is not None:
        fields["AnsweredBy"] = call.answered_by
    if call.parent is not None:
        fields["ParentCallSid"] = call.parent
    return fields


def _status_fields(call: Call) -> dict[str, str]:
    fields = fields_of(call) | {
        "CallbackSource": "call-progress-events",
        "SequenceNumber": str(call.sequence),
        "Timestamp": rfc2822(call.updated_at),
    }
    if call.is_final:
        fields["CallDuration"] = str(call.duration or 0)
        fields["Duration"] = str(math.ceil((call.duration or 0) / 60))  # minutes, as they are billed
        fields["SipResponseCode"] = SIP[call.status]
    return fields
