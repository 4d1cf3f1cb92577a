"""A take: what was recorded at a carrier while a member of staff spoke on the phone, until we have it and the carrier has not.

It is fetched from the carrier, checked, levelled and written anew as every recording is, and deleted there, whatever became
of it. No transaction is open while a carrier is asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import JSON, Index, String, select, update
from sqlalchemy.orm import Mapped, mapped_column

from service import db
from service.campaigns import recording_files, sound
from service.campaigns.recordings import Recording
from service.campaigns.sound import Sound
from service.carriers.base import Carrier, CarrierError
from service.refused import Refused
from service.sending.messages import RANKS, Message

WAITING, READY, REFUSED, LOST, KEPT, DROPPED = "waiting", "ready", "refused", "lost", "kept", "dropped"
ABSENT = "absent"
SOUGHT_FOR = timedelta(minutes=10)  # a recording that is not there after that will not come
SOON, LATER = timedelta(seconds=1), timedelta(hours=1)  # between two tries, at first and at most
FORGET_FOR = timedelta(days=30)
OVER_FOR = timedelta(minutes=1)  # a key that was pressed at the last moment has reached us by then
PER_ROUND = 10

log = structlog.get_logger()


class Take(db.Base):
    """``message_id``: the call's; no foreign key, since what is told of people does not hang on it (see recording_calls)."""

    __tablename__ = "recording_take"
    __table_args__ = (
        Index("uq_recording_take", "carrier", "carrier_id", unique=True),
        Index("ix_recording_take_message", "message_id", "number"),
        Index("ix_recording_take_due", "forgotten_at", "due"),
    )

    id: Mapped[int] = mapped_column(db.Id, primary_key=True)
    message_id: Mapped[int] = mapped_column(db.Id)
    number: Mapped[int]  # 1 for the first take of the call
    carrier: Mapped[str] = mapped_column(String(20))
    carrier_id: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(10), default=WAITING)
    problem: Mapped[str] = mapped_column(String(40), default="")
    sha256: Mapped[str] = mapped_column(String(64), default="")
    ms: Mapped[int] = mapped_column(default=0)
    before_db: Mapped[int] = mapped_column(default=0)
    after_db: Mapped[int] = mapped_column(default=0)
    peaks: Mapped[list[int]] = mapped_column(JSON, default=list)
    made_at: Mapped[datetime]
    due: Mapped[datetime]  # when the carrier is asked next
    tries: Mapped[int] = mapped_column(default=0)
    forgotten_at: Mapped[datetime | None]  # the carrier has it no longer


@dataclass(frozen=True)
class Asked:
    """A take about which its carrier is to be asked: for the sound, or to delete it."""

    id: int
    carrier: str
    carrier_id: str
    fetch: bool
    tries: int
    made_at: datetime


def note(message_id: int, number: int, carrier: str, carrier_id: str) -> bool:
    """The carrier says that it has a recording. Told again it changes nothing. True when it is new."""
    now = db.clock()
    row = {
        "message_id": message_id, "number": number, "carrier": carrier, "carrier_id": carrier_id, "state": WAITING,
        "problem": "", "sha256": "", "ms": 0, "before_db": 0, "after_db": 0, "peaks": [], "made_at": now, "due": now,
        "tries": 0,
    }  # fmt: skip
    return db.insert_new(Take, row)


def hurry(carrier: str, carrier_id: str) -> None:
    """The carrier says that it can be fetched now."""
    _change(carrier, carrier_id, due=db.clock(), tries=0)


def note_absent(carrier: str, carrier_id: str) -> None:
    """The carrier says that it has none after all."""
    _change(carrier, carrier_id, state=LOST, problem=ABSENT)


def _change(carrier: str, carrier_id: str, **values: object) -> None:
    which = (Take.carrier == carrier, Take.carrier_id == carrier_id, Take.state == WAITING)
    db.change_many(update(Take).where(*which).values(**values))


def of(message_id: int, number: int) -> Take | None:
    """The newest recording of this take of a call."""
    query = select(Take).where(Take.message_id == message_id, Take.number == number)
    return db.session().scalar(query.order_by(Take.id.desc()).limit(1))


