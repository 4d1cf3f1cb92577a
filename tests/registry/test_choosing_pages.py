"""Finding and choosing people on the pages, as people use them: filters, groups, bulk changes, exports."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import update

from service import db
from service.registry import areas, groups
from service.registry.people import Person
from service.staff import history
from tests.registry.conftest import as_csv, check, commune, everybody, store
from tests.registry.test_exports import FORMULA, cells
from tests.registry.test_import import row
from tests.web.conftest import Visitor, employ, words

PAO, MY, MAY = "Sùng Mí Páo", "Vàng Thị Mỷ", "Sùng Thị Máy"
LIST = [
    row(),
    row(name=MY, gender="Nữ", consent=""),
    row(name=MAY, gender="Nữ", phone="0913000777", commune="Khâu Vai", hamlet="Xín Thầu"),
]
PART = {"HX-Request": "true"}


@pytest.fixture
def people(app: Flask) -> list[Person]:
    store(check(as_csv(*LIST)))
    return everybody()


@pytest.fixture
def officer(app: Flask, people: list[Person]) -> Visitor:
    """The officer of Khâu Vai."""
    employ("officer", commune("Khâu Vai").id)
    visitor = Visitor(app)
    visitor.log_in("officer@vidu.vn")
    return visitor


def listed(visitor: Visitor) -> list[str]:
    """Who stands in the rows of the page that is open."""
    return [
        unescape(name)
        for name in re.findall(r'<a href="/people/\d+"><strong>([^<]+)</strong>', visitor.last.text)
    ]


def link(visitor: Visitor, label: str) -> str:
    """Where the link with this label leads."""
    for address, text in re.findall(r'<a[^>]*href="([^"]+)"[^>]*>(.*?)</a>', visitor.last.text, re.DOTALL):
        if label in " ".join(unescape(re.sub("<[^>]+>", "", text)).split()):
            return unescape(address)
    raise AssertionError(f"no link {label}")


def test_filters_work_without_script_and_are_taken_off_one_by_one(
    manager: Visitor, people: list[Person]
) -> None:
    manager.get(f"/people?gender=female&commune={commune('Khâu Vai').id}&q=")
    assert listed(manager) == [MAY]
    page = words(manager.last)
    assert "1 người hợp điều kiện" in page
    assert "Sửa hàng loạt 1 người" in page
    assert re.search(r'<details class="fold" open>', manager.last.text)
    manager.get(link(manager, "Xã Khâu Vai"))
    assert listed(manager) == [MAY, MY]
    manager.get(link(manager, "Nữ ×"))
    assert listed(manager) == [PAO, MAY, MY]
    assert re.search(r'<details class="fold">', manager.last.text)


def test_hamlets_are_offered_for_the_commune_that_is_chosen(manager: Visitor, people: list[Person]) -> None:
    khau_vai = commune("Khâu Vai").id
    (hamlet,) = areas.hamlets(khau_vai)
    assert "Xín Thầu" not in manager.get("/people?q=pao").text
    assert f'name="hamlet" value="{hamlet.id}"' in manager.get(f"/people?commune={khau_vai}").text
    manager.get(f"/people?hamlet={hamlet.id}")
    assert listed(manager) == [MAY]
    assert "Thôn Xín Thầu" in words(manager.last)


def test_tabs_set_the_filters_that_are_asked_for_most(manager: Visitor, people: list[Person]) -> None:
    for tab, expected in (
        ("Chưa hỏi", [MY]),
        ("Đồng ý nhận tin", [PAO, MAY]),
        ("Chưa có số", []),
        ("Tất cả", [PAO, MAY, MY]),
    ):
        manager.get("/people")
        manager.get(link(manager, tab))
        assert listed(manager) == expected, tab


def test_while_typing_only_the_list_is_asked_for(manager: Visitor, people: list[Person]) -> None:
    page = manager.get("/people?q=sung", headers=PART)
    assert page.text.lstrip().startswith('<div id="people">')
    assert "<html" not in page.text
    assert listed(manager) == [PAO, MAY]
    back = manager.get("/people?q=sung", headers={**PART, "HX-History-Restore-Request": "true"})
    assert "<html" in back.text


def test_a_part_of_a_number_as_it_is_shown_finds_its_people(manager: Visitor, people: list[Person]) -> None:
    manager.get("/people?" + urlencode({"q": "0912 *** 345"}))
    assert listed(manager) == [PAO, MY]
    assert "0912 000 345" not in manager.last.text.replace("&nbsp;", " ")


def test_what_is_found_is_saved_as_a_living_group(manager: Visitor, people: list[Person]) -> None:
    assert "Chưa có nhóm nào" in words(manager.get("/people/groups"))
    manager.get("/people?gender=female")
    manager.get(link(manager, "Lưu 2 người thành nhóm"))
    assert "2 người" in words(manager.last)
    assert manager.post("/people/groups/new", name="", kind="living").status_code == 422
    assert "Xin đặt tên cho nhóm" in words(manager.last)
    assert manager.post("/people/groups/new", name="Phụ nữ", kind="living").status_code == 303
    page = words(manager.follow())
    assert "Đã lưu nhóm “Phụ nữ”" in page
    assert listed(manager) == [MAY, MY]
    assert "Phụ nữ Tự cập nhật 2" in words(manager.get("/people/groups"))
    manager.get(link(manager, "Phụ nữ"))
    manager.get(link(manager, "Mở trong danh sách"))
    assert listed(manager) == [MAY, MY]


def test_ticked_people_become_a_group_that_grows_shrinks_and_goes(
    manager: Visitor, people: list[Person]
) -> None:
    pao, my, may = people
    manager.get(f"/people/groups/new?person=0&person={pao.id}&person={my.id}")
    assert "2 người đã đánh dấu" in words(manager.last)
    manager.post("/people/groups/new", name="Tổ may", kind="fixed")
    manager.follow()
    assert listed(manager) == [PAO, MY]
    (group,) = groups.listed()
    here = f"/people/groups/{group.id}"
    manager.get(f"/people/groups/new?person=0&person={may.id}")
    manager.post("/people/groups/put-in", into=group.id, choice=f"person={may.id}")
    assert "Đã thêm 1 người vào nhóm “Tổ may”" in words(manager.follow())
    manager.get(here)
    manager.post(f"{here}/take-out", person=[pao.id, may.id])
    assert "Đã bỏ 2 người khỏi nhóm" in words(manager.follow())
    assert listed(manager) == [MY]
    manager.post(f"{here}/take-out")
    assert "Chưa đánh dấu ai" in words(manager.follow())
    assert manager.post(f"{here}/rename", name=" ").status_code == 422
    manager.post(f"{here}/rename", name="Tổ may 2")
    assert "Tổ may 2" in words(manager.follow())
    assert "Xóa nhóm “Tổ may 2”?" in words(manager.last)
    manager.post(f"{here}/delete")
    assert "Đã xóa nhóm “Tổ may 2”" in words(manager.follow())
    assert manager.get(here).status_code == 404
    assert len(everybody()) == 3


@pytest.mark.parametrize("page", ["groups/new", "bulk", "export"])
def test_without_a_tick_nobody_is_chosen(manager: Visitor, people: list[Person], page: str) -> None:
    assert "Chưa chọn ai" in words(manager.get(f"/people/{page}?person=0"))
    assert 'type="submit" name="kind"' not in manager.last.text


def test_many_are_changed_after_looking(manager: Visitor, people: list[Person]) -> None:
    with db.transaction():
        db.change(update(Person).where(Person.name == MY).values(language="hmn"))
    manager.get("/people?commune=" + str(commune("Sơn Vĩ").id))
    manager.get(link(manager, "Sửa hàng loạt 2 người"))
    choice = urlencode({"commune": commune("Sơn Vĩ").id})
    manager.get("/people/bulk/preview?" + urlencode({"choice": choice, "kind": "language", "code": "hmn"}))
    page = words(manager.last)
    assert "1 người sẽ đổi , 1 người đã như vậy." in page
    assert f"{PAO} 1990 – → Tiếng Mông" in page
    assert [person.language for person in everybody()] == [None, "hmn", None]
    manager.post("/people/bulk")
    assert manager.last.status_code == 303
    assert "Đã sửa 1 người." in words(manager.follow())
    assert [person.language for person in everybody()] == ["hmn", "hmn", None]
    assert "Sửa hàng loạt: tiếng nói" in words(manager.get(f"/people/{people[0].id}"))


def test_who_came_since_the_preview_stops_the_change(manager: Visitor, people: list[Person]) -> None:
    manager.get("/people/bulk/preview?choice=&kind=add_skill&code=sewing")
    assert "3 người sẽ đổi" in words(manager.last)
    assert f"{PAO} 1990 – → May" in words(manager.last)
    store(check(as_csv(row(name="Lý Thị Pà", phone="0913000888"))))
    assert manager.post("/people/bulk").status_code == 409
    page = words(manager.last)
    assert "bạn đã xem 3 người sẽ đổi, hiện nay là 4" in page
    assert "Sửa 4 người" in page
    assert manager.post("/people/bulk").status_code == 303  # what is shown now may be done
    assert "Đã sửa 4 người" in words(manager.follow())
    manager.get("/people/bulk/preview?choice=&kind=add_skill&code=sewing")
    assert "cả 4 người đã như vậy" in words(manager.last)


@pytest.mark.parametrize(
    "query", ["kind=language&code=", "kind=place", "kind=", "kind=group&to_group=x", "kind=name&code=x"]
)
def test_a_change_without_a_value_is_asked_again(manager: Visitor, people: list[Person], query: str) -> None:
    assert manager.get(f"/people/bulk/preview?choice=&{query}").status_code == 422
    assert "Sửa hàng loạt" in words(manager.last)


def test_people_move_to_a_new_hamlet(manager: Visitor, people: list[Person]) -> None:
    move = {"choice": "q=sung", "kind": "place", "to_commune": commune("Tát Ngà").id, "to_hamlet": "Nà Nông"}
    manager.get("/people/bulk/preview?" + urlencode(move))
    assert f"{PAO} 1990 Trà Mần, Sơn Vĩ → Nà Nông, Tát Ngà" in words(manager.last)
    assert areas.hamlets(commune("Tát Ngà").id) == []
    manager.post("/people/bulk")
    assert "Nà Nông, Tát Ngà" in words(manager.get("/people?q=pao"))


def test_a_list_is_taken_out_with_a_reason(manager: Visitor, people: list[Person]) -> None:
    with db.transaction():
        person = db.session().get(Person, people[0].id)
        assert person is not None
        person.rename(FORMULA)
    manager.get("/people?commune=" + str(commune("Sơn Vĩ").id))
    manager.get(link(manager, "Xuất Excel 2 người"))
    assert "Xuất 2 người" in words(manager.last)
    assert manager.post("/people/export", reason="  ").status_code == 422
    assert "Xin ghi lý do" in words(manager.last)
    assert [deed.deed for deed in history.page() if deed.deed == "people.exported"] == []
    manager.post("/people/export", reason="gửi xã họp thôn")
    assert manager.last.status_code == 200
    assert re.fullmatch(
        r"attachment; filename=nguoi-dan-\d{4}-\d\d-\d\d.xlsx", manager.last.headers["Content-Disposition"]
    )
    assert sorted(row[0] for row in cells(manager.last.data)[1:]) == sorted([FORMULA, MY])
    db.end_reading()
    assert history.page()[0].details == {"people": 2, "reason": "gửi xã họp thôn"}


def test_an_officer_finds_groups_and_changes_only_the_own_people(
    officer: Visitor, manager: Visitor, people: list[Person]
) -> None:
    manager.get("/people/groups/new?choice=")
    manager.post("/people/groups/new", name="Mọi người", kind="fixed")
    (group,) = groups.listed()
    assert "Mọi người Cố định 1" in words(officer.get("/people/groups"))
    assert "Xóa nhóm" not in words(officer.get(f"/people/groups/{group.id}"))
    assert listed(officer) == [MAY]
    for deed in ("rename", "delete", "take-out"):
        officer.get("/people/groups/new?choice=")
        officer.post(f"/people/groups/{group.id}/{deed}", name="x", person=people[0].id)
        assert "do người khác lưu" in words(
            officer.follow() if officer.last.status_code == 303 else officer.last
        )
    db.end_reading()
    assert [group.name for group in groups.listed()] == ["Mọi người"]
    officer.get("/people/bulk/preview?choice=&kind=language&code=dao")
    assert "1 người sẽ đổi" in words(officer.last)
    officer.post("/people/bulk")
    assert [person.language for person in everybody()] == [None, None, "dao"]
    move = {"choice": "", "kind": "place", "to_commune": commune("Sơn Vĩ").id}
    assert officer.get("/people/bulk/preview?" + urlencode(move)).status_code == 422
    assert "Xuất Excel" not in words(officer.get("/people"))
    assert officer.get("/people/export").status_code == 403


def test_the_pages_speak_english_too(manager: Visitor, people: list[Person]) -> None:
    manager.get("/people")
    manager.post("/language", language="en")
    for path in ("/people?gender=female&willing=1&quiet=4&age_from=18&age_to=60", "/people/groups", "/people/groups/new?choice=",
                 "/people/bulk?choice=", "/people/bulk/preview?choice=&kind=channel&code=sms", "/people/export?choice="):  # fmt: skip
        assert manager.get(path).status_code == 200, path
