"""Calls by Twilio: how one is ordered, the TwiML that it is answered with, and what it tells and asks us.

Sources: https://www.twilio.com/docs/voice/api/call-resource, https://www.twilio.com/docs/voice/twiml,
https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import accumulate, takewhile
from typing import Any

from twilio.twiml.voice_response import Gather, VoiceResponse

from service.carriers import speech
from service.carriers.base import HookCall
from service.carriers.calls import (
    NOT_SAID,
    UNKNOWN,
    CallAsks,
    CallUpdate,
    Connected,
    InboundCall,
    KeyPressed,
    OutgoingCall,
    Recorded,
    RecordingReady,
    Rendered,
)
from service.carriers.speech import (
    Ask,
    BadScript,
    Connect,
    GoTo,
    HangUp,
    Pause,
    Play,
    Record,
    Reject,
    Say,
    Script,
)
from service.carriers.twilio_words import ANSWERED_BY, CALL_STATES, CONNECTION_STATES, SIP
from service.text.vietnamese import nfc

NAME, FOLDER = "twilio", "/hooks/twilio/"
STATUS = "call"  # the kind of path that reports on a call come to
# Twilio repeats a request only when the address says so: 5 times, on every failure, connect 3 s, read 5 s.
RETRY_PLEASE = "#rc=5&rp=all&ct=3000&rt=5000"
EVENTS = ["initiated", "ringing", "answered", "completed"]
SHORTEST_RING_S, LONGEST_RING_S = 5, 600
XML = "text/xml; charset=utf-8"

# Error 13521: a voice of Twilio's own reads 4,096 characters, and no text may be longer than 4,500 once encoded for an
# address, where a Vietnamese letter counts six or nine.
MOST_CHARACTERS, MOST_ENCODED = 3000, 4500
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SENTENCE = re.compile(r".*[.!?…;:](?=\s)", re.DOTALL)
_NOT_A_KEY = re.compile(r"[^0-9*#]")
MOST_KEYS = 32


def order(call: OutgoingCall, caller: str, public_url: str) -> dict[str, Any]:
    """The form with which Twilio is asked to call somebody."""
    ring_s = min(LONGEST_RING_S, max(SHORTEST_RING_S, call.ring_s))
    return {
        "To": call.to,
        "From": caller,
        "Url": _address(public_url, f"{speech.SAY}/{call.token}"),
        "Method": "POST",
        "StatusCallback": _address(public_url, f"{STATUS}/{call.token}"),
        "StatusCallbackMethod": "POST",
        "StatusCallbackEvent": EVENTS,
        "Timeout": ring_s,
        "TimeLimit": max(1, call.most_s),
        **({"MachineDetection": "Enable"} if call.detect_machine else {}),
    }


def _address(public_url: str, path: str) -> str:
    return f"{public_url}{FOLDER}{path}{RETRY_PLEASE}"


# ---- what is said


class Renderer:
    """Writes scripts as TwiML. ``voice``: the name of Twilio's voice for Vietnamese. ``caller``: our number."""

    def __init__(self, voice: str, public_url: str, caller: str) -> None:
        self._public_url, self._caller = public_url, caller
        self._voices = {"vi": ("vi-VN", voice)}
        self._verbs: dict[type, Callable[[Any, Any], None]] = {
            Say: self._say,
            Play: lambda into, step: into.play(step.address),
            Pause: lambda into, step: into.pause(length=step.seconds),
            Ask: self._ask,
            Connect: self._connect,
            Record: self._record,
            GoTo: lambda into, step: into.redirect(self._to(step.path), method="POST"),
            HangUp: lambda into, step: into.hangup(),
            Reject: lambda into, step: into.reject(reason="busy" if step.busy else "rejected"),
        }

    def render(self, script: Script) -> Rendered:
        """Raises BadScript."""
        speech.check(script)
        response = VoiceResponse()
        for step in script:
            self._verbs[type(step)](response, step)
        return Rendered(XML, str(response))

    def _to(self, path: str) -> str:
        return _address(self._public_url, path)

    def _say(self, into: VoiceResponse | Gather, step: Say) -> None:
        if step.language not in self._voices:
            raise BadScript(f"No voice speaks {step.language}: play a recording.")
        language, voice = self._voices[step.language]
        for piece in pieces(step.text):
            into.say(piece, voice=voice, language=language)

    def _ask(self, into: VoiceResponse, step: Ask) -> None:
        gather = into.gather(
            input="dtmf",
            action=self._to(step.path),
            method="POST",
            timeout=step.wait_s,
            num_digits=step.digits,
            # With one key # and * are keys like others: whoever presses them is told that they mean nothing.
            finish_on_key="" if step.digits == 1 else "#",
            action_on_empty_result=True,
        )
        for inner in step.steps:
            self._verbs[type(inner)](gather, inner)

    def _connect(self, into: VoiceResponse, step: Connect) -> None:
        if not self._caller:
            raise BadScript("There is no number of ours to call an officer from.")
        into.dial(
            step.number,
            action=self._to(step.path),
            method="POST",
            timeout=step.ring_s,
            time_limit=step.most_s,
            caller_id=self._caller,
        )

    def _record(self, into: VoiceResponse, step: Record) -> None:
        into.record(
            action=self._to(step.path),
            method="POST",
            max_length=step.most_s,
            timeout=step.wait_s,
            finish_on_key="#",
            play_beep=True,
            trim="do-not-trim",
            recording_status_callback=self._to(step.ready),
            recording_status_callback_method="POST",
            recording_status_callback_event="completed absent",
        )


