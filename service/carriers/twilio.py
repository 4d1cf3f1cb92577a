"""Twilio: its SDK over our own pooled, timed-out connections. Twilio's words end in the files that bear its name:
here what is sent and asked for, in twilio_voice calls, in twilio_words and twilio_proof its words and refusals in ours.

Sources: https://www.twilio.com/docs/messaging/api/message-resource,
https://www.twilio.com/docs/usage/webhooks/webhooks-security, https://www.twilio.com/en/guidelines/vn/sms
"""

from __future__ import annotations

import hmac
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import urllib3
from twilio.http import HttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from urllib3.exceptions import HTTPError

from service.carriers import twilio_voice
from service.carriers.base import (
    Accepted,
    Arrived,
    Capabilities,
    CarrierError,
    Cause,
    Found,
    HookCall,
    HookRefused,
    Incoming,
    OutgoingSms,
    Proof,
    StatusUpdate,
)
from service.carriers.calls import CallAsks, CallUpdate, OutgoingCall, RecordingReady, Rendered
from service.carriers.speech import Script
from service.carriers.twilio_http import CONNECT_S, AsyncPooledHttpClient, PooledHttpClient
from service.carriers.twilio_proof import understand
from service.carriers.twilio_recordings import TwilioRecordings
from service.carriers.twilio_voice import RETRY_PLEASE, said
from service.carriers.twilio_words import CALL_STATES, CAUSES, STATES
from service.settings import Settings
from service.settings import Twilio as TwilioSettings

LONGEST_S = 36_000  # that Twilio keeps a message in its own queue
ID = re.compile(r"\w{1,64}", re.ASCII)
LIST_LIMIT = 50
PAGE = 100  # of a list: with the longest texts still far below what we read of one answer
STATUS_PATH = "/hooks/twilio/status/"
SMS_PATH = "/hooks/twilio/sms"


class TwilioCarrier:
    """See carriers.base.Carrier."""

    name = "twilio"

    def __init__(self, settings: Settings, read_s: float | None = None) -> None:
        self._settings = settings.twilio
        self._public_url = settings.public_url
        self.per_second = settings.twilio.sms_per_second
        self.calls_per_second = settings.twilio.calls_per_second
        tokens = (settings.twilio.auth_token, settings.twilio.previous_token)
        self._validators = [RequestValidator(token) for token in tokens if token]
        self._voice = twilio_voice.Renderer(
            settings.twilio.voice_name, settings.public_url, settings.twilio.voice_from
        )
        self._read_s = read_s or settings.twilio.read_timeout_s
        self._recordings = TwilioRecordings(settings.twilio)
        self._client = self._client_over(PooledHttpClient(settings.twilio.api_url, self._read_s))

    def _client_over(self, http_client: HttpClient) -> Client:
        known = self._settings
        return Client(known.account_sid, known.auth_token or "none", http_client=http_client)

    @property
    def capabilities(self) -> Capabilities:
        """What follows from the sender.

        Only a +84 number can be answered: a foreign number is overwritten on its way into Vietnam, and a name is not
        a number. Twilio itself has no +84 numbers.
        """
        number = self._settings.sms_from.startswith("+")
        return Capabilities(
            receives_sms=self._settings.sms_from.startswith("+84"),
            receives_calls=False,
            can_call=bool(self._settings.voice_from),
            needs_template=not number,
            promotional_allowed=False,
            delivery_report="network",
            loans_allowed=False,
            templates=self._settings.templates,
        )

    @asynccontextmanager
    async def line(self) -> AsyncIterator[TwilioLine]:
        async with AsyncPooledHttpClient(self._settings.api_url, self._read_s) as over:
            yield TwilioLine(self._client_over(over), self._settings, self._public_url)

    def clock(self) -> datetime | None:
        try:
            answer = urllib3.request(
                "GET", self._settings.api_url, timeout=CONNECT_S, retries=False, redirect=False
            )
            return parsedate_to_datetime(answer.headers.get("Date", "")).astimezone(UTC)
        except (HTTPError, TypeError, ValueError):
            return None

    def find(self, to: str, since: datetime) -> list[Found]:
        # Filtered by To alone: date filters miss what is still in Twilio's queue.
        messages = _asked(lambda: self._client.messages.list(to=to, page_size=LIST_LIMIT, limit=LIST_LIMIT))
        return [one for one in map(_found, messages) if one.created_at >= since]

    def status_of(self, carrier_id: str) -> Found:
        return _found(_asked(lambda: self._client.messages(carrier_id).fetch()))

    def find_calls(self, to: str, since: datetime) -> list[Found]:
        calls = _asked(lambda: self._client.calls.list(to=to, page_size=LIST_LIMIT, limit=LIST_LIMIT))
        return [one for one in map(_found_call, calls) if one.created_at >= since]

    def status_of_call(self, carrier_id: str) -> Found:
        return _found_call(_asked(lambda: self._client.calls(carrier_id).fetch()))

    def cancel_call(self, carrier_id: str) -> Found:
        return _found_call(_asked(lambda: self._client.calls(carrier_id).update(status="canceled")))

    def received(self, since: datetime) -> list[Arrived]:
        # What came in has its date at once: here, unlike in find(), the filter misses nothing.
        messages = _asked(
            lambda: self._client.messages.list(
                to=self._settings.sms_from, date_sent_after=since.astimezone(UTC), page_size=PAGE
            )
        )
        return [
            Arrived(
                Incoming(self.name, str(one.sid), "sms", str(one.from_ or ""), one.body or ""),
                _instant(one.date_sent or one.date_created),
            )
            for one in messages
            if one.direction == "inbound"
        ]

    def cause_of(self, code: str) -> Cause:
        return CAUSES.get(code, Cause.OTHER)

    def read_hook(self, call: HookCall) -> StatusUpdate | Incoming:
        self._check_signature(call)
        form = call.form
        if call.path.startswith(STATUS_PATH):
            word = said(form, "MessageStatus", 30) or said(form, "SmsStatus", 30)
            return StatusUpdate(
                carrier=self.name,
                carrier_id=said(form, "MessageSid", 64),
                token=call.path.removeprefix(STATUS_PATH).split("?")[0],
                state=STATES.get(word),
                word=word,
                code=said(form, "ErrorCode", 20),
            )
        return Incoming(
            carrier=self.name,
            carrier_id=said(form, "MessageSid", 64),
            kind="sms",
            number=form.get("From", ""),
            text=form.get("Body", ""),
        )

    def render(self, script: Script) -> Rendered:
        return self._voice.render(script)

    def read_call(self, call: HookCall) -> CallUpdate | CallAsks | RecordingReady:
        self._check_signature(call)
        return twilio_voice.read(call)

    def recording(self, recording_id: str) -> bytes:
        return self._recordings.fetch(recording_id)

    def forget_recording(self, recording_id: str) -> None:
        self._recordings.delete(recording_id)

    def sign(self, path: str, form: Mapping[str, str]) -> dict[str, str]:
        validator = RequestValidator(self._settings.auth_token or "none")
        return {"X-Twilio-Signature": validator.compute_signature(self._public_url + path, dict(form))}

    def _check_signature(self, call: HookCall) -> None:
        signature = call.headers.get("X-Twilio-Signature", "")
        # The address is built from PUBLIC_URL, never from the Host header, which the caller chooses.
        url, form = self._public_url + call.path, dict(call.form)
        if not any(_fits(validator, url, form, signature) for validator in self._validators):
            raise HookRefused("twilio")


