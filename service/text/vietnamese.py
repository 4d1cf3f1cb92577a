"""Vietnamese letters: one normal form, the letters without their marks, keys to search and to sort by."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

SORT_KEY_LENGTH = 400  # what the columns hold; a longer key is cut, which only loses order among giants

# đ is a letter of its own and does not decompose; Ð (U+00D0, Icelandic) is often typed for Đ
_STROKED_D = str.maketrans({"đ": "d", "Đ": "D", "ð": "d", "Ð": "D"})
_CIRCUMFLEX, _BREVE, _HORN = "\u0302", "\u0306", "\u031b"
# the order of Vietnamese dictionaries: a à ả ã á ạ
_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}
# acute and grave also come as the marks that older programs wrote
_MARKS_OF_OLD = str.maketrans({"\u0340": "\u0300", "\u0341": "\u0301"})

_LETTERS = [*"0123456789", *"aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"]
_PLACE = {letter: f"{place:02d}" for place, letter in enumerate(_LETTERS, start=10)}
_AFTER_Z = "99"
_APOSTROPHES = dict.fromkeys(map(ord, "'’‘ʼ`´"))

_BLANKS = re.compile(r"\s+")
_NOT_A_WORD = re.compile(r"[\W_]+")


def nfc(text: str) -> str:
    """One code point for each letter with its marks, as a keyboard in Vietnam types it. Macs give two or three."""
    return unicodedata.normalize("NFC", text)


def strip_accents(text: str) -> str:
    """The letters without their marks: ``"Đi làm mỏ"`` → ``"Di lam mo"``. Case, blanks and signs stay."""
    if text.isascii():
        return text
    letters = unicodedata.normalize("NFD", text.translate(_STROKED_D))
    return nfc("".join([letter for letter in letters if not unicodedata.combining(letter)]))


def one_line(text: str) -> str:
    """NFC on one line: each run of blanks, tabs and breaks is one blank; invisible characters are gone."""
    visible = nfc(text)
    if not visible.isprintable():
        visible = "".join(
            [char for char in visible if char.isspace() or unicodedata.category(char)[0] != "C"]
        )
    return _BLANKS.sub(" ", visible).strip()


def search_key(text: str) -> str:
    """What is compared when somebody searches: small letters without marks, and digits, one blank between words.

    ``"Sùng  Mí-Páo"`` → ``"sung mi pao"``. The place of the tone mark (hòa, hoà) makes no difference; signs that
    mean something to LIKE are gone.
    """
    wide = unicodedata.normalize("NFKC", one_line(text).translate(_APOSTROPHES))
    return _NOT_A_WORD.sub(" ", strip_accents(wide).casefold()).strip()


def sort_key(text: str) -> str:
    """A string of digits that sorts as a Vietnamese dictionary does, in any database and under any collation.

    Word by word: first the letters (a ă â b c d đ e ê …, two digits each), then the tone (level, huyền, hỏi, ngã,
    sắc, nặng: ``00`` to ``05``, which is below every letter, so that "An" comes before "Anh").
    """
    words = _NOT_A_WORD.sub(" ", one_line(text).translate(_APOSTROPHES).lower()).split()
    return "".join([_sort_key_of_word(word) for word in words])[:SORT_KEY_LENGTH]


@lru_cache(8192)  # the same few words make all names
def _sort_key_of_word(word: str) -> str:
    letters: list[str] = []
    tone = 0
    for char in unicodedata.normalize("NFD", word).translate(_MARKS_OF_OLD):
        if char in _TONES:
            tone = _TONES[char]
        elif char in (_CIRCUMFLEX, _BREVE, _HORN) and letters:
            letters[-1] = nfc(letters[-1] + char)
        elif not unicodedata.combining(char):
            letters.append("đ" if char == "ð" else char)
    return "".join([_place(letter) for letter in letters]) + f"0{tone}"


def _place(letter: str) -> str:
    return _PLACE.get(letter) or _PLACE.get(strip_accents(letter), _AFTER_Z)


def title_name(text: str) -> str:
    """A person's name as it is written: ``"SÙNG MÍ PÁO"``, ``"sùng mí páo"`` and ``"SùNG Mí PáO"`` → ``"Sùng Mí Páo"``."""
    return one_line(text).replace("Ð", "Đ").title()
