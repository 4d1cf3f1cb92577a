"""What will happen after "send" is pressed, in sentences: when it begins, in which waves, when it will be over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from service.campaigns import lawful, special_days, ways
from service.campaigns.campaigns import Campaign
from service.campaigns.special_days import HOLIDAY, MARKET
from service.sending import hours, mixes, waves
from service.sending.progress import Sentence
from service.text.words import VIETNAM

DAYS_AHEAD = 14  # holidays and market days within so many days are told
MOST_DAYS = 60  # longer is not worth a date
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Window:
    """Open from ``start`` to ``end`` (minutes after midnight in Vietnam) on days that are no holidays."""

    start: int
    end: int

    @property
    def is_open(self) -> bool:
        return self.start < self.end

    def next(self, at: datetime) -> datetime:
        """The first instant, this one or later, at which something may go out."""
        while True:
            at = hours.next_start(at, self.start, self.end)
            day = at.astimezone(VIETNAM).date()
            free = lawful.sending_day(day)
            if free == day:
                return at
            at = datetime(free.year, free.month, free.day, tzinfo=VIETNAM)

    def after(self, at: datetime, seconds: float) -> datetime | None:
        """When so many seconds of sending are over, begun at ``at``. None when that takes months."""
        last = at + timedelta(days=MOST_DAYS)
        while at < last:
            left = hours.seconds_left(at, self.end)
            if seconds <= left:
                return at + timedelta(seconds=seconds)
            seconds -= left
            at = self.next(hours.tomorrow(at))
        return None


def window_of(campaign: Campaign) -> Window:
    """The campaign's hours inside those of its class."""
    earliest, latest = ways.window(campaign)
    return Window(max(campaign.window_from, earliest), min(campaign.window_to, latest))


def forecast(campaign: Campaign, recipients: int, per_second: float, now: datetime) -> list[Sentence]:
    """``per_second``: how fast the carrier takes messages, or calls. Nothing when there is nobody or no hour to send in."""
    window = window_of(campaign)
    if not recipients or not window.is_open:
        return []
    start = window.next(max(now, campaign.starts_at or now))
    told = [*_beginning(campaign, recipients, start, now)]
    end = window.after(start, recipients / per_second)
    if end is not None and not campaign.waves:
        told.append(Sentence("plan.until", {"at": max(end, start + MINUTE)}))
    told.append(Sentence("plan.pause", {"from": _clock(window.start), "to": _clock(window.end)}))
    if campaign.second:
        first, last = mixes.hours(campaign.law_class, campaign.second)
        values = {"hours": campaign.second_after_h, "from": _clock(first), "to": _clock(last)}
        told.append(Sentence(f"plan.second_{campaign.second}", values))
    return [*told, *_special(start, end or start)]


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _beginning(campaign: Campaign, recipients: int, start: datetime, now: datetime) -> list[Sentence]:
    at_once = start <= now
    first = recipients if campaign.waves == waves.ALL_AT_ONCE else min(recipients, waves.FIRST)
    values = {"at": start, "count": first, "rest": recipients - first}
    told = [Sentence("plan.at_once" if at_once else "plan.begins", values)]
    if recipients > first:
        told.append(Sentence(f"plan.{campaign.waves}", values))
    return told


def _special(start: datetime, end: datetime) -> list[Sentence]:
    """Holidays of the next weeks; market days only while messages go out."""
    first, over = start.astimezone(VIETNAM).date(), end.astimezone(VIETNAM).date()
    last = max(over, first + timedelta(days=DAYS_AHEAD))
    found: dict[tuple[str, str], date] = {}
    for day, specials in sorted(special_days.between(first, last).items()):
        for one in specials:
            told = lawful.sending_day(day) != day if one.kind == HOLIDAY else day <= over
            if told and not one.away:
                found.setdefault((one.kind, one.name), day)  # the first of each is enough
    codes = {HOLIDAY: "plan.holiday", MARKET: "plan.market"}
    return [Sentence(codes[kind], {"day": day, "name": name}) for (kind, name), day in found.items()]
