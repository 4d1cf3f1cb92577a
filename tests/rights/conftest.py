"""A villager with a whole history, for the tests of rights."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest
from sqlalchemy import Engine

from service import db
from service.campaigns.campaigns import Campaign
from service.carriers.calls import CallUpdate
from service.followup import outcomes, tasks
from service.registry import areas, consent, merging, people, phones, tags
from service.registry.consent import PASS_TO_EMPLOYER
from service.registry.groups import Group
from service.registry.meetings import Attendance, Meeting
from service.registry.memberships import GroupMember
from service.registry.people import Facts, Person
from service.registry.tags import SKILL
from service.rights import requests
from service.sending import listened, messages
from service.staff.accounts import Staff
from service.text.words import today_in_vietnam
from tests import world
from tests.registry.conftest import as_csv, check, commune, store
from tests.replies.talk import interest, says, sent_campaign
from tests.web.conftest import Visitor, app, employ, visitor

__all__ = ["app", "visitor"]
PDF = b"%PDF-1.4 " + b"x" * 200
NAME, NUMBER, TYPED = "Sùng Mí Páo", "+84391234567", "0169 123.4567"  # a number of before 2018
SECOND, SHARED = "+84913000777", "+84986000111"
LIST = [
    (NAME, "1990", "Nam", TYPED, "Trà Mần", "Sơn Vĩ", "Có"),
    (NAME.upper(), "1990", "Nam", "01691234567", "Trà Mần", "Sơn Vĩ", "Có"),
    ("Vàng Thị Mỷ", "1992", "Nữ", "xem sổ", "Trà Mần", "Sơn Vĩ", "Có"),
    ("Giàng Mí Sò", "1988", "Nam", "0986 000 111", "Lũng Làn", "Sơn Vĩ", "Có"),
]


@dataclass
class Village:
    """Páo has been through everything; Sò shares a phone with him; Mỷ has none."""

    by: Staff
    pao: Person
    so: Person
    my: Person
    campaign: Campaign


def listed() -> list[Person]:
    db.end_reading()
    return list(db.session().query(Person).order_by(Person.id))


@pytest.fixture
def by(connected: Engine) -> Staff:
    with db.transaction():
        areas.load_data()
    return employ("manager")


@pytest.fixture
def manager(app: object, by: Staff, visitor: Visitor) -> Visitor:
    visitor.log_in("manager@vidu.vn")
    return visitor


@pytest.fixture
def village(by: Staff) -> Village:
    store(check(as_csv(*LIST)), accept=True)
    pao, my, so = listed()
    with db.transaction():
        _more_numbers_and_words(pao.id, by)
    campaign = sent_campaign(by)
    _answered_and_called(by)
    with db.transaction():
        _listened()
        _double(pao.id, by)
        _met(pao.id, so.id, by)
    return Village(by, _again(pao), _again(so), _again(my), campaign)


def _again(person: Person) -> Person:
    found = db.session().get(Person, person.id)
    assert found is not None
    return found


def _more_numbers_and_words(pao: int, by: Staff) -> None:
    person = people.find(pao, by)
    assert person is not None
    facts = Facts(
        NAME, 1990, "male", "hmn", commune("Sơn Vĩ").id, "Trà Mần", f"Gọi {NAME} qua 0391 234 567", channel="voice",
        hours_from=0, hours_to=1440, skills=("sewing",),
    )  # fmt: skip
    people.change(person, facts, by)
    phones.attach(pao, "0913 000 777, 0986.000.111", by)
    phones.detach(pao, _phone(SECOND), by)
    scan = consent.keep_file(f"{NAME}.pdf", PDF, by)
    words = f"{NAME} ký tên, 0391.234.567"
    consent.record(person, True, "paper", words, by, purpose=PASS_TO_EMPLOYER, file_id=scan.id, proof=NAME)


def _phone(number: str) -> int:
    found = phones.find_by_number(number)
    assert found is not None
    return found.id


def _answered_and_called(by: Staff) -> None:
    says(NUMBER, "Toi la Sung Mi Pao 0391234567 muon di")
    yes = interest(says(NUMBER, "1"))
    with db.transaction():
        task = tasks.of_interest(yes.id)
        assert task is not None
        outcomes.record(task, "agreed", f"{NAME} nói sẽ đi, máy vợ 0391 234 567", by, db.clock())
    with db.transaction():
        task = tasks.of_interest(yes.id)
        assert task is not None
        outcomes.record(task, "in_work", "đi làm", by, db.clock(), today_in_vietnam())
    says(SHARED, "Sung Mi Pao khong di")


def _listened() -> None:
    message = messages.latest_to(_phone(NUMBER))
    assert message is not None
    listened.note([(message.id, CallUpdate("twilio", "CA1", "", "completed", "completed", "", seconds=30))])


def _double(pao: int, by: Staff) -> None:
    other = world.person("Sung Mi Pao", NUMBER, SECOND, birth_year=1990, note="anh của Sò")
    phone = phones.find_by_number(NUMBER)
    assert phone is not None
    phones.opt_out(phone, db.clock(), by=by)
    merging.merge(pao, other.id, by)
    tags.put(other.id, SKILL, ["driving"])


def _met(pao: int, so: int, by: Staff) -> None:
    now = db.clock()
    meeting = Meeting(
        held_on=date(2026, 6, 1), area_id=commune("Sơn Vĩ").id, topic="Việc làm", created_at=now
    )
    group = Group(name="Thợ may", kind="fixed", choice={"text": "0391234567"}, created_at=now)
    db.session().add_all([meeting, group])
    db.session().flush()
    for person in (pao, so):
        db.session().add(Attendance(meeting_id=meeting.id, person_id=person, at=now))
        db.session().add(GroupMember(group_id=group.id, person_id=person))
    someone = people.find(so, by)
    pao_row = people.find(pao, by)
    assert someone is not None
    assert pao_row is not None
    someone.note = "hàng xóm của Páo, gọi nhờ 0391 234 567"
    requests.ask(pao_row, requests.DELETE, f"{NAME} nói ở chợ", today_in_vietnam(), by)
