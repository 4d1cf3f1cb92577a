"""Pictures of a campaign's calls: how long people listened, at which try they were reached, and at which hours they answer.

Each is one grouped query over the messages of the campaign, by the index on campaign and state.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select

from service import db
from service.sending.listened import BY_MACHINE, CallHeard
from service.sending.messages import ARRIVED, NOT_REACHED, NOTICES, VOICE, Message
from service.text.words import VIETNAM

STEP_S, LAST_STEP = 10, 12  # bars of ten seconds each; the last one holds all that is longer
RANG = (*ARRIVED, *NOT_REACHED)  # the attempt is over
DAYS = range(7)  # Monday is 0


@dataclass(frozen=True)
class Bar:
    """From ``least`` (to ``most``; none: and more) it is ``count``."""

    least: int
    most: int | None
    count: int


@dataclass(frozen=True)
class Try:
    """Attempts of this number: made, and taken by a person."""

    number: int
    made: int
    taken: int


@dataclass(frozen=True)
class Cell:
    """One hour of one weekday: attempts made, and taken by a person."""

    made: int = 0
    taken: int = 0

    @property
    def share(self) -> float:
        return self.taken / self.made if self.made else 0.0


@dataclass(frozen=True)
class Hour:
    """``cells``: Monday to Sunday; ``hour`` of the day in Vietnam."""

    hour: int
    cells: tuple[Cell, ...]


def listened(campaign_id: int) -> list[Bar]:
    """How many calls that somebody took lasted how long, in steps of ten seconds. Empty when nobody took one."""
    step = CallHeard.seconds // STEP_S
    query = (
        select(step, func.count())
        .join(Message, Message.id == CallHeard.message_id)
        .where(*_calls(campaign_id), Message.state.in_(ARRIVED), CallHeard.heard != BY_MACHINE)
        .group_by(step)
    )
    found: Counter[int] = Counter()
    for number, count in db.session().execute(query):
        found[min(int(number), LAST_STEP)] += count
    if not found:
        return []
    last = max(found)
    return [_bar(number, found[number]) for number in range(last + 1)]


def _bar(step: int, count: int) -> Bar:
    return Bar(step * STEP_S, None if step == LAST_STEP else (step + 1) * STEP_S - 1, count)


def tries(campaign_id: int) -> list[Try]:
    """How many first, second and third attempts there were, and how many of each a person took."""
    query = _attempts(campaign_id, Message.attempt)
    return [Try(number, made, int(taken)) for number, made, taken in db.session().execute(query)]


def hours(campaign_id: int) -> list[Hour]:
    """Attempts by hour and weekday, from the first hour in which one was made to the last one."""
    made: dict[tuple[int, int], Counter[str]] = defaultdict(Counter)
    for written, count, taken in db.session().execute(_attempts(campaign_id, _hour())):
        local = datetime.strptime(written, "%Y-%m-%d %H").replace(tzinfo=UTC).astimezone(VIETNAM)
        made[local.hour, local.weekday()].update(made=count, taken=int(taken))
    some = {hour for hour, _day in made}
    return [_row(hour, made) for hour in range(min(some), max(some) + 1)] if some else []


def _row(hour: int, made: dict[tuple[int, int], Counter[str]]) -> Hour:
    cells = [made.get((hour, day), Counter()) for day in DAYS]
    return Hour(hour, tuple(Cell(cell["made"], cell["taken"]) for cell in cells))


def _attempts(campaign_id: int, by: Any) -> Any:
    """Attempts that are over, grouped: all of them, and those that a person took. A machine that answers is nobody."""
    person = and_(Message.state.in_(ARRIVED), func.coalesce(CallHeard.heard, "") != BY_MACHINE)
    taken = func.sum(case((person, 1), else_=0))
    query = select(by, func.count(), taken).outerjoin(CallHeard, CallHeard.message_id == Message.id)
    return query.where(*_calls(campaign_id), Message.state.in_(RANG)).group_by(by).order_by(by)


def _hour() -> ColumnElement[str]:
    """The hour (UTC) in which the call was placed, written ``2026-11-24 03``: there are few of them, and each is then one
    of Vietnam's."""
    if db.engine().dialect.name == "sqlite":
        return func.strftime("%Y-%m-%d %H", Message.dispatched_at)
    return func.to_char(func.timezone("UTC", Message.dispatched_at), "YYYY-MM-DD HH24")


def _calls(campaign_id: int) -> Iterable[ColumnElement[bool]]:
    return (
        Message.campaign_id == campaign_id,
        Message.kind.in_(NOTICES),
        Message.channel == VOICE,
        Message.dispatched_at.is_not(None),
    )
