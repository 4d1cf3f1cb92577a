"""What an answer proves, row by row; and what a worker leaves behind when it ends."""

from __future__ import annotations

import asyncio
import multiprocessing
import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy import update

from service import db
from service.carriers.base import Accepted, CarrierError, OutgoingSms, Proof
from service.registry.phones import Phone
from service.sending import budget, claim, dispatch, gates, locks, messages, reconcile, stop_file, wire
from service.sending.messages import Status
from tests import world
from tests.world import TUESDAY_10, ScriptedCarrier, hand_over
from workers.beside import in_a_process

pytestmark = pytest.mark.usefixtures("connected")
NOW = TUESDAY_10 + timedelta(days=365)
TO = world.number(0)


def one_message() -> int:
    with db.transaction():
        world.village_of(1)
        made = world.launched(world.staff())
    return made.id


def send_once(carrier: ScriptedCarrier, worker: str = "w") -> None:
    with db.transaction():
        batch = claim.claim(carrier, worker, 10, NOW)
    results = hand_over(carrier, batch)
    with db.transaction():
        dispatch.note(carrier.name, results, NOW)


def message() -> messages.Message:
    try:
        found = messages.find(1)
        assert found is not None
        return found
    finally:
        db.end_reading()


def money(campaign_id: int) -> tuple[int, int]:
    try:
        kept = budget.of(campaign_id)
        assert kept is not None
        return kept.spent, kept.reserved
    finally:
        db.end_reading()


@pytest.mark.parametrize(
    ("answer", "state", "code"),
    [
        pytest.param(Accepted("SM1"), "accepted", "", id="201 with an id"),
        pytest.param(
            CarrierError("no_connection", Proof.NOT_SENT), "ready", "no_connection", id="no byte left"
        ),
        pytest.param(CarrierError("20429", Proof.NOT_PROCESSED), "ready", "20429", id="too many requests"),
        pytest.param(
            CarrierError("21211", Proof.REFUSED), "failed", "21211", id="refused for a known reason"
        ),
        pytest.param(
            CarrierError("21610", Proof.OPTED_OUT), "failed", "21610", id="told the carrier to stop"
        ),
        pytest.param(
            CarrierError("21999", Proof.REFUSED_UNKNOWN), "hold", "21999", id="refused, nobody knows why"
        ),
        pytest.param(CarrierError("20003", Proof.OUR_SIDE), "ready", "20003", id="our account"),
        pytest.param(CarrierError("500", Proof.NOTHING), "unknown", "500", id="may have been sent"),
    ],
)
def test_what_an_answer_proves(answer: Accepted | CarrierError, state: str, code: str) -> None:
    campaign_id = one_message()
    send_once(ScriptedCarrier(answers={TO: answer}))
    after = message()
    assert (after.state, after.code) == (state, code)
    spent, reserved = money(campaign_id)
    price = after.price_vnd
    assert (spent, reserved) == {"accepted": (price, 0), "unknown": (0, price), "hold": (0, price)}.get(
        state, (0, 0)
    )
    if isinstance(answer, CarrierError):
        gate = gates.of("twilio")
        assert gate is not None
        assert gate.is_open is (answer.proof is not Proof.OUR_SIDE)
        assert (gate.closed_until is not None) is (answer.proof in (Proof.NOT_SENT, Proof.NOT_PROCESSED))


def test_a_carrier_that_knows_of_an_opt_out_teaches_us() -> None:
    one_message()
    send_once(ScriptedCarrier(answers={TO: CarrierError("21610", Proof.OPTED_OUT)}))
    phone = db.session().get(world.phones.Phone, 1)
    assert phone is not None
    assert phone.opted_out_at is not None


def test_a_worker_that_was_frozen_between_commit_and_request_sends_nothing() -> None:
    one_message()
    carrier = ScriptedCarrier()
    with db.transaction():
        batch = claim.claim(carrier, "w", 10, NOW)
    results = hand_over(carrier, batch, time.monotonic() - wire.STALE_S - 0.1)
    with db.transaction():
        dispatch.note(carrier.name, results, NOW)
    assert carrier.sent == []
    assert (message().state, message().code) == ("ready", "late")


def test_while_the_stop_file_lies_there_nothing_goes_out() -> None:
    one_message()
    carrier = ScriptedCarrier()
    with db.transaction():
        batch = claim.claim(carrier, "w", 10, NOW)
    stop_file.path().touch()
    results = hand_over(carrier, batch)  # claimed before, and not handed over
    with db.transaction():
        dispatch.note(carrier.name, results, NOW)
    assert dispatch.drain(carrier, 5, lambda: False) == 0
    assert carrier.sent == []
    assert message().state == "ready"
    stop_file.path().unlink()
    with db.transaction():
        db.change_many(update(messages.Message).values(due=NOW - timedelta(days=400)))
    assert dispatch.drain(carrier, 20, lambda: False) == 1
    assert [sms.to for sms in carrier.sent] == [TO]


