"""Two channels in one campaign, through the real processes: the village's log says who was called and who was written to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from service import bell, db
from service.campaigns.campaigns import FINISHED, Campaign
from service.followup import tasks
from service.replies import inbox, interests
from service.sending import messages, mixes, sums
from service.sending.messages import NOTICE, SMS, VOICE, Message
from tests import world
from tests.journeys.conftest import Running

pytestmark = pytest.mark.journey
Start = Callable[..., Running]
FAST = {"TWILIO_CALLS_PER_SECOND": "50"}


def launch(size: int, **facts: object) -> Campaign:
    with db.transaction():
        by = world.staff("manager", "chi.hoa@loaban.example")
        world.village_of(size)
        return world.launched(by, **facts)


def to(here: Running, kind: str) -> list[str]:
    """The numbers that were sent a notice, or were called, in the order in which it happened. Each may come once."""
    lines = [line for line in here.lines("log") if line["kind"] == kind]
    return [line["to"] for line in lines if kind == "call" or "tra loi 1" in line["body"]]


def order(here: Running, number: str) -> list[str]:
    """The channels on which this number was reached, the first first."""
    return [
        line["kind"]
        for line in here.lines("log")
        if line["to"] == number and "da ngung" not in line.get("body", "")
    ]


def fate(campaign: Campaign) -> dict[str, int]:
    try:
        return {state: number for state, number in mixes.counts(campaign).by_state().items() if number}
    finally:
        db.end_reading()


def reasons(campaign: Campaign) -> dict[str, str]:
    """Why which numbers did not get the second message."""
    try:
        query = select(Message.phone_id, Message.code).where(
            Message.campaign_id == campaign.id, Message.kind == messages.SECOND, Message.state == "skipped"
        )
        return {world.number(phone_id - 1): code for phone_id, code in db.session().execute(query)}
    finally:
        db.end_reading()


def state(campaign: Campaign) -> str | None:
    try:
        return db.session().scalar(select(Campaign.state).where(Campaign.id == campaign.id))
    finally:
        db.end_reading()


def test_those_who_heard_the_call_get_it_in_writing(running: Start) -> None:
    here = running(env=FAST)
    numbers = [world.number(index) for index in range(5)]
    kinds = ("presses_1", "listens", "hangs_up", "presses_9", "presses_0")
    here.village("behaviour", {"call_phones": dict(zip(numbers, kinds, strict=True)), "call_speed": 60,
        "deliver_seconds": 0.3, "shares": {"silent": 1}})  # fmt: skip
    made = launch(5, channel=VOICE, second=SMS)
    assert bell.ring("twilio")
    here.wait(lambda: state(made) == FINISHED, 150)
    here.wait_until_idle()

    assert sorted(to(here, "call")) == numbers
    assert sorted(to(here, "sms")) == [numbers[0], numbers[1], numbers[4]]
    assert all(order(here, number)[:2] == ["call", "sms"] for number in to(here, "sms"))
    assert here.counts(made.id) == {"completed": 5}
    assert fate(made) == {"delivered": 3, "skipped": 2}
    assert reasons(made) == {numbers[2]: "not_heard", numbers[3]: "opted_out"}
    assert interests.count(made.id) == 1
    assert sums.differences(db.clock()) == []


def test_those_who_do_not_answer_are_called(running: Start) -> None:
    here = running(env=FAST)
    numbers = [world.number(index) for index in range(5)]
    written = ("answers_1", "silent", "silent", "dead", "answers_stop")
    here.village("behaviour", {"phones": dict(zip(numbers, written, strict=True)), "deliver_seconds": 0.3,
        "answer_seconds": 1, "call_phones": {numbers[1]: "presses_1", numbers[2]: "hangs_up"}, "call_speed": 60})  # fmt: skip
    made = launch(5, channel=SMS, second=VOICE, second_after_h=1)
    assert bell.ring("twilio")
    here.wait(lambda: here.counts(made.id).get("delivered") == 4 and sum(inbox_counts(made).values()) == 2)
    assert to(here, "call") == []
    assert reasons(made) == {numbers[0]: "answered", numbers[4]: "answered"}

    an_hour_goes_by(made)
    here.wait(lambda: fate(made).get("completed") == 2)
    here.wait_until_idle()
    assert sorted(to(here, "call")) == numbers[1:3]
    assert [order(here, number) for number in numbers[1:3]] == [["sms", "call"]] * 2
    here.wait(lambda: interests.count(made.id) == 2)
    assert tasks.counts(made.id) == {"to_call": 2}
    assert sums.differences(db.clock()) == []


def test_a_clock_that_is_killed_again_and_again_loses_nobody_and_writes_nobody_twice(running: Start) -> None:
    here = running(env={"TWILIO_CALLS_PER_SECOND": "4"})
    listening = {"call_shares": {"listens": 1}, "call_speed": 200}
    here.village("behaviour", {**listening, "deliver_seconds": 0.2, "shares": {"silent": 1}})
    made = launch(30, channel=VOICE, second=SMS)
    assert bell.ring("twilio")
    for reached in (1, 6, 12):
        here.wait(lambda least=reached: len(to(here, "sms")) >= least)  # type: ignore[misc]
        here.wait(lambda: "clock" in here.stack.pids)
        here.stack.kill("clock")
    here.wait(lambda: state(made) == FINISHED, 150)
    here.wait_until_idle()
    everybody = [world.number(index) for index in range(30)]
    assert sorted(to(here, "call")) == sorted(to(here, "sms")) == everybody
    assert sums.differences(db.clock()) == []


def inbox_counts(campaign: Campaign) -> dict[str, int]:
    try:
        return inbox.counts(campaign.id)
    finally:
        db.end_reading()


def an_hour_goes_by(campaign: Campaign) -> None:
    """Since the SMS went out. Nobody wants to wait for it."""
    with db.transaction():
        sent = update(Message).where(Message.campaign_id == campaign.id, Message.kind == NOTICE)
        db.session().execute(sent.values(dispatched_at=db.clock() - timedelta(minutes=61)))
