"""Reports: what a carrier says of messages that it took, however we came to hear it, folded into their states."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from service.sending import messages, retries
from service.sending.messages import Heard, Status


@dataclass(frozen=True)
class Report:
    """The carrier said at this instant how this message fares."""

    message_id: int
    status: Status
    at: datetime


def fold(reports: Iterable[Report]) -> dict[int, Heard]:
    """Take reports in, all at once, with all that follows from them. Those on one message come in the order given; late,
    doubled and shuffled ones change nothing. Returns how those messages fare that there are; the caller holds them now."""
    said: dict[int, list[tuple[Status, datetime]]] = defaultdict(list)
    for report in reports:
        said[report.message_id].append((report.status, report.at))
    heard = messages.hear_back_all(said) if said else {}
    failed = [number for number, one in heard.items() if one.changed and one.now in messages.NOT_REACHED]
    # Only what had not arrived can have been tried again.
    after_all = [
        number
        for number, one in heard.items()
        if one.now in messages.ARRIVED and one.before in retries.NOT_ARRIVED
    ]
    for follow, ids in ((retries.plan, failed), (retries.overrule, after_all)):
        if ids:
            follow(ids, max(said[number][-1][1] for number in ids))
    return heard
