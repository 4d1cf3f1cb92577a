"""An employer: who offers the work, with which licence and papers, and who on our side checked it, when and how."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import PurePath

from sqlalchemy import ForeignKey, Index, LargeBinary, String, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from service import db
from service.refused import Refused
from service.registry import consent
from service.staff import history
from service.staff.accounts import Staff
from service.text.vietnamese import one_line, search_key
from service.text.words import today_in_vietnam

WARN_DAYS = 30  # before a licence runs out
LEAST_HOW = 10  # letters that say how somebody checked
LARGEST_PAPER = 5 * 2**20  # bytes
MOST_PAPERS = 20


class Employer(db.Base):
    __tablename__ = "employer"

    id: Mapped[int] = mapped_column(db.Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    search_key: Mapped[str] = mapped_column(String(200), unique=True)
    address: Mapped[str] = mapped_column(String(300), default="")
    contact: Mapped[str] = mapped_column(String(300), default="")
    licence_number: Mapped[str] = mapped_column(String(60), default="")  # Law 69/2020: needed for work abroad
    licence_until: Mapped[date | None]
    entered_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # who wrote name and licence
    checked_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    checked_at: Mapped[datetime | None]
    checked_how: Mapped[str] = mapped_column(String(300), default="")  # where and with what papers
    created_at: Mapped[datetime]

    @property
    def fingerprint(self) -> str:
        """What is checked: when it changes, the check is void."""
        facts = f"{self.search_key}|{self.licence_number}|{self.licence_until}"
        return hashlib.sha256(facts.encode()).hexdigest()[:16]


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


@dataclass(frozen=True)
class Standing:
    """How it stands with an employer. ``licence``: "" (none), valid, expiring, expired; ``days`` until it runs out."""

    checked: bool
    licence: str
    days: int = 0

    @property
    def need(self) -> tuple[int, int]:
        """What has to be done first comes first."""
        if not self.checked:
            return 0, 0
        order = {"expired": 1, "expiring": 2}.get(self.licence, 3)
        return order, self.days if order < 3 else 0


def find(employer_id: int) -> Employer | None:
    return db.session().get(Employer, employer_id)


def listed() -> list[Employer]:
    return list(db.session().scalars(select(Employer).order_by(Employer.search_key)))


def standing(employer: Employer, today: date) -> Standing:
    """Checked or not, and what its licence is worth today. A licence holds on its last day."""
    checked, until = employer.checked_at is not None, employer.licence_until
    if not employer.licence_number or until is None:
        return Standing(checked, "")
    days = (until - today).days
    word = "expired" if days < 0 else "expiring" if days <= WARN_DAYS else "valid"
    return Standing(checked, word, days)


def by_need(today: date) -> list[tuple[Employer, Standing]]:
    """All employers, those first for which somebody has to do something."""
    found = [(one, standing(one, today)) for one in listed()]
    return sorted(found, key=lambda pair: pair[1].need)  # the names stay in order where the need is the same


def expiring(within_days: int = WARN_DAYS, today: date | None = None) -> list[Employer]:
    """Whose licence runs out within so many days, or did so within as many: a warning that nobody heeds goes away."""
    today, span = today or today_in_vietnam(), timedelta(days=within_days)
    query = select(Employer).where(
        Employer.licence_number != "", Employer.licence_until.between(today - span, today + span)
    )
    return list(db.session().scalars(query.order_by(Employer.licence_until, Employer.search_key)))


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
    if employer is not None:
        employer = _held(employer)  # somebody may be checking it at this moment
    if employer is None:
        employer = Employer(name=name, search_key=key, entered_by=by.id, created_at=db.clock())
        db.session().add(employer)
    elif (employer.search_key, employer.licence_number, employer.licence_until) != (key, *licence):
        employer.checked_by, employer.checked_at, employer.checked_how = None, None, ""
        employer.entered_by = by.id
    employer.name, employer.search_key, employer.address, employer.contact = name, key, address, contact
    employer.licence_number, employer.licence_until = licence
    db.session().flush()
    history.record("employer.saved", by, employer=employer.id)
    return employer


def mark_checked(employer: Employer, by: Staff, how: str, seen: str = "") -> None:
    """A person looked at the papers and says that this employer is real, and how that was found out.

    ``seen``: the fingerprint of what was on the page; somebody may have changed the licence since. Raises Refused.
    """
    words = one_line(how)[:300]
    if sum(char.isalnum() for char in words) < LEAST_HOW:
        raise Refused("employer.no_how")
    held = _held(employer)
    if seen and held.fingerprint != seen:
        raise Refused("employer.changed_meanwhile", name=held.name)
    held.checked_by, held.checked_at, held.checked_how = by.id, db.clock(), words
    db.session().flush()
    history.record("employer.checked", by, employer=held.id)


def _held(employer: Employer) -> Employer:
    """The employer as it is now, held until the end of the transaction."""
    query = select(Employer).where(Employer.id == employer.id).with_for_update()
    return db.session().execute(query.execution_options(populate_existing=True)).scalar_one()


# ---------------------------------------------------------------------------------------------------------- papers


def papers(employer_id: int) -> list[EmployerPaper]:
    """The scanned papers without what is in them, the newest first."""
    query = select(EmployerPaper).where(EmployerPaper.employer_id == employer_id)
    return list(db.session().scalars(query.order_by(EmployerPaper.id.desc())))


def find_paper(employer_id: int, paper_id: int) -> EmployerPaper | None:
    paper = db.session().get(EmployerPaper, paper_id)
    return paper if paper is not None and paper.employer_id == employer_id else None


def add_paper(employer: Employer, filename: str, data: bytes, by: Staff) -> EmployerPaper:
    """Keep a scanned paper: PDF, JPEG or PNG by what it begins with. The same one is kept once. Raises Refused."""
    kind = consent.kind_of_scan(data)
    if len(data) > LARGEST_PAPER:
        raise Refused("employer.paper_too_large", most=f"{LARGEST_PAPER // 2**20} MB")
    if kind is None:
        raise Refused("employer.not_a_paper")
    kept, digest = papers(employer.id), hashlib.sha256(data).hexdigest()
    for paper in kept:
        if paper.sha256 == digest:
            return paper
    if len(kept) >= MOST_PAPERS:
        raise Refused("employer.too_many_papers", most=MOST_PAPERS)
    name = one_line(PurePath(filename.replace("\\", "/")).name)[-200:] or "scan"
    paper = EmployerPaper(
        employer_id=employer.id, filename=name, kind=kind, data=data, sha256=digest, staff_id=by.id,
        created_at=db.clock(),
    )  # fmt: skip
    db.session().add(paper)
    db.session().flush()
    history.record("employer.paper_added", by, employer=employer.id, paper=paper.id)
    return paper


def remove_paper(paper: EmployerPaper, by: Staff) -> None:
    """Away with a paper that was put here by mistake."""
    db.change(delete(EmployerPaper).where(EmployerPaper.id == paper.id))
    history.record("employer.paper_removed", by, employer=paper.employer_id, paper=paper.id)
