"""The one door in: everything that comes back becomes a status or a reply, stored once, bound to its campaign."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, String, func, select
from sqlalchemy.orm import Mapped, mapped_column

from service import db, settings
from service.campaigns import campaigns, notices
from service.carriers import directory
from service.carriers.base import Incoming
from service.carriers.calls import CallUpdate
from service.refused import Refused
from service.registry import phones
from service.registry.phones import Phone
from service.replies import events, interests, keys, reader
from service.replies.events import Received
from service.replies.interests import Interest
from service.sending import listened, messages, reports
from service.sending.messages import Message, Status
from service.sending.reports import Report
from service.sending.tokens import message_of
from service.staff import history
from service.staff.accounts import Staff
from service.text import phone_numbers, sms_text
from service.text.vietnamese import nfc

UNKNOWN_NUMBER = "unknown"
KEY, MISSED_CALL = "key", "missed_call"
MAX_TEXT = 2_000
MEANINGS = ("interested", "not_interested", "stop", "question", "wrong_person", "help", "unclear")
TO_ANSWER = ("question", "help")  # whoever reads one owes the answer, until he or she says that it was given
FOR_A_PERSON = ("unclear", "question", "help", "wrong_person")  # no rule of ours settles these
DECISIVE = ("interested", "not_interested", "stop")  # these say whether there is an interest


class Reply(db.Base):
    """Anything that came back from a phone. ``decided_by`` none: the reader read it."""

    __tablename__ = "reply"
    __table_args__ = (
        Index("uq_reply", "carrier", "carrier_id", unique=True),
        Index("ix_reply_open", "handled_at", "id"),
        Index("ix_reply_phone", "phone_id", "id"),
        Index("ix_reply_campaign", "campaign_id", "meaning"),
    )

    id: Mapped[int] = mapped_column(db.Id, primary_key=True)
    carrier: Mapped[str] = mapped_column(String(20))
    carrier_id: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(12))
    phone_id: Mapped[int] = mapped_column(ForeignKey("phone.id"))
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"))
    text: Mapped[str] = mapped_column(String(MAX_TEXT))
    meaning: Mapped[str] = mapped_column(String(15))
    evidence: Mapped[str] = mapped_column(String(200), default="")
    received_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]  # none: waits for a person
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))


_UNREAD = Reply.handled_at.is_(None) & Reply.decided_by.is_(None)
_OWED = Reply.handled_at.is_(None) & Reply.decided_by.is_not(None)


@dataclass(frozen=True)
class Outcome:
    """What came of an event: the interest that now needs (or needs no longer) a follow-up call."""

    reply: Reply | None = None
    interest: Interest | None = None


def accept(received: Received) -> Outcome:
    """Take in one event, once. Doubled events change nothing; unknown words and tokens are kept and shown."""
    if not isinstance(received.event, Incoming):
        hear([received])
        return Outcome()
    if not events.store(received):
        return Outcome()
    return _take(received.event, received.at)


def hear(batch: Sequence[Received]) -> None:
    """Take in what carriers report on messages, once each, with a few statements for all of it."""
    new = [(one.event, one.at) for one in events.store_new(batch) if not isinstance(one.event, Incoming)]
    about = messages.find_reported([(update.carrier, update.carrier_id, update.token) for update, _at in new])
    known = [(message_id, *one) for message_id, one in zip(about, new, strict=True) if message_id is not None]
    heard = reports.fold(
        Report(message_id, Status(update.state, update.word, update.code), at)
        for message_id, update, at in known
    )
    messages.remember_refs(
        (message_id, update.carrier, update.carrier_id)
        for message_id, update, _at in known
        if message_id in heard
    )
    listened.note(
        (message_id, update)
        for message_id, update, _at in known
        if message_id in heard and isinstance(update, CallUpdate)
    )


def _take(incoming: Incoming, at: datetime) -> Outcome:
    phone = _phone(incoming.number)
    latest = _answered(incoming) or messages.latest_to(phone.id)
    text = nfc(incoming.text.replace("\0", ""))[:MAX_TEXT]
    meaning = _meaning(incoming.kind, text, latest)
    row = {
        "carrier": incoming.carrier, "carrier_id": incoming.carrier_id, "kind": incoming.kind, "phone_id": phone.id,
        "campaign_id": latest.campaign_id if latest else None, "message_id": latest.id if latest else None,
        "text": text, "meaning": meaning.meaning, "evidence": meaning.evidence[:200], "received_at": at,
    }  # fmt: skip
    if not db.insert_new(Reply, row):
        return Outcome()
    query = select(Reply).where(Reply.carrier == incoming.carrier, Reply.carrier_id == incoming.carrier_id)
    reply = db.session().scalars(query).one()
    return Outcome(reply, _follow(reply, phone, at))


def _meaning(kind: str, text: str, latest: Message | None) -> reader.Meaning:
    """Whoever lets it ring says what the campaign said that it means: that he wants to go, or else to be called back."""
    if kind == MISSED_CALL:
        told = campaigns.find(latest.campaign_id) if latest and latest.campaign_id else None
        yes = told is not None and told.missed_call == campaigns.YES
        return reader.Meaning("interested" if yes else "question", 1.0, "missed call")
    return keys.read(text) if kind == KEY else reader.read(text)


def _answered(incoming: Incoming) -> Message | None:
    """The message that is certainly meant."""
    message_id = message_of(incoming.token) if incoming.token else None
    return messages.find(message_id) if message_id else None


def _phone(number: str) -> Phone:
    """The phone of this number. A number nobody registered is kept too: a reply is never lost."""
    number = number.replace("\0", "").strip()
    read = phone_numbers.read(number)
    if read.numbers:
        return phones.get_or_add(read.numbers[0].e164, read.numbers[0].kind)
    return phones.get_or_add(number[:16] or "?", UNKNOWN_NUMBER)


def _follow(reply: Reply, phone: Phone, at: datetime) -> Interest | None:
    """Do what the meaning asks for. What no rule settles waits in the inbox for a person."""
    if reply.meaning == "stop":
        reply.handled_at = at
        return _stop(reply, phone, at)
    if reply.meaning in FOR_A_PERSON or reply.campaign_id is None or reply.message_id is None:
        return None
    reply.handled_at = at
    return _settle(reply, at)


def _stop(reply: Reply, phone: Phone, at: datetime) -> Interest | None:
    """No more messages to this number, and one confirmation."""
    if phones.opt_out(phone, at) and phone.kind == "mobile":
        _confirm(reply, phone)
    return _settle(reply, at)


def _confirm(reply: Reply, phone: Phone) -> None:
    words = sms_text.plain(notices.office_text("optout_confirmation"))
    parts = sms_text.count(words).parts
    price = parts * settings.get().sms_price_vnd
    messages.queue_confirmation(phone.id, phone.opt_outs, way_back(reply), words, parts, price)


def way_back(reply: Reply) -> str:
    """The carrier by which whoever replied is written to. A gateway that only tells us of calls is none."""
    return reply.carrier if reply.carrier in directory.names() else directory.DEFAULT


def classify(reply: Reply, meaning: str, by: Staff) -> Outcome:
    """A person says what a reply means; what the reader made of it before no longer counts.

    Raises Refused: a yes needs a campaign that it is an answer to.
    """
    if meaning not in MEANINGS or meaning == "unclear":
        raise Refused("reply.unknown_meaning")
    if meaning == "interested" and reply.campaign_id is None:
        raise Refused("reply.no_campaign")
    phone = phones.find(reply.phone_id)
    assert phone is not None
    before, now = reply.meaning, db.clock()
    behind: list[int | None] = [*phones.people_of(phone.id)]
    for person in behind or [None]:
        history.record(
            "reply.classified", by, person=person, campaign=reply.campaign_id, meaning=meaning, reply=reply.id
        )
    reply.decided_by = by.id
    if meaning == before and reply.handled_at is not None:
        return Outcome(reply)
    if before == "stop":
        _undo_stop(reply, phone, by)
    reply.meaning, reply.handled_at = meaning, None if meaning in TO_ANSWER else now
    if meaning == "stop" and phones.opt_out(phone, now) and phone.kind == "mobile":
        _confirm(reply, phone)
    return Outcome(reply, _settle(reply, now) if before in DECISIVE or meaning in DECISIVE else None)


def _undo_stop(reply: Reply, phone: Phone, by: Staff) -> None:
    """This reply was no stop after all. If it alone closed the number, the number is open again."""
    others = select(func.count()).where(
        Reply.phone_id == phone.id, Reply.meaning == "stop", Reply.handled_at > reply.handled_at
    )
    if phone.opted_out_at == reply.handled_at and not db.session().scalar(others):
        phones.opt_in(phone, by)


def _settle(reply: Reply, at: datetime) -> Interest | None:
    """The phone's newest word on this campaign counts, in whichever order replies came to us and were read."""
    if reply.campaign_id is None:
        return None
    decisive = Reply.meaning.in_(DECISIVE) & Reply.handled_at.is_not(None)
    query = select(Reply).where(
        Reply.phone_id == reply.phone_id, Reply.campaign_id == reply.campaign_id, decisive
    )
    newest = db.session().scalar(query.order_by(Reply.received_at.desc(), Reply.id.desc()).limit(1))
    if newest is None or newest.meaning != "interested" or newest.message_id is None:
        return interests.withdraw(reply.campaign_id, reply.phone_id)
    people = messages.people_of(newest.message_id)
    return interests.express(reply.campaign_id, reply.phone_id, people, newest.id, at)


