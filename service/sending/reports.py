"""Reports: what a carrier says of messages that it took, however we came to hear it, folded into their states."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from service.sending import messages
from service.sending.messages import Status


@dataclass(frozen=True)
class Report:
    """The carrier said at this instant how this message fares."""

    message_id: int
    status: Status
    at: datetime


def fold(report: Report) -> bool:
    """Take one report in. Late, doubled and shuffled ones change nothing. True when it changed the state."""
    return messages.hear_back(report.message_id, report.status, report.at)
