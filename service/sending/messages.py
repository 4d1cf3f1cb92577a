"""A message: one attempt to reach one phone on one channel. It goes forward through its states, never back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, func, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from service import db
from service.sending import budget
from service.sending.tokens import message_of
from service.staff import history

SMS = "sms"
NOTICE, OPT_OUT_CONFIRMATION, HEADCOUNT_FULL = "notice", "optout_confirmation", "headcount_full"
UNASKED = (NOTICE, HEADCOUNT_FULL)  # what we write of our own accord; the rest answers somebody

# A higher rank overrules a lower one, whatever comes first: callbacks arrive late, doubled and shuffled.
RANKS = {
    "ready": 0,
    "skipped": 1,
    "cancelled": 1,
    "sending": 10,
    "unknown": 11,
    "hold": 12,
    "accepted": 20,
    "sent": 30,
    "expired": 35,
    "failed": 40,  # a network may call a message failed and deliver it after all
    "delivered": 50,
}
STATES = tuple(RANKS)
UNSETTLED = ("sending", "unknown", "hold")  # money is reserved for them
IS_UNSETTLED = "state IN ('sending', 'unknown', 'hold')"  # word for word, or SQLite does not take the index
WAITING = ("ready", *UNSETTLED)
ON_THE_WAY = ("accepted", "sent")  # the carrier will report on them
NOT_OVER = (*WAITING, *ON_THE_WAY)
ACCEPTED_RANK = RANKS["accepted"]
RESTORED = (
    "restored"  # ready, but not to be claimed before it was looked for at the carrier (see restored.py)
)
IS_SOUGHT = "code = 'restored'"


class Message(db.Base):
    __tablename__ = "message"
    __table_args__ = (
        Index("uq_message_attempt", "campaign_id", "phone_id", "channel", "kind", "attempt", unique=True),
        # A confirmation belongs to no campaign; NULLs are never equal, so it needs an index of its own.
        Index(
            "uq_message_confirmation",
            "phone_id",
            "channel",
            "attempt",
            unique=True,
            sqlite_where=text("campaign_id IS NULL"),
            postgresql_where=text("campaign_id IS NULL"),
        ),
        # With kind and replaced: counting the states of 100,000 recipients reads the index alone.
        Index("ix_message_campaign_state", "campaign_id", "state", "due", "id", "kind", "replaced"),
        Index("ix_message_phone", "phone_id", "id"),
        Index(
            "ix_message_sought",
            "state",
            "looked_at",
            sqlite_where=text(IS_SOUGHT),
            postgresql_where=text(IS_SOUGHT),
        ),
        Index(
            "ix_message_unsettled",
            "state",
            "worker",
            sqlite_where=text(IS_UNSETTLED),
            postgresql_where=text(IS_UNSETTLED),
        ),
    )

    id: Mapped[int] = mapped_column(db.Id, primary_key=True)
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"))
    phone_id: Mapped[int] = mapped_column(ForeignKey("phone.id"))
    kind: Mapped[str] = mapped_column(String(20), default=NOTICE)
    channel: Mapped[str] = mapped_column(String(5), default=SMS)
    attempt: Mapped[int] = mapped_column(default=1)
    replaced: Mapped[bool] = mapped_column(default=False)  # another attempt says how its recipient fares
    wave: Mapped[int] = mapped_column(default=1)
    carrier: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(10), default="ready")
    rank: Mapped[int] = mapped_column(default=0)
    text: Mapped[str] = mapped_column(String(4000))
    parts: Mapped[int]
    price_vnd: Mapped[int]
    due: Mapped[datetime]
    worker: Mapped[str | None] = mapped_column(String(80))
    dispatched_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]
    code: Mapped[str] = mapped_column(
        String(30), default=""
    )  # why skipped, failed or on hold; the carrier's code if it has one
    word: Mapped[str] = mapped_column(
        String(30), default=""
    )  # the carrier's newest word, also one we do not know
    looks: Mapped[int] = mapped_column(
        default=0
    )  # how often an unknown one was looked for in the carrier's list
    looked_at: Mapped[datetime | None]


class MessagePerson(db.Base):
    """Whom a message is for: the people of the audience behind the phone."""

    __tablename__ = "message_person"
    __table_args__ = (Index("ix_message_person_person", "person_id", "message_id"),)

    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)


class CarrierRef(db.Base):
    """What a carrier calls a message. Two for one message mean that it went out twice: an alarm."""

    __tablename__ = "carrier_ref"
    __table_args__ = (Index("ix_carrier_ref_message", "message_id"),)

    carrier: Mapped[str] = mapped_column(String(20), primary_key=True)
    carrier_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"))


# Plain tables, for what is done for every callback and every recipient: a third less CPU than mapped objects.
MESSAGES = Message.metadata.tables["message"]
REFS = Message.metadata.tables["carrier_ref"]


@dataclass(frozen=True)
class Status:
    """A state of ours with the carrier's own word and code. ``state`` none: a word we do not know."""

    state: str | None
    word: str = ""
    code: str = ""


