"""What a row of digits is as a telephone number in Vietnam: a mobile, a landline, or why it is neither.

The 2018 change: mobile numbers of 11 digits lost one; the last seven digits stayed. The table is that of the Ministry
of Information and Communications (all operators finished on 15/11/2018). phonenumbers never maps them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberType

MOBILE, LANDLINE = "mobile", "landline"
NOT_A_NUMBER, TOO_SHORT, TOO_LONG, SPECIAL_NUMBER = "not_a_number", "too_short", "too_long", "special_number"
OLD_NUMBER_CONVERTED, CUT_84 = "old_number_converted", "may_be_a_cut_84"

NEW_PREFIX = {
    # Viettel
    "162": "32", "163": "33", "164": "34", "165": "35", "166": "36", "167": "37", "168": "38", "169": "39",
    # MobiFone
    "120": "70", "121": "79", "122": "77", "126": "76", "128": "78",
    # VinaPhone
    "123": "83", "124": "84", "125": "85", "127": "81", "129": "82",
    # Vietnamobile, Gmobile
    "186": "56", "188": "58", "199": "59",
}  # fmt: skip

_SPECIAL = re.compile(r"0?1[01]\d{1,2}|0?1[89]00\d{4,6}")  # 113, 1080, 1800 1234, 1900 123456
BLOCK = 5  # digits at the start, by which the library tells what a number is
_CALLABLE = {PhoneNumberType.MOBILE: MOBILE, PhoneNumberType.FIXED_LINE: LANDLINE}


@dataclass(frozen=True)
class Verdict:
    """Either a number (``e164`` and ``kind``) or a ``problem``; ``offer`` is a number only a person may accept."""

    e164: str = ""
    kind: str | None = None
    changes: tuple[str, ...] = ()
    problem: str | None = None
    offer: str = ""


def judge(digits: str, international: bool = False) -> Verdict:
    """Read digits as typed by a villager or an office. ``international``: a + stood before them."""
    if _SPECIAL.fullmatch(digits):
        return Verdict(problem=SPECIAL_NUMBER)
    if international or digits.startswith("00"):
        number = digits.removeprefix("00")
        if not number.startswith("84"):
            return Verdict(problem=NOT_A_NUMBER)  # another country's: a villager has none, and it is dear
        return _judge_national(number[2:].removeprefix("0"))
    if digits.startswith("0"):
        return _judge_national(digits[1:])
    if (
        digits.startswith("84") and len(digits) >= 10
    ):  # with fewer, 84 is an operator's prefix without its zero
        return _judge_national(digits[2:].removeprefix("0"))
    verdict = _judge_national(digits)
    if verdict.e164 and digits.startswith("84"):
        return replace(
            verdict, changes=(CUT_84,)
        )  # 849123456 is a valid number, or 84 912 345 6.. broken off
    return verdict


def _judge_national(national: str) -> Verdict:
    if _SPECIAL.fullmatch(national):
        return Verdict(problem=SPECIAL_NUMBER)
    if len(national) == 10 and national[:3] in NEW_PREFIX:
        return _converted(national)
    if len(national) == 9 and national[0] in "35789":
        return _known_to_library(national)
    if len(national) == 10 and national[0] == "2":
        return _known_to_library(national)
    if len(national) < 9 or (len(national) == 9 and national[0] == "2"):
        return Verdict(problem=TOO_SHORT)
    if len(national) > 10 or (len(national) == 10 and national[0] != "1"):
        return Verdict(problem=TOO_LONG)
    # 0169 000 345: an old number with a digit missing; phonenumbers calls it a valid mobile (a block of machines)
    return Verdict(problem=NOT_A_NUMBER)


def _converted(national: str) -> Verdict:
    old, new = national[:3], NEW_PREFIX[national[:3]]
    verdict = _known_to_library(new + national[3:])
    return replace(verdict, changes=(f"{OLD_NUMBER_CONVERTED} 0{old}-0{new}",))


def _known_to_library(national: str) -> Verdict:
    kind = _kind_of_block(national[:BLOCK], len(national) - BLOCK)
    if kind is None:
        # possible but not given out as far as the library knows; new blocks appear, so a person may accept it
        return Verdict(problem=NOT_A_NUMBER, offer=f"+84{national}")
    return Verdict(e164=f"+84{national}", kind=kind)


@lru_cache(16_384)
def _kind_of_block(start: str, more: int) -> str | None:
    """Numbers are given out in blocks, so a list of 100,000 asks the library a thousand times."""
    number = PhoneNumber(country_code=84, national_number=int(start + "0" * more))
    return _CALLABLE.get(phonenumbers.number_type(number))
