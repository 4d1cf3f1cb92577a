"""What Twilio documents of the verbs we use, and a reader of a document that holds it against that.

https://www.twilio.com/docs/voice/twiml and, below it, say, play, pause, gather, dial, record, redirect, hangup, reject.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

Check = Callable[[str], bool]


def whole(least: int, most: int) -> Check:
    return lambda value: value.isascii() and value.isdigit() and least <= int(value) <= most


def one_of(*words: str) -> Check:
    return lambda value: value in words


def matches(pattern: str) -> Check:
    return lambda value: re.fullmatch(pattern, value, re.ASCII) is not None


def is_url(value: str) -> bool:
    parts = urlsplit(value)
    return parts.scheme in ("http", "https") and bool(parts.netloc) and not re.search(r"\s", value)


YES_NO, METHOD, KEYS = one_of("true", "false"), one_of("GET", "POST"), matches(r"[0-9*#]*")
NUMBER, LANGUAGE = matches(r"\+[1-9]\d{6,14}"), matches(r"[a-z]{2,3}-[A-Z]{2}")
NOTHING = matches("")
DAY_S = 24 * 60 * 60
MOST_TEXT, MOST_ENCODED = 3000, 4500  # error 13521


def text_to_say(text: str) -> bool:
    encoded = sum(1 if char.isascii() and char.isalnum() else 3 * len(char.encode()) for char in text)
    return 0 < len(text) <= MOST_TEXT and encoded <= MOST_ENCODED


@dataclass(frozen=True)
class Verb:
    """Its attributes, what its text must be (none: it has none), and what may stand inside."""

    attributes: dict[str, Check]
    text: Check = NOTHING
    inside: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


SPEAKS = {
    "Say": Verb({"voice": matches(r"[\w.-]+"), "language": LANGUAGE, "loop": whole(0, 1000)}, text_to_say),
    "Play": Verb({"loop": whole(0, 1000), "digits": matches(r"[0-9w*#A-D]+")}, is_url),
    "Pause": Verb({"length": whole(1, DAY_S)}),
}
VERBS: dict[str, Verb] = {
    **SPEAKS,
    "Gather": Verb(
        {
            "input": one_of("dtmf", "speech", "dtmf speech"),
            "action": is_url,
            "method": METHOD,
            "timeout": whole(1, 1000),
            "speechTimeout": matches(r"auto|\d+"),
            "numDigits": whole(1, 1000),
            "finishOnKey": matches(r"[0-9*#]?"),
            "actionOnEmptyResult": YES_NO,
            "language": LANGUAGE,
        },
        inside=tuple(SPEAKS),
        needs=("action", "timeout"),
    ),
    "Dial": Verb(
        {
            "action": is_url,
            "method": METHOD,
            "timeout": whole(5, 600),
            "callerId": NUMBER,
            "timeLimit": whole(1, DAY_S),
            "answerOnBridge": YES_NO,
            "hangupOnStar": YES_NO,
        },
        NUMBER,
        needs=("callerId",),
    ),
    "Record": Verb(
        {
            "action": is_url,
            "method": METHOD,
            "timeout": whole(1, 1000),
            "finishOnKey": KEYS,
            "maxLength": whole(1, DAY_S),
            "playBeep": YES_NO,
            "trim": one_of("trim-silence", "do-not-trim"),
            "recordingStatusCallback": is_url,
            "recordingStatusCallbackMethod": METHOD,
            "recordingStatusCallbackEvent": matches(
                r"(in-progress|completed|absent)( (in-progress|completed|absent))*"
            ),
        },
        needs=("action", "maxLength"),
    ),
    "Redirect": Verb({"method": METHOD}, is_url),
    "Hangup": Verb({}),
    "Reject": Verb({"reason": one_of("rejected", "busy")}),
}
LAST = ("Redirect", "Hangup", "Reject", "Dial")


def read(document: str) -> Element:
    """The document, once it has shown to be what Twilio understands. Raises AssertionError or ParseError."""
    root = ElementTree.fromstring(document.encode())
    assert root.tag == "Response"
    assert root.attrib == {}
    _read_children(root, tuple(VERBS))
    verbs = [child.tag for child in root]
    assert all(tag not in LAST for tag in verbs[:-1]), f"never reached: {verbs}"
    assert verbs[-1] not in ("Gather", "Record"), "nothing follows when nobody answers"
    assert "Reject" not in verbs[1:], "answered before it is rejected"
    return root


def _read_children(parent: Element, allowed: tuple[str, ...]) -> None:
    assert not (parent.text or "").strip() or not len(parent), f"text between verbs: {parent.text!r}"
    for child in parent:
        assert child.tag in allowed, f"<{child.tag}> in <{parent.tag}>"
        assert not (child.tail or "").strip(), f"text between verbs: {child.tail!r}"
        verb = VERBS[child.tag]
        for name, value in child.attrib.items():
            assert name in verb.attributes, f"<{child.tag} {name}>"
            assert verb.attributes[name](value), f"<{child.tag} {name}={value!r}>"
        assert set(verb.needs) <= set(child.attrib), f"<{child.tag}> without {verb.needs}"
        if not verb.inside:
            assert verb.text(child.text or ""), f"<{child.tag}>{child.text!r}"
        _read_children(child, verb.inside)


def said(root: Element) -> list[str]:
    """What is read out, piece by piece."""
    return [say.text or "" for say in root.iter("Say")]
