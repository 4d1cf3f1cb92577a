"""Alarms: what an administrator must look at, one list for the home page, the mail and the doctor.

The clock compares what is so now with the table: what is new begins once it has lasted, what is so no more is over. Each
is told once when it begins and once when it is over, and again once a day; who tells it, of several clocks, is decided by
a guarded UPDATE. Counts and codes alone: nobody's name, number or text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, ColumnElement, String, and_, delete, func, literal_column, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from service import bell, db, settings
from service.campaigns import campaigns
from service.campaigns.campaigns import PAUSED, RUNNING
from service.replies import events
from service.sending import (
    gates,
    guards,
    installation,
    locks,
    machines,
    messages,
    restored,
    retries,
    stop_file,
    sums,
)
from service.staff.history import History

REMIND = timedelta(hours=24)
LEASE = timedelta(minutes=2)  # within this time the teller is done, or somebody else tries again
UNKNOWN_OLD = timedelta(minutes=15)
FROZEN = timedelta(minutes=10)
SILENT = timedelta(minutes=5)  # a clock or all workers
RECENT = timedelta(hours=24)
MANY_FILTERED = 3  # fewer are chance
MONEY = ("budget", "budget_day", "budget_month")
MINUTES = timedelta(minutes=1)

# How long each must last before anybody is called; the others at once.
PATIENCE: dict[str, timedelta] = {
    "gate_rests": 5 * MINUTES,
    "spool": 3 * MINUTES,
    "redis": 2 * MINUTES,
    "no_worker": 2 * MINUTES,
}


@dataclass(frozen=True)
class Finding:
    """Something that is not well now. ``about``: the carrier or campaign; ``machine``: where, when it is of one machine."""

    code: str
    about: str = ""
    machine: str = ""
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str, str]:
        return self.code, self.about, self.machine


class Alarm(db.Base):
    __tablename__ = "alarm"

    code: Mapped[str] = mapped_column(String(30), primary_key=True)
    about: Mapped[str] = mapped_column(String(60), primary_key=True)
    machine: Mapped[str] = mapped_column(String(40), primary_key=True)
    values: Mapped[dict[str, Any]] = mapped_column(JSON)
    since: Mapped[datetime]
    seen_at: Mapped[datetime]
    over_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]  # that it began, or goes on
    busy_until: Mapped[datetime | None]  # somebody is telling it

    @property
    def key(self) -> tuple[str, str, str]:
        return self.code, self.about, self.machine


# ------------------------------------------------------------------------------------------------- what is so just now


def look(now: datetime) -> list[Finding]:
    """Everything that is not well now. Few and cheap queries, each through an index."""
    return [*_gates(now), *_messages(now), *_campaigns(now), *_around(), *_machine(now)]


def _gates(now: datetime) -> Iterator[Finding]:
    for gate in gates.listed():
        values = {"carrier": gate.carrier, "reason": gate.reason}
        if not gate.is_open:
            yield Finding("gate_closed", f"{gate.carrier}/{gate.channel}", values=values)
        elif gate.closed_until is not None and gate.closed_until > now:
            yield Finding("gate_rests", f"{gate.carrier}/{gate.channel}", values=values)
    sought = restored.count()
    if sought:
        yield Finding("restored", values={"count": sought})


def _messages(now: datetime) -> Iterator[Finding]:
    counts = {
        "hold": messages.unsettled_count("hold"),
        "unknown_old": messages.unsettled_count("unknown", now - UNKNOWN_OLD),
        "frozen": messages.unsettled_count("sending", now - FROZEN),
        "duplicate": _duplicates(now),
    }
    for code, count in counts.items():
        if count:
            yield Finding(code, values={"count": count})


def _duplicates(now: datetime) -> int:
    """Messages that the carrier knows by two names, found within a day."""
    doubled = History.deed == literal_column("'message.duplicate'")
    query = select(func.count()).select_from(History).where(doubled, History.at > now - RECENT)
    return int(db.session().scalar(query) or 0)


def _campaigns(now: datetime) -> Iterator[Finding]:
    for campaign in campaigns.in_state(RUNNING, PAUSED):
        if campaign.state == PAUSED and campaign.pause_reason in MONEY:
            yield Finding("budget", campaign.code, values={"campaign": campaign.code})
        if _sums_differ(campaign.id, now):
            yield Finding("sums", campaign.code, values={"campaign": campaign.code})
        filtered = retries.filtered(campaign.id)
        if filtered >= MANY_FILTERED:
            yield Finding("filtered", campaign.code, values={"campaign": campaign.code, "count": filtered})


def _sums_differ(campaign_id: int, now: datetime) -> bool:
    mine = (History.campaign_id == campaign_id, History.deed == sums.DEED, History.at > now - RECENT)
    return db.session().scalar(select(History.id).where(*mine).limit(1)) is not None


def _around() -> Iterator[Finding]:
    if not bell.heard():
        yield Finding("redis")
    elif (age := bell.workers_silent_s()) is None or age > SILENT.total_seconds():
        yield Finding("no_worker")


def _machine(now: datetime) -> Iterator[Finding]:
    """Of the machine on which this process runs."""
    here = locks.machine()
    waiting, aside = events.spool_counts()
    so: dict[str, Any] = {
        guards.trouble_here(now) or "": {},
        "cloned": {} if installation.is_foreign() and not settings.get().rehearsal else None,
        "stop_file": {} if stop_file.lies_there() else None,
        "spool": {"count": waiting} if waiting else None,
        "spool_aside": {"count": aside} if aside else None,
    }
    for code, values in so.items():
        if code and values is not None:
            yield Finding(code, machine=here, values=values)


# ------------------------------------------------------------------------------------------------------------ the table


def note(findings: list[Finding], now: datetime) -> None:
    """Write down what is so now, and what is so no more. Of other machines only what they have not seen for a day."""
    for one in findings:
        row = {
            "code": one.code, "about": one.about, "machine": one.machine, "values": one.values,
            "since": now, "seen_at": now, "over_at": None, "told_at": None, "busy_until": None,
        }  # fmt: skip
        again = {"values": one.values, "seen_at": now, "over_at": None}
        insert = db.upsert(Alarm).values(row)
        db.session().execute(
            insert.on_conflict_do_update(index_elements=["code", "about", "machine"], set_=again)
        )
    so, here = {one.key for one in findings}, locks.machine()
    for alarm in db.session().scalars(select(Alarm).where(Alarm.over_at.is_(None))):
        judged = alarm.machine in ("", here) or alarm.seen_at < now - RECENT
        if judged and alarm.key not in so:
            db.change(update(Alarm).where(_is(alarm.key), Alarm.over_at.is_(None)).values(over_at=now))


def standing(now: datetime) -> list[Alarm]:
    """What has lasted long enough to be looked at, the oldest first."""
    rows = db.session().scalars(
        select(Alarm).where(Alarm.over_at.is_(None)).order_by(Alarm.since, Alarm.code)
    )
    lasting = [alarm for alarm in rows if _has_lasted(alarm, now)]
    beat = machines.newest()
    if beat is None or now - beat <= SILENT:
        return lasting
    # The one thing that no clock can write down.
    silent = Alarm(code="no_clock", about="", machine="", values={}, since=beat, seen_at=now)
    return [silent, *lasting]


def _has_lasted(alarm: Alarm, now: datetime) -> bool:
    return now - alarm.since >= PATIENCE.get(alarm.code, timedelta(0))


def take_untold(now: datetime) -> list[Alarm]:
    """What this process, and no other, tells now: begun, still so after a day, or over. What was over before anybody was
    told is forgotten."""
    free = or_(Alarm.busy_until.is_(None), Alarm.busy_until < now)
    begun = and_(Alarm.over_at.is_(None), or_(Alarm.told_at.is_(None), Alarm.told_at <= now - REMIND))
    over = and_(Alarm.over_at.is_not(None), Alarm.told_at.is_not(None))
    db.change_many(delete(Alarm).where(Alarm.over_at.is_not(None), Alarm.told_at.is_(None), free))
    taken = []
    for alarm in list(
        db.session().scalars(select(Alarm).where(or_(begun, over), free).order_by(Alarm.since))
    ):
        if alarm.over_at is None and not _has_lasted(alarm, now):
            continue
        mine = update(Alarm).where(_is(alarm.key), free).values(busy_until=now + LEASE)
        if db.change_many(mine):
            taken.append(alarm)
    return taken


def told(alarms: list[Alarm], now: datetime) -> None:
    """They were told. What is over is forgotten with it."""
    for alarm in alarms:
        if alarm.over_at is not None:
            db.change_many(delete(Alarm).where(_is(alarm.key), Alarm.over_at.is_not(None)))
        db.change_many(update(Alarm).where(_is(alarm.key)).values(told_at=now, busy_until=None))


def _is(key: tuple[str, str, str]) -> ColumnElement[bool]:
    return and_(Alarm.code == key[0], Alarm.about == key[1], Alarm.machine == key[2])
