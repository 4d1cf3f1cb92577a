"""Listened: how much of a call somebody heard. Kept apart from its status: a call may be completed by a machine."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ForeignKey, String, bindparam, select, update
from sqlalchemy.orm import Mapped, mapped_column

from service import db
from service.carriers.calls import MACHINE, CallUpdate
from service.sending.messages import Message
from service.text import spoken

BY_MACHINE, PARTLY, WHOLE = "machine", "partly", "whole"


class CallHeard(db.Base):
    """``seconds`` from the answer to the end; ``heard``: machine, partly or whole, or empty when nobody took it."""

    __tablename__ = "call"

    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), primary_key=True)
    seconds: Mapped[int] = mapped_column(default=0)
    answered_by: Mapped[str] = mapped_column(String(10), default="")
    heard: Mapped[str] = mapped_column(String(10), default="")


CALLS = CallHeard.metadata.tables["call"]


def of(message_id: int) -> CallHeard | None:
    return db.session().get(CallHeard, message_id)


def note(updates: Iterable[tuple[int, CallUpdate]]) -> None:
    """Keep what these reports say of how long, and by whom, their calls were listened to, with a few statements for all
    of them. The caller holds the messages.

    They come late, doubled and shuffled: the longest counts, and who answered once did answer.
    """
    said: dict[int, tuple[int, str]] = {}
    for message_id, report in updates:
        if report.seconds is not None or report.answered_by:
            seconds, by = said.get(message_id, (0, ""))
            said[message_id] = max(seconds, report.seconds or 0), report.answered_by or by
    if not said:
        return
    nothing = {"seconds": 0, "answered_by": "", "heard": ""}
    db.insert_which(CALLS, CALLS.c.message_id, [{"message_id": one, **nothing} for one in sorted(said)])
    query = select(CALLS.c.message_id, CALLS.c.seconds, CALLS.c.answered_by, Message.text)
    query = query.join(Message, Message.id == CALLS.c.message_id).where(db.among(CALLS.c.message_id, said))
    changes = []
    for known in db.session().execute(query):
        seconds, by = said[known.message_id]
        seconds, by = max(seconds, known.seconds), by or known.answered_by
        heard = _heard(known.text, seconds, by)
        changes.append({"id": known.message_id, "seconds": seconds, "answered_by": by, "heard": heard})
    db.session().connection().execute(_CHANGE, changes)


_CHANGE = (
    update(CALLS)
    .where(CALLS.c.message_id == bindparam("id"))
    .values({name: bindparam(name) for name in ("seconds", "answered_by", "heard")})
)


def _heard(text: str, seconds: int, answered_by: str) -> str:
    """The whole: as long as the opening and the notice take when they are said once."""
    if answered_by == MACHINE:
        return BY_MACHINE
    if not seconds:
        return ""
    return WHOLE if seconds >= spoken.seconds(text) else PARTLY
