"""Saved groups: fixed ones keep these people, living ones follow the filters."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from service import db
from service.refused import Refused
from service.registry import choosing, groups
from service.registry.choosing import EVERYBODY, Choice
from service.registry.groups import FIXED, LIVING, Group
from service.registry.people import Person
from service.staff import history
from service.staff.accounts import Staff
from tests.registry.conftest import as_csv, check, commune, everybody, store
from tests.registry.test_import import row
from tests.web.conftest import employ

pytestmark = pytest.mark.usefixtures("places")

LIST = [
    row(),
    row(name="Vàng Thị Mỷ", gender="Nữ"),
    row(name="Sùng Thị Máy", gender="Nữ", phone="0913000777", commune="Khâu Vai"),
]


@pytest.fixture
def manager() -> Staff:
    store(check(as_csv(*LIST)))
    return employ("manager")


def save(name: str, kind: str, choice: Choice, by: Staff) -> Group:
    with db.transaction():
        return groups.save(name, kind, choice, by)


def again(group: Group) -> Group:
    """The group, as this transaction has it."""
    known = groups.find(group.id)
    assert known is not None
    return known


def members(group: Group) -> list[str]:
    """Who is in it, for whoever sends to it."""
    db.end_reading()
    ids = set(db.session().scalars(groups.members(group.id)))
    return [person.name for person in everybody() if person.id in ids]


def test_a_fixed_group_stays_and_a_living_one_follows(manager: Staff) -> None:
    women = Choice(genders=("female",))
    fixed, living = save("Phụ nữ nay", FIXED, women, manager), save("Phụ nữ", LIVING, women, manager)
    assert members(fixed) == members(living) == ["Vàng Thị Mỷ", "Sùng Thị Máy"]
    with db.transaction():
        db.change(update(Person).where(Person.name == "Sùng Mí Páo").values(gender="female"))
        db.change(update(Person).where(Person.name == "Vàng Thị Mỷ").values(gender="male"))
    assert members(fixed) == ["Vàng Thị Mỷ", "Sùng Thị Máy"]
    assert members(living) == ["Sùng Mí Páo", "Sùng Thị Máy"]
    assert [group.name for group in groups.listed()] == ["Phụ nữ", "Phụ nữ nay"]


def test_people_come_into_a_fixed_group_and_leave_it(manager: Staff) -> None:
    pao, my, may = everybody()
    group = save("Tổ may", FIXED, Choice(persons=(pao.id,)), manager)
    with db.transaction():
        assert groups.put_in(group, EVERYBODY, manager) == 2
        assert groups.put_in(group, EVERYBODY, manager) == 0
    with db.transaction():
        assert groups.take_out(group, [my.id, 999], manager) == 1
    assert members(group) == [pao.name, may.name]
    assert [deed.deed for deed in history.page()][:3] == ["group.taken_out", "group.put_in", "group.saved"]


def test_nobody_is_in_a_group_that_is_not_there(manager: Staff) -> None:
    assert list(db.session().scalars(groups.members(99))) == []


REFUSED = [
    ("  ", FIXED, EVERYBODY, "group.no_name"),
    ("…", FIXED, EVERYBODY, "group.no_name"),
    ("Tổ may", FIXED, EVERYBODY, "group.name_taken"),
    ("Tổ  may", LIVING, EVERYBODY, "group.name_taken"),
    ("Không ai", FIXED, Choice(text="zzz"), "group.nobody"),
    ("Không ai", LIVING, Choice(persons=()), "group.nobody"),
    ("Lạ", "round", EVERYBODY, "group.unknown_kind"),
]


def test_what_cannot_be_a_group_is_refused(manager: Staff) -> None:
    save("Tổ may", FIXED, EVERYBODY, manager)
    for name, kind, choice, code in REFUSED:
        with pytest.raises(Refused) as refused:
            save(name, kind, choice, manager)
        assert refused.value.code == code, name
    db.end_reading()
    assert [group.name for group in groups.listed()] == ["Tổ may"]


def test_a_group_is_renamed_but_not_to_a_name_that_is_taken(manager: Staff) -> None:
    one, _two = save("Một", FIXED, EVERYBODY, manager), save("Hai", LIVING, EVERYBODY, manager)
    for name, code in (("Hai", "group.name_taken"), ("", "group.no_name")):
        with pytest.raises(Refused) as refused, db.transaction():
            groups.rename(again(one), name, manager)
        assert refused.value.code == code
    with db.transaction():
        groups.rename(again(one), "Một", manager)  # its own name
        groups.rename(again(one), "Ba", manager)
    db.end_reading()
    assert [group.name for group in groups.listed()] == ["Ba", "Hai"]


def test_a_group_that_another_is_made_of_cannot_go_before_it(manager: Staff) -> None:
    fixed = save("Tổ may", FIXED, EVERYBODY, manager)
    living = save("Nữ tổ may", LIVING, Choice(group=fixed.id, genders=("female",)), manager)
    assert members(living) == ["Vàng Thị Mỷ", "Sùng Thị Máy"]
    with pytest.raises(Refused) as refused, db.transaction():
        groups.remove(fixed, manager)
    assert (refused.value.code, refused.value.values["name"]) == ("group.needed", "Nữ tổ may")
    for group in (living, fixed):
        with db.transaction():
            groups.remove(again(group), manager)
    db.end_reading()
    assert groups.listed() == []
    assert len(everybody()) == 3


def test_a_living_group_takes_nobody_by_hand(manager: Staff) -> None:
    living = save("Mọi người", LIVING, EVERYBODY, manager)
    with pytest.raises(Refused) as refused, db.transaction():
        groups.put_in(living, EVERYBODY, manager)
    assert refused.value.code == "group.living"


def test_what_an_officer_saves_stays_within_the_own_communes(manager: Staff) -> None:
    khau_vai, son_vi = commune("Khâu Vai").id, commune("Sơn Vĩ").id
    officer = employ("officer", khau_vai)
    fixed, living = save("Của xã", FIXED, EVERYBODY, officer), save("Của xã, mới", LIVING, EVERYBODY, officer)
    assert members(fixed) == members(living) == ["Sùng Thị Máy"]
    with pytest.raises(Refused) as refused:
        save("Xã khác", LIVING, Choice(communes=(son_vi,)), officer)
    assert refused.value.code == "group.nobody"
    assert members(save("Hai xã", LIVING, Choice(communes=(son_vi, khau_vai)), officer)) == ["Sùng Thị Máy"]


def test_an_officer_changes_no_group_of_others(manager: Staff) -> None:
    officer = employ("officer", commune("Khâu Vai").id)
    group = save("Của huyện", FIXED, EVERYBODY, manager)
    assert choosing.count(groups.choice_of(group), officer) == 1
    for forbidden in (
        lambda: groups.rename(group, "Khác", officer),
        lambda: groups.remove(group, officer),
        lambda: groups.put_in(group, EVERYBODY, officer),
        lambda: groups.take_out(group, [1], officer),
    ):
        with pytest.raises(Refused) as refused, db.transaction():
            forbidden()
        assert refused.value.code == "group.not_yours"
    assert len(members(group)) == 3
