"""Claim = intent: one transaction takes a batch from ready to sending, and commits before any byte leaves.

Everything that may forbid a message is looked at in the same transaction: gate and pace, campaign running, holiday,
hour, opt-out, consent, agreed hours, frequency, budget. What is forbidden becomes skipped, or waits.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Executable, Integer, bindparam, select, update

from service import db, settings
from service.campaigns import campaigns, lawful
from service.campaigns.campaigns import RUNNING, Campaign
from service.carriers.base import Carrier
from service.registry.phones import Phone
from service.sending import budget, gates, hours, willing
from service.sending.messages import CHANNELS, MESSAGES, RANKS, RESTORED, SMS, UNASKED, VOICE, Message
from service.sending.tokens import token_of
from service.sending.willing import Hours
from service.text.words import VIETNAM

CONFIRMATION_VALID_S = 3600


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
    running = _running(carrier.name, now, hold=True)
    if any(one.channel == VOICE for one in running.values()) or _due(carrier.name, VOICE, None, now, 1):
        allowed[VOICE] = gates.take(carrier.name, most, carrier.calls_per_second, now, VOICE)
    taken = {
        channel: _take(carrier.name, channel, worker, number, running, now) if number else []
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
    running = _running(carrier, now, hold=False)
    return any(
        _due(carrier, channel, campaign_id, now, 1)
        for channel in CHANNELS
        if gates.lets_through(carrier, now, channel)
        for campaign_id in _sources(channel, running)
    )


class _Running(NamedTuple):
    """A campaign that may send now. The window in minutes after midnight in Vietnam."""

    window: Hours
    channel: str


def _running(carrier: str, now: datetime, hold: bool) -> dict[int, _Running]:
    """The campaigns that may send now; none on a holiday. Held: a stop waits until this batch is claimed."""
    today = now.astimezone(VIETNAM).date()
    if lawful.sending_day(today) != today:
        return {}
    query = select(Campaign.id, Campaign.window_from, Campaign.window_to, Campaign.channel).where(
        Campaign.state == RUNNING, Campaign.carrier == carrier
    )
    query = query.order_by(Campaign.id)
    rows = db.session().execute(query.with_for_update(read=True) if hold else query)
    found = {row.id: _Running((row.window_from, row.window_to), row.channel) for row in rows}
    return {campaign_id: one for campaign_id, one in found.items() if hours.is_within(now, *one.window)}


def _sources(channel: str, running: Mapping[int, _Running]) -> list[int | None]:
    """Where messages come from: what belongs to no campaign first (confirmations of opt-outs, trials), then each open
    campaign, the oldest first. A campaign that calls may have something to write, too."""
    if channel == SMS:
        return [None, *running]
    return [None, *(campaign_id for campaign_id, one in running.items() if one.channel == channel)]


def _take(
    carrier: str, channel: str, worker: str, most: int, running: Mapping[int, _Running], now: datetime
) -> list[Any]:
    ids: list[int] = []
    phones: set[int] = set()
    for campaign_id in _sources(channel, running):
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
        table.id, table.channel, table.phone_id, table.campaign_id, table.kind, table.text, table.price_vnd
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


def _refuse(rows: list[Any], running: dict[int, _Running], now: datetime) -> list[Claimed]:
    """Put aside what must not go out, and make the rest ready for the carrier."""
    phones = willing.locked_phones([row.phone_id for row in rows])
    people = willing.people_behind([row.id for row in rows])
    skipped: dict[str, list[int]] = defaultdict(list)
    kept = []
    for row in rows:
        behind = people.get(row.id, willing.NOBODY)
        reason = willing.reason(row.kind, phones[row.phone_id], behind, row.channel)
        due = willing.wait_until(behind, running[row.campaign_id].window, now) if row.campaign_id else now
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
    valid = {campaign: hours.seconds_left(now, one.window[1]) for campaign, one in running.items()}
    return [
        Claimed(
            row.id, row.channel, row.phone_id, row.campaign_id, phones[row.phone_id].e164, row.text, token_of(row.id),
            valid[row.campaign_id] if row.campaign_id else CONFIRMATION_VALID_S,
        )
        for row in kept
    ]  # fmt: skip


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
