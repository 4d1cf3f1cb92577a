"""Consent on paper: forms printed per hamlet, ticked in afterwards, with the scan; officers for their own communes only."""

from __future__ import annotations

import io
import re

import pytest

from service import db
from service.registry import consent, consent_sheets, people, phones
from service.registry.people import Facts, Person
from service.text.words import today_in_vietnam
from tests.registry.conftest import commune
from tests.registry.test_consent import PDF
from tests.web.conftest import Visitor, employ, words

SIGNED = {"signed_on": "12/10/2026", "words": "Tôi đồng ý nhận tin nhắn và cuộc gọi báo việc làm."}


@pytest.fixture
def officer(app: object, visitor: Visitor) -> Visitor:
    """The officer of Sơn Vĩ, where Páo, Mỷ and a child live in Trà Mần, and Dính nobody knows where."""
    boss, year = employ("manager"), today_in_vietnam().year
    with db.transaction():
        for name, born, hamlet in (
            ("Sùng Mí Páo", 1990, "Trà Mần"),
            ("Vàng Thị Mỷ", 1992, "Trà Mần"),
            ("Giàng Mí Nô", year - 13, "Trà Mần"),
            ("Lý A Dính", 1970, ""),
        ):
            made = people.add(Facts(name, born, commune=commune("Sơn Vĩ").id, hamlet=hamlet), boss)
            if name == "Sùng Mí Páo":
                phones.attach(made.id, "0912 000 345", boss)
        people.add(Facts("Xa Lạ", 1990, commune=commune("Khâu Vai").id, hamlet="Sàng Sò"), boss)
    employ("officer", commune("Sơn Vĩ").id)
    visitor.log_in("officer@vidu.vn")
    return visitor


def person(name: str) -> Person:
    db.end_reading()
    return db.session().query(Person).where(Person.name == name).one()


def link(visitor: Visitor, word: str) -> str:
    """The address behind the first link with these words."""
    found = re.search(rf'href="([^"]+)"[^>]*>{word}', visitor.last.text)
    assert found is not None
    return found[1].replace("&amp;", "&")


def tick_page(visitor: Visitor) -> str:
    visitor.get(f"/people/consent?commune={commune('Sơn Vĩ').id}")
    address = link(visitor, "Đánh dấu sau khi ký")
    visitor.get(address)
    return address


def everybody_on(visitor: Visitor) -> list[str]:
    return re.findall(r'name="person" value="(\d+)"', visitor.last.text)


def test_the_forms_of_a_commune_are_listed_by_hamlet(officer: Visitor) -> None:
    assert officer.get("/people/consent").status_code == 302  # one commune: no question
    page = words(officer.follow())
    assert "Trà Mần 3 In phiếu Đánh dấu sau khi ký" in page
    assert "Chưa rõ thôn 1" in page
    assert "Khâu Vai" not in page


def test_the_printed_form_has_a_line_for_everybody_and_no_whole_number(officer: Visitor) -> None:
    officer.get(f"/people/consent?commune={commune('Sơn Vĩ').id}")
    page = words(officer.get(link(officer, "In phiếu cả xã")))
    assert page.count("Đọc to cho người ký nghe") == 2  # two sheets
    assert "Phòng Văn hóa - Xã hội Mèo Vạc" in page
    assert "2 Sùng Mí Páo" in page
    assert "Giàng Mí Nô" in page
    assert "Người giám hộ:" in page
    assert page.count("Người giám hộ:") == 1
    assert "0912 000 345" not in page
    assert officer.last.text.count('class="box"') == 8
    assert "checked" not in officer.last.text


def test_signed_lines_are_ticked_in_and_nobody_else_is_touched(officer: Visitor) -> None:
    address = tick_page(officer)
    assert 'type="radio"' in officer.last.text
    assert " checked" not in officer.last.text
    pao, my, child = person("Sùng Mí Páo"), person("Vàng Thị Mỷ"), person("Giàng Mí Nô")
    officer.post(
        address, person=everybody_on(officer), file=(io.BytesIO(PDF), "phiếu Trà Mần.pdf"), **SIGNED,
        **{f"p{pao.id}": "yes", f"p{my.id}": "no", f"p{child.id}": "not_met"},
    )  # fmt: skip
    assert "Đã ghi 1 người đồng ý, 1 người không đồng ý." in words(officer.follow())
    assert [(row.given, row.channel, row.words, row.proof) for row in consent.of_person(pao.id)] == [
        (True, "paper", SIGNED["words"], "phiếu ký ngày 12/10/2026")
    ]
    assert [row.given for row in consent.of_person(my.id)] == [False]
    assert consent.of_person(child.id) == []
    assert person("Sùng Mí Páo").consents
    scan = consent.of_person(pao.id)[0].file_id
    answer = officer.get(f"/people/consent/files/{scan}")
    assert (answer.data, answer.headers["Content-Type"]) == (PDF, "application/pdf")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_everybody_signed_but_those_marked_otherwise(officer: Visitor) -> None:
    address = tick_page(officer)
    my, child = person("Vàng Thị Mỷ"), person("Giàng Mí Nô")
    officer.post(address, person=everybody_on(officer), everybody="yes", **SIGNED, **{f"p{my.id}": "not_met"})
    # The child has no guardian yet: nothing is stored, and what was ticked is still there.
    assert officer.last.status_code == 422
    assert "1 người chưa đủ 16 tuổi cần ghi người giám hộ" in words(officer.last)
    assert re.search(rf'name="p{my.id}" value="not_met" checked', officer.last.text)
    assert not person("Sùng Mí Páo").consents
    guardian = {f"g{child.id}": "Giàng Mí Sò (bố)", f"p{my.id}": "not_met"}
    officer.post(address, person=everybody_on(officer), everybody="yes", **SIGNED, **guardian)
    assert "Đã ghi 2 người đồng ý, 0 người không đồng ý." in words(officer.follow())
    assert consent.of_person(child.id)[0].guardian == "Giàng Mí Sò (bố)"
    assert consent.of_person(my.id) == []
    assert consent.of_person(person("Lý A Dính").id) == []  # of another form


