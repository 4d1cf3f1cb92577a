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
from service.carriers.calls import CallUpdate, Connected
from service.registry import phones
from service.registry.phones import Phone
from service.replies import events, interests, keys, noise, reader
from service.replies.events import Received
from service.replies.interests import Interest
from service.replies.keys import KEY, OFFICER_KEY
from service.sending import listened, messages, mixes, reports
from service.sending.messages import TRIAL, Message, Status
from service.sending.reports import Report
from service.sending.tokens import message_of
from service.text import phone_numbers, sms_text
from service.text.vietnamese import nfc

UNKNOWN_NUMBER = "unknown"
MISSED_CALL = "missed_call"
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
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # none: whoever has the phone
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    stops: Mapped[bool] = mapped_column(default=False)  # it ended the messages, whatever else it says
    aside: Mapped[str] = mapped_column(String(12), default="")  # why nobody need read it (see noise.py)


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
    answered = _answered(incoming)
    if answered is not None and answered.kind == TRIAL:
        return Outcome()  # somebody of the office tries the keys
    phone = _phone(incoming.number)
    latest = answered or messages.latest_to(phone.id)
    text = nfc(incoming.text.replace("\0", ""))[:MAX_TEXT]
    meaning = _meaning(incoming, text, latest)
    aside = _aside(incoming.kind, phone, text, meaning, at)
    row = {
        "carrier": incoming.carrier, "carrier_id": incoming.carrier_id, "kind": incoming.kind, "phone_id": phone.id,
        "campaign_id": latest.campaign_id if latest else None, "message_id": latest.id if latest else None,
        "text": text, "meaning": meaning.meaning, "evidence": meaning.evidence[:200], "received_at": at,
        "person_id": incoming.person_id,
        "stops": (meaning.stops or meaning.meaning == "stop") and aside not in noise.MACHINES, "aside": aside,
    }  # fmt: skip
    if not db.insert_new(Reply, row):
        return Outcome()
    if latest is not None and latest.campaign_id is not None and not aside:
        mixes.answered(latest.campaign_id, phone.id, at)
    query = select(Reply).where(Reply.carrier == incoming.carrier, Reply.carrier_id == incoming.carrier_id)
    reply = db.session().scalars(query).one()
    return Outcome(reply, _follow(reply, phone, at, meaning.look))


def _aside(kind: str, phone: Phone, text: str, meaning: reader.Meaning, at: datetime) -> str:
    """Why nobody need read this reply; empty when it is read like any other."""
    if kind == KEY:
        return ""
    no_number = phone.kind == UNKNOWN_NUMBER and kind != MISSED_CALL  # a call may come without one
    if sender := noise.sender(phone.e164, no_number, settings.get().twilio):
        return "" if meaning.meaning == "help" else sender
    if meaning.automatic:
        return noise.AUTOMATIC
    query = select(Reply.text, Reply.handled_at).where(
        Reply.phone_id == phone.id, Reply.kind == kind, Reply.received_at > at - noise.WITHIN
    )
    alike = [row for row in db.session().execute(query) if noise.form(row[0]) == noise.form(text)]
    if len(alike) < noise.MOST_ALIKE:
        return ""
    answered = all(handled_at is not None for _text, handled_at in alike)
    return "" if meaning.meaning == "help" and answered else noise.LOOP


def _meaning(incoming: Incoming, text: str, latest: Message | None) -> reader.Meaning:
    """Whoever lets it ring says what the campaign said that it means: that he wants to go, or else to be called back."""
    if incoming.kind == MISSED_CALL:
        told = campaigns.find(latest.campaign_id) if latest and latest.campaign_id else None
        yes = told is not None and told.missed_call == campaigns.YES
        return reader.Meaning("interested" if yes else "question", 1.0, "missed call")
    return keys.read(text, incoming.person_id) if incoming.kind == KEY else reader.read(text)


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


