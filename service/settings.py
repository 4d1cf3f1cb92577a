"""Everything that can be set from outside, read once, checked, and refused in one sentence when wrong."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import re
import secrets
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from environs import Env, EnvError, validate

from service.logs import LEVELS

ROOT = Path(__file__).resolve().parent.parent
REHEARSAL_SID = "AC" + "0" * 31 + "1"
REHEARSAL_SENDER, REHEARSAL_NUMBER = "+84219000000", "0219 000 000"
LEAST_KEY = 32  # characters
ALL_DAY = "00:00-24:00"
VOICE = "Google.vi-VN-Wavenet-A"
OFFICE_HOURS = "07:30-17:00"
LAWFUL_SMS_HOURS = "07:00-22:00"  # Decree 91/2020, strict reading: advertising by SMS


class SettingsError(Exception):
    """One sentence for the person who starts the program."""


@dataclass(frozen=True)
class Twilio:
    """What the Twilio carrier needs. ``previous_token`` is still accepted on hooks while a token is changed."""

    account_sid: str
    auth_token: str = field(repr=False)
    previous_token: str = field(repr=False)
    sms_from: str
    voice_from: str
    api_url: str
    sms_per_second: float
    calls_per_second: float
    read_timeout_s: float = 20.0  # after that nobody knows what became of a request
    templates: tuple[str, ...] = ()  # registered for our sender; none: the carrier asks for none
    voice_name: str = VOICE  # reads Vietnamese out in calls


@dataclass(frozen=True)
class MissedCalls:
    """``number``: whom villagers let ring, as the texts say it; empty: nobody. ``keys``: the gateway beside that SIM signs
    with the first; the second, from before, is still accepted. Without a key nothing is believed."""

    number: str
    keys: tuple[str, str] = field(repr=False)


class Most(NamedTuple):
    """Contacts of one phone in a day and in seven."""

    per_day: int
    per_week: int


@dataclass(frozen=True)
class Settings:
    """The whole of what can be set. Times of day are minutes after midnight in Vietnam, money is in đồng."""

    data: Path
    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    secret_key: str = field(repr=False)
    public_url: str
    village_url: str
    rehearsal: bool
    twilio: Twilio
    sms_hours: tuple[int, int]
    sms_price_vnd: int
    sms_per_phone_per_day: int
    sms_per_phone_per_week: int
    calls_per_phone_per_day: int
    calls_per_phone_per_week: int
    cap_day_vnd: int  # 0: none
    cap_month_vnd: int
    breaker_rest_s: float
    approval_above: int
    approval_above_vnd: int
    office_name: str
    hotline: str
    officer_number: str  # E.164; none: key 0 in a call connects to nobody
    office_hours: tuple[int, int]
    missed_calls: MissedCalls
    metrics_token: str = field(repr=False)
    smtp_url: str = field(repr=False)
    alarm_to: tuple[str, ...]
    alarm_from: str
    log_level: str

    def most_contacts(self, channel: str) -> Most:
        """How often one phone may be written to (``sms``), or called (``voice``)."""
        if channel == "voice":
            return Most(self.calls_per_phone_per_day, self.calls_per_phone_per_week)
        return Most(self.sms_per_phone_per_day, self.sms_per_phone_per_week)

    @property
    def secure_cookies(self) -> bool:
        return self.public_url.startswith("https://")


def parse_hours(text: str) -> tuple[int, int]:
    """``"07:00-22:00"`` → ``(420, 1320)``, minutes after midnight. Raises ValueError."""
    start, end = (_minutes(part) for part in text.split("-"))
    if not 0 <= start < end <= 24 * 60:
        raise ValueError(text)
    return start, end


def _minutes(clock: str) -> int:
    hours, minutes = clock.strip().split(":")
    if not 0 <= int(minutes) < 60:
        raise ValueError(clock)
    return int(hours) * 60 + int(minutes)


def load() -> Settings:
    """Read environment and ``.env``. Raises SettingsError with one sentence that says what to change."""
    env = Env()
    file = os.environ.get("LOA_ENV_FILE", str(ROOT / ".env"))
    if file:  # empty: the environment alone counts
        env.read_env(file, recurse=False)
    try:
        return _read(env)
    except (EnvError, ValueError) as problem:
        raise SettingsError(f"A setting is wrong: {str(problem).rstrip('.')}. See .env.example.") from problem


def _read(env: Env) -> Settings:
    data = _data_folder(env.str("LOA_DATA", "data"))
    _make_data_folder(data)
    public_url = _url(env, "PUBLIC_URL", "http://127.0.0.1:8000")
    village_url = _url(env, "VILLAGE_URL", "http://127.0.0.1:8100")
    rehearsal = not env.str("TWILIO_ACCOUNT_SID", "")
    secret_key = env.str("SECRET_KEY", "") or _kept_secret(data / "secret_key")
    database_url = env.str("DATABASE_URL", "") or f"sqlite:///{data / 'loa.sqlite3'}"
    return Settings(
        data=data,
        database_url=_database_url(database_url),
        redis_url=env.str("REDIS_URL", "") or _own_valkey(data),
        secret_key=secret_key,
        public_url=public_url,
        village_url=village_url,
        rehearsal=rehearsal,
        twilio=_rehearsal_twilio(env, secret_key, village_url) if rehearsal else _live_twilio(env),
        sms_hours=_hours(env, "LOA_SMS_HOURS", ALL_DAY if rehearsal else LAWFUL_SMS_HOURS),
        sms_price_vnd=env.int("LOA_SMS_PRICE_VND", 800, validate=validate.Range(min=0)),
        sms_per_phone_per_day=env.int("LOA_SMS_PER_PHONE_PER_DAY", 3, validate=validate.Range(min=1)),
        sms_per_phone_per_week=env.int("LOA_SMS_PER_PHONE_PER_WEEK", 7, validate=validate.Range(min=1)),
        calls_per_phone_per_day=env.int("LOA_CALLS_PER_PHONE_PER_DAY", 1, validate=validate.Range(min=1)),
        calls_per_phone_per_week=env.int("LOA_CALLS_PER_PHONE_PER_WEEK", 3, validate=validate.Range(min=1)),
        cap_day_vnd=env.int("LOA_CAP_DAY_VND", 0, validate=validate.Range(min=0)),
        cap_month_vnd=env.int("LOA_CAP_MONTH_VND", 0, validate=validate.Range(min=0)),
        breaker_rest_s=env.float("LOA_BREAKER_REST_S", 60.0, validate=validate.Range(min=1)),
        approval_above=env.int("LOA_APPROVAL_ABOVE", 200, validate=validate.Range(min=0)),
        approval_above_vnd=env.int("LOA_APPROVAL_ABOVE_VND", 400_000, validate=validate.Range(min=0)),
        office_name=env.str("LOA_OFFICE_NAME", "Phòng Văn hóa - Xã hội Mèo Vạc"),
        hotline=env.str("LOA_HOTLINE", "0219 300 0000"),
        officer_number=_number(env, "LOA_OFFICER_NUMBER"),
        office_hours=_hours(env, "LOA_OFFICE_HOURS", ALL_DAY if rehearsal else OFFICE_HOURS),
        missed_calls=_missed_calls(env, REHEARSAL_NUMBER if rehearsal else ""),
        metrics_token=env.str("LOA_METRICS_TOKEN", ""),
        smtp_url=_smtp_url(env.str("LOA_SMTP_URL", ""), env.str("LOA_ALARM_TO", "")),
        alarm_to=_addresses(env.str("LOA_ALARM_TO", "")),
        alarm_from=env.str("LOA_ALARM_FROM", "") or (_addresses(env.str("LOA_ALARM_TO", "")) or ("",))[0],
        log_level=env.str("LOA_LOG_LEVEL", "INFO", validate=validate.OneOf(list(LEVELS))),
    )


def _hours(env: Env, name: str, default: str) -> tuple[int, int]:
    text = env.str(name, default)
    try:
        return parse_hours(text)
    except ValueError as problem:
        raise SettingsError(f"{name} must look like 07:00-22:00, not {text!r}.") from problem


def _number(env: Env, name: str) -> str:
    number = env.str(name, "")
    if number and not re.fullmatch(r"\+[1-9][0-9]{6,14}", number):
        raise SettingsError(f"{name} must be a telephone number such as +84219000000.")
    return number


def _missed_calls(env: Env, number: str) -> MissedCalls:
    number = env.str("LOA_MISSED_CALL_NUMBER", number).strip()
    keys = env.str("LOA_MISSED_CALL_KEY", ""), env.str("LOA_MISSED_CALL_PREVIOUS_KEY", "")
    if number and not re.fullmatch(r"\+?[0-9][0-9 .-]{6,18}[0-9]", number, re.ASCII):
        raise SettingsError(f"LOA_MISSED_CALL_NUMBER must be a number such as 0219 300 0001, not {number!r}.")
    if any(key and len(key) < LEAST_KEY for key in keys):
        raise SettingsError(
            f"LOA_MISSED_CALL_KEY and LOA_MISSED_CALL_PREVIOUS_KEY need {LEAST_KEY} characters: openssl rand -hex 32"
        )
    return MissedCalls(number, keys)


def _smtp_url(url: str, to: str) -> str:
    parts = urlsplit(url)
    if url and (parts.scheme not in ("smtp", "smtps", "smtp+plain") or not parts.hostname):
        raise SettingsError("LOA_SMTP_URL must look like smtp://user:password@mail.example.vn:587.")
    if url and not _addresses(to):
        raise SettingsError("LOA_ALARM_TO is missing: the address that alarms are sent to.")
    return url


def _addresses(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if "@" in part)


def _live_twilio(env: Env) -> Twilio:
    token, sender = env.str("TWILIO_AUTH_TOKEN", ""), env.str("TWILIO_SMS_FROM", "")
    if not sender:
        raise SettingsError(
            "TWILIO_SMS_FROM is missing: the number or the registered name that SMS come from."
        )
    return Twilio(
        account_sid=env.str("TWILIO_ACCOUNT_SID"),
        auth_token=token,  # may be empty: then nothing is sent and hooks are refused
        previous_token=env.str("TWILIO_PREVIOUS_AUTH_TOKEN", ""),
        sms_from=sender,
        voice_from=env.str("TWILIO_VOICE_FROM", ""),
        api_url=_url(env, "TWILIO_API_URL", "https://api.twilio.com"),
        sms_per_second=env.float("TWILIO_SMS_PER_SECOND", 10.0, validate=validate.Range(min=0.1)),
        calls_per_second=env.float("TWILIO_CALLS_PER_SECOND", 1.0, validate=validate.Range(min=0.1)),
        read_timeout_s=_read_timeout(env),
        templates=_templates(env.str("TWILIO_TEMPLATES_FILE", "")),
        voice_name=_voice_name(env),
    )


def _templates(name: str) -> tuple[str, ...]:
    """The lines of the file, without empty ones and those that begin with #."""
    if not name:
        return ()
    path = Path(name).expanduser()
    try:
        text = (path if path.is_absolute() else ROOT / path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise SettingsError(f"TWILIO_TEMPLATES_FILE: the file {name} cannot be read as UTF-8.") from problem
    lines = [line.strip() for line in text.splitlines()]
    return tuple(line for line in lines if line and not line.startswith("#"))


def _rehearsal_twilio(env: Env, secret_key: str, village_url: str) -> Twilio:
    return Twilio(
        account_sid=REHEARSAL_SID,
        auth_token=_village_token(secret_key),
        previous_token="",
        sms_from=env.str("TWILIO_SMS_FROM", REHEARSAL_SENDER),
        voice_from=env.str("TWILIO_VOICE_FROM", REHEARSAL_SENDER),
        api_url=_url(env, "TWILIO_API_URL", village_url),
        sms_per_second=env.float("TWILIO_SMS_PER_SECOND", 50.0, validate=validate.Range(min=0.1)),
        calls_per_second=env.float("TWILIO_CALLS_PER_SECOND", 10.0, validate=validate.Range(min=0.1)),
        read_timeout_s=_read_timeout(env),
        voice_name=_voice_name(env),
    )


def _voice_name(env: Env) -> str:
    name = env.str("TWILIO_VOICE_NAME", VOICE)
    if not re.fullmatch(r"[A-Za-z]+\.vi-VN-[\w-]+", name, re.ASCII):
        raise SettingsError(f"TWILIO_VOICE_NAME must be a Vietnamese voice such as {VOICE}, not {name!r}.")
    return name


def _read_timeout(env: Env) -> float:
    return env.float("TWILIO_READ_TIMEOUT_S", 20.0, validate=validate.Range(min=1.0, max=120.0))


def _village_token(secret_key: str) -> str:
    """Made of the secret, so that several machines that share it rehearse with one village."""
    return hmac.new(secret_key.encode(), b"village", hashlib.sha256).hexdigest()


def _url(env: Env, name: str, default: str) -> str:
    url = env.str(name, default).rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise SettingsError(f"{name} must be an address such as https://loa.example.vn, not {url!r}.")
    return url


def _database_url(url: str) -> str:
    scheme = url.split(":", 1)[0]
    if scheme in ("postgres", "postgresql"):
        return "postgresql+psycopg" + url[len(scheme) :]
    if scheme in ("sqlite", "postgresql+psycopg"):
        return url
    raise SettingsError("DATABASE_URL must begin with sqlite:/// or postgresql://.")


def _data_folder(said: str) -> Path:
    """Set to nothing is not set: the secret must not lie in the folder of the program."""
    data = Path(said or "data").expanduser()
    return data if data.is_absolute() else ROOT / data


def _make_data_folder(data: Path) -> None:
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as problem:
        raise SettingsError(f"LOA_DATA: the folder {data} cannot be made ({problem.strerror}).") from problem
    if not os.access(data, os.W_OK):
        raise SettingsError(f"LOA_DATA: the folder {data} cannot be written to.")


def _kept_secret(path: Path) -> str:
    """A secret made once and kept in the data folder, readable by its owner alone."""
    secret = kept(path, 32)
    if len(secret) < 32:
        raise SettingsError(f"The secret in {path} is too short; delete the file to have a new one made.")
    return secret


def kept(path: Path, size: int) -> str:
    """A random word made once and kept in this file. Two processes that start at once keep the first one's."""
    if not path.exists():
        draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_hex(size))
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text().strip()


def _own_valkey(data: Path) -> str:
    """The address of the Valkey that ``./loa run`` started in this data folder, if it did."""
    address = data / "valkey.url"
    return address.read_text().strip() if address.exists() else ""


@cache
def get() -> Settings:
    """The settings of this process."""
    return load()
