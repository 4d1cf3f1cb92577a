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
from service.registry import consent, phones
from service.registry.people import Person
from service.replies import inbox, interests
from service.sending import messages
from service.staff import history
from service.staff.history import History

# Deeds of the history that another entry tells better.
TOLD_ELSEWHERE = frozenset({"consent.given", "consent.withdrawn", "interest.expressed", "person.added"})


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


def of_person(person: Person) -> list[Entry]:
    """Everything about this person, newest first."""
    entries: list[Entry] = []
    for part in (_consent, _messages, _replies, _interests, _follow_ups, _placements, _history):
        entries += part(person.id)
    entries.append(Entry(person.created_at, "person.registered"))
    entries.sort(key=lambda entry: entry.at, reverse=True)
    return entries


def _consent(person_id: int) -> Iterator[Entry]:
    for row in consent.of_person(person_id):
        kind = "consent.given" if row.given else "consent.withdrawn"
        yield Entry(row.at, kind, {"channel": row.channel}, text=row.words, staff_id=row.staff_id)


def _messages(person_id: int) -> Iterator[Entry]:
    for row in messages.of_person(person_id):
        values = {"state": row.state, "code": row.campaign_id}
        yield Entry(
            row.dispatched_at or row.changed_at,
            f"message.{row.kind}",
            values,
            text=row.text,
            campaign_id=row.campaign_id,
        )


def _replies(person_id: int) -> Iterator[Entry]:
    links = phones.of_person(person_id)
    shared = {link.phone_id for link in links if len(phones.people_of(link.phone_id)) > 1}
    for row in inbox.of_phones([link.phone_id for link in links]):
        kind = "reply.shared" if row.phone_id in shared else "reply"
        values = {"kind": row.kind, "meaning": row.meaning}
        yield Entry(row.received_at, kind, values, text=row.text, campaign_id=row.campaign_id)


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


def _history(person_id: int) -> Iterator[Entry]:
    for row in history.of_person(person_id):
        if row.deed not in TOLD_ELSEWHERE:
            yield Entry(row.at, "history", campaign_id=row.campaign_id, deed=row, staff_id=row.staff_id)


def codes(entries: list[Entry]) -> dict[int, str]:
    """The codes of the campaigns that a time line speaks of."""
    ids = {entry.campaign_id for entry in entries if entry.campaign_id is not None}
    rows = db.session().execute(select(Campaign.id, Campaign.code).where(Campaign.id.in_(ids)))
    return {row[0]: row[1] for row in rows}
