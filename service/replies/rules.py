"""The rules of the reader: patterns of words in data/rules.txt, made into one regular expression per section."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from service.replies.spelling import one_tone_place
from service.text.vietnamese import strip_accents

_FILE = Path(__file__).parent / "data" / "rules.txt"
_DEFINITION = re.compile(r"^([A-Z_]+) = (\S+)$")
_SECTION = re.compile(r"^\[(\w+)\]$")
_USE = re.compile(r"\{([A-Z_]+)\}")
_WORD = re.compile(r"[^\W\d_]+|\d+")

# what may stand before and after without meaning anything
_HEAD = "dạ|thưa|alo|chào|ơi|ạ|a|anh|chị|cán_bộ|bác|cô|chú|xin_chào|à"
_TAIL = "ạ|a|anh|chị|em|cô|chú|bác|cán_bộ|nhé|nha|nhá|nhe|ơi|vậy|thế|ah|đấy|đó|nhỉ|mà|hen|cả|luôn|oi|à"
GAP = "·"  # stands where words were taken out; no pattern reaches across it


class Rules:
    """Sections by name, each one compiled expression, and every word that any rule knows."""

    def __init__(self, text: str) -> None:
        self.words: set[str] = set()
        self._lists: dict[str, str] = {}
        sections: dict[str, list[str]] = {}
        section: list[str] = []
        for line in text.splitlines():
            row = line.split("#")[0].strip()
            if header := _SECTION.match(row):
                section = sections.setdefault(header[1], [])
            elif definition := _DEFINITION.match(row):
                self._lists[definition[1]] = self._with_lists(definition[2])
            elif row:
                section.append(self._pattern(row))
        self._sections = {
            name: re.compile(rf"(?<!\S)(?:{'|'.join(rows)})") for name, rows in sections.items()
        }

    def find(self, section: str, words: str) -> str:
        """The first stretch of the clause that a rule of the section matches, or nothing."""
        match = self._sections[section].search(words)
        return match[0].strip() if match else ""

    def take_out(self, section: str, words: str) -> str:
        """The clause with a gap wherever a rule of the section matches."""
        return self._sections[section].sub(GAP + " ", words)

    def _pattern(self, row: str) -> str:
        return "".join([self._element(element) for element in self._with_lists(row).split()])

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
        written = {one_tone_place(word).replace("_", " ") for word in words.split("|")}
        return written | {strip_accents(word) for word in written}

    def _one_of(self, words: str) -> str:
        return f"(?:{'|'.join([self._spellings(word) for word in words.split('|')])})"

    def _spellings(self, word: str) -> str:
        exact, word = word.endswith("="), one_tone_place(word.rstrip("="))
        if word == "$":
            return "$"
        self.words.update(_WORD.findall(word))
        parts = [part if exact else _with_and_without(part) for part in word.split("_")]
        return " ".join(parts) + " "


def _with_and_without(word: str) -> str:
    plain = strip_accents(word)
    return word if plain == word else f"(?:{word}|{plain})"


@cache
def load() -> Rules:
    return Rules(_FILE.read_text(encoding="utf-8"))
