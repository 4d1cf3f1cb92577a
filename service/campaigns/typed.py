"""What people type into forms, read kindly: wages, days and times of day, and the fields that do it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from wtforms import SelectMultipleField, StringField
from wtforms.validators import ValidationError

from service.text.vietnamese import nfc
from service.text.words import VIETNAM, date_vi, moment, number
from service.web.languages import N_
from service.web.languages import gettext as _

LEAST_WAGE, MOST_WAGE = 100_000, 500_000_000
MOST_MONEY = 100_000_000_000
DAY = 24 * 60

_WAGE = re.compile(
    r"(\d[\d.,]*?)(?:(triệu|trieu|tr|m)(\d)?|(nghìn|nghin|ngàn|ngan|k))?(?:đồng|dong|vnđ|vnd|đ|d)?"
)
_GROUPED = re.compile(r"\d{1,3}(?:\.\d{3})+|\d{1,3}(?:,\d{3})+")
_DECIMAL = re.compile(r"(\d+)(?:[.,](\d{1,3}))?")
_DAY = re.compile(r"\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}")
_CLOCK = re.compile(r"(\d{1,2})(?:[:hg.](\d{2})?)?")


def parse_wage(typed: str) -> int:
    """``8.000.000``, ``8tr``, ``8,5 triệu``, ``8tr5``, ``8.000k`` → đồng. Raises ValueError, also for a bare ``8``."""
    amount = _amount(typed)
    if not LEAST_WAGE <= amount <= MOST_WAGE:
        raise ValueError(typed)
    return amount


def parse_money(typed: str) -> int:
    """``500.000``, ``500k``, ``2 triệu`` → đồng. Raises ValueError."""
    amount = _amount(typed)
    if not 0 <= amount <= MOST_MONEY:
        raise ValueError(typed)
    return amount


def _amount(typed: str) -> int:
    match = _WAGE.fullmatch("".join(nfc(typed[:60]).lower().split()).removesuffix("/tháng"))
    if not match:
        raise ValueError(typed)
    figures, million, tenth, thousand = match.groups()
    if million:
        return _times(figures + ("," + tenth if tenth else ""), 1_000_000)
    return _times(figures, 1_000) if thousand else _whole(figures)


def _whole(figures: str) -> int:
    if not (figures.isdigit() or _GROUPED.fullmatch(figures)):
        raise ValueError(figures)
    return int(re.sub(r"\D", "", figures))


def _times(figures: str, unit: int) -> int:
    if unit == 1_000 and _GROUPED.fullmatch(figures):
        return _whole(figures) * unit
    match = _DECIMAL.fullmatch(figures)
    if not match:
        raise ValueError(figures)
    return int(match[1]) * unit + int((match[2] or "0").ljust(3, "0")) * unit // 1_000


def parse_day(typed: str) -> date:
    """``30/12/2026``, ``30-12-2026``, ``30.12.2026`` or ``2026-12-30``. Raises ValueError."""
    parts = re.split(r"[/.\-\s]+", typed.strip())
    if len(parts) != 3 or not all(part.isdecimal() for part in parts):
        raise ValueError(typed)
    year, month, day = parts if len(parts[0]) == 4 else reversed(parts)
    if len(year) != 4:
        raise ValueError(typed)
    return date(int(year), int(month), int(day))


def parse_clock(typed: str) -> int:
    """``07:30``, ``7h30``, ``7h``, ``24:00`` → minutes after midnight. Raises ValueError."""
    match = _CLOCK.fullmatch("".join(typed.lower().split()))
    minutes = int(match[1]) * 60 + int(match[2] or 0) if match else -1
    if not match or int(match[2] or 0) > 59 or not 0 <= minutes <= DAY:
        raise ValueError(typed)
    return minutes


def parse_moment(typed: str) -> datetime:
    """``07:00 25/11/2026``, ``25/11/2026 7h``, ``2026-11-25T07:00`` → an instant; clocks are Vietnam's. Raises ValueError."""
    words = typed.replace("T", " ").replace(",", " ").split()
    days = [word for word in words if _DAY.fullmatch(word)]
    clocks = [word for word in words if word not in days]
    if len(days) != 1 or not clocks:
        raise ValueError(typed)
    minutes = parse_clock("".join(clocks))
    day = parse_day(days[0])
    if not 2000 <= day.year < 3000:
        raise ValueError(typed)
    at = datetime(day.year, day.month, day.day, tzinfo=VIETNAM) + timedelta(minutes=minutes)
    return at.astimezone(UTC)  # as it comes back from the database, so that its fingerprint stays the same


def clock(minutes: int) -> str:
    """``420`` → ``07:00``."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


class _Typed(StringField):  # type: ignore[misc]
    """A field of text that is read by a function. What was typed stays in the field when it cannot be read."""

    parse: Callable[[str], Any]
    write: Callable[[Any], str]
    advice = ""  # what to type instead

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else type(self).write(self.data)

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        if valuelist and valuelist[0].strip():
            try:
                self.data = type(self).parse(valuelist[0])
            except ValueError:
                raise ValueError(_(self.advice)) from None


class WageField(_Typed):
    parse, write = staticmethod(parse_wage), staticmethod(number)
    advice = N_("Chưa đọc được số tiền. Ghi như 8.000.000 hoặc 8 triệu hoặc 8,5tr.")


class DayField(_Typed):
    parse, write = staticmethod(parse_day), staticmethod(date_vi)
    advice = N_("Chưa đọc được ngày. Ghi như 30/12/2026.")


class ClockField(_Typed):
    parse, write = staticmethod(parse_clock), staticmethod(clock)
    advice = N_("Chưa đọc được giờ. Ghi như 07:30.")


class MoneyField(_Typed):
    parse, write = staticmethod(parse_money), staticmethod(number)
    advice = N_("Chưa đọc được số tiền. Ghi như 500.000 hoặc 500k hoặc 2 triệu.")


class MomentField(_Typed):
    parse, write = staticmethod(parse_moment), staticmethod(moment)
    advice = N_("Chưa đọc được ngày giờ. Ghi như 07:00 25/11/2026.")


class Ticks(SelectMultipleField):  # type: ignore[misc]
    """Several of a list. WTForms' own messages speak of coercion."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            self.data = [self.coerce(value) for value in valuelist]
        except ValueError:
            self.data = []
            raise ValueError(_("Xin chọn trong danh sách.")) from None

    def pre_validate(self, form: Any) -> None:
        offered = {value for value, _name in self.choices}
        if not set(self.data or ()) <= offered:
            raise ValidationError(_("Xin chọn trong danh sách."))
