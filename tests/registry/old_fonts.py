"""Vietnamese as fonts from before Unicode want it: the way back, to make files such as offices still keep."""

from __future__ import annotations

import unicodedata

_TONES = "\u0300\u0309\u0303\u0301\u0323"
# small letters of TCVN 5712 with their bytes, level tone and then à ả ã á ạ
_TCVN3 = {
    "a": (0x61, 0xB5, 0xB6, 0xB7, 0xB8, 0xB9), "ă": (0xA8, 0xBB, 0xBC, 0xBD, 0xBE, 0xC6), "â": (0xA9, 0xC7, 0xC8, 0xC9, 0xCA, 0xCB),
    "e": (0x65, 0xCC, 0xCE, 0xCF, 0xD0, 0xD1), "ê": (0xAA, 0xD2, 0xD3, 0xD4, 0xD5, 0xD6), "i": (0x69, 0xD7, 0xD8, 0xDC, 0xDD, 0xDE),
    "o": (0x6F, 0xDF, 0xE1, 0xE2, 0xE3, 0xE4), "ô": (0xAB, 0xE5, 0xE6, 0xE7, 0xE8, 0xE9), "ơ": (0xAC, 0xEA, 0xEB, 0xEC, 0xED, 0xEE),
    "u": (0x75, 0xEF, 0xF1, 0xF2, 0xF3, 0xF4), "ư": (0xAD, 0xF5, 0xF6, 0xF7, 0xF8, 0xF9), "y": (0x79, 0xFA, 0xFB, 0xFC, 0xFD, 0xFE),
}  # fmt: skip
_TCVN3_LETTERS = {"đ": 0xAE, "Đ": 0xA7, "Ă": 0xA1, "Â": 0xA2, "Ê": 0xA3, "Ô": 0xA4, "Ơ": 0xA5, "Ư": 0xA6}
# VNI: the byte after the letter, for no mark, circumflex, breve; tones in the order level à ả ã á ạ
_VNI_MARKS = {
    "": (None, 0xF8, 0xFB, 0xF5, 0xF9, 0xEF), "\u0302": (0xE2, 0xE0, 0xE5, 0xE3, 0xE1, 0xE4),
    "\u0306": (0xEA, 0xE8, 0xFA, 0xFC, 0xE9, 0xEB),
}  # fmt: skip
_VNI_ALONE = {"í": 0xED, "ì": 0xEC, "ỉ": 0xE6, "ĩ": 0xF3, "ị": 0xF2, "ỵ": 0xEE, "đ": 0xF1}
_VNI_HORNED = {"ơ": 0xF4, "ư": 0xF6}


def _taken_apart(char: str) -> tuple[str, int]:
    """A letter without its tone, and which tone it is (0 is level)."""
    parts = unicodedata.normalize("NFD", char)
    tone = next((place for place, mark in enumerate(_TONES, start=1) if mark in parts), 0)
    return unicodedata.normalize("NFC", "".join(part for part in parts if part not in _TONES)), tone


def to_tcvn3(text: str) -> str:
    """Latin letters that a font shows as Vietnamese ones. There are no toned capitals: small ones stand for them."""
    return "".join(map(_tcvn3, unicodedata.normalize("NFC", text)))


def _tcvn3(char: str) -> str:
    letter, tone = _taken_apart(char)
    if char.isascii():
        return char
    if char in _TCVN3_LETTERS:
        return chr(_TCVN3_LETTERS[char])
    return chr(_TCVN3[letter.lower()][tone]) if letter.lower() in _TCVN3 else char


def to_vni(text: str) -> str:
    return "".join(map(_vni, unicodedata.normalize("NFC", text)))


def _vni(char: str) -> str:
    if char.isascii():
        return char
    shift = 0x20 if char.isupper() else 0  # a capital has a capital mark
    if char.lower() in _VNI_ALONE:
        return chr(_VNI_ALONE[char.lower()] - shift)
    letter, tone = _taken_apart(char.lower())
    plain = unicodedata.normalize("NFD", letter)
    if letter not in _VNI_HORNED and (plain[0] not in "aeouy" or plain[1:] not in _VNI_MARKS):
        return char
    base = (
        chr(_VNI_HORNED[letter] - shift) if letter in _VNI_HORNED else plain[0].upper() if shift else plain[0]
    )
    mark = _VNI_MARKS["" if letter in _VNI_HORNED else plain[1:]][tone]
    return base if mark is None else base + chr(mark - shift)


def to_cp1258(text: str) -> bytes:
    """As Windows writes it: one byte where there is one, else the letter and then its tone."""
    out = b""
    for char in unicodedata.normalize("NFC", text):
        letter, _tone = _taken_apart(char)
        tone = next((mark for mark in unicodedata.normalize("NFD", char) if mark in _TONES), "")
        try:
            out += char.encode("cp1258")
        except UnicodeEncodeError:
            out += (letter + tone).encode("cp1258", "replace")
    return out