def find(reply_id: int) -> Reply | None:
    return db.session().get(Reply, reply_id)


def find_to_read(reply_id: int) -> Reply | None:
    """The reply, held until the end of the transaction, so that two people do not read it at once."""
    query = select(Reply).where(Reply.id == reply_id).with_for_update()
    return db.session().scalar(query.execution_options(populate_existing=True))


def waiting(limit: int = 50, after: int = 0) -> list[Reply]:
    """Replies that wait for a person, the oldest first."""
    query = select(Reply).where(_UNREAD, Reply.id > after).order_by(Reply.id).limit(limit)
    return list(db.session().scalars(query))


def waiting_count() -> int:
    return int(db.session().scalar(select(func.count()).select_from(Reply).where(_UNREAD)) or 0)


def to_answer(limit: int = 100) -> list[Reply]:
    """Questions and calls for help that somebody read and still owes an answer, calls for help first."""
    query = select(Reply).where(_OWED).order_by(Reply.meaning != "help", Reply.id).limit(limit)
    return list(db.session().scalars(query))


def to_answer_count() -> int:
    return int(db.session().scalar(select(func.count()).select_from(Reply).where(_OWED)) or 0)


def mark_answered(reply: Reply, by: Staff) -> None:
    """The person was called and has the answer. Nothing changes when it was marked before."""
    if reply.handled_at is not None or reply.decided_by is None:
        return
    reply.handled_at = db.clock()
    for person in phones.people_of(reply.phone_id):
        history.record("reply.answered", by, person=person, campaign=reply.campaign_id, reply=reply.id)


def counts(campaign_id: int) -> dict[str, int]:
    """How many replies of each meaning a campaign has."""
    query = (
        select(Reply.meaning, func.count()).where(Reply.campaign_id == campaign_id).group_by(Reply.meaning)
    )
    return {row[0]: row[1] for row in db.session().execute(query)}


def of_phones(phone_ids: list[int], limit: int = 200) -> list[Reply]:
    query = select(Reply).where(Reply.phone_id.in_(phone_ids)).order_by(Reply.id.desc()).limit(limit)
    return list(db.session().scalars(query))


def read_lately(now: datetime, days: int = 7, limit: int = 30) -> list[Reply]:
    """What the reader or a person read lately, the newest first: to look over and to correct."""
    since = now - timedelta(days=days)
    query = select(Reply).where(Reply.handled_at >= since).order_by(Reply.handled_at.desc(), Reply.id.desc())
    return list(db.session().scalars(query.limit(limit)))


def recent(now: datetime, days: int = 7, limit: int = 100) -> list[Reply]:
    """What came in lately, the newest first."""
    query = (
        select(Reply)
        .where(Reply.received_at >= now - timedelta(days=days))
        .order_by(Reply.id.desc())
        .limit(limit)
    )
    return list(db.session().scalars(query))
