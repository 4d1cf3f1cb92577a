"""Retries: a phone that was off is tried again at another hour, by a new message made as the previous one ends.

A recipient has one message that counts, the newest; those before it are ``replaced``. Only when an older one turns out to
have arrived after all does that one count again, and what was to be tried once more is cancelled.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import false, func, insert, literal, select, update
from sqlalchemy.orm import aliased

from service import db
from service.campaigns import lawful
from service.campaigns.campaigns import PAUSED, RUNNING, Campaign
from service.carriers import directory
from service.carriers.base import Cause
from service.registry.phones import Phone
from service.sending import budget, hours, mixes, willing
from service.sending.messages import (
    ARRIVED,
    MESSAGES,
    NOT_REACHED,
    NOTICE,
    NOTICES,
    RANKS,
    SECOND,
    Message,
    MessagePerson,
)
from service.sending.waves import LATER
from service.text.words import VIETNAM

# How many attempts a recipient gets in all, by why the newest one failed; what is not named here is not tried again.
AGAIN = {Cause.BUSY: 3, Cause.NO_ANSWER: 3, Cause.UNREACHABLE: 3, Cause.UNSURE: 2, Cause.DEAD: 2}
BUSY_WAIT = timedelta(minutes=20)  # whoever is on the phone is near it
LEAST_WAIT = timedelta(
    minutes=10
)  # a phone that was off a minute ago is still off; and a stop is felt before
LEAST_TIME = timedelta(minutes=10)  # before the window closes
# The recipient's older message counts again when it arrived and the newer one ended so, or is not out yet.
NOT_ARRIVED = ("ready", "skipped", "cancelled", *NOT_REACHED, "expired")

_RECIPIENT = (Message.campaign_id, Message.phone_id, Message.channel, Message.kind)


@dataclass(frozen=True)
class Planned:
    """Recipients who will be tried again: how many, what that costs (parts, đồng), the first and the last hour."""

    count: int
    parts: int
    price_vnd: int
    first: datetime | None
    last: datetime | None


NOBODY = Planned(0, 0, 0, None, None)


def planned(campaign_id: int, now: datetime) -> Planned:
    """Those of a campaign whose next attempt waits for its hour."""
    waiting = (Message.campaign_id == campaign_id, Message.state == "ready", Message.kind == NOTICE)
    later = (Message.due > now, Message.due < LATER, Message.attempt > 1, ~Message.replaced)
    sums = (func.count(), func.sum(Message.parts), func.sum(Message.price_vnd))
    query = select(*sums, func.min(Message.due), func.max(Message.due)).where(*waiting, *later)
    count, parts, price, first, last = db.session().execute(query).one()
    return Planned(count, int(parts or 0), int(price or 0), first, last)


def filtered(campaign_id: int) -> int:
    """How many of a campaign's messages were taken for spam or blocked: one is chance, many are the campaign's fault."""
    mine = (Message.campaign_id == campaign_id, Message.kind == NOTICE, ~Message.replaced)
    query = select(Message.state, Message.carrier, Message.code, func.count())
    query = query.where(*mine, Message.state == "failed")
    rows = db.session().execute(query.group_by(Message.state, Message.carrier, Message.code))
    return sum(row[3] for row in rows if _cause(row) is Cause.FILTERED)


def _cause(row: Any) -> Cause:
    """Of a row with state, carrier and code."""
    said = {"busy": Cause.BUSY, "no_answer": Cause.NO_ANSWER}.get(row.state)
    return said or directory.get(row.carrier).cause_of(row.code)


def plan(failed: Collection[int], now: datetime) -> int:
    """These messages have just failed, by their carrier's word: put the next attempts into the outbox. Returns how many.

    The caller holds the messages. Whatever forbids a message today forbids a retry; what changes until its hour is seen
    at the claim, as with every message.
    """
    _prefer_arrived(failed, now)
    wanted = [(row, due) for row in _may_try(failed) if (due := _due(row, now)) is not None]
    # The phone got nothing, so that this was no contact; the next attempt counts on its own day. One that rang was.
    for row, _at in wanted:
        if row.state == "no_answer":
            continue
        hours.uncount_contacts([row.phone_id], row.dispatched_at or now, row.channel)
    paid = _paid(wanted)
    for due, ids in paid.items():
        _write(ids, due, now)
    return sum(len(ids) for ids in paid.values())


def _may_try(failed: Collection[int]) -> Iterator[Any]:
    """Those of the failed messages that may be tried again at all."""
    columns = (
        *_RECIPIENT,
        Message.id,
        Message.state,
        Message.attempt,
        Message.carrier,
        Message.code,
        Message.price_vnd,
    )
    around = (Campaign.window_from, Campaign.window_to, Campaign.deadline, Campaign.cap_vnd)
    mix = (Campaign.second, Campaign.law_class, Message.wave)
    query = (
        select(*columns, Message.dispatched_at, *around, *mix)
        .join(Campaign, Campaign.id == Message.campaign_id)
        .where(Message.id.in_(failed), Message.state.in_(NOT_REACHED), ~Message.replaced)
        .where(Message.kind.in_(NOTICES), Message.text != "")  # no words: its person was deleted
        .where(Campaign.state.in_((RUNNING, PAUSED)), Campaign.closed_at.is_(None))
        .order_by(Message.id)
    )
    rows = [row for row in db.session().execute(query) if row.attempt < AGAIN.get(_cause(row), 0)]
    rows = _of_use([row for row in rows if not mixes.reason(row.kind, row.wave)])
    if not rows:
        return
    phones = _phones([row.phone_id for row in rows])
    people = willing.people_behind([row.id for row in rows])
    for row in rows:
        if not willing.reason(
            row.kind, phones[row.phone_id], people.get(row.id, willing.NOBODY), row.channel
        ):
            yield row


def _of_use(rows: list[Any]) -> list[Any]:
    """Once the other channel was let go, or given up, for a phone, the first is not tried again: never both at once."""
    phones: dict[int, set[int]] = defaultdict(set)
    for row in rows:
        if row.second and row.kind != SECOND:
            phones[row.campaign_id].add(row.phone_id)
    over = {
        (campaign_id, phone_id)
        for campaign_id, ids in phones.items()
        for phone_id in mixes.has_gone(campaign_id, ids)
    }
    return [row for row in rows if row.kind == SECOND or (row.campaign_id, row.phone_id) not in over]


def _phones(ids: list[int]) -> dict[int, Any]:
    """The phones, not held: the claim looks again."""
    columns = (Phone.id, Phone.kind, Phone.state, Phone.opted_out_at, Phone.no_sms_at, Phone.no_voice_at)
    return {row.id: row for row in db.session().execute(select(*columns).where(Phone.id.in_(ids)))}


def _due(row: Any, now: datetime) -> datetime | None:
    """When to try again; none: there is no other hour, or the job's deadline comes first."""
    mine = (Message.campaign_id == row.campaign_id, Message.phone_id == row.phone_id)
    same = (Message.channel == row.channel, Message.kind == row.kind, Message.dispatched_at.is_not(None))
    tried = db.session().scalars(select(Message.dispatched_at).where(*mine, *same))
    own = row.kind != SECOND
    window = (row.window_from, row.window_to) if own else mixes.hours(row.law_class, row.channel)
    if row.state == "busy" and hours.is_within(now + BUSY_WAIT, *window):
        due: datetime | None = now + BUSY_WAIT
    else:
        due = next_hour(window, [at for at in tried if at is not None], now)
    late = due is not None and row.deadline is not None and due.astimezone(VIETNAM).date() > row.deadline
    return None if late else due


