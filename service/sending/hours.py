"""When, and how often, a phone may be written to. All clocks are Vietnam's."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import Date, Executable, Integer, Select, String, bindparam, literal, select, update

from service import db
from service.campaigns import frequency
from service.campaigns.frequency import ContactDay
from service.registry.phones import Phone
from service.text.words import VIETNAM

OFFICE_FROM, OFFICE_TO = 8 * 60, 17 * 60


def minute_of_day(now: datetime) -> int:
    local = now.astimezone(VIETNAM)
    return local.hour * 60 + local.minute


def is_within(now: datetime, window_from: int, window_to: int) -> bool:
    """Is this instant inside the window (minutes after midnight)?"""
    return window_from <= minute_of_day(now) < window_to


def next_start(now: datetime, window_from: int, window_to: int) -> datetime:
    """The next instant at which the window is open: now, later today, or tomorrow."""
    if is_within(now, window_from, window_to):
        return now
    midnight = now.astimezone(VIETNAM).replace(hour=0, minute=0, second=0, microsecond=0)
    days = 0 if minute_of_day(now) < window_from else 1
    return midnight + timedelta(days=days, minutes=window_from)


def seconds_left(now: datetime, window_to: int) -> int:
    """Seconds until the window closes today."""
    local = now.astimezone(VIETNAM)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return max(0, int((midnight + timedelta(minutes=window_to) - local).total_seconds()))


def tomorrow(now: datetime) -> datetime:
    """The first instant of the next day in Vietnam."""
    midnight = now.astimezone(VIETNAM).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days=1)


def count_contacts(phone_ids: Iterable[int], most: int, now: datetime, channel: str) -> set[int]:
    """Count one more contact today for each phone. Returns the phones that already had ``most``: not counted again."""
    ids = list(phone_ids)
    if not ids:
        return set()
    today = now.astimezone(VIETNAM).date()
    counted = db.run(
        _one_more(db.engine().dialect.name), {"ids": ids, "today": today, "by": channel, "most": most}
    )
    return set(ids) - set(counted.scalars().all())


@cache
def _one_more(_dialect: str) -> Executable:
    """Count one contact more for each phone, where that is allowed. Returns those phones."""
    day, channel = bindparam("today", type_=Date()), bindparam("by", type_=String())
    # From a SELECT: a VALUES list of a batch takes longer to write down than to run.
    one_each = select(Phone.id, day, channel, literal(1)).where(
        db.among(Phone.id, bindparam("ids", type_=db.Ids()))
    )
    contacts = ContactDay.metadata.tables["contact_day"]
    insert = db.upsert(contacts).from_select(["phone_id", "day", "channel", "count"], one_each)
    statement: Executable = insert.on_conflict_do_update(
        index_elements=["phone_id", "day", "channel"],
        set_={"count": contacts.c.count + 1},
        where=contacts.c.count < bindparam("most"),
    ).returning(contacts.c.phone_id)
    return statement


def had_in_a_week(phone_ids: Iterable[int], most: int, now: datetime, channel: str) -> set[int]:
    """Those of the phones that had so many contacts within seven days, today included."""
    week = {"since": frequency.week_of(now.astimezone(VIETNAM).date()), "by": channel, "most": most}
    return set(db.run(_full(db.engine().dialect.name), {"ids": phone_ids, **week}).scalars().all())


@cache
def _full(_dialect: str) -> Select[int]:
    since, channel = bindparam("since", type_=Date()), bindparam("by", type_=String())
    these = db.among(ContactDay.phone_id, bindparam("ids", type_=db.Ids()))
    return frequency.full(bindparam("most", type_=Integer()), since, channel).where(these)


def uncount_contacts(phone_ids: Iterable[int], now: datetime, channel: str) -> None:
    """The message did not go out after all."""
    ids = list(phone_ids)
    if not ids:
        return
    day = now.astimezone(VIETNAM).date()
    db.session().execute(
        update(ContactDay)
        .where(
            db.among(ContactDay.phone_id, ids),
            ContactDay.day == day,
            ContactDay.channel == channel,
            ContactDay.count > 0,
        )
        .values(count=ContactDay.count - 1)
        .execution_options(synchronize_session=False)
    )


def contacts_today(phone_id: int, now: datetime, channel: str) -> int:
    day = now.astimezone(VIETNAM).date()
    query = select(ContactDay.count).where(
        ContactDay.phone_id == phone_id, ContactDay.day == day, ContactDay.channel == channel
    )
    return int(db.session().scalar(query) or 0)
