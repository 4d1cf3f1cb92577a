"""Journeys: the real processes, the village as the carrier and the judge."""

from __future__ import annotations

import json
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from service import db, settings
from service.sending import messages
from tests import processes
from workers.stack import Stack


@dataclass
class Running:
    """Everything of Loa Bản, started; and this process connected to the same database and data folder."""

    stack: Stack

    def village(self, path: str, wish: dict[str, Any] | None = None) -> Any:
        """Ask the village something, or tell it how to behave."""
        body = json.dumps(wish).encode() if wish is not None else None
        request = urllib.request.Request(f"{self.stack.village_url}/{path}", body)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def press(self, path: str) -> None:
        """Do what a button of the village's page does."""
        request = urllib.request.Request(f"{self.stack.village_url}/{path}", b"", method="POST")
        urllib.request.urlopen(request, timeout=10).close()

    def lines(self, path: str) -> list[dict[str, Any]]:
        """The village's ``log`` (accepted requests) or ``answers``."""
        with urllib.request.urlopen(f"{self.stack.village_url}/{path}", timeout=10) as answer:
            return [json.loads(line) for line in answer]

    def sms_per_phone(self) -> Counter[str]:
        """How many campaign SMS each phone was sent, as the carrier saw it (confirmations of opt-outs left out)."""
        return Counter(line["to"] for line in self.lines("log") if "tra loi 1" in line["body"])

    def counts(self, campaign_id: int) -> dict[str, int]:
        try:
            return messages.counts(campaign_id)
        finally:
            db.end_reading()

    def wait(self, there: Callable[[], object], seconds: float = 90.0) -> None:
        assert processes.wait_until(there, seconds), "it did not happen in time"

    def wait_until_idle(self) -> None:
        self.wait(lambda: self.village("state")["idle"])


@pytest.fixture
def running(
    database_url: str, start_stack: Callable[..., Stack], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Running]]:
    """``running(env={...}, workers=1)`` starts everything on this kind of database."""

    def start(env: dict[str, str] | None = None, **wanted: Any) -> Running:
        stack = start_stack(env={"DATABASE_URL": database_url, **(env or {})}, empty=True, **wanted)
        for name in ("LOA_DATA", "DATABASE_URL", "REDIS_URL", "PUBLIC_URL", "VILLAGE_URL"):
            monkeypatch.setenv(name, stack.env[name])
        settings.get.cache_clear()
        db.connect(settings.get().database_url)
        return Running(stack)

    yield start
    db.end_reading()
    db.engine().dispose()
    settings.get.cache_clear()
