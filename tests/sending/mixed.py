"""A campaign with two channels, driven by hand at a clock of one's own: what the tests of mixes begin with."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import select

from service import db
from service.campaigns.campaigns import Campaign
from service.carriers.base import Accepted, Incoming, StatusUpdate
from service.carriers.calls import CallUpdate
from service.followup import arrivals
from service.registry.phones import Phone
from service.replies import inbox, said
from service.replies.events import Received
from service.sending import launch, messages, mixes
from service.sending.claim import Claimed, claim
from service.sending.dispatch import Result, note
from service.sending.messages import NOTICE, SECOND, SMS, VOICE, Message
from service.sending.tokens import token_of
from service.text import spoken
from tests import world
from tests.world import TUESDAY_10, ScriptedCarrier

NOW = TUESDAY_10 + timedelta(days=365)  # 10:00 in Vietnam
SECOND_, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
LONG = date.today() + timedelta(days=800)
OFF, GONE, SPAM = "30003", "30005", "30007"
_ids = itertools.count(1)


def launched(channel: str, size: int = 1, **changes: object) -> Campaign:
    second = SMS if channel == VOICE else VOICE
    with db.transaction():
        world.village_of(size)
        return world.launched(
            world.staff(), **{"deadline": LONG, "channel": channel, "second": second, **changes}
        )


def take(now: datetime, most: int = 100) -> list[Claimed]:
    with db.transaction():
        return list(claim(ScriptedCarrier(), "w", most, now))


def accept(batch: list[Claimed], now: datetime) -> None:
    """The carrier takes all of it."""
    with db.transaction():
        note("twilio", [Result(one, Accepted(f"XX{next(_ids):032d}")) for one in batch], now)


def send(now: datetime) -> list[Claimed]:
    batch = take(now)
    accept(batch, now)
    return batch


def report(message_id: int, state: str, at: datetime, code: str = "", seconds: int | None = None) -> None:
    """What the carrier says of a message or a call; ``seconds``: how long somebody listened."""
    name, token = f"R{next(_ids)}", token_of(message_id)
    with db.transaction():
        message = messages.find(message_id)
        assert message is not None
        event = (
            CallUpdate("twilio", name, token, state, state, code, seconds=seconds)
            if message.channel == VOICE
            else StatusUpdate("twilio", name, token, state, state, code)
        )
        arrivals.accept(Received(event, at))


def press(message_id: int, key: str, at: datetime) -> None:
    """Somebody presses a key in this call."""
    with db.transaction():
        number = db.session().scalar(
            select(Phone.e164).join(Message, Message.phone_id == Phone.id).where(Message.id == message_id)
        )
        event = Incoming("twilio", f"K{next(_ids)}", inbox.KEY, number or "", key, token=token_of(message_id))
        arrivals.accept(Received(event, at))


def write(index: int, text: str, at: datetime, kind: str = "sms") -> None:
    """The phone of this place answers."""
    with db.transaction():
        event = Incoming("twilio", f"S{next(_ids)}", kind, world.number(index), text)
        arrivals.accept(Received(event, at))


def look(campaign: Campaign, now: datetime) -> int:
    """What the clock does every few seconds."""
    number, following = mixes.switch(campaign, 0, said.by_phone, now)
    assert following == 0
    return number


def finish() -> int:
    with db.transaction():
        return launch.finish_done()


def rows(campaign: Campaign, kind: str) -> list[Message]:
    """Messages of the first (notice) or the second channel, by phone and attempt."""
    try:
        query = select(Message).where(Message.campaign_id == campaign.id, Message.kind == kind)
        return list(db.session().scalars(query.order_by(Message.phone_id, Message.attempt)))
    finally:
        db.end_reading()


def fate(campaign: Campaign) -> list[tuple[str, str]]:
    """State and reason of each phone's second message, the attempt that counts."""
    return [
        ("waits" if one.state == "ready" and one.due == mixes.LATER else one.state, one.code)
        for one in rows(campaign, SECOND)
        if not one.replaced
    ]


def whole(message_id: int) -> int:
    """Seconds after which this call was heard as a whole."""
    try:
        message = messages.find(message_id)
        assert message is not None
        return spoken.seconds(message.text)
    finally:
        db.end_reading()


@dataclass
class Called:
    """A campaign that calls first, with one phone that has just been called."""

    campaign: Campaign = field(init=False)
    call: int = field(init=False)
    size: int = 1

    def __post_init__(self) -> None:
        self.campaign = launched(VOICE, self.size)
        self.call = send(NOW)[0].id

    def over(self, state: str = "completed", seconds: int | None = None, at: datetime = NOW + MINUTE) -> None:
        report(self.call, state, at, seconds=seconds)


def firsts(campaign: Campaign) -> list[Message]:
    return rows(campaign, NOTICE)
