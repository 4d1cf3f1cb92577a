"""The doctor: looks at what Loa Bản needs, as a carrier and a browser would, and says how to mend what is missing."""

from __future__ import annotations

import smtplib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode

import urllib3
from sqlalchemy.exc import SQLAlchemyError

from service import bell, db, hooks, migrate, settings
from service.carriers import directory
from service.carriers.base import CarrierError
from service.reports import alarm_mail, alarms
from service.sending import gates, guards, installation, locks, machines, restored, stop_file
from service.settings import Settings

PATIENCE_S = 10.0


@dataclass(frozen=True)
class Finding:
    """``says``: how it is, and when it is not well, what to do."""

    what: str
    well: bool
    says: str

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def findings() -> Iterator[Finding]:
    """One after the other, as soon as each is known. Never raises: what cannot be looked at is not well."""
    known = settings.get()
    for what, look in EXAMINATIONS.items():
        try:
            well, says = look(known)
        except Exception as problem:
            well, says = False, f"could not be looked at ({type(problem).__name__})"
        finally:
            _leave_database()
        yield Finding(what, well, says)


def _leave_database() -> None:
    try:
        db.end_reading()
    except SQLAlchemyError:
        return


def _data_folder(known: Settings) -> tuple[bool, str]:
    if stop_file.lies_there():
        return False, f"the file {stop_file.path()} stops all sending; remove it when all is well"
    free, least = guards.free_bytes(known.data), guards.LEAST_FREE
    if free < least:
        return (
            False,
            f"{_mb(free)} are free in {known.data}, less than {_mb(least)}: nothing is sent; make room",
        )
    return True, f"{known.data}, {_mb(free)} free"


def _mb(size: int) -> str:
    return f"{size // 1_000_000:,} MB"


def _database(_known: Settings) -> tuple[bool, str]:
    try:
        current = migrate.is_current()
    except SQLAlchemyError as problem:
        return False, f"does not answer ({type(problem).__name__}); check DATABASE_URL"
    return current, "at its newest shape" if current else "run ./loa migrate"


def _clock(known: Settings) -> tuple[bool, str]:
    """This machine's clock beside the database's and the carrier's."""
    apart = {"the database": abs(db.clock() - datetime.now(UTC))}
    try:
        said = _ask("GET", known.twilio.api_url).headers.get("Date", "")
        apart["the carrier"] = abs(parsedate_to_datetime(said) - datetime.now(UTC))
    except (urllib3.exceptions.HTTPError, TypeError, ValueError):
        pass  # nobody there, or it says no time: the carrier's own finding tells
    for whose, difference in apart.items():
        if difference > guards.CLOCKS_APART:
            return False, f"differs by {difference.total_seconds():.0f} s from that of {whose}; set the clock"
    return True, f"agrees with {' and '.join(apart)}"


def _machines(_known: Settings) -> tuple[bool, str]:
    """What several machines have to share, and whether one of them is gone with messages on the wire."""
    now = db.clock()
    differing, lost = machines.differences(now), machines.lost(now)
    if differing:
        what = ", ".join(f"{one.setting} (machine {one.machine})" for one in differing)
        return (
            False,
            f"set differently on another machine: {what}; the table in docs/install.md says what is shared",
        )
    if lost:
        return (
            False,
            f"not seen any more, with messages on the wire: machine {', '.join(lost)}; start it, or see docs/operate.md",
        )
    others = [name for name in machines.at_work(now) if name != locks.machine()]
    return True, f"set as this one: {', '.join(others)}" if others else "no other is at work"


def _redis(known: Settings) -> tuple[bool, str]:
    if not known.redis_url:
        return False, "none runs; ./loa run starts one, or set REDIS_URL"
    heard = bell.heard()
    return heard, "answers" if heard else "does not answer; check REDIS_URL"


def _carrier(known: Settings) -> tuple[bool, str]:
    """Log in and read a list; nothing is sent."""
    carrier = directory.get(directory.DEFAULT)
    where = "the rehearsal village" if known.rehearsal else "the carrier"
    try:
        carrier.find(known.twilio.sms_from, datetime.now(UTC))
    except CarrierError as error:
        help_ = (
            "./loa run starts it"
            if known.rehearsal
            else "check TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and the network"
        )
        return False, f"{where} refuses or does not answer ({error.code}); {help_}"
    return True, f"{where} lets us in"


