"""Numbers change hands: taken off, not brought back unseen, asked again after a year, put in the person's own order."""

from __future__ import annotations

from datetime import timedelta

import pytest

from service import db
from service.refused import Refused
from service.registry import forgotten, phones
from service.registry.people import Person
from service.registry.phones import DETACHED, WRONG_NUMBER, Phone
from service.staff import history
from service.staff.accounts import Staff
from tests import world

pytestmark = pytest.mark.usefixtures("places")
FIRST, SECOND, THIRD = "+84912000345", "+84913000777", "+84986000111"


@pytest.fixture
def manager() -> Staff:
    with db.transaction():
        return world.staff("manager")


@pytest.fixture
def pao(manager: Staff) -> Person:
    with db.transaction():
        return world.person("Sùng Mí Páo", FIRST, SECOND)


def numbers(person: Person) -> list[str]:
    db.end_reading()
    return [phone.e164 for phone in phones.of_people([person.id])[person.id]]


def phone(number: str) -> Phone:
    found = phones.find_by_number(number)
    assert found is not None
    return found


def test_a_wrong_number_is_taken_off_and_remembered(manager: Staff, pao: Person) -> None:
    with db.transaction():
        assert phones.detach(pao.id, phone(FIRST).id, manager)
    assert numbers(pao) == [SECOND]
    assert [link.position for link in phones.of_person(pao.id)] == [1]
    assert phones.former([pao.id]) == {(pao.id, phone(FIRST).id)}
    ((row, gone),) = phones.former_of(pao.id)
    assert (row.reason, gone.e164, row.staff_id) == (WRONG_NUMBER, FIRST, manager.id)
    with db.transaction():
        assert not phones.detach(pao.id, phone(FIRST).id, manager)  # twice is once


def test_it_comes_back_only_knowingly(manager: Staff, pao: Person) -> None:
    with db.transaction():
        phones.detach(pao.id, phone(FIRST).id, manager, DETACHED)
    with pytest.raises(Refused) as refused, db.transaction():
        phones.attach(pao.id, "0912 000 345", manager)
    assert refused.value.code == "phone.was_taken_off"
    assert numbers(pao) == [SECOND]
    with db.transaction():
        phones.attach(pao.id, "0912 000 345", manager, knowingly=True)
    assert numbers(pao) == [SECOND, FIRST]
    assert phones.former([pao.id]) == set()


def test_a_number_taken_off_twice_keeps_the_last_reason(manager: Staff, pao: Person) -> None:
    number = phone(FIRST).id
    with db.transaction():
        phones.detach(pao.id, number, manager, DETACHED)
        phones.attach(pao.id, FIRST, manager, knowingly=True)
        phones.detach(pao.id, number, manager, WRONG_NUMBER)
    assert [row.reason for row, _phone in phones.former_of(pao.id)] == [WRONG_NUMBER]


def test_a_number_is_unsure_after_a_year_and_sure_when_somebody_asked(manager: Staff, pao: Person) -> None:
    now = db.clock()
    link = phones.of_person(pao.id)[0]
    assert phones.stale(link, now)  # nobody has ever said so
    with db.transaction():
        assert phones.confirm(pao.id, link.phone_id, manager)
        assert not phones.confirm(pao.id + 99, link.phone_id, manager)
    link = phones.of_person(pao.id)[0]
    assert not phones.stale(link, now + timedelta(days=364))
    assert phones.stale(link, now + timedelta(days=367))
    with db.transaction():
        phones.attach(pao.id, THIRD, manager)
    assert not phones.stale(phones.of_person(pao.id)[2], now)  # just typed


MOVES = [
    (FIRST, True, [FIRST, SECOND, THIRD]),  # it is the first
    (SECOND, True, [SECOND, FIRST, THIRD]),
    (FIRST, False, [SECOND, FIRST, THIRD]),
    (THIRD, True, [FIRST, THIRD, SECOND]),
    (THIRD, False, [FIRST, SECOND, THIRD]),  # it is the last
]


@pytest.mark.parametrize(("number", "earlier", "expected"), MOVES)
def test_the_order_of_numbers_can_be_changed(
    manager: Staff, pao: Person, number: str, earlier: bool, expected: list[str]
) -> None:
    with db.transaction():
        phones.attach(pao.id, THIRD, manager)
        phones.move(pao.id, phone(number).id, earlier, manager)
    assert numbers(pao) == expected
    assert [link.position for link in phones.of_person(pao.id)] == [1, 2, 3]


OWNERS = [("vợ: 0986 000 111", "vợ"), ("0986000111 (trưởng thôn)", "trưởng thôn"), ("0986 000 111", "")]


@pytest.mark.parametrize(("typed", "owner"), OWNERS)
def test_whose_phone_it_is_is_read_from_what_was_typed(
    manager: Staff, pao: Person, typed: str, owner: str
) -> None:
    with db.transaction():
        phones.attach(pao.id, typed, manager)
    assert phones.of_person(pao.id)[2].owner == owner
    with db.transaction():
        assert phones.name_owner(pao.id, phone(THIRD).id, "  mẹ  vợ ", manager)
        assert not phones.name_owner(pao.id, 999, "ai", manager)
    db.end_reading()
    assert phones.of_person(pao.id)[2].owner == "mẹ vợ"


def test_an_opt_out_is_of_everything_or_of_one_channel(manager: Staff, pao: Person) -> None:
    now = db.clock()
    with db.transaction():
        one = phone(FIRST)
        assert phones.opt_out(one, now, "sms", manager)
        assert not phones.opt_out(one, now, "sms", manager)
        assert phones.opt_out(one, now, "voice", manager)
        assert (one.no_sms_at, one.no_voice_at, one.opted_out_at, one.opt_outs) == (now, now, None, 0)
        assert phones.opt_in(one, manager, "sms")
        assert phones.opt_out(one, now)
        assert (one.no_sms_at, one.no_voice_at, one.opted_out_at, one.opt_outs) == (None, now, now, 1)
        assert phones.opt_in(one, manager)
        assert not phones.opt_in(one, manager)
        assert (one.no_voice_at, one.opted_out_at) == (now, None)  # what was said of calls alone stays
    assert [row.deed for row in reversed(history.of_person(pao.id)) if row.deed.startswith("phone")] == [
        "phone.opted_out_sms",
        "phone.opted_out_voice",
        "phone.opted_in_sms",
        "phone.opted_out",
        "phone.opted_in",
    ]


def test_a_number_deleted_after_an_opt_out_comes_back_opted_out(manager: Staff) -> None:
    then = db.clock() - timedelta(days=400)
    with db.transaction():
        forgotten.keep(THIRD, then)
        forgotten.keep(THIRD, db.clock())  # the first word counts
    assert forgotten.opted_out([FIRST, THIRD]) == {THIRD: then}
    with db.transaction():
        assert phones.get_or_add(FIRST, "mobile").opted_out_at is None
        again = phones.get_or_add(THIRD, "mobile")
        assert again.opted_out_at == then
        phones.opt_in(again, manager)
    assert forgotten.opted_out([THIRD]) == {}
    row = db.session().execute(forgotten.ForgottenNumber.__table__.select()).all()
    assert row == []


def test_the_digest_does_not_show_the_number(manager: Staff) -> None:
    with db.transaction():
        forgotten.keep(THIRD, db.clock())
    (row,) = db.session().query(forgotten.ForgottenNumber).all()
    assert len(row.digest) == 64
    assert "986000111" not in row.digest
