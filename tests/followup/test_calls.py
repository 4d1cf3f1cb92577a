"""The calls that staff owe: who may see and take them, and what each outcome does."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from service import db
from service.followup import cases, outcomes, tasks
from service.followup.outcomes import OUTCOMES, Placement, next_due
from service.followup.tasks import FollowUp
from service.refused import Refused
from service.registry import areas, phones
from service.registry.people import Person
from service.replies import interests
from service.replies.interests import Interest
from service.staff import accounts, history
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


def one_yes() -> tuple[Person, Interest]:
    with db.transaction():
        villager = world.person("Vàng Mí Páo", NUMBER)
    sent_campaign()
    return villager, talk.interest(says(NUMBER, "1"))


def shared_yes() -> tuple[list[Person], Interest]:
    with db.transaction():
        people = [world.person(name, NUMBER) for name in ("Giàng Mí Sò", "Vừ Thị Mỷ")]
    sent_campaign()
    return people, talk.interest(says(NUMBER, "1"))


def today() -> date:
    """In Vietnam, where it is tomorrow from 17:00 on by the clock of London."""
    return db.clock().astimezone(VIETNAM).date()


def next_tuesday_at_ten() -> datetime:
    local = db.clock().astimezone(VIETNAM).replace(hour=10, minute=0, second=0, microsecond=0)
    return local + timedelta(days=(1 - local.weekday()) % 7 or 7)


def record(
    interest: Interest, code: str, by: Staff, day: date | None = None, now: datetime | None = None
) -> FollowUp:
    with db.transaction():
        task = tasks.of_interest(interest.id)
        assert task is not None
        outcomes.record(task, code, "ghi chú", by, now or db.clock(), day)
    return task_of(interest)


# ---------------------------------------------------------------------------------------------------- taking


def test_two_staff_cannot_take_the_same_call() -> None:
    _villager, interest = one_yes()
    first, second = staff("caller", "a@loaban.example"), staff("caller", "b@loaban.example")
    now = db.clock()
    with db.transaction():
        tasks.claim(task_of(interest), first, now)
    with pytest.raises(Refused, match=r"followup\.taken") as refused, db.transaction():
        tasks.claim(task_of(interest), second, now + timedelta(minutes=19))
    assert refused.value.values == {"name": first.name, "until": now + tasks.CLAIM_FOR}
    with pytest.raises(Refused, match=r"followup\.taken"):
        record(interest, "no_answer", second)
    assert task_of(interest).tries == 0


def test_a_call_is_free_again_after_twenty_minutes_or_when_it_is_given_back() -> None:
    _villager, interest = one_yes()
    first, second = staff("caller", "a@loaban.example"), staff("caller", "b@loaban.example")
    now = db.clock()
    for later in (timedelta(), timedelta(minutes=21)):
        with db.transaction():
            tasks.claim(task_of(interest), first if not later else second, now + later)
    assert task_of(interest).claimed_by == second.id
    with db.transaction():
        task = tasks.of_interest(interest.id)
        assert task is not None
        tasks.release(task, first)  # not his
        assert task.claimed_by == second.id
        tasks.release(task, second)
    assert task_of(interest).claimed_by is None


def test_a_call_that_is_done_or_withdrawn_cannot_be_taken() -> None:
    _villager, interest = one_yes()
    caller = staff("caller")
    says(NUMBER, "không")
    with pytest.raises(Refused, match=r"followup\.already_done"), db.transaction():
        tasks.claim(task_of(interest), caller, db.clock())


def test_the_next_call_is_ones_own_then_the_most_urgent_that_nobody_has() -> None:
    manager, other = staff("manager"), staff("manager", "other@loaban.example")
    with db.transaction():
        world.village_of(3)
    sent_campaign(manager)
    one, two, three = (talk.interest(says(world.number(index), "1")) for index in range(3))
    now = db.clock() + timedelta(days=10)
    assert tasks.next_for(manager, db.clock()) is None  # nothing is due yet
    with db.transaction() as session:
        for hours, interest in enumerate((three, two, one)):
            task = tasks.of_interest(interest.id)
            assert task is not None
            task.due = now - timedelta(hours=hours)
            task.owner_id = manager.id if interest is three else other.id
        session.flush()
        assert tasks.next_for(manager, now) == tasks.of_interest(three.id)
        assert tasks.next_for(other, now) == tasks.of_interest(one.id)
        first = tasks.of_interest(one.id)
        assert first is not None
        tasks.claim(first, manager, now)
        assert tasks.next_for(other, now) == tasks.of_interest(two.id)
    assert tasks.due_count(manager, now) == (3, 3)
    assert tasks.due_count(manager, now - timedelta(minutes=90), mine=True) == (1, 0)


def test_the_queue_goes_on_where_its_page_ended() -> None:
    manager = staff("manager")
    with db.transaction():
        world.village_of(5)
    sent_campaign(manager)
    for index in range(5):
        says(world.number(index), "1")
    first = tasks.queue(manager, 3)
    rest = tasks.queue(manager, 3, after=first[-1])
    assert [task.id for task in first + rest] == [task.id for task in tasks.queue(manager)]
    assert (len(first), len(rest)) == (3, 2)


# -------------------------------------------------------------------------------------------------- who sees


def test_callers_see_their_own_officers_their_communes_managers_all() -> None:
    with db.transaction():
        here = world.person("Vàng Mí Páo", NUMBER)
        elsewhere = areas.commune_by_name("Khâu Vai")
        assert elsewhere is not None
        world.person("Sùng Thị Dính", world.number(2), area_id=elsewhere.id)
        officer, _once = accounts.add("xa@loaban.example", "", "officer", [here.area_id or 0], None)
        foreign, _once = accounts.add("xa2@loaban.example", "", "officer", [elsewhere.id], None)
        busy, idle = world.staff("caller", "a@loaban.example"), world.staff("caller", "b@loaban.example")
    sent_campaign()
    one, two = (task_of(talk.interest(says(number, "1"))).id for number in (NUMBER, world.number(2)))
    manager, viewer = staff("manager"), staff("viewer")

    def seen(by: Staff) -> set[int]:
        listed = {task.id for task in tasks.queue(by)}
        assert listed == {task for task in (one, two) if tasks.find(task, by)}
        assert tasks.due_count(by, db.clock())[0] == len(listed)
        return listed

    assert [seen(by) for by in (busy, idle)] == [{one}, {two}]
    assert [seen(by) for by in (officer, foreign)] == [{one}, {two}]
    assert [seen(by) for by in (manager, viewer)] == [{one, two}, set()]


def test_a_case_names_the_household_until_somebody_is_known() -> None:
    people, interest = shared_yes()
    caller = staff("caller")
    task = task_of(interest)
    with db.transaction():
        tasks.claim(task_of(interest), caller, db.clock())
    [case] = cases.cases([task_of(interest)], db.clock())
    assert (case.who, [one.name for one in case.household]) == (None, ["Giàng Mí Sò", "Vừ Thị Mỷ"])
    assert case.taken_by is not None
    assert (case.taken_by.id, case.owner) == (caller.id, "manager")
    assert case.job["viec"] == "công nhân may"
    sent = cases.sent(interest)
    assert sent is not None
    assert "20 cong nhan may" in sent.text
    with db.transaction():
        interests.settle_who(case.interest, people[1].id, caller)
    [later] = cases.cases([task], db.clock() + tasks.CLAIM_FOR)
    assert later.who is not None
    assert (later.who.name, later.who.place) == ("Vừ Thị Mỷ", "Sơn Vĩ")
    assert later.taken_by is None


# -------------------------------------------------------------------------------------------------- outcomes


@pytest.mark.parametrize(
    ("code", "state", "days"),
    [
        ("no_answer", tasks.TO_CALL, None),
        ("call_later", tasks.TO_CALL, 1),
        ("agreed", tasks.TO_CALL, 2),
        ("in_work", tasks.DONE, None),
        ("not_suitable", tasks.DONE, None),
        ("changed_mind", tasks.DONE, None),
        ("wrong_number", tasks.DONE, None),
    ],
)
def test_what_each_outcome_does(code: str, state: str, days: int | None) -> None:
    villager, interest = one_yes()
    caller = staff("caller")
    now = next_tuesday_at_ten()
    with db.transaction():
        tasks.claim(task_of(interest), caller, now)
    task = record(interest, code, caller, now.date(), now)
    assert (task.state, task.outcome, task.tries, task.note) == (state, code, 1, "ghi chú")
    assert task.claimed_by is None
    assert deeds_of(villager)[-1] == f"followup.{code}"
    [noted] = [row for row in history.of_person(villager.id) if row.deed == f"followup.{code}"]
    assert (noted.staff_id, noted.details) == (caller.id, {"tries": 1})
    if days is not None:
        assert task.due == now + timedelta(days=days)
    if state == tasks.DONE:
        with pytest.raises(Refused, match=r"followup\.already_done"):
            record(interest, "no_answer", caller)
    assert {outcome.code for outcome in OUTCOMES if outcome.ends} == {
        "in_work", "not_suitable", "changed_mind", "wrong_number",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("code", "tries", "called", "due"),
    [
        ("no_answer", 1, "2026-12-01 08:05", "2026-12-01 11:00"),  # Tuesday: another hour of the same day
        ("no_answer", 2, "2026-12-01 11:10", "2026-12-01 14:00"),
        ("no_answer", 3, "2026-12-01 14:30", "2026-12-01 16:00"),
        ("no_answer", 4, "2026-12-01 16:30", "2026-12-02 08:00"),  # tomorrow, at another hour again
        ("no_answer", 5, "2026-12-01 16:30", "2026-12-02 11:00"),
        ("no_answer", 6, "2026-12-01 08:05", "2026-12-02 14:00"),  # after six tries once a day
        ("no_answer", 1, "2026-12-04 16:30", "2026-12-07 08:00"),  # Friday → Monday
        ("no_answer", 1, "2026-12-05 09:00", "2026-12-07 08:00"),  # called on a Saturday
        ("call_later", 1, "2026-12-01 10:20", "2026-12-02 10:20"),
        ("call_later", 1, "2026-12-01 19:00", "2026-12-03 08:00"),  # in the evening: the next office hour
        ("call_later", 1, "2026-12-04 10:00", "2026-12-07 08:00"),
        ("agreed", 1, "2026-12-01 10:00", "2026-12-03 10:00"),
        ("agreed", 1, "2026-12-03 10:00", "2026-12-07 08:00"),
    ],
)
def test_when_to_call_again(code: str, tries: int, called: str, due: str) -> None:
    now = datetime.fromisoformat(called).replace(tzinfo=VIETNAM).astimezone(UTC)
    assert f"{next_due(code, tries, now).astimezone(VIETNAM):%Y-%m-%d %H:%M}" == due


def test_somebody_in_work_is_placed_once_with_the_kind_of_the_campaign() -> None:
    villager, interest = one_yes()
    caller = staff("caller")
    record(interest, "agreed", caller)
    record(interest, "in_work", caller, today())
    db.end_reading()
    [placement] = outcomes.placements_of(villager.id)
    assert (placement.kind, placement.started_on) == ("in_province", today())
    assert outcomes.placed_count(interest.campaign_id) == 1
    with pytest.raises(Refused, match=r"followup\.already_done"):
        record(interest, "in_work", caller)
    assert len(all_of(Placement)) == 1


def test_the_person_remembers_the_newest_yes_and_being_in_work() -> None:
    villager, interest = one_yes()

    def remembered() -> tuple[bool, bool]:
        db.end_reading()
        person = db.session().get(Person, villager.id)
        assert person is not None
        return person.said_yes_at is not None, person.placed_at is not None

    assert remembered() == (True, False)
    says(NUMBER, "không đi nữa")
    assert remembered() == (False, False)
    says(NUMBER, "1")
    assert remembered() == (True, False)
    record(interest, "in_work", staff("caller"), today())
    assert remembered() == (True, True)


@pytest.mark.parametrize(("days", "code"), [(2, "followup.starts_later"), (-400, "followup.started_before")])
def test_the_first_day_of_work_is_a_day_that_can_be(days: int, code: str) -> None:
    _villager, interest = one_yes()
    caller = staff("caller")
    with pytest.raises(Refused) as refused:
        record(interest, "in_work", caller, today() + timedelta(days=days))
    assert refused.value.code == code
    assert (task_of(interest).state, all_of(Placement)) == (tasks.TO_CALL, [])


@pytest.mark.parametrize("code", [outcome.code for outcome in OUTCOMES if outcome.of_person])
def test_on_a_shared_phone_staff_ask_who_first(code: str) -> None:
    people, interest = shared_yes()
    caller = staff("caller")
    with pytest.raises(Refused, match=r"followup\.who_first"):
        record(interest, code, caller)
    assert task_of(interest).tries == 0
    with db.transaction():
        found = interests.find(interest.id)
        assert found is not None
        interests.settle_who(found, people[0].id, caller)
    assert record(interest, code, caller).outcome == code


def test_a_wrong_number_is_taken_from_the_person_who_stays() -> None:
    villager, interest = one_yes()
    record(interest, "wrong_number", staff("caller"))
    db.end_reading()
    assert phones.people_of(interest.phone_id) == []
    assert db.session().scalar(select(Person.name).where(Person.id == villager.id)) == "Vàng Mí Páo"
    assert "phone.detached" in deeds_of(villager)


def test_a_wrong_number_of_a_household_is_nobodys_of_it() -> None:
    _people, interest = shared_yes()
    record(interest, "wrong_number", staff("caller"))
    db.end_reading()
    assert phones.people_of(interest.phone_id) == []


def test_an_outcome_nobody_knows_is_refused() -> None:
    _villager, interest = one_yes()
    with pytest.raises(Refused, match=r"followup\.unknown_outcome"):
        record(interest, "married", staff("caller"))


def test_another_owner_can_take_over() -> None:
    _villager, interest = one_yes()
    manager, caller = staff("manager"), staff("caller")
    with db.transaction():
        task = tasks.of_interest(interest.id)
        assert task is not None
        tasks.hand_over(task, caller, manager)
    assert [task.id for task in tasks.queue(caller)] == [task_of(interest).id]
