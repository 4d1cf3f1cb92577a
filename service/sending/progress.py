"""Progress in words: what a launched campaign is doing now, and what comes next. Pure: facts in, sentences out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from service.campaigns.campaigns import FINISHED, PAUSED, RUNNING, STOPPED, Campaign
from service.sending import guards, hours, mixes
from service.sending.gates import Gate
from service.sending.messages import ARRIVED, NOT_REACHED, ON_THE_WAY, WAITING
from service.sending.retries import NOBODY, Planned
from service.text.words import VIETNAM

SLOW_DOWN_CODES = ("20429", "429")  # the carrier is there and asks for patience
BY_ITSELF = ("budget", "budget_day", "budget_month", "wave")  # why the machine paused a campaign


@dataclass(frozen=True)
class Sentence:
    """``code`` has its words in web/sentences.py."""

    code: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Around:
    """What lies around a campaign. ``paused_by``: who, if it is known; ``sending_day``: when today is a holiday, the day
    on which it goes on; ``stop_file``: it lies in the data folder; ``retries``: who is tried again at a later hour;
    ``filtered``: how many messages were taken for spam; ``second``: how the second channel's messages fare."""

    gate: Gate | None
    now: datetime
    redis_heard: bool = True
    paused_by: str = ""
    sending_day: date | None = None
    stop_file: bool = False
    retries: Planned = NOBODY
    filtered: int = 0
    second: mixes.Counts = mixes.NONE


def describe(campaign: Campaign, counts: Mapping[str, int], around: Around) -> list[Sentence]:
    """What is going on, the most important first. ``counts``: messages by state."""
    if campaign.state == PAUSED:
        first = _paused(campaign, counts, around.paused_by)
    elif campaign.state == STOPPED:
        first = Sentence("progress.stopped", {"cancelled": counts.get("cancelled", 0)})
    elif campaign.state == FINISHED:
        first = Sentence("progress.finished", _ended(counts))
    elif campaign.state == RUNNING:
        first = _running(campaign, counts, around)
    else:
        return []
    return [
        first,
        *_stage(campaign, counts),
        *_also(counts),
        *_again(campaign, around),
        *_second(campaign, around.second),
    ]


def _paused(campaign: Campaign, counts: Mapping[str, int], paused_by: str) -> Sentence:
    left = counts.get("ready", 0)
    if campaign.pause_reason in BY_ITSELF:
        return Sentence(f"progress.paused_{campaign.pause_reason}", {"left": left})
    if paused_by:
        return Sentence("progress.paused_by", {"left": left, "who": paused_by})
    return Sentence("progress.paused", {"left": left})


def _running(campaign: Campaign, counts: Mapping[str, int], around: Around) -> Sentence:
    left, gate, now = counts.get("ready", 0) - around.retries.count, around.gate, around.now
    if not left:
        return Sentence("progress.last_ones" if counts.get("sending") else "progress.settling")
    if around.stop_file:
        return Sentence("progress.stop_file", {"left": left})
    if campaign.starts_at is not None and campaign.starts_at > now:
        return Sentence("progress.scheduled", {"at": campaign.starts_at, "left": left})
    if gate is not None and not gate.is_open:
        return Sentence("progress.gate_closed", {"left": left, "reason": gate.reason})
    if around.sending_day is not None:
        return Sentence("progress.holiday", {"day": around.sending_day, "left": left})
    if not hours.is_within(now, campaign.window_from, campaign.window_to):
        return _outside(campaign, now, left)
    if gate is not None and gate.closed_until is not None and gate.closed_until > now:
        return _resting(gate, gate.closed_until, now, left)
    if not around.redis_heard:
        return Sentence("progress.no_redis", {"left": left})
    return Sentence("progress.sending", {"left": left})


def _outside(campaign: Campaign, now: datetime, left: int) -> Sentence:
    at = hours.next_start(now, campaign.window_from, campaign.window_to).astimezone(VIETNAM)
    today = at.date() == now.astimezone(VIETNAM).date()
    code = "progress.until_today" if today else "progress.until_tomorrow"
    return Sentence(code, {"at": f"{at:%H:%M}", "left": left})


def _resting(gate: Gate, until: datetime, now: datetime, left: int) -> Sentence:
    seconds = max(1, round((until - now).total_seconds()))
    if gate.reason in guards.TROUBLES:
        return Sentence("progress.machine_trouble", {"left": left, "reason": gate.reason})
    code = "progress.slowing" if gate.reason in SLOW_DOWN_CODES else "progress.carrier_away"
    return Sentence(code, {"seconds": seconds, "left": left, "reason": gate.reason})


def _stage(campaign: Campaign, counts: Mapping[str, int]) -> Iterator[Sentence]:
    if campaign.closed_at is not None:
        yield Sentence("progress.closed", {"headcount": campaign.headcount})
    elif campaign.waves and campaign.state in (RUNNING, PAUSED) and counts.get("ready"):
        yield Sentence("progress.wave", {"wave": campaign.open_wave})


def _again(campaign: Campaign, around: Around) -> Iterator[Sentence]:
    """What failed and is not lost, and what failed and should be looked at."""
    again = around.retries
    if again.count and campaign.state == RUNNING:
        same = again.first == again.last
        values = {"count": again.count, "at": again.first}
        yield Sentence("progress.retries" if same else "progress.retries_from", values)
    if around.filtered:
        yield Sentence("progress.filtered", {"count": around.filtered})


def _second(campaign: Campaign, second: mixes.Counts) -> Iterator[Sentence]:
    """What follows on the other channel."""
    if second.waiting and campaign.state in (RUNNING, PAUSED):
        values = {"count": second.waiting, "hours": campaign.second_after_h}
        yield Sentence(f"progress.second_waiting_{campaign.second}", values)
    if second.states:
        left = sum(second.states.get(state, 0) for state in WAITING)
        skipped = sum(second.states.get(state, 0) for state in ("skipped", "cancelled"))
        done = sum(second.states.values()) - left - skipped
        values = {"done": done, "left": left, "skipped": skipped}
        yield Sentence(f"progress.second_{campaign.second}", values)


def _ended(counts: Mapping[str, int]) -> dict[str, int]:
    return {
        "delivered": sum(counts.get(state, 0) for state in ARRIVED),
        "failed": sum(counts.get(state, 0) for state in NOT_REACHED),
    }


def _also(counts: Mapping[str, int]) -> Iterator[Sentence]:
    waiting = sum(counts.get(state, 0) for state in ON_THE_WAY)
    if waiting:
        yield Sentence("progress.awaiting_reports", {"count": waiting})
    for state in ("unknown", "hold"):
        if counts.get(state):
            yield Sentence(f"progress.{state}", {"count": counts[state]})
