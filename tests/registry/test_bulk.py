"""One change for many people: looked at, made, noted with each of them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import func, select, update

from service import db
from service.refused import Refused
from service.registry import areas, bulk, groups, tags
from service.registry.bulk import Change
from service.registry.choosing import EVERYBODY, Choice
from service.registry.people import Person
from service.staff import history
from service.staff.accounts import Staff
from service.staff.history import History
from tests.registry.conftest import as_csv, check, commune, everybody, store
from tests.registry.test_import import row
from tests.web.conftest import employ

pytestmark = pytest.mark.usefixtures("places")

LIST = [
    row(),
    row(name="Vàng Thị Mỷ", gender="Nữ"),
    row(name="Sùng Thị Máy", gender="Nữ", phone="0913000777", commune="Khâu Vai", hamlet="Xín Thầu"),
]


@pytest.fixture
def manager() -> Staff:
    store(check(as_csv(*LIST)))
    return employ("manager")


def apply(choice: Choice, change: Change, by: Staff) -> int:
    """As it is done on the pages: first looked at, then done."""
    db.end_reading()
    seen = bulk.preview(choice, change, by)
    with db.transaction():
        return bulk.apply(choice, change, seen.figures, by)


def figures(choice: Choice, change: Change, by: Staff) -> tuple[int, int]:
    db.end_reading()
    return bulk.preview(choice, change, by).figures


def test_a_language_is_set_for_those_who_have_another_one(manager: Staff) -> None:
    with db.transaction():
        db.change(update(Person).where(Person.name == "Sùng Thị Máy").values(language="hmn"))
    to_hmong = Change("language", "hmn")
    seen = bulk.preview(EVERYBODY, to_hmong, manager)
    assert seen.figures == (2, 1)
    assert [person.name for person in seen.sample] == ["Sùng Mí Páo", "Vàng Thị Mỷ"]
    assert apply(EVERYBODY, to_hmong, manager) == 2
    assert {person.language for person in everybody()} == {"hmn"}
    assert figures(EVERYBODY, to_hmong, manager) == (0, 3)
    pao, _my, may = everybody()
    (deed,) = history.of_person(pao.id)
    assert (deed.deed, deed.details, deed.staff_id) == (
        "person.changed_with_others",
        {"field": "language"},
        manager.id,
    )
    assert history.of_person(may.id) == []
    assert history.page()[0].details == {"field": "language", "people": 2}


def test_a_filter_on_what_is_changed_does_not_saw_off_its_branch(manager: Staff) -> None:
    with db.transaction():
        db.change(update(Person).values(language="vi"))
    assert apply(Choice(languages=("vi",)), Change("language", "dao"), manager) == 3
    assert {person.language for person in everybody()} == {"dao"}


def test_a_wish_about_the_channel_is_set_and_taken_back(manager: Staff) -> None:
    assert apply(Choice(text="thi"), Change("channel", "voice"), manager) == 2
    assert [person.channel for person in everybody()] == [None, "voice", "voice"]
    assert apply(EVERYBODY, Change("channel", ""), manager) == 2
    assert [person.channel for person in everybody()] == [None] * 3


def test_people_move_to_a_commune_and_to_a_hamlet_that_is_made_for_them(manager: Staff) -> None:
    khau_vai = commune("Khâu Vai").id
    whole = Change("place", commune=khau_vai)
    assert figures(EVERYBODY, whole, manager) == (2, 1)
    assert apply(EVERYBODY, whole, manager) == 2
    assert {person.area_id for person in everybody()} == {khau_vai}
    hamlets = [person.hamlet_id for person in everybody()]
    assert hamlets[:2] == [None, None]  # their old hamlet is not in this commune
    assert hamlets[2] is not None  # stayed where she was
    assert figures(EVERYBODY, replace(whole, hamlet="xín thầu"), manager) == (2, 1)
    assert apply(EVERYBODY, replace(whole, hamlet="Thôn Há Ía"), manager) == 3
    (hamlet,) = {person.hamlet_id for person in everybody()}
    assert hamlet is not None
    named = areas.find(hamlet)
    assert named is not None
    assert areas.hamlet_key(named.name) == "ha ia"


def test_skills_and_wishes_come_and_go(manager: Staff) -> None:
    everyone = [person.id for person in everybody()]
    assert apply(Choice(persons=(everyone[0],)), Change("add_skill", "sewing"), manager) == 1
    assert figures(EVERYBODY, Change("add_skill", "sewing"), manager) == (2, 1)
    assert apply(EVERYBODY, Change("add_skill", "sewing"), manager) == 2
    assert apply(EVERYBODY, Change("add_wish", "abroad"), manager) == 3
    assert (
        apply(Choice(skills=("sewing",), genders=("female",)), Change("drop_skill", "sewing"), manager) == 2
    )
    db.end_reading()
    assert list(tags.of_people(everyone, tags.SKILL).values()) == [["sewing"], [], []]
    assert list(tags.of_people(everyone, tags.WISH).values()) == [["abroad"]] * 3
    assert [deed.details["field"] for deed in history.of_person(everyone[1])] == [
        "drop_skill",
        "add_wish",
        "add_skill",
    ]


def test_people_are_put_into_a_group(manager: Staff) -> None:
    pao, *_others = everybody()
    with db.transaction():
        group = groups.save("Tổ may", groups.FIXED, Choice(persons=(pao.id,)), manager)
    into = Change("group", group=group.id)
    assert figures(EVERYBODY, into, manager) == (2, 1)
    assert apply(EVERYBODY, into, manager) == 2
    assert len(list(db.session().scalars(groups.members(group.id)))) == 3


def test_a_change_that_would_touch_others_than_were_seen_touches_nobody(manager: Staff) -> None:
    change = Change("language", "dao")
    seen = bulk.preview(EVERYBODY, change, manager).figures
    store(check(as_csv(row(name="Lý Thị Pà", phone="0913000888"))))
    with pytest.raises(Refused) as refused, db.transaction():
        bulk.apply(EVERYBODY, change, seen, manager)
    assert (refused.value.code, refused.value.values) == ("bulk.changed_meanwhile", {"seen": 3, "now": 4})
    assert {person.language for person in everybody()} == {None}
    assert db.session().scalar(select(func.count()).where(History.deed.like("%changed%"))) == 0


REFUSED = [
    (Change("language", ""), "bulk.nothing_to_set"),
    (Change("language", "klingon"), "bulk.nothing_to_set"),
    (Change("name", "Páo"), "bulk.nothing_to_set"),
    (Change("add_skill", "abroad"), "bulk.nothing_to_set"),
    (Change("group", group=99), "bulk.nothing_to_set"),
    (Change("group"), "bulk.nothing_to_set"),
    (Change("place"), "bulk.no_commune"),
    (Change("place", commune=10**6), "bulk.no_commune"),
]


@pytest.mark.parametrize(("change", "code"), REFUSED)
def test_what_cannot_be_set_is_refused(manager: Staff, change: Change, code: str) -> None:
    for verb in (
        lambda: bulk.preview(EVERYBODY, change, manager),
        lambda: bulk.apply(EVERYBODY, change, (3, 0), manager),
    ):
        with pytest.raises(Refused) as refused, db.transaction():
            verb()
        assert refused.value.code == code


def test_an_officer_changes_only_people_of_the_own_communes_and_moves_them_nowhere_else(
    manager: Staff,
) -> None:
    officer = employ("officer", commune("Khâu Vai").id)
    assert apply(EVERYBODY, Change("language", "dao"), officer) == 1
    assert [person.language for person in everybody()] == [None, None, "dao"]
    with pytest.raises(Refused) as refused:
        bulk.preview(EVERYBODY, Change("place", commune=commune("Sơn Vĩ").id), officer)
    assert refused.value.code == "person.foreign_commune"
    with db.transaction():
        group = groups.save("Của huyện", groups.FIXED, EVERYBODY, manager)
    with pytest.raises(Refused) as refused:
        bulk.preview(EVERYBODY, Change("group", group=group.id), officer)
    assert refused.value.code == "group.not_yours"
