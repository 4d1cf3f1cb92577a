"""Rights at the screen and at the shell: a request is written down, done, answered."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner
from flask import Flask

from service import db
from service.registry.commands import people as people_group
from service.rights import requests
from service.rights.commands import COMMANDS
from service.staff import history
from service.text.words import date_vi, today_in_vietnam
from tests import world
from tests.registry.conftest import commune
from tests.rights.conftest import NAME, NUMBER, Village
from tests.web.conftest import Visitor, employ, words


def test_from_the_request_to_the_answer(manager: Visitor, by: object) -> None:
    with db.transaction():
        pao = world.person(NAME, NUMBER)
    assert "Không có yêu cầu nào đang chờ" in words(manager.get("/rights"))
    assert "Ghi một yêu cầu của người này" in words(manager.get(f"/people/{pao.id}"))
    manager.get(f"/rights/people/{pao.id}/new")
    asked = today_in_vietnam() - timedelta(days=11)
    assert (
        manager.post(f"/rights/people/{pao.id}/new", kind="correct", asked_on="31/31/2026").status_code == 422
    )
    later = date_vi(today_in_vietnam() + timedelta(days=2))
    assert manager.post(f"/rights/people/{pao.id}/new", kind="correct", asked_on=later).status_code == 422
    assert "chưa tới" in words(manager.last)
    manager.post(
        f"/rights/people/{pao.id}/new", kind="correct", asked_on=date_vi(asked), note="năm sinh 1991"
    )
    page = words(manager.follow())
    assert f"{NAME} Sửa cho đúng {date_vi(asked)} {date_vi(asked + timedelta(days=10))} Quá hạn" in page
    assert "1 yêu cầu quá hạn" in page
    assert "Yêu cầu chưa làm: Sửa cho đúng" in words(manager.get(f"/people/{pao.id}"))
    (one,) = requests.open_requests()
    address = f"/rights/{one.request.id}"
    assert "năm sinh 1991" in words(manager.get(address))
    assert manager.post(f"{address}/refused", words="").status_code == 422
    assert "phải có lý do" in words(manager.last)
    manager.post(f"{address}/done", words="đã sửa, đã gọi báo")
    manager.follow()
    assert "Sửa cho đúng" in words(manager.get("/rights?show=closed"))
    assert "đã sửa, đã gọi báo" in words(manager.get(address))
    manager.post(f"{address}/done", words="lần nữa")
    assert "đã có người ghi kết quả" in words(manager.follow())


def test_all_that_is_kept_is_shown_and_handed_over_as_a_file(manager: Visitor, village: Village) -> None:
    page = words(manager.get(f"/rights/people/{village.pao.id}"))
    for known in (
        NAME,
        "0391 234 567",
        "Bày tỏ nguyện vọng",
        "muon di",
        "Dự họp thôn",
        "Sung Mi Pao",
        "Sơn Vĩ",
    ):
        assert known in page, known
    kept = manager.get(f"/rights/people/{village.pao.id}/file.json")
    assert kept.headers["Content-Disposition"] == f"attachment; filename=nguoi-dan-{village.pao.id}.json"
    assert NUMBER in kept.text
    assert {row["name"] for row in json.loads(kept.text)["person"]} == {NAME, "Sung Mi Pao"}
    html = manager.get(f"/rights/people/{village.pao.id}/file.html")
    assert "0391 234 567" in html.text
    assert "<script" not in html.text
    assert manager.get(f"/rights/people/{village.pao.id}/file.xml").status_code == 404
    db.end_reading()
    assert [row.deed for row in history.of_person(village.pao.id)][:3] == ["person.dossier_shown"] * 3


def test_deleting_asks_first_and_says_what_is_left(manager: Visitor, village: Village) -> None:
    address = f"/rights/people/{village.pao.id}/delete"
    assert "Xóa rồi thì không lấy lại được" in words(manager.get(address))
    assert manager.post(address).status_code == 422
    assert manager.get(f"/people/{village.pao.id}").status_code == 200
    manager.get(address)
    manager.post(address, sure="y")
    page = words(manager.follow())
    assert "Đã xóa tên và 2 số điện thoại" in page
    assert "1 số còn người khác dùng chung" in page
    assert "Không có yêu cầu nào đang chờ" in page  # the request to delete is done with it
    for path in (f"/people/{village.pao.id}", f"/rights/people/{village.pao.id}", address):
        assert manager.get(path).status_code == 404, path
    closed = words(manager.get("/rights?show=closed"))
    assert f"đã xóa, số {village.pao.id}" in closed
    for path in ("/people", "/followups/done", "/replies", f"/campaigns/{village.campaign.id}", "/"):
        answer = manager.get(path, follow_redirects=True)
        assert answer.status_code == 200, path
        assert NAME not in answer.text, path


def test_only_managers_look_at_everything(app: Flask, village: Village) -> None:
    employ("officer", commune("Sơn Vĩ").id)
    officer = Visitor(app)
    officer.log_in("officer@vidu.vn")
    base = f"/rights/people/{village.pao.id}"
    for path in ("/rights", "/rights/1", base, f"{base}/file.json", f"{base}/new", f"{base}/delete"):
        assert officer.get(path).status_code == 403, path
    officer.get("/people")
    for path in (f"{base}/new", f"{base}/delete", "/rights/1/done"):
        assert officer.post(path, sure="y", kind="see").status_code == 403, path


def test_the_pages_speak_english(manager: Visitor, village: Village) -> None:
    manager.get("/people")
    manager.post("/language", language="en")
    base = f"/rights/people/{village.pao.id}"
    for path in (
        "/rights",
        "/rights?show=closed",
        "/rights/1",
        base,
        f"{base}/new",
        f"{base}/delete",
        "/people/same",
    ):
        assert manager.get(path).status_code == 200, path


# -------------------------------------------------------------------------------------------------------- commands


def run(*arguments: str) -> tuple[int, str, str]:
    db.end_reading()
    for command in COMMANDS:
        people_group.add_command(command)
    result = CliRunner().invoke(people_group, list(arguments))
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.usefixtures("village")
def test_requests_are_listed_at_the_shell() -> None:
    code, out, _err = run("requests", "--json")
    assert code == 0
    (row,) = json.loads(out)
    assert (row["kind"], row["urgency"], row["asked_on"]) == (
        "delete",
        "open",
        today_in_vietnam().isoformat(),
    )
    assert run("requests")[1].startswith(row["due"])


def test_everything_is_shown_and_deleted_at_the_shell(village: Village) -> None:
    pao = str(village.pao.id)
    code, out, _err = run("show", pao, "--json")
    assert code == 0
    assert NUMBER in {row["e164"] for row in json.loads(out)["phone"]}
    assert NAME in run("show", pao)[1]
    code, out, err = run("delete", pao)
    assert (code, out) == (2, "")
    assert "--yes" in err
    code, out, _err = run("delete", pao, "--yes", "--json")
    assert code == 0
    assert json.loads(out) == {"numbers": 2, "shared": 1, "cancelled": 0, "sheets": 0}
    code, out, err = run("delete", pao, "--yes")
    assert (code, out) == (1, "")
    assert "đã được xóa" in err
    assert run("show", "999")[0] == 1
