"""A village meeting: who was there. Attendances (lượt) are counted apart from persons; one person may come five times."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ForeignKey, Index, Select, String, and_, delete, func, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from service import db
from service.refused import Refused
from service.registry import areas
from service.registry.people import Person
from service.staff import accounts, history
from service.staff.accounts import Staff
from service.text.vietnamese import one_line
from service.text.words import today_in_vietnam

MOST_OTHERS = 5000  # heads in one room or yard; more is a slip of the keyboard
LEAST_WORDS = 10  # letters of what was read out


class Meeting(db.Base):
    """``others``: heads counted in the room beyond those entered by name."""

    __tablename__ = "meeting"
    __table_args__ = (Index("ix_meeting_day", "held_on", "id"),)

    id: Mapped[int] = mapped_column(db.Id, primary_key=True)
    held_on: Mapped[date]
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))  # commune
    hamlet_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    topic: Mapped[str] = mapped_column(String(200), default="")
    consent_words: Mapped[str] = mapped_column(
        String(500), default=""
    )  # what was read out before people agreed
    others: Mapped[int] = mapped_column(default=0)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime]


class Attendance(db.Base):
    __tablename__ = "attendance"
    __table_args__ = (Index("ix_attendance_person", "person_id"),)

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    at: Mapped[datetime]


@dataclass(frozen=True)
class Plan:
    """What is written down about a meeting before people come."""

    held_on: date
    commune: int
    hamlet: str = ""
    topic: str = ""
    consent_words: str = ""


class Sums(NamedTuple):
    """``attendances``: lượt by name; ``persons``: how many different people these were; ``others``: heads without a name."""

    attendances: int
    persons: int
    others: int


def visible_to(staff: Staff) -> Select[Meeting]:
    """An officer knows the meetings of the communes he or she works for."""
    query = select(Meeting)
    if staff.role == "officer":
        query = query.where(Meeting.area_id.in_(accounts.areas_of(staff)))
    return query


def find(meeting_id: int, staff: Staff) -> Meeting | None:
    return db.session().scalar(visible_to(staff).where(Meeting.id == meeting_id))


def page(staff: Staff, before: Meeting | None = None, size: int = 50) -> list[Meeting]:
    """The newest first; those older than ``before``."""
    query = visible_to(staff).order_by(Meeting.held_on.desc(), Meeting.id.desc()).limit(size)
    if before is not None:
        same_day = and_(Meeting.held_on == before.held_on, Meeting.id < before.id)
        query = query.where(or_(Meeting.held_on < before.held_on, same_day))
    return list(db.session().scalars(query))


def names_at(meeting_ids: list[int]) -> dict[int, int]:
    """How many people were entered by name at each of these meetings."""
    query = select(Attendance.meeting_id, func.count()).where(Attendance.meeting_id.in_(meeting_ids))
    rows = db.session().execute(query.group_by(Attendance.meeting_id))
    return dict.fromkeys(meeting_ids, 0) | {row[0]: row[1] for row in rows}


def present(meeting_id: int) -> list[tuple[Attendance, Person]]:
    """Who was entered, in the order of entering."""
    query = (
        select(Attendance, Person)
        .join(Person, Person.id == Attendance.person_id)
        .where(Attendance.meeting_id == meeting_id)
        .order_by(Attendance.at, Attendance.person_id)
    )
    return [(row[0], row[1]) for row in db.session().execute(query)]


def count(year: int, staff: Staff | None = None) -> Sums:
    """The sums of a year; with ``staff`` only of what this member of staff may know."""
    held = visible_to(staff) if staff is not None else select(Meeting)
    held = held.where(Meeting.held_on >= date(year, 1, 1), Meeting.held_on <= date(year, 12, 31))
    ids = held.with_only_columns(Meeting.id)
    sums = select(func.count(), func.count(func.distinct(Attendance.person_id))).select_from(Attendance)
    named, persons = db.session().execute(sums.where(Attendance.meeting_id.in_(ids))).one()
    others = db.session().scalar(held.with_only_columns(func.coalesce(func.sum(Meeting.others), 0)))
    return Sums(int(named), int(persons), int(others or 0))


def how_many(year: int, staff: Staff) -> int:
    """Meetings of a year."""
    held = visible_to(staff).where(Meeting.held_on >= date(year, 1, 1), Meeting.held_on <= date(year, 12, 31))
    return int(db.session().scalar(held.with_only_columns(func.count(Meeting.id))) or 0)


# --------------------------------------------------------------------------------------------------------------- verbs


def hold(plan: Plan, by: Staff) -> Meeting:
    """A new meeting, today or on a day that was."""
    meeting = Meeting(created_at=db.clock(), staff_id=by.id, others=0)
    _write(meeting, plan, by)
    db.session().add(meeting)
    db.session().flush()
    history.record("meeting.held", by, meeting=meeting.id, day=_day(meeting))
    return meeting


def change(meeting: Meeting, plan: Plan, by: Staff) -> None:
    _write(meeting, plan, by)
    db.session().flush()
    history.record("meeting.changed", by, meeting=meeting.id)


def _write(meeting: Meeting, plan: Plan, by: Staff) -> None:
    commune, words = areas.find(plan.commune), one_line(plan.consent_words)[:500]
    if plan.held_on > today_in_vietnam():
        raise Refused("meeting.not_yet", day=plan.held_on)
    if commune is None or commune.kind != areas.COMMUNE or commune.valid_to is not None:
        raise Refused("meeting.no_commune")
    if by.role == "officer" and commune.id not in accounts.areas_of(by):
        raise Refused("meeting.foreign_commune")
    if len(words) < LEAST_WORDS:
        raise Refused("meeting.no_words")
    hamlet = one_line(plan.hamlet)
    meeting.held_on, meeting.area_id, meeting.consent_words = plan.held_on, commune.id, words
    meeting.hamlet_id = areas.hamlet(commune, hamlet).id if hamlet else None
    meeting.topic = one_line(plan.topic)[:200]


def attend(meeting: Meeting, person: Person, by: Staff, at: datetime | None = None) -> bool:
    """This person was there. False when that is known already."""
    row = {"meeting_id": meeting.id, "person_id": person.id, "at": at or db.clock()}
    new = db.insert_new(Attendance, row)
    if new:
        history.record("meeting.attended", by, person=person.id, meeting=meeting.id, day=_day(meeting))
    return new


def strike(meeting: Meeting, person_id: int, by: Staff) -> bool:
    """This person was not there after all. False when nobody said so."""
    row = (Attendance.meeting_id == meeting.id, Attendance.person_id == person_id)
    gone = db.change(delete(Attendance).where(*row)) == 1
    if gone:
        history.record("meeting.struck", by, person=person_id, meeting=meeting.id, day=_day(meeting))
    return gone


def count_others(meeting: Meeting, heads: int, by: Staff) -> None:
    """How many more heads were in the room than names were taken."""
    if not 0 <= heads <= MOST_OTHERS:
        raise Refused("meeting.bad_count", most=MOST_OTHERS)
    if meeting.others != heads:
        meeting.others = heads
        history.record("meeting.others", by, meeting=meeting.id, count=heads)


def _day(meeting: Meeting) -> str:
    return f"{meeting.held_on:%d/%m/%Y}"
