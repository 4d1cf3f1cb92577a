"""A campaign through the real web process, Redis, RQ workers and the village, also when something dies on the way."""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Callable

import pytest

from service import bell, db
from service.campaigns import campaigns
from service.followup import tasks
from service.registry import phones
from service.replies import inbox, interests
from service.sending import messages, retries
from tests import world
from tests.journeys.conftest import Running

pytestmark = pytest.mark.journey
Start = Callable[..., Running]


def launch(size: int) -> int:
    with db.transaction():
        by = world.staff("manager", "chi.hoa@loaban.example")
        world.village_of(size)
        made = world.launched(by)
    return made.id


def one_each(size: int) -> Counter[str]:
    return Counter({world.number(index): 1 for index in range(size)})


def test_everybody_gets_one_sms_and_every_answer_has_an_owner(running: Start) -> None:
    here = running()
    here.village("behaviour", {"answer_seconds": 1, "deliver_seconds": 0.3})
    campaign_id = launch(60)
    assert bell.ring("twilio")
    here.wait(lambda: _over(here, campaign_id))
    here.wait_until_idle()

    assert here.sms_per_phone() == one_each(60)
    answers = here.lines("answers")
    assert sum(inbox.counts(campaign_id).values()) == len(answers) > 5
    yes = {line["from"] for line in answers if line["body"] in ("1", "co", "Có")}
    assert interests.count(campaign_id) == len(yes) > 2
    assert tasks.counts(campaign_id) == {"to_call": len(yes)}
    stops = [line["from"] for line in answers if line["body"] == "TC"]
    here.wait(lambda: len(_confirmed(here)) >= len(stops))
    assert sorted(_confirmed(here)) == sorted(stops)
    assert _again(campaign_id) > 0  # some phones were off: they are tried again at another hour
    assert _state(campaign_id) == "running"


def _confirmed(here: Running) -> list[str]:
    return [line["to"] for line in here.lines("log") if "tra loi 1" not in line["body"]]


def _over(here: Running, campaign_id: int) -> bool:
    """Everybody is reached, not reached, or waits for another hour."""
    counts = here.counts(campaign_id)
    return counts.get("delivered", 0) + counts.get("failed", 0) + _again(campaign_id) == 60


def _again(campaign_id: int) -> int:
    try:
        return retries.planned(campaign_id, db.clock()).count
    finally:
        db.end_reading()


def _state(campaign_id: int) -> str:
    try:
        found = campaigns.find(campaign_id)
        return found.state if found else ""
    finally:
        db.end_reading()


def test_callbacks_doubled_shuffled_and_dropped_change_nothing_wrongly(running: Start) -> None:
    here = running()
    here.village("behaviour", {"deliver_seconds": 0.3, "shares": {"silent": 1}})
    here.village(
        "faults", {"callback_double": 0.3, "callback_shuffle": 0.3, "callback_drop": 0.1, "latency_ms": 30}
    )
    campaign_id = launch(80)
    bell.ring("twilio")
    here.wait(lambda: not set(here.counts(campaign_id)) & {"ready", "sending"})
    here.wait_until_idle()
    assert here.sms_per_phone() == one_each(80)
    after = here.counts(campaign_id)
    assert set(after) <= {"accepted", "sent", "delivered"}  # a dropped report leaves a message where it was
    assert after["delivered"] > 50
    assert sum(after.values()) == 80


@pytest.mark.parametrize("whom", ["horse", "worker"])
def test_a_worker_killed_in_the_middle_leaves_unknown_and_never_a_second_sms(
    running: Start, whom: str
) -> None:
    here = running(workers=1, env={"TWILIO_SMS_PER_SECOND": "30"})
    here.village("behaviour", {"deliver_seconds": 0.2, "shares": {"silent": 1}})
    here.village("faults", {"latency_ms": 600, "callback_drop": 1.0})
    campaign_id = launch(70)
    bell.ring("twilio")
    here.wait(lambda: 10 < len(here.lines("log")) < 60 and here.counts(campaign_id).get("sending", 0) > 2)
    pid = here.stack.pids["worker-1"]
    for victim in _horses(pid) if whom == "horse" else [pid]:
        _kill(victim)
    here.village("faults", {"callback_drop": 1.0})  # no callback comes that could settle them
    here.wait(lambda: here.counts(campaign_id).get("unknown", 0) > 0, 45)
    here.wait(lambda: not set(here.counts(campaign_id)) & {"ready", "sending"}, 45)
    here.wait_until_idle()
    assert max(here.sms_per_phone().values()) == 1
    after = here.counts(campaign_id)
    assert sum(after.values()) == 70
    assert messages.unsettled_count("unknown") == after["unknown"] > 0  # what the home page shows
    db.end_reading()


def _horses(pid: int) -> list[int]:
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return [int(child) for child in file.read().split()]


def _kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def test_with_redis_frozen_at_launch_and_forgetful_after_it_the_clock_rings_again(running: Start) -> None:
    here = running()
    here.village("behaviour", {"deliver_seconds": 0.2, "shares": {"silent": 1}})
    here.stack.kill("valkey", signal.SIGSTOP)
    campaign_id = launch(20)
    assert bell.ring("twilio") is False
    here.stack.kill("valkey", signal.SIGCONT)
    bell.redis().flushall()
    here.wait(lambda: here.counts(campaign_id).get("delivered", 0) == 20)
    assert here.sms_per_phone() == one_each(20)
    here.wait(lambda: _state(campaign_id) == "finished")


def test_with_the_carrier_down_messages_wait_and_nobody_is_marked_failed(running: Start) -> None:
    here = running()
    here.stack.kill("village", signal.SIGKILL)  # it is back within a second or two
    campaign_id = launch(20)
    bell.ring("twilio")
    here.wait(
        lambda: (
            sum(here.counts(campaign_id).get(state, 0) for state in ("delivered", "failed"))
            + _again(campaign_id)
            == 20
        )
    )
    assert here.sms_per_phone() == one_each(20)


def test_a_phone_that_opts_out_while_waiting_gets_nothing(running: Start) -> None:
    here = running(env={"TWILIO_SMS_PER_SECOND": "5"})
    here.village("behaviour", {"shares": {"silent": 1}})
    campaign_id = launch(30)
    bell.ring("twilio")
    here.wait(lambda: here.counts(campaign_id).get("ready", 0) < 29)
    with db.transaction():
        last = phones.find_by_number(world.number(29))
        assert last is not None
        phones.opt_out(last, db.clock())
    here.wait(lambda: not set(here.counts(campaign_id)) & {"ready", "sending"})
    assert world.number(29) not in here.sms_per_phone()
    assert here.counts(campaign_id)["skipped"] == 1
