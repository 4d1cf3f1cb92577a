"""A follow-up: a call that a member of staff owes somebody who said yes. Every interest has exactly one owner."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    String,
    and_,
    case,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from service import db
from service.campaigns.campaigns import Campaign
from service.refused import Refused
from service.registry.people import Person
from service.replies import interests
from service.replies.interests import OPEN, Interest
from service.sending import hours
from service.staff import accounts, history, roles
from service.staff.accounts import Staff
from service.text.words import VIETNAM

TO_CALL, DONE, WITHDRAWN = "to_call", "done", "withdrawn"
FIRST_CALL_WITHIN = timedelta(hours=4)
CLAIM_FOR = timedelta(minutes=20)
CHANGED_MIND = "changed_mind"  # the one settled outcome that a new yes opens again


class FollowUp(db.Base):
    __tablename__ = "follow_up"
    __table_args__ = (
        Index("uq_follow_up_interest", "interest_id", unique=True),
        Index("ix_follow_up_queue", "state", "due"),
        Index("ix_follow_up_owner", "owner_id", "state", "due"),
    )

    id: Mapped[int] = mapped_column(db.Id, primary_key=True)
    interest_id: Mapped[int] = mapped_column(ForeignKey("interest.id"))
    owner_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    state: Mapped[str] = mapped_column(String(10), default=TO_CALL)
    due: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    outcome: Mapped[str] = mapped_column(String(20), default="")  # the newest; all of them are in the history
    note: Mapped[str] = mapped_column(String(1000), default="")
    claimed_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    claimed_until: Mapped[datetime | None]
    created_at: Mapped[datetime]


def open_for(interest: Interest | None) -> None:
    """See to it that this interest has its follow-up, with an owner and a due time; or close it when it was withdrawn."""
    if interest is None:
        return
    task = of_interest(interest.id)
    if interest.state != OPEN:
        _withdraw(task)
    elif task is None:
        _add(interest)
    elif task.state == WITHDRAWN or (task.state == DONE and task.outcome == CHANGED_MIND):
        task.state, task.due = TO_CALL, first_due(db.clock())
    interests.mirror(interest)


def open_missing() -> int:
    """Interests that for whatever reason have no follow-up get one. Returns how many had none."""
    query = (
        select(Interest)
        .outerjoin(FollowUp, FollowUp.interest_id == Interest.id)
        .where(FollowUp.id.is_(None), Interest.state == OPEN)
        .limit(200)
    )
    missing = list(db.session().scalars(query))
    for interest in missing:
        _add(interest)
    return len(missing)


def _add(interest: Interest) -> None:
    now = db.clock()
    row = {
        "interest_id": interest.id, "owner_id": _owner(interest), "state": TO_CALL, "due": first_due(now), "tries": 0,
        "outcome": "", "note": "", "created_at": now,
    }  # fmt: skip
    db.insert_new(FollowUp, row)


def _withdraw(task: FollowUp | None) -> None:
    """Guarded: whoever is recording what came of the call at this moment was faster."""
    if task is not None:
        query = update(FollowUp).where(FollowUp.id == task.id, FollowUp.state == TO_CALL)
        db.change(query.values(state=WITHDRAWN, claimed_by=None, claimed_until=None))


def first_due(now: datetime) -> datetime:
    """Four hours from now, within office hours."""
    return in_office_hours(now + FIRST_CALL_WITHIN)


def in_office_hours(at: datetime) -> datetime:
    """This instant, or the next one at which the office is open (weekdays, 08:00 to 17:00)."""
    at = hours.next_start(at, hours.OFFICE_FROM, hours.OFFICE_TO)
    while at.astimezone(VIETNAM).weekday() >= 5:
        at = hours.next_start(hours.tomorrow(at), hours.OFFICE_FROM, hours.OFFICE_TO)
    return at


def _owner(interest: Interest) -> int:
    """The caller with the fewest open tasks; where there are no callers, whoever sent the campaign."""
    waiting = select(FollowUp.owner_id, func.count().label("n")).where(FollowUp.state == TO_CALL)
    load = waiting.group_by(FollowUp.owner_id).subquery()
    query = (
        select(Staff.id)
        .outerjoin(load, load.c.owner_id == Staff.id)
        .where(Staff.role == "caller", Staff.active)
        .order_by(func.coalesce(load.c.n, 0), Staff.id)
        .limit(1)
    )
    caller = db.session().scalar(query)
    if caller is not None:
        return caller
    campaign = db.session().get(Campaign, interest.campaign_id)
    assert campaign is not None
    return campaign.launched_by or campaign.created_by


def of_interest(interest_id: int) -> FollowUp | None:
    return db.session().scalar(select(FollowUp).where(FollowUp.interest_id == interest_id))


def visible_to(staff: Staff) -> Select[Any]:
    """The follow-ups this member of staff may see: a caller only his own, an officer those of his communes."""
    query = (
        select(FollowUp)
        .join(Interest, Interest.id == FollowUp.interest_id)
        .outerjoin(Person, Person.id == Interest.person_id)
    )
    if staff.role == "caller":
        query = query.where(FollowUp.owner_id == staff.id)
    elif staff.role == "officer":
        query = query.where(Person.area_id.in_(accounts.areas_of(staff)))
    elif not roles.may(staff.role, "followup.see"):
        query = query.where(FollowUp.id < 0)
    return query


def find(task_id: int, staff: Staff) -> FollowUp | None:
    """The follow-up, or None when there is none or this member of staff may not know."""
    found: FollowUp | None = db.session().scalar(visible_to(staff).where(FollowUp.id == task_id))
    return found


def queue(staff: Staff, limit: int = 50, mine: bool = False, after: FollowUp | None = None) -> list[FollowUp]:
    """What is to be called, the most urgent first. ``mine``: only what this person owns; ``after``: the next page."""
    query = visible_to(staff).where(FollowUp.state == TO_CALL).order_by(FollowUp.due, FollowUp.id)
    if mine:
        query = query.where(FollowUp.owner_id == staff.id)
    if after is not None:
        later = or_(FollowUp.due > after.due, and_(FollowUp.due == after.due, FollowUp.id > after.id))
        query = query.where(later)
    return list(db.session().scalars(query.limit(limit)))


def next_for(staff: Staff, now: datetime) -> FollowUp | None:
    """The most urgent call that is due and that nobody has taken: one's own first."""
    query = visible_to(staff).where(FollowUp.state == TO_CALL, FollowUp.due <= now, _free_for(staff, now))
    own = case((FollowUp.owner_id == staff.id, 0), else_=1)
    found: FollowUp | None = db.session().scalar(query.order_by(own, FollowUp.due, FollowUp.id).limit(1))
    return found


