"""Money, numbers and time as written in Vietnam."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from service.text import sms_text, words

MILLION = words.MILLION


def test_numbers_and_money() -> None:
    assert [words.number(13250), words.number(999), words.number(0), words.number(-1500)] == [
        "13.250",
        "999",
        "0",
        "-1.500",
    ]
    assert words.money(344000) == "344.000 đ"


MOMENTS = [
    pytest.param(datetime(2026, 11, 23, 7, 5, tzinfo=UTC), "14:05 23/11/2026", id="UTC"),
    pytest.param(datetime(2026, 11, 23, 7, 5), "14:05 23/11/2026", id="without a zone it is UTC"),
    pytest.param(datetime(2026, 12, 31, 17, 0, tzinfo=UTC), "00:00 01/01/2027", id="already next year there"),
    pytest.param(datetime(2026, 11, 23, 14, 5, tzinfo=words.VIETNAM), "14:05 23/11/2026", id="Vietnam's own"),
    pytest.param(
        datetime(2026, 11, 23, 2, 5, tzinfo=timezone(timedelta(hours=-5))),
        "14:05 23/11/2026",
        id="New York's",
    ),
]


@pytest.mark.parametrize(("at", "shown"), MOMENTS)
def test_moments_are_shown_in_vietnams_time(at: datetime, shown: str) -> None:
    assert words.moment(at) == shown
    assert words.date_vi(at) == shown[6:]


def test_dates() -> None:
    assert words.date_vi(date(2026, 1, 2)) == "02/01/2026"


WAGES = [
    pytest.param(8 * MILLION, 11 * MILLION, "8-11 triệu đồng/tháng", id="from and to"),
    pytest.param(11 * MILLION, 8 * MILLION, "8-11 triệu đồng/tháng", id="typed the wrong way round"),
    pytest.param(8_500_000, 11 * MILLION, "8,5-11 triệu đồng/tháng", id="half a million"),
    pytest.param(8_050_000, None, "từ 8,05 triệu đồng/tháng", id="only from"),
    pytest.param(None, 20 * MILLION, "đến 20 triệu đồng/tháng", id="only to"),
    pytest.param(10 * MILLION, 10 * MILLION, "10 triệu đồng/tháng", id="one amount"),
    pytest.param(500_000, 900_000, "500.000-900.000 đồng/tháng", id="below a million"),
    pytest.param(500_000, 2 * MILLION, "500.000-2.000.000 đồng/tháng", id="across a million"),
    pytest.param(None, None, "thỏa thuận", id="to be agreed"),
]


@pytest.mark.parametrize(("low", "high", "shown"), WAGES)
def test_wages_by_the_month(low: int | None, high: int | None, shown: str) -> None:
    assert words.wage(low, high) == shown
    assert sms_text.count(sms_text.plain(shown)).encoding == "GSM-7"
