"""The doors at which carriers call us: check the signature, take it in, answer 2xx only after it is safe.

They stand before the pages and are plain WSGI. What a page needs before and after it (session, language, sign-in, form
token, counting of tries) is of no use to a carrier, and cost more CPU than taking in what it says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import structlog

from service import db, intake
from service.campaigns import recording_dialogue
from service.carriers import directory, missed_call
from service.carriers.base import Carrier, HookCall, HookRefused, Incoming, StatusUpdate
from service.carriers.calls import CallAsks, CallUpdate, Connected, InboundCall, Recorded, RecordingReady
from service.carriers.speech import Reject, Script
from service.replies import inbox, keys
from service.replies.events import AWAY, Received
from service.sending import on_the_phone, recording_calls
from service.sending.on_the_phone import NOTHING_KNOWN, Talk

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = structlog.get_logger()

FOLDER = "/hooks/"
CHECK_PATH = "/hooks/twilio/check"
MISSED_CALL_PATH = "/hooks/missed-call"
MOST_BYTES = 64 * 1024
MOST_FIELDS = 200  # Twilio sends about twenty
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Answer:
    """What a carrier hears."""

    status: str
    body: bytes = b""
    kind: str = "text/plain; charset=utf-8"
    allow: str = ""

    def headers(self) -> list[tuple[str, str]]:
        more = [("Allow", self.allow)] if self.allow else []
        return [
            ("Content-Type", self.kind),
            ("Content-Length", str(len(self.body))),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
            *more,
        ]


HEARD = Answer("200 OK")
NOTHING_TO_DO = Answer(
    "200 OK", b'<?xml version="1.0" encoding="UTF-8"?><Response/>', "text/xml; charset=utf-8"
)
FITS = Answer("200 OK", b"fits")
NOT_SIGNED = Answer("403 Forbidden", b"signature")
BAD_REQUEST = "400 Bad Request"
NOWHERE = Answer("404 Not Found", b"not found")
ONLY_POST = Answer("405 Method Not Allowed", allow="POST")
TOO_LARGE = Answer("413 Content Too Large", b"too large")
AGAIN = Answer("503 Service Unavailable", b"try again")


class TooLarge(Exception):
    """More than any carrier has to say."""


def _hear(event: StatusUpdate | CallUpdate) -> Answer:
    """What a message is doing: nobody reads the answer's body, and a body is a second write to the line."""
    return HEARD if intake.take_in(Received(event, datetime.now(UTC))) else AGAIN


def _keep(event: Incoming) -> Answer:
    """What somebody says: the carrier wants to be told in TwiML what to do, and there is nothing to do."""
    return NOTHING_TO_DO if intake.take_in(Received(event, datetime.now(UTC))) else AGAIN


def _say_it_fits(_event: StatusUpdate | Incoming) -> Answer:
    """The doctor asks whether a signature still fits after its way here; nothing is kept."""
    return FITS


def _talk(asks: CallAsks) -> Answer:
    """A call asks what to say. A key that answers is safe before the thanks are said."""
    if recording_dialogue.place(asks.query) is not None:
        return _record(asks)
    call: Talk | None = None
    script: Script | None = None
    try:
        call = on_the_phone.talk(asks)
        script = recording_calls.begin(asks) if call.said is None else None
    except AWAY as problem:
        log.error("hooks.cannot_say", problem=type(problem).__name__)
    if script is not None:
        return _told(asks, script)
    answer = keys.answer(asks, call or NOTHING_KNOWN)
    if answer is not None and not intake.take_in(Received(answer, datetime.now(UTC))):
        return AGAIN
    if call is None:
        return _told(asks, on_the_phone.alone(keys.thanks(answer)))
    return _told(asks, on_the_phone.say(asks, _after(asks, call).said))


def _after(asks: CallAsks, call: Talk) -> Talk:
    """The call as it stands when what else its key says, or that the officer took it, is noted."""
    try:
        if isinstance(asks, Connected):
            inbox.note_connection(asks)
        elif on_the_phone.learn_language(asks, call):
            return on_the_phone.talk(asks)
    except AWAY as problem:  # it is asked again in the next call, or the officer calls once more
        log.error("hooks.not_noted", problem=type(problem).__name__)
    return call


def _record(asks: CallAsks) -> Answer:
    """A call in which a member of staff records asks what to say. Its keys are no villager's, and nothing else follows."""
    try:
        with db.transaction():
            script = recording_calls.say(asks)
    except AWAY as problem:
        log.error("hooks.cannot_record", problem=type(problem).__name__)
        if isinstance(asks, Recorded):
            return AGAIN  # who does not know of the recording cannot have it deleted at the carrier
        script = recording_dialogue.end(recording_dialogue.AWAY)
    return _told(asks, script)