def done(staff: Staff, limit: int = 50) -> list[FollowUp]:
    """What was settled, the newest first."""
    query = visible_to(staff).where(FollowUp.state != TO_CALL).order_by(FollowUp.id.desc()).limit(limit)
    return list(db.session().scalars(query))


def due_count(staff: Staff, now: datetime, mine: bool = False) -> tuple[int, int]:
    """How many are to be called, and how many of them are due now."""
    query = visible_to(staff).where(FollowUp.state == TO_CALL)
    if mine:
        query = query.where(FollowUp.owner_id == staff.id)
    due = func.sum(case((FollowUp.due <= now, 1), else_=0))
    row = db.session().execute(query.with_only_columns(func.count(), due)).one()
    return int(row[0]), int(row[1] or 0)


def counts(campaign_id: int) -> dict[str, int]:
    """How many follow-ups of a campaign are in each state."""
    query = (
        select(FollowUp.state, func.count())
        .join(Interest, Interest.id == FollowUp.interest_id)
        .where(Interest.campaign_id == campaign_id)
        .group_by(FollowUp.state)
    )
    return {row[0]: row[1] for row in db.session().execute(query)}


def claim(task: FollowUp, by: Staff, now: datetime) -> None:
    """Take this call for twenty minutes, so that nobody else calls the same person. Raises Refused."""
    query = (
        update(FollowUp)
        .where(FollowUp.id == task.id, FollowUp.state == TO_CALL, _free_for(by, now))
        .values(claimed_by=by.id, claimed_until=now + CLAIM_FOR)
    )
    taken = db.change(query) == 1
    db.session().refresh(task)  # whoever was faster may have changed it
    if not taken:
        refuse_unless_free(task, by, now)
        raise Refused("followup.already_done")


def _free_for(staff: Staff, now: datetime) -> ColumnElement[bool]:
    return or_(FollowUp.claimed_by.is_(None), FollowUp.claimed_by == staff.id, FollowUp.claimed_until < now)


def refuse_unless_free(task: FollowUp, staff: Staff, now: datetime) -> None:
    """Raises Refused, saying who has it, while another member of staff makes this call."""
    if task.state != TO_CALL:
        raise Refused("followup.already_done")
    if task.claimed_by in (None, staff.id) or task.claimed_until is None or task.claimed_until < now:
        return
    other = accounts.find(task.claimed_by or 0)
    raise Refused("followup.taken", name=other.name if other else "?", until=task.claimed_until)


def release(task: FollowUp, by: Staff) -> None:
    """Give the call back to the queue."""
    if task.claimed_by == by.id:
        task.claimed_by = task.claimed_until = None


def hand_over(task: FollowUp, owner: Staff, by: Staff) -> None:
    """Another member of staff owns it from now on."""
    task.owner_id, task.claimed_by, task.claimed_until = owner.id, None, None
    history.record("followup.handed_over", by, followup=task.id, owner=owner.id)
