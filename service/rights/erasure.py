"""Deletion at a person's own request: name and number go everywhere, the opt-out stays as a keyed digest.

The row stays as an empty shell with commune and sex, and the rows that count stay with it: sums of past reports do
not change.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import delete, exists, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute

from service import db
from service.followup import tasks
from service.followup.tasks import FollowUp
from service.refused import Refused
from service.registry import forgotten, merging
from service.registry.consent import Consent, ConsentFile
from service.registry.groups import Group
from service.registry.imports import OPEN, ImportBatch
from service.registry.memberships import GroupMember
from service.registry.merging import Merge
from service.registry.people import Person
from service.registry.phones import DEAD, FormerPhone, PersonPhone, Phone
from service.registry.stored_people import StoredPerson
from service.registry.tags import PersonTag
from service.replies.events import CarrierEvent
from service.replies.inbox import Reply
from service.replies.interests import Interest
from service.rights import dossier, unsent
from service.rights.dossier import Subject
from service.rights.requests import DONE, Request
from service.rights.traces import Traces
from service.sending.messages import UNSETTLED, Message, MessagePerson
from service.staff import history
from service.staff.accounts import Staff
from service.staff.history import History
from service.text.vietnamese import search_key

EMPTY = {
    "name": "", "search_key": "", "sort_key": "", "note": "", "guardian": "", "birth_year": None, "language": None,
    "hamlet_id": None, "channel": None, "hours_from": None, "hours_to": None, "said_yes_at": None, "placed_at": None,
    "consents": False, "listed": False,
}  # fmt: skip
# Free text anywhere in the house in which a deleted number might stand.
FREE_TEXTS: tuple[tuple[type[db.Base], str], ...] = (
    (Person, "note"), (Person, "guardian"), (PersonPhone, "raw"), (PersonPhone, "owner"), (FormerPhone, "raw"),
    (Consent, "words"), (Consent, "proof"), (Consent, "guardian"), (ConsentFile, "filename"), (FollowUp, "note"),
    (Request, "note"), (Reply, "text"), (Reply, "evidence"), (Message, "text"), (Group, "name"), (Group, "choice"),
    (Merge, "moved"), (StoredPerson, "before"), (ImportBatch, "filename"), (ImportBatch, "problems"),
    (ImportBatch, "edits"), (ImportBatch, "seen"), (ImportBatch, "rows"), (ImportBatch, "consent_words"), (History, "details"),
)  # fmt: skip
_PROOF = re.compile(r"#(\d+), row (\d+)")
_CELL = re.compile(r"[A-Z]+(\d+)")


@dataclass(frozen=True)
class Erased:
    """``numbers``: no longer known; ``shared``: kept, because others are reached on them; ``sheets``: scanned forms of
    several people, on which the name still stands."""

    numbers: int
    shared: int
    cancelled: int
    sheets: int

    def as_json(self) -> dict[str, int]:
        return asdict(self)


def erase(person: Person, by: Staff) -> Erased:
    """Delete everything that says who this is. Raises Refused while a message is on its way or a list waits unsaved."""
    if not person.listed:
        raise Refused("rights.already_deleted")
    who = dossier.subject(person.id)
    people = list(db.session().scalars(select(Person).where(Person.id.in_(who.persons)).with_for_update()))
    alone = _nobody_elses(who)
    _refuse_on_the_way(who, alone)
    traces = _traces(who, alone, people)
    _refuse_waiting_list(people, traces)
    cancelled = unsent.take_out(who)
    _replies(who, alone, traces)
    _follow_ups(who, alone, by)
    _lists(who, traces)
    sheets = _consents(who, alone)
    _own_rows(who)
    _numbers(alone)
    for row in people:
        for name, value in EMPTY.items():
            setattr(row, name, value)
    db.session().flush()
    _sweep(traces)
    history.record("person.deleted", by, person=person.id, numbers=len(alone), cancelled=cancelled)
    db.session().flush()
    return Erased(len(alone), len(set(who.own) - {phone.id for phone in alone}), cancelled, sheets)


def _refuse_on_the_way(who: Subject, alone: list[Phone]) -> None:
    """Held until the end, so that no worker takes one meanwhile. An unsure one is still looked for by its number."""
    theirs = select(MessagePerson.message_id).where(MessagePerson.person_id.in_(who.persons))
    to_them = or_(Message.id.in_(theirs), Message.phone_id.in_([phone.id for phone in alone]))
    query = select(Message).where(to_them, Message.state.in_(("ready", *UNSETTLED))).order_by(Message.id)
    count = sum(row.state in UNSETTLED for row in db.session().scalars(query.with_for_update()))
    if count:
        raise Refused("rights.in_flight", count=count)


def _nobody_elses(who: Subject) -> list[Phone]:
    """The phones on which nobody else is reached."""
    others = exists().where(PersonPhone.phone_id == Phone.id, PersonPhone.person_id.not_in(who.persons))
    query = select(Phone).where(Phone.id.in_(who.phones), ~others).order_by(Phone.id)
    return list(db.session().scalars(query.with_for_update()))


def _traces(who: Subject, alone: list[Phone], people: list[Person]) -> Traces:
    ids = [phone.id for phone in alone]
    typed = [
        *db.session().scalars(select(PersonPhone.raw).where(PersonPhone.phone_id.in_(ids))),
        *db.session().scalars(select(FormerPhone.raw).where(FormerPhone.phone_id.in_(ids), FormerPhone.person_id.in_(who.persons))),
    ]  # fmt: skip
    numbers = {phone.e164 for phone in alone}
    kept = {
        phone.e164 for phone in db.session().scalars(select(Phone).where(Phone.id.in_(who.phones)))
    } - numbers
    shared = Traces.of(kept, (), ()).digits
    found = Traces.of(numbers, typed, [person.name for person in people])
    return Traces(found.digits - shared, found.names)


def _refuse_waiting_list(people: list[Person], traces: Traces) -> None:
    """Whoever is on a list that waits to be stored would come back with it."""
    same = {(search_key(person.name), person.birth_year) for person in people}
    for batch in db.session().scalars(select(ImportBatch).where(ImportBatch.state.in_(OPEN))):
        names = {(search_key(str(row.get("name", ""))), row.get("birth_year")) for row in batch.rows}
        if names & same or traces.cleaned([batch.rows, batch.seen, batch.edits]) != [
            batch.rows,
            batch.seen,
            batch.edits,
        ]:
            raise Refused("rights.pending_list", batch=batch.id)


def _replies(who: Subject, alone: list[Phone], traces: Traces) -> None:
    """All words that came from numbers that go; from a shared phone those that name this person."""
    gone = {phone.id for phone in alone}
    events: list[str] = []
    for reply in db.session().scalars(select(Reply).where(Reply.phone_id.in_(who.phones))):
        if reply.phone_id in gone or traces.names_in(reply.text):
            reply.text = reply.evidence = ""
            events.append(reply.carrier_id)
    for event in db.session().scalars(select(CarrierEvent).where(traces.in_column(CarrierEvent.fields))):
        _empty(event)
    for carrier_id in events:
        said = dossier.event_holds(carrier_id)
        for event in db.session().scalars(select(CarrierEvent).where(said)):
            _empty(event)
    db.session().flush()


def _empty(event: CarrierEvent) -> None:
    """Who and what; that something came stays. The digest of what it said could be tried out, so it goes as well."""
    event.fields = {name: "" if name in ("number", "text") else value for name, value in event.fields.items()}
    event.content = secrets.token_hex(32)


def _follow_ups(who: Subject, alone: list[Phone], by: Staff) -> None:
    nobodys = Interest.person_id.is_(None) & Interest.phone_id.in_([phone.id for phone in alone])
    query = select(FollowUp, Interest).join(Interest, Interest.id == FollowUp.interest_id)
    for task, interest in db.session().execute(
        query.where(or_(Interest.person_id.in_(who.persons), nobodys))
    ):
        task.note = ""
        if task.state == tasks.TO_CALL:
            task.state, task.claimed_by, task.claimed_until = tasks.WITHDRAWN, None, None
            history.record(
                "followup.ended_by_deletion", by, person=interest.person_id, campaign=interest.campaign_id
            )


def _lists(who: Subject, traces: Traces) -> None:
    """The cells of this person's rows in the lists that brought them."""
    rows: dict[int, set[int]] = {}
    stored = select(StoredPerson).where(StoredPerson.person_id.in_(who.persons))
    for one in db.session().scalars(stored):
        rows.setdefault(one.batch_id, set()).add(one.row)
        one.before = {}
    for proof in db.session().scalars(select(Consent.proof).where(Consent.person_id.in_(who.persons))):
        for batch, row in _PROOF.findall(proof):
            rows.setdefault(int(batch), set()).add(int(row))
    for batch in db.session().scalars(select(ImportBatch).where(ImportBatch.id.in_(rows))):
        mine = rows[batch.id] | {
            int(row[0]) for row in batch.problems if str(row[4]) in map(str, rows[batch.id]) and traces.names_in(str(row[3]))
        }  # fmt: skip
        batch.problems = [[*row[:3], "", *row[4:]] if row[0] in mine else row for row in batch.problems]
        batch.edits = {cell: said for cell, said in batch.edits.items() if _row_of(cell) not in mine}
        batch.rows = [row for row in batch.rows if row.get("row") not in mine]
        batch.file = None
        if traces.names_in(batch.filename):
            batch.filename = "…"


