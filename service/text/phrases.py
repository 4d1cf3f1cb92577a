"""Phrases found in a text however they are written: with all accents, some or none, "v.i.ệ.c n.h.ẹ", "h0a hồng".

A letter of the text may lack marks that the phrase has, but not bear others: "bao dau" is "bao đậu", "báo đâu" is not.
Where the tone stands in its word makes no difference (khoản, khỏan).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from service.text.vietnamese import nfc, strip_accents

_STROKE = "\u0335"  # the mark that makes đ out of d, which Unicode does not take apart
_END = "|"  # stands in the skeleton where a sentence ends: no phrase reaches across it
_SENTENCE_ENDS = re.compile(r"[.!?](?=\s|$)|\n|\0+")  # and where something else will be filled in
# digits, signs and letters of other alphabets that are written for a letter they look like
_LOOKS_LIKE = {
    **dict(zip("01345@$", "oieasas", strict=True)),
    **dict(zip("аеорсхуіѕ", "aeopcxyis", strict=True)),
}


@dataclass(frozen=True)
class Found:
    """``phrase`` as the table has it stands in the text (NFC) from ``start`` up to ``end``."""

    phrase: str
    start: int
    end: int


@dataclass(frozen=True)
class _Skeleton:
    """The bare letters of a text without anything between, the marks of each, and its place in the text."""

    letters: str
    marks: tuple[str, ...]
    places: tuple[int, ...]


@dataclass(frozen=True)
class _Phrase:
    letters: str
    words: tuple[tuple[int, int, Counter[str]], ...]  # from, to, the marks that the word has


def find(text: str, phrases: Collection[str]) -> list[Found]:
    """Where any of the phrases stands, as whole words, in the order of the text."""
    text = nfc(text)
    skeleton = _skeleton(text)
    found = [
        Found(phrase, skeleton.places[at], skeleton.places[at + len(_phrase(phrase).letters) - 1] + 1)
        for phrase in phrases
        for at in _places(skeleton.letters, _phrase(phrase).letters)
        if _marks_fit(skeleton, at, _phrase(phrase))
    ]
    whole = [one for one in found if _is_whole(text, one)]
    return sorted(whole, key=lambda one: (one.start, -one.end))


def folded(text: str) -> str:
    """Small letters without marks, character for character: what is found in it stands at the same place of the NFC text."""
    return "".join([_folded(char) for char in nfc(text)])


def clause_before(text: str, place: int) -> str:
    """What stands before this place of the text (NFC) in the same clause."""
    return re.split(r"[.,;:!?\n(]", text[:place])[-1]


@cache
def _folded(char: str) -> str:
    bare = strip_accents(char).lower()
    return bare if len(bare) == 1 else char


@cache
def _letter(char: str) -> tuple[str, str]:
    """The bare letter and its marks; no letter for what only stands between letters."""
    looks_like = _LOOKS_LIKE.get(char.lower())
    if looks_like:
        return looks_like, ""
    bare = unicodedata.normalize("NFKD", char.lower())
    if bare[:1] in ("đ", "ð"):
        return "d", _STROKE + bare[1:]
    return (bare[0], bare[1:]) if bare[:1].isalnum() else ("", bare if unicodedata.combining(bare[0]) else "")


@lru_cache(maxsize=64)
def _skeleton(text: str) -> _Skeleton:
    ends = {match.start() for match in _SENTENCE_ENDS.finditer(text)}
    rows: list[tuple[str, str, int]] = []
    for place, char in enumerate(text):
        letter, marks = (_END, "") if place in ends else _letter(char)
        if letter:
            rows.append((letter, marks, place))
        elif marks and rows:  # a mark that has no composed letter
            before = rows[-1]
            rows[-1] = (before[0], before[1] + marks, before[2])
    return _Skeleton("".join([row[0] for row in rows]), tuple(r[1] for r in rows), tuple(r[2] for r in rows))


@cache
def _phrase(phrase: str) -> _Phrase:
    letters, words = "", []
    for word in nfc(phrase).split():
        skeleton = _skeleton(word)
        words.append((len(letters), len(letters + skeleton.letters), Counter("".join(skeleton.marks))))
        letters += skeleton.letters
    return _Phrase(letters, tuple(words))


def _places(letters: str, wanted: str) -> Iterator[int]:
    at = letters.find(wanted)
    while at >= 0:
        yield at
        at = letters.find(wanted, at + 1)


def _marks_fit(skeleton: _Skeleton, at: int, phrase: _Phrase) -> bool:
    return all(
        Counter("".join(skeleton.marks[at + start : at + end])) <= marks for start, end, marks in phrase.words
    )


def _is_whole(text: str, found: Found) -> bool:
    """No letter or digit touches the phrase from outside."""
    around = text[max(0, found.start - 1) : found.start] + text[found.end : found.end + 1]
    return not any(char.isalnum() for char in around)
