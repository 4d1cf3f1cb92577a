"""The rules of the reader: patterns of words in data/rules.txt, one regular expression each, found by their words.

A clause of ten words meets a dozen of five hundred rules: every rule is kept under words that it cannot do without.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from itertools import product
from pathlib import Path
from typing import NamedTuple

from service.replies.spelling import one_tone_place
from service.text.vietnamese import strip_accents

_FILE = Path(__file__).parent / "data" / "rules.txt"
_DEFINITION = re.compile(r"^([A-Z_]+) = (\S+)$")
_SECTION = re.compile(r"^\[(\w+)\]$")
_USE = re.compile(r"\{([A-Z_]+)\}")
_PLAIN_WORD = re.compile(r"[a-z0-9]+")
_WORD = re.compile(r"[^\W\d_]+|\d+")

# what may stand before and after without meaning anything
_HEAD = "dạ|thưa|alo|chào|ơi|ạ|a|anh|chị|cán_bộ|bác|cô|chú|xin_chào|à"
_TAIL = "ạ|a|anh|chị|em|cô|chú|bác|cán_bộ|nhé|nha|nhá|nhe|ơi|vậy|thế|ah|đấy|đó|nhỉ|mà|hen|cả|luôn|oi|à"
GAP = "·"  # stands where words were taken out; no pattern reaches across it


class _Rule(NamedTuple):
    section: str
    pattern: re.Pattern[str]
    needs: tuple[frozenset[str], ...]  # one word of each set must be there, written without accents


class Reading(NamedTuple):
    """A clause, and the rules that its words may meet, by section."""

    words: str
    may_meet: dict[str, list[re.Pattern[str]]]

    def find(self, section: str, across_gaps: bool = False) -> str:
        """The first stretch of the clause that a rule of the section matches, or nothing."""
        patterns = self.may_meet.get(section)
        if patterns is None:
            return ""
        words = self.words.replace(GAP, "gap") if across_gaps else self.words
        found = [match for pattern in patterns if (match := pattern.search(words))]
        return min(found, key=re.Match.start)[0].strip() if found else ""

    def without(self, section: str) -> Reading:
        """The clause with a gap wherever a rule of the section matches."""
        words = self.words
        for pattern in self.may_meet.get(section, ()):
            words = pattern.sub(GAP + " ", words)
        return Reading(words, self.may_meet)


class Rules:
    """All rules in the order of the file, found by a bit for each, and every word that any rule knows."""

    def __init__(self, text: str) -> None:
        self.words: set[str] = set()
        self._lists: dict[str, str] = {}
        section, rows = "", list[tuple[str, str]]()
        for line in text.splitlines():
            row = line.split("#")[0].strip()
            if header := _SECTION.match(row):
                section = header[1]
            elif definition := _DEFINITION.match(row):
                self._lists[definition[1]] = self._with_lists(definition[2])
            elif row:
                rows.append((section, self._with_lists(row)))
        every_row = " ".join(row for _section, row in rows)
        self._common = Counter(_PLAIN_WORD.findall(strip_accents(every_row)))
        self._rules = [self._rule(*row) for row in rows]
        self._first, self._second = _index(self._rules, 0), _index(self._rules, 1)
        self._bits: dict[str, tuple[int, int]] = {}

    def reading(self, words: str) -> Reading:
        """A clause, its words each followed by one blank."""
        first, second = self._first[""], self._second[""]
        for word in words.split():
            bits = self._bits.get(word)
            if bits is None:
                bits = self._bits_of(word)
            first |= bits[0]
            second |= bits[1]
        left, may_meet = first & second, dict[str, list[re.Pattern[str]]]()
        while left:
            rule = self._rules[left.bit_length() - 1]
            may_meet.setdefault(rule.section, []).append(rule.pattern)
            left ^= 1 << (left.bit_length() - 1)
        return Reading(words, may_meet)

    def _bits_of(self, word: str) -> tuple[int, int]:
        """What the rules make of a word; kept for the words of the rules, not for any that a phone sends."""
        plain = strip_accents(word)
        bits = self._first.get(plain, 0), self._second.get(plain, 0)
        if any(bits):
            self._bits[word] = bits
        return bits

    def _rule(self, section: str, row: str) -> _Rule:
        elements = row.split()
        needs = [self._words_of(element) for element in elements if element[0] not in "^$*![<"]
        # the scarcest first: a rule that needs "hộ chiếu" is not tried on every clause with "giữ"
        needs = sorted((need for need in needs if need), key=len)
        pattern = "".join([self._element(element) for element in elements])
        return _Rule(section, re.compile(rf"(?<!\S){pattern}"), tuple(needs))

    def _words_of(self, element: str) -> frozenset[str]:
        """The scarcest word of each choice, without accents. Empty when the element may match no word at all."""
        choices = element.split("|")
        if "$" in choices:
            return frozenset()
        parts = [strip_accents(one_tone_place(choice.rstrip("="))).split("_") for choice in choices]
        return frozenset(min(words, key=self._common.__getitem__) for words in parts)

    def _with_lists(self, row: str) -> str:
        return _USE.sub(lambda use: self._lists[use[1]], row)

    def _element(self, element: str) -> str:
        if element == "^":
            return f"^{self._one_of(_HEAD)}*"
        if element == "$":
            return f"{self._one_of(_TAIL)}*$"
        if element.startswith("*"):
            return rf"(?:[^\s{GAP}]+ )" + (f"{{0,{element[1:]}}}?" if element[1:] else "")
        if element.startswith("!"):
            return f"(?!{self._one_of(element[1:])})"
        if element.startswith("<!"):
            return "".join([f"(?<!{word} )" for word in self._literally(element[2:])])
        if element.startswith("["):
            inner = element[1:-1]
            return (self._element(inner) if inner == "*" else self._one_of(inner)) + "?"
        return self._one_of(element)

    def _literally(self, words: str) -> set[str]:
        """Each word with and without its accents: looking back needs words of known length."""
        written: set[str] = set()
        for word in one_tone_place(words).split("|"):
            spellings = [{part, strip_accents(part)} for part in word.split("_")]
            written.update(" ".join(parts) for parts in product(*spellings))
        return written

    def _one_of(self, words: str) -> str:
        return f"(?:{'|'.join([self._spellings(word) for word in words.split('|')])})"

    def _spellings(self, word: str) -> str:
        exact, word = word.endswith("="), one_tone_place(word.rstrip("="))
        if word == "$":
            return "$"
        self.words.update(_WORD.findall(word))
        parts = [part if exact else _with_and_without(part) for part in word.split("_")]
        return " ".join(parts) + " "


def _index(rules: list[_Rule], place: int) -> dict[str, int]:
    """The bits of the rules that need a word, by word; under "" those that need none there."""
    bits: dict[str, int] = {"": 0}
    for number, rule in enumerate(rules):
        for word in rule.needs[place] if place < len(rule.needs) else ("",):
            bits[word] = bits.get(word, 0) | 1 << number
    return bits


def _with_and_without(word: str) -> str:
    plain = strip_accents(word)
    return word if plain == word else f"(?:{word}|{plain})"


@cache
def load() -> Rules:
    return Rules(_FILE.read_text(encoding="utf-8"))
