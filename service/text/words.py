"""Money, numbers and time as they are written in Vietnam. Every character is in GSM-7 but the letters themselves."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

# Vietnam has had one hour and no summer time since 1975: a fixed offset needs no tzdata on the machine
VIETNAM = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")
MILLION = 1_000_000


def today_in_vietnam() -> date:
    """The day it is in Vietnam, wherever the machine stands."""
    return datetime.now(VIETNAM).date()


def number(count: int) -> str:
    """``13250`` → ``13.250``."""
    return f"{count:,}".replace(",", ".")


def money(vnd: int) -> str:
    """``344000`` → ``344.000 đ``."""
    return f"{number(vnd)} đ"


def date_vi(day: date) -> str:
    """``23/11/2026``. A moment is taken as the day it is in Vietnam."""
    if isinstance(day, datetime):
        day = _in_vietnam(day)
    return f"{day:%d/%m/%Y}"


def moment(at: datetime) -> str:
    """``14:05 23/11/2026``, in Vietnam's time. A moment without a zone is UTC, as in the database."""
    return f"{_in_vietnam(at):%H:%M %d/%m/%Y}"


def _in_vietnam(at: datetime) -> datetime:
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(VIETNAM)


def wage(low: int | None, high: int | None) -> str:
    """Pay for a month from two amounts in đồng: ``8-11 triệu đồng/tháng``. With none: ``thỏa thuận``."""
    if low is None and high is None:
        return "thỏa thuận"
    if low is None or high is None:
        word, amount = ("từ", low) if high is None else ("đến", high)
        return f"{word} {_amount(amount or 0)}/tháng"
    low, high = min(low, high), max(low, high)
    if low == high:
        return f"{_amount(low)}/tháng"
    if low >= MILLION:
        return f"{_millions(low)}-{_amount(high)}/tháng"
    return f"{number(low)}-{number(high)} đồng/tháng"


def _amount(vnd: int) -> str:
    return f"{_millions(vnd)} triệu đồng" if vnd >= MILLION else f"{number(vnd)} đồng"


def _millions(vnd: int) -> str:
    whole, rest = divmod(vnd, MILLION)
    return f"{number(whole)},{rest:06d}".rstrip("0").rstrip(",") if rest else number(whole)