def find(message_id: int) -> Message | None:
    return db.session().get(Message, message_id)


def hold(message_ids: Iterable[int]) -> None:
    """Hold these rows until the end of the transaction, so that a callback on one of them waits without any money."""
    query = select(Message.id).where(Message.id.in_(list(message_ids))).order_by(Message.id)
    db.session().execute(query.with_for_update()).all()


def find_reported(carrier: str, carrier_id: str, token: str | None) -> int | None:
    """The id of the message that a carrier reports on: by the token in the address, else by the carrier's id."""
    message_id = message_of(token) if token else None
    if message_id is None:
        query = select(REFS.c.message_id).where(REFS.c.carrier == carrier, REFS.c.carrier_id == carrier_id)
    else:
        query = select(MESSAGES.c.id).where(MESSAGES.c.id == message_id)
    return db.session().scalar(query)


def counts(campaign_id: int) -> dict[str, int]:
    """How many recipients of a campaign are in each state. Of several attempts the one that counts is counted."""
    mine = (Message.campaign_id == campaign_id, Message.kind == NOTICE, ~Message.replaced)
    query = select(Message.state, func.count()).where(*mine).group_by(Message.state)
    return {row[0]: row[1] for row in db.session().execute(query)}


def sums(campaign_id: int) -> tuple[int, int]:
    """Parts and price (đồng) of all messages that are not skipped or cancelled."""
    query = select(func.sum(Message.parts), func.sum(Message.price_vnd)).where(
        Message.campaign_id == campaign_id, Message.state.not_in(("skipped", "cancelled"))
    )
    parts, price = db.session().execute(query).one()
    return int(parts or 0), int(price or 0)


def unsettled_count(state: str, before: datetime | None = None) -> int:
    """How many messages of all campaigns are in ``sending``, ``unknown`` or ``hold``; dispatched before, if that is asked."""
    query = select(func.count()).select_from(Message).where(text(IS_UNSETTLED), Message.state == state)
    if before is not None:
        query = query.where(Message.dispatched_at < before)
    return int(db.session().scalar(query) or 0)


def in_state(state: str, campaign_id: int | None = None, limit: int = 200) -> list[Message]:
    query = select(Message).where(Message.state == state).order_by(Message.id).limit(limit)
    return list(
        db.session().scalars(query.where(Message.campaign_id == campaign_id) if campaign_id else query)
    )


def latest_to(phone_id: int) -> Message | None:
    """The newest campaign message that went out to this phone: what an answer is about."""
    query = (
        select(Message)
        .where(
            Message.phone_id == phone_id,
            Message.campaign_id.is_not(None),
            Message.state.not_in(("ready", "skipped", "cancelled")),
        )
        .order_by(Message.dispatched_at.desc(), Message.id.desc())
    )
    return db.session().scalar(query.limit(1))


def people_of(message_id: int) -> list[int]:
    query = select(MessagePerson.person_id).where(MessagePerson.message_id == message_id)
    return list(db.session().scalars(query.order_by(MessagePerson.person_id)))


def of_person(person_id: int, limit: int = 200) -> list[Message]:
    query = select(Message).join(MessagePerson, MessagePerson.message_id == Message.id)
    query = query.where(MessagePerson.person_id == person_id).order_by(Message.id.desc()).limit(limit)
    return list(db.session().scalars(query))


