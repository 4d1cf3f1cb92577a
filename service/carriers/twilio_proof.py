"""What a request to Twilio that was not accepted proves.

Source: https://www.twilio.com/docs/api/errors; for 13227 and 21215 also
https://support.twilio.com/hc/en-us/articles/223180228 (geographic permissions of calls).
"""

from __future__ import annotations

import ssl
from typing import Any

import aiohttp
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, SSLError

from service.carriers.base import CarrierError, Proof

CODES = {
    13224: Proof.REFUSED,  # a call: this number is not in service, or no network carries calls to it
    13227: Proof.OUR_SIDE,  # a call: this account may not call Vietnam
    20003: Proof.OUR_SIDE,  # authentication
    20429: Proof.NOT_PROCESSED,  # too many requests
    21210: Proof.OUR_SIDE,  # a call: the number shown to the called is not verified as ours
    21211: Proof.REFUSED,  # not a phone number
    21213: Proof.OUR_SIDE,  # a call: no number to show
    21214: Proof.REFUSED,  # a call: this number cannot be reached
    21215: Proof.OUR_SIDE,  # a call: this account may not call Vietnam
    21216: Proof.REFUSED,  # a call: Twilio blocks this number, for fear of fraud or by a rule of the country
    21217: Proof.REFUSED,  # a call: not a phone number
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

STATUSES = {
    400: Proof.REFUSED_UNKNOWN,
    401: Proof.OUR_SIDE,
    403: Proof.OUR_SIDE,
    404: Proof.REFUSED_UNKNOWN,
    429: Proof.NOT_PROCESSED,
}

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
