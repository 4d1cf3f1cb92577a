"""TwiML as a document: parsed without entities, its verbs and attributes checked against what Twilio documents.

Twilio itself only warns (12200) of an unknown verb or attribute and goes on; here it ends the call, so that a
rehearsal shows what production would hide.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn
from urllib.parse import urljoin
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from village.errors import TwimlError
from village.settings import is_address

MOST = 5  # messages in one answer to an SMS


@dataclass(frozen=True)
class Verb:
    """What Twilio documents: the attributes of a verb, and what may stand within."""

    attributes: frozenset[str] = frozenset()
    nested: frozenset[str] = frozenset()


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


SPEECH = _names("break emphasis lang p phoneme prosody s say-as sub w")  # SSML within <Say>
RECORDING = (
    "recordingStatusCallback recordingStatusCallbackMethod recordingStatusCallbackEvent recordingTrack"
)
# Source: https://www.twilio.com/docs/voice/twiml
VERBS: dict[str, Verb] = {
    "Say": Verb(_names("voice language loop"), SPEECH),
    "Play": Verb(_names("loop digits")),
    "Pause": Verb(_names("length")),
    "Gather": Verb(
        _names(
            "action method input timeout numDigits finishOnKey actionOnEmptyResult language hints bargeIn debug"
            " dtmfDetection enhanced maxSpeechTime partialResultCallback partialResultCallbackMethod"
            " profanityFilter speechModel speechTimeout"
        ),
        _names("Say Play Pause"),
    ),
    "Redirect": Verb(_names("method")),
    "Hangup": Verb(),
    "Reject": Verb(_names("reason")),
    "Record": Verb(
        _names(
            "action method timeout finishOnKey maxLength playBeep trim transcribe transcribeCallback "
            + RECORDING
        )
    ),
    "Dial": Verb(
        _names(
            "action method timeout callerId timeLimit hangupOnStar answerOnBridge record ringTone trim sequential "
            + RECORDING
        ),
        _names("Number"),
    ),
    "Number": Verb(),  # what it may have (a whisper, callbacks of its own) this network cannot do
}
TOP = VERBS.keys() - {"Number"}


def parse(text: str) -> Element:
    """The root of an XML document; 12100 when it is none, or has a document type, which could hold entities."""
    builder = TreeBuilder()
    parser = expat.ParserCreate()
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = _no_doctype
    try:
        parser.Parse(text.strip(), True)
    except (expat.ExpatError, UnicodeError) as problem:
        raise TwimlError(12100, str(problem)) from problem
    return builder.close()


def _no_doctype(*_declared: object) -> NoReturn:
    raise TwimlError(12100, "a document type is not allowed")


def script(text: str) -> list[Element]:
    """The verbs of a voice document, checked. Raises TwimlError."""
    root = parse(text)
    if root.tag != "Response":
        raise TwimlError(12100, f"the root is <{root.tag}>, not <Response>")
    for verb in root:
        _check(verb, TOP, "Response")
    return list(root)


def _check(verb: Element, allowed: frozenset[str] | set[str], within: str) -> None:
    if verb.tag not in allowed:
        raise TwimlError(12200, f"<{verb.tag}> is not allowed in <{within}>")
    known = VERBS.get(verb.tag)
    if known is None:  # a part of speech within <Say>
        return
    unknown = sorted(set(verb.attrib) - known.attributes)
    if unknown:
        raise TwimlError(12200, f"<{verb.tag}> has no attribute {', '.join(unknown)}")
    for part in verb:
        _check(part, known.nested, verb.tag)


# --- values of attributes ---


def whole(verb: Element, name: str, default: int, lowest: int, highest: int) -> int:
    """A whole number; 12200 when it is none or out of its limits."""
    raw = verb.get(name)
    if raw is None:
        return default
    if not (raw.isascii() and raw.isdigit() and len(raw) <= 9 and lowest <= int(raw) <= highest):
        _wrong(verb, name, raw)
    return int(raw)


def one_of(verb: Element, name: str, default: str, *others: str) -> str:
    value = verb.get(name, default)
    if value not in (default, *others):
        _wrong(verb, name, value)
    return value


def keys(verb: Element, name: str, default: str, most: int) -> str:
    """Keys of a telephone, at most so many."""
    value = verb.get(name, default)
    if len(value) > most or not set(value) <= set("0123456789*#"):
        _wrong(verb, name, value)
    return value


def flag(verb: Element, name: str, default: str) -> bool:
    return one_of(verb, name, default, "true", "false") == "true"


def address(base: str, given: str) -> str:
    """An address of the document, relative to the document's own."""
    there = urljoin(base, given.strip())
    if not is_address(there):
        raise TwimlError(11100, repr(given))
    return there


def words(verb: Element) -> str:
    """All text within a verb, blanks made one."""
    return " ".join("".join(verb.itertext()).split())


def _wrong(verb: Element, name: str, value: str) -> NoReturn:
    raise TwimlError(12200, f"<{verb.tag}> cannot have {name}={value!r}")


# --- what a carrier makes of other contents: text is said, audio is played ---


def _said(text: str, _url: str) -> list[Element]:
    say = Element("Say")
    say.text = text
    return [say]


def _played(_text: str, url: str) -> list[Element]:
    play = Element("Play")
    play.text = url
    return [play]


XML = ("text/xml", "application/xml", "text/html")
OTHERS: dict[str, Callable[[str, str], list[Element]]] = {"text/plain": _said, "audio/": _played}


def read(content_type: str, text: str, url: str) -> list[Element]:
    """The verbs to follow after this answer of ``url``. Raises TwimlError."""
    if content_type in XML:
        return script(text)
    for beginning, make in OTHERS.items():
        if content_type.startswith(beginning):
            return make(text, url)
    raise TwimlError(12300, content_type or "none")


# --- SMS ---


def messages(text: str) -> list[str]:
    """Texts to send back to the phone after an incoming SMS. Anything that is not TwiML asks for nothing."""
    if "<Message" not in text:
        return []
    try:
        root = parse(text)
    except TwimlError:
        return []
    bodies = [message.findtext("Body") or message.text or "" for message in root.iter("Message")]
    return [body.strip() for body in bodies if body.strip()][:MOST]