def _be_recorded(ready: RecordingReady) -> Answer:
    """What somebody said in such a call can be fetched from now on."""
    try:
        with db.transaction():
            recording_calls.hear(ready)
    except AWAY as problem:
        log.error("hooks.cannot_record", problem=type(problem).__name__)
        return AGAIN
    return HEARD


def _be_missed(call: InboundCall) -> Answer:
    """Somebody calls our number. We do not answer, so that it costs the caller nothing, and call back."""
    missed = Incoming(call.carrier, call.carrier_id, inbox.MISSED_CALL, call.number, "")
    if not intake.take_in(Received(missed, datetime.now(UTC))):
        return AGAIN
    return _told(call, (Reject(),))


def _told(asks: CallAsks, script: Script) -> Answer:
    rendered = directory.get(asks.carrier).render(script)
    return Answer("200 OK", rendered.body.encode(), rendered.content_type)


@dataclass(frozen=True)
class Way:
    """An address at which a carrier may call: the carrier's verb that reads it, and what is done."""

    read: Callable[[Carrier, HookCall], Any]
    do: Callable[[Any], Answer]


def _read_hook(carrier: Carrier, call: HookCall) -> StatusUpdate | Incoming:
    return carrier.read_hook(call)


def _read_call(carrier: Carrier, call: HookCall) -> CallUpdate | CallAsks | RecordingReady:
    return carrier.read_call(call)


# One that ends with a stroke goes on with a token.
WAYS: dict[str, Way] = {
    "/hooks/twilio/status/": Way(_read_hook, _hear),
    "/hooks/twilio/sms": Way(_read_hook, _keep),
    CHECK_PATH: Way(_read_hook, _say_it_fits),
    "/hooks/twilio/call/": Way(_read_call, _hear),
    "/hooks/twilio/voice": Way(_read_call, _be_missed),
    "/hooks/twilio/voice/": Way(_read_call, _talk),
    "/hooks/twilio/key/": Way(_read_call, _talk),
    "/hooks/twilio/connection/": Way(_read_call, _talk),
    "/hooks/twilio/recording/": Way(_read_call, _record),
    "/hooks/twilio/recorded/": Way(_read_call, _be_recorded),
}


class Door:
    """Answers the carriers itself, and leaves everybody else to the pages behind it."""

    def __init__(self, pages: WSGIApplication) -> None:
        self._pages = pages

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not environ["PATH_INFO"].startswith(FOLDER):
            return self._pages(environ, start_response)
        answer = _answer(environ)
        start_response(answer.status, answer.headers())
        return [answer.body] if answer.body else []


def _answer(environ: Mapping[str, Any]) -> Answer:
    path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace")  # WSGI's way to pass bytes
    way = WAYS.get(path) or WAYS.get(path[: path.rfind("/") + 1])
    if way is None and path != MISSED_CALL_PATH:
        return NOWHERE
    if environ["REQUEST_METHOD"] != "POST":
        return ONLY_POST
    try:
        if way is None:
            return _be_told(environ)
        event = way.read(directory.get(path.split("/")[2]), _call(path, environ))
    except TooLarge:
        return TOO_LARGE
    except HookRefused:
        return NOT_SIGNED
    return way.do(event)


def _be_told(environ: Mapping[str, Any]) -> Answer:
    """A gateway says that it rang and nobody answered. Raises TooLarge, HookRefused."""
    try:
        missed = missed_call.read(_headers(environ), _body(environ), datetime.now(UTC))
    except missed_call.Unreadable as problem:
        return Answer(BAD_REQUEST, str(problem).encode())
    return HEARD if intake.take_in(Received(missed.call, missed.at)) else AGAIN


def _call(path: str, environ: Mapping[str, Any]) -> HookCall:
    query = environ.get("QUERY_STRING", "")
    return HookCall(f"{path}?{query}" if query else path, _headers(environ), _form(environ))


def _headers(environ: Mapping[str, Any]) -> dict[str, str]:
    return {
        name[5:].replace("_", "-").title(): value
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }


def _body(environ: Mapping[str, Any]) -> bytes:
    """Raises TooLarge."""
    said = int(environ.get("CONTENT_LENGTH") or MOST_BYTES + 1)
    if environ.get("CONTENT_LENGTH") and said > MOST_BYTES:
        raise TooLarge
    body: bytes = environ["wsgi.input"].read(said)
    if len(body) > MOST_BYTES:
        raise TooLarge
    return body


def _form(environ: Mapping[str, Any]) -> dict[str, str]:
    """The fields of the form; none when it is no form, and then no signature fits. Raises TooLarge."""
    body = _body(environ)
    if environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower() != FORM:
        return {}
    try:
        return dict(parse_qsl(body.decode("utf-8", "replace"), True, max_num_fields=MOST_FIELDS))
    except ValueError as problem:
        raise TooLarge from problem
