"""Calls that wait at the carrier when their campaign is stopped."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from service import db
from service.campaigns import campaigns
from service.carriers.base import CarrierError, Found, Proof
from service.sending import launch, messages, queued_calls
from service.sending.messages import VOICE
from tests import world
from tests.world import ScriptedCarrier

pytestmark = pytest.mark.usefixtures("connected")


class Queue(ScriptedCarrier):
    """A carrier with a queue: what stands in ``ringing`` can no longer be taken back."""

    def __init__(self, *ringing: str) -> None:
        super().__init__()
        self.ringing, self.cancelled = ringing, list[str]()

    def cancel_call(self, carrier_id: str) -> Found:
        if carrier_id in self.ringing:
            raise CarrierError("21220", Proof.REFUSED_UNKNOWN)
        self.cancelled.append(carrier_id)
        return Found(carrier_id, "", "failed", "canceled", "", datetime.now(UTC))


@pytest.fixture
def stopped() -> int:
    """A campaign that called three phones and was stopped: two calls wait at the carrier, one rings."""
    with db.transaction():
        world.village_of(3)
        made = world.launched(world.staff(), channel=VOICE)
        for message_id, state in ((1, "accepted"), (2, "accepted"), (3, "ringing")):
            message = messages.find(message_id)
            assert message is not None
            message.state, message.rank = state, messages.RANKS[state]
            messages.remember_ref(message_id, "twilio", f"CA{message_id}")
        launch.stop(made, world.staff("manager", "dung@loaban.example"))
    return made.id


def due() -> list[int]:
    try:
        return [one.message_id for one in queued_calls.due(db.clock())]
    finally:
        db.end_reading()


def take_back_all(carrier: Queue) -> list[bool]:
    found = queued_calls.due(db.clock())
    db.end_reading()
    return [queued_calls.take_back(one, carrier, db.clock()) for one in found]


def test_what_was_not_dialled_yet_is_taken_back_once(stopped: int) -> None:
    carrier = Queue()
    assert due() == [1, 2]
    assert take_back_all(carrier) == [True, True]
    assert carrier.cancelled == ["CA1", "CA2"]
    assert messages.counts(stopped) == {"failed": 2, "ringing": 1}
    db.end_reading()
    assert due() == []


def test_one_that_has_begun_to_ring_keeps_its_own_end(stopped: int) -> None:
    assert take_back_all(Queue("CA2")) == [True, False]
    assert messages.counts(stopped) == {"failed": 1, "accepted": 1, "ringing": 1}


def test_calls_of_a_running_campaign_are_left_alone(stopped: int) -> None:
    with db.transaction():
        found = campaigns.find(stopped)
        assert found is not None
        found.state, found.ended_at = "running", None
    assert due() == []


def test_after_half_an_hour_nobody_asks_any_more(stopped: int) -> None:
    with db.transaction():
        found = campaigns.find(stopped)
        assert found is not None
        found.ended_at = db.clock() - timedelta(minutes=31)
    assert due() == []
