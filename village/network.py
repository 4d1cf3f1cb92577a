"""The telephone network: what becomes of an accepted message, and the way back of an answer."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import structlog

from village import twiml
from village.behaviour import Habits, Kind
from village.call_book import CallBook
from village.callbacks import Callbacks
from village.calling import Calling
from village.exchange import Exchange, Post
from village.faults import Faults
from village.messages import API_VERSION, Answer, Ledger, Message
from village.phones import PhoneBook
from village.settings import Settings
from village.webhooks import PATIENT, Courier, Outcome, Webhook

SENT_AT = 0.3  # of the way from accepted to delivered
EXPIRED = Kind("failed", 30036)

log = structlog.get_logger()


@dataclass(frozen=True)
class Order:
    """A create request that passed all checks."""

    to: str
    sender: str
    body: str
    status_callback: str = ""
    validity_period: int | None = None
    direction: str = "outbound-api"


class Network:
    """Everything that lives in this process. Verbs here never wait; webhooks go through the courier."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.ledger = Ledger(settings.sms_from)
        self.phones = PhoneBook()
        self.habits = Habits(settings.seed)
        self.faults = Faults(settings.faults, settings.seed)
        self.courier = Courier(settings.auth_token)
        self.callbacks = Callbacks(self.courier, self.faults)
        self.hooks: Counter[str] = Counter(waiting=0, received=0, failed=0)
        post = Post(self.courier, self.callbacks, self.ledger.orders)
        self.calling = Calling(Exchange(settings, self.phones, self.habits.calls, post))
        self.on_the_way = 0
        self.thinking = 0

    @property
    def calls(self) -> CallBook:
        return self.calling.exchange.book

    # --- out: from accepted to the phone ---

    def accept(self, order: Order) -> Message:
        """Take a message for delivery. This is the moment that ``/log`` counts."""
        message = self.ledger.new(
            account=self.settings.account_sid,
            sender=order.sender,
            to=order.to,
            body=order.body,
            direction=order.direction,
            status="queued",
        )
        message.status_callback, message.validity_period = order.status_callback, order.validity_period
        self.callbacks.begin(message)
        self.ledger.accept(message)
        self.phones.show(message.to, message)
        self._report(message)
        self._start_delivery(message)
        return message

    def cancel(self, message: Message) -> None:
        """Take a message back that has not left the queue."""
        self._advance(message, "canceled")
        self.on_the_way -= 1

    def wipe(self, message: Message) -> None:
        """Remove the text of a message at the sender's wish; the log of what was accepted keeps its own copy."""
        message.body, message.updated_at = "", time.time()
        self.phones.changed(message.to)

    def _start_delivery(self, message: Message) -> None:
        self.on_the_way += 1
        seconds = self.habits.seconds["deliver_seconds"] * (
            0.5 + self.habits.fraction(message.sid, "deliver")
        )
        late = message.validity_period is not None and seconds * SENT_AT > message.validity_period
        if late:
            self._later(float(message.validity_period or 0), self._arrive, message, EXPIRED)
        else:
            self._later(seconds * SENT_AT, self._send, message)
            self._later(seconds, self._arrive, message, self.habits.of(message.to))

    def _send(self, message: Message) -> None:
        if not message.is_final:
            self._advance(message, "sent")

    def _arrive(self, message: Message, kind: Kind) -> None:
        if message.is_final:  # taken back meanwhile
            return
        self._advance(message, kind.final, kind.code)
        self.on_the_way -= 1
        text = self.habits.answer_of(message.to)
        if kind.final == "delivered" and text is not None and self._has_number(message):
            self.thinking += 1
            self._later(
                self.habits.spread(message.to, "answer_seconds"), self._answer_by_habit, message, text
            )

    def _has_number(self, message: Message) -> bool:
        return message.sender == self.settings.sms_from and self.settings.can_be_answered

    def _advance(self, message: Message, status: str, code: int | None = None) -> None:
        self.ledger.advance(message, status, code)
        self.phones.changed(message.to)
        self._report(message)

    def _report(self, message: Message) -> None:
        if not message.status_callback:
            return
        self.callbacks.report(message, _status_fields(message))
        if message.is_final:
            self.callbacks.end(message)

    # --- back: from the phone to our web process ---

    def _answer_by_habit(self, message: Message, text: str) -> None:
        """The one answer of this phone to this message, unless it has answered something a moment ago."""
        self.thinking -= 1
        phone = self.phones.get(message.to)
        answered_at = phone.answered_at if phone else None
        quiet = self.habits.seconds["quiet_seconds"]
        if answered_at is None or time.monotonic() - answered_at >= quiet:
            self.answer(message.to, text, answers=message.sid, typed=False)

    def answer(self, number: str, text: str, *, answers: str | None, typed: bool) -> Answer:
        """A phone sends an SMS to the office's number: recorded first, then carried to the webhook."""
        message = self.ledger.new(
            account=self.settings.account_sid,
            sender=number,
            to=self.settings.sms_from,
            body=text,
            direction="inbound",
            status="received",
        )
        message.sent_at = message.created_at
        answer = Answer(message, answers, typed)
        self.ledger.receive(answer)
        phone = self.phones.show(number, answer)
        phone.answered_at = time.monotonic()
        phone.hear_keyword(text)
        self.hooks["waiting"] += 1
        done = partial(self._answer_ended, answer)
        tried = partial(self._answer_tried, answer)
        fields = _inbound_fields(message)
        self.courier.post(number, Webhook(self.settings.sms_url, fields, PATIENT, done, tried))
        return answer

    def _answer_tried(self, answer: Answer, tries: int) -> None:
        answer.tries = tries
        if tries == 1:
            log.warning("answer.waits", sid=answer.message.sid)

    def _answer_ended(self, answer: Answer, outcome: Outcome) -> None:
        answer.tries, answer.hook = outcome.tries, "received" if outcome.received else "failed"
        self.hooks["waiting"] -= 1
        self.hooks[answer.hook] += 1
        self.phones.changed(answer.message.sender)
        if not outcome.received:
            log.error("answer.lost", sid=answer.message.sid, problem=outcome.problem, tries=outcome.tries)
        for text in twiml.messages(outcome.text):
            self.accept(Order(answer.message.sender, answer.message.to, text, direction="outbound-reply"))

    def _later(self, seconds: float, verb: Callable[..., None], *things: object) -> None:
        asyncio.get_running_loop().call_later(seconds, verb, *things)


def _status_fields(message: Message) -> dict[str, str]:
    fields = {
        "SmsSid": message.sid,
        "SmsStatus": message.status,
        "MessageStatus": message.status,
        "To": message.to,
        "MessageSid": message.sid,
        "AccountSid": message.account,
        "From": message.sender,
        "ApiVersion": API_VERSION,
    }
    if message.error_code is not None:
        fields["ErrorCode"] = str(message.error_code)
    if message.status == "delivered":
        fields["RawDlrDoneDate"] = time.strftime("%y%m%d%H%M", time.gmtime(message.updated_at))
    return fields


def _inbound_fields(message: Message) -> dict[str, str]:
    return {
        "ToCountry": "VN",
        "ToState": "",
        "SmsMessageSid": message.sid,
        "NumMedia": "0",
        "ToCity": "",
        "FromZip": "",
        "SmsSid": message.sid,
        "FromState": "",
        "SmsStatus": "received",
        "FromCity": "",
        "Body": message.body,
        "FromCountry": "VN",
        "To": message.to,
        "ToZip": "",
        "NumSegments": str(message.parts),
        "MessageSid": message.sid,
        "AccountSid": message.account,
        "From": message.sender,
        "ApiVersion": API_VERSION,
    }
