"""Days and years of birth as people write them. What is asked is the year; the day only says whether to trust it."""

from __future__ import annotations

import re
from datetime import date, timedelta

from service.text.vietnamese import one_line, search_key

_SEP = r"\s*[/.\-–,\\ ]\s*"
_DAY_FIRST = re.compile(rf"(?:(\d{{1,2}}){_SEP})?(?:(\d{{1,2}}){_SEP})?(\d{{4}})")
_YEAR_FIRST = re.compile(rf"(\d{{4}}){_SEP}(\d{{1,2}}){_SEP}(\d{{1,2}})")
_TWO_DIGITS = re.compile(rf"(\d{{1,2}}){_SEP}(\d{{1,2}}){_SEP}(\d{{2}})")
_PLAIN = re.compile(r"(\d{2})(\d{2})(\d{4})")
_HOUR = re.compile(r"[ T]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z| ?[AP]M)?$", re.IGNORECASE)
_WORDS = re.compile(r"(?:(?:ngay )?(\d{1,2}) )?(?:thang (\d{1,2}) )?(?:nam )?(\d{4})")
_LABEL = re.compile(
    r"^(?:sinh năm|sinh ngày|năm sinh|ngày sinh|sinh|s\.?n\.?|năm|ngày)\s*:?\s*(?=\d)", re.IGNORECASE
)
_YEAR = re.compile(r"(?<!\d)(19\d\d|20\d\d)(?!\d)")
_SERIAL = re.compile(r"\d{5}")
_SERIAL_START, _SERIALS = date(1899, 12, 30), range(7_306, 45_292)  # what a spreadsheet calls 1920 to 2023
_MISTYPED = range(19_000, 21_000)  # 19880 is rather a year with a digit too many than a day of 1954
_CENTURY, _OLDEST = 100, 95


def year_of(text: str, today: date | None = None) -> tuple[int | None, bool]:
    """The year, and whether it is certain: ``1986``, ``5/1986``, ``31/12/1986``, ``1986-12-31`` are.

    Not certain is a day that does not exist (31/02/1986), a year among other words, one of two digits (``today`` tells
    the century), and the number by which a spreadsheet counts days (32874 is a day of 1990).
    """
    text = _LABEL.sub("", _HOUR.sub("", one_line(text).strip("'’`.,;: ")))
    text = re.sub(r"\.0+$", "", text)
    parts = _parts(text)
    if parts is not None:
        year, month, day = parts
        return year, _exists(year, month, day) and "?" not in text
    if _SERIAL.fullmatch(text) and int(text) in _SERIALS and int(text) not in _MISTYPED:
        return (_SERIAL_START + timedelta(days=int(text))).year, False
    if (short := _TWO_DIGITS.fullmatch(text)) and today is not None:
        return _full_year(int(short[3]), today), False
    years = _YEAR.findall(text)
    return (int(years[0]), False) if len(set(years)) == 1 else (None, False)


def _parts(text: str) -> tuple[int, int, int] | None:
    """Year, month and day of what is written in an ordinary way; what is not said is 1."""
    if found := _YEAR_FIRST.fullmatch(text):
        return int(found[1]), int(found[2]), int(found[3])
    if found := _PLAIN.fullmatch(text):
        return int(found[3]), int(found[2]), int(found[1])
    found = _DAY_FIRST.fullmatch(text) or _WORDS.fullmatch(search_key(text))
    if found is None:
        return None
    first, second = found[1], found[2]
    if second is None and _DAY_FIRST.fullmatch(text):
        first, second = None, first
    return int(found[3]), int(second or 1), int(first or 1)


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _full_year(two: int, today: date) -> int:
    year = today.year // _CENTURY * _CENTURY + two
    return year if year <= today.year else year - _CENTURY
