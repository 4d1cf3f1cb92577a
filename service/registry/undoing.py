"""Taking a stored list back: new people go, known people get what they had, as long as nobody built on it.

What may stand on a new person is not listed here: every table with a foreign key to a person counts, also those of rooms
that this one does not know, and so does every deed in the history. A room added later is asked by itself. What was sent
is asked by the door, because known people may have been written to before the list, and only the sending knows when.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Select, delete, select, tuple_, update

from service import db
from service.db import Base
from service.refused import Refused
from service.registry.consent import JOB_NOTICES, Consent
from service.registry.imports import STORED, UNDONE, ImportBatch
from service.registry.matching import chunks, names
from service.registry.people import Person
from service.registry.phones import PersonPhone, Phone
from service.registry.planning import ADDED
from service.registry.stored_people import StoredPerson
from service.registry.storing import FIELDS, FROM_LIST
from service.registry.tags import PersonTag
from service.staff import history
from service.staff.accounts import Staff
from service.staff.history import History

OWN = ("person_phone", "consent", "person_tag", "import_person")  # what a list itself hangs on a new person
NAMED = 3  # of those who stand in the way


@dataclass(frozen=True)
class Undone:
    removed: int
    restored: int
    phones: int


def undo(batch_id: int, sent_since: Select[Any], by: Staff | None) -> Undone:
    """Take a stored list back. ``sent_since``: ids of people to whom something was sent since it was stored.

    Raises Refused with who stands in the way; then nothing is changed.
    """
    batch = db.session().get(ImportBatch, batch_id)
    if batch is None or batch.stored_at is None or batch.state != STORED:
        raise Refused("import.not_stored")
    leave = update(ImportBatch).where(ImportBatch.id == batch.id, ImportBatch.state == STORED)
    if db.change(leave.values(state=UNDONE, problems=[])) == 0:
        raise Refused("import.not_stored")
    db.session().execute(select(Person.id).where(Person.id.in_(_added(batch))).with_for_update()).all()
    obstacle(batch, sent_since)
    restored = sum(_restore(some, batch.stored_at) for some in _known(batch))
    removed = _remove_people(batch)
    phones = _remove_phones(batch.stored_at)
    history.record("people.import_undone", by, batch=batch.id, removed=removed, restored=restored)
    db.session().flush()
    return Undone(removed, restored, phones)


# ------------------------------------------------------------------------------------------------- who is in the way


def obstacle(batch: ImportBatch, sent_since: Select[Any]) -> None:
    """Raises Refused with who stands in the way of taking this list back, if anybody does."""
    everybody = select(StoredPerson.person_id).where(StoredPerson.batch_id == batch.id)
    _nobody("import.undo_sent", sent_since.where(_column(sent_since).in_(everybody)))
    later = (
        select(StoredPerson.person_id)
        .join(ImportBatch, ImportBatch.id == StoredPerson.batch_id)
        .where(ImportBatch.stored_at > batch.stored_at, StoredPerson.person_id.in_(everybody))
    )
    _nobody("import.undo_later", later)
    added = _added(batch)
    for column in _pointing_at("person"):
        if column.table.name not in OWN:
            _nobody("import.undo_used", select(column).where(column.in_(added)))
    _nobody("import.undo_used", select(History.person_id).where(History.person_id.in_(added)))
    said = select(Consent.person_id).where(Consent.person_id.in_(added), Consent.at != batch.stored_at)
    _nobody("import.undo_used", said)


def _column(query: Select[Any]) -> Any:
    return next(iter(query.selected_columns))


def _nobody(code: str, query: Select[Any]) -> None:
    found = sorted({person for person in db.session().scalars(query.distinct()) if person is not None})
    if found:
        called = names(found[:NAMED])
        shown = ", ".join(called.get(person, "?") for person in found[:NAMED])
        raise Refused(code, count=len(found), names=shown + (" …" if len(found) > NAMED else ""))


def _pointing_at(table: str) -> Iterator[Column[Any]]:
    """Every column of the whole database that refers to a row of this table."""
    for other in Base.metadata.sorted_tables:
        for column in other.columns:
            if any(key.column.table.name == table for key in column.foreign_keys):
                yield column


def _added(batch: ImportBatch) -> Select[int]:
    return select(StoredPerson.person_id).where(StoredPerson.batch_id == batch.id, StoredPerson.deed == ADDED)


# ------------------------------------------------------------------------------------------------------ known people


def _known(batch: ImportBatch) -> Iterator[Sequence[StoredPerson]]:
    query = select(StoredPerson).where(StoredPerson.batch_id == batch.id, StoredPerson.deed != ADDED)
    yield from chunks(list(db.session().scalars(query.order_by(StoredPerson.person_id))))


def _restore(some: Sequence[StoredPerson], at: datetime) -> int:
    """Give these people back what they had. What was changed by hand since stays. Returns how many had changed."""
    ids = [one.person_id for one in some]
    people = {person.id: person for person in db.session().scalars(select(Person).where(Person.id.in_(ids)))}
    for one in some:
        for name, (old, new) in one.before.get("fields", {}).items():
            if name in FIELDS and getattr(people[one.person_id], name) == new:
                setattr(people[one.person_id], name, old)
    _unverify(some, at)
    bound = [(one.person_id, phone) for one in some for phone in one.before.get("phones", ())]
    link = tuple_(PersonPhone.person_id, PersonPhone.phone_id)
    db.change_many(delete(PersonPhone).where(link.in_(bound), PersonPhone.verified_at == at))
    tags = [(one.person_id, kind, code) for one in some for kind, code in one.before.get("tags", ())]
    tag = tuple_(PersonTag.person_id, PersonTag.kind, PersonTag.code)
    db.change_many(delete(PersonTag).where(tag.in_(tags)))
    asked = [one.person_id for one in some if one.before.get("consent")]
    db.change_many(
        delete(Consent).where(Consent.person_id.in_(asked), Consent.at == at, Consent.channel == FROM_LIST)
    )
    for person in asked:
        people[person].consents = _agrees(person)
    return sum(bool(set(one.before) - {"verified"}) for one in some)


def _unverify(some: Sequence[StoredPerson], at: datetime) -> None:
    ids = [one.person_id for one in some if "verified" in one.before]
    query = select(PersonPhone).where(PersonPhone.person_id.in_(ids), PersonPhone.verified_at == at)
    before = {one.person_id: one.before for one in some}
    for link in db.session().scalars(query):
        verified = before[link.person_id]["verified"]
        if (phone := str(link.phone_id)) in verified:
            link.verified_at = datetime.fromisoformat(verified[phone]) if verified[phone] else None
    db.session().flush()


def _agrees(person: int) -> bool:
    newest = select(Consent.given).where(Consent.person_id == person, Consent.purpose == JOB_NOTICES)
    return bool(db.session().scalar(newest.order_by(Consent.id.desc()).limit(1)))


# --------------------------------------------------------------------------------------------- new people and numbers


def _remove_people(batch: ImportBatch) -> int:
    """The new people with all that the list hung on them. Returns how many."""
    ids = list(db.session().scalars(_added(batch)))
    db.change_many(delete(StoredPerson).where(StoredPerson.batch_id == batch.id))
    for some in chunks(ids):
        for table in (PersonPhone, Consent, PersonTag):
            db.change_many(delete(table).where(table.person_id.in_(some)))
        db.change_many(delete(Person).where(Person.id.in_(some)))
    return len(ids)


def _remove_phones(at: datetime) -> int:
    """The numbers that the list brought and nobody else has. One with an opt-out stays: it belongs to the number."""
    brought = select(Phone.id).where(
        Phone.created_at == at, Phone.opted_out_at.is_(None), Phone.no_sms_at.is_(None),
        Phone.no_voice_at.is_(None), Phone.contacted_at.is_(None),
    )  # fmt: skip
    ids = set(db.session().scalars(brought))
    for column in _pointing_at("phone"):
        ids -= set(db.session().scalars(select(column).where(column.in_(brought)).distinct()))
    for some in chunks(sorted(ids)):
        db.change_many(delete(Phone).where(Phone.id.in_(some)))
    return len(ids)
