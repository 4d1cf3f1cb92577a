"""What people write first: one RQ job for each recipient. It loads its row, sends with a Twilio client, and commits.

It has the same database settings as the service, a table of its own, and nothing else of it. RQ's own workers run it:
``rq worker`` (a fork and a fresh import for every job) or, for information, ``rq worker -w rq.worker.SimpleWorker``.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache

from redis import Redis
from rq import Queue
from sqlalchemy import DateTime, Engine, String, insert
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from service import engines

QUEUE = "baseline"
JOB = "benchmarks.baseline.send"
ACCOUNT = "AC" + "be" * 16


class Base(DeclarativeBase):
    pass


class Outgoing(Base):
    __tablename__ = "baseline"

    id: Mapped[int] = mapped_column(primary_key=True)
    e164: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(String(4000))
    state: Mapped[str] = mapped_column(String(10), default="ready")
    sid: Mapped[str] = mapped_column(String(64), default="")
    changed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class OtherHost(TwilioHttpClient):  # type: ignore[misc]  # the SDK has no types
    """The SDK's own client with its pooled session, for the stub's address."""

    def request(self, method: str, uri: str, *arguments: object, **more: object) -> Response:
        url = uri.replace("https://api.twilio.com", os.environ["VILLAGE_URL"], 1)
        return super().request(method, url, *arguments, **more)


@cache
def engine() -> Engine:
    return engines.make(os.environ["DATABASE_URL"])


@cache
def client() -> Client:
    return Client(ACCOUNT, "not a secret, only for measuring", http_client=OtherHost(timeout=20))


def send(row_id: int) -> None:
    """The job."""
    with Session(engine(), expire_on_commit=False) as session:
        row = session.get_one(Outgoing, row_id)
    message = client().messages.create(to=row.e164, from_=os.environ["TWILIO_SMS_FROM"], body=row.text)
    with Session(engine().execution_options(writing=True)) as session:
        kept = session.get_one(Outgoing, row_id)
        kept.state, kept.sid, kept.changed_at = "accepted", str(message.sid), datetime.now(UTC)
        session.commit()


def fill(url: str, rows: Iterable[tuple[str, str]]) -> list[int]:
    """Make the table anew with these numbers and texts. Returns the rows' ids."""
    own = engines.make(url)
    Base.metadata.drop_all(own)
    Base.metadata.create_all(own)
    new = [
        {"id": place, "e164": e164, "text": text, "state": "ready", "sid": ""}
        for place, (e164, text) in enumerate(rows, 1)
    ]
    with own.execution_options(writing=True).begin() as connection:
        connection.execute(insert(Outgoing), new)
    own.dispose()
    return [int(str(row["id"])) for row in new]


def enqueue(redis_url: str, row_ids: Iterable[int]) -> None:
    """One job for each row."""
    with Redis.from_url(redis_url) as connection:
        queue = Queue(QUEUE, connection=connection)
        jobs = [Queue.prepare_data(JOB, (row_id,), result_ttl=0) for row_id in row_ids]
        queue.enqueue_many(jobs)
