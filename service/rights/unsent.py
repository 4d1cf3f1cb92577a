"""Messages of a person who is deleted: what was sent, and what waits to be sent."""

from __future__ import annotations

from sqlalchemy import delete, select, update

from service import db
from service.campaigns import campaigns
from service.campaigns.audience import Household, Member
from service.registry.people import Person
from service.rights.dossier import Subject
from service.sending import launch, messages
from service.sending.messages import Message, MessagePerson


def take_out(who: Subject) -> int:
    """What was sent keeps its figures and loses its words; what was not goes only to the others behind the phone."""
    ids = select(MessagePerson.message_id).where(MessagePerson.person_id.in_(who.persons))
    cancelled = 0
    for message in db.session().scalars(select(Message).where(Message.id.in_(ids), Message.state == "ready")):
        text = _for_the_others(message, who)
        if text is None:
            message.state, message.rank, message.changed_at = (
                "cancelled",
                messages.RANKS["cancelled"],
                db.clock(),
            )
            cancelled += 1
        else:
            message.text = text
            gone = delete(MessagePerson).where(
                MessagePerson.message_id == message.id, MessagePerson.person_id.in_(who.persons)
            )
            db.change_many(gone)
    db.session().flush()
    db.change(update(Message).where(Message.id.in_(ids), Message.state != "ready").values(text=""))
    return cancelled


def _for_the_others(message: Message, who: Subject) -> str | None:
    """The same message without this person's name; None when nobody else gets it."""
    query = select(Person).join(MessagePerson, MessagePerson.person_id == Person.id)
    query = query.where(MessagePerson.message_id == message.id, Person.id.not_in(who.persons))
    others = list(db.session().scalars(query.order_by(Person.id)))
    campaign = campaigns.find(message.campaign_id) if message.campaign_id else None
    if not others or campaign is None:
        return None
    members = tuple(Member(one.id, one.name, one.gender, one.birth_year) for one in others)
    return launch.written_to(campaign, message.channel, Household(message.phone_id, "", members))
