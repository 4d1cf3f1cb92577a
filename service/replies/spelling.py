"""How villagers spell on keypads: short forms, Telex and VNI keys left as typed, T9 slips, run-together words.

A reply becomes clauses of small, whole words. A word with accents keeps them, a word without stays without: the rules
then read "dung" as đừng, dừng or đúng, but "đúng" only as đúng.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from service.text.vietnamese import nfc, strip_accents

_DATA = Path(__file__).parent / "data"
_SHORT_FORMS_FILE = _DATA / "short_forms.txt"
_KEY_WORDS_FILE = _DATA / "key_words.txt"
_NAMES_FILE = _DATA / "names.txt"
_WORD_OR_SIGN = re.compile(r"(?P<word>\w+)|(?P<asked>\?)|(?P<end>[.,;:!()\n\r\"“”…/|>=–—]+)|(?P<dash>\s-+\s)")
# "nhung" is mostly nhưng (but), which begins another clause; before these words it is những (plural)
_THOSE = re.compile(r"\bnhung(?=\s+(?:ai|gi|gì|cai|cái|nguoi|người|tin|viec|việc|giay|giấy|ngay|ngày)\b)")
_BUT = {"nhưng", "nhung", "song"}
_DOUBLE = re.compile(r"(.)\1")
_LONG_RUN = re.compile(r"(.)\1{2,}")
_TONE_PLACE = re.compile("(o|u)([àáảãạèéẻẽẹỳýỷỹỵ])")
_TONED = {letter: unicodedata.normalize("NFD", letter) for letter in "àáảãạèéẻẽẹỳýỷỹỵ"}
_TELEX_LETTERS = (("dd", "đ"), ("aa", "â"), ("ee", "ê"), ("oo", "ô"), ("aw", "ă"), ("uow", "ươ"), ("ow", "ơ"), ("uw", "ư"))  # fmt: skip
_LATE_W = re.compile("(uo|u|o|a)([a-z]*)w")
_HORNED = {"uo": "ươ", "u": "ư", "o": "ơ", "a": "ă"}
_VNI_LETTERS = (("d9", "đ"), ("a6", "â"), ("e6", "ê"), ("o6", "ô"), ("a8", "ă"), ("uo7", "ươ"), ("o7", "ơ"), ("u7", "ư"))  # fmt: skip
_TELEX_TONES = dict(zip("fsrxj", "\u0300\u0301\u0309\u0303\u0323", strict=True))
_VNI_TONES = dict(zip("21345", "\u0300\u0301\u0309\u0303\u0323", strict=True))
_VOWELS = "aăâeêioôơuưy"
_KEYPAD = ("abc", "def", "ghi", "jkl", "mno", "pqrs", "tuv", "wxyz")
_SAME_KEY = {letter: key.replace(letter, "") for key in _KEYPAD for letter in key}
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
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
        names = {one_tone_place(name) for name in _lines(_NAMES_FILE)}
        self._names = names | {strip_accents(name) for name in names}
        self._key_words = {strip_accents(word) for word in _lines(_KEY_WORDS_FILE)}
        self._plain = {strip_accents(word) for word in self._known} | set(self._short)
        self.whole = lru_cache(maxsize=20_000)(self._whole)

    def clauses(self, text: str) -> list[Clause]:
        found: list[Clause] = []
        words: list[str] = []
        text = unicodedata.normalize("NFKC", text[:_LONGEST_REPLY]).lower()
        text = _THOSE.sub("những", text)
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
            self._without_double(word),
            self._other_accent(word),
            self._other_key(word),
            self._parted(word, 4),
        )
        return next((candidate for candidate in candidates if candidate), word)

    def begins_a_name(self, word: str) -> bool:
        return word in self._names

    def knows(self, word: str) -> bool:
        return word in self._known or word in self._plain

    def _without_runs(self, word: str) -> list[str]:
        if not _LONG_RUN.search(word):
            return []
        tries = [_LONG_RUN.sub(r"\1\1", word), _LONG_RUN.sub(r"\1", word)]
        return [self._short.get(one, one) for one in tries if self.knows(one)]

    def _without_double(self, word: str) -> str:
        """``kyy``: one letter too many."""
        single = _DOUBLE.sub(r"\1", word)
        return self._whole_known(single) if single != word else ""

    def _from_keys(self, word: str) -> str:
        """``dduwngf`` (Telex) and ``d9u7ng2`` (VNI), when the result is a word of the rules."""
        if not word.isascii():
            typed = word.replace("dd", "đ")
            return typed if self.knows(typed) else ""
        for letters, tones in ((_TELEX_LETTERS, _TELEX_TONES), (_VNI_LETTERS, _VNI_TONES)):
            typed = _typed(word, letters, tones)
            if typed != word and (typed in self._known or typed in self._short):
                return self._short.get(typed, typed)
        return ""

    def _other_accent(self, word: str) -> str:
        """``nhăn``: a key word with an accent that no rule knows is read as if it had none."""
        plain = strip_accents(word)
        return plain if plain != word and plain in self._key_words else ""

    def _other_key(self, word: str) -> str:
        """``khonh``, ``muob``, ``dnah``: one slip away from a key word. Nothing when it may be a word of its own."""
        if not word.isascii() or len(word) < 3:
            return ""
        tries = _same_key(word) if _SYLLABLE.fullmatch(word) else _slips(word)
        meant = {near for near in tries if near in self._key_words}
        return meant.pop() if len(meant) == 1 else ""

    def _parted(self, word: str, most: int) -> str:
        """``khongdidau``: up to so many words that are known, the longest first."""
        if most < 2 or len(word) < 4 or _SYLLABLE.fullmatch(word):
            return ""
        for cut in range(min(len(word) - 2, 6), 1, -1):
            head, tail = word[:cut], word[cut:]
            if self.knows(head) and head != tail:
                rest = self._whole_known(tail) or self._parted(tail, most - 1)
                if rest:
                    return f"{self._whole_known(head)} {rest}"
        return ""

    def _whole_known(self, word: str) -> str:
        return self._short.get(word, word) if self.knows(word) else ""


def _same_key(word: str) -> Iterator[str]:
    """``muom``: on a keypad the likeliest slip, believed even where the outcome could be a word."""
    for place, letter in enumerate(word):
        for other in _SAME_KEY.get(letter, "") if len(word) > 3 else "":
            yield word[:place] + other + word[place + 1 :]


def _slips(word: str) -> Iterator[str]:
    """What may have been meant: another letter of the same key or the key beside it, two letters swapped, one too many."""
    for place, letter in enumerate(word):
        before, after = word[:place], word[place + 1 :]
        for other in _NEAR.get(letter, ""):
            yield before + other + after
        yield before + after
        if after:
            yield before + after[0] + letter + after[1:]
        for missing in "ghn":  # what is left out most, as in "khog" and "lamg"
            yield before + missing + letter + after


def _near_letters() -> dict[str, set[str]]:
    near = {letter: set(others) for letter, others in _SAME_KEY.items()}
    for row in _ROWS:
        for one, other in pairwise(row):
            near[one].add(other)
            near[other].add(one)
    return near


_NEAR = _near_letters()
# a well-formed syllable, accents aside: it may be a word or a name that no rule knows
_SYLLABLE = re.compile(
    "(?:ngh|ng|nh|th|tr|ch|ph|kh|gh|gi|qu|[bcdđghklmnprstvx])?"
    "(?:uye[nt]|uyu|uya|oai|oay|oeo|uoi|uou|uay|ieu|yeu|[aeo]o|[aou]i|[aiou]u|[aou]y|ia|ua|oe|ue|uo|oa|eu|"
    "(?:ie|ye|uo|oa|oe|ua|ue|uy|[aeiouy])(?:[cmnpt]|(?<![iy])ng|(?<=[aeiy])(?:nh|ch))?)"
)


def one_tone_place(text: str) -> str:
    """``hoà`` and ``hòa`` become the same, and so does ``quý``, written ``qúy`` in here only."""
    return _TONE_PLACE.sub(_move_tone, nfc(text))


def _move_tone(match: re.Match[str]) -> str:
    toned = _TONED[match[2]]
    return nfc(match[1] + toned[1]) + toned[0]


def _typed(word: str, letters: tuple[tuple[str, str], ...], tones: dict[str, str]) -> str:
    for keys, letter in letters:
        word = word.replace(keys, letter)
    if "w" in word[1:] and letters is _TELEX_LETTERS:  # the w may come at the end of the word
        word = _LATE_W.sub(lambda match: _HORNED[match[1]] + match[2], word)
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
    rows = [line.split(" = ") for line in _lines(_SHORT_FORMS_FILE)]
    return {one_tone_place(short): one_tone_place(whole) for short, whole in rows}


def _lines(file: Path) -> list[str]:
    lines = file.read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]