def next_hour(window: willing.Hours, tried: Collection[datetime], now: datetime) -> datetime | None:
    """The next full hour inside the window (minutes after midnight) at whose hour of the day nobody tried before.

    Today, or on the next day that is no holiday; None when every hour of the window was tried.
    """
    taken = {at.astimezone(VIETNAM).hour for at in tried}
    earliest = now + LEAST_WAIT
    day = lawful.sending_day(earliest.astimezone(VIETNAM).date())
    for on in (day, lawful.sending_day(day + timedelta(days=1))):
        for minutes in _starts(window):
            at = _on(on, minutes)
            if at >= earliest and at.hour not in taken:
                return at
    return None


def _starts(window: willing.Hours) -> list[int]:
    """The beginning of the window and each full hour in it, unless it closes at once."""
    first, last = window[0], window[1] - int(LEAST_TIME.total_seconds()) // 60
    return [first, *(hour * 60 for hour in range(24) if first < hour * 60 <= last)]


def _on(day: date, minutes: int) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=VIETNAM) + timedelta(minutes=minutes)


def _paid(wanted: list[tuple[Any, datetime]]) -> dict[datetime, list[int]]:
    """Those for which there is money, by when they are due. Without a cap of its own a campaign's budget grows with it;
    one with a cap gets them while its money is enough for everybody's first message besides."""
    paid: dict[datetime, list[int]] = defaultdict(list)
    more: Counter[int] = Counter()
    for row, due in sorted(wanted, key=lambda one: (one[0].campaign_id, one[0].id)):
        if row.cap_vnd is None:
            more[row.campaign_id] += row.price_vnd
        elif not budget.promise(row.campaign_id, row.price_vnd):
            continue
        paid[due].append(row.id)
    for campaign_id, amount in sorted(more.items()):
        budget.raise_cap(campaign_id, amount)
    return paid