def pieces(text: str) -> Iterator[str]:
    """The text in pieces that Twilio reads out, cut at the ends of sentences or else of words; nothing for a blank one.

    What XML cannot hold is left out: Twilio would hang up with an error message in English.
    """
    rest = " ".join(_NOT_IN_XML.sub("", nfc(text)).split())
    while rest:
        end = _end(rest)
        yield rest[:end].rstrip()
        rest = rest[end:].lstrip()


def _end(text: str) -> int:
    room = _room(text)
    if room == len(text):
        return room
    head = text[: room + 1]  # with the blank that may follow
    sentence = _SENTENCE.match(head)
    return sentence.end() if sentence else max(head.rfind(" "), 0) or room


def _room(text: str) -> int:
    """How many of the first characters fit."""
    spent = accumulate(map(_encoded, text[:MOST_CHARACTERS]))
    return sum(1 for _ in takewhile(lambda sum_: sum_ <= MOST_ENCODED, spent))


def _encoded(char: str) -> int:
    return 1 if char.isascii() and char.isalnum() else 3 * len(char.encode())


# ---- what a call tells and asks


def read(call: HookCall) -> CallUpdate | CallAsks | RecordingReady:
    """What a signed request to one of our paths for calls says. Raises KeyError for any other path."""
    path, _, query = call.path.removeprefix(FOLDER).partition("?")
    kind, _, token = path.partition("/")
    if kind == STATUS:
        return _update(call.form, token)
    if kind == speech.RECORDED:
        return _ready(call.form, token, query)
    return _READERS[kind](call.form, _asking(call.form, token, query))


def _update(form: Mapping[str, str], token: str) -> CallUpdate:
    word, sip = said(form, "CallStatus", 30), said(form, "SipResponseCode", 10)
    return CallUpdate(
        carrier=NAME,
        carrier_id=said(form, "CallSid", 64),
        token=token,
        state=CALL_STATES.get(word),
        word=word,
        code=said(form, "ErrorCode", 20) or (SIP + sip if sip not in ("", "200") else ""),
        sequence=_whole(form, "SequenceNumber"),
        seconds=_whole(form, "CallDuration"),
        answered_by=_answered_by(form),
    )


def _asking(form: Mapping[str, str], token: str, query: str) -> dict[str, str]:
    inbound = form.get("Direction") == "inbound"
    return {
        "carrier": NAME,
        "carrier_id": said(form, "CallSid", 64),
        "token": token,
        "query": query,
        "number": said(form, "From" if inbound else "To", 64),
        "answered_by": _answered_by(form),
    }


def _what_to_say(form: Mapping[str, str], asking: dict[str, str]) -> CallAsks:
    if asking["token"]:
        return CallAsks(**asking)
    return InboundCall(**asking, called=said(form, "To", 64))


def _keys(form: Mapping[str, str], asking: dict[str, str]) -> CallAsks:
    return KeyPressed(**asking, keys=_NOT_A_KEY.sub("", form.get("Digits", ""))[:MOST_KEYS])


def _recorded(form: Mapping[str, str], asking: dict[str, str]) -> CallAsks:
    return Recorded(
        **asking,
        recording_id=said(form, "RecordingSid", 64),
        seconds=_whole(form, "RecordingDuration"),
        hung_up=form.get("Digits") == "hangup",
    )


def _ready(form: Mapping[str, str], token: str, query: str) -> RecordingReady:
    return RecordingReady(
        carrier=NAME,
        carrier_id=said(form, "CallSid", 64),
        token=token,
        query=query,
        recording_id=said(form, "RecordingSid", 64),
        there=form.get("RecordingStatus") == "completed",
    )


def _connected(form: Mapping[str, str], asking: dict[str, str]) -> CallAsks:
    word = said(form, "DialCallStatus", 30)
    state = CONNECTION_STATES.get(word)
    return Connected(**asking, state=state, word=word, seconds=_whole(form, "DialCallDuration"))


_READERS: dict[str, Callable[[Mapping[str, str], dict[str, str]], CallAsks]] = {
    speech.SAY: _what_to_say,
    speech.KEY: _keys,
    speech.RECORDING: _recorded,
    speech.CONNECTION: _connected,
}


def said(form: Mapping[str, str], name: str, most: int) -> str:
    """A short word of Twilio's, without what PostgreSQL cannot store."""
    return form.get(name, "").replace("\0", "")[:most]


def _whole(form: Mapping[str, str], name: str) -> int | None:
    """A number; none when it is not said or none."""
    text = form.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None


def _answered_by(form: Mapping[str, str]) -> str:
    word = said(form, "AnsweredBy", 30)
    return ANSWERED_BY.get(word, UNKNOWN) if word else NOT_SAID
