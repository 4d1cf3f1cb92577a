"""Missed calls that a gateway beside a local SIM tells us of (Gammu SMSD and its like): one signed JSON for each call.

``X-Timestamp``: seconds since 1970 at which it was signed. ``X-Signature``: HMAC-SHA256, in hexadecimal digits, of that
text, a full stop and the raw body. The body: ``{"id", "from", "at"}``, see docs/carriers.md.
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from service import settings
from service.carriers.base import HookRefused, Incoming

NAME, KIND = "gateway", "missed_call"
CLOCKS_APART = timedelta(minutes=5)  # the gateway's and ours
OLDEST = timedelta(days=7)  # a call that was kept longer at the gateway counts from when it reached us
LONGEST_NUMBER = 64
_TIMESTAMP = re.compile(r"[0-9]{1,12}", re.ASCII)
_ID = re.compile(r"[\w.:-]{8,64}", re.ASCII)


class Unreadable(ValueError):
    """Signed by the gateway, and not to be understood. One sentence says what is wrong, for the gateway's own log."""


class Missed(NamedTuple):
    """``at``: when it rang."""

    call: Incoming
    at: datetime


def signature(key: str, timestamp: str, body: bytes) -> str:
    """What a gateway that has this key writes under this body."""
    return hmac.digest(key.encode(), timestamp.encode() + b"." + body, "sha256").hex()


def read(headers: Mapping[str, str], body: bytes, now: datetime) -> Missed:
    """Check the signature and read. Raises HookRefused, also while no key is set, and Unreadable."""
    _check(headers.get("X-Timestamp", ""), headers.get("X-Signature", ""), body, now)
    said = _object(body)
    event_id, number = said.get("id"), said.get("from")
    if not isinstance(event_id, str) or not _ID.fullmatch(event_id):
        raise Unreadable("id must be 8 to 64 letters, digits or ._:- and another one for each call.")
    if not isinstance(number, str) or len(number) > LONGEST_NUMBER or not number.isprintable():
        raise Unreadable("from must be the caller's number, or empty when it is withheld.")
    return Missed(Incoming(NAME, event_id, KIND, number, ""), _rang_at(said.get("at"), now))


def _check(timestamp: str, signed: str, body: bytes, now: datetime) -> None:
    if not _TIMESTAMP.fullmatch(timestamp):
        raise HookRefused(NAME)
    given = signed.lower().encode("utf-8", "replace")
    keys = [key for key in settings.get().missed_calls.keys if key]
    if not any(hmac.compare_digest(signature(key, timestamp, body).encode(), given) for key in keys):
        raise HookRefused(NAME)
    if abs(int(timestamp) - now.timestamp()) > CLOCKS_APART.total_seconds():
        raise HookRefused(NAME)


def _object(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError) as problem:
        raise Unreadable("The body must be JSON in UTF-8.") from problem
    if not isinstance(said, dict):
        raise Unreadable("The body must be one JSON object.")
    return said


def _rang_at(said: Any, now: datetime) -> datetime:
    """A gateway without a network keeps a call until it can tell; one without a clock is not believed."""
    if said is None:
        return now
    if not isinstance(said, int) or isinstance(said, bool):
        raise Unreadable("at must be whole seconds since 1970.")
    if not (now - OLDEST).timestamp() <= said <= (now + CLOCKS_APART).timestamp():
        return now
    return datetime.fromtimestamp(said, UTC)
