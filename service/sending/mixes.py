"""Mixes: a campaign's second channel. An SMS to remember by for those who heard the call, or a call to those who did not
answer the SMS.

Every recipient's second message lies in the outbox from the launch on, due beyond all times as later waves are: counted,
priced, its words frozen. The clock lets it go, or skips it and says why, once the first is over. Both are decided while all
messages of that phone are held, and a retry of the first needs the second to wait still: so never both at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select, update

from service import db
from service.campaigns import lawful
from service.campaigns.campaigns import RUNNING, Campaign
from service.carriers import directory
from service.carriers.base import Cause
from service.sending.listened import WHOLE, CallHeard
from service.sending.messages import (
    ARRIVED,
    MESSAGES,
    NOT_OVER,
    NOTICE,
    NOTICES,
    ON_THE_WAY,
    RANKS,
    SECOND,
    VOICE,
    WAITING,
)
from service.sending.waves import LATER
from service.sending.willing import Hours
from service.text.words import VIETNAM

PAGE = 1_000  # phones looked at in one go
KEY_WITHIN = timedelta(seconds=30)  # a key may have gone to disk while the database was away
LENGTH_WITHIN = timedelta(minutes=10)  # so long we wait for how long a call was listened to
STILL_NO_ANSWER = (Cause.UNREACHABLE, Cause.UNSURE)  # an SMS that failed so says nothing against calling

OF_NO_USE = 0  # instead of its wave: the phone answered while its second message was out
GO, WAIT = "go", ""
NOT_HEARD, ANSWERED, NO_FIRST, TOO_LATE, OPTED_OUT = (
    "not_heard",
    "answered",
    "no_first",
    "too_late",
    "opted_out",
)


class Said(NamedTuple):
    """What came back about a campaign from a phone: anything at all, a key in a call that is no 9, a stop."""

    anything: bool = False
    key: bool = False
    stop: bool = False


SILENCE = Said()
# Of a campaign and phones: what came back from those from which something did. Replies stand in the next room.
Ask = Callable[[int, Collection[int]], Mapping[int, Said]]


class Attempt(NamedTuple):
    """An attempt on the first channel. ``heard`` and ``seconds`` of a call, as in listened.py."""

    state: str
    code: str
    carrier: str
    replaced: bool
    dispatched_at: datetime | None
    changed_at: datetime
    heard: str = ""
    seconds: int = 0


# ------------------------------------------------------------------------------------------------------- what follows


def after_call(attempts: Sequence[Attempt], said: Said, now: datetime) -> str:
    """GO, WAIT, or why no SMS follows these attempts to call. Whoever pressed a key heard it, whatever took the call."""
    if any(one.state in NOT_OVER for one in attempts):
        return WAIT
    if said.stop:
        return OPTED_OUT
    if said.key or any(one.heard == WHOLE for one in attempts):
        return GO
    if all(one.state in ("skipped", "cancelled") for one in attempts):
        return NO_FIRST
    unmeasured = any(one.state in ARRIVED and not one.seconds for one in attempts)
    over_since = max(one.changed_at for one in attempts)
    return WAIT if now - over_since < (LENGTH_WITHIN if unmeasured else KEY_WITHIN) else NOT_HEARD


def after_sms(attempts: Sequence[Attempt], said: Said, now: datetime, after: timedelta) -> str:
    """GO, WAIT, or why no call follows these attempts to write. ``after``: how long an answer is waited for."""
    if said.anything:
        return ANSWERED
    if any(one.state in WAITING for one in attempts):
        return WAIT
    taken = [
        one.dispatched_at or one.changed_at
        for one in attempts
        if one.state in (*ON_THE_WAY, *ARRIVED, "expired")
    ]
    if taken:
        return GO if now - max(taken) >= after else WAIT
    counting = next((one for one in attempts if not one.replaced), attempts[-1])
    cause = directory.get(counting.carrier).cause_of(counting.code) if counting.state == "failed" else None
    return GO if cause in STILL_NO_ANSWER else NO_FIRST


def hours(law_class: str, channel: str) -> Hours:
    """When the second channel may be used. The campaign's own window is for its first: an evening for SMS is none for
    calls."""
    return lawful.windows(law_class or "", channel)


# -------------------------------------------------------------------------------------------------------- the switch


def switch(campaign: Campaign, after_id: int, ask: Ask, now: datetime) -> tuple[int, int]:
    """Decide for a page of those whose second message waits, from this message's id on. Returns how many were decided,
    and the id to go on after; 0 when that was the last page. Needs no transaction when nothing can be decided."""
    waiting = db.session().execute(_waiting(campaign.id, after_id)).all()
    following = waiting[-1].id if len(waiting) == PAGE else 0
    if not waiting:
        return 0, following
    ripe = db.session().execute(_ripe(campaign, [row.phone_id for row in waiting], now)).scalars().all()
    db.end_reading()
    if not ripe:
        return 0, following
    with db.transaction():
        return _decide(campaign.id, ripe, ask, now), following


def running() -> list[Campaign]:
    """The campaigns whose second messages may be let go now."""
    query = select(Campaign).where(Campaign.state == RUNNING, Campaign.second != "").order_by(Campaign.id)
    return list(db.session().scalars(query))


def waits(table: Any) -> ColumnElement[bool]:
    """Is this a second message of which nothing is decided yet?"""
    return and_(table.kind == SECOND, table.state == "ready", table.due == LATER)


def _waiting(campaign_id: int, after_id: int) -> Select[Any]:
    table = MESSAGES.c
    query = select(table.id, table.phone_id).where(table.campaign_id == campaign_id, waits(table))
    return query.where(table.id > after_id).order_by(table.id).limit(PAGE)


def _ripe(campaign: Campaign, phone_ids: Collection[int], now: datetime) -> Select[int]:
    """Those of the phones about which something may be decided: seen without holding anything, and looked at again."""
    table = MESSAGES.c
    mine = (table.campaign_id == campaign.id, db.among(table.phone_id, phone_ids), table.kind == NOTICE)
    if campaign.second == VOICE:
        since = now - timedelta(hours=campaign.second_after_h)
        over = or_(
            table.state.not_in(NOT_OVER), and_(table.state.in_(ON_THE_WAY), table.dispatched_at <= since)
        )
    else:
        over = table.state.not_in(NOT_OVER)
    return select(table.phone_id).where(*mine, table.channel == campaign.channel, ~table.replaced, over)


def _decide(campaign_id: int, phone_ids: Collection[int], ask: Ask, now: datetime) -> int:
    """Let go or skip what is ripe, with everything of these phones in this campaign held."""
    campaign = db.session().get(Campaign, campaign_id, populate_existing=True)
    if campaign is None or campaign.state != RUNNING:
        return 0
    table = MESSAGES.c
    theirs = (
        table.campaign_id == campaign_id,
        db.among(table.phone_id, phone_ids),
        table.kind.in_(NOTICES),
    )
    # What somebody else holds is moving: its phone is looked at in the next round. So nobody waits for anybody here.
    holding = select(table.id).where(*theirs).order_by(table.id).with_for_update(skip_locked=True)
    held = set(db.session().execute(holding).scalars())
    # Once more, as it is now: a retry may have been written while we asked for the rows.
    phones: dict[int, list[Any]] = defaultdict(list)
    for row in db.session().execute(_attempts(theirs)):
        phones[row.phone_id].append(row)
    said = ask(campaign_id, phones)
    decided: dict[str, list[int]] = defaultdict(list)
    for phone_id, rows in phones.items():
        seconds = [row.id for row in rows if row.kind == SECOND]
        firsts = [_attempt(row) for row in rows if row.kind == NOTICE]
        if firsts and all(row.id in held for row in rows):
            decided[_verdict(campaign, firsts, said.get(phone_id, SILENCE), now)] += seconds
    return sum(_settle(ids, verdict, now) for verdict, ids in decided.items() if verdict != WAIT)


def _attempts(theirs: Iterable[ColumnElement[bool]]) -> Select[Any]:
    table, call = MESSAGES.c, CallHeard.__table__.c
    columns = (
        table.id, table.phone_id, table.kind, table.state, table.code, table.carrier, table.replaced,
        table.dispatched_at, table.changed_at, call.heard, call.seconds,
    )  # fmt: skip
    joined = MESSAGES.outerjoin(CallHeard.__table__, call.message_id == table.id)
    return select(*columns).select_from(joined).where(*theirs).order_by(table.phone_id, table.attempt)


def _attempt(row: Row[Any]) -> Attempt:
    return Attempt(
        row.state, row.code, row.carrier, row.replaced, row.dispatched_at, row.changed_at, row.heard or "",
        row.seconds or 0,
    )  # fmt: skip


def _verdict(campaign: Campaign, attempts: Sequence[Attempt], said: Said, now: datetime) -> str:
    if campaign.second == VOICE:
        verdict = after_sms(attempts, said, now, timedelta(hours=campaign.second_after_h))
    else:
        verdict = after_call(attempts, said, now)
    late = campaign.deadline is not None and now.astimezone(VIETNAM).date() > campaign.deadline
    return TOO_LATE if verdict == GO and late else verdict


def _settle(ids: Collection[int], verdict: str, now: datetime) -> int:
    """Let these go, or skip them: those that still wait."""
    table = MESSAGES.c
    still = update(MESSAGES).where(db.among(table.id, ids), waits(table))
    if verdict == GO:
        return db.change_many(still.values(due=now))
    skipped = {"state": "skipped", "rank": RANKS["skipped"], "code": verdict, "changed_at": now}
    return db.change_many(still.values(**skipped))


def answered(campaign_id: int, phone_id: int, at: datetime) -> int:
    """Something came back from this phone: what would have called it to ask does not any more. One that is out is marked, so
    that it does not go out again, whatever becomes of it.

    In the transaction that stores the answer. The call that an SMS follows is not concerned. Returns how many."""
    table = MESSAGES.c
    call = (table.campaign_id == campaign_id, table.phone_id == phone_id, table.channel == VOICE)
    mine = update(MESSAGES).where(*call, table.kind == SECOND)
    marked = db.change_many(mine.where(table.state.in_(NOT_OVER)).values(wave=OF_NO_USE))
    if marked:
        skipped = {"state": "skipped", "rank": RANKS["skipped"], "code": ANSWERED, "changed_at": at}
        db.change_many(mine.where(table.state == "ready").values(**skipped))
    return marked


def reason(kind: str, wave: int) -> str:
    """Why a message that is due must not go out, or nothing."""
    return ANSWERED if kind == SECOND and wave == OF_NO_USE else ""


# ------------------------------------------------------------------------------------------------------- for the rest


def has_gone(campaign_id: int, phone_ids: Collection[int]) -> set[int]:
    """Those of the phones whose second message waits no longer: the first channel is over for them. The caller holds
    their first messages."""
    table = MESSAGES.c
    second = (table.campaign_id == campaign_id, db.among(table.phone_id, phone_ids), table.kind == SECOND)
    return set(db.session().execute(select(table.phone_id).where(*second, ~waits(table))).scalars())


class Counts(NamedTuple):
    """Second messages of a campaign: how many wait for what becomes of the first, and the others by state."""

    waiting: int
    states: dict[str, int]

    def by_state(self) -> dict[str, int]:
        """All of them, those that wait among the ready ones."""
        return {**self.states, "ready": self.states.get("ready", 0) + self.waiting}


NONE = Counts(0, {})


def counts(campaign: Campaign) -> Counts:
    if not campaign.second:
        return NONE
    table, later = MESSAGES.c, MESSAGES.c.due == LATER
    mine = (table.campaign_id == campaign.id, table.kind == SECOND, ~table.replaced)
    query = select(table.state, later, func.count()).where(*mine).group_by(table.state, later)
    states: dict[str, int] = defaultdict(int)
    waiting = 0
    for state, is_later, number in db.session().execute(query):
        if state == "ready" and is_later:
            waiting += number
        else:
            states[state] += number
    return Counts(waiting, dict(states))
