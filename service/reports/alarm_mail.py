"""Telling alarms: by e-mail to the administrator, or into ``alarms.log`` in the data folder where there is no mail server.

A mail server that is down holds up nothing: short time-outs, no transaction open meanwhile, and the next try in minutes.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from urllib.parse import unquote, urlsplit

import structlog

from service import db, settings
from service.reports import alarms
from service.reports.alarm_words import WORDS
from service.reports.alarms import Alarm
from service.settings import Settings
from service.text.words import moment

PATIENCE_S = 5.0

log = structlog.get_logger()


def tell() -> int:
    """Tell what nobody was told yet. Returns how many alarms; 0 also when the mail server did not take it."""
    with db.transaction():
        taken = alarms.take_untold(db.clock())
    if not taken:
        return 0
    try:
        _hand_over(taken, settings.get())
    except (OSError, smtplib.SMTPException) as problem:  # tried again when the lease ends
        log.error("alarms.not_told", problem=type(problem).__name__, alarms=len(taken))
        return 0
    with db.transaction():
        alarms.told(taken, db.clock())
    return len(taken)


def _hand_over(taken: Sequence[Alarm], known: Settings) -> None:
    lines = [line(alarm) for alarm in taken]
    if known.smtp_url:
        send(_mail(lines, known), known.smtp_url)
        return
    with (known.data / "alarms.log").open("a", encoding="utf-8") as file:
        file.writelines(f"{moment(db.clock())} {said}\n" for said in lines)


def line(alarm: Alarm) -> str:
    """One alarm in two sentences, in Vietnamese: a mail has no switch for languages."""
    words = WORDS[alarm.code]
    what = words.what % alarm.values
    where = f" [{alarm.machine}]" if alarm.machine else ""
    if alarm.over_at is not None:
        return f"Đã hết: {what}{where}"
    again = "Vẫn còn: " if alarm.told_at is not None else ""
    return f"{again}{what}{where} {words.do} (từ {moment(alarm.since)})"


def _mail(lines: Sequence[str], known: Settings) -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"] = f"[Loa Bản] {lines[0]}" if len(lines) == 1 else f"[Loa Bản] {len(lines)} điều cần biết"
    mail["From"], mail["To"] = known.alarm_from, ", ".join(known.alarm_to)
    mail["Date"], mail["Message-ID"] = formatdate(), make_msgid(domain="loaban.invalid")
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content("\n\n".join([*lines, f"{known.public_url}/system"]) + "\n")
    return mail


def send(mail: EmailMessage, url: str) -> None:
    """Raises OSError or SMTPException."""
    with _entered(url) as server:
        server.send_message(mail)


def greet(url: str) -> None:
    """Come in and go again. Raises OSError or SMTPException."""
    with _entered(url) as server:
        server.noop()


@contextmanager
def _entered(url: str) -> Iterator[smtplib.SMTP]:
    """A connection to the server: ``smtps://`` encrypted from the first byte, ``smtp://`` by STARTTLS, which must work,
    ``smtp+plain://`` not at all (for a relay on this machine)."""
    parts = urlsplit(url)
    host = parts.hostname or "localhost"
    context = ssl.create_default_context()
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, parts.port or 465, timeout=PATIENCE_S, context=context)
    else:
        server = smtplib.SMTP(host, parts.port or (587 if parts.scheme == "smtp" else 25), timeout=PATIENCE_S)
    with server:
        if parts.scheme == "smtp":
            server.starttls(context=context)
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        yield server
