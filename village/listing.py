"""Twilio's lists with their filters and pages. A page token names the last thing seen, so new ones do not shift it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Protocol, TypeVar
from urllib.parse import quote, urlencode

from village.errors import TwilioError

USUAL, MOST = 50, 1000
FOREVER = float("inf")
PAGING = ("PageSize", "Page", "PageToken")


class Listed(Protocol):
    sid: str
    order: int
    status: str
    created_at: float

    @property
    def listed_at(self) -> float | None: ...

    def as_json(self) -> dict[str, object]: ...


Days = tuple[float, float] | None  # from, and before
T = TypeVar("T", bound=Listed)
T_co = TypeVar("T_co", bound=Listed, covariant=True)


class Listable(Protocol[T_co]):
    """Where the things of a list are kept."""

    def get(self, sid: str) -> T_co | None: ...

    def newest(self, to: str | None, sender: str | None, below: int | None) -> Iterator[T_co]: ...


@dataclass(frozen=True)
class Sort:
    """``plural`` is the name of the list in the answer, ``date`` that of its date filter; ``others`` filter by equality."""

    plural: str
    date: str
    others: tuple[str, ...] = ()

    @property
    def filters(self) -> tuple[str, ...]:
        return ("To", "From", *self.others, self.date, f"{self.date}<", f"{self.date}>")


MESSAGES = Sort("messages", "DateSent")
CALLS = Sort("calls", "StartTime", ("Status",))


def page(
    sort: Sort, ledger: Listable[Listed], path: str, query: Mapping[str, str], hidden_for: float
) -> dict[str, object]:
    """One page as JSON, newest first. What is younger than ``hidden_for`` seconds is not in the list yet."""
    query = {name: query[name] for name in (*sort.filters, *PAGING) if name in query}
    size, number = _number(query, "PageSize", USUAL, 1, MOST), _number(query, "Page", 0, 0, 1_000_000)
    token = query.get("PageToken", "")
    below = _order_of(ledger, token)
    found = _matching(ledger, query, _days(query, sort.date), below, time.time() - hidden_for)
    skipped = 0 if token else number * size
    things = list(islice(found, skipped, skipped + size + 1))
    shown = things[:size]
    more = len(things) > size
    return {
        "first_page_uri": _uri(path, query, size, 0),
        "end": number * size + len(shown) - 1 if shown else 0,
        "previous_page_uri": _uri(path, query, size, number - 1) if number > 0 else None,
        sort.plural: [thing.as_json() for thing in shown],
        "uri": _uri(path, query, size, number, token),
        "page_size": size,
        "start": number * size,
        "next_page_uri": _uri(path, query, size, number + 1, "PA" + shown[-1].sid) if more else None,
        "page": number,
    }


def _matching(
    ledger: Listable[T], query: Mapping[str, str], days: Days, below: int | None, before: float
) -> Iterator[T]:
    status = query.get("Status")
    for thing in ledger.newest(query.get("To"), query.get("From"), below):
        if thing.created_at > before or status not in (None, thing.status):
            continue
        # As with Twilio, what has not left its queue has no date and is not found by one.
        if days is None or (thing.listed_at is not None and days[0] <= thing.listed_at < days[1]):
            yield thing


def _days(query: Mapping[str, str], date: str) -> Days:
    """The time span that the date filters ask for; days are whole days in UTC, both ends included."""
    if date in query:
        day = _moment(query[date]).replace(hour=0, minute=0, second=0, microsecond=0)
        return day.timestamp(), (day + timedelta(days=1)).timestamp()
    after, until = query.get(f"{date}>"), query.get(f"{date}<")
    if after is None and until is None:
        return None
    return _moment(after).timestamp() if after is not None else 0.0, _end(until)


def _end(until: str | None) -> float:
    if until is None:
        return FOREVER
    whole_day = timedelta(days=1) if len(until) == len("2026-11-23") else timedelta(seconds=1)
    return (_moment(until) + whole_day).timestamp()


def _moment(text: str) -> datetime:
    try:
        if len(text) == len("2026-11-23"):
            day = date.fromisoformat(text)
            return datetime(day.year, day.month, day.day, tzinfo=UTC)
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        raise TwilioError(30400) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _order_of(ledger: Listable[Listed], token: str) -> int | None:
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
    parts = [(name, value) for name, value in query.items() if name not in PAGING]
    parts += [("PageSize", str(size)), ("Page", str(number))]
    if token:
        parts.append(("PageToken", token))
    return f"{quote(path)}?{urlencode(parts)}"
