"""What arrives from carriers, taken all the way: status, or reply → interest → follow-up."""

from __future__ import annotations

from service.followup import tasks
from service.replies import inbox
from service.replies.events import Received
from service.replies.inbox import Outcome


def accept(received: Received) -> Outcome:
    """Take in one event, once, with all that follows from it. The caller commits."""
    outcome = inbox.accept(received)
    tasks.open_for(outcome.interest)
    return outcome
