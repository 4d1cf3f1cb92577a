"""What a reply means. Rules from a table, the same answer every time, and "unclear" whenever a person should look.

Trouble comes before all, then stop, then the wrong person; a "no" takes the words of a "yes" with it; a clear yes
beside a question counts; yes and no together are unclear.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import dropwhile
from typing import Any

from service.replies import rules
from service.replies.spelling import Clause, Speller
from service.text.vietnamese import nfc, strip_accents

INTERESTED, NOT_INTERESTED, STOP, QUESTION = "interested", "not_interested", "stop", "question"
WRONG_PERSON, HELP, UNCLEAR = "wrong_person", "help", "unclear"
MEANINGS = (INTERESTED, NOT_INTERESTED, STOP, QUESTION, WRONG_PERSON, HELP, UNCLEAR)


@dataclass(frozen=True)
class Meaning:
    """``confidence`` from 0 to 1; ``evidence``: the words that decided, as they were understood.

    ``stops``: the messages end, whatever else is said; ``look``: settled, yet a person should see it;
    ``automatic``: a machine wrote it, so that nobody need read it.
    """

    meaning: str
    confidence: float
    evidence: str
    stops: bool = False
    look: bool = False
    automatic: bool = False


NOTHING = Meaning(UNCLEAR, 0.0, "")


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
_BETWEEN_KEYS = {"và", "va", "hoặc", "hoac", "nhé", "nhe", "ạ", "a"}
_SIGNATURE_WORDS = {"tôi", "em", "anh", "chị", "tên", "là", "thôn", "xã", "bản", "ở", "nhà", "số", "nhé", "nha", "ạ", "a", "con", "ông", "bà", "cháu"}  # fmt: skip

# the notice sent back: everything up to its last line, or lines marked as quoted
_QUOTED_LINES = re.compile(r"(?m)^\s*>[^\n]*$")
_OFFER = re.compile(r"tra\s+loi\s+1\b", re.IGNORECASE)
_LAST_LINE = re.compile(r"khong\s+nhan\s+tin\s*:\s*tc\b[\s.]*(?:[=\-]*>+)?", re.IGNORECASE)

_NO_WORD = re.compile(r"[\W_]+")
_SPACED_TC = re.compile(r"\W*t[\s.,-]*c\W*", re.IGNORECASE)


@cache
def _speller() -> Speller:
    return Speller({*rules.load().words, *_SIGNATURE_WORDS, *" ".join(_KEYS).split()})


def read(text: str) -> Meaning:
    """What one reply means. The same text always gets the same answer."""
    own = _without_notice(text)
    if _NO_WORD.sub("", own) in ("", "0"):
        return NOTHING
    clauses = _speller().clauses("tc" if _SPACED_TC.fullmatch(own) else own)
    if not clauses:
        return NOTHING
    if key := _key(clauses):
        return key
    signs = _signs(clauses)
    found = next((meaning for rule in _IN_THIS_ORDER if (meaning := rule(signs))), None)
    return _with_stop(found or _signed_key(clauses), signs)


def _with_stop(meaning: Meaning, signs: _Signs) -> Meaning:
    """A stop is honoured beside everything else; with a yes beside it a person looks whether it was meant."""
    if meaning.meaning == STOP and ("yes" in signs or "wish" in signs):
        both = f"{meaning.evidence} / {signs.found.get('yes') or signs.found['wish']}"
        return Meaning(STOP, 0.6, both, stops=True, look=True)
    stops = meaning.meaning == STOP or ("stop_word" in signs and not meaning.automatic)
    return replace(meaning, stops=True) if stops else meaning


def _without_notice(text: str) -> str:
    """The reply without our own notice, when that came back with it."""
    text = nfc(text)
    own = _QUOTED_LINES.sub("\n", text)
    text = (
        own if own.strip() else text.replace(">", " ")
    )  # the answer stands behind the quotation, in the same line
    plain = strip_accents(text)
    ends = [match.end() for match in _LAST_LINE.finditer(plain)]
    if not ends:
        return text
    same_places = text if len(plain) == len(text) else plain  # a stray mark that composes with nothing
    answer = same_places[ends[-1] :]
    return answer if _OFFER.search(plain) or _NO_WORD.sub("", answer) else text


def _key(clauses: list[Clause]) -> Meaning | None:
    """The whole reply is one of the offered keys, or several of them."""
    words = " ".join([clause.words.strip() for clause in clauses])
    if clauses[-1].asked:
        return None
    if meaning := _KEYS.get(words) or _PLAIN_KEYS.get(words):
        return Meaning(meaning, 0.99, words, stops=meaning == STOP)
    keys = [_KEYS.get(word) or _PLAIN_KEYS.get(word) for word in words.split() if word not in _BETWEEN_KEYS]
    if not keys or None in keys:
        return None
    if STOP in keys and keys != [STOP] * len(keys):
        looks_settled = set(keys) == {STOP, NOT_INTERESTED}
        return Meaning(STOP, 0.6, words, stops=True, look=not looks_settled)
    if len(set(keys)) == 1:
        return Meaning(str(keys[0]), 0.95, words, stops=keys[0] == STOP)
    return None


def _signs(clauses: list[Clause]) -> _Signs:
    signs = _Signs()
    known = rules.load()
    wholes = [known.reading(clause.words) for clause in clauses]
    everything = (
        wholes[0] if len(wholes) == 1 else known.reading("".join([clause.words for clause in clauses]))
    )
    signs.note("automatic", everything.find("automatic"))
    signs.note("small_talk", everything.find("small_talk"))
    for clause, whole in zip(clauses, wholes, strict=True):
        words = whole.without("set_aside")
        signs.note("stop_word", words.find("stop_word"))
        if HELP in signs:
            continue  # nothing but a stop word counts beside it
        if not signs.note(HELP, words.find("sure_help")) and not words.find("hypothetical"):
            signs.note(HELP, words.find("help"))
            signs.note("alarm", words.find("alarm"))
        signs.note(STOP, words.find("stop"))
        signs.note(WRONG_PERSON, words.find("wrong_person"))
        if clause is clauses[-1] or not whole.find("before_now"):
            _weigh(clause, words, signs)
    return signs


def _weigh(clause: Clause, words: rules.Reading, signs: _Signs) -> None:
    """Yes, no, later or a question: one clause says one of them, or a yes and a no."""
    if signs.note("both_ways", words.find("both_ways")) or signs.note("yes", words.find("rhetorical")):
        return
    if signs.note("later", words.find("later")):
        return
    if signs.note("no", words.find("plain_no")):
        return
    asks = words.find("question", across_gaps=True) or (clause.words.strip() if clause.asked else "")
    if signs.note(QUESTION, asks):
        return
    if signs.note("call_me", words.find("call_me")):
        return
    signs.note("no", words.find("no"))
    rest = words.without("no")
    if signs.note(QUESTION, rest.find("asks_softly")):
        return
    signs.note("cannot", words.find("cannot"))
    signs.note("wish" if rest.find("wish") else "yes", rest.find("yes"))
    signs.note("weak_yes", rest.find("weak_yes"))
    signs.note("reason", rest.find("reason"))


def _is(kind: str, meaning: str, confidence: float) -> Callable[[_Signs], Meaning | None]:
    return lambda signs: Meaning(meaning, confidence, signs.found[kind]) if kind in signs else None


def _both(
    one: str, other: str, meaning: str = UNCLEAR, confidence: float = 0.0
) -> Callable[[_Signs], Meaning | None]:
    def rule(signs: _Signs) -> Meaning | None:
        if one in signs and other in signs:
            return Meaning(meaning, confidence, f"{signs.found[one]} / {signs.found[other]}")
        return None

    return rule


def _automatic(signs: _Signs) -> Meaning | None:
    words = signs.found.get("automatic")
    return Meaning(UNCLEAR, 0.9, words, automatic=True) if words else None


_IN_THIS_ORDER = (
    _both("automatic", HELP),
    _automatic,
    _is(HELP, HELP, 0.9),
    _is("alarm", UNCLEAR, 0.5),
    _is(STOP, STOP, 0.95),
    _is("small_talk", UNCLEAR, 0.5),
    _both(WRONG_PERSON, "yes"),
    _both(WRONG_PERSON, "wish"),
    _is(WRONG_PERSON, WRONG_PERSON, 0.9),
    _is("both_ways", UNCLEAR, 0.0),
    _is("later", QUESTION, 0.8),
    _both("yes", "no"),
    _both("wish", "cannot", NOT_INTERESTED, 0.8),
    _both("wish", "no"),
    _is("wish", INTERESTED, 0.9),
    _is("yes", INTERESTED, 0.9),
    _is("no", NOT_INTERESTED, 0.9),
    _is(QUESTION, QUESTION, 0.85),
    _is("call_me", QUESTION, 0.85),
    _is("weak_yes", INTERESTED, 0.85),
    _is("reason", NOT_INTERESTED, 0.7),
)


def _signed_key(clauses: list[Clause]) -> Meaning:
    """A key and a name: "1 Sùng Mí Páo", "Có. Thò Mí Lử, Sủng Trà". Anything else is for a person."""
    first, *rest = " ".join([clause.words.strip() for clause in clauses]).split()
    meaning = _KEYS.get(first) or _PLAIN_KEYS.get(first)
    signed = _is_a_name(rest) or all(_may_be_a_name(word) for word in rest)
    if meaning and signed and not any(clause.asked for clause in clauses):
        return Meaning(meaning, 0.9, first, stops=meaning == STOP)
    return NOTHING


def _is_a_name(words: list[str]) -> bool:
    """It begins as names here do; a year of birth, a number and a place may follow."""
    words = list(dropwhile(_SIGNATURE_WORDS.__contains__, words))
    return len(words) in range(2, 11) and _speller().begins_a_name(words[0])


def _may_be_a_name(word: str) -> bool:
    return not word.isdecimal() and (word in _SIGNATURE_WORDS or len(word) == 1 or not _speller().knows(word))


_PLAIN_KEYS = {strip_accents(key): meaning for key, meaning in _KEYS.items()}


def as_json(text: str, meaning: Meaning) -> dict[str, Any]:
    """One line of ``./loa read-reply --json``; "stops" stands there only beside another meaning than stop."""
    line = {
        "text": text,
        "meaning": meaning.meaning,
        "confidence": meaning.confidence,
        "evidence": meaning.evidence,
    }
    return {**line, "stops": True} if meaning.stops and meaning.meaning != STOP else line