def _gates(_known: Settings) -> tuple[bool, str]:
    shut = [f"{gate.carrier} ({gate.reason})" for gate in gates.listed() if not gate.is_open]
    if shut:
        return (
            False,
            f"closed: {', '.join(shut)}; mend the reason, then an administrator opens it under Hệ thống",
        )
    return True, "open"


def _installation(known: Settings) -> tuple[bool, str]:
    """Is this the machine of this database, and is the database the newest that this machine knows?"""
    if installation.is_foreign() and not known.rehearsal:
        return (
            False,
            "this machine does not belong to this database, so it sends nothing; a copy must stay so. A further machine"
            " of the office, or a new one whose forerunner is switched off: ./loa join",
        )
    if restored.is_behind(directory.names()):
        return (
            False,
            "the database was put back from a backup; nothing is sent before ./loa clock has looked at it",
        )
    sought = restored.count()
    if sought:
        return (
            False,
            f"a backup was put back: {sought} unsent messages are looked for at the carrier; wait, then open the channel"
            " under Hệ thống, and launch no campaign again before you looked at the carrier's page",
        )
    return True, "this machine and this database belong together"


def _processes(_known: Settings) -> tuple[bool, str]:
    """Clock and workers, by their heartbeats."""
    most, beat = alarms.SILENT.total_seconds(), machines.newest()
    clock = (db.clock() - beat).total_seconds() if beat is not None else None
    worker = bell.workers_silent_s()
    lacking = [
        f"no ./loa {name} works" + (f" (the last {age:.0f} s ago)" if age is not None else "")
        for name, age in {"clock": clock, "worker": worker if bell.heard() else 0.0}.items()
        if age is None or age > most
    ]
    if lacking:
        return False, f"{' and '.join(lacking)}; start it, or ./loa run"
    return True, "the clock and a worker are at work"


def _mail(known: Settings) -> tuple[bool, str]:
    """Log in to the mail server; nothing is sent."""
    if not known.smtp_url:
        return (
            True,
            f"alarms are written to {known.data / 'alarms.log'}; set LOA_SMTP_URL to get them by e-mail",
        )
    try:
        alarm_mail.greet(known.smtp_url)
    except (OSError, smtplib.SMTPException) as problem:
        return False, f"the mail server does not let us in ({type(problem).__name__}); check LOA_SMTP_URL"
    return True, f"the mail server lets us in; alarms go to {len(known.alarm_to)}"


def _public_address(known: Settings) -> tuple[bool, str]:
    advice = (
        "start ./loa run, or set PUBLIC_URL to the address at which browsers and carriers reach this service"
    )
    try:
        answer = _ask("GET", known.public_url + "/healthz")
        ours = {"status", "database", "redis"} <= set(answer.json())
    except (urllib3.exceptions.HTTPError, ValueError):
        ours = False
    return (
        ours,
        f"{known.public_url} answers" if ours else f"Loa Bản does not answer at {known.public_url}; {advice}",
    )


def _signature(known: Settings) -> tuple[bool, str]:
    """A call as the carrier would sign it, from outside through the public address, and one that is not signed."""
    form = {"Body": "kiểm tra"}
    signed = directory.get(directory.DEFAULT).sign(hooks.CHECK_PATH, form)
    url = known.public_url + hooks.CHECK_PATH
    try:
        right, wrong = _ask("POST", url, form, signed).status, _ask("POST", url, form, {}).status
    except urllib3.exceptions.HTTPError:
        return False, "not looked at: the public address does not answer"
    if wrong != 403:
        return (
            False,
            f"a call without a signature was answered with {wrong}; let nobody reach {url} until it is mended",
        )
    if right != 200:
        return (
            False,
            "what the carrier signs is refused: PUBLIC_URL and TWILIO_AUTH_TOKEN must be those of the web process",
        )
    return True, "what the carrier signs is accepted, anything else refused"


def _ask(
    method: str, url: str, form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
) -> urllib3.BaseHTTPResponse:
    body = urlencode(form) if form is not None else None
    kind = {"Content-Type": "application/x-www-form-urlencoded"} if body is not None else {}
    sent = {**kind, **(headers or {})}
    return urllib3.request(
        method, url, body=body, headers=sent, timeout=PATIENCE_S, retries=False, redirect=False
    )


EXAMINATIONS: dict[str, Callable[[Settings], tuple[bool, str]]] = {
    "data folder": _data_folder,
    "database": _database,
    "installation": _installation,
    "clock": _clock,
    "machines": _machines,
    "redis": _redis,
    "carrier": _carrier,
    "sending": _gates,
    "public address": _public_address,
    "signature": _signature,
    "mail": _mail,
    "processes": _processes,
}
