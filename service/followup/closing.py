"""Closing: enough people have been found, so nobody else is written to, and who said yes in vain is told politely."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, insert, select, update

from service import db
from service.campaigns import audience, campaigns, employers, notices, prices
from service.campaigns.campaigns import FINISHED, PAUSED, RUNNING, Campaign
from service.followup.tasks import FollowUp
from service.registry.people import Person
from service.registry.phones import Phone
from service.replies.interests import OPEN, Interest
from service.sending import budget, launch
from service.sending.messages import HEADCOUNT_FULL, SMS, Message, MessagePerson
from service.staff import history
from service.staff.accounts import Staff
from service.text import sms_text
from service.text.words import today_in_vietnam

FOUND = ("agreed", "in_work")  # outcomes that fill a place
NOT_TOLD = (*FOUND, "changed_mind", "not_suitable", "wrong_number")


def found_count(campaign_id: int) -> int:
    """How many places are filled: people who agreed to go or are in work."""
    return int(db.session().scalar(_found().where(Interest.campaign_id == campaign_id)) or 0)


def _found() -> Select[int]:
    joined = select(func.count()).select_from(Interest).join(FollowUp, FollowUp.interest_id == Interest.id)
    return joined.where(Interest.state == OPEN, FollowUp.outcome.in_(FOUND))


def close_full() -> int:
    """Close every campaign whose headcount is reached. Returns how many."""
    filled = _found().where(Interest.campaign_id == Campaign.id).correlate(Campaign).scalar_subquery()
    query = select(Campaign).where(
        Campaign.closed_at.is_(None),
        Campaign.state.in_((RUNNING, PAUSED, FINISHED)),
        Campaign.headcount.is_not(None),
        filled >= Campaign.headcount,
    )
    return sum(close(campaign, None) for campaign in db.session().scalars(query))


def close(campaign: Campaign, by: Staff | None) -> bool:
    """Nobody else is written to. False when it was closed already."""
    guarded = update(Campaign).where(Campaign.id == campaign.id, Campaign.closed_at.is_(None))
    if db.change(guarded.values(closed_at=db.clock())) == 0:
        return False
    cancelled = launch.cancel_waiting(campaign.id)
    history.record("campaign.closed", by, campaign=campaign.id, cancelled=cancelled)
    if campaign.tell_rest:
        tell_rest(campaign, by)
    return True


def waiting_in_vain(campaign_id: int) -> Select[int, int | None]:
    """(phone, person) of every open yes that got no place and was not told so."""
    told = select(Message.phone_id).where(Message.campaign_id == campaign_id, Message.kind == HEADCOUNT_FULL)
    return (
        select(Interest.phone_id, Interest.person_id)
        .join(FollowUp, FollowUp.interest_id == Interest.id)
        .where(
            Interest.campaign_id == campaign_id,
            Interest.state == OPEN,
            FollowUp.outcome.not_in(NOT_TOLD),
            Interest.phone_id.not_in(told),
        )
        .order_by(Interest.phone_id)
    )


def to_tell(campaign_id: int) -> int:
    """How many phones would get the polite message."""
    return len({phone for phone, _person in db.session().execute(waiting_in_vain(campaign_id))})


def tell_rest(campaign: Campaign, by: Staff | None) -> int:
    """Tell who said yes in vain that the places are taken and that they are first for the next. Returns how many.

    One message a phone; it goes the way of all messages, so hours, opt-outs and caps hold for it too.
    """
    rows = db.session().execute(waiting_in_vain(campaign.id)).all()
    people: dict[int, list[int | None]] = {}
    for phone_id, person_id in rows:
        people.setdefault(phone_id, []).append(person_id)
    written = _write(
        campaign, {phone: [one for one in some if one] for phone, some in people.items()}, db.clock()
    )
    if written:
        campaigns.reopen(campaign)
        history.record("campaign.rest_told", by, campaign=campaign.id, messages=written)
    return written


def _write(campaign: Campaign, people: dict[int, list[int]], now: datetime) -> int:
    employer = employers.find(campaign.employer_id) if campaign.employer_id else None
    write = notices.writer(campaign, employer, text=notices.template("headcount_full"))
    price = prices.of(campaign.carrier, SMS, today_in_vietnam())
    total = 0
    for phone_id, persons in people.items():
        text = write(_household(phone_id, persons))
        parts = sms_text.count(text).parts
        row: dict[str, Any] = {
            "campaign_id": campaign.id, "phone_id": phone_id, "kind": HEADCOUNT_FULL, "channel": SMS, "attempt": 1,
            "carrier": campaign.carrier, "state": "ready", "rank": 0, "text": text, "parts": parts, "wave": 1,
            "price_vnd": parts * price, "due": now, "changed_at": now, "code": "", "word": "", "looks": 0,
        }  # fmt: skip
        message_id = db.session().execute(insert(Message).values(row).returning(Message.id)).scalar_one()
        behind = persons or audience.people_behind(phone_id)
        db.session().execute(
            insert(MessagePerson), [{"message_id": message_id, "person_id": person} for person in behind]
        )
        total += parts * price
    budget.raise_cap(campaign.id, total)
    return len(people)


def _household(phone_id: int, persons: list[int]) -> audience.Household:
    e164 = db.session().scalar(select(Phone.e164).where(Phone.id == phone_id)) or ""
    query = select(Person).where(Person.id.in_(persons)).order_by(Person.id)
    members = [
        audience.Member(one.id, one.name, one.gender, one.birth_year) for one in db.session().scalars(query)
    ]
    return audience.Household(phone_id, e164, tuple(members))