def _write(ids: list[int], due: datetime, now: datetime) -> None:
    """The next attempts of these messages, with the same words for the same people."""
    table = MESSAGES.c
    same = (table.campaign_id, table.phone_id, table.channel, table.kind, table.carrier, table.wave)
    words = (table.text, table.parts, table.price_vnd)
    fresh = {
        "attempt": table.attempt + 1, "state": literal("ready"), "rank": literal(RANKS["ready"]), "due": _at(due),
        "changed_at": _at(now), "code": literal(""), "word": literal(""), "looks": literal(0), "replaced": false(),
    }  # fmt: skip
    names = [column.name for column in (*same, *words)] + list(fresh)
    copied = select(*same, *words, *fresh.values()).where(table.id.in_(ids))
    db.session().execute(insert(MESSAGES).from_select(names, copied))
    old, new = aliased(Message), aliased(Message)
    next_one = (new.campaign_id == old.campaign_id) & (new.phone_id == old.phone_id)
    next_one &= (new.channel == old.channel) & (new.kind == old.kind) & (new.attempt == old.attempt + 1)
    behind = (
        select(new.id, MessagePerson.person_id)
        .select_from(old)
        .join(new, next_one)
        .join(MessagePerson, MessagePerson.message_id == old.id)
        .where(old.id.in_(ids))
    )
    db.session().execute(insert(MessagePerson).from_select(["message_id", "person_id"], behind))
    db.change_many(update(Message).where(Message.id.in_(ids)).values(replaced=True))


def _at(instant: datetime) -> Any:
    return literal(instant, db.UtcDateTime())


def overrule(arrived: Collection[int], now: datetime) -> int:
    """These messages, which had failed, arrived after all: what was to be tried again is not. Returns how many count again.

    A newer attempt that is out already keeps its own truth, and counts while it may still arrive. The caller holds
    the messages.
    """
    replaced = select(*_RECIPIENT).where(Message.id.in_(arrived), Message.replaced)
    return _count_arrived([tuple(row) for row in db.session().execute(replaced)], now)


def _prefer_arrived(failed: Collection[int], now: datetime) -> None:
    """Who got an older attempt after all has it, though the newer one failed."""
    again = select(*_RECIPIENT).where(Message.id.in_(failed), Message.attempt > 1, Message.kind.in_(NOTICES))
    _count_arrived([tuple(row) for row in db.session().execute(again)], now)


def _count_arrived(recipients: list[Any], now: datetime) -> int:
    """Of these recipients let the attempt count that arrived, where the one that counts now did not."""
    swapped = 0
    for recipient in sorted(recipients):
        attempts = list(db.session().execute(_attempts(recipient)))
        arrived = [row for row in attempts if row.state in ARRIVED]
        counting = [row for row in attempts if not row.replaced]
        if arrived and counting and counting[0].state in NOT_ARRIVED:
            _swap(counting[0], arrived[-1], now)
            swapped += 1
    return swapped


def _attempts(recipient: Any) -> Any:
    columns = (Message.id, Message.campaign_id, Message.state, Message.replaced, Message.price_vnd)
    this = [column == value for column, value in zip(_RECIPIENT, recipient, strict=True)]
    return select(*columns).where(*this).order_by(Message.id).with_for_update()


def _swap(counting: Any, arrived: Any, now: datetime) -> None:
    values: dict[str, Any] = {"replaced": True}
    if counting.state == "ready":
        values |= {"state": "cancelled", "rank": RANKS["cancelled"], "code": "arrived", "changed_at": now}
        budget.take_back(counting.campaign_id, counting.price_vnd)
    db.change_many(update(Message).where(Message.id == counting.id).values(values))
    db.change_many(update(Message).where(Message.id == arrived.id).values(replaced=False))
