"""What the village is told at its start, checked once, refused in one sentence when wrong."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from village import faults

ACCOUNT = re.compile(r"AC[0-9a-f]{32}")
NUMBER = re.compile(r"\+[1-9][0-9]{5,14}")
NAME = re.compile(
    r"(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}"
)  # an alphanumeric sender: at most 11 characters, one letter


class SetupProblem(Exception):
    """One sentence for the person who starts the village."""


@dataclass(frozen=True)
class Settings:
    """``sms_url`` and ``voice_url`` are where a real Twilio number would be told to deliver incoming SMS and calls,
    ``voice_status_url`` where it tells that an incoming call has ended. Without ``voice_url`` nobody can call us."""

    host: str
    port: int
    seed: int
    account_sid: str
    auth_token: str = field(repr=False)
    sms_from: str
    sms_url: str
    voice_from: str
    voice_url: str
    voice_status_url: str
    faults: Mapping[str, float]

    @property
    def can_be_called(self) -> bool:
        return bool(self.voice_from and self.voice_url)

    @property
    def can_be_answered(self) -> bool:
        """A registered name has no number behind it: nobody can answer it, here as in the real network."""
        return bool(NUMBER.fullmatch(self.sms_from))


def read(arguments: Sequence[str], environment: Mapping[str, str]) -> Settings:
    """Command line and environment. Raises SetupProblem; argparse itself ends with exit status 2."""
    options = _options(arguments)
    if not 0 <= options.port <= 65535:
        raise SetupProblem(f"--port must be between 0 and 65535, not {options.port}.")
    return Settings(
        host=options.host,
        port=options.port,
        seed=options.seed,
        account_sid=_matching(environment, "VILLAGE_ACCOUNT_SID", ACCOUNT, "AC and 32 hexadecimal digits"),
        auth_token=_given(environment, "VILLAGE_AUTH_TOKEN"),
        sms_from=_sender(environment),
        sms_url=_address(environment, "VILLAGE_SMS_URL"),
        voice_from=_caller(environment),
        voice_url=_optional_address(environment, "VILLAGE_VOICE_URL"),
        voice_status_url=_optional_address(environment, "VILLAGE_VOICE_STATUS_URL"),
        faults=_faults(options.faults),
    )


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="village", description=__doc__)
    parser.add_argument("--port", type=int, default=8100, help="0 takes any free port (default: 8100)")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument(
        "--seed", type=int, default=1, help="the same seed gives the same villagers and faults"
    )
    parser.add_argument(
        "--faults", metavar="FILE.json", help="shares of faults to play, see village/faults.py"
    )
    return parser.parse_args(arguments)


def _given(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name, "").strip()
    if not value:
        raise SetupProblem(f"{name} is missing from the environment.")
    return value


def _matching(environment: Mapping[str, str], name: str, form: re.Pattern[str], words: str) -> str:
    value = _given(environment, name)
    if not form.fullmatch(value):
        raise SetupProblem(f"{name} must be {words}, not {value!r}.")
    return value


def _sender(environment: Mapping[str, str]) -> str:
    value = _given(environment, "VILLAGE_SMS_FROM")
    if not (NUMBER.fullmatch(value) or NAME.fullmatch(value)):
        raise SetupProblem(
            f"VILLAGE_SMS_FROM must be a number such as +84219000000 or a name, not {value!r}."
        )
    return value


def _caller(environment: Mapping[str, str]) -> str:
    """The number that calls: its own, or that of the SMS if this is a number; a name cannot call."""
    value = environment.get("VILLAGE_VOICE_FROM", "").strip()
    if value and not NUMBER.fullmatch(value):
        raise SetupProblem(f"VILLAGE_VOICE_FROM must be a number such as +84219000000, not {value!r}.")
    sender = _sender(environment)
    return value or (sender if NUMBER.fullmatch(sender) else "")


def _optional_address(environment: Mapping[str, str], name: str) -> str:
    return _address(environment, name) if environment.get(name, "").strip() else ""


def _address(environment: Mapping[str, str], name: str) -> str:
    value = _given(environment, name)
    if not is_address(value):
        raise SetupProblem(
            f"{name} must be an address such as http://127.0.0.1:8000/hooks/twilio/sms, not {value!r}."
        )
    return value


def is_address(text: str) -> bool:
    """An absolute http(s) address without blanks."""
    try:
        parts = urlsplit(text)
        sound = parts.port is None or parts.port > 0
    except ValueError:
        return False
    return sound and parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"\s", text)


def _faults(path: str | None) -> dict[str, float]:
    if path is None:
        return faults.read_table({})
    try:
        return faults.read_table(json.loads(Path(path).read_text(encoding="utf-8")))
    except OSError as problem:
        raise SetupProblem(f"--faults: {path} cannot be read ({problem.strerror}).") from problem
    except ValueError as problem:
        raise SetupProblem(f"--faults: {path} is wrong: {problem}") from problem
