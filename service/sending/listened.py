"""Listened: how much of a call somebody heard. Kept apart from its status: a call may be completed by a machine."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ForeignKey, String, select, update
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


def of(message_id: int) -> CallHeard | None:
    return db.session().get(CallHeard, message_id)


def note(updates: Iterable[tuple[int, CallUpdate]]) -> None:
    """Keep what these reports say of how long, and by whom, their calls were listened to. The caller holds the messages.

    They come late, doubled and shuffled: the longest counts, and who answered once did answer.
    """
    for message_id, report in updates:
        if report.seconds is None and not report.answered_by:
            continue
        db.insert_new(CallHeard, {"message_id": message_id, "seconds": 0, "answered_by": "", "heard": ""})
        call = db.session().get(CallHeard, message_id, populate_existing=True)
        assert call is not None
        seconds, by = max(call.seconds, report.seconds or 0), report.answered_by or call.answered_by
        values: dict[str, Any] = {
            "seconds": seconds,
            "answered_by": by,
            "heard": _heard(message_id, seconds, by),
        }
        db.change(update(CallHeard).where(CallHeard.message_id == message_id).values(**values))


def _heard(message_id: int, seconds: int, answered_by: str) -> str:
    """The whole: as long as the opening and the notice take when they are said once."""
    if answered_by == MACHINE:
        return BY_MACHINE
    if not seconds:
        return ""
    text = db.session().scalar(select(Message.text).where(Message.id == message_id)) or ""
    return WHOLE if seconds >= spoken.seconds(text) else PARTLY