def _fits(validator: Any, url: str, form: dict[str, str], signature: str) -> bool:
    """The address as we gave it comes first: Twilio's own check computes two signatures, with a port and without."""
    expected = validator.compute_signature(url, form)
    same = hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace"))
    return same or bool(validator.validate(url, form, signature))


def _asked(ask: Callable[[], Any]) -> Any:
    """Raises CarrierError, whatever went wrong."""
    try:
        return ask()
    except CarrierError:
        raise
    except Exception as problem:
        raise understand(problem) from problem


def _found_call(call: Any) -> Found:
    """A call has no date before it begins; it stands in the list with the moment at which it was asked for."""
    word = str(call.status)
    return Found(
        carrier_id=str(call.sid),
        body="",
        state=CALL_STATES.get(word),
        word=word[:30],
        code="",
        created_at=_instant(call.date_created),
    )


def _found(message: Any) -> Found:
    return Found(
        carrier_id=str(message.sid),
        body=message.body or "",
        state=STATES.get(str(message.status)),
        word=str(message.status)[:30],
        code=str(message.error_code or ""),
        created_at=_instant(message.date_created),
    )


def _instant(at: datetime | None) -> datetime:
    return (at or datetime.now(UTC)).astimezone(UTC)


class TwilioLine:
    """See carriers.base.Line."""

    def __init__(self, client: Client, settings: TwilioSettings, public_url: str) -> None:
        self._api = client.api.v2010
        self._account = f"/Accounts/{settings.account_sid}"
        self._settings = settings
        self._public_url = public_url

    async def send_sms(self, sms: OutgoingSms) -> Accepted:
        form = {
            "To": sms.to,
            "From": self._settings.sms_from,
            "Body": sms.text,
            "StatusCallback": f"{self._public_url}{STATUS_PATH}{sms.token}{RETRY_PLEASE}",
            # Always said: without it Twilio would keep the message for ten hours.
            "ValidityPeriod": min(LONGEST_S, max(1, sms.valid_for_s)),
        }
        return await self._create("Messages", form)

    async def place_call(self, call: OutgoingCall) -> Accepted:
        if not self._settings.voice_from:
            raise CarrierError("no_voice_from", Proof.OUR_SIDE)
        return await self._create(
            "Calls", twilio_voice.order(call, self._settings.voice_from, self._public_url)
        )

    async def _create(self, what: str, form: dict[str, Any]) -> Accepted:
        if not self._settings.auth_token:
            raise CarrierError("no_auth_token", Proof.OUR_SIDE)
        try:
            # What the SDK's create_async() sends, without the object that it makes of the answer.
            made = await self._api.create_async("POST", f"{self._account}/{what}.json", data=form)
        except CarrierError:
            raise
        except Exception as problem:
            raise understand(problem) from problem
        sid = made.get("sid") if isinstance(made, dict) else None
        if not isinstance(sid, str) or not ID.fullmatch(sid):
            raise CarrierError("no_id", Proof.NOTHING)
        return Accepted(sid)
