"""May this message go out now? What the phone and the people behind it allow, asked at the last moment.

Several people behind one phone get one message: one who agrees is enough, and the hours agreed with any of them count.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Executable, and_, bindparam, func, select
from sqlalchemy.orm import aliased

from service import db
from service.registry.merging import Merge
from service.registry.people import Person
from service.registry.phones import DEAD, FormerPhone, Phone
from service.sending import hours
from service.sending.messages import SMS, UNASKED, VOICE, Message, MessagePerson

Hours = tuple[int, int]  # minutes after midnight in Vietnam: from, to


class People(NamedTuple):
    """The people behind a message: does one of them agree, is the number theirs, and which hours were agreed."""

    agree: bool
    theirs: bool
    hours: tuple[Hours, ...]


NOBODY = People(agree=False, theirs=True, hours=())


def locked_phones(phone_ids: Sequence[int]) -> dict[int, Any]:
    """The phones of a batch. An opt-out that commits after this waits until the batch is claimed."""
    return {row.id: row for row in db.run(_locked(db.engine().dialect.name), {"ids": phone_ids}).all()}


@cache
def _locked(_dialect: str) -> Executable:
    asked = (
        Phone.kind,
        Phone.state,
        Phone.opted_out_at,
        Phone.no_sms_at,
        Phone.no_voice_at,
        Phone.contacted_at,
    )
    query = select(Phone.id, Phone.e164, *asked).where(db.among(Phone.id, bindparam("ids", type_=db.Ids())))
    # In the order of ids, and not against rows that only refer to the phone: two batches must not wait for each other.
    return query.order_by(Phone.id).with_for_update(key_share=True)


def people_behind(message_ids: Sequence[int]) -> dict[int, People]:
    """For each message what its people say today. Who was merged into somebody meanwhile is that somebody."""
    rows: dict[int, list[Any]] = defaultdict(list)
    for row in db.run(_behind(db.engine().dialect.name), {"ids": message_ids}).all():
        rows[row[0]].append(row)
    return {message_id: _together(some) for message_id, some in rows.items()}


@cache
def _behind(_dialect: str) -> Executable:
    kept, merge = aliased(Person), aliased(Merge)
    said = [
        func.coalesce(getattr(kept, name), getattr(Person, name))
        for name in ("consents", "hours_from", "hours_to")
    ]
    former = and_(
        FormerPhone.person_id == func.coalesce(kept.id, Person.id), FormerPhone.phone_id == Message.phone_id
    )
    return (
        select(MessagePerson.message_id, *said, FormerPhone.person_id)
        .join(Message, Message.id == MessagePerson.message_id)
        .join(Person, Person.id == MessagePerson.person_id)
        .outerjoin(merge, and_(merge.gone_id == Person.id, merge.undone_at.is_(None)))
        .outerjoin(kept, kept.id == merge.kept_id)
        .outerjoin(FormerPhone, former)
        .where(db.among(MessagePerson.message_id, bindparam("ids", type_=db.Ids())))
    )


def _together(rows: list[Any]) -> People:
    theirs = [row for row in rows if row[4] is None]
    agreed = {(row[2], row[3]) for row in theirs if row[2] is not None and row[3] is not None}
    return People(any(row[1] for row in theirs), bool(theirs), tuple(sorted(agreed)))


def reason(kind: str, phone: Any, people: People, channel: str = SMS) -> str:
    """Why this message must not go out at all, or nothing. An opt-out is confirmed to a phone that opted out."""
    unasked = kind in UNASKED
    rules = [
        (channel == SMS and phone.kind == "landline", "landline"),
        (phone.state == DEAD, "dead_number"),
        (unasked and phone.opted_out_at is not None, "opted_out"),
        (unasked and channel == SMS and phone.no_sms_at is not None, "no_sms"),
        (unasked and channel == VOICE and phone.no_voice_at is not None, "no_voice"),
        (unasked and not people.theirs, "wrong_number"),
        (unasked and not people.agree, "no_consent"),
    ]
    return next((code for holds, code in rules if holds), "")


def wait_until(people: People, window: Hours, now: datetime) -> datetime | None:
    """When the hours agreed with the people behind the phone begin; ``now`` when they have, None when never.

    Never: nobody's hours meet the campaign's window.
    """
    starts = [
        hours.next_start(now, max(window[0], start), min(window[1], end))
        for start, end in people.hours
        if max(window[0], start) < min(window[1], end)
    ]
    if not people.hours:
        return now
    return min(starts) if starts else None
