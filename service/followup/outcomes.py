"""What came of a follow-up call: a table of outcomes, and what each does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ForeignKey, Index, String, select, update
from sqlalchemy.orm import Mapped, mapped_column

from service import db
from service.campaigns.campaigns import Campaign
from service.followup.tasks import CHANGED_MIND, DONE, FollowUp, in_office_hours, refuse_unless_free
from service.refused import Refused
from service.registry import merging, phones
from service.registry.people import Person
from service.replies.interests import Interest
from service.staff import history
from service.staff.accounts import Staff
from service.text.words import VIETNAM

MOST_TRIES = 6
CALL_HOURS = (8, 11, 14, 16)  # another hour each time: who is in the field at eight is at home at eleven


@dataclass(frozen=True)
class Outcome:
    """One outcome a caller can record. ``key`` is the key on the keyboard; ``ends`` whether the task is done with it.

    ``of_person``: it says something of one person, so on a shared phone staff must have asked who it was.
    """

    code: str
    key: str
    ends: bool
    of_person: bool = False


OUTCOMES = (
    Outcome("no_answer", "1", ends=False),  # due again at another hour
    Outcome("call_later", "2", ends=False),  # the person asked for another day
    Outcome(
        "agreed", "3", ends=False, of_person=True
    ),  # will go; papers, then departure: the task stays open until in work
    Outcome("in_work", "4", ends=True, of_person=True),
    Outcome("not_suitable", "5", ends=True, of_person=True),
    Outcome(CHANGED_MIND, "6", ends=True),
    Outcome("wrong_number", "7", ends=True),
)
BY_CODE = {outcome.code: outcome for outcome in OUTCOMES}


class Placement(db.Base):
    """A person in work. ``kind`` is the campaign's reach: in_province, elsewhere or abroad."""

    __tablename__ = "placement"
    __table_args__ = (
        Index("uq_placement", "interest_id", unique=True),
        Index("ix_placement_person", "person_id"),
    )

    id: Mapped[int] = mapped_column(db.Id, primary_key=True)
    interest_id: Mapped[int] = mapped_column(ForeignKey("interest.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    kind: Mapped[str] = mapped_column(String(12))
    started_on: Mapped[date]
    created_at: Mapped[datetime]


def record(
    task: FollowUp, code: str, note: str, by: Staff, now: datetime, started_on: date | None = None
) -> None:
    """Write down what came of the call and do what follows from it. Raises Refused."""
    outcome = BY_CODE.get(code)
    if outcome is None:
        raise Refused("followup.unknown_outcome")
    refuse_unless_free(task, by, now)
    interest = db.session().get(Interest, task.interest_id)
    assert interest is not None
    if outcome.of_person and interest.person_id is None:
        raise Refused("followup.who_first")
    task.tries += 1
    task.outcome, task.note = code, note.replace("\0", "").strip()[:1000]
    task.claimed_by = task.claimed_until = None
    if code == "in_work":
        _place(interest, started_on or now.astimezone(VIETNAM).date(), now)
    elif code == "wrong_number":
        _detach(interest, by)
    if outcome.ends:
        task.state = DONE
    else:
        task.due = next_due(code, task.tries, now)
    history.record(
        "followup." + code, by, person=interest.person_id, campaign=interest.campaign_id, tries=task.tries
    )


def next_due(code: str, tries: int, now: datetime) -> datetime:
    """When to call again: no answer → another hour, call later → tomorrow, agreed → in two days to ask how it goes."""
    local = now.astimezone(VIETNAM)
    if code == "no_answer":
        later = [hour for hour in CALL_HOURS if hour > local.hour + 1]
        if later and tries < MOST_TRIES:
            return in_office_hours(local.replace(hour=later[0], minute=0, second=0, microsecond=0))
        hour = CALL_HOURS[tries % len(CALL_HOURS)]
        return in_office_hours(
            local.replace(hour=hour, minute=0, second=0, microsecond=0) + timedelta(days=1)
        )
    days = 2 if code == "agreed" else 1
    return in_office_hours(local + timedelta(days=days))


def _detach(interest: Interest, by: Staff) -> None:
    """The number is not theirs: not this person's, or, when nobody knew who it was, nobody's of the household."""
    known = [interest.person_id] if interest.person_id is not None else phones.people_of(interest.phone_id)
    for person_id in known:
        phones.detach(person_id, interest.phone_id, by)


def _place(interest: Interest, started_on: date, now: datetime) -> None:
    if started_on > now.astimezone(VIETNAM).date():
        raise Refused("followup.starts_later", day=started_on)
    campaign = db.session().get(Campaign, interest.campaign_id)
    assert campaign is not None
    if started_on < campaign.created_at.astimezone(VIETNAM).date():
        raise Refused("followup.started_before", day=started_on)
    db.session().add(
        Placement(
            interest_id=interest.id,
            person_id=interest.person_id,
            campaign_id=campaign.id,
            kind=campaign.reach,
            started_on=started_on,
            created_at=now,
        )
    )
    db.session().flush()
    if interest.person_id is not None:
        who = merging.kept_id(interest.person_id)
        db.change(update(Person).where(Person.id == who).values(placed_at=now))


def placements_of(person_id: int) -> list[Placement]:
    return list(
        db.session().scalars(select(Placement).where(Placement.person_id == person_id).order_by(Placement.id))
    )


def placed_count(campaign_id: int) -> int:
    """People in work by this campaign."""
    return len(list(db.session().scalars(select(Placement.id).where(Placement.campaign_id == campaign_id))))
