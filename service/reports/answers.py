"""What came back to a campaign, as lists: replies by meaning and interests, each with the people they may be from."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from service import db
from service.followup.tasks import FollowUp
from service.registry.people import Person
from service.registry.phones import Phone
from service.replies.inbox import Reply
from service.replies.interests import OPEN, Interest
from service.sending.messages import MessagePerson


@dataclass(frozen=True)
class Answer:
    """A reply, its number, and the people the message was for."""

    reply: Reply
    e164: str
    people: tuple[Person, ...]


@dataclass(frozen=True)
class Wish:
    """An open interest. ``person`` none: it is not known yet who of the household it was."""

    interest: Interest
    e164: str
    person: Person | None
    follow_up: FollowUp | None


def replies(campaign_id: int, meaning: str = "", before: int | None = None, size: int = 50) -> list[Answer]:
    """The newest replies to a campaign first, older than ``before``; empty meaning: all."""
    query = select(Reply, Phone.e164).join(Phone, Phone.id == Reply.phone_id)
    query = query.where(Reply.campaign_id == campaign_id)
    if meaning:
        query = query.where(Reply.meaning == meaning)
    if before is not None:
        query = query.where(Reply.id < before)
    rows = db.session().execute(query.order_by(Reply.id.desc()).limit(size)).all()
    return [Answer(reply, e164, _people(reply.message_id)) for reply, e164 in rows]


def _people(message_id: int | None) -> tuple[Person, ...]:
    query = select(Person).join(MessagePerson, MessagePerson.person_id == Person.id)
    return tuple(
        db.session().scalars(query.where(MessagePerson.message_id == message_id).order_by(Person.id))
    )


def wishes(campaign_id: int, before: int | None = None, size: int = 50) -> list[Wish]:
    """The newest open interests of a campaign first, older than ``before``."""
    query = (
        select(Interest, Phone.e164, Person, FollowUp)
        .join(Phone, Phone.id == Interest.phone_id)
        .outerjoin(Person, Person.id == Interest.person_id)
        .outerjoin(FollowUp, FollowUp.interest_id == Interest.id)
        .where(Interest.campaign_id == campaign_id, Interest.state == OPEN)
    )
    if before is not None:
        query = query.where(Interest.id < before)
    rows = db.session().execute(query.order_by(Interest.id.desc()).limit(size)).all()
    return [Wish(interest, e164, person, task) for interest, e164, person, task in rows]


def interest_counts(campaign_ids: list[int]) -> dict[int, int]:
    """Open interests of these campaigns, for the list of campaigns."""
    query = (
        select(Interest.campaign_id, func.count())
        .where(Interest.campaign_id.in_(campaign_ids), Interest.state == OPEN)
        .group_by(Interest.campaign_id)
    )
    return {row[0]: row[1] for row in db.session().execute(query)}