def _row_of(cell: str) -> int | None:
    match = _CELL.fullmatch(cell)
    return int(match[1]) if match else None


def _consents(who: Subject, alone: list[Phone]) -> int:
    """The dates stay, the words and the scanned form go. Returns how many forms are others' as well."""
    about = or_(Consent.person_id.in_(who.persons), Consent.phone_id.in_([phone.id for phone in alone]))
    files = set(db.session().scalars(select(Consent.file_id).where(about, Consent.file_id.is_not(None))))
    db.change(update(Consent).where(about).values(words="", proof="", guardian="", file_id=None))
    others = set(db.session().scalars(select(Consent.file_id).where(Consent.file_id.in_(files))))
    db.change_many(delete(ConsentFile).where(ConsentFile.id.in_(files - others)))
    return len(others)


def _own_rows(who: Subject) -> None:
    for table in (PersonPhone, FormerPhone, PersonTag, GroupMember):
        person: InstrumentedAttribute[int] = table.person_id
        db.change(delete(table).where(person.in_(who.persons)))
    family = or_(Merge.kept_id.in_(who.persons), Merge.gone_id.in_(who.persons))
    db.change(update(Merge).where(family).values(moved={}))
    asked = update(Request).where(Request.person_id.in_(who.persons))
    db.change(asked.values(note=""))
    db.change(asked.where(Request.done_at.is_(None)).values(done_at=db.clock(), outcome=DONE))
    for row in db.session().scalars(select(History).where(History.person_id.in_(who.persons))):
        row.details = {name: value for name, value in row.details.items() if not _is_free(value)}


def _is_free(value: Any) -> bool:
    """Anything but ids, counts and our own short codes."""
    return isinstance(value, str) and re.fullmatch(r"[a-z0-9_., ]{0,60}", value) is None


def _numbers(alone: list[Phone]) -> None:
    """What stands instead of the number is no number, and the phone is dead: nothing is ever sent there."""
    for phone in alone:
        if phone.opted_out_at is not None:
            forgotten.keep(phone.e164, phone.opted_out_at)
        phone.e164, phone.state = f"x{phone.id}", DEAD
    db.session().flush()


def _sweep(traces: Traces) -> None:
    """Whatever else holds one of the numbers: somebody's note, a saved filter, a cell of another list."""
    for table, name in FREE_TEXTS:
        column: InstrumentedAttribute[Any] = getattr(table, name)
        for row in db.session().scalars(select(table).where(traces.in_column(column))):
            setattr(row, name, traces.cleaned(getattr(row, name)))
    db.session().flush()


def find(person_id: int) -> Person:
    """The entry of this person that is in the lists. Raises Refused when there is none."""
    person = db.session().get(Person, merging.kept_id(person_id))
    if person is None:
        raise Refused("rights.nobody", person=person_id)
    return person
