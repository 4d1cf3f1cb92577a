"""Recipients of a campaign as staff see them: lists by state, page by page, with the people behind each phone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import select

from service import db
from service.registry.people import Person
from service.registry.phones import Phone
from service.sending.messages import SECOND, Message, MessagePerson


@dataclass(frozen=True)
class Recipient:
    """A message with its number and the people it is for."""

    message: Message
    e164: str
    people: tuple[Person, ...]


def listed(
    campaign_id: int | None,
    states: Collection[str] = (),
    after: int = 0,
    size: int = 50,
    second: bool = False,
) -> list[Recipient]:
    """The messages of a campaign (none: of all) in these states (empty: all), by id, beginning after ``after``.

    Of a campaign each recipient once, with the attempt that counts. ``second``: those of its second channel instead.
    """
    query = select(Message, Phone.e164).join(Phone, Phone.id == Message.phone_id).where(Message.id > after)
    if campaign_id is not None:
        which = Message.kind == SECOND if second else Message.kind != SECOND
        query = query.where(Message.campaign_id == campaign_id, ~Message.replaced, which)
    if states:
        query = query.where(Message.state.in_(tuple(states)))
    rows = db.session().execute(query.order_by(Message.id).limit(size)).all()
    people = _people(message.id for message, _e164 in rows)
    return [Recipient(message, e164, tuple(people[message.id])) for message, e164 in rows]


def _people(message_ids: Iterable[int]) -> dict[int, list[Person]]:
    query = (
        select(MessagePerson.message_id, Person)
        .join(Person, Person.id == MessagePerson.person_id)
        .where(MessagePerson.message_id.in_(list(message_ids)))
        .order_by(Person.id)
    )
    found: dict[int, list[Person]] = defaultdict(list)
    for message_id, person in db.session().execute(query):
        found[message_id].append(person)
    return found
