"""Hamlets respelled and put together; communes renamed, merged and divided by the state: people follow, old names lead on."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from service import db
from service.refused import Refused
from service.registry import area_changes, areas, hamlet_changes, meetings, people
from service.registry.areas import Area
from service.registry.meetings import Meeting, Plan
from service.registry.people import Facts, Person
from service.staff import accounts
from service.staff.accounts import Staff, StaffArea
from service.staff.history import History
from service.text.words import today_in_vietnam
from tests.registry.conftest import commune
from tests.web.conftest import employ

SINCE = date(2026, 7, 1)
pytestmark = pytest.mark.usefixtures("places")


@pytest.fixture
def boss(places: None) -> Staff:
    return employ("manager")


def live(by: Staff, name: str, where: str, hamlet: str = "") -> Person:
    return people.add(Facts(name, commune=commune(where).id, hamlet=hamlet), by)


def place_of(person: Person) -> tuple[str, str | None]:
    """Commune and hamlet of today."""
    db.end_reading()
    person = db.session().get_one(Person, person.id)
    names = areas.names({area for area in (person.area_id, person.hamlet_id) if area is not None})
    return names[person.area_id or 0], names.get(person.hamlet_id or 0)


def hamlet_in(where: str, name: str) -> Area:
    found = areas.hamlets_by_key([commune(where).id])[(commune(where).id, areas.hamlet_key(name))]
    hamlet = areas.find(found)
    assert hamlet is not None
    return hamlet


def refusal(verb: object, *arguments: object) -> str:
    with pytest.raises(Refused) as refused, db.transaction():
        verb(*arguments)  # type: ignore[operator]
    return refused.value.code


def test_a_renamed_hamlet_is_found_under_both_names(boss: Staff) -> None:
    with db.transaction():
        pao = live(boss, "Sùng Mí Páo", "Sơn Vĩ", "Tra Man")
        hamlet_changes.rename_hamlet(hamlet_in("Sơn Vĩ", "Trà Mần"), "Trà Mần Dưới", boss)
        again = live(boss, "Vàng Thị Mỷ", "Sơn Vĩ", "thôn Trà Mần")
    assert place_of(pao) == place_of(again) == ("Sơn Vĩ", "Trà Mần Dưới")
    assert [hamlet.name for hamlet in areas.hamlets(commune("Sơn Vĩ").id)] == ["Trà Mần Dưới"]


def test_only_the_marks_of_a_hamlets_name_are_set_right(boss: Staff) -> None:
    with db.transaction():
        pao = live(boss, "Sùng Mí Páo", "Sơn Vĩ", "Tra Man")
        hamlet_changes.rename_hamlet(hamlet_in("Sơn Vĩ", "Trà Mần"), "Trà Mần", boss)
    assert place_of(pao) == ("Sơn Vĩ", "Trà Mần")
    assert areas.former([pao.hamlet_id or 0]) == {pao.hamlet_id: []}


def test_spellings_of_one_hamlet_become_one_and_lists_find_it_by_each(boss: Staff) -> None:
    with db.transaction():
        right, wrong, other = (live(boss, "A B", "Sơn Vĩ", name) for name in ("Trà Mần", "Chà Mần", "Tramần"))
        moved = hamlet_changes.merge_hamlets(
            hamlet_in("Sơn Vĩ", "Trà Mần"), [hamlet_in("Sơn Vĩ", n) for n in ("Chà Mần", "Tramần")], boss
        )
        later = live(boss, "C D", "Sơn Vĩ", "Chà  mần")
    assert moved == 2
    assert {place_of(person) for person in (right, wrong, other, later)} == {("Sơn Vĩ", "Trà Mần")}
    assert [hamlet.name for hamlet in areas.hamlets(commune("Sơn Vĩ").id)] == ["Trà Mần"]
    with db.transaction():
        hamlet_changes.rename_hamlet(hamlet_in("Sơn Vĩ", "Trà Mần"), "Bản Mới", boss)
    assert hamlet_in("Sơn Vĩ", "Chà Mần").name == "Bản Mới"


def test_what_cannot_be_done_to_hamlets_is_refused(boss: Staff) -> None:
    with db.transaction():
        live(boss, "A B", "Sơn Vĩ", "Trà Mần")
        live(boss, "A B", "Sơn Vĩ", "Lũng Chỉn")
        live(boss, "A B", "Khâu Vai", "Sàng Sò")
    one, two, far = (
        hamlet_in(*at) for at in (("Sơn Vĩ", "Trà Mần"), ("Sơn Vĩ", "Lũng Chỉn"), ("Khâu Vai", "Sàng Sò"))
    )
    assert refusal(hamlet_changes.add_hamlet, commune("Sơn Vĩ"), "thôn trà mần", boss) == "area.hamlet_exists"
    assert refusal(hamlet_changes.add_hamlet, commune("Sơn Vĩ"), " … ", boss) == "area.no_name"
    assert refusal(hamlet_changes.rename_hamlet, one, "Lũng Chỉn", boss) == "area.hamlet_exists"
    assert refusal(hamlet_changes.merge_hamlets, one, [one], boss) == "area.choose_two"
    assert refusal(hamlet_changes.merge_hamlets, one, [far], boss) == "area.not_one_commune"
    with db.transaction():
        hamlet_changes.merge_hamlets(hamlet_in("Sơn Vĩ", "Trà Mần"), [hamlet_in("Sơn Vĩ", "Lũng Chỉn")], boss)
    db.end_reading()
    ended = db.session().get_one(Area, two.id)
    assert refusal(hamlet_changes.merge_hamlets, one, [ended], boss) == "area.changed_meanwhile"


def test_a_commune_with_a_new_name_and_code_is_found_by_both_each_in_its_time(boss: Staff) -> None:
    with db.transaction():
        pao = live(boss, "Sùng Mí Páo", "Sơn Vĩ", "Trà Mần")
        area_changes.rename_commune(commune("Sơn Vĩ"), "Cột Cờ", "30001", SINCE, boss)
    assert place_of(pao) == ("Cột Cờ", "Trà Mần")
    assert {commune(name).code for name in ("Cột Cờ", "Sơn Vĩ", "Xín Cái", "xã Sơn Vĩ (cũ)")} == {"30001"}
    before, after = (
        areas.commune_by_code("00778", SINCE - timedelta(days=1)),
        areas.commune_by_code("30001", SINCE),
    )
    assert before is not None
    assert after is not None
    assert before.id == after.id
    assert areas.commune_by_code("00778", SINCE) is None
    assert areas.commune_by_code("30001", SINCE - timedelta(days=1)) is None
    with db.transaction():
        assert areas.load_data() == 0


def test_a_merged_commune_takes_its_people_hamlets_officers_and_meetings_along(boss: Staff) -> None:
    old, new = commune("Tát Ngà"), commune("Niêm Sơn")
    only, both = employ("officer", old.id), None
    with db.transaction():
        both, _once = accounts.add("both@vidu.vn", "B", "officer", [old.id, new.id], None)
        there = live(boss, "A B", "Tát Ngà", "Nà Dầu")
        clash, mine = live(boss, "C D", "Tát Ngà", "Nà Cuổng"), live(boss, "E F", "Niêm Sơn", "Nà Cuổng")
        nowhere = live(boss, "G H", "Tát Ngà")
        meeting = meetings.hold(Plan(today_in_vietnam(), old.id, consent_words="Anh chị đồng ý không?"), boss)
        moved = area_changes.merge_commune(commune("Tát Ngà"), commune("Niêm Sơn"), SINCE, boss)
    assert moved == area_changes.Moved(people=3, hamlets=2, staff=2)
    assert place_of(there) == ("Niêm Sơn", "Nà Dầu")
    assert place_of(clash) == ("Niêm Sơn", "Nà Cuổng (Tát Ngà)")  # two hamlets of one name stay two
    assert place_of(mine) == ("Niêm Sơn", "Nà Cuổng")
    assert place_of(nowhere) == ("Niêm Sơn", None)
    assert commune("Tát Ngà").id == commune("Nậm Ban").id == new.id
    assert "Tát Ngà" not in [area.name for area in areas.communes()]
    db.end_reading()
    assert accounts.areas_of(only) == accounts.areas_of(both) == [new.id]
    assert db.session().get_one(Meeting, meeting.id).area_id == new.id
    assert areas.today_of([old.id, new.id]) == {new.id}
    assert people.find(there.id, only) is not None
    deed = db.session().scalars(select(History).where(History.deed == "area.commune_merged")).one()
    assert deed.details["people"] == 3


def test_a_divided_commune_gives_its_hamlets_away_one_by_one(boss: Staff) -> None:
    officer = employ("officer", commune("Khâu Vai").id)
    with db.transaction():
        stays, goes = live(boss, "A B", "Khâu Vai", "Sàng Sò"), live(boss, "C D", "Khâu Vai", "Quán Xí")
        hamlet_changes.rename_hamlet(hamlet_in("Khâu Vai", "Quán Xí"), "Quán Xí A", boss)
        far = {hamlet_in("Khâu Vai", "Quán Xí").id: commune("Sủng Máng")}
        here = commune("Khâu Vai")
        assert area_changes.divide_commune(here, far, here, SINCE, boss).people == 1
    assert place_of(stays) == ("Khâu Vai", "Sàng Sò")
    assert place_of(goes) == ("Sủng Máng", "Quán Xí A")
    assert hamlet_in("Sủng Máng", "Quán Xí").id == goes.hamlet_id  # also by its older name
    assert commune("Khâu Vai").valid_to is None
    db.end_reading()
    assert set(accounts.areas_of(officer)) == {here.id, commune("Sủng Máng").id}


def test_a_commune_of_which_nothing_is_left_ends_and_its_name_is_not_guessed(boss: Staff) -> None:
    with db.transaction():
        one, two = live(boss, "A B", "Khâu Vai", "Sàng Sò"), live(boss, "C D", "Khâu Vai", "Quán Xí")
        nowhere, here = live(boss, "E F", "Khâu Vai"), commune("Khâu Vai")
        goes = {
            hamlet_in("Khâu Vai", "Sàng Sò").id: commune("Sủng Máng"),
            hamlet_in("Khâu Vai", "Quán Xí").id: commune("Tát Ngà"),
        }
        moved = area_changes.divide_commune(here, goes, commune("Sủng Máng"), SINCE, boss)
    assert (moved.people, moved.hamlets) == (3, 2)
    assert [place_of(person)[0] for person in (one, two, nowhere)] == ["Sủng Máng", "Tát Ngà", "Sủng Máng"]
    assert areas.commune_by_name("Khâu Vai") is None
    assert areas.commune_by_name("Lũng Pù") is None
    assert areas.commune_by_code("00802", SINCE) is None
    assert db.session().scalars(select(StaffArea).where(StaffArea.area_id == here.id)).all() == []


def test_what_the_state_would_not_do_is_refused(boss: Staff) -> None:
    son_vi, khau_vai = commune("Sơn Vĩ"), commune("Khâu Vai")
    tomorrow = today_in_vietnam() + timedelta(days=1)
    long_ago = date(2025, 6, 30)
    rename, merge, divide = (
        area_changes.rename_commune,
        area_changes.merge_commune,
        area_changes.divide_commune,
    )
    assert refusal(rename, son_vi, "Sơn Vĩ", "00778", SINCE, boss) == "area.nothing_changed"
    assert refusal(rename, son_vi, "Khâu Vai", "00778", SINCE, boss) == "area.commune_exists"
    assert refusal(rename, son_vi, "Cột Cờ", "00802", SINCE, boss) == "area.code_taken"
    assert refusal(rename, son_vi, "Cột Cờ", "802", SINCE, boss) == "area.bad_code"
    assert refusal(rename, son_vi, "Cột Cờ", "00778", tomorrow, boss) == "area.not_yet"
    assert refusal(rename, son_vi, "Cột Cờ", "00778", long_ago, boss) == "area.too_early"
    assert refusal(merge, son_vi, son_vi, SINCE, boss) == "area.not_into_itself"
    assert refusal(merge, son_vi, khau_vai, tomorrow, boss) == "area.not_yet"
    assert refusal(divide, son_vi, {}, son_vi, SINCE, boss) == "area.nothing_changed"
    assert refusal(divide, son_vi, {khau_vai.id: khau_vai}, son_vi, SINCE, boss) == "area.changed_meanwhile"
    assert (
        refusal(area_changes.new_commune, "Sơn Vĩ", "30001", areas.provinces()[0], SINCE, boss)
        == "area.commune_exists"
    )
    with db.transaction():
        merge(commune("Sơn Vĩ"), commune("Khâu Vai"), SINCE, boss)
    db.end_reading()
    old = db.session().get_one(Area, son_vi.id)
    assert refusal(merge, old, khau_vai, SINCE, boss) == "area.changed_meanwhile"


def test_a_slip_in_a_new_name_is_mended_on_the_same_day_without_a_trace(boss: Staff) -> None:
    today = today_in_vietnam()
    with db.transaction():
        area_changes.rename_commune(commune("Sơn Vĩ"), "Cột Cở", "00778", today, boss)
        area_changes.rename_commune(commune("Cột Cở"), "Núi Cờ", "00778", today, boss)
    assert commune("Sơn Vĩ").name == "Núi Cờ"
    assert areas.commune_by_name("Cột Cở") is None
