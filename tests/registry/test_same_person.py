"""One person, two entries: found, put together, taken apart again."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from service import db
from service.refused import Refused
from service.registry import areas, consent, doubles, memberships, merging, people, phones, tags
from service.registry.groups import Group
from service.registry.memberships import GroupMember
from service.registry.merging import Merge
from service.registry.people import Facts, Person
from service.registry.tags import SKILL
from service.reports import timeline
from service.staff.accounts import Staff
from tests import world
from tests.registry.conftest import commune

pytestmark = pytest.mark.usefixtures("places")
A, B, C = "+84912000345", "+84913000777", "+84986000111"


@pytest.fixture
def manager() -> Staff:
    with db.transaction():
        return world.staff("manager")


def hamlet(name: str, of: str = "Sơn Vĩ") -> int:
    return areas.hamlet(commune(of), name).id


PAIRS = [
    # one, other: (name, birth year, hamlet, numbers); is it doubtful?
    (("Sùng Mí Páo", 1990, "Trà Mần", [A]), ("Sùng Mí Páo", 1990, "Trà Mần", [B]), True),
    (("Sùng Mí Páo", 1990, "Trà Mần", [A]), ("SUNG MI PAO", None, "Trà Mần", [B]), True),
    (("Lò Thị Hoà", 1990, "", [A]), ("Lò Thị Hòa", 1990, "Trà Mần", [A]), True),  # one phone
    (("Sùng Mí Páo", 1990, "Trà Mần", [A]), ("Sùng Mí Páo", 1990, "", []), True),  # one has no phone
    (("Sùng Mí Páo", 1990, "Trà Mần", [A]), ("Sùng Mí Páo", 1991, "Trà Mần", [A]), False),
    (("Sùng Mí Páo", 1990, "Trà Mần", [A]), ("Sùng Mí Pó", 1990, "Trà Mần", [A]), False),
    (("Sùng Mí Páo", 1990, "Trà Mần", [A]), ("Sùng Mí Páo", 1990, "Lũng Làn", [B]), False),
]


@pytest.mark.parametrize(("one", "other", "doubtful"), PAIRS)
def test_which_pairs_are_asked_about(manager: Staff, one: Any, other: Any, doubtful: bool) -> None:
    with db.transaction():
        made = [
            world.person(name, *numbers, birth_year=year, hamlet_id=hamlet(place) if place else None)
            for name, year, place, numbers in (one, other)
        ]
    found = [(pair.one.id, pair.other.id) for pair in doubles.pairs()]
    assert found == ([(made[0].id, made[1].id)] if doubtful else [])
    assert doubles.count() == len(found)
    assert list(doubles.of_person(made[1].id)) == found


def test_pairs_follow_each_other_until_somebody_said_what_they_are(manager: Staff) -> None:
    with db.transaction():
        where = hamlet("Trà Mần")
        ids = [world.person("Sùng Mí Páo", hamlet_id=where).id for _ in range(3)]
    first, second, third = ids
    assert [(p.one.id, p.other.id) for p in doubles.pairs()] == [
        (first, second),
        (first, third),
        (second, third),
    ]
    assert [(p.one.id, p.other.id) for p in doubles.pairs((first, second), 1)] == [(first, third)]
    with db.transaction():
        assert merging.tell_apart(third, first, manager)
        assert not merging.tell_apart(first, third, manager)
    assert [(p.one.id, p.other.id) for p in doubles.pairs()] == [(first, second), (second, third)]
    with db.transaction():
        merging.merge(first, second, manager)
    assert doubles.pairs() == []
    assert doubles.pair(first, second) is None


def test_the_kept_one_gets_what_it_lacks_and_the_other_is_no_longer_listed(manager: Staff) -> None:
    now = db.clock()
    with db.transaction():
        kept = world.person(
            "Sùng Mí Páo", A, birth_year=None, language=None, said_yes_at=now - timedelta(days=2)
        )
        gone = world.person(
            "Sung Mi Pao", A, B, birth_year=1990, guardian="", hours_from=1080, hours_to=1260, said_yes_at=now,
            hamlet_id=hamlet("Trà Mần"),
        )  # fmt: skip
        tags.put(gone.id, SKILL, ["sewing"])
        group = Group(name="Thợ may", kind="fixed", choice={}, created_at=now)
        db.session().add(group)
        db.session().flush()
        db.session().add(GroupMember(group_id=group.id, person_id=gone.id))
    with db.transaction():
        merging.merge(kept.id, gone.id, manager)
    db.end_reading()
    person = people.find(kept.id, manager)
    assert person is not None
    assert (person.name, person.birth_year, person.language) == ("Sùng Mí Páo", 1990, "hmn")
    assert (person.hours_from, person.hours_to, person.hamlet_id) == (1080, 1260, hamlet("Trà Mần"))
    assert person.said_yes_at == now
    assert [phone.e164 for phone in phones.of_people([kept.id])[kept.id]] == [A, B]
    assert tags.of_people([kept.id], SKILL)[kept.id] == ["sewing"]
    assert db.session().get(memberships.GroupMember, (group.id, kept.id)) is not None
    assert people.find(gone.id, manager) is None
    assert phones.of_person(gone.id) == []
    assert merging.kept_id(gone.id) == kept.id
    assert merging.entries_of(gone.id) == [kept.id, gone.id]


WORDS = [
    # of the kept one, of the other: what counts afterwards
    (True, True, True), (True, False, False), (False, True, False), (None, True, True), (None, False, False),
    (True, None, True), (None, None, False),
]  # fmt: skip


@pytest.mark.parametrize(("mine", "other", "counts"), WORDS)
def test_of_two_words_on_consent_the_no_counts(
    manager: Staff, mine: bool | None, other: bool | None, counts: bool
) -> None:
    with db.transaction():
        pair = [world.person("Sùng Mí Páo", agrees=False) for _ in range(2)]
        for person, said in zip(pair, (mine, other), strict=True):
            if said is not None:
                consent.record(person, said, "paper", "đã hỏi và ghi lại", manager)
    with db.transaction():
        merging.merge(pair[0].id, pair[1].id, manager)
    kept = people.find(pair[0].id, manager)
    assert kept is not None
    assert kept.consents is counts
    newest = consent.standing(kept.id)[consent.JOB_NOTICES]
    assert (newest is not None and newest.given) is counts


def test_a_number_that_was_wrong_for_the_kept_one_does_not_come_back_with_the_other(manager: Staff) -> None:
    with db.transaction():
        kept, gone = world.person("Sùng Mí Páo", A), world.person("Sùng Mí Páo", A, B)
        number = phones.get_or_add(A, "mobile").id
        phones.detach(kept.id, number, manager)
    before = snapshot()
    with db.transaction():
        row = merging.merge(kept.id, gone.id, manager)
    assert [phone.e164 for phone in phones.of_people([kept.id])[kept.id]] == [B]
    with db.transaction():
        merging.split(row.id, manager)
    assert snapshot() == before


def test_twice_and_with_somebody_who_is_gone_is_refused(manager: Staff) -> None:
    with db.transaction():
        one, other = world.person("Sùng Mí Páo", A), world.person("Sùng Mí Páo", B)
        row = merging.merge(one.id, other.id, manager)
    for pair in ((one.id, other.id), (other.id, one.id), (one.id, one.id), (one.id, 999)):
        with pytest.raises(Refused) as refused, db.transaction():
            merging.merge(*pair, manager)
        assert refused.value.code == "merge.not_listed"
    with db.transaction():
        merging.split(row.id, manager)
    with pytest.raises(Refused) as refused, db.transaction():
        merging.split(row.id, manager)
    assert refused.value.code == "merge.already_split"


def test_what_came_since_stays_with_the_kept_one(manager: Staff) -> None:
    with db.transaction():
        kept, gone = (
            world.person("Sùng Mí Páo", A, birth_year=None),
            world.person("Sùng Mí Páo", B, birth_year=1990),
        )
        row = merging.merge(kept.id, gone.id, manager)
        b = phones.get_or_add(B, "mobile").id
    with db.transaction():
        person = people.find(kept.id, manager)
        assert person is not None
        facts = Facts("Sùng Mí Páo", 1991, "male", "hmn", commune("Sơn Vĩ").id, note="đã gọi, năm sinh 1991")
        people.change(person, facts, manager)
        phones.attach(kept.id, "0986 000 111", manager)
        phones.confirm(kept.id, b, manager)
        consent.record(person, False, "call", "Đừng gửi nữa", manager)
    with db.transaction():
        merging.split(row.id, manager)
    db.end_reading()
    mine, other = people.find(kept.id, manager), people.find(gone.id, manager)
    assert mine is not None
    assert other is not None
    assert (mine.birth_year, mine.note, mine.consents) == (1991, "đã gọi, năm sinh 1991", False)
    assert (other.birth_year, other.consents) == (1990, True)
    assert [phone.e164 for phone in phones.of_people([mine.id])[mine.id]] == [A, C]
    ((link, phone),) = people.phones_of(other.id)
    assert (phone.e164, link.verified_at is not None) == (B, True)


def test_a_number_found_wrong_since_is_wrong_for_the_one_who_brought_it(manager: Staff) -> None:
    with db.transaction():
        kept, gone = world.person("Sùng Mí Páo", A), world.person("Sùng Mí Páo", B, A)
        row = merging.merge(kept.id, gone.id, manager)
        a, b = (phones.get_or_add(number, "mobile").id for number in (A, B))
        phones.detach(kept.id, a, manager)
        phones.detach(kept.id, b, manager)
    with db.transaction():
        merging.split(row.id, manager)
    assert phones.of_person(gone.id) == phones.of_person(kept.id) == []
    assert phones.former([kept.id, gone.id]) == {(kept.id, a), (gone.id, a), (gone.id, b)}


def test_both_histories_stand_on_one_time_line(manager: Staff) -> None:
    with db.transaction():
        kept, gone = world.person("Sùng Mí Páo", A), world.person("Sung Mi Pao", B, agrees=False)
        consent.record(gone, False, "call", "Đừng gửi nữa", manager)
        merging.merge(kept.id, gone.id, manager)
    person = people.find(kept.id, manager)
    assert person is not None
    told = [(entry.kind, entry.text) for entry in timeline.of_person(person)]
    assert told.count(("consent.withdrawn", "Đừng gửi nữa")) == 1  # the copy that counts is not told twice
    assert ("person.registered_again", "Sung Mi Pao") in told
    assert ("consent.given", "đồng ý nhận tin việc làm") in told


# --------------------------------------------------------------------- whatever was put together, can be taken apart

SKIPPED = ("history", "person_merge", "two_people", "staff")
Row = tuple[Any, ...]


def snapshot() -> dict[str, list[Row]]:
    """All that the registry knows, but for the log of what was done."""
    db.end_reading()
    found = {}
    for table in db.Base.metadata.sorted_tables:
        if table.name not in SKIPPED:
            rows = db.session().execute(table.select()).all()
            found[table.name] = sorted(tuple(map(str, row)) for row in rows)
    db.end_reading()
    return found


facts = st.fixed_dictionaries(
    {
        "birth_year": st.none() | st.sampled_from([1990, 1991]),
        "gender": st.none() | st.just("male"),
        "language": st.none() | st.sampled_from(["hmn", "vi"]),
        "guardian": st.sampled_from(["", "Sùng Chá (bố)"]),
        "note": st.sampled_from(["", "đã gọi", "nhà cạnh trường"]),
        "channel": st.none() | st.sampled_from(["sms", "voice"]),
        "hours": st.none() | st.sampled_from([(1080, 1260), (0, 1440)]),
        "place": st.sampled_from(["", "Sơn Vĩ", "Sơn Vĩ/Trà Mần", "Khâu Vai/Trà Mần"]),
        "numbers": st.lists(st.sampled_from([A, B, C]), unique=True, max_size=3),
        "wrong": st.none() | st.sampled_from([A, B, C]),
        "said": st.lists(st.sampled_from([("job_notices", True), ("job_notices", False), ("keep_after", True)]), max_size=3),
        "skills": st.lists(st.sampled_from(["sewing", "driving"]), unique=True),
        "yes_days_ago": st.none() | st.integers(1, 5),
        "in_group": st.booleans(),
    }
)  # fmt: skip


def make(what: dict[str, Any], group: Group, by: Staff, now: datetime) -> int:
    where, _slash, place = what["place"].partition("/")
    area = commune(where) if where else None
    yes = now - timedelta(days=what["yes_days_ago"]) if what["yes_days_ago"] else None
    person = world.person(
        "Sùng Mí Páo", *what["numbers"], agrees=False, area_id=area.id if area else None,
        hamlet_id=areas.hamlet(area, place).id if area and place else None, said_yes_at=yes,
        hours_from=what["hours"][0] if what["hours"] else None, hours_to=what["hours"][1] if what["hours"] else None,
        **{name: what[name] for name in ("birth_year", "gender", "language", "guardian", "note", "channel")},
    )  # fmt: skip
    for purpose, given_ in what["said"]:
        consent.record(person, given_, "paper", "đã hỏi và ghi lại", by, purpose=purpose)
    if what["wrong"] in what["numbers"]:
        phones.detach(person.id, phones.get_or_add(what["wrong"], "mobile").id, by)
    tags.put(person.id, SKILL, what["skills"])
    if what["in_group"]:
        db.session().add(GroupMember(group_id=group.id, person_id=person.id))
    db.session().flush()
    return person.id


class _Undone(Exception):
    """Ends an example: nothing of it stays."""


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(everybody=st.tuples(facts, facts, facts), order=st.permutations([0, 1, 2]), chained=st.booleans())
def test_put_together_and_taken_apart_nothing_has_changed(
    connected: Engine, everybody: tuple[Any, ...], order: list[int], chained: bool
) -> None:
    _in_a_village(everybody, lambda ids, by: _merge_and_split(ids, order, chained, by))


def _in_a_village(everybody: tuple[Any, ...], play: Callable[[list[int], Staff], None]) -> None:
    with suppress(_Undone), db.transaction():
        by, now = world.staff("manager"), db.clock()
        group = Group(name="Thợ may", kind="fixed", choice={}, created_at=now)
        db.session().add(group)
        db.session().flush()
        play([make(what, group, by, now) for what in everybody], by)
        raise _Undone


def _merge_and_split(ids: list[int], order: list[int], chained: bool, by: Staff) -> None:
    """Two into one after each other, or one into the next into the next; taken apart in either order."""
    first, second, third = (ids[place] for place in order)
    before = _inside()
    one = merging.merge(first, second, by)
    alone = _inside()
    kept, gone = (third, first) if chained else (first, third)
    other = merging.merge(kept, gone, by)
    both = {person.id for person in db.session().scalars(select(Person).where(Person.listed))}
    assert both == {kept}
    assert merging.kept_id(second) == kept
    merging.split(other.id, by)
    assert _inside() == alone
    again = merging.merge(kept, gone, by)
    merging.split(one.id, by)  # the earlier one first
    assert {merge.id for merge in db.session().scalars(select(Merge).where(Merge.undone_at.is_(None)))} == {
        again.id
    }
    merging.split(again.id, by)
    assert _inside() == before


def _inside() -> dict[str, list[Row]]:
    """snapshot() of the open transaction, without the ids that rows on consent get."""
    db.session().flush()
    found = {}
    for table in db.Base.metadata.sorted_tables:
        if table.name not in SKIPPED:
            rows = db.session().execute(table.select()).all()
            found[table.name] = sorted(tuple(map(str, row)) for row in rows)
    return found
