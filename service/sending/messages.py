"""A message: one attempt to reach one phone on one channel. It goes forward through its states, never back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ForeignKey, Index, Select, String, Update, bindparam, func, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from service import db
from service.sending import budget
from service.sending.tokens import message_of
from service.staff import history

SMS, VOICE = "sms", "voice"
CHANNELS = (SMS, VOICE)  # the order in which whoever takes both gates takes them
NOTICE, OPT_OUT_CONFIRMATION, HEADCOUNT_FULL = "notice", "optout_confirmation", "headcount_full"
TRIAL = "trial"  # to a member of staff, of no campaign (see trial.py)
SECOND = "second"  # the notice once more, on the campaign's other channel (see mixes.py)
NOTICES = (NOTICE, SECOND)
UNASKED = (*NOTICES, HEADCOUNT_FULL)  # what we write of our own accord; the rest answers somebody

# A higher rank overrules a lower one, whatever comes first: callbacks arrive late, doubled and shuffled.
RANKS = {
    "ready": 0,
    "skipped": 1,
    "cancelled": 1,
    "sending": 10,
    "unknown": 11,
    "hold": 12,
    "accepted": 20,
    "ringing": 25,
    "sent": 30,
    "answered": 30,
    "expired": 35,
    "failed": 40,  # a network may call a message failed and deliver it after all
    "busy": 40,
    "no_answer": 40,
    "delivered": 50,
    "completed": 50,
}
STATES = tuple(RANKS)
UNSETTLED = ("sending", "unknown", "hold")  # money is reserved for them
IS_UNSETTLED = "state IN ('sending', 'unknown', 'hold')"  # word for word, or SQLite does not take the index
WAITING = ("ready", *UNSETTLED)
ON_THE_WAY = ("accepted", "ringing", "sent", "answered")  # the carrier will report on them
ARRIVED = ("delivered", "completed")
NOT_REACHED = ("failed", "busy", "no_answer")
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


def hold(message_ids: Collection[int]) -> Sequence[Any]:
    """Hold these rows until the end of the transaction, so that a callback on one of them waits without any money.

    Returns how those stand that there are, for fold()."""
    query = _statements(db.engine().dialect.name).hold
    return db.session().connection().execute(query, {"ids": message_ids}).all()


def find_reported(reports: Sequence[tuple[str, str, str | None]]) -> list[int | None]:
    """Whom carriers report on (carrier, its id, token in the address): by the token, else by the carrier's id.

    An id from a token may be of no message any more: the token proves only that we made it.
    """
    found = [message_of(token) if token else None for _carrier, _carrier_id, token in reports]
    asked = {report[:2] for report, message_id in zip(reports, found, strict=True) if message_id is None}
    if not asked:
        return found
    known = {(row.carrier, row.carrier_id): row.message_id for row in db.session().execute(_named(asked))}
    return [message_id or known.get(report[:2]) for report, message_id in zip(reports, found, strict=True)]


def _named(asked: Collection[tuple[str, str]]) -> Select[Any]:
    carriers, carrier_ids = {one[0] for one in asked}, {one[1] for one in asked}
    return select(REFS).where(REFS.c.carrier.in_(carriers), REFS.c.carrier_id.in_(carrier_ids))


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
    """The oldest messages in this state. Of all campaigns only unsettled ones can be found without reading the table."""
    query = select(Message).where(Message.state == state).order_by(Message.id).limit(limit)
    if state in UNSETTLED:
        query = query.where(text(IS_UNSETTLED))
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


class Heard(NamedTuple):
    """How a message stood before what was said of it, and how it stands now. The same when it changed nothing."""

    before: str
    now: str
    code: str = ""

    @property
    def changed(self) -> bool:
        return self.before != self.now


def hear_back(message_id: int, status: Status, now: datetime | None = None) -> bool:
    """Fold what the carrier says into the state of one message. True when it changed it."""
    heard = hear_back_all({message_id: [(status, now or db.clock())]})
    return message_id in heard and heard[message_id].changed


def hear_back_all(said: Mapping[int, Sequence[tuple[Status, datetime]]]) -> dict[int, Heard]:
    """Fold what carriers say of these messages, each at its instant, into their states, with a few statements for all.

    Late, doubled and shuffled reports change nothing. Returns those messages that there are, held from now on.
    """
    return fold(said, hold(said))


def fold(said: Mapping[int, Sequence[tuple[Status, datetime]]], held: Iterable[Any]) -> dict[int, Heard]:
    """As hear_back_all(), for messages that are held already, and others are held besides."""
    heard: dict[int, Heard] = {}
    changes: dict[_Change, _Changed] = defaultdict(_Changed)
    costs: list[budget.Cost] = []
    for row in held:
        if row.id not in said:
            continue
        change, at = _folded(row.rank, said[row.id])
        heard[row.id] = Heard(row.state, change.state or row.state, change.code)
        if change.word is not None:
            changes[change].note(row.id, at)
        if change.state and RANKS[change.state] >= ACCEPTED_RANK > row.rank:
            claimed_at = row.dispatched_at or at
            costs.append(budget.Cost(row.campaign_id, row.price_vnd, row.state in UNSETTLED, claimed_at))
    for change, changed in changes.items():
        _write(change, changed)
    budget.spend(costs)
    return heard


class _Change(NamedTuple):
    """What becomes of a message. ``state`` none: only the carrier's newest word is noted; ``word`` none: nothing is."""

    state: str | None = None
    word: str | None = None
    code: str = ""
    second: int = 0  # messages that change alike are written at once, those of one second with one instant


