"""The pages about places, as a manager uses them: hamlets, spellings, and what the state changes, each seen before it is done."""

from __future__ import annotations

import pytest

from service import db
from service.registry import areas, people
from service.registry.people import Facts, Person
from tests.registry.conftest import commune
from tests.web.conftest import Visitor, employ, words


@pytest.fixture
def boss(manager: Visitor) -> Visitor:
    """A manager, with Páo in Trà Mần and Mỷ in Chà Mần, both of Sơn Vĩ."""
    by = employ("approver")
    with db.transaction():
        for name, hamlet in (("Sùng Mí Páo", "Trà Mần"), ("Vàng Thị Mỷ", "Chà Mần")):
            people.add(Facts(name, 1990, commune=commune("Sơn Vĩ").id, hamlet=hamlet), by)
    return manager


def hamlets(where: str = "Sơn Vĩ") -> dict[str, int]:
    db.end_reading()
    return {hamlet.name: hamlet.id for hamlet in areas.hamlets(commune(where).id)}


def home_of(name: str) -> str:
    db.end_reading()
    person = db.session().query(Person).where(Person.name == name).one()
    return ", ".join(areas.names({person.hamlet_id or 0, person.area_id or 0}).values())


def test_the_tree_shows_people_hamlets_and_old_names(boss: Visitor) -> None:
    page = words(boss.get("/areas"))
    assert "Tỉnh Tuyên Quang 7 xã" in page
    assert "Sơn Vĩ 00778 Địa bàn phụ trách 2 người" in page
    assert "Gồm hoặc tên trước đây: Sơn Vĩ, Thượng Phùng, Xín Cái" in page
    assert "Đồng Văn 00721 0 người" in page  # not an area of work
    assert "Trà Mần 1" in page


def test_a_hamlet_is_added_and_renamed(boss: Visitor) -> None:
    address = f"/areas/{commune('Sơn Vĩ').id}"
    boss.get(address)
    boss.post(f"{address}/hamlets", name="Lũng Chỉn")
    assert "Đã thêm thôn Lũng Chỉn." in words(boss.get(address))
    boss.post(f"{address}/hamlets", name="lung chin")
    assert "Xã này đã có thôn Lũng Chỉn" in words(boss.follow())
    hamlet = f"/areas/hamlets/{hamlets()['Trà Mần']}"
    assert "1 người" in words(boss.get(hamlet))
    boss.post(hamlet, name="Trà Mần Trên")
    boss.follow()
    assert "Trà Mần Trên Trà Mần 1" in words(boss.last)


def test_spellings_are_put_together_after_a_look_at_them(boss: Visitor) -> None:
    address, known = f"/areas/{commune('Sơn Vĩ').id}", hamlets()
    assert boss.get(f"{address}/same?h={known['Trà Mần']}").status_code == 302
    page = words(boss.get(f"{address}/same?h={known['Trà Mần']}&h={known['Chà Mần']}"))
    assert "Gộp 2 thôn thành một" in page
    boss.post(f"{address}/same", h=[known["Trà Mần"], known["Chà Mần"]], keep=known["Trà Mần"])
    assert "Đã gộp vào thôn Trà Mần, 1 người chuyển theo." in words(boss.follow())
    assert home_of("Vàng Thị Mỷ") in ("Trà Mần, Sơn Vĩ", "Sơn Vĩ, Trà Mần")


