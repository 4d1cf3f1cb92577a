"""Entering people at a meeting, as it is done in the village: one line after another, mistakes said at once, nobody twice."""

from __future__ import annotations

import re

import pytest

from service import db
from service.registry import areas, consent, meetings, people
from service.registry.people import Facts, Person
from service.text.words import date_vi, today_in_vietnam
from tests.registry.conftest import commune, everybody
from tests.web.conftest import Visitor, employ, words

WORDS = "Anh chị có đồng ý nhận tin về việc làm không?"


@pytest.fixture
def officer(app: object, visitor: Visitor) -> Visitor:
    """The officer of Sơn Vĩ."""
    employ("officer", commune("Sơn Vĩ").id)
    visitor.log_in("officer@vidu.vn")
    return visitor


@pytest.fixture
def room(officer: Visitor) -> str:
    """The address of a meeting in Trà Mần that has just been opened."""
    officer.get("/meetings/new")
    officer.post(
        "/meetings/new", held_on=today_in_vietnam().isoformat(), commune=commune("Sơn Vĩ").id, hamlet="Trà Mần",
        topic="may Bắc Ninh", consent_words=WORDS,
    )  # fmt: skip
    officer.follow()
    return officer.last.request.path


def value(visitor: Visitor, name: str) -> str:
    """What stands in this field of the page that is open."""
    field = re.search(rf'<input[^>]*name="{name}"[^>]*>', visitor.last.text)
    found = re.search(r'value="([^"]*)"', field[0]) if field else None
    return found[1] if found else ""


def focused(visitor: Visitor) -> list[str]:
    return re.findall(r'<(?:input|select)[^>]*autofocus[^>]*name="([^"]+)"', visitor.last.text) + re.findall(
        r'<(?:input|select)[^>]*name="([^"]+)"[^>]*autofocus', visitor.last.text
    )


def ticked(visitor: Visitor, name: str) -> list[str]:
    """Which of these radio buttons is on."""
    return re.findall(rf'type="radio" name="{name}" value="([^"]*)" checked', visitor.last.text)


def chosen(visitor: Visitor, name: str) -> str:
    select = re.search(rf'<select[^>]*name="{name}".*?</select>', visitor.last.text, re.DOTALL)
    found = re.search(r'<option selected value="([^"]*)"', select[0]) if select else None
    return found[1] if found else ""


def listed() -> list[Person]:
    return [person for person in everybody() if person.listed]


def test_three_people_are_entered_one_after_another(officer: Visitor, room: str) -> None:
    page = words(officer.get(room + "?hamlet=Trà+Mần"))
    assert "Chưa ghi ai" in page
    assert "Lưu người số 1" in page
    officer.post(
        room,
        name="Sùng Mí Páo",
        birth_year="1990",
        gender="male",
        phones="0912 000 345",
        hamlet="Trà Mần",
        language="hmn",
        agrees="yes",
    )
    officer.follow()
    assert focused(officer) == ["name"]
    assert (value(officer, "name"), value(officer, "hamlet"), chosen(officer, "language")) == (
        "",
        "Trà Mần",
        "hmn",
    )
    assert ticked(officer, "agrees") == [""]  # a yes is never remembered for the next person
    officer.post(
        room,
        name="Vàng Thị Mỷ",
        birth_year="1992",
        gender="female",
        hamlet="Trà Mần",
        language="hmn",
        agrees="no",
    )
    officer.follow()
    officer.post(room, name="Lý A Dính", hamlet="Lũng Chỉn", language="dao")
    page = words(officer.follow())
    assert "3 người ghi tên" in page
    assert "Lưu người số 4" in page
    assert "3 Lý A Dính" in page
    assert "2 Vàng Thị Mỷ Nữ 1992" in page
    assert [(person.name, person.gender, person.language, person.consents) for person in listed()] == [
        ("Sùng Mí Páo", "male", "hmn", True),
        ("Vàng Thị Mỷ", "female", "hmn", False),
        ("Lý A Dính", None, "dao", False),
    ]
    assert {hamlet.name for hamlet in areas.hamlets(commune("Sơn Vĩ").id)} == {"Trà Mần", "Lũng Chỉn"}
    assert "+84912000345" not in officer.last.text
    assert "0912 000 345" not in page


