"""How villagers spell on keypads: short forms, Telex and VNI keys left as typed, T9 slips, run-together words.

A reply becomes clauses of small, whole words. A word with accents keeps them, a word without stays without: the rules
then read "dung" as đừng, dừng or đúng, but "đúng" only as đúng.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from service.text.vietnamese import nfc, strip_accents

_SHORT_FORMS_FILE = Path(__file__).parent / "data" / "short_forms.txt"
_WORD_OR_SIGN = re.compile(r"(?P<word>\w+)|(?P<asked>\?)|(?P<end>[.,;:!()\n\r\"“”…/|>=–—]+)|(?P<dash>\s-+\s)")
_BUT = {"nhưng", "nhung", "song"}
_LONG_RUN = re.compile(r"(.)\1{2,}")
_TONE_PLACE = re.compile("(o|u)([àáảãạèéẻẽẹỳýỷỹỵ])")
_TONED = {letter: unicodedata.normalize("NFD", letter) for letter in "àáảãạèéẻẽẹỳýỷỹỵ"}
_TELEX_LETTERS = (("dd", "đ"), ("aa", "â"), ("ee", "ê"), ("oo", "ô"), ("aw", "ă"), ("uow", "ươ"), ("ow", "ơ"), ("uw", "ư"))  # fmt: skip
_VNI_LETTERS = (("d9", "đ"), ("a6", "â"), ("e6", "ê"), ("o6", "ô"), ("a8", "ă"), ("uo7", "ươ"), ("o7", "ơ"), ("u7", "ư"))  # fmt: skip
_TELEX_TONES = dict(zip("fsrxj", "\u0300\u0301\u0309\u0303\u0323", strict=True))
_VNI_TONES = dict(zip("21345", "\u0300\u0301\u0309\u0303\u0323", strict=True))
_VOWELS = "aăâeêioôơuưy"
_KEYPAD = ("abc", "def", "ghi", "jkl", "mno", "pqrs", "tuv", "wxyz")
_SAME_KEY = {letter: key.replace(letter, "") for key in _KEYPAD for letter in key}
_T9_TARGETS = {"khong", "dung", "muon", "dang", "ky", "nhan", "duoc", "goi", "luong", "dong", "nham", "nua"}
_LONGEST_REPLY = 1000  # seven SMS; more is no reply


@dataclass(frozen=True)
class Clause:
    """``words``: each followed by one blank. ``asked``: a question mark stood at its end."""

    words: str
    asked: bool


class Speller:
    """Knows the words of the rules; what it does not know it tries to read as one of them."""

    def __init__(self, known: Iterable[str]) -> None:
        self._known = {one_tone_place(word) for word in known}
        self._short = _read_short_forms()
        self._plain = {strip_accents(word) for word in self._known} | set(self._short)
        self.whole = lru_cache(maxsize=20_000)(self._whole)

    def clauses(self, text: str) -> list[Clause]:
        found: list[Clause] = []
        words: list[str] = []
        text = unicodedata.normalize("NFKC", text[:_LONGEST_REPLY]).lower()
        for match in _WORD_OR_SIGN.finditer(text):
            word = match["word"]
            if word and word not in _BUT:
                words.append(self.whole(word))
                continue
            if words:
                found.append(Clause(" ".join(words) + " ", bool(match["asked"])))
                words = []
        if words:
            found.append(Clause(" ".join(words) + " ", False))
        return found

    def _whole(self, word: str) -> str:
        """One word as it was meant; several when they were run together."""
        word = one_tone_place(word)
        short = self._short.get(word)
        if short:
            return short
        if self.knows(word) or word.isdecimal():
            return word
        candidates = (
            *self._without_runs(word),
            self._from_keys(word),
            self._other_key(word),
            self._parted(word),
        )
        return next((candidate for candidate in candidates if candidate), word)

    def knows(self, word: str) -> bool:
        return word in self._known or word in self._plain

    def _without_runs(self, word: str) -> list[str]:
        if not _LONG_RUN.search(word):
            return []
        tries = [_LONG_RUN.sub(r"\1\1", word), _LONG_RUN.sub(r"\1", word)]
        return [self._short.get(one, one) for one in tries if self.knows(one)]

    def _from_keys(self, word: str) -> str:
        """``dduwngf`` (Telex) and ``d9u7ng2`` (VNI), when the result is a word of the rules."""
        if not word.isascii():
            return ""
        for letters, tones in ((_TELEX_LETTERS, _TELEX_TONES), (_VNI_LETTERS, _VNI_TONES)):
            typed = _typed(word, letters, tones)
            if typed != word and (typed in self._known or typed in self._short):
                return self._short.get(typed, typed)
        return ""

    def _other_key(self, word: str) -> str:
        """``khonh``: the next letter of the same key was meant. Only for the words that decide most."""
        if not word.isascii() or len(word) < 3:
            return ""
        for place, letter in enumerate(word):
            for other in _SAME_KEY.get(letter, ""):
                near = word[:place] + other + word[place + 1 :]
                if near in _T9_TARGETS:
                    return near
        return ""

    def _parted(self, word: str) -> str:
        """``khongdi``: two words that are known."""
        for cut in range(2, len(word) - 1) if len(word) >= 5 else ():
            if self.knows(word[:cut]) and self.knows(word[cut:]):
                return f"{self._whole(word[:cut])} {self._whole(word[cut:])}"
        return ""


def one_tone_place(text: str) -> str:
    """``hoà`` and ``hòa`` become the same, and so does ``quý``, written ``qúy`` in here only."""
    return _TONE_PLACE.sub(_move_tone, nfc(text))


def _move_tone(match: re.Match[str]) -> str:
    toned = _TONED[match[2]]
    return nfc(match[1] + toned[1]) + toned[0]


def _typed(word: str, letters: tuple[tuple[str, str], ...], tones: dict[str, str]) -> str:
    for keys, letter in letters:
        word = word.replace(keys, letter)
    tone = next((tones[char] for char in reversed(word[1:]) if char in tones), "")
    if tone:
        bare = word[0] + "".join([char for char in word[1:] if char not in tones])
        word = _put_tone(bare, tone)
    return one_tone_place(word)


def _put_tone(word: str, tone: str) -> str:
    """On the marked vowel if there is one, else where it stands in today's spelling."""
    vowels = [place for place, char in enumerate(word) if char in _VOWELS]
    if word.startswith(("gi", "qu")) and len(vowels) > 1:
        vowels = vowels[1:]
    if not vowels:
        return word
    marked = [place for place in vowels if word[place] not in "aeiouy"]
    closed = vowels[-1] < len(word) - 1
    place = marked[-1] if marked else vowels[-1] if closed or len(vowels) == 1 else vowels[-2]
    return nfc(word[: place + 1] + tone + word[place + 1 :])


def _read_short_forms() -> dict[str, str]:
    lines = _SHORT_FORMS_FILE.read_text(encoding="utf-8").splitlines()
    rows = [line.split(" = ") for line in lines if line and not line.startswith("#")]
    return {one_tone_place(short): one_tone_place(whole) for short, whole in rows}