def sound_of(take: Take) -> Sound:
    """Raises OSError when the file is gone."""
    wav = recording_files.path_of(take.sha256).read_bytes()
    return Sound(wav, take.ms, take.before_db, take.after_db, tuple(take.peaks))


# ------------------------------------------------------------------------------------------------- the carrier's copy


def due(now: datetime) -> list[Asked]:
    """About which takes a carrier is to be asked now, those first that somebody waits for on the phone."""
    columns = (Take.id, Take.carrier, Take.carrier_id, Take.state, Take.tries, Take.made_at)
    query = select(*columns).where(
        Take.forgotten_at.is_(None), Take.due <= now, Take.made_at > now - FORGET_FOR
    )
    rows = db.session().execute(query.order_by(Take.state != WAITING, Take.due).limit(PER_ROUND))
    return [Asked(row[0], row[1], row[2], row[3] == WAITING, row[4], row[5]) for row in rows]


def ask(asked: Asked, carrier: Carrier, now: datetime) -> bool:
    """Fetch it, or have it deleted. True when that is done. No transaction may be open."""
    return _fetch(asked, carrier, now) if asked.fetch else _forget(asked, carrier, now)


def _fetch(asked: Asked, carrier: Carrier, now: datetime) -> bool:
    try:
        heard = sound.read(carrier.recording(asked.carrier_id))
    except CarrierError as error:
        log.info("recording_takes.not_fetched", take=asked.id, code=error.code)
        return _try_later(asked, now, error.code)
    except Refused as refused:
        values: dict[str, object] = {"state": REFUSED, "problem": refused.code.partition(".")[2][:40]}
    else:
        values = {
            "state": READY, "sha256": recording_files.keep(heard.wav), "ms": heard.ms, "before_db": heard.before,
            "after_db": heard.after, "peaks": list(heard.peaks),
        }  # fmt: skip
    with db.transaction():
        query = update(Take).where(Take.id == asked.id, Take.state == WAITING)
        return db.change(query.values(**values, due=now, tries=0)) == 1


def _try_later(asked: Asked, now: datetime, code: str) -> bool:
    """Sooner at first than later; a recording that has been sought for too long is lost, and deleted where it may lie."""
    later: dict[str, object] = {
        "due": now + min(SOON * 2 ** min(asked.tries, 12), LATER),
        "tries": asked.tries + 1,
    }
    this = update(Take).where(Take.id == asked.id)
    with db.transaction():
        db.change(this.values(**later))
        if asked.fetch and now - asked.made_at > SOUGHT_FOR:
            db.change(
                this.where(Take.state == WAITING).values(state=LOST, problem=code[:40], due=now, tries=0)
            )
    return False


def _forget(asked: Asked, carrier: Carrier, now: datetime) -> bool:
    try:
        carrier.forget_recording(asked.carrier_id)
    except CarrierError as error:
        log.info("recording_takes.not_deleted", take=asked.id, code=error.code)
        return _try_later(asked, now, error.code)
    with db.transaction():
        db.change(update(Take).where(Take.id == asked.id).values(forgotten_at=now))
    return True


def drop_unkept(now: datetime) -> int:
    """What was recorded in calls that are over, and not kept by a key, is dropped here as well."""
    over = (Message.rank >= RANKS["expired"]) & (Message.changed_at <= now - OVER_FOR)
    query = select(Take.id, Take.sha256).join(Message, Message.id == Take.message_id)
    rows = db.session().execute(query.where(Take.state.in_((WAITING, READY)), over).limit(PER_ROUND)).all()
    for row in rows:
        drop = update(Take).where(Take.id == row.id, Take.state.in_((WAITING, READY)))
        if db.change(drop.values(state=DROPPED, due=now, tries=0)) and row.sha256:
            _remove(row.sha256)
    return len(rows)


def _remove(sha256: str) -> None:
    """The file, unless a recording is made of the very same sound."""
    others = select(Recording.id).where(Recording.sha256 == sha256).limit(1)
    if db.session().scalar(others) is None:
        recording_files.path_of(sha256).unlink(missing_ok=True)
