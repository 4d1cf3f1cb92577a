"""The sums of a rehearsal: what we say happened against what the carrier's own ledger says."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from service.sending.retries import Planned


@dataclass(frozen=True)
class Ledger:
    """The village's own record: ``log`` of accepted requests, ``answers`` that villagers sent."""

    log: list[dict[str, Any]]
    answers: list[dict[str, Any]]


@dataclass(frozen=True)
class Check:
    """One sum: what must be equal, the two sides as words, and whether they are."""

    what: str
    seen: str
    holds: bool


def check(report: dict[str, Any], ledger: Ledger, again: Planned) -> list[Check]:
    """Every sum of a rehearsal with one campaign in which nothing moves any more. ``report`` as ``campaign show --json``
    gives it; ``again``: whose phone was off and who is tried again at another hour."""
    first, confirmed = _first_and_again(ledger.log)
    replies, messages = report["replies"], report["messages"]
    yes = report["follow_ups"].get("to_call", 0)
    return [
        _equal("states add up to the recipients", sum(messages.values()), report["recipients"]),
        _equal("every recipient is settled, or tried again", settled(messages) + again.count, report["recipients"]),
        _equal("the carrier accepted one SMS per recipient", len(first), report["recipients"]),
        _equal("no phone was sent it twice", sum(count > 1 for count in Counter(m["to"] for m in first).values()), 0),
        _equal("every answer is stored once", sum(replies.values()), len(ledger.answers)),
        _equal("no answer was lost", sum(answer["hook"] != "received" for answer in ledger.answers), 0),
        _equal("every yes is an interest", report["interests"], replies.get("interested", 0)),
        _equal("every interest has a follow-up", yes, report["interests"]),
        _equal("every stop is confirmed once", len(confirmed), replies.get("stop", 0)),
        _equal("parts paid are parts sent", report["parts"] - again.parts, sum(int(message["parts"]) for message in first)),
    ]  # fmt: skip


def settled(messages: dict[str, int]) -> int:
    """Of how many recipients it is known how it ended."""
    return messages.get("delivered", 0) + messages.get("failed", 0)


def _first_and_again(log: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The campaign's SMS, and what was sent besides: confirmations of opt-outs. They differ by their text's end."""
    notices = [message for message in log if "TC" in message["body"]]
    return notices, [message for message in log if "TC" not in message["body"]]


def _equal(what: str, ours: int, theirs: int) -> Check:
    return Check(what, f"{ours} = {theirs}" if ours == theirs else f"{ours} ≠ {theirs}", ours == theirs)
