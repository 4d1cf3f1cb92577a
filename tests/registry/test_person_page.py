"""A person's page: numbers, consent for each purpose, and two entries put together and taken apart."""

from __future__ import annotations

import io
import re

import pytest
from flask import Flask

from service import db
from service.registry import consent, merging, people, phones
from service.registry.consent import KEEP_AFTER, PASS_TO_EMPLOYER
from service.registry.people import Person
from service.text.words import today_in_vietnam
from tests import world
from tests.registry.conftest import commune, everybody
from tests.web.conftest import Visitor, employ, words

FIRST, SECOND = "+84912000345", "+84913000777"
JPEG = b"\xff\xd8\xff" + b"x" * 100


@pytest.fixture
def pao(app: Flask) -> Person:
    with db.transaction():
        return world.person("Sùng Mí Páo", FIRST, SECOND)


def ids(person: Person) -> list[int]:
    db.end_reading()
    return [link.phone_id for link in phones.of_person(person.id)]


def numbers(visitor: Visitor) -> list[str]:
    return re.findall(r'class="number">([^<]+)<', visitor.last.text)


def test_numbers_are_confirmed_moved_named_and_taken_off(manager: Visitor, pao: Person) -> None:
    first, second = ids(pao)
    page = words(manager.get(f"/people/{pao.id}"))
    assert page.count("Hơn một năm chưa hỏi lại") == 2
    manager.post(f"/people/{pao.id}/phones/{second}/confirm")
    assert words(manager.follow()).count("Hơn một năm chưa hỏi lại") == 1
    manager.post(f"/people/{pao.id}/phones/{second}/move", to="up")
    manager.follow()
    assert numbers(manager) == ["0913 *** 777", "0912 *** 345"]
    manager.post(f"/people/{pao.id}/phones/{first}/owner", owner="vợ")
    assert "Máy của: vợ" in words(manager.follow())
    manager.post(f"/people/{pao.id}/phones/{first}/detach", reason="wrong_number")
    page = words(manager.follow())
    assert numbers(manager) == ["0913 *** 777"]
    assert "1 số đã gỡ 0912 *** 345: Nhầm số" in page
    manager.post(f"/people/{pao.id}/phones/{second}/detach", reason="detached")
    page = words(manager.follow())
    assert "không còn số nào" in page
    assert "Hãy hỏi số ở thôn, xã" in page
    assert "Sùng Mí Páo" in words(manager.get("/people?phone=none"))
    for path, fields in (
        (f"phones/{first}/detach", {"reason": "stolen"}),
        ("phones/99/confirm", {}),
        ("phones/99/owner", {}),
    ):
        assert manager.post(f"/people/{pao.id}/{path}", **fields).status_code == 404, path


def test_a_number_that_was_taken_off_is_added_again_only_knowingly(manager: Visitor, pao: Person) -> None:
    first, _second = ids(pao)
    manager.get(f"/people/{pao.id}")
    manager.post(f"/people/{pao.id}/phones/{first}/detach", reason="wrong_number")
    manager.follow()
    assert 'name="knowingly"' not in manager.last.text
    assert manager.post(f"/people/{pao.id}/phones", number="0912 000 345").status_code == 422
    assert "Số 0912 *** 345 đã bị gỡ khỏi người này" in words(manager.last)
    assert 'value="0912 000 345"' in manager.last.text  # what was typed is still there
    manager.post(f"/people/{pao.id}/phones", number="0912 000 345", knowingly="y")
    manager.follow()
    assert numbers(manager) == ["0913 *** 777", "0912 *** 345"]


def test_an_error_keeps_the_panel_open_and_what_was_typed(manager: Visitor, pao: Person) -> None:
    manager.get(f"/people/{pao.id}")
    assert manager.post(f"/people/{pao.id}/phones", number="0912 00").status_code == 422
    panel = re.search(
        r'<details class="more" open>\s*<summary>Thêm số điện thoại.*?</details>',
        manager.last.text,
        re.DOTALL,
    )
    assert panel is not None
    assert 'value="0912 00"' in panel[0]
    assert "thiếu chữ số" in panel[0]


