"""One person, two entries: put together, and taken apart again when that was wrong."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, select, update
from sqlalchemy.orm import Mapped, mapped_column

from service import db
from service.refused import Refused
from service.registry import merge_parts
from service.registry.people import Person
from service.staff import history
from service.staff.accounts import Staff


class Merge(db.Base):
    """``gone_id`` was the same person as ``kept_id``. Both rows stay, so both histories do; only the kept one is listed.

    ``moved``: what the kept person got from the other (numbers, facts, consent), so that it can be given back.
    When the kept one is put into a third one, ``kept_id`` follows: who is gone is always one step from who is kept.
    """

    __tablename__ = "person_merge"
    __table_args__ = (Index("ix_person_merge_kept", "kept_id"), Index("ix_person_merge_gone", "gone_id"))

    id: Mapped[int] = mapped_column(db.Id, primary_key=True)
    kept_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    gone_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    moved: Mapped[dict[str, Any]] = mapped_column(JSON)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None]


class TwoPeople(db.Base):
    """Staff looked at this pair and said: two people. ``first_id`` is the smaller id."""

    __tablename__ = "two_people"
    __table_args__ = (Index("ix_two_people_second", "second_id"),)

    first_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    second_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]


def kept_id(person_id: int) -> int:
    """Who this person is today: somebody else, or the same."""
    query = select(Merge.kept_id).where(Merge.gone_id == person_id, Merge.undone_at.is_(None))
    return db.session().scalar(query.limit(1)) or person_id


def into(person_id: int) -> list[Merge]:
    """What was put together into this person and is still so, the newest first."""
    query = select(Merge).where(Merge.kept_id == person_id, Merge.undone_at.is_(None))
    return list(db.session().scalars(query.order_by(Merge.id.desc())))


def entries_of(person_id: int) -> list[int]:
    """All entries of one person, the kept one first. Histories, messages and interests stand under any of them."""
    kept = kept_id(person_id)
    return [kept, *(merge.gone_id for merge in into(kept))]


def copied_consents(merges: Sequence[Merge]) -> set[int]:
    """Rows on consent that only repeat, for the kept one, what stands under the other."""
    return {row for merge in merges for row in merge.moved.get("consents", [])}


def merge(kept: int, gone: int, by: Staff) -> Merge:
    """These two entries are one person; the first stays in the lists. Raises Refused when one of them is no longer there."""
    stays, goes = _both(kept, gone)
    row = Merge(kept_id=stays.id, gone_id=goes.id, moved={}, staff_id=by.id, at=db.clock())
    _put_together(row, stays, goes)
    db.session().add(row)
    db.session().flush()
    history.record("person.merged", by, person=stays.id, other=goes.id)
    history.record("person.merged_away", by, person=goes.id, other=stays.id)
    return row


def split(merge_id: int, by: Staff) -> Merge:
    """They are two people after all. Each has again what was his; what came since stays with the kept one.

    What was put together later with the same person is taken apart first and put together again afterwards, so that
    the order does not matter. Raises Refused.
    """
    row = db.session().scalar(select(Merge).where(Merge.id == merge_id).with_for_update())
    if row is None or row.undone_at is not None:
        raise Refused("merge.already_split")
    later = [other for other in into(row.kept_id) if other.id > row.id]
    if any(not other.moved for other in (row, *later)):
        raise Refused("merge.deleted")
    for other in later:
        _take_apart(other)
    _take_apart(row)
    row.undone_at = db.clock()
    for other in reversed(later):
        _put_together(other, _person(other.kept_id), _person(other.gone_id))
    history.record("person.split", by, person=row.kept_id, other=row.gone_id)
    history.record("person.split", by, person=row.gone_id, other=row.kept_id)
    return row


def tell_apart(one: int, other: int, by: Staff) -> bool:
    """Two people: this pair is not asked about again. True when it is news."""
    first, second = sorted((one, other))
    row = {"first_id": first, "second_id": second, "staff_id": by.id, "at": db.clock()}
    if first == second or not db.insert_new(TwoPeople, row):
        return False
    for person, twin in ((first, second), (second, first)):
        history.record("person.told_apart", by, person=person, other=twin)
    return True


def _both(kept: int, gone: int) -> tuple[Person, Person]:
    """Both, held until the end of the transaction. Whoever clicked first has put them together already."""
    query = select(Person).where(Person.id.in_((kept, gone)), Person.listed).order_by(Person.id)
    rows = db.session().scalars(query.with_for_update().execution_options(populate_existing=True))
    found = {person.id: person for person in rows}
    if len(found) != 2:
        raise Refused("merge.not_listed")
    return found[kept], found[gone]


def _person(person_id: int) -> Person:
    found = db.session().get(Person, person_id)
    assert found is not None
    return found


def _put_together(row: Merge, stays: Person, goes: Person) -> None:
    followed = [other.id for other in into(goes.id)]
    _follow(followed, stays.id)
    row.moved = {**merge_parts.join(stays, goes), "merges": followed}
    goes.listed = False
    db.session().flush()


def _take_apart(row: Merge) -> None:
    stays, goes = _person(row.kept_id), _person(row.gone_id)
    merge_parts.part(stays, goes, row.moved)
    _follow(row.moved["merges"], goes.id)
    goes.listed = True
    db.session().flush()


def _follow(merge_ids: list[int], kept: int) -> None:
    db.change(update(Merge).where(Merge.id.in_(merge_ids), Merge.undone_at.is_(None)).values(kept_id=kept))
