"""The breaker: a carrier whose answers say nothing is left alone, then tried with one message."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from service import db
from service.carriers.base import Accepted, CarrierError, OutgoingSms, Proof
from service.registry.phones import Phone
from service.sending import dispatch, gates, messages
from service.sending.breaker import Breaker
from service.sending.gates import BREAKER, Gate
from service.sending.messages import Message
from tests import world
from tests.world import ScriptedCarrier

PEOPLE = 80
SILENCE = CarrierError("SocketTimeoutError", Proof.NOTHING)
N, C, R = Proof.NOTHING, None, Proof.REFUSED  # nothing, accepted, refused


@pytest.mark.parametrize(
    ("answers", "trips"),
    [
        pytest.param([N] * 4, False, id="four in a row"),
        pytest.param([N] * 5, True, id="five in a row"),
        pytest.param([N, N, N, N, C] * 2, False, id="a clear one between, and not fifty yet"),
        pytest.param([N, N, N, N, R, N], False, id="a refusal is a clear answer"),
        pytest.param([N, *[C] * 9] * 4 + [C] * 9, False, id="four of 49"),
        pytest.param([N, *[C] * 9] * 5, True, id="five of 50"),
        pytest.param([N, *[C] * 12] * 10, False, id="one in 13, however long"),
        pytest.param([Proof.NOT_PROCESSED] * 60, False, id="too many requests say a lot"),
    ],
)
def test_when_a_carrier_is_left_alone(answers: Sequence[Proof | None], trips: bool) -> None:
    breaker = Breaker()
    one_by_one = [breaker.hear([answer]) for answer in answers]
    assert any(one_by_one) is trips
    assert Breaker().hear(answers) is trips


def silent() -> ScriptedCarrier:
    return ScriptedCarrier(answers={world.number(index): SILENCE for index in range(PEOPLE)})


def campaign() -> int:
    with db.transaction():
        world.village_of(PEOPLE)
        return world.launched(world.staff()).id


def let_time_pass() -> None:
    with db.transaction():
        db.change_many(update(Gate).values(closed_until=db.clock() - timedelta(seconds=1)))


def gate() -> Gate:
    try:
        found = gates.of("twilio")
        assert found is not None
        return found
    finally:
        db.end_reading()


def counts(campaign_id: int) -> dict[str, int]:
    try:
        return messages.counts(campaign_id)
    finally:
        db.end_reading()


@pytest.mark.usefixtures("connected")
def test_silence_costs_one_batch_and_then_one_message_at_a_time() -> None:
    campaign_id = campaign()
    dispatch.drain(silent(), 10, lambda: False)
    batch = dispatch.FIRST_BATCH
    assert counts(campaign_id) == {"unknown": batch, "ready": PEOPLE - batch}
    assert gate().reason == BREAKER
    assert dispatch.drain(ScriptedCarrier(), 10, lambda: False) == 0  # for everybody, a minute long

    let_time_pass()
    dispatch.drain(silent(), 10, lambda: False)
    assert counts(campaign_id) == {"unknown": batch + 1, "ready": PEOPLE - batch - 1}
    assert gate().reason == BREAKER
    until = gate().closed_until
    assert until is not None
    assert until > db.clock()


@pytest.mark.usefixtures("connected")
def test_one_clear_answer_opens_the_gate_for_all() -> None:
    campaign_id = campaign()
    dispatch.drain(silent(), 10, lambda: False)
    let_time_pass()
    well = ScriptedCarrier()
    assert dispatch.drain(well, 20, lambda: False) == PEOPLE - dispatch.FIRST_BATCH
    assert counts(campaign_id)["accepted"] == len(well.sent)
    assert (gate().reason, gate().closed_until) == ("", None)


@pytest.mark.usefixtures("connected")
def test_a_probe_that_finds_nothing_to_send_is_still_owed() -> None:
    campaign()
    dispatch.drain(silent(), 10, lambda: False)
    let_time_pass()
    with db.transaction():
        db.change_many(update(messages.Message).values(due=db.clock() + timedelta(hours=1)))
    assert dispatch.drain(ScriptedCarrier(), 5, lambda: False) == 0
    assert gate().reason == BREAKER


class OneHangs(ScriptedCarrier):
    """It answers the first message only when it has the others too, and gives up after a while."""

    async def send_sms(self, sms: OutgoingSms) -> Accepted:
        accepted = await super().send_sms(sms)
        end = time.monotonic() + 5
        while sms.to == world.number(0) and len(self.sent) < 3:
            if time.monotonic() > end:
                raise SILENCE
            await asyncio.sleep(0.02)
        return accepted


@pytest.mark.usefixtures("connected")
def test_one_request_that_hangs_holds_up_no_message_that_comes_after_it() -> None:
    with db.transaction():
        world.village_of(3)
        campaign_id = world.launched(world.staff()).id
        first = select(Message.id).join(Phone).where(Phone.e164 == world.number(0)).scalar_subquery()
        soon = db.clock() + timedelta(seconds=0.6)
        db.change_many(update(Message).where(Message.id != first).values(due=soon))
    assert dispatch.drain(OneHangs(), 10, lambda: False) == 3
    assert counts(campaign_id) == {"accepted": 3}
