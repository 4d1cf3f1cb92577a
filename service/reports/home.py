"""What needs a person today, for each role what it may see; and the sums, which are for everybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select

from service import db
from service.campaigns import campaigns, employers
from service.campaigns.campaigns import APPROVED, DRAFT, LAUNCHED, PAUSED, RUNNING, Campaign
from service.campaigns.employers import Employer
from service.followup import tasks
from service.followup.outcomes import Placement
from service.registry import choosing
from service.registry.choosing import EVERYBODY
from service.registry.people import Person
from service.replies import inbox
from service.replies.interests import OPEN, Interest
from service.reports import alarms
from service.reports.alarm_words import WORDS
from service.reports.alarms import Alarm
from service.sending import gates, messages
from service.sending.gates import Gate
from service.sending.messages import WAITING
from service.staff import roles
from service.staff.accounts import Staff

SAID_ANYWAY = (
    "gate_closed",
    "gate_rests",
    "hold",
)  # the page has its own words for these, as they are this second


@dataclass(frozen=True)
class Calls:
    """Calls that this person may make: all, and those that are due now."""

    all: int
    due: int


@dataclass(frozen=True)
class Progress:
    """A campaign on its way: how many of its messages have been dealt with."""

    campaign: Campaign
    done: int
    total: int


@dataclass(frozen=True)
class Sums:
    """Numbers without names. ``placed`` counts persons, not messages."""

    people: int
    campaigns: int
    recipients: int
    interests: int
    placed: int


@dataclass(frozen=True)
class Start:
    """The first steps of a new installation, and which of them are done."""

    people: bool
    employers: bool
    campaigns: bool


@dataclass(frozen=True)
class Today:
    """The home page. None: not this role's business."""

    calls: Calls | None
    replies: int | None
    to_answer: int | None
    drafts: int | None
    approved: int | None
    unknown: int | None
    hold: int | None
    licences: int | None  # of employers, about to run out
    closed_gates: list[Gate]
    resting_gates: list[Gate]
    alarms: list[Alarm]
    running: list[Progress]
    start: Start | None
    sums: Sums

    @property
    def has_work(self) -> bool:
        """Does this role have anything that can wait for it?"""
        return any(part is not None for part in (self.calls, self.replies, self.drafts, self.unknown))

    @property
    def quiet(self) -> bool:
        """Nothing waits: neither a person nor a message, and no gate is closed."""
        calls = self.calls.due if self.calls else 0
        waiting = (
            calls,
            self.replies,
            self.to_answer,
            self.drafts,
            self.approved,
            self.unknown,
            self.hold,
            self.licences,
        )
        return self.has_work and not any(waiting) and not self.closed_gates and not self.alarms


def today(staff: Staff, now: datetime) -> Today:
    """What this member of staff should look at now."""

    def may(permission: str) -> bool:
        return roles.may(staff.role, permission)

    sending = may("system.see")
    known_gates = gates.listed() if sending else []
    return Today(
        calls=Calls(*tasks.due_count(staff, now)) if may("followup.see") else None,
        replies=inbox.waiting_count() if may("reply.see") else None,
        to_answer=inbox.to_answer_count() if may("reply.see") else None,
        drafts=_drafts_of_others(staff) if may("campaign.approve") else None,
        approved=_count(Campaign.id, Campaign.state == APPROVED) if may("campaign.launch") else None,
        unknown=messages.unsettled_count("unknown") if sending else None,
        hold=messages.unsettled_count("hold") if sending else None,
        licences=len(employers.expiring()) if may("employer.edit") else None,
        closed_gates=[gate for gate in known_gates if not gate.is_open],
        resting_gates=[
            gate for gate in known_gates if gate.is_open and gate.closed_until and gate.closed_until > now
        ],
        alarms=[
            one
            for one in alarms.standing(now)
            if one.code not in SAID_ANYWAY and may(WORDS[one.code].permission)
        ],
        running=[_progress(one) for one in campaigns.in_state(RUNNING, PAUSED)]
        if may("campaign.see")
        else [],
        start=_start() if may("campaign.edit") else None,
        sums=_sums(staff),
    )


def _drafts_of_others(staff: Staff) -> int:
    """Nobody approves a campaign of his own."""
    return _count(Campaign.id, Campaign.state == DRAFT, Campaign.created_by != staff.id)


def _progress(campaign: Campaign) -> Progress:
    waiting = sum(messages.counts(campaign.id).get(state, 0) for state in WAITING)
    return Progress(campaign, campaign.recipients - waiting, campaign.recipients)


def _start() -> Start | None:
    """None once a campaign has been sent: then everybody knows the way."""
    if _any(Campaign.id, Campaign.state.in_(LAUNCHED)):
        return None
    return Start(_any(Person.id), _any(Employer.id), _any(Campaign.id))


def _sums(staff: Staff) -> Sums:
    launched = Campaign.state.in_(LAUNCHED)
    recipients = db.session().scalar(select(func.sum(Campaign.recipients)).where(launched))
    return Sums(
        people=choosing.count(EVERYBODY, staff),
        campaigns=_count(Campaign.id, launched),
        recipients=int(recipients or 0),
        interests=_count(Interest.id, Interest.state == OPEN),
        placed=int(db.session().scalar(select(func.count(func.distinct(Placement.person_id)))) or 0),
    )


def _count(column: Any, *conditions: ColumnElement[bool]) -> int:
    return int(db.session().scalar(select(func.count(column)).where(*conditions)) or 0)


def _any(column: Any, *conditions: ColumnElement[bool]) -> bool:
    return db.session().scalar(select(column).where(*conditions).limit(1)) is not None