def test_without_its_data_folder_a_machine_sends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not stop_file.lies_there()
    stop_file.path().parent.rename(stop_file.path().parent.with_name("gone"))
    assert stop_file.lies_there()


def test_a_callback_may_come_before_the_answer_is_noted() -> None:
    campaign_id = one_message()
    carrier = ScriptedCarrier()
    with db.transaction():
        batch = claim.claim(carrier, "w", 10, NOW)
    with db.transaction():
        messages.hear_back(1, Status("delivered", "delivered"))
    results = hand_over(carrier, batch)
    with db.transaction():
        dispatch.note(carrier.name, results, NOW)
    assert message().state == "delivered"
    assert money(campaign_id) == (message().price_vnd, 0)


def test_the_rows_of_a_dead_worker_become_unknown_and_those_of_a_living_one_are_left_alone() -> None:
    one_message()
    lock = locks.WorkerLock()
    with db.transaction():
        claim.claim(ScriptedCarrier(), lock.name, 10, NOW)
        assert reconcile.bury_dead_workers(NOW) == 0
    lock.__exit__(None, None, None)
    with db.transaction():
        assert reconcile.bury_dead_workers(NOW) == 1
    assert (message().state, message().code) == ("unknown", "worker_died")
    send_once(ScriptedCarrier())
    assert message().state == "unknown"  # never a blind second SMS


class Explodes(ScriptedCarrier):
    """A carrier whose pace cannot be read: the drain itself fails in the middle."""

    async def send_sms(self, sms: object) -> Accepted:
        raise KeyboardInterrupt


def test_a_worker_that_fails_first_says_that_nobody_knows() -> None:
    one_message()
    with pytest.raises(KeyboardInterrupt):
        dispatch.drain(Explodes(), 5, lambda: False)
    assert message().state == "unknown"


class Hangs(ScriptedCarrier):
    """A carrier that takes the request and does not answer."""

    async def send_sms(self, sms: OutgoingSms) -> Accepted:
        await asyncio.sleep(60)
        raise AssertionError("nobody waited so long")


def test_a_worker_whose_wire_is_killed_says_that_nobody_knows() -> None:
    one_message()
    killer = threading.Timer(1.5, lambda: [child.kill() for child in multiprocessing.active_children()])
    killer.start()
    with pytest.raises(wire.WireBroken):
        dispatch.drain(Hangs(), 20, lambda: False, in_a_process)
    killer.join()
    assert message().state == "unknown"
    assert multiprocessing.active_children() == []


def test_a_drain_sends_everything_and_ends() -> None:
    with db.transaction():
        world.village_of(50)
        made = world.launched(world.staff())
    carrier = ScriptedCarrier()
    assert dispatch.drain(carrier, 20, lambda: False) == 50
    assert sorted(sms.to for sms in carrier.sent) == sorted(world.number(index) for index in range(50))
    assert messages.counts(made.id) == {"accepted": 50}


def test_at_a_slow_pace_few_claims_are_made() -> None:
    """A claim of two messages costs as much as one of two hundred, and whoever else writes waits for it."""
    with db.transaction():
        world.village_of(60)
        world.launched(world.staff())
    carrier, began = ScriptedCarrier(per_second=50.0), time.monotonic()
    assert dispatch.drain(carrier, 20, lambda: False) == 60
    took_s = time.monotonic() - began
    gate = gates.of(carrier.name)
    db.end_reading()
    assert took_s > 0.4  # forty at once, then forty a second
    assert gate is not None
    assert gate.claims <= 2 + took_s / dispatch.PACE_WAIT_S


def test_a_batch_that_was_thinned_is_not_taken_for_the_last() -> None:
    with db.transaction():
        world.village_of(30)
        world.launched(world.staff())
        db.change(update(Phone).where(Phone.id <= 20).values(opted_out_at=NOW))
    with db.transaction():
        some = claim.claim(ScriptedCarrier(), "w", 20, NOW)
        rest = claim.claim(ScriptedCarrier(), "w", 20, NOW)
    assert (len(some), some.is_last) == (0, False)
    assert (len(rest), rest.is_last) == (10, True)


class AnswersWhileNoting(ScriptedCarrier):
    """The second answer comes while the first is being noted, which takes long because somebody else holds the rows."""

    def __init__(self) -> None:
        super().__init__()
        self._held = threading.Event()

    async def send_sms(self, sms: OutgoingSms) -> Accepted:
        if sms.to == TO:
            threading.Thread(target=self._hold).start()
            self._held.wait(20)
        else:
            await asyncio.sleep(0.4)
        return await super().send_sms(sms)

    def _hold(self) -> None:
        with db.transaction():
            messages.hold([1, 2])
            self._held.set()
            time.sleep(1.0)


def test_what_comes_back_at_the_very_end_is_noted_too() -> None:
    with db.transaction():
        world.village_of(2)
        made = world.launched(world.staff())
    carrier = AnswersWhileNoting()
    assert dispatch.drain(carrier, 20, lambda: bool(carrier.sent)) == 2
    assert messages.counts(made.id) == {"accepted": 2}
