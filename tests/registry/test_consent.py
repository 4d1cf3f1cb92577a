"""Consent that can be proved: per person and purpose, by whom and how; unknown is not yes; scans are kept and guarded."""

from __future__ import annotations

import pytest

from service import db
from service.refused import Refused
from service.registry import consent, people
from service.registry.consent import JOB_NOTICES, KEEP_AFTER, PASS_TO_EMPLOYER, PURPOSES
from service.registry.people import Facts, Person
from service.staff.accounts import Staff
from service.text.words import today_in_vietnam
from tests.registry.conftest import commune
from tests.web.conftest import employ

PDF = b"%PDF-1.4\n1 0 obj\n"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"

SCANS = [(PDF, "application/pdf"), (JPEG, "image/jpeg"), (PNG, "image/png")]
NO_SCANS = [
    b"",
    b"<html><script>alert(1)</script>",
    b"PK\x03\x04word/document.xml",
    b"GIF89a",
    b"\n%PDF-1.4",
    b"\x00\x00\x00",
]
pytestmark = pytest.mark.usefixtures("places")


@pytest.fixture
def boss(places: None) -> Staff:
    return employ("manager")


def live(by: Staff, birth_year: int | None = 1990, guardian: str = "") -> Person:
    return people.add(Facts("Sùng Mí Páo", birth_year, commune=commune("Sơn Vĩ").id, guardian=guardian), by)


def test_each_purpose_is_asked_by_itself_and_unknown_is_not_yes(boss: Staff) -> None:
    with db.transaction():
        pao = live(boss)
        assert consent.standing(pao.id) == dict.fromkeys(PURPOSES, None)
        consent.record(pao, True, "call", "Có, chuyển đi", boss, purpose=PASS_TO_EMPLOYER)
        assert not pao.consents  # job notices were not asked
        consent.record(pao, True, "paper", "Tôi đồng ý", boss, proof="phiếu 12")
        consent.record(pao, False, "call", "Thôi, đừng chuyển", boss, purpose=PASS_TO_EMPLOYER)
        standing = consent.standing(pao.id)
    assert {purpose: row and row.given for purpose, row in standing.items()} == {
        JOB_NOTICES: True,
        PASS_TO_EMPLOYER: False,
        KEEP_AFTER: None,
    }
    notices = standing[JOB_NOTICES]
    assert notices is not None
    assert (notices.channel, notices.words, notices.proof, notices.staff_id) == (
        "paper",
        "Tôi đồng ý",
        "phiếu 12",
        boss.id,
    )
    assert pao.consents
    assert [row.given for row in consent.of_person(pao.id)] == [False, True, True]


# born so many years before this year → a yes needs somebody who agrees for the child
AGES = [(15, True), (3, True), (16, False), (17, False), (60, False), (None, False)]


@pytest.mark.parametrize(("age", "child"), AGES)
def test_a_yes_of_somebody_under_16_needs_a_guardian(boss: Staff, age: int | None, child: bool) -> None:
    year = today_in_vietnam().year - age if age is not None else None
    with db.transaction():
        someone = live(boss, year)
        if not child:
            consent.record(someone, True, "meeting", "đồng ý nhé", boss)
            return
        with pytest.raises(Refused, match=r"consent\.needs_guardian"):
            consent.record(someone, True, "meeting", "đồng ý nhé", boss, guardian=" – ")
        assert not someone.consents
        consent.record(someone, True, "meeting", "đồng ý nhé", boss, guardian="Sùng Mí Sính (bố)")
        assert consent.of_person(someone.id)[0].guardian == "Sùng Mí Sính (bố)"
        consent.record(someone, False, "call", "", boss)  # to say no, nobody's leave is needed
        assert not someone.consents


def test_the_guardian_written_down_with_the_child_agrees_for_it(boss: Staff) -> None:
    with db.transaction():
        child = live(boss, today_in_vietnam().year - 14, guardian="Vàng Thị Mỷ (mẹ)")
        consent.record(child, True, "paper", "đồng ý", boss)
        assert consent.of_person(child.id)[0].guardian == "Vàng Thị Mỷ (mẹ)"


def test_a_yes_without_words_and_a_purpose_nobody_asks_for_are_refused(boss: Staff) -> None:
    with db.transaction():
        pao = live(boss)
        with pytest.raises(Refused, match=r"consent\.no_words"):
            consent.record(pao, True, "call", " \n ", boss)
        with pytest.raises(Refused, match=r"consent\.unknown_purpose"):
            consent.record(pao, True, "call", "ừ", boss, purpose="marketing")


@pytest.mark.parametrize(("data", "kind"), SCANS)
def test_a_scan_is_known_by_what_is_in_it_not_by_its_name(boss: Staff, data: bytes, kind: str) -> None:
    with db.transaction():
        file = consent.keep_file("C:\\scans\\phiếu\u202egpj.exe", data, boss)
        again = consent.keep_file("khác.pdf", data, boss)
    assert (file.kind, file.filename, file.data) == (kind, "phiếugpj.exe", data)
    assert again.id == file.id


@pytest.mark.parametrize("data", NO_SCANS)
def test_what_is_no_scan_is_refused(boss: Staff, data: bytes) -> None:
    with pytest.raises(Refused, match=r"consent\.not_a_scan"), db.transaction():
        consent.keep_file("phiếu.pdf", data, boss)


def test_a_scan_may_have_5_mb_and_not_a_byte_more(boss: Staff) -> None:
    with db.transaction():
        consent.keep_file("a.pdf", PDF.ljust(consent.LARGEST_FILE, b"x"), boss)
        with pytest.raises(Refused, match=r"consent\.file_too_large"):
            consent.keep_file("b.pdf", PDF.ljust(consent.LARGEST_FILE + 1, b"x"), boss)


def test_a_scan_is_shown_only_to_who_may_know_of_somebody_on_it(boss: Staff) -> None:
    near, far = employ("officer", commune("Sơn Vĩ").id), None
    with db.transaction():
        pao, file, other = (
            live(boss),
            consent.keep_file("a.pdf", PDF, boss),
            consent.keep_file("b.png", PNG, boss),
        )
        consent.record(pao, True, "paper", "đồng ý", boss, file_id=file.id)
    far = employ("viewer")
    far.role = "officer"  # of no commune
    assert consent.file_for(file.id, boss) is not None
    assert consent.file_for(file.id, near) is not None
    assert consent.file_for(file.id, far) is None
    assert consent.file_for(other.id, boss) is None  # proves nothing about anybody