def _follow(reply: Reply, phone: Phone, at: datetime, look: bool) -> Interest | None:
    """Do what the meaning asks for. What no rule settles waits in the inbox for a person."""
    if reply.aside in noise.MACHINES:
        reply.handled_at = at
        return None
    if reply.stops and phones.opt_out(phone, at) and not reply.aside:
        confirm(reply, phone)
    if reply.aside and (look or reply.meaning in FOR_A_PERSON):
        reply.handled_at = at
        return None
    if look or reply.meaning in FOR_A_PERSON:
        return None
    if reply.meaning != "stop" and (reply.campaign_id is None or reply.message_id is None):
        return None
    reply.handled_at = at
    return settle(reply, at)


def confirm(reply: Reply, phone: Phone) -> None:
    """One message that says that there will be no more. A landline gets none: it could not show it."""
    if phone.kind != "mobile":
        return
    words = sms_text.plain(notices.office_text("optout_confirmation"))
    parts = sms_text.count(words).parts
    price = parts * settings.get().sms_price_vnd
    messages.queue_confirmation(phone.id, phone.opt_outs, way_back(reply), words, parts, price)


def way_back(reply: Reply) -> str:
    """The carrier by which whoever replied is written to. A gateway that only tells us of calls is none."""
    return reply.carrier if reply.carrier in directory.names() else directory.DEFAULT


def settle(reply: Reply, at: datetime) -> Interest | None:
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
    people = [newest.person_id] if newest.person_id else messages.people_of(newest.message_id)
    return interests.express(reply.campaign_id, reply.phone_id, people, newest.id, at)


def note_connection(done: Connected) -> None:
    """Whoever pressed 0 has talked to the officer: no call is owed any more. Commits; nothing when they did not talk."""
    if done.state != "completed":
        return
    with db.transaction():
        theirs = (Reply.carrier == done.carrier) & (Reply.carrier_id == keys.name(done, OFFICER_KEY))
        reply = db.session().scalar(select(Reply).where(theirs, _UNREAD).with_for_update())
        if reply is not None:
            reply.handled_at = db.clock()
            reply.evidence = f"{reply.evidence}, connected {done.seconds or 0} s"[:200]


def find(reply_id: int) -> Reply | None:
    return db.session().get(Reply, reply_id)


def find_to_read(reply_id: int) -> Reply | None:
    """The reply, held until the end of the transaction, so that two people do not read it at once."""
    query = select(Reply).where(Reply.id == reply_id).with_for_update()
    return db.session().scalar(query.execution_options(populate_existing=True))


def waiting(limit: int = 50, after: int = 0) -> list[Reply]:
    """Replies that wait for a person, calls for help first, then the oldest. ``after``: the id of one passed over."""
    calm = Reply.meaning != "help"
    query = select(Reply).where(_UNREAD)
    if passed := find(after):
        rest = (calm == (passed.meaning != "help")) & (Reply.id > after)
        query = query.where(rest | calm if passed.meaning == "help" else rest)
    return list(db.session().scalars(query.order_by(calm, Reply.id).limit(limit)))


def waiting_count() -> int:
    return int(db.session().scalar(select(func.count()).select_from(Reply).where(_UNREAD)) or 0)


def to_answer(limit: int = 100) -> list[Reply]:
    """Questions and calls for help that somebody read and still owes an answer, calls for help first."""
    query = select(Reply).where(_OWED).order_by(Reply.meaning != "help", Reply.id).limit(limit)
    return list(db.session().scalars(query))


def to_answer_count() -> int:
    return int(db.session().scalar(select(func.count()).select_from(Reply).where(_OWED)) or 0)


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
    query = (
        select(Reply)
        .where(Reply.handled_at >= since, Reply.aside == "")
        .order_by(Reply.handled_at.desc(), Reply.id.desc())
    )
    return list(db.session().scalars(query.limit(limit)))


def set_aside(now: datetime, days: int = 7, limit: int = 30) -> list[Reply]:
    """What machines sent and what came again and again, the newest first: nobody need read it, anybody may."""
    query = select(Reply).where(Reply.received_at >= now - timedelta(days=days), Reply.aside != "")
    return list(db.session().scalars(query.order_by(Reply.id.desc()).limit(limit)))
