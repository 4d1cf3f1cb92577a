"""Vietnamese as it is said: numbers, money, dates, hours and telephone numbers in words, for a voice that reads a text out.

Numbers are read as they are taught in the north: mười lăm, hai mươi mốt, hai mươi tư, một trăm linh năm, nghìn, tỷ.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date

from service.text.vietnamese import one_line

DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
AFTER_TEN = {5: "lăm"}  # mười lăm
AFTER_TENS = {1: "mốt", 4: "tư", 5: "lăm"}  # hai mươi mốt, hai mươi tư, hai mươi lăm
SCALES = ((10**9, "tỷ"), (10**6, "triệu"), (10**3, "nghìn"))
MONTHS = {4: "tư"}  # tháng tư; the others are read as numbers
FIRST_DAYS = 10  # mùng một to mùng mười
MILLION = 1_000_000
LONGEST_NUMBER = 15  # digits; a longer row of digits is no number of anything
A_LEAP_YEAR = 2024

# a voice of four syllables in a second, pauses included: slow enough for an old keypad phone
SYLLABLES_PER_S = 4

ABBREVIATIONS = {
    "KCN": "khu công nghiệp", "TP": "thành phố", "TX": "thị xã", "CTY": "công ty", "Cty": "công ty",
    "TNHH": "trách nhiệm hữu hạn", "CP": "cổ phần", "UBND": "Ủy ban nhân dân", "HĐLĐ": "hợp đồng lao động",
    "CCCD": "căn cước công dân", "CMND": "chứng minh nhân dân", "BHXH": "bảo hiểm xã hội", "BHYT": "bảo hiểm y tế",
    "THCS": "trung học cơ sở", "THPT": "trung học phổ thông", "VNĐ": "đồng", "VND": "đồng", "đ": "đồng", "₫": "đồng",
}  # fmt: skip
PER = ("tháng", "ngày", "giờ", "năm", "tuần", "người", "ca", "buổi", "công")


def number(count: int) -> str:
    """``24`` → ``hai mươi tư``, ``1005`` → ``một nghìn không trăm linh năm``."""
    if count < 0:
        return f"âm {number(-count)}"
    return " ".join(_words(count)) or DIGITS[0]


def _words(count: int, inside: bool = False) -> list[str]:
    """``inside``: something stands before, so that hundreds are said even where there are none."""
    for size, name in SCALES:
        if count >= size:
            head, rest = divmod(count, size)
            return [*_words(head, inside and head < 1000), name, *_words(rest, inside=True)]
    return _below_thousand(count, inside)


def _below_thousand(count: int, inside: bool) -> list[str]:
    hundreds, rest = divmod(count, 100)
    if not count:
        return []
    if not hundreds and not inside:
        return _below_hundred(rest)
    linked = ["linh", DIGITS[rest]] if 0 < rest < 10 else _below_hundred(rest)
    return [DIGITS[hundreds], "trăm", *linked]


def _below_hundred(count: int) -> list[str]:
    tens, unit = divmod(count, 10)
    if not tens:
        return [DIGITS[unit]] if unit else []
    if tens == 1:
        return ["mười", *([AFTER_TEN.get(unit, DIGITS[unit])] if unit else [])]
    return [DIGITS[tens], "mươi", *([AFTER_TENS.get(unit, DIGITS[unit])] if unit else [])]


def money(vnd: int) -> str:
    """``9500000`` → ``chín triệu năm trăm nghìn đồng``."""
    return f"{number(vnd)} đồng"


def day(at: date) -> str:
    """``ngày mùng năm tháng mười hai``. The year is not said: a notice speaks of the days ahead."""
    first = "mùng " if at.day <= FIRST_DAYS else ""
    return f"ngày {first}{number(at.day)} tháng {MONTHS.get(at.month) or number(at.month)}"


def digits(row: str) -> str:
    """Each digit by itself, with a stop where the writer left a gap: ``0912 345`` → ``không chín một hai, ba bốn năm``."""
    groups = re.findall(r"[0-9]+", row)
    return ", ".join(" ".join(DIGITS[int(digit)] for digit in group) for group in groups)


def seconds(text: str) -> int:
    """How long it takes to say a text of words: ``SYLLABLES_PER_S``, and in Vietnamese each word is one syllable."""
    syllables = sum(any(char.isalnum() for char in word) for word in text.split())
    return math.ceil(syllables / SYLLABLES_PER_S)


def text(written: str) -> str:
    """A text as it is said, on one line, without a digit. What is said already stays as it is."""
    said = one_line(written)
    for pattern, say in _RULES:
        said = pattern.sub(say, said)
    return one_line(said)


# ---- what is recognised in a text, in this order


def _date(match: re.Match[str]) -> str:
    try:
        return day(date(int(match["year"] or A_LEAP_YEAR), int(match["month"]), int(match["day"])))
    except ValueError:  # no day of any calendar: part 3/14 of something
        return match[0].replace("/", " trên ")


def _hour(match: re.Match[str]) -> str:
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    return f"{number(hour)} giờ" + (f" {number(minute)} phút" if minute else "")


def _phone(match: re.Match[str]) -> str:
    row = "0" + match[0].removeprefix("+84").lstrip(" .-") if match[0].startswith("+84") else match[0]
    if row.isdigit():
        row = f"{row[:4]} {row[4:7]} {row[7:]}"
    return digits(row)


def _millions(match: re.Match[str]) -> str:
    """``8,5 triệu`` said out: tám triệu năm trăm nghìn; ``8,5-11 triệu`` with the word after both."""
    low, high = match["low"], match["high"]
    if not high:
        return number(_vnd(low))
    if "," in low + high:
        return f"{number(_vnd(low))} đến {number(_vnd(high))}"
    return f"{number(int(low))} đến {number(int(high))} triệu"


def _vnd(millions: str) -> int:
    whole, _, rest = millions.partition(",")
    return int(whole) * MILLION + int(rest.ljust(6, "0")[:6] or 0)


def _code(match: re.Match[str]) -> str:
    return f"{' '.join(match['letters'])} {digits(match['digits'])}"


def _whole(match: re.Match[str]) -> str:
    row = match[0].replace(".", "")
    counts = len(row) <= LONGEST_NUMBER and (row == "0" or not row.startswith("0"))
    return number(int(row)) if counts else digits(row)


_MILLIONS = r"\d{1,6}(?:,\d{1,6})?"
_RULES: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"(?<![\w/])(?:[Nn]gày )?(?P<day>[0-9]{1,2})/(?P<month>[0-9]{1,2})(?:/(?P<year>[0-9]{4}))?(?![\w/])"), _date),
    (re.compile(r"(?<!\w)(?P<hour>[01]?[0-9]|2[0-4])(?::|h|g| giờ )(?P<minute>[0-5][0-9])?(?: phút)?(?!\w)"), _hour),
    (re.compile(r"(?<!\w)(?<![0-9][.,])(?:\+84|0)(?:[ .-]?[0-9]){8,10}(?!\w)"), _phone),
    (re.compile(rf"(?<![\w,.])(?P<low>{_MILLIONS})(?:\s?[-–]\s?(?P<high>{_MILLIONS}))? ?triệu", re.ASCII), _millions),
    (re.compile(r"(?<!\w)(?P<letters>[A-Z]{1,4})(?P<digits>[0-9]{1,12})(?!\w)"), _code),
    (re.compile(r"(?<=[0-9])\s?[-–]\s?(?=[0-9])"), " đến "),
    (re.compile(r"(?<=[0-9])(?=đ(?!\w)|₫)"), " "),
    (re.compile(rf"(?<!\w)(?:{'|'.join(ABBREVIATIONS)})(?!\w)\.?(?=\W|$)"), lambda found: ABBREVIATIONS[found[0].rstrip(".")]),
    (re.compile(rf"\s?/\s?({'|'.join(PER)})(?!\w)"), r" một \1"),
    (re.compile(r"(?<=[0-9])\s?%"), " phần trăm"),
    (re.compile(r"(?<![0-9])[0-9]{1,3}(?:\.[0-9]{3})+(?![0-9])"), lambda found: f" {_whole(found)} "),
    (re.compile(r"(?<=[0-9]),(?=[0-9])"), " phẩy "),
    (re.compile(r"[0-9]+"), lambda found: f" {_whole(found)} "),
    (re.compile(r"\s[-–—]\s"), ", "),
    (re.compile(r"\s?&\s?"), " và "),
    (re.compile(r"\s?/\s?"), " "),
    (re.compile(r"\s+([,.;:!?])"), r"\1"),
)  # fmt: skip
