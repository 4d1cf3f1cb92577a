"""Claim = intent: one transaction takes a batch from ready to sending, and commits before any byte leaves.

Everything that may forbid a message is looked at in the same transaction: gate and pace, campaign running, holiday,
hour, opt-out, consent, agreed hours, frequency, budget. What is forbidden becomes skipped, or waits.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Executable, Integer, bindparam, select, text, update

from service import db, settings
from service.campaigns import campaigns
from service.carriers.base import Carrier
from service.registry.phones import Phone
from service.sending import budget, gates, hours, mixes, open_now, willing
from service.sending.messages import (
    CHANNELS,
    IS_UNSETTLED,
    MESSAGES,
    RANKS,
    RESTORED,
    SMS,
    UNASKED,
    VOICE,
    Message,
)
from service.sending.open_now import Windows
from service.sending.tokens import token_of

CONFIRMATION_VALID_S = 3600
MAY_BE_OUT = timedelta(hours=25)  # after that long nothing is unknown any more: a person decides about it
OTHER_FIRST = timedelta(
    minutes=1
)  # so long a phone's SMS waits for its call that is on the wire, and the other way round


class Claimed(NamedTuple):
    """A message that this worker, and no other, may send now, or a phone that it may call (``channel``)."""

    id: int
    channel: str
    phone_id: int
    campaign_id: int | None
    e164: str
    text: str
    token: str
    valid_for_s: int


class Batch(list[Claimed]):
    """What one claim took. ``is_last``: neither the pace nor what is due gave more; a full one may have been thinned."""

    is_last = True


def claim(carrier: Carrier, worker: str, most: int, now: datetime) -> Batch:
    """Take the next due messages and calls, ``most`` or fewer of each. No two workers ever get the same one."""
    allowed = {SMS: gates.take(carrier.name, most, carrier.per_second, now)}
    # Campaigns before their messages, as a stop takes them: otherwise the two could wait for each other.
    running = open_now.running(carrier.name, now, hold=True)
    if open_now.sources(VOICE, running) != [None] or _due(carrier.name, VOICE, None, now, 1):
        allowed[VOICE] = gates.take(carrier.name, most, carrier.calls_per_second, now, VOICE)
    phones: set[int] = set()  # of both channels: nobody is written to and called at once
    taken = {
        channel: _take(carrier.name, channel, worker, number, running, now, phones) if number else []
        for channel, number in allowed.items()
    }
    # Both at once: whoever takes rows of several kinds takes all of one kind before the next (see dispatch.note).
    rows = [row for some in taken.values() for row in some]
    batch = Batch(_refuse(rows, running, now) if rows else ())
    batch.is_last = all(len(some) < most for some in taken.values())
    for channel, number in allowed.items():
        gates.give_back(carrier.name, number - sum(one.channel == channel for one in batch), channel)
    return batch


def due_now(carrier: str, now: datetime) -> bool:
    """Is there anything that could be claimed now, if its gate is open?"""
    running = open_now.running(carrier, now, hold=False)
    return any(
        _due(carrier, channel, campaign_id, now, 1)
        for channel in CHANNELS
        if gates.lets_through(carrier, now, channel)
        for campaign_id in open_now.sources(channel, running)
    )


def _take(
    carrier: str,
    channel: str,
    worker: str,
    most: int,
    running: Mapping[int, Windows],
    now: datetime,
    phones: set[int],
) -> list[Any]:
    """``phones``: those that this batch has already; grows."""
    ids: list[int] = []
    for campaign_id in open_now.sources(channel, running):
        for message_id, phone_id in _due(carrier, channel, campaign_id, now, most - len(ids), hold=True):
            if phone_id not in phones:  # a second message to the same phone waits for the next batch
                phones.add(phone_id)
                ids.append(message_id)
        if len(ids) >= most:
            break
    taken = {"ids": ids, "by": worker, "now": now}
    return list(db.run(_claimed(db.engine().dialect.name), taken).all())


@cache
def _claimed(_dialect: str) -> Executable:
    table, instant = MESSAGES.c, bindparam("now", type_=db.UtcDateTime())
    take = {
        "state": "sending", "rank": RANKS["sending"], "worker": bindparam("by"),
        "dispatched_at": instant, "changed_at": instant, "code": "",
    }  # fmt: skip
    these = db.among(table.id, bindparam("ids", type_=db.Ids()))
    claimed = update(MESSAGES).where(these, table.state == "ready").values(**take)
    return claimed.returning(
        table.id,
        table.channel,
        table.phone_id,
        table.campaign_id,
        table.kind,
        table.wave,
        table.text,
        table.price_vnd,
    )


def _due(
    carrier: str, channel: str, campaign_id: int | None, now: datetime, most: int, hold: bool = False
) -> Sequence[Any]:
    """Message and phone, the oldest first: of a campaign, or what belongs to none, a confirmation of an opt-out. Held:
    those that no other worker holds."""
    query = _asked(of_campaign=campaign_id is not None, hold=hold)
    which = {"by": carrier, "on": channel, "campaign": campaign_id}
    return db.run(query, {**which, "now": now, "most": most}).all()


@cache
def _asked(of_campaign: bool, hold: bool) -> Executable:
    table = MESSAGES.c
    whose = table.campaign_id == bindparam("campaign") if of_campaign else table.campaign_id.is_(None)
    ready = (table.carrier == bindparam("by"), table.state == "ready", table.channel == bindparam("on"))
    query = (
        select(table.id, table.phone_id)
        .where(whose, *ready, table.due <= bindparam("now"), table.code != RESTORED)
        .order_by(table.due, table.id)
        .limit(bindparam("most", type_=Integer()))
    )
    return query.with_for_update(skip_locked=True, of=MESSAGES) if hold else query


def _refuse(rows: list[Any], running: dict[int, Windows], now: datetime) -> list[Claimed]:
    """Put aside what must not go out, and make the rest ready for the carrier."""
    phones = willing.locked_phones([row.phone_id for row in rows])
    people = willing.people_behind([row.id for row in rows])
    rows = _not_both_at_once(rows, phones, now)
    skipped: dict[str, list[int]] = defaultdict(list)
    kept = []
    for row in rows:
        behind = people.get(row.id, willing.NOBODY)
        reason = willing.reason(row.kind, phones[row.phone_id], behind, row.channel)
        reason = reason or mixes.reason(row.kind, row.wave)
        due = (
            willing.wait_until(behind, running[row.campaign_id][row.channel], now) if row.campaign_id else now
        )
        if reason or due is None:
            skipped[reason or "agreed_hours"].append(row.id)
        elif due > now:
            _put_back([row.id], due=due)
        else:
            kept.append(row)
    for reason, ids in skipped.items():
        _skip(ids, reason, now)
    for channel in CHANNELS:
        kept = _within_frequency(channel, kept, now)
    kept = _within_budget(kept, now)
    _note_contact([row.phone_id for row in kept if row.kind in UNASKED], now)
    valid = {
        (campaign_id, channel): hours.seconds_left(now, window[1])
        for campaign_id, windows in running.items()
        for channel, window in windows.items()
    }
    return [
        Claimed(
            row.id, row.channel, row.phone_id, row.campaign_id, phones[row.phone_id].e164, row.text, token_of(row.id),
            valid[row.campaign_id, row.channel] if row.campaign_id else CONFIRMATION_VALID_S,
        )
        for row in kept
    ]  # fmt: skip


def _not_both_at_once(rows: list[Any], phones: Mapping[int, Any], now: datetime) -> list[Any]:
    """A call waits for an SMS to the same phone that may be on the wire, whoever claimed it, and an SMS for a call.

    Only a phone with a contact lately can have one, which its row says: that is held, so that nobody claims meanwhile.
    """
    lately = [one.id for one in phones.values() if one.contacted_at and now - one.contacted_at < MAY_BE_OUT]
    if not lately:
        return rows
    ours = {row.id for row in rows}
    others = db.run(_on_the_wire(db.engine().dialect.name), {"ids": lately}).all()
    busy = {(one.phone_id, one.channel) for one in others if one.id not in ours}
    late = {row.id for row in rows if (row.phone_id, VOICE if row.channel == SMS else SMS) in busy}
    _put_back(list(late), due=now + OTHER_FIRST)
    return [row for row in rows if row.id not in late]


@cache
def _on_the_wire(_dialect: str) -> Executable:
    table = MESSAGES.c
    theirs = db.among(table.phone_id, bindparam("ids", type_=db.Ids()))
    out = (text(IS_UNSETTLED), table.state.in_(("sending", "unknown")))
    return select(table.id, table.phone_id, table.channel).where(theirs, *out)


def _note_contact(phone_ids: list[int], now: datetime) -> None:
    """The registry's filter "not contacted for some weeks" asks the phone."""
    if phone_ids:
        db.change_many(update(Phone).where(db.among(Phone.id, phone_ids)).values(contacted_at=now))


