"""Telephone numbers as this network sees them: Vietnamese mobiles can get an SMS, nothing else can."""

from __future__ import annotations

import re

PUNCTUATION = re.compile(r"[\s().-]")
E164 = re.compile(r"\+[1-9][0-9]{7,14}", re.ASCII)
MOBILE = re.compile(r"\+84[35789][0-9]{8}", re.ASCII)
LANDLINE = re.compile(r"\+842[0-9]{8,9}", re.ASCII)


def read(raw: str) -> str:
    """E.164 without punctuation, as Twilio reads the To of a request. Raises ValueError when it is none."""
    number = PUNCTUATION.sub("", raw)
    vietnamese = number.startswith("+84")
    if not E164.fullmatch(number) or (
        vietnamese and not (MOBILE.fullmatch(number) or LANDLINE.fullmatch(number))
    ):
        raise ValueError(raw)
    return number


def is_shaped(raw: str) -> bool:
    """Whether it looks like an E.164 number at all; whether there is such a number is another question."""
    return bool(E164.fullmatch(PUNCTUATION.sub("", raw)))


def is_mobile(number: str) -> bool:
    return bool(MOBILE.fullmatch(number))


def is_landline(number: str) -> bool:
    return bool(LANDLINE.fullmatch(number))


def from_search(typed: str) -> str:
    """What a person typed to find a phone, as the digits that the number contains: 0912… becomes +84912…."""
    kept = PUNCTUATION.sub("", typed)
    if kept.startswith("0") and len(kept) >= 4:
        return "+84" + kept[1:]
    return kept


def shown(number: str) -> str:
    """``+84912000345`` → ``0912 000 345``."""
    if not is_mobile(number):
        return number
    return f"0{number[3:6]} {number[6:9]} {number[9:]}"
