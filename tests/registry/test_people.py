"""Who may know of whom, and changing what is known of people."""

from __future__ import annotations

import pytest

from service import db
from service.refused import Refused
from service.registry import choosing, people, phones
from service.registry.choosing import Choice
from service.registry.people import Facts, Person
from service.staff import history
from service.staff.accounts import Staff
from tests.registry.conftest import as_csv, check, commune, everybody, store
from tests.registry.test_import import row
from tests.web.conftest import employ

pytestmark = pytest.mark.usefixtures("places")

LIST = [
    row(),
    row(name="Vàng Thị Mỷ", gender="Nữ", consent="Không"),
    row(name="Sùng Thị Máy", phone="0913000777", commune="Khâu Vai"),
    row(name="Ẩn Văn Âu", phone="", commune="Khâu Vai"),
    row(name="Đặng Chìn Sếnh", phone="0219 3000 511"),
    row(name="An Thị Lai", phone="0986000111"),
]


@pytest.fixture
def manager() -> Staff:
    store(check(as_csv(*LIST)))
    return employ("manager")


def names(listed: list[Person]) -> list[str]:
    return [person.name for person in listed]


def found(text: str, staff: Staff) -> list[Person]:
    return choosing.search(Choice(text=text), staff)


def test_an_officer_knows_only_the_people_of_his_communes(manager: Staff) -> None:
    officer = employ("officer", commune("Khâu Vai").id)
    assert names(found("", officer)) == ["Ẩn Văn Âu", "Sùng Thị Máy"]
    assert found("0912", officer) == []
    assert choosing.count(Choice(), officer) == 2
    pao = found("Páo", manager)[0]
    assert people.find(pao.id, officer) is None
    assert people.find(pao.id, manager) is not None


def test_who_shares_a_number_is_shown_to_those_who_may_know(manager: Staff) -> None:
    store(check(as_csv(row(name="Sùng Thị Chở", commune="Khâu Vai"))))
    officer = employ("officer", commune("Khâu Vai").id)
    pao, cho = (found(name, manager)[0] for name in ("Páo", "Chở"))
    (phone,) = phones.of_people([pao.id])[pao.id]
    assert names(people.sharing(pao.id, manager)[phone.id]) == ["Sùng Thị Chở", "Vàng Thị Mỷ"]
    assert people.sharing(cho.id, officer) == {}


def test_a_person_is_added_and_corrected_by_hand_and_the_history_knows_who(manager: Staff) -> None:
    with db.transaction():
        person = people.add(
            Facts("lý  thị pà", 1995, "female", "giay", commune("Tát Ngà").id, "Thôn Nà Nông"), manager
        )
        phones.attach(person.id, "0169 6000 222, 0913 000 777", manager)
    assert [phone.e164 for phone in phones.of_people([person.id])[person.id]] == [
        "+84396000222",
        "+84913000777",
    ]
    with db.transaction():
        known = people.find(person.id, manager)
        assert known is not None
        facts = Facts("Lý Thị Pà", 1996, "female", "giay", commune("Tát Ngà").id, "nà nông", "đã gọi")
        assert people.change(known, facts, manager) == ["name", "birth_year", "note"]
    deeds = [(deed.deed, deed.staff_id) for deed in history.of_person(person.id)]
    assert deeds[-1] == ("person.added", manager.id)
    assert deeds[0] == ("person.changed", manager.id)


REFUSED = [
    (Facts(" - "), "person.no_name"),
    (Facts("Lý Thị Pà", 1800), "person.bad_birth_year"),
]


@pytest.mark.parametrize(("facts", "code"), REFUSED)
def test_what_cannot_be_is_refused(manager: Staff, facts: Facts, code: str) -> None:
    with pytest.raises(Refused) as refused, db.transaction():
        people.add(facts, manager)
    assert refused.value.code == code
    assert len(everybody()) == len(LIST)


def test_an_officer_cannot_put_somebody_into_another_commune(manager: Staff) -> None:
    officer = employ("officer", commune("Khâu Vai").id)
    for where in (commune("Sơn Vĩ").id, None):
        with pytest.raises(Refused) as refused, db.transaction():
            people.add(Facts("Lý Thị Pà", commune=where), officer)
        assert refused.value.code == "person.foreign_commune"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "phone.no_phone"),
        ("xem sổ", "phone.not_a_number"),
        ("09120003", "phone.too_short"),
        ("115", "phone.special_number"),
        ("0912 000 345", "phone.already_there"),
        ("0913 000 777, 0912 00", "phone.too_short"),  # all or nothing
    ],
)
def test_a_number_that_is_none_is_not_added(manager: Staff, typed: str, code: str) -> None:
    pao = found("Páo", manager)[0]
    with pytest.raises(Refused) as refused, db.transaction():
        phones.attach(pao.id, typed, manager)
    assert refused.value.code == code
    assert [phone.e164 for phone in phones.of_people([pao.id])[pao.id]] == ["+84912000345"]


def test_when_a_number_is_detached_the_next_one_moves_up(manager: Staff) -> None:
    pao = found("Páo", manager)[0]
    with db.transaction():
        phones.attach(pao.id, "0913000111 - 0913000222", manager)
        first = phones.of_person(pao.id)[0]
        phones.detach(pao.id, first.phone_id, manager)
    db.end_reading()
    assert [link.position for link in phones.of_person(pao.id)] == [1, 2]
    my = found("Mỷ", manager)[0]
    assert [phone.e164 for phone in phones.of_people([my.id])[my.id]] == ["+84912000345"]  # still hers


def test_a_whole_number_is_shown_only_of_ones_own_person_and_noted(manager: Staff) -> None:
    pao, may = (found(name, manager)[0] for name in ("Páo", "Máy"))
    link = phones.of_person(pao.id)[0]
    with db.transaction():
        assert phones.reveal(may.id, link.phone_id, manager) is None
        assert phones.reveal(pao.id, link.phone_id, manager) == "+84912000345"
    assert [deed.deed for deed in history.of_person(pao.id)] == ["phone.revealed"]
    assert history.of_person(may.id) == []
