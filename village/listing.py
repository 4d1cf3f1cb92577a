"""Listing messages: Twilio's filters and pages. A page token names the last message seen, so new ones do not shift it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from urllib.parse import quote, urlencode

from village.errors import TwilioError
from village.messages import Ledger, Message

USUAL, MOST = 50, 1000
FILTERS = ("To", "From", "DateSent", "DateSent<", "DateSent>")
FOREVER = float("inf")


def page(ledger: Ledger, path: str, query: Mapping[str, str], hidden_for: float) -> dict[str, object]:
    """One page as JSON, newest first. Messages younger than ``hidden_for`` seconds are not in the list yet."""
    size, number = _number(query, "PageSize", USUAL, 1, MOST), _number(query, "Page", 0, 0, 1_000_000)
    token = query.get("PageToken", "")
    below = _order_of(ledger, token)
    found = _matching(ledger, query, below, time.time() - hidden_for)
    skipped = 0 if token else number * size
    messages = list(islice(found, skipped, skipped + size + 1))
    shown = messages[:size]
    more = len(messages) > size
    return {
        "first_page_uri": _uri(path, query, size, 0),
        "end": number * size + len(shown) - 1 if shown else 0,
        "previous_page_uri": _uri(path, query, size, number - 1) if number > 0 else None,
        "messages": [message.as_json() for message in shown],
        "uri": _uri(path, query, size, number, token),
        "page_size": size,
        "start": number * size,
        "next_page_uri": _uri(path, query, size, number + 1, "PA" + shown[-1].sid) if more else None,
        "page": number,
    }


def _matching(
    ledger: Ledger, query: Mapping[str, str], below: int | None, before: float
) -> Iterator[Message]:
    earliest, end = _days(query)
    dated = earliest is not None or end is not None
    for message in ledger.newest(query.get("To"), query.get("From"), below):
        if message.created_at > before:
            continue
        if dated:  # as with Twilio, a message that has not left its queue has no date and is not found by one
            sent = message.sent_at
            if sent is None or not (earliest or 0.0) <= sent < (FOREVER if end is None else end):
                continue
        yield message


def _days(query: Mapping[str, str]) -> tuple[float | None, float | None]:
    """The time span that the date filters ask for; days are whole days in UTC, both ends included."""
    if "DateSent" in query:
        day = _moment(query["DateSent"]).replace(hour=0, minute=0, second=0, microsecond=0)
        return day.timestamp(), (day + timedelta(days=1)).timestamp()
    after, until = query.get("DateSent>"), query.get("DateSent<")
    end = None
    if until is not None:
        whole_day = timedelta(days=1) if len(until) == len("2026-11-23") else timedelta(seconds=1)
        end = (_moment(until) + whole_day).timestamp()
    return (_moment(after).timestamp() if after is not None else None), end


def _moment(text: str) -> datetime:
    try:
        if len(text) == len("2026-11-23"):
            day = date.fromisoformat(text)
            return datetime(day.year, day.month, day.day, tzinfo=UTC)
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        raise TwilioError(30400) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _order_of(ledger: Ledger, token: str) -> int | None:
    if not token:
        return None
    last = ledger.get(token.removeprefix("PA"))
    if last is None:
        raise TwilioError(30400)
    return last.order


def _number(query: Mapping[str, str], name: str, default: int, lowest: int, highest: int) -> int:
    raw = query.get(name)
    if raw is None:
        return default
    if not (raw.isascii() and raw.isdigit() and len(raw) <= 9):
        raise TwilioError(30400)
    return min(highest, max(lowest, int(raw)))


def _uri(path: str, query: Mapping[str, str], size: int, number: int, token: str = "") -> str:
    parts = [(name, query[name]) for name in FILTERS if name in query]
    parts += [("PageSize", str(size)), ("Page", str(number))]
    if token:
        parts.append(("PageToken", token))
    return f"{quote(path)}?{urlencode(parts)}"
