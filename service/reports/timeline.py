"""A person's time line: everything that happened, from all rooms, newest first. The words for it are the screens'."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from service import db
from service.campaigns.campaigns import Campaign
from service.followup import outcomes, tasks
from service.registry import consent, merging, phones
from service.registry.consent import JOB_NOTICES
from service.registry.meetings import Attendance, Meeting
from service.registry.people import Person
from service.replies import inbox, interests
from service.sending import messages
from service.staff import history
from service.staff.history import History

# Deeds of the history that another entry tells better.
TOLD_ELSEWHERE = frozenset(
    {
        "consent.given", "consent.withdrawn", "consent.purpose_given", "consent.purpose_withdrawn",
        "interest.expressed", "person.added", "person.merged_away",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """``kind`` names the sentence and ``values`` fill it; a deed of the history brings its own. ``text``: what was said."""

    at: datetime
    kind: str
    values: dict[str, Any] = field(default_factory=dict)
    text: str = ""
    campaign_id: int | None = None
    deed: History | None = None
    staff_id: int | None = None
    key: str = ""  # what is under two entries of one person is told once


def of_person(person: Person) -> list[Entry]:
    """Everything about this person, newest first; also what stands under entries that were put together with this one."""
    entries: list[Entry] = []
    copied = merging.copied_consents(merging.into(person.id))
    for person_id in merging.entries_of(person.id):
        entries += _consent(person_id, copied)
        for part in (_messages, _replies, _interests, _follow_ups, _placements, _meetings, _history):
            entries += part(person_id)
        entries += _registered(person_id, person)
    unique = {entry.key or id(entry): entry for entry in reversed(entries)}
    return sorted(unique.values(), key=lambda entry: entry.at, reverse=True)


def _registered(person_id: int, kept: Person) -> Iterator[Entry]:
    entry = kept if person_id == kept.id else db.session().get(Person, person_id)
    if entry is not None:
        yield Entry(
            entry.created_at,
            "person.registered" if entry is kept else "person.registered_again",
            text=entry.name if entry is not kept else "",
        )


def _consent(person_id: int, copied: set[int]) -> Iterator[Entry]:
    for row in consent.of_person(person_id):
        if row.id not in copied:
            verb = "given" if row.given else "withdrawn"
            kind = f"consent.{verb}" if row.purpose == JOB_NOTICES else f"consent.purpose_{verb}"
            values = {"channel": row.channel, "purpose": row.purpose}
            yield Entry(row.at, kind, values, text=row.words, staff_id=row.staff_id)


def _messages(person_id: int) -> Iterator[Entry]:
    for row in messages.of_person(person_id):
        values: dict[str, Any] = {"state": row.state, "code": row.campaign_id}
        at = row.dispatched_at or row.changed_at
        kind, campaign = f"message.{row.kind}", row.campaign_id
        if row.kind == messages.NOTICE and row.attempt > 1:
            kind, values["attempt"] = "message.notice_again", row.attempt
        yield Entry(at, kind, values, text=row.text, campaign_id=campaign, key=f"message {row.id}")


def _replies(person_id: int) -> Iterator[Entry]:
    links = phones.of_person(person_id)
    shared = {link.phone_id for link in links if len(phones.people_of(link.phone_id)) > 1}
    for row in inbox.of_phones([link.phone_id for link in links]):
        kind = "reply.shared" if row.phone_id in shared else "reply"
        values = {"kind": row.kind, "meaning": row.meaning}
        key, campaign = f"reply {row.id}", row.campaign_id
        yield Entry(row.received_at, kind, values, text=row.text, campaign_id=campaign, key=key)


def _interests(person_id: int) -> Iterator[Entry]:
    for row in interests.of_person(person_id):
        yield Entry(row.created_at, "interest", {"code": row.campaign_id}, campaign_id=row.campaign_id)


def _follow_ups(person_id: int) -> Iterator[Entry]:
    """The calls that are still owed; those that were made stand in the history."""
    for interest in interests.of_person(person_id):
        task = tasks.of_interest(interest.id)
        if task is not None and task.state == tasks.TO_CALL:
            values = {"due": task.due, "code": interest.campaign_id}
            yield Entry(
                task.created_at, "followup", values, campaign_id=interest.campaign_id, staff_id=task.owner_id
            )


def _placements(person_id: int) -> Iterator[Entry]:
    for row in outcomes.placements_of(person_id):
        values = {"day": row.started_on, "reach": row.kind, "code": row.campaign_id}
        yield Entry(row.created_at, "placement", values, campaign_id=row.campaign_id)


def _meetings(person_id: int) -> Iterator[Entry]:
    query = select(Attendance.at, Meeting).join(Meeting, Meeting.id == Attendance.meeting_id)
    for at, meeting in db.session().execute(query.where(Attendance.person_id == person_id)):
        yield Entry(at, "meeting", {"day": meeting.held_on}, text=meeting.topic)


def _history(person_id: int) -> Iterator[Entry]:
    for row in history.of_person(person_id):
        if row.deed not in TOLD_ELSEWHERE:
            yield Entry(row.at, "history", campaign_id=row.campaign_id, deed=row, staff_id=row.staff_id)


def codes(entries: list[Entry]) -> dict[int, str]:
    """The codes of the campaigns that a time line speaks of."""
    ids = {entry.campaign_id for entry in entries if entry.campaign_id is not None}
    rows = db.session().execute(select(Campaign.id, Campaign.code).where(Campaign.id.in_(ids)))
    return {row[0]: row[1] for row in rows}