def test_a_merger_of_communes_shows_what_moves_and_then_does_it(boss: Visitor) -> None:
    old, new = commune("Sơn Vĩ").id, commune("Khâu Vai").id
    with db.transaction():
        areas.hamlet(commune("Khâu Vai"), "Trà Mần")
    assert "Xem trước" in words(boss.get(f"/areas/{old}/merge"))
    assert boss.get(f"/areas/{old}/merge?into={new}&since=2090-01-01").status_code == 422
    assert "Ngày này chưa tới" in words(boss.last)
    page = words(boss.get(f"/areas/{old}/merge?into={new}&since=2026-07-01"))
    assert "Chuyển 2 người sang xã Khâu Vai" in page
    assert "Trà Mần (Sơn Vĩ)" in page
    assert len(hamlets()) == 2  # nothing happened yet
    boss.post(f"/areas/{old}/merge", into=new, since="2026-07-01")
    assert "Đã chuyển 2 người và 2 thôn. Xã bây giờ: Khâu Vai." in words(boss.follow())
    assert commune("Xín Cái").id == new
    assert boss.get(f"/areas/{old}").status_code == 404
    assert boss.post(f"/areas/{old}/merge", into=new, since="2026-07-01").status_code == 404


def test_a_commune_is_divided_hamlet_by_hamlet(boss: Visitor) -> None:
    here, there, known = commune("Sơn Vĩ").id, commune("Khâu Vai").id, hamlets()
    moved = f"h{known['Trà Mần']}"
    assert "Ở lại Sơn Vĩ" in words(boss.get(f"/areas/{here}/divide"))
    page = words(boss.get(f"/areas/{here}/divide?since=2026-07-01&{moved}={there}"))
    assert "Trà Mần sang xã Khâu Vai" in page
    assert "Chuyển 1 người" in page
    boss.post(f"/areas/{here}/divide", **{"since": "2026-07-01", moved: there, "rest": here})
    assert list(hamlets("Khâu Vai")) == ["Trà Mần"]
    assert list(hamlets()) == ["Chà Mần"]
    boss.get(f"/areas/{here}/divide?since=2026-07-01&h{known['Chà Mần']}={there}&rest={there}")
    assert "ngừng từ ngày đó" in words(boss.last)


def test_a_commune_is_renamed_and_a_new_one_added(boss: Visitor) -> None:
    here = commune("Sơn Vĩ").id
    boss.get(f"/areas/{here}/rename")
    assert boss.post(f"/areas/{here}/rename", name="", code="00778", since="2026-07-01").status_code == 422
    boss.post(f"/areas/{here}/rename", name="Cột Cờ", code="00778", since="01/07/2026")
    assert "Xã Cột Cờ" in words(boss.follow())
    boss.get("/areas/new")
    province = areas.provinces()[0].id
    boss.post("/areas/new", name="Bản Mây", code="802", province=province, since="2026-07-01")
    assert "Mã xã “802” chưa đúng" in words(boss.follow())
    boss.post("/areas/new", name="Bản Mây", code="30001", province=province, since="2026-07-01")
    assert "Đã thêm xã Bản Mây." in words(boss.follow())
    boss.post(f"/areas/{here}/home", home="no")
    assert "ngoài địa bàn" in words(boss.follow())


def test_only_a_manager_changes_places(visitor: Visitor) -> None:
    employ("officer", commune("Sơn Vĩ").id)
    visitor.log_in("officer@vidu.vn")
    for address in ("/areas", f"/areas/{commune('Sơn Vĩ').id}", "/areas/new"):
        assert visitor.get(address).status_code == 403


def test_addresses_of_no_place_are_no_pages(boss: Visitor) -> None:
    trash = (0, 999_999, 2**70, areas.provinces()[0].id, hamlets()["Trà Mần"])
    for number in trash:
        assert boss.get(f"/areas/{number}").status_code == 404
        assert boss.get(
            f"/areas/{commune('Sơn Vĩ').id}/merge?into={number}&since=2026-07-01"
        ).status_code in (404, 422, 200)
    assert boss.get(f"/areas/hamlets/{commune('Sơn Vĩ').id}").status_code == 404


def test_names_of_places_are_shown_as_text(boss: Visitor) -> None:
    address = f"/areas/{commune('Sơn Vĩ').id}"
    boss.get(address)
    boss.post(f"{address}/hamlets", name="<script>alert(1)</script>")
    assert "<script>alert" not in boss.get(address).text
    assert "<script>alert" not in boss.get("/areas").text
