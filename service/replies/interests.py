"""An interest (bày tỏ nguyện vọng): the yes of a person to a campaign, once. On a shared phone staff ask who said it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from service import db
from service.refused import Refused
from service.registry import merging
from service.registry.people import Person
from service.staff import history
from service.staff.accounts import Staff

OPEN, WITHDRAWN = "open", "withdrawn"


class Interest(db.Base):
    __tablename__ = "interest"
    __table_args__ = (
        Index("uq_interest", "campaign_id", "phone_id", "person_id", unique=True),
        # Nobody knows yet who of a household it was: one such row per campaign and phone.
        Index(
            "uq_interest_someone",
            "campaign_id",
            "phone_id",
            unique=True,
            sqlite_where=text("person_id IS NULL"),
            postgresql_where=text("person_id IS NULL"),
        ),
        Index("ix_interest_person", "person_id"),
        Index("ix_interest_phone", "phone_id"),
    )

    id: Mapped[int] = mapped_column(db.Id, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    phone_id: Mapped[int] = mapped_column(ForeignKey("phone.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reply_id: Mapped[int] = mapped_column(ForeignKey("reply.id"))
    state: Mapped[str] = mapped_column(String(10), default=OPEN)
    created_at: Mapped[datetime]


def express(campaign_id: int, phone_id: int, people: list[int], reply_id: int, at: datetime) -> Interest:
    """Note a yes from this phone. With one person behind it, it is that person's; else somebody's, to be asked.

    A second yes is the same interest; a yes after a withdrawal opens it again.
    """
    person_id = people[0] if len(people) == 1 else None
    existing = _of_phone(campaign_id, phone_id)
    if existing is not None and person_id is not None and existing.person_id != person_id:
        existing = _of_person(campaign_id, phone_id, person_id, existing)
    if existing is None:
        row = {
            "campaign_id": campaign_id, "phone_id": phone_id, "person_id": person_id, "reply_id": reply_id,
            "state": OPEN, "created_at": at,
        }  # fmt: skip
        if db.insert_new(Interest, row):
            history.record("interest.expressed", None, person=person_id, campaign=campaign_id, phone=phone_id)
        existing = _of_phone(campaign_id, phone_id)
    assert existing is not None
    if existing.state != OPEN:
        existing.state = OPEN
        history.record(
            "interest.expressed", None, person=existing.person_id, campaign=campaign_id, phone=phone_id
        )
    return existing


def withdraw(campaign_id: int, phone_id: int) -> Interest | None:
    """The phone says no after a yes. The interest stays, marked; returns it."""
    existing = _of_phone(campaign_id, phone_id)
    if existing is not None and existing.state == OPEN:
        existing.state = WITHDRAWN
        history.record(
            "interest.withdrawn", None, person=existing.person_id, campaign=campaign_id, phone=phone_id
        )
    return existing


def mirror(interest: Interest) -> None:
    """Tell the person, for the registry's filter "said yes and is not in work". After the follow-up: rows of people
    are locked last."""
    if interest.person_id is not None:
        said = interest.created_at if interest.state == OPEN else None
        who = merging.kept_id(interest.person_id)
        db.change(update(Person).where(Person.id == who).values(said_yes_at=said))


def _of_phone(campaign_id: int, phone_id: int) -> Interest | None:
    """This phone's interest: the newest that is somebody's, or the one of which nobody knows whose."""
    query = select(Interest).where(Interest.campaign_id == campaign_id, Interest.phone_id == phone_id)
    return db.session().scalar(query.order_by(Interest.id.desc()).limit(1))


def _of_person(campaign_id: int, phone_id: int, person_id: int, newest: Interest) -> Interest | None:
    """This person's interest, of a phone that several share; the one of which nobody knew whose is now this person's."""
    query = select(Interest).where(Interest.campaign_id == campaign_id, Interest.phone_id == phone_id)
    own = db.session().scalar(query.where(Interest.person_id == person_id))
    if own is None and newest.person_id is None:
        newest.person_id = person_id
        history.record("interest.person_known", None, person=person_id, campaign=campaign_id)
        return newest
    return own


def settle_who(interest: Interest, person_id: int, by: Staff) -> None:
    """Staff found out who of the household it was. Raises Refused when that person's yes is already there."""
    taken = db.session().scalar(
        select(Interest.id).where(
            Interest.campaign_id == interest.campaign_id,
            Interest.phone_id == interest.phone_id,
            Interest.person_id == person_id,
        )
    )
    if taken is not None and taken != interest.id:
        raise Refused("interest.person_has_one")
    query = (
        update(Interest)
        .where(Interest.id == interest.id, Interest.person_id.is_(None))
        .values(person_id=person_id)
    )
    if db.change(query) == 0:
        raise Refused("interest.already_known")
    history.record("interest.person_known", by, person=person_id, campaign=interest.campaign_id)
    mirror(interest)


def find(interest_id: int) -> Interest | None:
    return db.session().get(Interest, interest_id)


def of_campaign(campaign_id: int, limit: int = 500) -> list[Interest]:
    query = (
        select(Interest).where(Interest.campaign_id == campaign_id).order_by(Interest.id.desc()).limit(limit)
    )
    return list(db.session().scalars(query))


def of_person(person_id: int) -> list[Interest]:
    return list(
        db.session().scalars(
            select(Interest).where(Interest.person_id == person_id).order_by(Interest.id.desc())
        )
    )


def count(campaign_id: int) -> int:
    """Open interests of a campaign."""
    query = select(Interest.id).where(Interest.campaign_id == campaign_id, Interest.state == OPEN)
    return len(list(db.session().scalars(query)))
