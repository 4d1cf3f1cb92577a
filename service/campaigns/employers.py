"""An employer: who offers the work, with which licence, and who on our side checked it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, select
from sqlalchemy.orm import Mapped, mapped_column

from service import db
from service.refused import Refused
from service.staff import history
from service.staff.accounts import Staff
from service.text.vietnamese import search_key


class Employer(db.Base):
    __tablename__ = "employer"

    id: Mapped[int] = mapped_column(db.Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    search_key: Mapped[str] = mapped_column(String(200), unique=True)
    address: Mapped[str] = mapped_column(String(300), default="")
    contact: Mapped[str] = mapped_column(String(300), default="")
    licence_number: Mapped[str] = mapped_column(String(60), default="")  # Law 69/2020: needed for work abroad
    licence_until: Mapped[date | None]
    checked_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    checked_at: Mapped[datetime | None]
    checked_how: Mapped[str] = mapped_column(String(300), default="")  # where and with what papers
    created_at: Mapped[datetime]


class EmployerPaper(db.Base):
    """A scanned licence, order or contract."""

    __tablename__ = "employer_paper"
    __table_args__ = (Index("ix_employer_paper_employer", "employer_id"),)

    id: Mapped[int] = mapped_column(db.Id, primary_key=True)
    employer_id: Mapped[int] = mapped_column(ForeignKey("employer.id"))
    filename: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(30))  # application/pdf, image/jpeg, image/png
    data: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    sha256: Mapped[str] = mapped_column(String(64))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime]


def find(employer_id: int) -> Employer | None:
    return db.session().get(Employer, employer_id)


def listed() -> list[Employer]:
    return list(db.session().scalars(select(Employer).order_by(Employer.search_key)))


def save(
    employer: Employer | None,
    name: str,
    address: str,
    contact: str,
    licence: tuple[str, date | None],
    by: Staff,
) -> Employer:
    """Make or change an employer. A change of name or licence has to be checked anew. Raises Refused."""
    name = " ".join(name.split())
    key = search_key(name)
    if not key:
        raise Refused("employer.no_name")
    same = db.session().scalar(select(Employer).where(Employer.search_key == key))
    if same is not None and (employer is None or same.id != employer.id):
        raise Refused("employer.exists", name=same.name)
    if employer is None:
        employer = Employer(name=name, search_key=key, created_at=db.clock())
        db.session().add(employer)
    elif (employer.search_key, employer.licence_number, employer.licence_until) != (key, *licence):
        employer.checked_by, employer.checked_at = None, None
    employer.name, employer.search_key, employer.address, employer.contact = name, key, address, contact
    employer.licence_number, employer.licence_until = licence
    db.session().flush()
    history.record("employer.saved", by, employer=employer.id)
    return employer


def mark_checked(employer: Employer, by: Staff) -> None:
    """A person looked at the papers and says that this employer is real."""
    employer.checked_by, employer.checked_at = by.id, db.clock()
    history.record("employer.checked", by, employer=employer.id)
