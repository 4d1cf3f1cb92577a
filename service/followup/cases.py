"""What a caller needs to know about a call: who, about which job, what was sent and answered, who has it now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from service import db
from service.campaigns.campaigns import Campaign
from service.followup.tasks import FollowUp
from service.registry.phones import Phone
from service.replies.cards import Resident, by_id, residents
from service.replies.inbox import Reply
from service.replies.interests import Interest
from service.sending.messages import Message, MessagePerson
from service.staff.accounts import Staff
from service.staff.history import History


@dataclass(frozen=True)
class Case:
    """A call. ``who`` none: a shared phone, and staff have to ask who of the household it was."""

    task: FollowUp
    interest: Interest
    phone: Phone
    who: Resident | None
    household: list[Resident]
    campaign: Campaign
    owner: str
    taken_by: Staff | None

    @property
    def job(self) -> dict[str, str]:
        """The facts of the job as they were when the campaign was sent (names of placeholders → words)."""
        return {name: str(value) for name, value in self.campaign.frozen.items()}


def cases(tasks: Collection[FollowUp], now: datetime) -> list[Case]:
    """These calls with everything around them, in their order."""
    interests = by_id(Interest, (task.interest_id for task in tasks))
    found_phones = by_id(Phone, (interest.phone_id for interest in interests.values()))
    found_campaigns = by_id(Campaign, (interest.campaign_id for interest in interests.values()))
    households = _households(interest.reply_id for interest in interests.values())
    known = {interest.person_id for interest in interests.values() if interest.person_id is not None}
    people = residents(known.union(*households.values()))
    staff = by_id(Staff, [task.owner_id for task in tasks] + [task.claimed_by for task in tasks])
    found = []
    for task in tasks:
        interest = interests[task.interest_id]
        taken = task.claimed_until is not None and task.claimed_until > now
        found.append(
            Case(
                task=task,
                interest=interest,
                phone=found_phones[interest.phone_id],
                who=people.get(interest.person_id or 0),
                household=[people[person] for person in households[interest.reply_id]],
                campaign=found_campaigns[interest.campaign_id],
                owner=staff[task.owner_id].name,
                taken_by=staff.get(task.claimed_by or 0) if taken else None,
            )
        )
    return found


def _households(reply_ids: Iterable[int]) -> dict[int, list[int]]:
    """The people for whom the message was that each of these replies answers."""
    query = (
        select(Reply.id, MessagePerson.person_id)
        .join(MessagePerson, MessagePerson.message_id == Reply.message_id)
        .where(Reply.id.in_(list(reply_ids)))
        .order_by(MessagePerson.person_id)
    )
    people: dict[int, list[int]] = defaultdict(list)
    for reply_id, person_id in db.session().execute(query):
        people[reply_id].append(person_id)
    return people


def sent(interest: Interest) -> Message | None:
    """The message that was answered with a yes."""
    query = select(Message).join(Reply, Reply.message_id == Message.id).where(Reply.id == interest.reply_id)
    return db.session().scalar(query)


def answers(interest: Interest) -> list[Reply]:
    """All that came back from this phone to this campaign, the oldest first."""
    query = select(Reply).where(
        Reply.phone_id == interest.phone_id, Reply.campaign_id == interest.campaign_id
    )
    return list(db.session().scalars(query.order_by(Reply.id).limit(20)))


def calls(interest: Interest) -> list[History]:
    """The outcomes noted so far with this person about this campaign, the newest first."""
    if interest.person_id is None:
        return []
    query = (
        select(History)
        .where(
            History.person_id == interest.person_id,
            History.campaign_id == interest.campaign_id,
            History.deed.like("followup.%"),
        )
        .order_by(History.id.desc())
        .limit(20)
    )
    return list(db.session().scalars(query))
