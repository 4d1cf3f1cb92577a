"""A staff account: who may log in, as what, and for which communes."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import ForeignKey, String, func, select
from sqlalchemy.orm import Mapped, mapped_column

from service import db
from service.refused import Refused
from service.staff import history
from service.staff.passwords import TOO_COMMON
from service.staff.roles import ROLES

MIN_PASSWORD = 12
TRIES_BEFORE_LOCK = 5
FIRST_LOCK, LONGEST_LOCK = timedelta(seconds=30), timedelta(minutes=15)

# OWASP's recommendation for argon2id (19 MiB, two passes, one thread): an office PC answers in a few hundredths of a second.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# Of a password that was thrown away: compared when the account is unknown, so that both answers take as long.
_NO_ONE = "$argon2id$v=19$m=19456,t=2,p=1$zz1D0kGxnZE8HKFAtP5QFg$yZWVPWDbKBhk5tmKw5RCbNo9WpSebN886+2JiK3EbeI"


class Staff(db.Base):
    __tablename__ = "staff"

    id: Mapped[int] = mapped_column(db.Id, primary_key=True)
    email: Mapped[str] = mapped_column(String(200), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20))
    password_hash: Mapped[str] = mapped_column(String(200))
    must_change_password: Mapped[bool] = mapped_column(default=True)
    active: Mapped[bool] = mapped_column(default=True)
    language: Mapped[str] = mapped_column(String(5), default="vi")
    failed_logins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    session_epoch: Mapped[int] = mapped_column(default=0)  # raised to end all sessions of this account
    created_at: Mapped[datetime]


class StaffArea(db.Base):
    """The communes an officer works for."""

    __tablename__ = "staff_area"

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), primary_key=True)


def find(staff_id: int) -> Staff | None:
    return db.session().get(Staff, staff_id)


def find_by_email(email: str) -> Staff | None:
    return db.session().scalar(select(Staff).where(Staff.email == _tidy(email)))


def listed() -> list[Staff]:
    return list(db.session().scalars(select(Staff).order_by(Staff.active.desc(), Staff.email)))


def anyone() -> bool:
    return bool(db.session().scalar(select(func.count()).select_from(Staff)))


def areas_of(staff: Staff) -> list[int]:
    return list(db.session().scalars(select(StaffArea.area_id).where(StaffArea.staff_id == staff.id)))


def add(email: str, name: str, role: str, areas: list[int], by: Staff | None) -> tuple[Staff, str]:
    """Make an account, or give an existing one a new role and password. Returns it with its one-time password."""
    email = _tidy(email)
    if role not in ROLES:
        raise Refused("staff.unknown_role", role=role, roles=", ".join(ROLES))
    if "@" not in email or len(email) > 200:
        raise Refused("staff.bad_email", email=email)
    session, password = db.session(), secrets.token_urlsafe(12)
    staff = find_by_email(email)
    if staff is None:
        staff = Staff(email=email, name=name or email.split("@")[0], role=role, created_at=db.clock())
        session.add(staff)
    staff.role, staff.active, staff.must_change_password = role, True, True
    staff.password_hash, staff.locked_until, staff.failed_logins = _hasher.hash(password), None, 0
    staff.session_epoch = (staff.session_epoch or 0) + 1
    session.flush()
    _set_areas(staff, areas)
    history.record("staff.added", by, staff=staff.id, email=email, role=role)
    return staff, password


def _set_areas(staff: Staff, areas: list[int]) -> None:
    session = db.session()
    for row in session.scalars(select(StaffArea).where(StaffArea.staff_id == staff.id)):
        session.delete(row)
    session.flush()
    session.add_all(StaffArea(staff_id=staff.id, area_id=area) for area in set(areas))
    session.flush()


def deactivate(staff: Staff, by: Staff) -> None:
    """End an account and all its sessions. Nobody can end his own."""
    if staff.id == by.id:
        raise Refused("staff.not_yourself")
    staff.active = False
    staff.session_epoch += 1
    history.record("staff.deactivated", by, staff=staff.id)


def knows_password(email: str, password: str) -> bool:
    """Is it this account's password? Slow on purpose, and as slow for unknown accounts: not for inside a transaction."""
    staff = find_by_email(email)
    return _matches(staff.password_hash if staff is not None else _NO_ONE, password) and staff is not None


def admit(email: str, right: bool) -> Staff | None:
    """The account, if the password was right. Counts failures and locks for longer each time; commit either way."""
    staff, now = find_by_email(email), db.clock()
    if staff is not None and staff.locked_until is not None and staff.locked_until > now:
        raise Refused("staff.locked", until=staff.locked_until)
    if staff is None or not staff.active:
        return None
    if right:
        staff.failed_logins, staff.locked_until = 0, None
        return staff
    staff.failed_logins += 1
    beyond = staff.failed_logins - TRIES_BEFORE_LOCK
    if beyond >= 0:
        staff.locked_until = now + min(FIRST_LOCK * 2 ** min(beyond, 10), LONGEST_LOCK)
        history.record("staff.locked", None, staff=staff.id)
    return None


def _matches(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def change_password(staff: Staff, password: str) -> None:
    """Set a password the person chose. Ends other sessions. Raises Refused when it is short or well known."""
    if len(password) < MIN_PASSWORD:
        raise Refused("staff.short_password", least=MIN_PASSWORD)
    if password.lower() in TOO_COMMON or len(set(password)) < 5:
        raise Refused("staff.common_password")
    staff.password_hash = _hasher.hash(password)
    staff.must_change_password = False
    staff.session_epoch += 1
    history.record("staff.password_changed", staff)


def _tidy(email: str) -> str:
    return email.strip().lower()
