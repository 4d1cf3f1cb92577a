"""Follow-on: from a campaign to those of it who did not answer, or said yes and have no work yet. A new draft for them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, select

from service import db
from service.campaigns import drafts
from service.campaigns.audience import Audience
from service.campaigns.campaigns import Campaign
from service.refused import Refused
from service.registry import groups
from service.registry.choosing import Choice
from service.registry.people import Person
from service.replies.inbox import Reply
from service.replies.interests import OPEN, Interest
from service.sending.messages import ACCEPTED_RANK, NOTICES, Message, MessagePerson
from service.staff.accounts import Staff

NO_ANSWER, NOT_PLACED = "no_answer", "not_placed"


def people(campaign_id: int, which: str) -> Select[Any]:
    """The ids of the people concerned. ``which``: no_answer or not_placed."""
    if which == NOT_PLACED:
        return (
            select(Interest.person_id)
            .join(Person, Person.id == Interest.person_id)
            .where(Interest.campaign_id == campaign_id, Interest.state == OPEN, Person.listed)
            .where(Person.placed_at.is_(None))
            .distinct()
        )
    answered = select(Reply.phone_id).where(Reply.campaign_id == campaign_id)
    return (
        select(MessagePerson.person_id)
        .join(Message, Message.id == MessagePerson.message_id)
        .join(Person, Person.id == MessagePerson.person_id)
        .where(Message.campaign_id == campaign_id, Message.kind.in_(NOTICES), Message.rank >= ACCEPTED_RANK)
        .where(Message.state != "failed", Message.phone_id.not_in(answered), Person.listed)
        .distinct()
    )


def count(campaign_id: int, which: str) -> int:
    query = select(func.count()).select_from(people(campaign_id, which).subquery())
    return int(db.session().scalar(query) or 0)


def begin(campaign: Campaign, which: str, name: str, by: Staff) -> Campaign:
    """A draft with the same job and text for these people, who are saved as a fixed group. Raises Refused.

    ``name``: of the group, as staff read it.
    """
    ids = tuple(db.session().scalars(people(campaign.id, which)))
    if not ids:
        raise Refused("campaign.nobody_to_follow")
    group = groups.save(_free(name), groups.FIXED, Choice(persons=ids), by)
    draft = drafts.copy(campaign, by, audience=Audience(group=group.id))
    draft.follows_id, draft.follows = campaign.id, which
    db.session().flush()
    return draft


def _free(name: str) -> str:
    """The name, or the name with a number behind it when a group has it already."""
    taken = {group.name for group in groups.listed()}
    numbered = (f"{name} ({number})" for number in range(2, len(taken) + 3))
    return name if name not in taken else next(other for other in numbered if other not in taken)