def test_one_channel_is_refused_and_allowed_again(manager: Visitor, pao: Person) -> None:
    first, _second = ids(pao)
    manager.get(f"/people/{pao.id}")
    manager.post(f"/people/{pao.id}/phones/{first}/opt-out", channel="sms")
    assert "Không nhận tin nhắn" in words(manager.follow())
    db.end_reading()
    phone = phones.find(first)
    assert phone is not None
    assert (phone.no_sms_at is not None, phone.opted_out_at) == (True, None)
    manager.post(f"/people/{pao.id}/phones/{first}/opt-in", channel="sms")
    manager.follow()
    manager.post(f"/people/{pao.id}/phones/{first}/opt-out", channel="all")
    assert "không nhận gì nữa" in words(manager.follow())
    assert manager.post(f"/people/{pao.id}/phones/{first}/opt-out", channel="pigeon").status_code == 404


def test_each_purpose_is_asked_by_itself_and_proved_by_a_scan(manager: Visitor, pao: Person) -> None:
    manager.get(f"/people/{pao.id}")
    said = {"channel": "paper", "words": "ký phiếu ngày 12/10/2026"}
    upload = (io.BytesIO(JPEG), "phieu.jpg")
    assert (
        manager.post(
            f"/people/{pao.id}/consent/give", purpose=PASS_TO_EMPLOYER, scan=upload, **said
        ).status_code
        == 303
    )
    page = words(manager.follow())
    assert "Đã ghi lại: đồng ý (cho phép chuyển tên và số cho doanh nghiệp tuyển)" in page
    link = re.search(r'href="([^"]+)">Xem tờ phiếu', manager.last.text)
    assert link is not None
    assert manager.get(link[1]).data == JPEG
    manager.get(f"/people/{pao.id}")
    manager.post(f"/people/{pao.id}/consent/withdraw", purpose=KEEP_AFTER, **said)
    db.end_reading()
    standing = {purpose: row and row.given for purpose, row in consent.standing(pao.id).items()}
    assert standing == {"job_notices": True, "pass_to_employer": True, "keep_after": False}
    manager.follow()
    bad = (io.BytesIO(b"MZ not a scan"), "phieu.pdf")
    assert (
        manager.post(f"/people/{pao.id}/consent/give", purpose=KEEP_AFTER, scan=bad, **said).status_code
        == 422
    )
    assert "không phải ảnh JPEG, PNG hay tệp PDF" in words(manager.last)


def test_for_a_child_the_guardian_agrees(manager: Visitor, app: Flask) -> None:
    with db.transaction():
        child = world.person("Sùng Mí Dơ", agrees=False, birth_year=today_in_vietnam().year - 14)
    page = words(manager.get(f"/people/{child.id}"))
    assert "Dưới 16 tuổi" in page
    said = {"channel": "paper", "words": "ký phiếu ngày 12/10/2026"}
    assert manager.post(f"/people/{child.id}/consent/give", **said).status_code == 422
    assert "chưa đủ 16 tuổi" in words(manager.last)
    manager.post(f"/people/{child.id}/consent/give", guardian="Sùng Chá Páo (bố)", **said)
    assert "Sùng Chá Páo (bố) đồng ý thay" in words(manager.follow())


def test_wishes_hours_and_guardian_are_written_down(manager: Visitor, pao: Person) -> None:
    manager.get(f"/people/{pao.id}/edit")
    fields = {
        "name": "Sùng Mí Páo", "birth_year": "2012", "commune": commune("Sơn Vĩ").id, "guardian": "Sùng Chá (bố)",
        "channel": "voice", "hours_from": "18h", "hours_to": "21:00", "skills": ["sewing", "driving"], "wishes": ["abroad"],
    }  # fmt: skip
    assert manager.post(f"/people/{pao.id}/edit", **{**fields, "hours_to": "17:00"}).status_code == 422
    assert "Giờ kết thúc phải sau giờ bắt đầu" in words(manager.last)
    assert manager.post(f"/people/{pao.id}/edit", **{**fields, "hours_to": ""}).status_code == 422
    assert "Hãy ghi cả hai giờ" in words(manager.last)
    manager.post(f"/people/{pao.id}/edit", **fields)
    page = words(manager.follow())
    for known in ("Nghe gọi", "18:00–21:00", "May, Lái xe", "Làm ở nước ngoài", "Sùng Chá (bố)"):
        assert known in page, known
    form = manager.get(f"/people/{pao.id}/edit").text
    assert 'value="18:00"' in form
    assert len(re.findall(r'value="(?:sewing|driving|abroad)" checked', form)) == 3