def test_each_purpose_has_its_own_form(officer: Visitor) -> None:
    commune_id = commune("Sơn Vĩ").id
    officer.get(f"/people/consent?commune={commune_id}&purpose=pass_to_employer")
    assert "cho doanh nghiệp tuyển" in words(officer.get(link(officer, "In phiếu")))
    officer.get(f"/people/consent?commune={commune_id}&purpose=pass_to_employer")
    address, pao = link(officer, "Đánh dấu sau khi ký"), person("Sùng Mí Páo")
    officer.get(address)
    officer.post(address, person=pao.id, purpose="pass_to_employer", **SIGNED, **{f"p{pao.id}": "yes"})
    standing = consent.standing(pao.id)
    assert {purpose for purpose, row in standing.items() if row} == {"pass_to_employer"}
    assert not person("Sùng Mí Páo").consents


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"signed_on": "2090-01-01"}, "chưa tới"),
        ({"words": "có"}, "Cần từ 10 đến 500 ký tự."),
        ({"file": b"<html>"}, "Đây không phải ảnh JPEG, PNG hay tệp PDF"),
        ({"p": ""}, "Chưa đánh dấu ai"),
    ],
)
def test_a_wrong_sheet_stores_nothing(officer: Visitor, wrong: dict[str, object], said: str) -> None:
    address, pao = tick_page(officer), person("Sùng Mí Páo")
    given: dict[str, object] = {**SIGNED, f"p{pao.id}": "yes", **wrong}
    if "p" in wrong:
        given[f"p{pao.id}"] = wrong["p"]
    if isinstance(given.get("file"), bytes):
        given["file"] = (io.BytesIO(b"<html>"), "phiếu.pdf")
    assert officer.post(address, person=everybody_on(officer), **given).status_code == 422
    assert said in words(officer.last)
    assert consent.of_person(pao.id) == []


def test_a_large_hamlet_is_ticked_page_by_page_with_one_scan(officer: Visitor) -> None:
    boss = employ("manager")
    with db.transaction():
        for number in range(120):
            people.add(
                Facts(f"Thò Mí {number:03}", 1980, commune=commune("Sơn Vĩ").id, hamlet="Trà Mần"), boss
            )
    address = tick_page(officer)
    first = everybody_on(officer)
    assert len(first) == consent_sheets.SCREEN
    assert "Lưu trang này và sang trang sau" in words(officer.last)
    after = re.search(r'name="next_after" value="(\d+)"', officer.last.text)
    assert after is not None
    child = person("Giàng Mí Nô")
    officer.post(
        address, person=first, everybody="yes", next_after=after[1], file=(io.BytesIO(PDF), "a.pdf"), **SIGNED,
        **{f"p{child.id}": "not_met"},
    )  # fmt: skip
    page = words(officer.follow())
    second, address = everybody_on(officer), officer.last.request.full_path
    assert len(second) == 23
    assert not set(first) & set(second)
    assert "101 Thò Mí" in page
    assert "Tệp quét: a.pdf" in page
    officer.post(address, person=second, everybody="yes", **SIGNED)
    scans = {consent.of_person(int(one))[0].file_id for one in (first[1], second[-1])}
    assert len(scans) == 1
    assert None not in scans


def test_an_officer_sees_and_ticks_the_own_communes_alone(officer: Visitor) -> None:
    far, stranger = commune("Khâu Vai").id, person("Xa Lạ")
    for page in ("", "/print", "/tick"):
        assert (
            officer.get(f"/people/consent{page}?commune={far}&hamlet={stranger.hamlet_id}").status_code == 404
        )
    address = tick_page(officer)
    officer.post(address, person=[stranger.id, 2**70], **SIGNED, **{f"p{stranger.id}": "yes"})
    assert "Chưa đánh dấu ai" in words(officer.last)
    with db.transaction():
        file = consent.keep_file("x.pdf", PDF, None)
        consent.record(
            db.session().get_one(Person, stranger.id), True, "paper", "đồng ý", None, file_id=file.id
        )
    assert officer.get(f"/people/consent/files/{file.id}").status_code == 404
    officer.get(address + f"&file={file.id}")
    assert "Tệp quét" not in words(officer.last)
