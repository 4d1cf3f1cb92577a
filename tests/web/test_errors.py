"""When something is not possible, a person reads a sentence, and a log reader finds the place. Nobody sees a trace."""

from __future__ import annotations

import io
import re

import pytest
from flask import Flask
from structlog.testing import capture_logs

from service.refused import Refused
from service.web.sentences import sentence
from tests.web.conftest import Visitor, employ, words


def test_a_refused_form_leads_back_to_its_page_with_the_sentence(admin: Visitor) -> None:
    admin.get("/history?before=7")
    answer = admin.post("/wrong/no")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/history?before=7")
    assert "bạn đã xem 412, hiện nay là 13.250" in words(admin.follow())
    assert "bạn đã xem 412" not in words(admin.get("/history"))


def test_a_refused_form_never_leads_to_another_site(admin: Visitor) -> None:
    for elsewhere in (
        "//evil.example/x",
        "https://evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "",
    ):
        admin.get("/history")
        answer = admin.post("/wrong/no", _page=elsewhere)
        assert answer.status_code == 409, elsewhere
        assert "bạn đã xem 412" in words(answer)


def test_a_refusal_without_a_form_is_a_page(admin: Visitor) -> None:
    answer = admin.get("/wrong/no")
    assert answer.status_code == 409
    assert re.search(r"Chiến dịch MV-07 đã gửi lúc \d\d:\d\d \d\d/\d\d/\d{4}\.", words(answer))


def test_a_refusal_of_a_part_of_a_page_moves_the_whole_page(admin: Visitor) -> None:
    admin.get("/history")
    token = re.search(r'name="csrf_token" value="([^"]+)"', admin.last.text)
    assert token is not None
    headers = {"HX-Request": "true", "X-CSRFToken": token[1]}
    answer = admin.client.post("/wrong/no", data={"_page": "/history"}, headers=headers)
    assert answer.headers["HX-Redirect"] == "/history"
    assert "bạn đã xem 412" in words(admin.get("/history"))


def test_a_bug_shows_an_id_and_no_trace_and_is_logged_once_without_personal_data(admin: Visitor) -> None:
    with capture_logs() as logs:
        answer = admin.get("/wrong/trap")
    assert answer.status_code == 500
    failures = [line for line in logs if line["event"] == "web.failed"]
    assert len(failures) == 1
    assert failures[0]["id"] in words(answer)
    assert failures[0]["kind"] == "ValueError"
    assert any("conftest.py" in place and place.endswith(" trap") for place in failures[0]["places"])
    for secret in ("0912000345", "Vàng Thị Mỷ 0", "Traceback", "ValueError"):
        assert secret not in answer.text
    assert "0912000345" not in str(logs)


def test_an_unknown_address_is_a_calm_page_with_the_menu(admin: Visitor) -> None:
    answer = admin.get("/no/such/page")
    assert answer.status_code == 404
    assert "Không có trang này" in words(answer)
    assert "Nhật ký" in words(answer)


def test_an_unknown_address_works_without_an_account(visitor: Visitor) -> None:
    answer = visitor.get("/no/such/page")
    assert answer.status_code == 404
    assert "Nhật ký" not in words(answer)


def test_a_foreign_id_is_a_404(admin: Visitor) -> None:
    admin.get("/staff")
    assert admin.post("/staff/999999/deactivate").status_code == 404


def test_a_form_without_its_token_changes_nothing(admin: Visitor) -> None:
    answer = admin.client.post("/logout")
    assert answer.status_code == 400
    assert "chưa có gì được lưu" in words(answer)
    assert admin.get("/staff").status_code == 200


def test_a_token_of_somebody_else_changes_nothing(app: Flask, admin: Visitor) -> None:
    stranger = Visitor(app)
    stranger.get("/login")
    token = re.search(r'name="csrf_token" value="([^"]+)"', stranger.last.text)
    assert token is not None
    assert admin.client.post("/logout", data={"csrf_token": token[1]}).status_code == 400
    assert admin.get("/staff").status_code == 200


def test_a_file_that_is_too_large_is_refused_in_words(visitor: Visitor) -> None:
    employ("manager")
    visitor.log_in("manager@vidu.vn")
    visitor.get("/password")
    answer = visitor.post("/wrong/upload", file=(io.BytesIO(b"x" * 12 * 1024 * 1024), "list.xlsx"))
    assert answer.status_code == 413
    assert "nhiều nhất 10 MB" in words(answer)


def test_a_file_that_fits_comes_in(visitor: Visitor) -> None:
    employ("manager")
    visitor.log_in("manager@vidu.vn")
    visitor.get("/password")
    answer = visitor.post("/wrong/upload", file=(io.BytesIO(b"x" * 10 * 1024 * 1024), "list.xlsx"))
    assert answer.text == "taken"


def test_a_database_that_is_away_is_a_page_that_says_so(visitor: Visitor) -> None:
    with capture_logs() as logs:
        answer = visitor.get("/wrong/dead-database")
    assert answer.status_code == 503
    assert "Những gì đã lưu vẫn còn" in words(answer)
    assert [line["event"] for line in logs] == ["web.part_away"]


@pytest.mark.parametrize("code", ["nobody.wrote_this", "staff.locked"])
def test_a_code_without_a_sentence_or_values_that_do_not_fit_still_read_well(app: Flask, code: str) -> None:
    values = {"until": "14:05"} if code == "staff.locked" else {"count": 3}
    with app.test_request_context("/"):
        said = sentence(Refused(code, **values))
    assert "%" not in said
    assert ("14:05" if code == "staff.locked" else code) in said
