"""Recording by phone: a member of staff is called, hears the words, says them after a tone, hears them back, and keeps them.

The call lies in the outbox like every other, so it is placed at most once. It belongs to no campaign and never goes to a
villager: the same phones are refused as for trials.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, String, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from service import db, settings
from service.campaigns import prices, recording_dialogue, recording_files, recordings
from service.campaigns.recording_dialogue import ANEW, KEEP
from service.campaigns.recordings import Place
from service.carriers import directory
from service.carriers.calls import CallAsks, KeyPressed, Recorded, RecordingReady
from service.carriers.speech import Script
from service.refused import Refused
from service.sending import hours, recording_takes, trial
from service.sending.messages import RANKS, VOICE, Message
from service.sending.recording_takes import KEPT, LOST, READY, REFUSED, Take
from service.sending.tokens import message_of
from service.staff import accounts, history
from service.staff.accounts import Staff
from service.staff.history import History
from service.text import spoken
from service.text.words import VIETNAM

RECORDING = "recording"  # the kind of its message
MOST_A_DAY = 30  # for each member of staff
AGAIN_AFTER = timedelta(minutes=20)  # a call of which nobody tells how it ended is over by then
FIRST_ATTEMPT = -1_000_000  # trials to the same phone count down from -1
SHOWN = 3


class RecordingCall(db.Base):
    """``message_id`` without a foreign key: the message may be deleted with the phone it went to, and what a member of
    staff recorded is not about whoever has that phone now."""

    __tablename__ = "recording_call"
    __table_args__ = (
        Index("ix_recording_call_message", "message_id", "id"),
        Index("ix_recording_call_place", "part", "language", "campaign_id", "id"),
    )

    id: Mapped[int] = mapped_column(db.Id, primary_key=True)
    message_id: Mapped[int] = mapped_column(db.Id)
    part: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(10))
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"))
    words: Mapped[str] = mapped_column(String(4000))  # that are read out, in Vietnamese
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    made_at: Mapped[datetime]
    recording_id: Mapped[int | None] = mapped_column(ForeignKey("recording.id"))  # what was kept
    problem: Mapped[str] = mapped_column(String(40), default="")  # why it could not be


# ----------------------------------------------------------------------------------------------------- on the page


def order(where: Place, typed: str, by: Staff) -> RecordingCall:
    """Put a call to this phone, which is the caller's own, into the outbox. Raises Refused."""
    carrier = directory.DEFAULT
    if not directory.get(carrier).capabilities.can_call:
        raise Refused("recording.cannot_call")
    words, phone, now = recordings.words_of(where), trial.own_phone(typed), db.clock()
    if not words:
        raise Refused("recording.no_words")
    _few(by, now)
    if _under_way(by, now):
        raise Refused("recording.call_under_way")
    minutes = -(-(2 * spoken.seconds(words) + 60) // 60)
    price = minutes * prices.of(carrier, VOICE, now.astimezone(VIETNAM).date())
    lowest = select(func.min(Message.attempt)).where(
        Message.phone_id == phone.id, Message.campaign_id.is_(None), Message.kind == RECORDING
    )
    message = Message(
        phone_id=phone.id, kind=RECORDING, channel=VOICE, attempt=(db.session().scalar(lowest) or FIRST_ATTEMPT) - 1,
        carrier=carrier, state="ready", rank=RANKS["ready"], text=words, parts=minutes, price_vnd=price, due=now,
        changed_at=now,
    )  # fmt: skip
    db.session().add(message)
    db.session().flush()
    made = RecordingCall(
        message_id=message.id, part=where.part, language=where.language, campaign_id=where.campaign_id, words=words,
        staff_id=by.id, made_at=now,
    )  # fmt: skip
    db.session().add(made)
    db.session().flush()
    history.record(
        "recording.called",
        by,
        campaign=where.campaign_id,
        part=where.part,
        language=where.language,
        price_vnd=price,
    )
    return made


def _few(by: Staff, now: datetime) -> None:
    midnight = hours.tomorrow(now) - timedelta(days=1)
    mine = (History.deed == "recording.called", History.staff_id == by.id, History.at >= midnight)
    if (db.session().scalar(select(func.count()).where(*mine)) or 0) >= MOST_A_DAY:
        raise Refused("recording.enough_calls", most=MOST_A_DAY)


def _under_way(by: Staff, now: datetime) -> bool:
    query = select(RecordingCall.id).join(Message, Message.id == RecordingCall.message_id)
    mine = (RecordingCall.staff_id == by.id, RecordingCall.made_at > now - AGAIN_AFTER)
    open_ones = (Message.kind == RECORDING, Message.rank < RANKS["expired"], Message.state != "cancelled")
    return db.session().scalar(query.where(*mine, *open_ones).limit(1)) is not None


def cancel_late(now: datetime) -> int:
    """Who asked to be called so long ago waits no longer, and must not be rung up at night when a gate opens."""
    late = select(RecordingCall.message_id).where(
        RecordingCall.made_at <= now - AGAIN_AFTER, RecordingCall.made_at > now - timedelta(days=2)
    )
    query = update(Message).where(Message.id.in_(late), Message.kind == RECORDING, Message.state == "ready")
    return db.change_many(
        query.values(state="cancelled", rank=RANKS["cancelled"], code="late", changed_at=now)
    )


def lately(where: Place) -> list[tuple[RecordingCall, str, int | None]]:
    """The newest calls for this place, each with the state of its message and the version that was kept."""
    query = (
        select(RecordingCall, Message.state, recordings.Recording.version)
        .outerjoin(Message, (Message.id == RecordingCall.message_id) & (Message.kind == RECORDING))
        .outerjoin(recordings.Recording, recordings.Recording.id == RecordingCall.recording_id)
        .where(
            RecordingCall.part == where.part,
            RecordingCall.language == where.language,
            RecordingCall.campaign_id == where.campaign_id,
        )
    )
    rows = db.session().execute(query.order_by(RecordingCall.id.desc()).limit(SHOWN))
    return [(row[0], row[1] or "expired", row[2]) for row in rows]


# ---------------------------------------------------------------------------------------------------- on the phone


def begin(asks: CallAsks) -> Script | None:
    """What is said to whoever takes the call; none: it is no call of these."""
    call = _call(asks.token)
    if call is None:
        return None
    return recording_dialogue.begin(settings.get().office_name, call.language, call.words, asks.token)


def say(asks: CallAsks) -> Script:
    """The script with which a question of such a call is answered once it has begun. In a transaction."""
    call, at = _call(asks.token), recording_dialogue.place(asks.query)
    if call is None or at is None:
        return recording_dialogue.end(recording_dialogue.NOT_KEPT)
    if isinstance(asks, Recorded) and asks.recording_id:
        recording_takes.note(call.message_id, at.take, asks.carrier, asks.recording_id)
        return recording_dialogue.wait(asks.token, recording_dialogue.Place(at.take))
    if call.recording_id is not None:  # the carrier asks again
        return recording_dialogue.end(recording_dialogue.KEPT)
    if isinstance(asks, Recorded):
        return recording_dialogue.again(asks.token, at.take + 1, recording_dialogue.NOTHING)
    if isinstance(asks, KeyPressed) and asks.keys == KEEP:
        return _keep(call, at.take)
    if isinstance(asks, KeyPressed) and asks.keys == ANEW:
        return recording_dialogue.again(asks.token, at.take + 1, "")
    if isinstance(asks, KeyPressed):
        return recording_dialogue.ask_again(asks.token, at)
    return _play(asks.token, at, recording_takes.of(call.message_id, at.take))


def hear(ready: RecordingReady) -> None:
    """The carrier says that it can be fetched, or that there is none after all. In a transaction."""
    call, at = _call(ready.token), recording_dialogue.place(ready.query)
    if call is None or at is None or not ready.recording_id:
        return
    if not ready.there:
        recording_takes.note_absent(ready.carrier, ready.recording_id)
    elif not recording_takes.note(call.message_id, at.take, ready.carrier, ready.recording_id):
        recording_takes.hurry(ready.carrier, ready.recording_id)


def _call(token: str) -> RecordingCall | None:
    message_id = message_of(token) if token else None
    query = (
        select(RecordingCall)
        .join(Message, Message.id == RecordingCall.message_id)
        .where(RecordingCall.message_id == message_id, Message.kind == RECORDING)
    )
    return db.session().scalar(query.order_by(RecordingCall.id.desc()).limit(1)) if message_id else None


def _play(token: str, at: recording_dialogue.Place, take: Take | None) -> Script:
    if take is not None and take.state == READY:
        return recording_dialogue.hear(token, at.take, recording_files.address(take.sha256, db.clock()))
    if take is not None and take.state == REFUSED:
        return recording_dialogue.refused(token, at.take, take.problem)
    if take is not None and take.state == LOST:
        return recording_dialogue.refused(token, at.take, "")
    return recording_dialogue.wait(token, at)


def _keep(call: RecordingCall, number: int) -> Script:
    """What was heard becomes the next version, and waits for the second speaker as every recording does."""
    held = select(RecordingCall).where(RecordingCall.id == call.id).with_for_update()
    call = db.session().execute(held.execution_options(populate_existing=True)).scalar_one()
    take, by = recording_takes.of(call.message_id, number), accounts.find(call.staff_id)
    if call.recording_id is not None:
        return recording_dialogue.end(recording_dialogue.KEPT)
    if take is None or take.state != READY or by is None or not by.active:
        return recording_dialogue.end(recording_dialogue.NOT_KEPT)
    where = Place(call.part, call.language, call.campaign_id)
    if recordings.words_of(where) != call.words:
        call.problem = "words_changed"
        return recording_dialogue.end(recording_dialogue.CHANGED)
    call.recording_id = recordings.add(where, recording_takes.sound_of(take), by).id
    take.state = KEPT
    return recording_dialogue.end(recording_dialogue.KEPT)