def test_a_pair_is_looked_at_put_together_and_taken_apart(manager: Visitor, app: Flask) -> None:
    with db.transaction():
        one = world.person("Sùng Mí Páo", FIRST, birth_year=1990)
        other = world.person("SUNG MI PAO", birth_year=None)
        third = world.person("Sung Mi Pao", birth_year=1990)
    page = words(manager.get("/people/same"))
    assert "Còn 3 cặp" in page
    assert f"Bản ghi số {one.id} Bản ghi số {other.id}" in page
    assert "Họ và tên khác nhau" in page
    manager.post("/people/same/merge", kept=one.id, gone=other.id)
    page = words(manager.follow())
    assert "Đã gộp thành một người" in page
    assert f"Bản ghi số {one.id} Bản ghi số {third.id}" in page  # the next pair follows
    manager.post("/people/same/two", one=one.id, other=third.id)
    manager.follow()
    assert "Không có cặp nào đáng ngờ" in words(manager.follow())
    assert manager.get(f"/people/{other.id}").headers["Location"] == f"/people/{one.id}"
    page = words(manager.get(f"/people/{one.id}"))
    assert f"Đã gộp với bản ghi số {other.id}: SUNG MI PAO" in page
    (merge,) = merging.into(one.id)
    assert manager.post(f"/people/{third.id}/split/{merge.id}").status_code == 404
    manager.get(f"/people/{one.id}")
    manager.post(f"/people/{one.id}/split/{merge.id}")
    assert "Đã tách lại thành hai người" in words(manager.follow())
    assert manager.get(f"/people/{other.id}").status_code == 200
    assert merging.into(one.id) == []
    assert f"pair={one.id}-{other.id}" not in manager.get(f"/people/{one.id}").text  # told apart by the split


def test_officers_put_nobody_together(app: Flask) -> None:
    with db.transaction():
        one, other = world.person("Sùng Mí Páo", FIRST), world.person("Sùng Mí Páo")
        merge = merging.merge(one.id, other.id, world.staff("manager", "a@vidu.vn"))
    employ("officer", commune("Sơn Vĩ").id)
    officer = Visitor(app)
    officer.log_in("officer@vidu.vn")
    assert officer.get("/people/same").status_code == 403
    page = officer.get(f"/people/{one.id}")
    assert "Tách lại" not in words(page)
    assert "rights" not in page.text
    for path in ("/people/same/merge", "/people/same/two", f"/people/{one.id}/split/{merge.id}"):
        assert (
            officer.post(path, kept=one.id, gone=other.id, one=one.id, other=other.id).status_code == 403
        ), path
    db.end_reading()
    assert len([person for person in everybody() if person.listed]) == 1


def test_who_was_put_together_with_somebody_elsewhere_is_no_page_for_an_officer(app: Flask) -> None:
    with db.transaction():
        kept = world.person("Sùng Mí Páo", FIRST)
        gone = world.person("Sùng Mí Páo", area_id=commune("Khâu Vai").id)
        merging.merge(kept.id, gone.id, world.staff("manager", "a@vidu.vn"))
    employ("officer", commune("Khâu Vai").id)
    officer = Visitor(app)
    officer.log_in("officer@vidu.vn")
    assert officer.get(f"/people/{gone.id}").status_code == 404
    assert people.find(kept.id, employ("manager")) is not None
