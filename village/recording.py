"""<Record>: the villager speaks, and what was recorded can be fetched from this network."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from xml.etree.ElementTree import Element

from village import twiml
from village.conversation import METHODS, Conversation
from village.exchange import fields_of
from village.line import Ended, Script
from village.recordings import Recording
from village.webhooks import Outcome, Webhook, overrides

ANY_KEY = "1234567890*#"
LONGEST = 14_400


@dataclass(frozen=True)
class Spoken:
    seconds: float
    key: str  # that ended it, or "hangup"


async def record(talk: Conversation, verb: Element) -> Script | None:
    spoken = await _speak(talk, verb)
    if spoken.seconds < 1:  # nothing was said: on with the next verb
        if spoken.key == "hangup":
            raise Ended("completed", talk.call.sid)
        return None
    recording = talk.exchange.shelf.put(
        talk.call.wish.address, math.floor(round(spoken.seconds, 3)), talk.call.kind.mute
    )
    talk.call.recordings.append(recording.url)
    _tell(talk, verb, recording)
    fields = _fields(recording) | {"Digits": spoken.key}
    script = talk.next_script(verb, verb.get("action"), fields)
    if spoken.key == "hangup":  # the action hears of it all the same, what it answers comes too late
        await talk.document(script)
        raise Ended("completed", talk.call.sid)
    return script


async def _speak(talk: Conversation, verb: Element) -> Spoken:
    """Who holds the phone in hand on the page speaks until a key; the others for their time, then there is silence."""
    longest = twiml.whole(verb, "maxLength", 3600, 1, LONGEST)
    silence = twiml.whole(verb, "timeout", 5, 1, 3600)
    finish = twiml.keys(verb, "finishOnKey", ANY_KEY, len(ANY_KEY))
    speech = talk.exchange.habits.spread(talk.call.phone, "speech_seconds")
    speech = min(longest, LONGEST if talk.line.in_hand else speech)
    talk.ask()
    began, ends = talk.line.elapsed, talk.line.elapsed + min(longest, speech + silence)
    key, pressed = "", None
    try:
        while (pressed := await talk.line.listen(ends - talk.line.elapsed)) is not None:
            if pressed.digit in finish:
                key, pressed.hook = pressed.digit, "waiting"
                talk.pressed = [pressed]
                break
    except Ended:
        key = "hangup"
    return Spoken(min(speech, talk.line.elapsed - began), key)


def _fields(recording: Recording) -> dict[str, str]:
    return {
        "RecordingSid": recording.sid,
        "RecordingUrl": recording.url,
        "RecordingDuration": str(recording.seconds),
    }


def _tell(talk: Conversation, verb: Element, recording: Recording) -> None:
    """The recordingStatusCallback, when one is asked for."""
    given = verb.get("recordingStatusCallback")
    if not given or "completed" not in verb.get("recordingStatusCallbackEvent", "completed").split():
        return
    url = twiml.address(talk.script.url, given)
    method = twiml.one_of(verb, "recordingStatusCallbackMethod", *METHODS)
    fields = {name: fields_of(talk.call)[name] for name in ("AccountSid", "CallSid", "ApiVersion")}
    fields |= _fields(recording) | {"RecordingStatus": "completed", "RecordingChannels": "1"}
    done = partial(_told, talk)
    for _ in range(talk.exchange.callbacks.copies()):
        talk.exchange.courier.post(recording.sid, Webhook(url, fields, overrides(url), done, method=method))


def _told(talk: Conversation, outcome: Outcome) -> None:
    talk.exchange.callbacks.counts["sent" if outcome.received else "failed"] += 1