# what is typed, which field is wrong, what is said
WRONG = [
    ({"name": ""}, "name", "Xin điền ô này."),
    ({"name": "99"}, "name", "Xin điền họ và tên."),
    ({"birth_year": "90"}, "birth_year", "Số phải từ 1900 đến 2100."),
    ({"birth_year": "2099"}, "birth_year", "Năm sinh 2099 chưa đúng"),
    ({"phones": "0912 000"}, "phones", "“0912 000” thiếu chữ số"),
    ({"phones": "0986 OOO 487"}, "phones", "chữ cái"),
]


@pytest.mark.parametrize(("typed", "field", "said"), WRONG)
def test_a_wrong_line_comes_back_with_the_sentence_and_all_that_was_typed(
    officer: Visitor, room: str, typed: dict[str, str], field: str, said: str
) -> None:
    whole = {
        "name": "Sùng Mí Páo",
        "birth_year": "1990",
        "phones": "0912 000 345",
        "hamlet": "Trà Mần",
        "agrees": "yes",
    }
    line = {**whole, **typed}
    officer.get(room)
    assert officer.post(room, **line).status_code == 422
    assert said in words(officer.last)
    assert focused(officer) == [field]
    assert {name: value(officer, name) for name in ("name", "birth_year", "phones", "hamlet")} == {
        name: line[name] for name in ("name", "birth_year", "phones", "hamlet")
    }
    assert ticked(officer, "agrees") == ["yes"]
    assert everybody() == []
    officer.post(room, **whole)
    assert "1 người ghi tên" in words(officer.follow())


def test_a_child_agrees_through_a_guardian(officer: Visitor, room: str) -> None:
    year = str(today_in_vietnam().year - 14)
    officer.get(room)
    assert 'name="guardian"' not in officer.last.text
    officer.post(room, name="Sùng Mí Nô", birth_year=year, agrees="yes")
    assert "Sùng Mí Nô chưa đủ 16 tuổi" in words(officer.last)
    assert focused(officer) == ["guardian"]
    officer.post(room, name="Sùng Mí Nô", birth_year=year, agrees="yes", guardian="Sùng Mí Páo (bố)")
    (child,) = listed()
    assert child.consents
    assert consent.of_person(child.id)[0].guardian == child.guardian == "Sùng Mí Páo (bố)"


def test_somebody_known_is_marked_present_with_one_click(officer: Visitor, room: str) -> None:
    boss = employ("manager")
    with db.transaction():
        pao = people.add(Facts("Sùng Mí Páo", 1990, commune=commune("Sơn Vĩ").id, hamlet="Trà Mần"), boss)
    officer.get(room)
    assert officer.post(room, name="sung mi pao", birth_year="1990", hamlet="Bản Chuối").status_code == 422
    assert "Giống người đã có. Chính là người này?" in words(officer.last)
    assert "Ghi có mặt: Sùng Mí Páo" in words(officer.last)
    officer.post(f"{room}/attend", person=pao.id, hamlet="Bản Chuối")
    officer.follow()
    assert "1 người ghi tên" in words(officer.last)
    assert value(officer, "hamlet") == "Bản Chuối"
    assert len(listed()) == 1
    officer.post(f"{room}/attend", person=pao.id)
    assert "Sùng Mí Páo đã có trong buổi họp này." in words(officer.follow())
    # A namesake, after somebody looked.
    officer.post(room, name="Sùng Mí Páo", birth_year="1990", sure="yes")
    assert "2 người ghi tên" in words(officer.follow())


def test_the_hint_while_typing_offers_whom_we_know(officer: Visitor, room: str) -> None:
    boss = employ("manager")
    with db.transaction():
        people.add(Facts("Sùng Mí Páo", 1990, commune=commune("Sơn Vĩ").id, hamlet="Trà Mần"), boss)
        people.add(Facts("Sùng Mí Dế", 1990, commune=commune("Khâu Vai").id), boss)
    page = words(officer.get(f"{room}/alike?name=sung+mi&hamlet=X"))
    assert "Sùng Mí Páo, 1990, Trà Mần" in page
    assert "Ghi có mặt" in page
    assert "Dế" not in page
    assert words(officer.get(f"{room}/alike?name=su")) == ""