def _skip(ids: list[int], reason: str, now: datetime) -> None:
    _set(
        ids,
        state="skipped",
        rank=RANKS["skipped"],
        code=reason,
        worker=None,
        dispatched_at=None,
        changed_at=now,
    )


def _put_back(ids: list[int], due: datetime | None = None) -> None:
    values = {"due": due} if due is not None else {}
    _set(ids, state="ready", rank=RANKS["ready"], worker=None, dispatched_at=None, **values)


def _set(ids: list[int], **values: Any) -> None:
    if ids:
        query = update(Message).where(db.among(Message.id, ids), Message.state == "sending").values(**values)
        db.change_many(query)


def _within_frequency(channel: str, rows: list[Any], now: datetime) -> list[Any]:
    """A phone that has had its share today, or in seven days, is written to, or called, tomorrow at the earliest."""
    asked = [row for row in rows if row.kind in UNASKED and row.channel == channel]
    if not asked:
        return rows
    notices, most = [row.phone_id for row in asked], settings.get().most_contacts(channel)
    full = hours.had_in_a_week(notices, most.per_week, now, channel)
    free = [phone_id for phone_id in notices if phone_id not in full]
    full |= hours.count_contacts(free, most.per_day, now, channel)
    late = {row.id for row in asked if row.phone_id in full}
    _put_back(list(late), due=hours.tomorrow(now))
    return [row for row in rows if row.id not in late]


def _within_budget(rows: list[Any], now: datetime) -> list[Any]:
    """Set the money aside per campaign, day and month; a campaign for which none is left is paused."""
    amounts: dict[int, int] = defaultdict(int)
    for row in rows:
        if row.campaign_id:
            amounts[row.campaign_id] += row.price_vnd
    wanted = sorted(amounts.items())
    poor = {
        campaign_id: "budget" for campaign_id, amount in wanted if not budget.reserve(campaign_id, amount)
    }
    for campaign_id, amount in wanted:
        lacking = "" if campaign_id in poor else budget.reserve_in_periods(amount, now)
        if lacking:
            budget.release_all([(campaign_id, amount, None)])
            poor[campaign_id] = f"budget_{lacking}"
    if not poor:
        return rows
    back = [row for row in rows if row.campaign_id in poor]
    _put_back([row.id for row in back])
    for channel in CHANNELS:
        hours.uncount_contacts([row.phone_id for row in back if row.channel == channel], now, channel)
    for campaign_id, reason in poor.items():
        campaign = campaigns.find(campaign_id)
        if campaign is not None:
            campaigns.pause(campaign, None, reason=reason)
    return [row for row in rows if row.campaign_id not in poor]