def queue_confirmation(
    phone_id: int, attempt: int, carrier: str, words: str, parts: int, price_vnd: int
) -> bool:
    """Put the one confirmation of an opt-out into the outbox. False when it is there already."""
    now = db.clock()
    values = {
        "campaign_id": None, "phone_id": phone_id, "kind": OPT_OUT_CONFIRMATION, "channel": SMS, "attempt": attempt,
        "carrier": carrier, "state": "ready", "rank": 0, "text": words, "parts": parts, "price_vnd": price_vnd,
        "due": now, "changed_at": now, "code": "", "word": "", "looks": 0,
    }  # fmt: skip
    return db.insert_new(Message, values)


def hear_back(message_id: int, status: Status, now: datetime | None = None) -> bool:
    """Fold what the carrier says into the state. Late, doubled and shuffled reports change nothing. True when it did."""
    session, this = db.session(), MESSAGES.c.id == message_id
    if status.state is None:
        session.execute(update(MESSAGES).where(this).values(word=status.word))
        return False
    rank = RANKS[status.state]
    table = MESSAGES.c
    columns = (table.state, table.rank, table.campaign_id, table.price_vnd, table.dispatched_at)
    before = session.execute(select(*columns).where(this).with_for_update()).one_or_none()
    if before is None or before.rank >= rank:
        return False
    values = {
        "state": status.state,
        "rank": rank,
        "word": status.word,
        "code": status.code,
        "changed_at": now or db.clock(),
    }
    if before.dispatched_at is None:  # it had been put back, and went out after all
        values["dispatched_at"] = values["changed_at"]
    session.execute(update(MESSAGES).where(this, table.rank < rank).values(**values))
    if rank >= ACCEPTED_RANK > before.rank:
        at = before.dispatched_at or now or db.clock()
        reserved = before.state in UNSETTLED
        budget.spend([budget.Cost(before.campaign_id, before.price_vnd, reserved, at)])
    return True


def remember_ref(message_id: int, carrier: str, carrier_id: str) -> None:
    """Note what the carrier calls this message. A second name for one message is an alarm in the history."""
    if not carrier_id:
        return
    row = {"carrier": carrier, "carrier_id": carrier_id, "message_id": message_id}
    if not db.insert_new(CarrierRef, row):
        return
    others = db.session().scalar(
        select(func.count()).select_from(CarrierRef).where(CarrierRef.message_id == message_id)
    )
    if others and others > 1:
        message = find(message_id)
        history.record(
            "message.duplicate", None, campaign=message.campaign_id if message else None, message=message_id
        )


def leave(
    message_ids: Iterable[int], state: str, code: str, now: datetime, due: datetime | None = None
) -> int:
    """Take unsettled messages back to ready, or to failed, hold or unknown, and settle their reserved money."""
    ids = list(message_ids)
    if not ids:
        return 0
    values: dict[str, Any] = {"state": state, "rank": RANKS[state], "code": code, "changed_at": now}
    if state == "ready":
        values |= {"worker": None, "dispatched_at": None, "looks": 0, "looked_at": None}
    if due is not None:
        values["due"] = due
    table = MESSAGES.c
    held = select(table.id, table.campaign_id, table.price_vnd, table.dispatched_at)
    held = held.where(table.id.in_(ids), table.state.in_(UNSETTLED)).order_by(table.id).with_for_update()
    rows = db.session().execute(held).all()
    db.change_many(update(Message).where(Message.id.in_([row.id for row in rows])).values(**values))
    if state in ("ready", "failed"):
        budget.release_all((row.campaign_id, row.price_vnd, row.dispatched_at) for row in rows)
    return len(rows)


def abandon(worker: str, now: datetime) -> int:
    """Nobody knows whether the rows that this worker had on the wire went out: they become unknown."""
    query = (
        update(Message)
        .where(Message.worker == worker, Message.state == "sending")
        .values(state="unknown", rank=RANKS["unknown"], code="worker_died", changed_at=now)
    )
    return db.change_many(query)


def workers_sending() -> list[str]:
    """The names of all locks that stand in rows on the wire."""
    query = select(Message.worker).where(Message.state == "sending", Message.worker.is_not(None)).distinct()
    return [name for name in db.session().scalars(query) if name]
