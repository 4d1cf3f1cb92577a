"""Twilio: its SDK over our own pooled, timed-out connections. Twilio's words end in this file.

Sources: https://www.twilio.com/docs/messaging/api/message-resource, https://www.twilio.com/docs/api/errors,
https://www.twilio.com/docs/usage/webhooks/webhooks-security, https://www.twilio.com/en/guidelines/vn/sms
"""

from __future__ import annotations

import hmac
import re
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
import urllib3
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.http import HttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, SSLError

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
from service.carriers.twilio_http import CONNECT_S, AsyncPooledHttpClient, PooledHttpClient
from service.settings import Settings
from service.settings import Twilio as TwilioSettings

LONGEST_S = 36_000  # that Twilio keeps a message in its own queue
ID = re.compile(r"\w{1,64}", re.ASCII)
LIST_LIMIT = 50
PAGE = 100  # of a list: with the longest texts still far below what we read of one answer
STATUS_PATH = "/hooks/twilio/status/"
SMS_PATH = "/hooks/twilio/sms"
# Twilio repeats a callback only when the address says so: 5 times, on every failure, connect 3 s, read 5 s.
RETRY_PLEASE = "#rc=5&rp=all&ct=3000&rt=5000"

STATES = {
    "accepted": "accepted",
    "scheduled": "accepted",
    "queued": "accepted",
    "sending": "accepted",
    "sent": "sent",
    "delivered": "delivered",
    "read": "delivered",
    "undelivered": "failed",
    "failed": "failed",
    "canceled": "failed",
}

CODES = {
    20003: Proof.OUR_SIDE,  # authentication
    20429: Proof.NOT_PROCESSED,  # too many requests
    21211: Proof.REFUSED,  # not a phone number
    21408: Proof.OUR_SIDE,  # this account may not send to Vietnam
    21602: Proof.REFUSED,  # empty text
    21606: Proof.OUR_SIDE,  # the sender is not ours
    21610: Proof.OPTED_OUT,  # this number told Twilio to stop
    21612: Proof.OUR_SIDE,  # the sender cannot reach this country
    21614: Proof.REFUSED,  # a landline; refused before billing
    21617: Proof.REFUSED,  # text too long
    21657: Proof.OUR_SIDE,  # the sender's name is not accepted
    30024: Proof.OUR_SIDE,  # the sender's name is not registered
    30042: Proof.OUR_SIDE,  # the sender's name is not allowed
}

# Why a message that Twilio took did not arrive. https://www.twilio.com/docs/api/errors
CAUSES = {
    "30001": Cause.UNREACHABLE,  # too many at once for the network's queue
    "30003": Cause.UNREACHABLE,
    "30004": Cause.FILTERED,  # the phone or its network blocks it
    "30005": Cause.DEAD,  # unknown number
    "30006": Cause.DEAD,  # a landline, or a network that takes no SMS
    "30007": Cause.FILTERED,  # the network takes it for spam
    "30008": Cause.UNSURE,  # "unknown error"
    "30036": Cause.UNREACHABLE,  # the phone was off until ValidityPeriod was over
}

STATUSES = {
    400: Proof.REFUSED_UNKNOWN,
    401: Proof.OUR_SIDE,
    403: Proof.OUR_SIDE,
    404: Proof.REFUSED_UNKNOWN,
    429: Proof.NOT_PROCESSED,
}


class TwilioCarrier:
    """See carriers.base.Carrier."""

    name = "twilio"

    def __init__(self, settings: Settings, read_s: float | None = None) -> None:
        self._settings = settings.twilio
        self._public_url = settings.public_url
        self.per_second = settings.twilio.sms_per_second
        tokens = (settings.twilio.auth_token, settings.twilio.previous_token)
        self._validators = [RequestValidator(token) for token in tokens if token]
        self._read_s = read_s or settings.twilio.read_timeout_s
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
        try:
            messages = self._client.messages.list(to=to, page_size=LIST_LIMIT, limit=LIST_LIMIT)
        except CarrierError:
            raise
        except Exception as problem:
            raise understand(problem) from problem
        found = [_found(message) for message in messages]
        return [one for one in found if one.created_at >= since]

    def status_of(self, carrier_id: str) -> Found:
        try:
            return _found(self._client.messages(carrier_id).fetch())
        except CarrierError:
            raise
        except Exception as problem:
            raise understand(problem) from problem

    def received(self, since: datetime) -> list[Arrived]:
        # What came in has its date at once: here, unlike in find(), the filter misses nothing.
        try:
            messages = self._client.messages.list(
                to=self._settings.sms_from, date_sent_after=since.astimezone(UTC), page_size=PAGE
            )
        except CarrierError:
            raise
        except Exception as problem:
            raise understand(problem) from problem
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
            word = _said(form, "MessageStatus", 30) or _said(form, "SmsStatus", 30)
            return StatusUpdate(
                carrier=self.name,
                carrier_id=_said(form, "MessageSid", 64),
                token=call.path.removeprefix(STATUS_PATH).split("?")[0],
                state=STATES.get(word),
                word=word,
                code=_said(form, "ErrorCode", 20),
            )
        return Incoming(
            carrier=self.name,
            carrier_id=_said(form, "MessageSid", 64),
            kind="sms",
            number=form.get("From", ""),
            text=form.get("Body", ""),
        )

    def sign(self, path: str, form: Mapping[str, str]) -> dict[str, str]:
        validator = RequestValidator(self._settings.auth_token or "none")
        return {"X-Twilio-Signature": validator.compute_signature(self._public_url + path, dict(form))}

    def _check_signature(self, call: HookCall) -> None:
        signature = call.headers.get("X-Twilio-Signature", "")
        # The address is built from PUBLIC_URL, never from the Host header, which the caller chooses.
        url, form = self._public_url + call.path, dict(call.form)
        if not any(_fits(validator, url, form, signature) for validator in self._validators):
            raise HookRefused("twilio")


