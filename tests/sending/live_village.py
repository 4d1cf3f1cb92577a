"""A village that a test takes for a real carrier: its log is the judge."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from service import settings
from service.carriers import directory
from tests import processes
from workers import ports

ACCOUNT, TOKEN, SENDER = "AC" + "1" * 32, "t" * 32, "+84219000000"
PUBLIC = "http://127.0.0.1:9"  # nobody listens: callbacks are not the matter here


@contextmanager
def village(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Its address. The settings of this process are those of an office that sends for real, by it."""
    port = ports.free(0)
    url = f"http://127.0.0.1:{port}"
    env = {
        **os.environ, "VILLAGE_ACCOUNT_SID": ACCOUNT, "VILLAGE_AUTH_TOKEN": TOKEN, "VILLAGE_SMS_FROM": SENDER,
        "VILLAGE_SMS_URL": PUBLIC + "/hooks/twilio/sms",
    }  # fmt: skip
    live = {
        "TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN, "TWILIO_SMS_FROM": SENDER, "TWILIO_API_URL": url,
        "TWILIO_SMS_PER_SECOND": "1000", "LOA_SMS_HOURS": settings.ALL_DAY, "PUBLIC_URL": PUBLIC,
    }  # fmt: skip
    for name, value in live.items():
        monkeypatch.setenv(name, value)
    settings.get.cache_clear()
    directory.forget()
    process = subprocess.Popen(
        [sys.executable, "-m", "village", "--port", str(port)], env=env, cwd=processes.ROOT
    )
    try:
        assert processes.wait_until(lambda: ports.answers(url))
        yield url
    finally:
        process.terminate()
        process.wait(5)
        directory.forget()


def accepted(url: str) -> Counter[str]:
    """How many SMS each number was sent, as the carrier saw it."""
    with urllib.request.urlopen(f"{url}/log", timeout=5) as answer:
        lines: list[dict[str, Any]] = [json.loads(line) for line in answer]
    return Counter(line["to"] for line in lines)
