"""The calendar of sixty days: seen, added to, taken from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import pytest
import time_machine

from service import db
from service.campaigns import special_days
from tests import world
from tests.web.conftest import Visitor, words

NATIONAL = {"day": "25/12/2026", "kind": "holiday", "name": "Nghỉ bù", "area_id": ""}


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with time_machine.travel(world.TUESDAY_10, tick=True):
        yield


def is_holiday(day: date) -> bool:
    db.end_reading()
    return special_days.is_holiday(day)


def test_sixty_days_with_holidays_markets_and_the_moon(manager: Visitor) -> None:
    page = words(manager.get("/calendar"))
    assert "Tháng 11/2026" in page
    assert "Tháng 1/2027" in page
    assert "Tháng 2/2027" not in page
    assert "29/11/2026 chủ nhật Ngày chợ Chợ phiên Mèo Vạc" in page
    assert "01/01/2027 thứ sáu Ngày nghỉ Tết Dương lịch" in page
    assert "1/11" in page  # the first of a lunar month
    assert "05/02/2027 thứ sáu Ngày nghỉ Tết Nguyên đán" in page  # after the sixty days


def test_a_day_is_added_taken_away_and_put_back(manager: Visitor) -> None:
    manager.get("/calendar")
    manager.post("/calendar", **NATIONAL)
    assert "Đã thêm Nghỉ bù, ngày 25/12/2026." in words(manager.follow())
    assert is_holiday(date(2026, 12, 25))
    manager.post("/calendar/remove", which="2026-12-25|holiday|Nghỉ bù")
    assert "Đã bỏ Nghỉ bù" in words(manager.follow())
    assert not is_holiday(date(2026, 12, 25))

    manager.post("/calendar/remove", which="2027-01-01|holiday|Tết Dương lịch")
    assert "đã bỏ" in words(manager.follow())
    assert not is_holiday(date(2027, 1, 1))
    manager.post("/calendar/restore", which="2027-01-01|holiday|Tết Dương lịch")
    assert "Đã lấy lại Tết Dương lịch" in words(manager.follow())
    assert is_holiday(date(2027, 1, 1))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"day": ""}, "Xin điền ô này."),
        ({"day": "hôm nay"}, "Chưa đọc được ngày."),
        ({"day": "1/1/2020"}, "Ngày này đã qua."),
        ({"day": "1/1/2040"}, "Ngày này xa quá hai năm."),
        ({"name": "  "}, "Xin ghi tên ngày này"),
        ({"name": "—"}, "Xin ghi tên ngày này"),
        ({"name": "x" * 101}, "Nhiều nhất 100 ký tự."),
        ({"day": "1/1/2027", "name": "Tết Dương lịch"}, "đã có “Tết Dương lịch” trong lịch"),
        ({"kind": "party"}, "Xin chọn một mục trong danh sách."),
        ({"area_id": "999"}, "Xin chọn một mục trong danh sách."),
        ({"area_id": "x"}, "Xin chọn một mục trong danh sách."),
    ],
)
def test_a_mistake_gets_a_sentence(manager: Visitor, changes: dict[str, str], sentence: str) -> None:
    manager.get("/calendar")
    assert manager.post("/calendar", **{**NATIONAL, **changes}).status_code == 422
    assert sentence in words(manager.last)
    assert not is_holiday(date(2026, 12, 25))


@pytest.mark.parametrize(
    ("path", "which", "status"),
    [
        ("remove", "2026-12-24|holiday|Nghỉ", 303),  # not there: told on the page
        ("remove", "2026-12-24|party|Nghỉ", 303),
        ("restore", "2026-12-24|market|Nghỉ|hội", 303),
        ("remove", "hôm qua|holiday|Nghỉ", 400),
        ("remove", "2026-12-24", 400),
        ("restore", "", 400),
    ],
)
def test_a_button_that_was_tampered_with_changes_nothing(
    manager: Visitor, path: str, which: str, status: int
) -> None:
    manager.get("/calendar")
    assert manager.post(f"/calendar/{path}", which=which).status_code == status
    with db.transaction() as session:
        assert session.query(special_days.SpecialDay).count() == 0


def test_who_may_see_and_who_may_change(enter: Callable[[str], Visitor]) -> None:
    approver, caller = enter("approver"), enter("caller")
    assert approver.get("/calendar").status_code == 200
    assert "Thêm một ngày" not in words(approver.last)
    assert caller.get("/calendar").status_code == 403
    approver.get("/password")
    for path in ("", "/remove", "/restore"):
        assert approver.post(f"/calendar{path}", **NATIONAL).status_code == 403
