"""What carriers told us, kept as it came: stored first, once by its content, and on disk while the database is down."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import JSON, Index, String
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.orm import Mapped, mapped_column

from service import db, settings
from service.carriers.base import Incoming, StatusUpdate
from service.carriers.calls import CallUpdate

Event = StatusUpdate | CallUpdate | Incoming
WAITING, ASIDE = ".json", ".aside"
AWAY = (OperationalError, InterfaceError, NoConnection)  # the database is, not the event's fault

log = structlog.get_logger()

KINDS: dict[str, type[Event]] = {"status": StatusUpdate, "call": CallUpdate, "incoming": Incoming}


class CarrierEvent(db.Base):
    """A raw callback. ``content`` is a hash of what it says: the same thing said twice is stored once."""

    __tablename__ = "carrier_event"
    __table_args__ = (Index("uq_carrier_event_content", "content", unique=True),)

    id: Mapped[int] = mapped_column(db.Id, primary_key=True)
    carrier: Mapped[str] = mapped_column(String(20))
    content: Mapped[str] = mapped_column(String(64))
    received_at: Mapped[datetime]
    fields: Mapped[dict[str, Any]] = mapped_column(JSON)


EVENTS = CarrierEvent.metadata.tables["carrier_event"]


@dataclass(frozen=True)
class Received:
    """An event with the instant at which it reached us (which the spool must not lose)."""

    event: Event
    at: datetime


def store(received: Received) -> bool:
    """Keep the event. False when the very same was kept before: then there is nothing left to do."""
    return bool(store_new([received]))


def store_new(batch: Sequence[Received]) -> list[Received]:
    """Keep these events. Returns those that say something which was not kept before."""
    rows: dict[str, dict[str, Any]] = {}
    told: dict[str, Received] = {}
    for received in batch:
        fields = _clean(vars(received.event))
        content = _content(fields)
        if content not in rows:
            told[content] = received
            rows[content] = {
                "carrier": received.event.carrier, "content": content, "received_at": received.at, "fields": fields,
            }  # fmt: skip
    # In one order for all, so that two who store the same events wait for each other in turn.
    new = db.insert_which(EVENTS, EVENTS.c.content, [rows[content] for content in sorted(rows)])
    return [received for content, received in told.items() if content in new]


def _content(fields: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(fields, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _clean(fields: Mapping[str, Any]) -> dict[str, Any]:
    """PostgreSQL stores no NUL in JSON; nothing that a person wrote contains one."""
    return {
        name: value.replace("\0", "") if isinstance(value, str) else value for name, value in fields.items()
    }


def spool(received: Received) -> None:
    """Write the event to disk, durably, because the database does not answer. Raises OSError."""
    (kind,) = [kind for kind, made in KINDS.items() if type(received.event) is made]
    kept = {"kind": kind, "at": received.at.isoformat(), "event": asdict(received.event)}
    name = f"{received.at:%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}"
    draft, final = _folder() / f".{name}", _folder() / (name + WAITING)
    file = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(file, "w", encoding="utf-8") as stream:
        json.dump(kept, stream)
        stream.flush()
        os.fsync(stream.fileno())
    draft.rename(final)
    folder = os.open(_folder(), os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def spooled() -> Iterator[tuple[Path, Received]]:
    """What waits on disk, the oldest first. The caller removes the file once its event is committed."""
    for path in sorted(_folder().glob("*" + WAITING)):
        try:
            received = _read(path)
        except FileNotFoundError:  # another clock was faster
            continue
        except (ValueError, KeyError, TypeError) as problem:
            put_aside(path, problem)
        else:
            yield path, received


def _read(path: Path) -> Received:
    kept = json.loads(path.read_text(encoding="utf-8"))
    return Received(KINDS[kept["kind"]](**kept["event"]), datetime.fromisoformat(kept["at"]))


def put_aside(path: Path, problem: Exception) -> None:
    """Keep what cannot be taken in for a person to look at, out of the way of what waits behind it."""
    log.error("spool.put_aside", file=path.name, problem=type(problem).__name__)
    with suppress(FileNotFoundError):  # another clock was faster
        path.rename(path.with_suffix(ASIDE))


def spool_size() -> int:
    """What waits on disk, also what was put aside."""
    return sum(spool_counts())


def spool_counts() -> tuple[int, int]:
    """What waits on disk, and what was put aside."""
    kinds = Counter(path.suffix for path in _folder().iterdir())
    return kinds[WAITING], kinds[ASIDE]


def _folder() -> Path:
    folder = settings.get().data / "spool"
    folder.mkdir(exist_ok=True, mode=0o700)
    return folder
