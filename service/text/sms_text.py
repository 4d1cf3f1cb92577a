"""What a text costs as SMS: encoding, parts, the characters to blame, and its twin without accents.

3GPP TS 23.038: GSM-7 holds 160 characters in one SMS and 153 in each part of a longer one; one character outside it
makes the whole text UCS-2, with 70 and 67. A pair (escape + sign, or two halves of an emoji) is never cut.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import asdict, dataclass
from functools import cache
from itertools import pairwise
from typing import Any

from service.text.twins import TWINS
from service.text.vietnamese import nfc, strip_accents

GSM_7, UCS_2 = "GSM-7", "UCS-2"
FORCES_UCS_2, COSTS_TWO = "forces_ucs2", "costs_two"

_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = "\f^{}\\[~]|€"
_ONE, _PART = {GSM_7: 160, UCS_2: 70}, {GSM_7: 153, UCS_2: 67}
_IS_GSM_7 = re.compile(f"[{re.escape(_BASIC + _EXTENSION)}]*")
_ESCAPE = "\x1b"
_FIRST_OF_A_PAIR = re.compile(b"\0\x1b|[\xd8-\xdb].", re.DOTALL)  # of UTF-16: the escape, or half an emoji

_PLAIN_SIGNS = str.maketrans(
    {
        **dict.fromkeys("“”„‟«»″", '"'),
        **dict.fromkeys("‘’‚‛′`´ʼ", "'"),
        **dict.fromkeys("‐‑‒–—―−•·", "-"),
        **dict.fromkeys("\u00a0\u1680\u202f\u205f\u3000\t\v", " "),
        **dict.fromkeys(map(chr, range(0x2000, 0x200B)), " "),
        **dict.fromkeys("\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad\ufe0f", ""),
        "…": "...",
        "₫": "d",
        "×": "x",
        "→": "->",
        "©": "(c)",
        "®": "(R)",
        "№": "No",
        "\u2028": "\n",
        "\u2029": "\n",
    }
)


@dataclass(frozen=True)
class Count:
    """``characters`` as they are billed: septets in GSM-7 (€ is two), 16-bit units in UCS-2 (an emoji is two)."""

    encoding: str
    characters: int
    parts: int


@dataclass(frozen=True)
class Costly:
    """A character that makes a text dearer. ``why``: forces_ucs2 or costs_two."""

    character: str
    name: str
    why: str
    times: int


@dataclass(frozen=True)
class Replaced:
    """A character that is not sent as it was typed, and what stands for it; nothing, when it was left out."""

    character: str
    name: str
    by: str
    times: int


@dataclass(frozen=True)
class Cleaned:
    """A text as it can be sent. ``composed``: letters that a Mac had written apart from their marks."""

    text: str
    replaced: tuple[Replaced, ...]
    composed: int


@dataclass(frozen=True)
class TwinWarning:
    """A word that reads as another one without its accents: ``word`` "mỏ" → ``twin`` "mo", also "mở", "mơ"."""

    word: str
    twin: str
    others: tuple[str, ...]


def count(text: str) -> Count:
    """Encoding, billed characters and parts of a text, as the carrier will bill them (NFC, as it is sent)."""
    encoding, units = _units(nfc(text))
    characters = len(units) // 2
    if characters <= _ONE[encoding]:
        return Count(encoding, characters, 1)
    return Count(encoding, characters, _parts(units, _PART[encoding])[0])


def left(text: str) -> int:
    """How many more plain characters go into the last part."""
    encoding, units = _units(nfc(text))
    characters = len(units) // 2
    if characters <= _ONE[encoding]:
        return _ONE[encoding] - characters
    return _parts(units, _PART[encoding])[1]


def _units(text: str) -> tuple[str, bytes]:
    """The encoding, and two bytes for each character that is billed."""
    if not _IS_GSM_7.fullmatch(text):
        return UCS_2, text.encode("utf-16-be", "surrogatepass")
    for sign in _EXTENSION:
        text = text.replace(sign, _ESCAPE + sign)
    return GSM_7, text.encode("utf-16-be")


def _parts(units: bytes, size: int) -> tuple[int, int]:
    """How many parts, and the room in the last one. A pair across the end of a part moves into the next one."""
    parts, begin, end = 0, 0, 0
    while end < len(units):
        parts, begin, end = parts + 1, end, end + 2 * size
        if _FIRST_OF_A_PAIR.match(units, end - 2, end):
            end -= 2
    return parts, size - (len(units) - begin) // 2


def to_drop(text: str) -> int:
    """How many characters have to go from the end for one part fewer. Zero for a text of one part."""
    text = nfc(text)
    parts = count(text).parts
    if parts == 1:
        return 0
    kept, too_long = max(0, len(text) - _ONE[GSM_7]), len(text)  # the last part never holds more
    while too_long - kept > 1:
        half = (kept + too_long) // 2
        if count(text[:half]).parts < parts:
            kept = half
        else:
            too_long = half
    return len(text) - kept


def costly(text: str) -> list[Costly]:
    """The characters that force UCS-2 or cost two, in the order they first appear."""
    found = Counter(char for char in nfc(text) if char not in _BASIC)
    return [
        Costly(char, _name(char), COSTS_TWO if char in _EXTENSION else FORCES_UCS_2, times)
        for char, times in found.items()
    ]


def _name(char: str) -> str:
    return unicodedata.name(char, f"U+{ord(char):04X}").lower()


def clean(text: str) -> Cleaned:
    """Letters in one piece, straight quotes, plain dashes and blanks; without emoji and what nobody can see."""
    text = text.replace("\r\n", "\n")  # as browsers send it
    whole = nfc(text)
    found = Counter(char for char in whole if not char.isalnum() and _instead(char) != char)
    replaced = tuple(Replaced(char, _name(char), _instead(char), times) for char, times in found.items())
    # once more NFC: a mark may have lost what stood between it and its letter
    sent = nfc(whole.translate({ord(one.character): one.by for one in replaced})) if replaced else whole
    return Cleaned(sent, replaced, max(0, len(text) - len(whole)))


@cache
def _instead(char: str) -> str:
    if char == "₫":
        return "đ"
    sign = _PLAIN_SIGNS.get(ord(char))
    if sign is not None:
        return str(sign)
    kind = unicodedata.category(char)
    unseen = kind[0] == "C" and char != "\n"
    emoji = char > "\u2000" and kind in ("So", "Sk", "Me", "Mn") and char not in _EXTENSION
    return "" if unseen or emoji else char


def plain(text: str) -> str:
    """The accent-less twin: letters without marks, and the nearest GSM-7 sign for quotes, dashes and blanks."""
    return strip_accents(nfc(text).translate(_PLAIN_SIGNS))


def twin_warnings(text: str) -> list[TwinWarning]:
    """The words and phrases of the table that turn into others when their accents are dropped, each once."""
    words = re.findall(r"\w+", nfc(text).lower())
    phrases = [" ".join(pair) for pair in pairwise(words)]
    found = dict.fromkeys(
        [*(phrase for phrase in phrases if phrase in TWINS), *(word for word in words if word in TWINS)]
    )
    return [TwinWarning(word, strip_accents(word), TWINS[word]) for word in found]


def report(text: str, price_per_part_vnd: int) -> dict[str, Any]:
    """``./loa sms-check --json``. Prices are in đồng for one recipient."""
    own, twin_text = count(text), plain(text)
    twin = count(twin_text)
    return {
        **asdict(own),
        "price_vnd": own.parts * price_per_part_vnd,
        "costly": [asdict(char) for char in costly(text)],
        "twin": {
            "text": twin_text,
            "encoding": twin.encoding,
            "characters": twin.characters,
            "parts": twin.parts,
            "price_vnd": twin.parts * price_per_part_vnd,
            "warnings": [asdict(warning) for warning in twin_warnings(text)],
        },
    }
