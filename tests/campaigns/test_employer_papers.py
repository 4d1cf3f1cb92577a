"""The papers of an employer: what is taken, what is refused, and how it is given back."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from flask import Flask

from service import db
from service.campaigns import employers
from service.staff import accounts
from tests.web.conftest import Visitor, words

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n"
JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 40
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


@pytest.fixture
def employer_id(app: Flask, manager: Visitor) -> int:
    with db.transaction():
        me = accounts.find_by_email("manager@vidu.vn")
        assert me is not None
        made = employers.save(None, "Công ty May Hoa Đào", "", "", ("", None), me)
    manager.get(f"/employers/{made.id}")
    return made.id


def give(visitor: Visitor, employer_id: int, name: str, data: bytes) -> int:
    return visitor.post(f"/employers/{employer_id}/papers", file=(io.BytesIO(data), name)).status_code


def kept(employer_id: int) -> list[employers.EmployerPaper]:
    db.end_reading()
    return employers.papers(employer_id)


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("giấy phép.pdf", PDF, "application/pdf"),
        ("thư.jpg", JPEG, "image/jpeg"),
        ("hợp đồng.png", PNG, "image/png"),
        ("giấy phép.html", PDF, "application/pdf"),  # its name is not believed
        ("../../giấy phép.pdf", PDF, "application/pdf"),
    ],
)
def test_a_scan_is_kept_and_given_back_as_a_file(
    manager: Visitor, employer_id: int, name: str, data: bytes, kind: str
) -> None:
    assert give(manager, employer_id, name, data) == 303
    [paper] = kept(employer_id)
    page = manager.follow()
    assert paper.filename in words(page)
    assert "/" not in paper.filename
    answer = manager.get(f"/employers/{employer_id}/papers/{paper.id}")
    assert answer.data == data
    assert answer.content_type == kind
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("giấy phép.pdf", b"<html><script>alert(1)</script>", "không phải tệp PDF, ảnh JPEG hay PNG"),
        ("giấy phép.docx", b"PK\x03\x04" + b"\0" * 100, "không phải tệp PDF, ảnh JPEG hay PNG"),
        ("rỗng.pdf", b"", "không phải tệp PDF"),
        ("to.pdf", PDF + b"\0" * (5 * 2**20), "Tệp lớn hơn 5 MB"),
    ],
)
def test_anything_else_gets_a_sentence_and_is_not_kept(
    manager: Visitor, employer_id: int, name: str, data: bytes, sentence: str
) -> None:
    assert give(manager, employer_id, name, data) == 422
    assert sentence in words(manager.last)
    assert kept(employer_id) == []


def test_no_file_chosen(manager: Visitor, employer_id: int) -> None:
    assert manager.post(f"/employers/{employer_id}/papers").status_code == 422
    assert "Xin chọn một tệp." in words(manager.last)


def test_the_same_paper_twice_is_kept_once(manager: Visitor, employer_id: int) -> None:
    for name in ("a.pdf", "b.pdf"):
        manager.get(f"/employers/{employer_id}")
        assert give(manager, employer_id, name, PDF) == 303
    assert [paper.filename for paper in kept(employer_id)] == ["a.pdf"]


def test_a_paper_put_there_by_mistake_is_removed_and_the_history_says_so(
    manager: Visitor, employer_id: int, enter: Callable[[str], Visitor]
) -> None:
    give(manager, employer_id, "nhầm.pdf", PDF)
    [paper] = kept(employer_id)
    manager.follow()
    manager.post(f"/employers/{employer_id}/papers/{paper.id}/remove")
    assert "Đã bỏ tệp nhầm.pdf." in words(manager.follow())
    assert kept(employer_id) == []
    assert manager.get(f"/employers/{employer_id}/papers/{paper.id}").status_code == 404
    assert f"Bỏ giấy tờ số {paper.id}" in words(enter("auditor").get("/history"))


def test_who_may_read_and_who_may_change_papers(
    manager: Visitor, employer_id: int, enter: Callable[[str], Visitor]
) -> None:
    give(manager, employer_id, "a.pdf", PDF)
    [paper] = kept(employer_id)
    approver, caller = enter("approver"), enter("caller")
    address = f"/employers/{employer_id}/papers/{paper.id}"
    assert approver.get(address).status_code == 200
    assert caller.get(address).status_code == 403
    approver.get("/employers")
    assert approver.post(f"{address}/remove").status_code == 403
    assert approver.get(f"/employers/{employer_id + 1}/papers/{paper.id}").status_code == 404


def test_not_more_than_twenty(manager: Visitor, employer_id: int) -> None:
    with db.transaction():
        employer, me = employers.find(employer_id), accounts.find_by_email("manager@vidu.vn")
        assert employer is not None
        assert me is not None
        for number in range(employers.MOST_PAPERS):
            employers.add_paper(employer, f"{number}.pdf", PDF + b"%d" % number, me)
    manager.get(f"/employers/{employer_id}")
    assert give(manager, employer_id, "thêm.pdf", PDF) == 422
    assert "nhiều nhất 20 tệp" in words(manager.last)
