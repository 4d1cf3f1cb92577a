"""Status callbacks: the sender is told how a message or a call gets on, spoilt on request by the faults."""

from __future__ import annotations

from collections import Counter
from typing import Protocol

import structlog

from village.faults import Faults
from village.webhooks import Courier, Outcome, Webhook, overrides

log = structlog.get_logger()


class Told(Protocol):
    """Something whose sender wants to hear of it. ``held_callbacks``: kept back until the last, to be shuffled."""

    sid: str
    held_callbacks: list[dict[str, str]] | None

    @property
    def status_callback(self) -> str: ...

    @property
    def callback_method(self) -> str: ...


class Callbacks:
    def __init__(self, courier: Courier, faults: Faults) -> None:
        self.counts: Counter[str] = Counter(sent=0, failed=0)
        self._courier, self._faults = courier, faults

    def begin(self, told: Told) -> None:
        """Draw whether the callbacks of this one will be shuffled."""
        if told.status_callback and self._faults.strikes_callback("callback_shuffle"):
            told.held_callbacks = []

    def report(self, told: Told, fields: dict[str, str]) -> None:
        if told.held_callbacks is None:
            self._post(told, fields)
        else:
            told.held_callbacks.append(fields)

    def end(self, told: Told) -> None:
        """Nothing more will be reported: send what was kept back."""
        held, told.held_callbacks = told.held_callbacks, None
        for fields in self._faults.shuffled(held or []):
            self._post(told, fields)

    def _post(self, told: Told, fields: dict[str, str]) -> None:
        if self._faults.strikes_callback("callback_drop"):
            return
        copies = self.copies()
        url = told.status_callback
        for _ in range(copies):
            webhook = Webhook(url, fields, overrides(url), self._posted, method=told.callback_method)
            self._courier.post(told.sid, webhook)

    def _posted(self, outcome: Outcome) -> None:
        self.counts["sent" if outcome.received else "failed"] += 1
        if not outcome.received:
            log.warning("callback.failed", problem=outcome.problem, tries=outcome.tries)

    def copies(self) -> int:
        """How often the next callback is sent."""
        return 2 if self._faults.strikes_callback("callback_double") else 1
