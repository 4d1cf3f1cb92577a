"""The restore guard: a backup from yesterday would send yesterday's campaign once more.

Every claim counts its gate up by one. Once it is committed, and before any byte leaves, this machine writes the count
into its data folder as well. A database that has counted less than the folder is a copy from before: all gates close, and
what this database believes unsent is looked for in the carrier's own list first, twice, ten minutes apart.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from sqlalchemy import ColumnElement, and_, func, literal_column, or_, select, update

from service import db, settings
from service.campaigns.campaigns import Campaign
from service.carriers.base import Found
from service.registry.phones import Phone
from service.sending import gates, hours, messages, reconcile, reports
from service.sending.messages import CHANNELS, RESTORED, SMS, Message, Status
from service.sending.reports import Report
from service.staff import history

SETTLE = timedelta(minutes=2)  # before the first look: what left last must be in the carrier's list
SECOND_LOOK = timedelta(minutes=10)
JUMP = (
    1_000_000  # beyond what other machines counted since the backup, or each of them would find it once more
)
PER_ROUND = 200
UNREADABLE = 10**15
NO_CAP = 10**6  # contacts a day

log = structlog.get_logger()


class Behind(Exception):
    """The database has counted fewer claims than this machine: it was put back from a backup meanwhile."""


@dataclass(frozen=True)
class Mark:
    """How many claims a carrier's gate has counted, the newest included."""

    carrier: str
    claims: int


def count_up(carrier: str) -> Mark:
    """Count the claim that is being made, inside its transaction. Raises Behind: then nothing is claimed."""
    gate = gates.hold(carrier)
    # Whoever counted further has committed before we could hold the gate: what the folder knows beyond is a lost future.
    if _kept(carrier) > gate.claims:
        raise Behind(carrier)
    gate.claims += 1
    return Mark(carrier, gate.claims)


def mirror(reached: Mark) -> None:
    """Keep the count outside the database: after the commit of the claim, before the carrier hears anything.

    About a tenth of a millisecond. Not synced to disk: it must outlive a database that was put back, not the power.
    """
    path = _path(reached.carrier)
    if settings.get().rehearsal:
        return
    with _alone(path):
        if reached.claims > _kept(reached.carrier):
            draft = path.with_suffix(".draft")
            draft.write_text(str(reached.claims), encoding="ascii")
            draft.replace(path)


def watch(carriers: Sequence[str], now: datetime) -> int:
    """When this database is behind what this machine knows: close all gates and look for every unsent message first.

    Returns how many are to be looked for. Needs a transaction; a second clock finds nothing left to do.
    """
    for carrier in sorted(carriers):
        gates.hold(carrier)
    if not is_behind(carriers):
        return 0
    waiting = 0
    for carrier in sorted(carriers):
        gate = gates.hold(carrier)
        gate.claims = max(gate.claims, _kept(carrier)) + JUMP
        for channel in CHANNELS:
            gates.close(carrier, RESTORED, channel, weightier=True)
        waiting += _put_aside(carrier, now)
    history.record("backup.restored", None, messages=waiting)
    log.error("backup.restored", messages=waiting)
    return waiting


def is_behind(carriers: Sequence[str]) -> bool:
    counted = {gate.carrier: gate.claims for gate in gates.listed() if gate.channel == SMS}
    return any(_kept(carrier) > counted.get(carrier, 0) for carrier in carriers)


def _put_aside(carrier: str, now: datetime) -> int:
    """They stay ``ready``: no money is set aside for them, a stop cancels them, and their hour stays theirs. The code
    keeps them from being claimed; ``looked_at`` says since when."""
    query = update(Message).where(Message.carrier == carrier, Message.state == "ready")
    return db.change_many(query.values(code=RESTORED, looks=0, looked_at=now))


# -------------------------------------------------------------------------------------------------------- the looking


def count() -> int:
    """How many messages are still being looked for."""
    return int(db.session().scalar(select(func.count()).select_from(Message).where(_is_sought())) or 0)


def _is_sought() -> ColumnElement[bool]:
    return and_(Message.code == literal_column(f"'{RESTORED}'"), Message.state == "ready")


@dataclass(frozen=True)
class Sought:
    """A message to look for: at this number, among what the carrier has had since then."""

    message: Message
    number: str
    since: datetime


def due_for_a_look(now: datetime, most: int = PER_ROUND) -> list[Sought]:
    first = and_(Message.looks == 0, Message.looked_at <= now - SETTLE)
    second = and_(Message.looks > 0, Message.looked_at <= now - SECOND_LOOK)
    query = (
        select(Message, Phone.e164, Campaign.launched_at)
        .join(Phone, Phone.id == Message.phone_id)
        .outerjoin(Campaign, Campaign.id == Message.campaign_id)
        .where(_is_sought(), or_(first, second))
        .order_by(func.random())  # a number whose list always fails must not keep the others waiting
        .limit(most)
    )
    return [
        Sought(message, number, (launched_at or message.changed_at) - reconcile.CLOCKS_APART)
        for message, number, launched_at in db.session().execute(query)
    ]


def settle(sought: Sought, found: Sequence[Found], now: datetime) -> str:
    """What follows from a look. Returns accepted, absent (once), ready (twice), or settled (somebody else was faster)."""
    message = sought.message
    ours = reconcile.ours(message, found)
    if not _still_sought(message):
        return "settled"
    if ours:
        _accept(message, ours)
        return "accepted"
    twice = message.looks > 0
    values = (
        {"code": "proven_not_sent", "looks": 0, "looked_at": None}
        if twice
        else {"looks": 1, "looked_at": now}
    )
    db.change_many(update(Message).where(Message.id == message.id).values(**values))
    return "ready" if twice else "absent"


def _still_sought(message: Message) -> bool:
    query = select(Message.id).where(Message.id == message.id, _is_sought(), Message.looks == message.looks)
    return db.session().scalar(query.with_for_update()) is not None


def _accept(message: Message, ours: Sequence[Found]) -> None:
    at = min(one.created_at for one in ours)
    said = [Status(one.state, one.word, one.code) for one in ours]
    reports.fold(Report(message.id, status, at) for status in (Status("accepted"), *said))
    messages.remember_refs((message.id, message.carrier, one.carrier_id) for one in ours)
    if message.campaign_id is not None:  # the database that was lost had counted it
        hours.count_contacts([message.phone_id], NO_CAP, at, message.channel)


# ------------------------------------------------------------------------------------------------------- in the folder


def _kept(carrier: str) -> int:
    """The highest count that this machine knows; 0 when it has sent nothing. Unreadable: more than any database."""
    if settings.get().rehearsal:  # it may begin anew as often as one likes
        return 0
    try:
        return int(_path(carrier).read_text(encoding="ascii"))
    except FileNotFoundError:
        return 0
    except ValueError:
        return UNREADABLE


def _path(carrier: str) -> Path:
    folder = settings.get().data / "claims"
    folder.mkdir(exist_ok=True, mode=0o700)
    return folder / carrier


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Workers of this machine write one after the other, or an older count would stand over a newer one."""
    file = os.open(path.with_suffix(".lock"), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)
