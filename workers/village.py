"""The rehearsal village as a process: told what the settings say, then left to itself (it knows nothing of us)."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

from service import settings


def main(arguments: list[str]) -> int:
    """``./loa village``: become the village. Returns only when a setting is wrong."""
    try:
        config = settings.load()
    except settings.SettingsError as problem:
        print(problem, file=sys.stderr)  # noqa: T201
        return 2
    told = {
        "VILLAGE_ACCOUNT_SID": config.twilio.account_sid,
        "VILLAGE_AUTH_TOKEN": config.twilio.auth_token,
        "VILLAGE_SMS_FROM": config.twilio.sms_from,
        "VILLAGE_SMS_URL": f"{config.public_url}/hooks/twilio/sms",
        "VILLAGE_VOICE_FROM": config.twilio.voice_from,
        "VILLAGE_VOICE_URL": f"{config.public_url}/hooks/twilio/voice",
    }
    return _become([sys.executable, "-m", "village", *arguments], {**os.environ, **told})


def _become(program: list[str], env: dict[str, str]) -> NoReturn:
    os.execve(program[0], program, env)  # noqa: S606  (our own program, no shell)
