"""The contract of a carrier for calls: what its signed requests tell and ask, in our words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from twilio.request_validator import RequestValidator

from service import settings
from service.carriers.base import Cause, HookCall, HookRefused
from service.carriers.calls import (
    CallAsks,
    CallUpdate,
    Connected,
    InboundCall,
    KeyPressed,
    Recorded,
    RecordingReady,
)
from tests.carriers.test_calls import KEY, OURS, PUBLIC, SID, TO, TOKEN, carrier, known

__all__ = ["known"]  # the settings of the contract


def hook(path: str, form: dict[str, str], key: str = KEY) -> HookCall:
    path = "/hooks/twilio/" + path
    return HookCall(
        path, {"X-Twilio-Signature": RequestValidator(key).compute_signature(PUBLIC + path, form)}, form
    )


OUTBOUND = {"CallSid": SID, "From": OURS, "To": TO, "Direction": "outbound-api"}
INBOUND = {"CallSid": SID, "From": TO, "To": OURS, "Direction": "inbound"}
ASKS = {
    "carrier": "twilio", "carrier_id": SID, "token": TOKEN, "query": "", "number": TO, "answered_by": "",
}  # fmt: skip


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("queued", "accepted"),
        ("initiated", "accepted"),
        ("ringing", "ringing"),
        ("in-progress", "answered"),
        ("completed", "completed"),
        ("busy", "busy"),
        ("no-answer", "no_answer"),
        ("failed", "failed"),
        ("canceled", "failed"),
        ("teleported", None),
        ("", None),
    ],
)
def test_the_words_of_a_calls_status_become_ours(
    known: settings.Settings, word: str, state: str | None
) -> None:
    form = {**OUTBOUND, "CallStatus": word, "SequenceNumber": "2"}
    read = carrier(known).read_call(hook(f"call/{TOKEN}", form))
    assert read == CallUpdate("twilio", SID, TOKEN, state, word, "", 2, None, "")


@pytest.mark.parametrize(
    ("form", "code", "seconds", "sequence"),
    [
        pytest.param({"SipResponseCode": "480"}, "SIP 480", None, None, id="why the network gave up"),
        pytest.param({"SipResponseCode": "200", "CallDuration": "37"}, "", 37, None, id="200 is no fault"),
        pytest.param(
            {"ErrorCode": "13224", "SipResponseCode": "404"}, "13224", None, None, id="its own first"
        ),
        pytest.param({"CallDuration": "-1", "SequenceNumber": "x"}, "", None, None, id="no numbers"),
        pytest.param(
            {"CallDuration": "٣", "SequenceNumber": "9" * 40}, "", None, None, id="no numbers of ours"
        ),
        pytest.param({"CallDuration": "0", "SequenceNumber": "0"}, "", 0, 0, id="nought is a number"),
        pytest.param({"ErrorCode": "1\0" * 40}, "1" * 20, None, None, id="what no column holds"),
    ],
)
def test_what_a_status_says_besides(
    known: settings.Settings, form: dict[str, str], code: str, seconds: int | None, sequence: int | None
) -> None:
    read = carrier(known).read_call(hook(f"call/{TOKEN}", {**OUTBOUND, "CallStatus": "failed", **form}))
    assert isinstance(read, CallUpdate)
    assert (read.code, read.seconds, read.sequence) == (code, seconds, sequence)


@pytest.mark.parametrize(
    ("word", "who"),
    [
        ("human", "human"),
        ("machine_start", "machine"),
        ("machine_end_beep", "machine"),
        ("machine_end_silence", "machine"),
        ("machine_end_other", "machine"),
        ("fax", "machine"),
        ("unknown", "unknown"),
        ("parrot", "unknown"),
        ("", ""),
    ],
)
def test_who_answered(known: settings.Settings, word: str, who: str) -> None:
    form = {**OUTBOUND, "CallStatus": "in-progress", "AnsweredBy": word}
    for path in (f"call/{TOKEN}", f"voice/{TOKEN}"):
        assert carrier(known).read_call(hook(path, form)).answered_by == who


@pytest.mark.parametrize(
    ("path", "form", "read"),
    [
        pytest.param(f"voice/{TOKEN}", OUTBOUND, CallAsks(**ASKS), id="what to say"),
        pytest.param(
            f"voice/{TOKEN}?round=2&who=1",
            OUTBOUND,
            CallAsks(**{**ASKS, "query": "round=2&who=1"}),
            id="what to say now",
        ),
        pytest.param(f"key/{TOKEN}", {**OUTBOUND, "Digits": "1"}, KeyPressed(**ASKS, keys="1"), id="a key"),
        pytest.param(f"key/{TOKEN}", OUTBOUND, KeyPressed(**ASKS, keys=""), id="silence"),
        pytest.param(
            f"key/{TOKEN}",
            {**INBOUND, "Digits": "*#0"},
            KeyPressed(**ASKS, keys="*#0"),
            id="of an inbound call",
        ),
        pytest.param(
            f"key/{TOKEN}",
            {**OUTBOUND, "Digits": "12345678901234567890" * 2},
            KeyPressed(**ASKS, keys="12345678901234567890123456789012"),
            id="a cat on the keypad",
        ),
        pytest.param(
            f"key/{TOKEN}",
            {**OUTBOUND, "Digits": "1\0<Dial>٣2"},
            KeyPressed(**ASKS, keys="12"),
            id="no keys of a phone",
        ),
        pytest.param(
            "voice", INBOUND, InboundCall(**{**ASKS, "token": ""}, called=OURS), id="somebody calls"
        ),
        pytest.param(
            f"recording/{TOKEN}",
            {**OUTBOUND, "RecordingSid": "RE1", "RecordingUrl": "https://api/RE1", "RecordingDuration": "31"},
            Recorded(**ASKS, recording_id="RE1", seconds=31, hung_up=False),
            id="a recording",
        ),
        pytest.param(
            f"recording/{TOKEN}",
            {**OUTBOUND, "Digits": "hangup"},
            Recorded(**ASKS, recording_id="", seconds=None, hung_up=True),
            id="a recording that is none",
        ),
        pytest.param(
            f"recorded/{TOKEN}?r=1",
            {"CallSid": OUTBOUND["CallSid"], "RecordingSid": "RE1", "RecordingStatus": "completed"},
            RecordingReady("twilio", ASKS["carrier_id"], TOKEN, "r=1", "RE1", True),
            id="it can be fetched",
        ),
        pytest.param(
            f"recorded/{TOKEN}?r=1",
            {"CallSid": OUTBOUND["CallSid"], "RecordingSid": "RE1", "RecordingStatus": "absent"},
            RecordingReady("twilio", ASKS["carrier_id"], TOKEN, "r=1", "RE1", False),
            id="there is none after all",
        ),
        pytest.param(
            f"connection/{TOKEN}",
            {**OUTBOUND, "DialCallStatus": "no-answer"},
            Connected(**ASKS, state="no_answer", word="no-answer", seconds=None),
            id="the officer did not answer",
        ),
        pytest.param(
            f"connection/{TOKEN}",
            {**OUTBOUND, "DialCallStatus": "answered", "DialCallDuration": "64"},
            Connected(**ASKS, state="completed", word="answered", seconds=64),
            id="they talked",
        ),
        pytest.param(
            f"connection/{TOKEN}",
            {**OUTBOUND, "DialCallStatus": "abducted"},
            Connected(**ASKS, state=None, word="abducted", seconds=None),
            id="a word nobody knows",
        ),
    ],
)
def test_what_a_call_asks(known: settings.Settings, path: str, form: dict[str, str], read: CallAsks) -> None:
    heard = carrier(known).read_call(hook(path, form))
    assert heard == read
    assert type(heard) is type(read)


def test_a_path_that_is_none_of_a_calls_is_a_bug_of_ours(known: settings.Settings) -> None:
    with pytest.raises(KeyError):
        carrier(known).read_call(hook("sms", OUTBOUND))


@pytest.mark.parametrize("kind", ["call", "voice", "key", "recording", "connection"])
def test_calls_without_the_carriers_signature_are_refused(known: settings.Settings, kind: str) -> None:
    good = hook(f"{kind}/{TOKEN}", OUTBOUND)
    assert carrier(known).read_call(good)
    for bad in (
        hook(f"{kind}/{TOKEN}", OUTBOUND, "x" * 32),
        replace(good, headers={}),
        replace(good, path=good.path + "?round=2"),
        replace(good, form={**OUTBOUND, "Digits": "1"}),
    ):
        with pytest.raises(HookRefused):
            carrier(known).read_call(bad)
    with pytest.raises(HookRefused):
        carrier(known, auth_token="").read_call(good)


def test_the_key_from_before_counts_while_it_is_changed(known: settings.Settings) -> None:
    old = hook(f"voice/{TOKEN}", OUTBOUND, "p" * 32)
    assert carrier(known, previous_token="p" * 32).read_call(old) == CallAsks(**ASKS)


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        ("SIP 404", Cause.DEAD),
        ("SIP 410", Cause.DEAD),
        ("SIP 604", Cause.DEAD),
        ("SIP 408", Cause.UNREACHABLE),
        ("SIP 480", Cause.UNREACHABLE),
        ("SIP 503", Cause.UNREACHABLE),
        ("SIP 500", Cause.UNSURE),
        ("SIP 486", Cause.OTHER),  # busy is a state of its own
        ("404", Cause.OTHER),  # HTTP's, not the telephone network's
        ("503", Cause.OTHER),
    ],
)
def test_why_a_call_failed_is_said_in_our_words(known: settings.Settings, code: str, cause: Cause) -> None:
    assert carrier(known).cause_of(code) is cause
