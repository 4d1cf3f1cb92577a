"""<Dial>: the call is connected with another phone, which rings like any other of this village."""

from __future__ import annotations

import math
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from village import numbers, twiml
from village.calls import Call, Wish
from village.conversation import Conversation
from village.errors import TwimlError
from village.line import NOWHERE, Ended, Script

LONGEST = 14_400


@dataclass(frozen=True)
class Limits:
    talk: int
    star: bool


async def dial(talk: Conversation, verb: Element) -> Script | None:
    limits = Limits(
        talk=twiml.whole(verb, "timeLimit", LONGEST, 1, LONGEST),
        star=twiml.flag(verb, "hangupOnStar", "false"),
    )
    wish = Wish(
        to=_number(verb),
        sender=_caller(talk, verb),
        script=NOWHERE,
        timeout=twiml.whole(verb, "timeout", 30, 1, 600),
    )
    leg = talk.exchange.begin_leg(talk.call, wish)
    await _connect(talk, leg, limits)
    action = verb.get("action")
    if action is None:
        return None
    return talk.next_script(verb, action, _fields(leg))


def _number(verb: Element) -> str:
    parts = list(verb)
    if len(parts) > 1:  # Twilio lets them ring together; here nobody needs it
        raise TwimlError(12200, "this network dials one <Number> at a time")
    raw = twiml.words(parts[0] if parts else verb)
    try:
        return numbers.read(raw)
    except ValueError as problem:
        raise TwimlError(13223, repr(raw)) from problem


def _caller(talk: Conversation, verb: Element) -> str:
    """Who is shown to the one who is called: by default the number of the caller, as Twilio does it."""
    return verb.get("callerId", talk.call.sender)


async def _connect(talk: Conversation, leg: Call, limits: Limits) -> None:
    """Ring and talk. Who of the two hangs up decides whether the first call goes on."""
    exchange = talk.exchange
    status = "failed"
    try:
        status = await exchange.ring(leg)
        if status == "answered":
            exchange.answer(leg)
            status = "completed"
            await _speak(talk, leg, limits)
    except Ended as end:
        status = status if leg.answered_at is not None else "canceled"
        if end.by != leg.sid:
            raise
        status = end.status
    finally:
        exchange.finish(leg, status)


async def _speak(talk: Conversation, leg: Call, limits: Limits) -> None:
    habits = talk.exchange.habits
    usual = habits.spread(leg.phone, "talk_seconds") if leg.kind.hangs_up is None else leg.kind.hangs_up
    usual = math.inf if talk.line.in_hand else usual
    ends = talk.line.elapsed + min(usual, limits.talk)
    while (key := await talk.line.listen(ends - talk.line.elapsed)) is not None:
        if limits.star and key.digit == "*":
            return


def _fields(leg: Call) -> dict[str, str]:
    return {
        "DialCallSid": leg.sid,
        "DialCallStatus": leg.status,
        "DialCallDuration": str(leg.duration or 0),
        "DialBridged": "true" if leg.answered_at is not None else "false",
    }