def test_an_entry_is_undone_and_another_struck(officer: Visitor, room: str) -> None:
    officer.get(room)
    for name in ("Sùng Mí Páo", "Vàng Thị Mỷ", "Lý A Dính"):
        officer.post(room, name=name)
        officer.follow()
    assert "Hoàn tác: Lý A Dính" in words(officer.last)
    officer.post(f"{room}/undo", person="")
    assert "Đã bỏ Lý A Dính khỏi buổi họp." in words(officer.follow())
    officer.post(f"{room}/undo", person=listed()[0].id)
    assert "Đã bỏ Sùng Mí Páo khỏi buổi họp." in words(officer.follow())
    assert [person.name for person in listed()] == ["Vàng Thị Mỷ"]


def test_consent_is_asked_afterwards_from_the_list(officer: Visitor, room: str) -> None:
    officer.get(room)
    officer.post(room, name="Sùng Mí Páo")
    officer.follow()
    officer.post(f"{room}/consent/{listed()[0].id}", agrees="yes")
    assert "Đồng ý" in words(officer.follow())
    assert [row.words for row in consent.of_person(listed()[0].id)] == [WORDS]


def test_heads_without_a_name_and_the_sums_of_the_year(officer: Visitor, room: str) -> None:
    officer.get(room)
    officer.post(room, name="Sùng Mí Páo")
    officer.follow()
    officer.post(f"{room}/others", others="29")
    assert "1 người ghi tên + 29 người không ghi tên = 30 lượt" in words(officer.follow())
    officer.post(f"{room}/others", others="-1")
    assert "Số phải từ 0 đến 5000" in words(officer.follow())
    page = words(officer.get("/meetings"))
    assert "30 lượt người dự 29 lượt không ghi tên" in page
    assert "1 người khác nhau có ghi tên" in page
    assert date_vi(today_in_vietnam()) in page
    assert "Trà Mần, Sơn Vĩ" in page


def test_an_officer_meets_in_the_own_commune_only(officer: Visitor, room: str) -> None:
    boss = employ("manager")
    with db.transaction():
        far = meetings.hold(
            meetings.Plan(today_in_vietnam(), commune("Khâu Vai").id, consent_words=WORDS), boss
        )
        stranger = people.add(Facts("A B", commune=commune("Khâu Vai").id), boss)
    for address in ("", "/edit", "/alike?name=abc"):
        assert officer.get(f"/meetings/{far.id}{address}").status_code == 404
    officer.get(room)
    for deed in ("", "/attend", "/undo", "/others"):
        assert (
            officer.post(f"/meetings/{far.id}{deed}", name="X Y", person=stranger.id, others=3).status_code
            == 404
        )
    officer.get(room)
    assert officer.post(f"{room}/attend", person=stranger.id).status_code == 404
    assert "Khâu Vai" not in words(officer.get("/meetings"))
    officer.get("/meetings/new")
    answer = officer.post(
        "/meetings/new",
        held_on=today_in_vietnam().isoformat(),
        commune=commune("Khâu Vai").id,
        consent_words=WORDS,
    )
    assert answer.status_code == 422
    assert db.session().get_one(meetings.Meeting, far.id).others == 0


def test_a_meeting_is_mended_and_one_to_come_is_refused(officer: Visitor, room: str) -> None:
    officer.get(f"{room}/edit")
    assert value(officer, "topic") == "may Bắc Ninh"
    officer.post(
        f"{room}/edit", held_on="01/10/2026", commune=commune("Sơn Vĩ").id, consent_words=WORDS, topic="may"
    )
    assert "Họp ngày 01/10/2026" in words(officer.follow())
    officer.get(f"{room}/edit")
    assert (
        officer.post(
            f"{room}/edit", held_on="2090-01-01", commune=commune("Sơn Vĩ").id, consent_words=WORDS
        ).status_code
        == 422
    )
    assert "chưa tới" in words(officer.last)
