"""A request: what somebody asked for about their own data, and until when the law wants it done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ForeignKey, Index, Select, String, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from service import db
from service.refused import Refused
from service.registry.people import Person
from service.staff import history
from service.staff.accounts import Staff
from service.text.words import today_in_vietnam

SEE, CORRECT, WITHDRAW, DELETE = "see", "correct", "withdraw", "delete"
DONE, REFUSED = "done", "refused"
SATURDAY = 5
SOON = timedelta(days=3)


@dataclass(frozen=True)
class Deadline:
    """Days from the day on which it was asked (Law 91/2025/QH15, Decree 356/2025)."""

    days: int
    working: bool = False  # Saturdays and Sundays do not count; public holidays are not known here

    def due(self, asked_on: date) -> date:
        if not self.working:
            return asked_on + timedelta(days=self.days)
        day, left = asked_on, self.days
        while left:
            day += timedelta(days=1)
            left -= day.weekday() < SATURDAY
        return day


DEADLINES = {
    SEE: Deadline(2, working=True),
    CORRECT: Deadline(10),
    WITHDRAW: Deadline(15),
    DELETE: Deadline(20),
}


class Request(db.Base):
    __tablename__ = "rights_request"
    __table_args__ = (
        Index("ix_rights_request_due", "done_at", "due"),
        Index("ix_rights_request_person", "person_id"),
    )

    id: Mapped[int] = mapped_column(db.Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(10))  # see, correct, withdraw, delete
    note: Mapped[str] = mapped_column(String(1000), default="")
    asked_on: Mapped[date]
    due: Mapped[date]
    done_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(String(20), default="")  # done, refused
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime]

    def urgency(self, today: date) -> str:
        """late, soon or open; empty when it is closed."""
        if self.done_at is not None:
            return ""
        return "late" if self.due < today else "soon" if self.due - today <= SOON else "open"


@dataclass(frozen=True)
class Asked:
    """A request and who asked. ``name`` is empty once the person was deleted."""

    request: Request
    name: str


def ask(person: Person, kind: str, note: str, asked_on: date, by: Staff) -> Request:
    """Write down a request on the day it was made. Raises Refused."""
    if kind not in DEADLINES:
        raise Refused("rights.unknown_kind")
    if asked_on > today_in_vietnam():
        raise Refused("rights.asked_later", day=asked_on)
    request = Request(
        person_id=person.id, kind=kind, note=note.strip()[:1000], asked_on=asked_on, due=DEADLINES[kind].due(asked_on),
        outcome="", staff_id=by.id, created_at=db.clock(),
    )  # fmt: skip
    db.session().add(request)
    db.session().flush()
    history.record("rights.asked", by, person=person.id, request=request.id, kind=kind)
    return request


def close(request: Request, outcome: str, words: str, by: Staff) -> None:
    """It was done, or refused with a reason. Raises Refused: somebody closed it before, or the reason is missing."""
    words = words.strip()[:480]
    if outcome not in (DONE, REFUSED):
        raise Refused("rights.unknown_outcome")
    if outcome == REFUSED and not any(char.isalpha() for char in words):
        raise Refused("rights.no_reason")
    note = f"{request.note[:500]}\n→ {words}".strip() if words else request.note
    query = update(Request).where(Request.id == request.id, Request.done_at.is_(None))
    if db.change(query.values(done_at=db.clock(), outcome=outcome, note=note, staff_id=by.id)) == 0:
        raise Refused("rights.already_closed")
    history.record(f"rights.{outcome}", by, person=request.person_id, request=request.id, kind=request.kind)


def find(request_id: int) -> Request | None:
    return db.session().get(Request, request_id)


def open_requests(limit: int = 200) -> list[Asked]:
    """What is still to be done, the nearest deadline first."""
    query = _asked().where(Request.done_at.is_(None)).order_by(Request.due, Request.id).limit(limit)
    return [Asked(row[0], row[1]) for row in db.session().execute(query)]


def closed(limit: int = 100) -> list[Asked]:
    """What was done or refused, the newest first."""
    query = _asked().where(Request.done_at.is_not(None)).order_by(Request.done_at.desc()).limit(limit)
    return [Asked(row[0], row[1]) for row in db.session().execute(query)]


def _asked() -> Select[Request, str]:
    return select(Request, Person.name).join(Person, Person.id == Request.person_id)


def late_count(today: date) -> int:
    """Requests whose deadline has passed."""
    query = select(func.count()).select_from(Request).where(Request.done_at.is_(None), Request.due < today)
    return int(db.session().scalar(query) or 0)


def open_of(person_id: int) -> list[Request]:
    query = select(Request).where(Request.person_id == person_id, Request.done_at.is_(None))
    return list(db.session().scalars(query.order_by(Request.due, Request.id)))