def _said(form: Mapping[str, str], name: str, most: int) -> str:
    """A short word of Twilio's, without what PostgreSQL cannot store."""
    return form.get(name, "").replace("\0", "")[:most]


def _fits(validator: Any, url: str, form: dict[str, str], signature: str) -> bool:
    """The address as we gave it comes first: Twilio's own check computes two signatures, with a port and without."""
    expected = validator.compute_signature(url, form)
    same = hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace"))
    return same or bool(validator.validate(url, form, signature))


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
        self._path = f"/Accounts/{settings.account_sid}/Messages.json"
        self._settings = settings
        self._status_url = public_url + STATUS_PATH

    async def send_sms(self, sms: OutgoingSms) -> Accepted:
        if not self._settings.auth_token:
            raise CarrierError("no_auth_token", Proof.OUR_SIDE)
        try:
            # What the SDK's messages.create_async() sends, without the object that it makes of the answer.
            message = await self._api.create_async(
                "POST",
                self._path,
                data={
                    "To": sms.to,
                    "From": self._settings.sms_from,
                    "Body": sms.text,
                    "StatusCallback": f"{self._status_url}{sms.token}{RETRY_PLEASE}",
                    # Always said: without it Twilio would keep the message for ten hours.
                    "ValidityPeriod": min(LONGEST_S, max(1, sms.valid_for_s)),
                },
            )
        except CarrierError:
            raise
        except Exception as problem:
            raise understand(problem) from problem
        sid = message.get("sid") if isinstance(message, dict) else None
        if not isinstance(sid, str) or not ID.fullmatch(sid):
            raise CarrierError("no_id", Proof.NOTHING)
        return Accepted(sid)


NOT_SENT = (  # no connection came about, so no byte of the request left
    NewConnectionError,
    ConnectTimeoutError,
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
)
MAY_HAVE_BEEN_SENT = (  # time-out, reset, end of file, or a 201 that cannot be read
    TwilioException,
    HTTPError,
    aiohttp.ClientError,
    OSError,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
)


def understand(problem: Exception) -> CarrierError:
    """What a failed request proves. Raises the problem again when it is not the network's or Twilio's."""
    if isinstance(problem, TwilioRestException | TwilioServiceException):
        return _refusal(problem)
    if isinstance(problem, aiohttp.ClientConnectorCertificateError) or _is_bad_certificate(problem):
        return CarrierError("bad_certificate", Proof.NOT_SENT)
    if isinstance(problem, NOT_SENT):
        return CarrierError("no_connection", Proof.NOT_SENT)
    if isinstance(problem, MAY_HAVE_BEEN_SENT):
        return CarrierError(type(problem).__name__, Proof.NOTHING)
    raise problem


def _is_bad_certificate(problem: Exception) -> bool:
    return isinstance(problem, SSLError) and isinstance(_cause(problem), ssl.SSLCertVerificationError)


def _refusal(problem: TwilioRestException | TwilioServiceException) -> CarrierError:
    status, code = _number(problem.status), _number(problem.code)
    proof = CODES.get(code) if 400 <= status < 500 else None
    proof = proof or STATUSES.get(status) or (Proof.REFUSED_UNKNOWN if 400 <= status < 500 else Proof.NOTHING)
    return CarrierError(str(code or status), proof, retry_after_s=None)


def _number(value: object) -> int:
    """A number that the body names; 0 when it is none."""
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 0


def _cause(problem: BaseException) -> Any:
    return (
        problem.args[0] if problem.args and isinstance(problem.args[0], BaseException) else problem.__cause__
    )