@dataclass
class _Changed:
    message_ids: list[int] = field(default_factory=list)
    instants: list[datetime] = field(default_factory=list)

    def note(self, message_id: int, at: datetime) -> None:
        self.message_ids.append(message_id)
        self.instants.append(at)


def _folded(rank: int, said: Sequence[tuple[Status, datetime]]) -> tuple[_Change, datetime]:
    """What follows from all that is said of a message of this rank, and since when."""
    state, word, code, since = None, None, "", said[0][1]
    for status, at in said:
        if status.state is None:
            word = status.word
        elif RANKS[status.state] > rank:
            state, word, code, since, rank = status.state, status.word, status.code, at, RANKS[status.state]
    return _Change(state, word, code, int(since.timestamp()) if state else 0), since


def _write(change: _Change, changed: _Changed) -> None:
    values: dict[str, Any] = {"ids": changed.message_ids, "new_word": change.word}
    if change.state is not None:
        values |= {
            "new_state": change.state, "new_rank": RANKS[change.state], "new_code": change.code,
            "at": max(changed.instants),
        }  # fmt: skip
    known = _statements(db.engine().dialect.name)
    db.session().connection().execute(known.move if change.state else known.say, values)


@dataclass(frozen=True)
class _Statements:
    hold: Select[Any]
    say: Update
    move: Update


@cache
def _statements(_dialect: str) -> _Statements:
    """Made once for each kind of database: to put them together for each call took longer than to run them."""
    table = MESSAGES.c
    these = db.among(table.id, bindparam("ids", type_=db.Ids()))
    hold = select(
        table.id, table.state, table.rank, table.campaign_id, table.price_vnd, table.dispatched_at
    ).where(these)
    move = {
        "state": bindparam("new_state"), "rank": bindparam("new_rank"), "word": bindparam("new_word"),
        "code": bindparam("new_code"), "changed_at": bindparam("at"),
        # No dispatch: it had been put back, and went out after all.
        "dispatched_at": func.coalesce(table.dispatched_at, bindparam("at", type_=db.UtcDateTime())),
    }  # fmt: skip
    return _Statements(
        hold=hold.order_by(table.id).with_for_update(),
        say=update(MESSAGES).where(these).values(word=bindparam("new_word")),
        move=update(MESSAGES).where(these, table.rank < bindparam("new_rank")).values(**move),
    )


def remember_ref(message_id: int, carrier: str, carrier_id: str) -> None:
    """Note what the carrier calls this message, which the caller holds."""
    remember_refs([(message_id, carrier, carrier_id)])


def remember_refs(names: Iterable[tuple[int, str, str]]) -> None:
    """Note what carriers call these messages (id, carrier, its id). The caller holds them: a message is locked before
    its names. A second name for one message is an alarm in the history."""
    rows = [
        {"message_id": message_id, "carrier": carrier, "carrier_id": carrier_id}
        for message_id, carrier, carrier_id in sorted(set(names))
        if carrier_id
    ]
    if not rows:
        return
    new = db.insert_which(REFS, REFS.c.message_id, rows)
    if new:
        _alarm_if_doubled(new)


def _alarm_if_doubled(message_ids: Collection[int]) -> None:
    table = REFS.c
    named = select(table.message_id).where(db.among(table.message_id, message_ids)).group_by(table.message_id)
    doubled = named.having(func.count() > 1).subquery()
    query = select(MESSAGES.c.id, MESSAGES.c.campaign_id).join(doubled, doubled.c.message_id == MESSAGES.c.id)
    for row in db.session().execute(query.order_by(MESSAGES.c.id)).all():
        history.record("message.duplicate", None, campaign=row.campaign_id, message=row.id)


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
    held = (
        held.where(db.among(table.id, ids), table.state.in_(UNSETTLED)).order_by(table.id).with_for_update()
    )
    rows = db.session().execute(held).all()
    db.change_many(update(MESSAGES).where(db.among(table.id, [row.id for row in rows])).values(**values))
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
    query = select(Message.worker).where(text(IS_UNSETTLED), Message.state == "sending").distinct()
    return [name for name in db.session().scalars(query) if name]
