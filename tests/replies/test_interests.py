"""A yes becomes one interest with one call that somebody owes; and what later words make of it."""

from __future__ import annotations

import pytest

from service import db
from service.followup import outcomes, tasks
from service.followup.tasks import FollowUp
from service.refused import Refused
from service.registry.people import Person
from service.replies import interests
from service.replies.interests import OPEN, WITHDRAWN, Interest
from service.staff.accounts import Staff
from service.text.words import VIETNAM
from tests import world
from tests.replies import talk
from tests.replies.talk import all_of, deeds_of, says, sent_campaign, task_of

pytestmark = pytest.mark.usefixtures("connected")
NUMBER = world.number(1)


def staff(role: str, email: str | None = None) -> Staff:
    with db.transaction():
        return world.staff(role, email)


def person(name: str = "Vàng Mí Páo", number: str = NUMBER) -> Person:
    with db.transaction():
        return world.person(name, number)


def state_of(interest: Interest) -> str:
    db.end_reading()
    found = interests.find(interest.id)
    assert found is not None
    return found.state


def test_a_yes_gets_an_owner_and_a_due_time_in_office_hours() -> None:
    page, caller = person(), staff("caller")
    sent_campaign()
    interest = talk.interest(says(NUMBER, "Có"))
    task = task_of(interest)
    due = task.due.astimezone(VIETNAM)
    assert (interest.person_id, interest.state) == (page.id, OPEN)
    assert (task.owner_id, task.state, task.tries) == (caller.id, tasks.TO_CALL, 0)
    assert due.weekday() < 5
    assert 8 <= due.hour < 17
    assert task.due > db.clock()
    assert deeds_of(page)[-1] == "interest.expressed"


def test_calls_go_to_the_caller_with_the_fewest() -> None:
    owners = [staff("caller", f"caller{index}@loaban.example").id for index in range(2)]
    with db.transaction():
        world.village_of(4)
    sent_campaign()
    given = [task_of(talk.interest(says(world.number(index), "1"))).owner_id for index in range(4)]
    assert given == [*owners, *owners]


def test_without_callers_whoever_sent_the_campaign_calls() -> None:
    person()
    manager = staff("manager")
    sent_campaign(manager)
    assert task_of(talk.interest(says(NUMBER, "1"))).owner_id == manager.id


def test_a_second_yes_changes_nothing() -> None:
    villager = person()
    sent_campaign()
    first = talk.interest(says(NUMBER, "1"))
    due = task_of(first).due
    second = talk.interest(says(NUMBER, "toi muon di"))
    assert second.id == first.id
    assert task_of(first).due == due
    assert len(all_of(Interest)) == len(all_of(FollowUp)) == 1
    assert deeds_of(villager).count("interest.expressed") == 1


def test_a_no_after_a_yes_withdraws_and_a_yes_after_that_opens_it_again() -> None:
    villager = person()
    sent_campaign()
    interest = talk.interest(says(NUMBER, "1"))
    says(NUMBER, "không đi nữa")
    assert (state_of(interest), task_of(interest).state) == (WITHDRAWN, tasks.WITHDRAWN)
    assert talk.interest(says(NUMBER, "1")).id == interest.id
    assert (state_of(interest), task_of(interest).state) == (OPEN, tasks.TO_CALL)
    assert deeds_of(villager)[-3:] == ["interest.expressed", "interest.withdrawn", "interest.expressed"]


def test_a_no_without_a_yes_is_only_a_no() -> None:
    person()
    sent_campaign()
    assert says(NUMBER, "không").interest is None
    assert all_of(Interest) == all_of(FollowUp) == []


def test_a_yes_to_another_campaign_is_another_interest() -> None:
    person()
    manager = staff("manager")
    sent_campaign(manager)
    first = talk.interest(says(NUMBER, "1"))
    sent_campaign(manager)
    assert talk.interest(says(NUMBER, "1")).id != first.id


@pytest.mark.parametrize(("outcome", "state"), [("changed_mind", tasks.TO_CALL), ("in_work", tasks.DONE)])
def test_a_new_yes_after_a_settled_call(outcome: str, state: str) -> None:
    """Who changed his mind on the telephone may change it back; who is in work need not be called."""
    person()
    manager = staff("manager")
    sent_campaign(manager)
    interest = talk.interest(says(NUMBER, "1"))
    with db.transaction():
        task = tasks.of_interest(interest.id)
        assert task is not None
        outcomes.record(task, outcome, "", manager, db.clock())
    says(NUMBER, "1")
    assert task_of(interest).state == state


def test_an_interest_whose_call_was_lost_gets_one() -> None:
    person()
    sent_campaign()
    interest = talk.interest(says(NUMBER, "1"))
    with db.transaction() as session:
        session.delete(tasks.of_interest(interest.id))
    with db.transaction():
        assert tasks.open_missing() == 1
    assert task_of(interest).state == tasks.TO_CALL
    with db.transaction():
        assert tasks.open_missing() == 0


# --------------------------------------------------------------------------------------------- a shared phone


def household() -> tuple[Person, Person, Interest]:
    husband, wife = person("Giàng Mí Sò"), person("Vừ Thị Mỷ")
    sent_campaign(staff("manager"))
    return husband, wife, talk.interest(says(NUMBER, "1"))


def test_on_a_shared_phone_nobody_knows_who_until_staff_ask() -> None:
    _husband, wife, interest = household()
    assert interest.person_id is None
    assert talk.interest(says(NUMBER, "1")).id == interest.id  # still one
    with db.transaction():
        interests.settle_who(_again(interest), wife.id, world.staff("caller"))
    assert _again(interest).person_id == wife.id
    assert "interest.person_known" in deeds_of(wife)


def test_who_it_was_is_settled_once() -> None:
    husband, wife, interest = household()
    caller = staff("caller")
    with db.transaction():
        interests.settle_who(_again(interest), wife.id, caller)
    with pytest.raises(Refused, match=r"interest\.already_known"), db.transaction():
        interests.settle_who(_again(interest), husband.id, caller)
    assert _again(interest).person_id == wife.id


def test_a_person_has_one_interest_in_a_campaign() -> None:
    _husband, wife, interest = household()
    caller = staff("caller")
    with db.transaction() as session:  # the commune officer noted the wife's yes, too
        session.add(
            Interest(
                campaign_id=interest.campaign_id, phone_id=interest.phone_id, person_id=wife.id,
                reply_id=interest.reply_id, state=OPEN, created_at=db.clock(),
            )
        )  # fmt: skip
    with pytest.raises(Refused, match=r"interest\.person_has_one"), db.transaction():
        interests.settle_who(_again(interest), wife.id, caller)


def _again(interest: Interest) -> Interest:
    found = interests.find(interest.id)
    assert found is not None
    return found
