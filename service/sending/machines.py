"""Machines that work on this database. Each says every minute that it is there, and by marks of what it has to share.

A machine with a SECRET_KEY of its own would send messages whose reports the web process of another one refuses.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import JSON, String, func, select
from sqlalchemy.orm import Mapped, mapped_column

from service import db, settings
from service.sending import locks, messages
from service.settings import Settings

HERE = timedelta(minutes=3)  # since it was last seen; it says so every minute
SECRET = "SECRET_KEY"  # noqa: S105  (the name of the setting)


class Machine(db.Base):
    __tablename__ = "machine"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    marks: Mapped[dict[str, str]] = mapped_column(JSON)
    seen_at: Mapped[datetime]


@dataclass(frozen=True)
class Difference:
    """A machine that is at work here and has been set differently in something that all have to share."""

    machine: str
    setting: str


def marks(known: Settings) -> dict[str, str]:
    """Setting → a word that is the same on two machines when the setting is, and from which nobody reads it."""
    shared = {
        SECRET: "",
        "PUBLIC_URL": known.public_url,
        "TWILIO_ACCOUNT_SID": known.twilio.account_sid,
        "TWILIO_AUTH_TOKEN": known.twilio.auth_token,
        "TWILIO_SMS_FROM": known.twilio.sms_from,
        "TWILIO_SMS_PER_SECOND": str(known.twilio.sms_per_second),
    }
    return {name: _mark(known.secret_key, f"{name}={value}") for name, value in shared.items()}


def _mark(key: str, text: str) -> str:
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()[:16]


def report(now: datetime) -> int:
    """This machine is there. Returns how many settings differ from those of another one."""
    row = {"name": locks.machine(), "marks": marks(settings.get()), "seen_at": now}
    statement = db.upsert(Machine).values(row)
    known = {"marks": statement.excluded.marks, "seen_at": statement.excluded.seen_at}
    db.change_many(statement.on_conflict_do_update(index_elements=["name"], set_=known))
    return len(differences(now))


def differences(now: datetime) -> list[Difference]:
    """What other machines at work have set differently. Where the secret differs nothing else can be compared."""
    ours = marks(settings.get())
    found: list[Difference] = []
    query = select(Machine).where(Machine.seen_at > now - HERE, Machine.name != locks.machine())
    for machine in db.session().scalars(query.order_by(Machine.name)):
        differing = [name for name, mark in ours.items() if machine.marks.get(name) != mark]
        found += [Difference(machine.name, name) for name in ([SECRET] if SECRET in differing else differing)]
    return found


def at_work(now: datetime) -> list[str]:
    """The names of the machines that were seen lately."""
    return list(
        db.session().scalars(select(Machine.name).where(Machine.seen_at > now - HERE).order_by(Machine.name))
    )


def newest() -> datetime | None:
    """When the clock of any machine was last at work; none: never."""
    found: datetime | None = db.session().scalar(select(func.max(Machine.seen_at)))
    return found


def lost(now: datetime) -> list[str]:
    """Machines that are not seen any more and left messages on the wire: only their own sweep may judge their workers."""
    there = at_work(now)
    names = {name.split("-")[0] for name in messages.workers_sending()}
    return sorted(names - {*there, locks.machine()})
