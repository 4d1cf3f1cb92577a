"""Prices: which one holds on which day, what may be written, and the page on which staff do it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import Engine

from service import db, settings
from service.campaigns import prices
from service.campaigns.office_forms import parse_price
from service.campaigns.prices import Price
from service.refused import Refused
from service.sending import budget
from service.staff.history import History
from service.text.words import date_vi, today_in_vietnam
from tests import world
from tests.web.conftest import Visitor, words


def kept(*rows: tuple[str, str, int, date]) -> None:
    """Prices as they stand in the table, also of days that are over."""
    with db.transaction() as session:
        for carrier, channel, vnd, since in rows:
            session.add(
                Price(carrier=carrier, channel=channel, vnd=vnd, valid_from=since, created_at=db.clock())
            )


@pytest.mark.parametrize(
    ("channel", "on", "vnd"),
    [
        ("sms", date(2026, 1, 31), 800),  # before the first: the price of the settings
        ("sms", date(2026, 2, 1), 700),
        ("sms", date(2026, 6, 30), 700),
        ("sms", date(2026, 7, 1), 0),  # free is a price
        ("sms", date(2027, 1, 1), 950),
        ("voice", date(2026, 3, 1), 1200),
    ],
)
def test_the_price_of_a_day(connected: Engine, channel: str, on: date, vnd: int) -> None:
    kept(
        ("twilio", "sms", 700, date(2026, 2, 1)),
        ("twilio", "sms", 0, date(2026, 7, 1)),
        ("twilio", "sms", 950, date(2027, 1, 1)),
        ("twilio", "voice", 1200, date(2026, 3, 1)),
        ("other", "sms", 5, date(2026, 1, 1)),
    )
    assert prices.of("twilio", channel, on) == vnd


def test_without_any_row_the_settings_say_it(connected: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_SMS_PRICE_VND", "640")
    settings.get.cache_clear()
    assert prices.of("twilio", "sms", today_in_vietnam()) == 640


@pytest.mark.parametrize(
    ("carrier", "channel", "vnd", "days", "code"),
    [
        ("twilio", "sms", 800, -1, "price.past"),
        ("twilio", "sms", -1, 0, "price.not_a_price"),
        ("twilio", "sms", 100_001, 0, "price.not_a_price"),
        ("nobody", "sms", 800, 0, "price.unknown_channel"),
        ("twilio", "fax", 800, 0, "price.unknown_channel"),
        ("twilio", "sms", 800, 400, "price.too_far"),
    ],
)
def test_what_is_no_price_is_refused(
    connected: Engine, carrier: str, channel: str, vnd: int, days: int, code: str
) -> None:
    with db.transaction():
        by = world.staff()
        with pytest.raises(Refused) as refused:
            prices.put(carrier, channel, vnd, today_in_vietnam() + timedelta(days=days), by)
        assert refused.value.code == code
        assert prices.listed() == []


def test_a_price_of_today_is_corrected_and_both_stand_in_the_history(connected: Engine) -> None:
    today = today_in_vietnam()
    with db.transaction() as session:
        by = world.staff()
        for vnd in (8000, 800, 800):
            prices.put("twilio", "sms", vnd, today, by)
        prices.put("twilio", "sms", 850, today + timedelta(days=7), by)
        assert [(row.vnd, row.valid_from) for row in prices.listed()] == [
            (850, today + timedelta(days=7)), (800, today),
        ]  # fmt: skip
        session.flush()
        deeds = [(row.deed, row.details.get("before")) for row in session.query(History).order_by(History.id)]
        assert [deed for deed in deeds if deed[0].startswith("price.")] == [
            ("price.added", None), ("price.changed", 8000), ("price.added", None),
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "vnd"),
    [("800", 800), (" 1.200 đ", 1200), ("1 200", 1200), ("0", 0), ("950vnd", 950), ("12.000 đồng", 12000)],
)
def test_prices_are_read_kindly(typed: str, vnd: int) -> None:
    assert parse_price(typed) == vnd


@pytest.mark.parametrize("typed", ["", "tám trăm", "-5", "8,5", "1.20", "٣", "9" * 30])
def test_what_cannot_be_read_as_a_price(typed: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse_price(typed)


def test_a_manager_writes_a_price_and_sees_it(manager: Visitor) -> None:
    page = words(manager.get("/prices"))
    assert "800 đ chưa ghi, lấy giá mặc định của hệ thống" in page
    assert "Không đặt hạn mức." in page
    today = today_in_vietnam()
    manager.post("/prices", carrier="twilio", channel="sms", vnd="750", valid_from=date_vi(today))
    page = words(manager.follow())
    assert f"từ {date_vi(today)} giá là 750 đ" in page
    assert "Người manager" in page
    later = today + timedelta(days=3)
    manager.post("/prices", carrier="twilio", channel="sms", vnd="1.000", valid_from=date_vi(later))
    assert f"Từ {date_vi(later)}: Twilio, Tin nhắn (mỗi phần) là 1.000 đ." in words(manager.follow())
    assert prices.of("twilio", "sms", today) == 750
    assert "750 đ" in words(manager.get("/system"))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"vnd": ""}, "Xin điền ô này."),
        ({"vnd": "rẻ"}, "Chưa đọc được giá."),
        ({"vnd": "900.000"}, "Giá phải từ 0 đến 100.000 đồng."),
        ({"valid_from": "1/1/2020"}, "Giá của những ngày đã qua không sửa được"),
        ({"valid_from": "31/2/2027"}, "Chưa đọc được ngày."),
        ({"carrier": "nobody"}, "Xin chọn một mục trong danh sách."),
    ],
)
def test_a_mistake_gets_a_sentence(manager: Visitor, changes: dict[str, str], sentence: str) -> None:
    manager.get("/prices")
    fields = {"carrier": "twilio", "channel": "sms", "vnd": "750", "valid_from": date_vi(today_in_vietnam())}
    assert manager.post("/prices", **{**fields, **changes}).status_code == 422
    assert sentence in words(manager.last)
    assert prices.listed() == []


def test_the_caps_are_shown_with_what_was_spent(
    app: Flask, manager: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOA_CAP_DAY_VND", "500000")
    settings.get.cache_clear()
    with db.transaction():
        assert budget.reserve_in_periods(120_000, db.clock()) == ""
    page = words(manager.get("/prices"))
    assert "120.000 / 500.000" in page
    assert "0 đ đã chi, 120.000 đ giữ cho tin đang gửi, còn 380.000 đ." in page
    assert "Tháng này đã chi : 0 đ" in page.replace("chi:", "chi :")


def test_who_may_see_and_write_prices(enter: Callable[[str], Visitor]) -> None:
    fields = {"carrier": "twilio", "channel": "sms", "vnd": "1", "valid_from": date_vi(today_in_vietnam())}
    for role in ("approver", "auditor"):
        visitor = enter(role)
        assert visitor.get("/prices").status_code == 200
        assert "Ghi giá mới" not in words(visitor.last)
        visitor.get("/password")
        assert visitor.post("/prices", **fields).status_code == 403
    assert enter("caller").get("/prices").status_code == 403
    admin = enter("admin")
    admin.get("/prices")
    assert admin.post("/prices", **fields).status_code == 303
