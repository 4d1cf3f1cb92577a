"""Enough people: nobody else is written to, and who said yes in vain is told politely, once."""

from __future__ import annotations

import pytest

from service import db
from service.campaigns import campaigns
from service.campaigns.campaigns import Campaign
from service.followup import closing, outcomes, tasks
from service.registry.people import Person
from service.sending import budget, launch, messages
from service.sending.messages import HEADCOUNT_FULL, Message
from service.staff.accounts import Staff
from tests import world
from tests.replies import talk
from tests.replies.talk import all_of, says

pytestmark = pytest.mark.usefixtures("connected")


def campaign(people: int, headcount: int, **changes: object) -> tuple[Campaign, list[Person], Staff]:
    with db.transaction():
        village, by = world.village_of(people), world.staff()
        made = world.launched(by, headcount=headcount, **changes)
    return made, village, by


def agree(index: int, by: Staff, code: str = "agreed") -> None:
    interest = talk.interest(says(world.number(index), "1"))
    with db.transaction():
        task = tasks.of_interest(interest.id)
        assert task is not None
        outcomes.record(task, code, "", by, db.clock())


def close() -> int:
    with db.transaction():
        return closing.close_full()


def now_of(made: Campaign) -> Campaign:
    db.end_reading()
    found = campaigns.find(made.id)
    assert found is not None
    return found


def told() -> list[Message]:
    return [message for message in all_of(Message) if message.kind == HEADCOUNT_FULL]


def test_a_campaign_closes_itself_when_its_headcount_is_reached() -> None:
    made, _village, by = campaign(3, headcount=2)
    talk.send_all()
    agree(0, by)
    assert close() == 0
    agree(1, by)
    assert close() == 1
    assert now_of(made).closed_at is not None
    assert close() == 0
    assert told() == []


def test_what_waits_is_cancelled_and_what_was_sent_stays() -> None:
    made, _village, by = campaign(25, headcount=1, waves="first")
    talk.send_all()
    agree(0, by)
    close()
    assert messages.counts(made.id) == {"accepted": 20, "cancelled": 5}


def test_who_said_yes_in_vain_is_told_once_and_nobody_else_is() -> None:
    made, village, by = campaign(5, headcount=1, tell_rest=True)
    talk.send_all()
    says(world.number(1), "1")  # in vain
    says(world.number(2), "không đi nữa")
    agree(3, by, "not_suitable")
    agree(0, by)
    close()
    [message] = told()
    assert message.phone_id == phone_of(village[1])
    assert "da du nguoi" in message.text
    assert talk.send_all() == 1
    with db.transaction():
        assert closing.tell_rest(now_of(made), by) == 0
        assert launch.finish_done() == 0  # the carrier has not reported yet
        for sent in all_of(Message):
            messages.hear_back(sent.id, messages.Status("delivered"))
        assert launch.finish_done() == 1
    kept = budget.of(made.id)
    assert kept is not None
    assert kept.spent == sum(one.price_vnd for one in all_of(Message))


def test_a_finished_campaign_can_tell_the_rest_and_finishes_again() -> None:
    made, _village, by = campaign(3, headcount=1)
    talk.send_all()
    with db.transaction():
        for message in all_of(Message):
            messages.hear_back(message.id, messages.Status("delivered"))
        assert launch.finish_done() == 1
    says(world.number(1), "1")
    agree(0, by)
    close()
    assert closing.to_tell(made.id) == 1
    db.end_reading()
    with db.transaction():
        assert closing.tell_rest(now_of(made), by) == 1
    assert now_of(made).state == "running"
    assert talk.send_all() == 1
    with db.transaction():
        messages.hear_back(told()[0].id, messages.Status("delivered"))
        assert launch.finish_done() == 1


def test_who_opted_out_meanwhile_is_not_told() -> None:
    _made, _village, by = campaign(3, headcount=1, tell_rest=True)
    talk.send_all()
    says(world.number(1), "1")
    agree(0, by)
    close()
    says(world.number(1), "TC")
    talk.send_all()
    assert [message.code for message in told()] == ["opted_out"]


def phone_of(person: Person) -> int:
    return next(message.phone_id for message in messages.of_person(person.id))
