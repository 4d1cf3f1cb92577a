"""Reports: what a carrier says of messages that it took, however we came to hear it, folded into their states."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from service.sending import messages, retries
from service.sending.messages import Status


@dataclass(frozen=True)
class Report:
    """The carrier said at this instant how this message fares."""

    message_id: int
    status: Status
    at: datetime


def fold(report: Report) -> bool:
    """Take one report in, with all that follows from it. Late, doubled and shuffled ones change nothing. True when it
    changed the state."""
    changed = messages.hear_back(report.message_id, report.status, report.at)
    if changed and report.status.state in FOLLOWS:
        FOLLOWS[report.status.state]([report.message_id], report.at)
    return changed


FOLLOWS = {"failed": retries.plan, "delivered": retries.overrule}
