"""What a person needs to see to read a reply: who is behind the phone, what was sent, what came back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import aliased

from service import db
from service.campaigns.campaigns import Campaign
from service.registry.areas import Area
from service.registry.people import Person
from service.registry.phones import PersonPhone, Phone
from service.replies.inbox import Reply
from service.sending.messages import Message
from service.staff.accounts import Staff

Row = TypeVar("Row", bound=db.Base)


@dataclass(frozen=True)
class Resident:
    """A villager as staff tell one from another: name, year of birth, hamlet and commune."""

    id: int
    name: str
    birth_year: int | None
    hamlet: str
    commune: str

    @property
    def place(self) -> str:
        return ", ".join(part for part in (self.hamlet, self.commune) if part)


@dataclass(frozen=True)
class Card:
    """A reply with everything around it. ``read_by`` is empty when the reader read it."""

    reply: Reply
    phone: Phone
    people: list[Resident]
    campaign: Campaign | None
    sent: Message | None
    read_by: str


def cards(replies: Collection[Reply]) -> list[Card]:
    """The cards of these replies, in their order."""
    found_phones = by_id(Phone, (reply.phone_id for reply in replies))
    behind = _behind(found_phones)
    people = residents({person for ids in behind.values() for person in ids})
    found_campaigns = by_id(Campaign, (reply.campaign_id for reply in replies))
    sent = by_id(Message, (reply.message_id for reply in replies))
    readers = by_id(Staff, (reply.decided_by for reply in replies))
    return [
        Card(
            reply=reply,
            phone=found_phones[reply.phone_id],
            people=[people[person] for person in behind[reply.phone_id]],
            campaign=found_campaigns.get(reply.campaign_id or 0),
            sent=sent.get(reply.message_id or 0),
            read_by=readers[reply.decided_by].name if reply.decided_by else "",
        )
        for reply in replies
    ]


DELETED = "…"  # somebody whose name is gone at his or her own request


def residents(person_ids: Collection[int]) -> dict[int, Resident]:
    """These people with their places, by id."""
    commune, hamlet = aliased(Area), aliased(Area)
    query = (
        select(Person.id, Person.name, Person.birth_year, hamlet.name, commune.name)
        .outerjoin(commune, commune.id == Person.area_id)
        .outerjoin(hamlet, hamlet.id == Person.hamlet_id)
        .where(Person.id.in_(person_ids))
    )
    rows = db.session().execute(query)
    return {row[0]: Resident(row[0], row[1] or DELETED, row[2], row[3] or "", row[4] or "") for row in rows}


def by_id(table: type[Row], ids: Iterable[int | None]) -> dict[int, Row]:
    """The rows with these ids, by id."""
    wanted = {one for one in ids if one is not None}
    key = table.__table__.c.id
    return {row.id: row for row in db.session().scalars(select(table).where(key.in_(wanted)))}  # type: ignore[attr-defined]


def _behind(phone_ids: Iterable[int]) -> dict[int, list[int]]:
    query = select(PersonPhone.phone_id, PersonPhone.person_id).where(PersonPhone.phone_id.in_(phone_ids))
    people: dict[int, list[int]] = defaultdict(list)
    for phone_id, person_id in db.session().execute(
        query.order_by(PersonPhone.position, PersonPhone.person_id)
    ):
        people[phone_id].append(person_id)
    return people
