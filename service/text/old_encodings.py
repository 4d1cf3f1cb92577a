"""Text from before Unicode: TCVN3 (ABC) and VNI-Windows, which no library reads, and Windows-1258.

In the first two a font decides what a byte looks like. TCVN3 has no toned capitals: they are small letters in a font
of capitals (.VnTimeH), so that "SÙNG" comes out as "SùNG". VNI writes a letter and then its marks. Both are what a
spreadsheet keeps in its cells when the list was typed in such a font; there they look like Latin letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

from service.text.syllables import is_syllable
from service.text.vietnamese import nfc

UTF8, UTF16, CP1258, TCVN3, VNI = "utf-8", "utf-16", "cp1258", "tcvn3", "vni"
NAMES = {
    UTF8: "Unicode (UTF-8)", UTF16: "Unicode (UTF-16)", CP1258: "Windows-1258", TCVN3: "TCVN3 (ABC, .VnTime)",
    VNI: "VNI-Windows",
}  # fmt: skip
OF_BYTES, OF_FONTS = (CP1258, TCVN3, VNI), (TCVN3, VNI)

# TCVN 5712, from 0xA1 on
_TCVN3 = "ĂÂÊÔƠƯĐăâêôơưđẰ\u0300\u0309\u0303\u0301\u0323àảãáạẲằẳẵắẴẮẦẨẪẤỀặầẩẫấậèỂẻẽéẹềểễếệìỉỄẾỒĩíịòỔỏõóọồổỗốộờởỡớợùỖủũúụừửữứựỳỷỹýỵ"
_FROM_TCVN3 = {0xA1 + place: letter for place, letter in enumerate(_TCVN3)}
# VNI: letters that are one byte, and the marks that follow another letter
_VNI_LETTERS = dict(zip("ÍÌÆÓÒÎÑÔÖíìæóòîñôö", "ÍÌỈĨỊỴĐƠƯíìỉĩịỵđơư", strict=True))
_VNI_MARKS = {
    "ù": "\u0301", "ø": "\u0300", "û": "\u0309", "õ": "\u0303", "ï": "\u0323",
    "â": "\u0302", "á": "\u0302\u0301", "à": "\u0302\u0300", "å": "\u0302\u0309", "ã": "\u0302\u0303", "ä": "\u0302\u0323",
    "ê": "\u0306", "é": "\u0306\u0301", "è": "\u0306\u0300", "ú": "\u0306\u0309", "ü": "\u0306\u0303", "ë": "\u0306\u0323",
}  # fmt: skip
_VNI_PAIR = re.compile("(?:([aeouyöôAEOUYÖÔ])([ùøûõïâáàåãäêéèúüëÙØÛÕÏÂÁÀÅÃÄÊÉÈÚÜË]))|([ÍÌÆÓÒÎÑÔÖíìæóòîñôö])")

_BETWEEN_WORDS = re.compile(r"[\s\x00-\x40\x5b-\x60\x7b-\x7f\xa0]+")
_MOST_WORDS = 1_500
_WRONG = "\ufffd"
_LIKELY, _CLEARLY_BETTER = 0.6, 0.2  # shares of words that are Vietnamese


def decode(text: str, encoding: str) -> str:
    """Letters as they were meant. ``text``: the bytes as Latin-1, which is also what a spreadsheet's cell holds."""
    if text.isascii():
        return text
    if encoding == TCVN3:
        return _one_case(nfc(text.translate(_FROM_TCVN3)))
    if encoding == VNI:
        return nfc(_VNI_PAIR.sub(_vni_letter, text))
    if encoding == CP1258:
        return nfc(text.encode("latin-1", "replace").decode(CP1258, "replace"))
    return text


def decode_cell(text: str, encoding: str) -> str:
    """A cell of a spreadsheet, where some were typed in Unicode and some in an old font."""
    if text.isascii() or any(ord(char) > 0xFF for char in text):
        return text
    decoded = decode(text, encoding)
    return text if _likeness([text]) > _likeness([decoded]) else decoded


def _vni_letter(match: re.Match[str]) -> str:
    letter, mark, alone = match.groups()
    if alone:
        return _VNI_LETTERS[alone]
    return _VNI_LETTERS.get(letter, letter) + _VNI_MARKS[mark.lower()]


def _one_case(text: str) -> str:
    """``"SùNG Mí PáO"``, typed in a font of capitals, is all capitals. ``"Sùng Mí"`` stays."""
    letters = [char for char in text if char.isalpha()]
    if any(char.isascii() and char.islower() for char in letters):
        return text
    within = any(before.isalpha() and char.isupper() for before, char in pairwise(text))
    return text.upper() if within and any(char.islower() for char in letters) else text


def of_bytes(data: bytes) -> str | None:
    """The encoding of bytes that are not Unicode; None when it is none that we know."""
    words = _words(data.decode("latin-1"))
    best = max(OF_BYTES, key=lambda encoding: _likeness_of(words, encoding))
    return best if _likeness_of(words, best) >= _LIKELY else None


def of_cells(cells: Iterable[str]) -> str:
    """UTF8 for cells with real letters, or the old font that their letters were typed in."""
    words = _words(
        "\n".join(cell for cell in cells if not cell.isascii() and all(ord(c) <= 0xFF for c in cell))
    )
    best = max(OF_FONTS, key=lambda encoding: _likeness_of(words, encoding))
    likeness = _likeness_of(words, best)
    return best if likeness >= _LIKELY and likeness > _likeness(words) + _CLEARLY_BETTER else UTF8


def _words(text: str) -> list[str]:
    """The different words with a letter beyond ASCII: only those tell encodings apart."""
    found: dict[str, None] = {}
    for word in _BETWEEN_WORDS.split(text):
        if word and not word.isascii():
            found[word] = None
            if len(found) >= _MOST_WORDS:
                break
    return list(found)


def _likeness_of(words: list[str], encoding: str) -> float:
    return _likeness([decode(word, encoding) if _can_be(word, encoding) else _WRONG for word in words])


def _can_be(word: str, encoding: str) -> bool:
    """A mark of VNI stands behind its letter; TCVN3 begins above 0xA0."""
    if encoding == VNI:
        return _VNI_PAIR.sub("", word).isascii()
    return encoding != TCVN3 or not any(0x7F < ord(char) < 0xA1 for char in word)


def _likeness(texts: Iterable[str]) -> float:
    """The share of words beyond ASCII that are Vietnamese."""
    words = [
        word for text in texts for word in _BETWEEN_WORDS.split(nfc(text)) if word and not word.isascii()
    ]
    return sum(map(is_syllable, words)) / len(words) if words else 0.0
