"""What a reply means. Rules from a table, the same answer every time, and "unclear" whenever a person should look.

Trouble comes before all, then stop, then the wrong person; a "no" takes the words of a "yes" with it; a clear yes
beside a question counts; yes and no together are unclear.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from service.replies import rules
from service.replies.spelling import Clause, Speller
from service.text.vietnamese import nfc, strip_accents

INTERESTED, NOT_INTERESTED, STOP, QUESTION = "interested", "not_interested", "stop", "question"
WRONG_PERSON, HELP, UNCLEAR = "wrong_person", "help", "unclear"
MEANINGS = (INTERESTED, NOT_INTERESTED, STOP, QUESTION, WRONG_PERSON, HELP, UNCLEAR)


@dataclass(frozen=True)
class Meaning:
    """``confidence`` from 0 to 1; ``evidence``: the words that decided, as they were understood."""

    meaning: str
    confidence: float
    evidence: str


@dataclass
class _Signs:
    """What was found in the clauses of a reply, by kind: the words of the first find."""

    found: dict[str, str] = field(default_factory=dict)

    def note(self, kind: str, words: str) -> bool:
        if words:
            self.found.setdefault(kind, words)
        return bool(words)

    def __contains__(self, kind: str) -> bool:
        return kind in self.found


_KEYS = {"1": INTERESTED, "01": INTERESTED, "một": INTERESTED, "có": INTERESTED, "ok": INTERESTED, "được": INTERESTED,
         "đăng ký": INTERESTED, "muốn": INTERESTED, "2": NOT_INTERESTED, "02": NOT_INTERESTED, "hai": NOT_INTERESTED, "không": NOT_INTERESTED,
         "tc": STOP, "dừng": STOP, "hủy": STOP, "stop": STOP}  # fmt: skip
_SIGNATURE_WORDS = {"tôi", "em", "anh", "chị", "tên", "là", "thôn", "xã", "bản", "ở", "nhà", "số", "nhé", "nha", "ạ", "a", "con", "ông", "bà", "cháu"}  # fmt: skip

# the notice sent back: everything up to its last line, or lines marked as quoted
_QUOTED_LINES = re.compile(r"(?m)^\s*>[^\n]*$")
_OFFER = re.compile(r"tra loi 1\b", re.IGNORECASE)
_LAST_LINE = re.compile(r"khong nhan tin\s*:\s*tc\b[\s.]*(?:[=\-]*>+)?", re.IGNORECASE)

_SPACED_TC = re.compile(r"\W*t[\s.,-]*c\W*", re.IGNORECASE)


@cache
def _speller() -> Speller:
    return Speller({*rules.load().words, *_SIGNATURE_WORDS, *" ".join(_KEYS).split()})


def read(text: str) -> Meaning:
    """What one reply means. The same text always gets the same answer."""
    own = _without_notice(text)
    if own.strip() in ("", "0"):
        return Meaning(UNCLEAR, 0.0, "")
    clauses = _speller().clauses("tc" if _SPACED_TC.fullmatch(own) else own)
    if not clauses:
        return Meaning(UNCLEAR, 0.0, "")
    if key := _key(clauses):
        return key
    signs = _signs(clauses)
    return next((meaning for rule in _IN_THIS_ORDER if (meaning := rule(signs))), None) or _signed_key(
        clauses
    )


def _without_notice(text: str) -> str:
    """The reply without our own notice, when that came back with it."""
    text = _QUOTED_LINES.sub("\n", nfc(text))
    plain = strip_accents(text)
    ends = [match.end() for match in _LAST_LINE.finditer(plain)]
    if not ends:
        return text
    same_places = text if len(plain) == len(text) else plain  # a stray mark that composes with nothing
    answer = same_places[ends[-1] :]
    return answer if _OFFER.search(plain) or answer.strip() else text


def _key(clauses: list[Clause]) -> Meaning | None:
    """The whole reply is one of the offered keys."""
    words = " ".join([clause.words.strip() for clause in clauses])
    meaning = _KEYS.get(words) or _PLAIN_KEYS.get(words)
    return Meaning(meaning, 0.99, words) if meaning and not clauses[-1].asked else None


def _signs(clauses: list[Clause]) -> _Signs:
    signs = _Signs()
    known = rules.load()
    for clause in clauses:
        if signs.note("automatic", known.find("automatic", clause.words)):
            return signs
        words = known.take_out("set_aside", clause.words)
        if not known.find("hypothetical", words):
            if signs.note(HELP, known.find("help", words)):
                return signs  # nothing comes before it
            signs.note("alarm", known.find("alarm", words))
        signs.note(STOP, known.find("stop", words))
        signs.note(WRONG_PERSON, known.find("wrong_person", words))
        _weigh(clause, words, signs)
    return signs


def _weigh(clause: Clause, words: str, signs: _Signs) -> None:
    """Yes, no, later or a question: one clause says one of them, or a yes and a no."""
    known = rules.load()
    if signs.note("both_ways", known.find("both_ways", words)) or signs.note(
        "yes", known.find("rhetorical", words)
    ):
        return
    if signs.note("later", known.find("later", words)):
        return
    asks = known.find("question", words.replace(rules.GAP, "gap")) or (
        clause.words.strip() if clause.asked else ""
    )
    if signs.note(QUESTION, asks):
        return
    signs.note("no", known.find("no", words))
    rest = known.take_out("no", words)
    if signs.note(QUESTION, known.find("asks_softly", rest)):
        return
    signs.note("yes", known.find("yes", rest))
    signs.note("reason", known.find("reason", rest))


def _is(kind: str, meaning: str, confidence: float) -> Callable[[_Signs], Meaning | None]:
    return lambda signs: Meaning(meaning, confidence, signs.found[kind]) if kind in signs else None


def _both(one: str, other: str) -> Callable[[_Signs], Meaning | None]:
    def rule(signs: _Signs) -> Meaning | None:
        if one in signs and other in signs:
            return Meaning(UNCLEAR, 0.0, f"{signs.found[one]} / {signs.found[other]}")
        return None

    return rule


_IN_THIS_ORDER = (
    _is("automatic", UNCLEAR, 0.9),
    _is(HELP, HELP, 0.9),
    _is("alarm", UNCLEAR, 0.5),
    _is(STOP, STOP, 0.95),
    _both(WRONG_PERSON, "yes"),
    _is(WRONG_PERSON, WRONG_PERSON, 0.9),
    _is("both_ways", UNCLEAR, 0.0),
    _is("later", QUESTION, 0.8),
    _both("yes", "no"),
    _is("yes", INTERESTED, 0.9),
    _is("no", NOT_INTERESTED, 0.9),
    _is(QUESTION, QUESTION, 0.85),
    _is("reason", NOT_INTERESTED, 0.7),
)


def _signed_key(clauses: list[Clause]) -> Meaning:
    """A key and a name: "1 Sùng Mí Páo", "Có. Thò Mí Lử, Sủng Trà". Anything else is for a person."""
    first, *rest = " ".join([clause.words.strip() for clause in clauses]).split()
    meaning = _KEYS.get(first) or _PLAIN_KEYS.get(first)
    if meaning and all(_may_be_a_name(word) for word in rest) and not any(clause.asked for clause in clauses):
        return Meaning(meaning, 0.9, first)
    return Meaning(UNCLEAR, 0.0, "")


def _may_be_a_name(word: str) -> bool:
    return not word.isdecimal() and (word in _SIGNATURE_WORDS or len(word) == 1 or not _speller().knows(word))


_PLAIN_KEYS = {strip_accents(key): meaning for key, meaning in _KEYS.items()}


def as_json(text: str, meaning: Meaning) -> dict[str, Any]:
    """One line of ``./loa read-reply --json``."""
    return {
        "text": text,
        "meaning": meaning.meaning,
        "confidence": meaning.confidence,
        "evidence": meaning.evidence,
    }
