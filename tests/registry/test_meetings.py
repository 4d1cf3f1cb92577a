"""Who was at a meeting: entered once, attendances apart from persons, mistakes taken back."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from service import db
from service.refused import Refused
from service.registry import consent, entering, meetings, people, phones
from service.registry.entering import Line
from service.registry.meetings import Meeting, Plan, Sums
from service.registry.people import Facts, Person
from service.registry.phones import Phone
from service.staff.accounts import Staff
from service.text.words import today_in_vietnam
from tests.registry.conftest import commune, everybody
from tests.web.conftest import employ

WORDS = "Anh chị có đồng ý nhận tin về việc làm không?"
pytestmark = pytest.mark.usefixtures("places")


@pytest.fixture
def boss(places: None) -> Staff:
    return employ("manager")


def hold(by: Staff, where: str = "Sơn Vĩ", day: date | None = None, hamlet: str = "") -> Meeting:
    return meetings.hold(
        Plan(day or today_in_vietnam(), commune(where).id, hamlet, "may Bắc Ninh", WORDS), by
    )


def line(
    name: str, year: int | None = 1990, phone: str = "", agrees: bool | None = None, sure: bool = False
) -> Line:
    return Line(Facts(name, year, hamlet="Trà Mần", language="hmn"), phone, agrees, sure)


def new(meeting: Meeting, what: Line, by: Staff) -> Person:
    entered = entering.enter(meeting, what, by)
    assert isinstance(entered, Person)
    return entered


def test_a_person_is_made_with_number_and_consent_and_is_at_the_meeting(boss: Staff) -> None:
    with db.transaction():
        meeting = hold(boss, hamlet="Trà Mần")
        pao = new(meeting, line("Sùng Mí Páo", phone="0912 000 345", agrees=True), boss)
    assert [person.id for _a, person in meetings.present(meeting.id)] == [pao.id]
    assert (pao.area_id, pao.language, pao.consents) == (commune("Sơn Vĩ").id, "hmn", True)
    (said,) = consent.of_person(pao.id)
    assert (said.channel, said.words, said.staff_id) == ("meeting", WORDS, boss.id)
    assert str(meeting.id) in said.proof
    assert [phone.e164 for phone in phones.of_people([pao.id])[pao.id]] == ["+84912000345"]


def test_not_asked_is_neither_yes_nor_no(boss: Staff) -> None:
    with db.transaction():
        meeting = hold(boss)
        asked_no, not_asked = new(meeting, line("A B", agrees=False), boss), new(meeting, line("C D"), boss)
    assert [row.given for row in consent.of_person(asked_no.id)] == [False]
    assert consent.of_person(not_asked.id) == []
    assert not not_asked.consents


@pytest.mark.parametrize(
    ("what", "code"),
    [
        (line("123"), "person.no_name"),
        (line("A B", 1800), "person.bad_birth_year"),
        (line("A B", phone="0912 000"), "phone.too_short"),
        (line("A B", today_in_vietnam().year - 12, agrees=True), "consent.needs_guardian"),
    ],
)
def test_a_wrong_line_leaves_nothing_behind(boss: Staff, what: Line, code: str) -> None:
    with db.transaction():
        meeting = hold(boss)
    with pytest.raises(Refused, match=re.escape(code)), db.transaction():
        entering.enter(meeting, what, boss)
    assert everybody() == []
    assert meetings.present(meeting.id) == []


# name, year, phone, where → is Sùng Mí Páo (1990, 0912 000 345, Sơn Vĩ) shown as somebody who may be meant?
ALIKE = [
    ("Sùng Mí Páo", 1990, "", "Sơn Vĩ", True),
    ("sung mi pao", 1990, "", "Sơn Vĩ", True),
    ("Sùng Mí Páo", None, "", "Sơn Vĩ", True),
    ("Sùng Mí Páo", 1962, "", "Sơn Vĩ", False),  # the father
    ("Sùng Mí Páo", 1990, "", "Khâu Vai", False),  # of another commune
    ("Sùng Mí Páo", 1962, "0912000345", "Khâu Vai", True),  # but on the same phone
    ("Sùng Mí Pó", 1990, "0912000345", "Sơn Vĩ", False),  # the brother
]


@pytest.mark.parametrize(("name", "year", "phone", "where", "alike"), ALIKE)
def test_somebody_known_is_not_entered_a_second_time_unseen(
    boss: Staff, name: str, year: int | None, phone: str, where: str, alike: bool
) -> None:
    with db.transaction():
        pao = new(hold(boss), line("Sùng Mí Páo", phone="0912 000 345"), boss)
        again = hold(boss, where)
        entered = entering.enter(again, line(name, year, phone), boss)
        assert (entered == [pao]) is alike
        assert len(meetings.present(again.id)) == (0 if alike else 1)
        if alike:
            new(again, line(name, year, phone, sure=True), boss)  # a namesake after all
    assert len(everybody()) == 2


def test_the_hint_while_typing_needs_three_letters_and_shows_own_people_only(boss: Staff) -> None:
    officer = employ("officer", commune("Khâu Vai").id)
    with db.transaction():
        meeting = hold(boss)
        pao = new(meeting, line("Sùng Mí Páo"), boss)
        new(meeting, line("Vàng Mí Páo"), boss)
    found = [person.name for person in entering.alike(meeting, "mi pao", None, boss)]
    assert found == ["Sùng Mí Páo", "Vàng Mí Páo"]
    assert [person.id for person in entering.alike(meeting, "sung mi", 1990, boss)] == [pao.id]
    assert entering.alike(meeting, "sung mi", 1991, boss) == []
    assert entering.alike(meeting, "su", None, boss) == []
    assert entering.alike(meeting, "sung mi", None, officer) == []
    assert entering.alike(meeting, "%%%", None, boss) == []


def test_attendances_are_counted_apart_from_persons(boss: Staff) -> None:
    today = today_in_vietnam()
    last_year = date(today.year - 1, 6, 1)
    with db.transaction():
        first = hold(boss)
        pao, my = new(first, line("Sùng Mí Páo"), boss), new(first, line("Vàng Thị Mỷ"), boss)
        second, third, old = hold(boss), hold(boss, "Khâu Vai"), hold(boss, day=last_year)
        assert [meetings.attend(second, pao, boss), meetings.attend(second, pao, boss)] == [True, False]
        meetings.attend(third, pao, boss)
        meetings.attend(old, my, boss)
        meetings.count_others(first, 27, boss)
        meetings.count_others(old, 5, boss)
    officer = employ("officer", commune("Khâu Vai").id)
    assert meetings.count(today.year) == Sums(attendances=4, persons=2, others=27)
    assert meetings.count(last_year.year) == Sums(1, 1, 5)
    assert meetings.count(today.year, officer) == Sums(1, 1, 0)
    assert [m.id for m in meetings.page(boss)] == [third.id, second.id, first.id, old.id]
    assert [m.id for m in meetings.page(boss, before=second)] == [first.id, old.id]
    assert [m.id for m in meetings.page(officer)] == [third.id]
    assert meetings.find(first.id, officer) is None


def test_an_entry_is_taken_back_and_with_it_who_was_made_by_it(boss: Staff) -> None:
    with db.transaction():
        meeting = hold(boss)
        pao = new(meeting, line("Sùng Mí Páo", phone="0912000345"), boss)
        slip = new(meeting, line("Sugn Mí Páo", phone="0913000345", agrees=True), boss)
    with db.transaction():
        assert entering.last_entered(meeting) is not None
        assert entering.take_back(meeting, slip.id, boss)
        assert not entering.take_back(meeting, slip.id, boss)
    (left,) = [person for person in everybody() if person.listed]
    assert left.id == pao.id
    assert consent.of_person(slip.id) == []
    assert [person.name for person in everybody() if not person.listed] == ["–"]
    assert [phone.e164 for phone in db.session().query(Phone)] == ["+84912000345"]
    with db.transaction():
        fresh = new(meeting, line("Lý A Dính"), boss)
    assert fresh.id not in (pao.id, slip.id)


def test_somebody_known_before_stays_when_struck_from_the_meeting(boss: Staff) -> None:
    with db.transaction():
        pao = people.add(Facts("Sùng Mí Páo", commune=commune("Sơn Vĩ").id), boss)
        first, second = hold(boss), hold(boss)
        my = new(first, line("Vàng Thị Mỷ"), boss)
        meetings.attend(first, pao, boss)
        meetings.attend(second, my, boss)
        entering.take_back(first, pao.id, boss)
        entering.take_back(first, my.id, boss)  # made here, but meanwhile at another meeting too
    assert meetings.present(first.id) == []
    assert [person.listed for person in everybody()] == [True, True]


def test_what_is_no_meeting_is_refused(boss: Staff) -> None:
    officer = employ("officer", commune("Khâu Vai").id)
    tomorrow = today_in_vietnam() + timedelta(days=1)
    cases = [
        (Plan(tomorrow, commune("Sơn Vĩ").id, consent_words=WORDS), boss, "meeting.not_yet"),
        (Plan(today_in_vietnam(), 999_999, consent_words=WORDS), boss, "meeting.no_commune"),
        (
            Plan(today_in_vietnam(), commune("Sơn Vĩ").id, consent_words=WORDS),
            officer,
            "meeting.foreign_commune",
        ),
        (Plan(today_in_vietnam(), commune("Sơn Vĩ").id, consent_words="có?"), boss, "meeting.no_words"),
    ]
    for plan, by, code in cases:
        with pytest.raises(Refused, match=re.escape(code)), db.transaction():
            meetings.hold(plan, by)
    with db.transaction():
        meeting = hold(boss)
        for heads in (-1, 5001):
            with pytest.raises(Refused, match=r"meeting\.bad_count"):
                meetings.count_others(meeting, heads, boss)
