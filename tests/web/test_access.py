"""Who may open what: the table of roles, and nothing besides, decides."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask, url_for

from service import db
from service.staff import accounts, roles
from service.web import access
from service.web.navigation import NAVIGATION
from tests.web.conftest import Visitor, employ, words

PLAIN = {"wrong.forgotten"}  # the one test route that has no mark, to see that it is refused


def routes(app: Flask) -> dict[str, access.Access | None]:
    with app.app_context():
        return {rule.endpoint: access.access_of(rule.endpoint) for rule in app.url_map.iter_rules()}


def pages_without_ids(app: Flask) -> list[tuple[str, str, access.Access]]:
    """(address, endpoint, mark) of each page that is opened by its plain address."""
    marks = routes(app)
    return [
        (rule.rule, rule.endpoint, mark)
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.arguments and (mark := marks[rule.endpoint]) is not None
    ]


def test_every_route_has_a_mark(app: Flask) -> None:
    assert {endpoint for endpoint, mark in routes(app).items() if mark is None} == PLAIN


def test_every_public_route_says_why(app: Flask) -> None:
    for endpoint, mark in routes(app).items():
        if mark is not None and not mark.permission:
            assert mark.why, endpoint


def test_a_route_that_nobody_marked_is_refused_even_to_an_administrator(admin: Visitor) -> None:
    answer = admin.get("/wrong/forgotten")
    assert answer.status_code == 403
    assert "nobody marked" not in answer.text


def test_an_unknown_permission_does_not_even_start() -> None:
    with pytest.raises(KeyError, match=r"people\.sell"):
        access.needs("people.sell")


def test_who_is_not_logged_in_is_asked_to_and_comes_back_to_the_page(app: Flask, visitor: Visitor) -> None:
    for address, endpoint, mark in pages_without_ids(app):
        answer = visitor.get(address)
        if not mark.public:
            assert answer.status_code == 302, endpoint
            assert answer.headers["Location"].startswith("/login?next="), endpoint
    employ("admin")
    assert (
        visitor.log_in("admin@vidu.vn", next="/history?before=9").headers["Location"] == "/history?before=9"
    )


@pytest.mark.parametrize("role", roles.ROLES)
def test_each_role_opens_its_own_pages_and_sees_them_in_its_menu(
    app: Flask, visitor: Visitor, role: str
) -> None:
    employ(role)
    visitor.log_in(f"{role}@vidu.vn")
    for address, endpoint, mark in pages_without_ids(app):
        if mark.permission:
            status = visitor.get(address).status_code
            assert status < 400 if roles.may(role, mark.permission) else status == 403, (endpoint, status)
    menu = re.findall(r'<li><a href="([^"]+)"', visitor.get("/password").text)
    with app.test_request_context("/"):
        there = {
            url_for(item.endpoint): item.permission
            for item in NAVIGATION
            if item.endpoint in app.view_functions
        }
    assert menu == [address for address, permission in there.items() if roles.may(role, permission)]


def test_the_menu_asks_for_the_same_permission_as_the_page(app: Flask) -> None:
    marks = routes(app)
    for item in NAVIGATION:
        if item.endpoint in marks:
            mark = marks[item.endpoint]
            assert mark is not None
            assert mark.permission == item.permission, item


def test_the_wrong_role_reads_a_calm_page(visitor: Visitor) -> None:
    employ("viewer")
    visitor.log_in("viewer@vidu.vn")
    answer = visitor.get("/staff")
    assert answer.status_code == 403
    assert "Trang này không thuộc việc của bạn" in words(answer)


def test_an_hour_without_a_click_ends_the_session(admin: Visitor) -> None:
    start = datetime.now(UTC)
    with time_machine.travel(start + timedelta(minutes=59), tick=True):
        assert admin.get("/staff").status_code == 200
    with time_machine.travel(start + timedelta(minutes=59 + 59), tick=True):
        assert admin.get("/staff").status_code == 200
    with time_machine.travel(start + timedelta(minutes=59 + 59 + 61), tick=True):
        assert admin.get("/staff").status_code == 302
        assert "Phiên làm việc đã hết" in words(admin.follow())


def test_a_page_that_refreshes_itself_does_not_keep_a_left_desk_open(admin: Visitor) -> None:
    start = datetime.now(UTC)
    for minute in range(0, 60, 10):
        with time_machine.travel(start + timedelta(minutes=minute), tick=True):
            assert admin.get("/staff", headers={"HX-Request": "true"}).status_code == 200
    with time_machine.travel(start + timedelta(minutes=61), tick=True):
        answer = admin.get("/staff", headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"].startswith("/login")


def test_twelve_hours_end_even_a_busy_session(admin: Visitor) -> None:
    start = datetime.now(UTC)
    for hour_tenth in range(0, 119, 5):
        with time_machine.travel(start + timedelta(hours=hour_tenth / 10), tick=True):
            assert admin.get("/staff").status_code == 200
    with time_machine.travel(start + timedelta(hours=12, minutes=1), tick=True):
        assert admin.get("/staff").status_code == 302


def test_a_new_password_given_by_the_administrator_ends_the_sessions(app: Flask, visitor: Visitor) -> None:
    manager = employ("manager")
    visitor.log_in("manager@vidu.vn")
    assert visitor.get("/password").status_code == 200
    with db.transaction():
        accounts.add(manager.email, "", "manager", [], None)
    assert visitor.get("/password").status_code == 302


def test_an_ended_account_is_out_at_once(app: Flask, visitor: Visitor) -> None:
    boss, manager = employ("admin"), employ("manager")
    visitor.log_in("manager@vidu.vn")
    with db.transaction():
        found = accounts.find(manager.id)
        assert found is not None
        accounts.deactivate(found, boss)
    assert visitor.get("/password").status_code == 302
    assert visitor.log_in("manager@vidu.vn").status_code == 401


def test_a_cookie_from_before_the_login_is_worth_nothing_after_it(app: Flask, visitor: Visitor) -> None:
    employ("admin")
    visitor.get("/login")
    before = visitor.client.get_cookie("loa")
    visitor.log_in("admin@vidu.vn")
    after = visitor.client.get_cookie("loa")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    stranger = Visitor(app)
    stranger.client.set_cookie("loa", before.value)
    assert stranger.get("/staff").status_code == 302


def test_who_logged_out_is_out(admin: Visitor) -> None:
    admin.get("/staff")
    assert admin.post("/logout").headers["Location"] == "/login"
    assert admin.get("/staff").status_code == 302


def test_no_change_by_get(app: Flask, admin: Visitor) -> None:
    assert admin.get("/logout").status_code == 405
    assert admin.get("/language").status_code == 405
    assert admin.get("/staff").status_code == 200
