"""Villagers who answer: what the tests of replies, calls and the home page begin with."""

from __future__ import annotations

import itertools
from datetime import datetime

from sqlalchemy import select

from service import db
from service.campaigns.campaigns import Campaign
from service.carriers.base import Accepted, Incoming
from service.followup import arrivals, tasks
from service.followup.tasks import FollowUp
from service.registry import phones
from service.registry.people import Person
from service.registry.phones import Phone
from service.replies.events import Received
from service.replies.inbox import Outcome, Reply
from service.replies.interests import Interest
from service.sending.claim import claim
from service.sending.dispatch import Result, note
from service.sending.messages import OPT_OUT_CONFIRMATION, Message
from service.staff.accounts import Staff
from service.staff.history import History
from tests import world
from tests.world import ScriptedCarrier

_ids = itertools.count(1)


def send_all() -> int:
    """Everything that is due goes out and is accepted."""
    now, sent = db.clock(), 0
    with db.transaction():
        while batch := claim(ScriptedCarrier(), "w", 400, now):
            answers = [Result(one, Accepted(f"SM{next(_ids):032d}")) for one in batch]
            sent += note("twilio", answers, now)
    return sent


def sent_campaign(by: Staff | None = None, **changes: object) -> Campaign:
    """A campaign that reached everybody in the registry."""
    with db.transaction():
        made = world.launched(by or world.staff(), **changes)
    send_all()
    return made


def says(
    number: str, text: str, carrier_id: str = "", at: datetime | None = None, kind: str = "sms"
) -> Outcome:
    """This phone sends us something."""
    with db.transaction():
        return arrivals.accept(incoming(number, text, carrier_id, at, kind))


def incoming(
    number: str, text: str, carrier_id: str = "", at: datetime | None = None, kind: str = "sms"
) -> Received:
    name = carrier_id or f"SMin{next(_ids):028d}"
    return Received(Incoming("twilio", name, kind, number, text), at or db.clock())


def reply(outcome: Outcome) -> Reply:
    assert outcome.reply is not None
    return outcome.reply


def interest(outcome: Outcome) -> Interest:
    assert outcome.interest is not None
    return outcome.interest


def task_of(found: Interest) -> FollowUp:
    db.end_reading()
    task = tasks.of_interest(found.id)
    assert task is not None
    return task


def all_of(table: type[db.Base]) -> list[db.Base]:
    db.end_reading()
    return list(db.session().scalars(select(table)))


def phone_of(number: str) -> Phone:
    db.end_reading()
    found = phones.find_by_number(number)
    assert found is not None
    return found


def confirmations() -> list[Message]:
    db.end_reading()
    return list(db.session().scalars(select(Message).where(Message.kind == OPT_OUT_CONFIRMATION)))


def deeds_of(person: Person) -> list[str]:
    """What the history says about this person, the oldest first."""
    db.end_reading()
    query = select(History.deed).where(History.person_id == person.id).order_by(History.id)
    return list(db.session().scalars(query))
