"""Waves: a few recipients first, the others when nothing went wrong with these. A bad first wave waits for a person.

What belongs to a later wave lies in the outbox with a due time beyond all times until its wave is opened.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select, update

from service import db
from service.campaigns import campaigns
from service.campaigns.audience import Household
from service.campaigns.campaigns import RUNNING, Campaign
from service.registry import areas
from service.registry.phones import Phone
from service.sending.messages import NOT_REACHED, NOTICE, ON_THE_WAY, WAITING, Message
from service.staff import history
from service.staff.accounts import Staff

ALL_AT_ONCE, FIRST_FEW, BY_COMMUNE = "", "first", "communes"
KINDS = (ALL_AT_ONCE, FIRST_FEW, BY_COMMUNE)
FIRST = 20
LATER = datetime(9999, 1, 1, tzinfo=UTC)
REPORTS_WITHIN = timedelta(minutes=10)  # so long a wave waits for the carrier's reports
MOST_FAILED, MOST_OPTED_OUT = 0.30, 0.10  # of a wave; more is bad
HELD = "wave"
_FIRST = Message.kind == NOTICE  # what follows on the other channel has its own time (see mixes.py)


def numberer(kind: str) -> Callable[[int, Household], int]:
    """A function that says to which wave a recipient belongs: (how many came before, the recipient) → 1, 2, …"""
    places = {area.id: place for place, area in enumerate(areas.communes(), start=2)}
    last = len(places) + 2  # who lives nowhere in particular

    def number(before: int, house: Household) -> int:
        if kind == ALL_AT_ONCE or before < FIRST:
            return 1
        return 2 if kind == FIRST_FEW else places.get(house.area_id or 0, last)

    return number


@dataclass(frozen=True)
class Wave:
    """How a wave stands. ``waiting``: not out yet or not settled; ``unreported``: taken by the carrier, nothing heard."""

    number: int
    messages: int
    waiting: int
    unreported: int
    failed: int
    opted_out: int
    newest: datetime | None

    @property
    def is_bad(self) -> bool:
        done = self.messages - self.waiting
        return done > 0 and (self.failed > done * MOST_FAILED or self.opted_out > done * MOST_OPTED_OUT)


def advance(now: datetime) -> int:
    """Open the next wave of every campaign whose wave is over, or hold it when that one went badly. Returns how many."""
    moved = 0
    for campaign in campaigns.in_state(RUNNING):
        if campaign.waves == ALL_AT_ONCE or _next_wave(campaign) is None:
            continue
        wave = look(campaign)
        if wave.waiting or (wave.unreported and wave.newest and now - wave.newest < REPORTS_WITHIN):
            continue
        if wave.is_bad:
            campaigns.pause(campaign, None, reason=HELD)
        else:
            open_next(campaign, None)
        moved += 1
    return moved


def look(campaign: Campaign) -> Wave:
    """The wave that is open, by its first attempts: what is tried again tomorrow neither holds it up nor excuses it."""
    first = (Message.campaign_id == campaign.id, Message.kind == NOTICE, Message.attempt == 1)
    mine = (*first, Message.wave == campaign.open_wave)
    counted = select(Message.state, func.count(), func.max(Message.dispatched_at)).where(*mine)
    rows = db.session().execute(counted.group_by(Message.state)).all()
    counts = {row[0]: row[1] for row in rows}
    opted_out = (
        select(func.count())
        .select_from(Message)
        .join(Phone, Phone.id == Message.phone_id)
        .where(*mine, Phone.opted_out_at >= campaign.launched_at)
    )
    return Wave(
        number=campaign.open_wave,
        messages=sum(counts.values()),
        waiting=sum(counts.get(state, 0) for state in WAITING),
        unreported=sum(counts.get(state, 0) for state in ON_THE_WAY),
        failed=sum(counts.get(state, 0) for state in NOT_REACHED),
        opted_out=int(db.session().scalar(opted_out) or 0),
        newest=max((row[2] for row in rows if row[2] is not None), default=None),
    )


def _next_wave(campaign: Campaign) -> int | None:
    query = select(func.min(Message.wave)).where(
        Message.campaign_id == campaign.id,
        Message.state == "ready",
        Message.wave > campaign.open_wave,
        _FIRST,
    )
    number: int | None = db.session().scalar(query)
    return number


def open_next(campaign: Campaign, by: Staff | None) -> bool:
    """Let the next wave go out. False when there is none."""
    number = _next_wave(campaign)
    if number is None:
        return False
    guarded = update(Campaign).where(Campaign.id == campaign.id, Campaign.open_wave == campaign.open_wave)
    if db.change(guarded.values(open_wave=number)) == 0:
        return False
    waiting = update(Message).where(
        Message.campaign_id == campaign.id, Message.wave == number, Message.state == "ready", _FIRST
    )
    count = db.change_many(waiting.values(due=db.clock()))
    history.record("campaign.wave_opened", by, campaign=campaign.id, wave=number, messages=count)
    return True


def resume(campaign: Campaign, by: Staff) -> None:
    """Go on. After a wave that was held this opens the next one: a person looked at it."""
    held = campaign.pause_reason == HELD
    campaigns.resume(campaign, by)
    if held:
        open_next(campaign, by)
