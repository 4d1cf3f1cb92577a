"""Everything kept about a person, from every table. A table that is missing here fails a test (test_dossier.py)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, cast, or_, select
from sqlalchemy.orm import InstrumentedAttribute, defer

from service import db
from service.campaigns.frequency import ContactDay
from service.followup.outcomes import Placement
from service.followup.tasks import FollowUp
from service.registry import merging
from service.registry.consent import Consent, ConsentFile
from service.registry.groups import Group
from service.registry.imports import ImportBatch
from service.registry.meetings import Attendance, Meeting
from service.registry.memberships import GroupMember
from service.registry.merging import Merge, TwoPeople
from service.registry.people import Person
from service.registry.phones import FormerPhone, PersonPhone, Phone
from service.registry.stored_people import StoredPerson
from service.registry.tags import PersonTag
from service.replies.events import CarrierEvent
from service.replies.inbox import Reply
from service.replies.interests import Interest
from service.rights.requests import Request
from service.sending.listened import CallHeard
from service.sending.messages import CarrierRef, Message, MessagePerson
from service.staff.history import History

Query = Select[Any]
MOST_EVENTS = 2_000
KEYS = frozenset({"search_key", "sort_key"})  # made from the name, for the machine


@dataclass(frozen=True)
class Subject:
    """All entries of one person, and the phones that are or were this person's. ``own``: those that are today."""

    persons: list[int]
    phones: list[int]
    own: list[int]


def subject(person_id: int) -> Subject:
    persons = merging.entries_of(person_id)
    own = _column(PersonPhone.phone_id, PersonPhone.person_id.in_(persons))
    former = _column(FormerPhone.phone_id, FormerPhone.person_id.in_(persons))
    answered = _column(Interest.phone_id, Interest.person_id.in_(persons))
    return Subject(persons, sorted({*own, *former, *answered}), own)


def _column(column: InstrumentedAttribute[int], where: Any) -> list[int]:
    return list(db.session().scalars(select(column).where(where).distinct()))


def _messages(who: Subject) -> Select[int]:
    return select(MessagePerson.message_id).where(MessagePerson.person_id.in_(who.persons))


def _interests(who: Subject) -> Select[int]:
    return select(Interest.id).where(Interest.person_id.in_(who.persons))


def _replies(who: Subject) -> Select[int]:
    """What came from this person's numbers, or in answer to messages for this person. A shared phone's answers too."""
    return select(Reply.id).where(or_(Reply.phone_id.in_(who.own), Reply.message_id.in_(_messages(who))))


def _events(who: Subject) -> Query:
    replies = db.session().scalars(
        select(Reply.carrier_id).where(Reply.id.in_(_replies(who))).limit(MOST_EVENTS)
    )
    return select(CarrierEvent).where(or_(CarrierEvent.id < 0, *map(event_holds, replies)))


def event_holds(carrier_id: str) -> ColumnElement[bool]:
    """Callbacks that speak of this id of a carrier's."""
    return cast(CarrierEvent.fields, Text).contains(f'"{carrier_id}"', autoescape=True)


def _of(column: InstrumentedAttribute[Any]) -> Callable[[Subject], Query]:
    return lambda who: select(column.class_).where(column.in_(who.persons))


# Table → its rows about a person, in the order in which they are shown.
SOURCES: dict[str, Callable[[Subject], Query]] = {
    "person": lambda who: select(Person).where(Person.id.in_(who.persons)),
    "phone": lambda who: select(Phone).where(Phone.id.in_(who.phones)),
    "person_phone": _of(PersonPhone.person_id),
    "former_phone": _of(FormerPhone.person_id),
    "consent": lambda who: select(Consent).where(
        or_(Consent.person_id.in_(who.persons), Consent.phone_id.in_(who.own))
    ),
    "consent_file": lambda who: select(ConsentFile).where(
        ConsentFile.id.in_(select(Consent.file_id).where(Consent.person_id.in_(who.persons)))
    ),
    "person_tag": _of(PersonTag.person_id),
    "group_member": _of(GroupMember.person_id),
    "people_group": lambda who: select(Group).where(
        Group.id.in_(select(GroupMember.group_id).where(GroupMember.person_id.in_(who.persons)))
    ),
    "attendance": _of(Attendance.person_id),
    "meeting": lambda who: select(Meeting).where(
        Meeting.id.in_(select(Attendance.meeting_id).where(Attendance.person_id.in_(who.persons)))
    ),
    "import_person": _of(StoredPerson.person_id),
    "import_batch": lambda who: select(ImportBatch).where(
        ImportBatch.id.in_(select(StoredPerson.batch_id).where(StoredPerson.person_id.in_(who.persons)))
    ),
    "message_person": _of(MessagePerson.person_id),
    "message": lambda who: select(Message).where(Message.id.in_(_messages(who))),
    "call": lambda who: select(CallHeard).where(CallHeard.message_id.in_(_messages(who))),
    "carrier_ref": lambda who: select(CarrierRef).where(CarrierRef.message_id.in_(_messages(who))),
    "contact_day": lambda who: select(ContactDay).where(ContactDay.phone_id.in_(who.own)),
    "reply": lambda who: select(Reply).where(Reply.id.in_(_replies(who))),
    "carrier_event": _events,
    "interest": _of(Interest.person_id),
    "follow_up": lambda who: select(FollowUp).where(FollowUp.interest_id.in_(_interests(who))),
    "placement": _of(Placement.person_id),
    "person_merge": lambda who: select(Merge).where(
        or_(Merge.kept_id.in_(who.persons), Merge.gone_id.in_(who.persons))
    ),
    "two_people": lambda who: select(TwoPeople).where(
        or_(TwoPeople.first_id.in_(who.persons), TwoPeople.second_id.in_(who.persons))
    ),
    "rights_request": _of(Request.person_id),
    "history": _of(History.person_id),
}
# What else stands in a row, about other people of the same list or group, is not this person's.
SHOWN_OF = {
    "import_batch": ("id", "filename", "created_at", "stored_at"),
    "people_group": ("id", "name"),
    "two_people": ("at", "staff_id"),
}
LARGE = {
    "consent_file": (ConsentFile.data,),
    "import_batch": (ImportBatch.file, ImportBatch.rows, ImportBatch.problems),
}


@dataclass(frozen=True)
class Part:
    """A table with this person's rows: column → value."""

    table: str
    rows: list[dict[str, Any]]


def of_person(person_id: int) -> list[Part]:
    """Everything, table by table. Tables that hold nothing are left out."""
    who = subject(person_id)
    parts = [Part(table, _rows(table, query(who))) for table, query in SOURCES.items()]
    return [part for part in parts if part.rows]


def _rows(table: str, query: Query) -> list[dict[str, Any]]:
    large = LARGE.get(table, ())
    query = query.options(*[defer(column) for column in large])
    left_out = {column.key for column in large} | KEYS
    names = [name for name in SHOWN_OF.get(table, _columns(table)) if name not in left_out]
    return [{name: getattr(row, name) for name in names} for row in db.session().scalars(query)]


def _columns(table: str) -> Sequence[str]:
    return [column.name for column in db.Base.metadata.tables[table].columns]


def as_json(person_id: int) -> dict[str, Any]:
    """What ``./loa people show --json`` and the file hold: every table by its name."""
    tables = {part.table: [_plain(row) for row in part.rows] for part in of_person(person_id)}
    return {"person": tables.pop("person"), "at": db.clock().isoformat(), **tables}


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, date | datetime) else value
        for name, value in row.items()
    }
