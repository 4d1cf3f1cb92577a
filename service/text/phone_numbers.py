"""Telephone numbers as people type them, read as far as it is safe, and never further.

A cell may hold several numbers, words, letters that look like digits, and what a spreadsheet made of it. What had to
be changed is said; what would be a guess is only offered.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from service.text import phone_digits, vietnamese
from service.text.phone_digits import LANDLINE, MOBILE, NOT_A_NUMBER, TOO_LONG, Verdict
from service.text.phone_owners import owner_of

__all__ = ["LANDLINE", "MOBILE", "Number", "Reading", "as_json", "masked", "read", "shown"]

NO_PHONE, TWO_NUMBERS = "no_phone", "two_numbers"
LETTER_IN_NUMBER, DAMAGED_SCIENTIFIC, DECIMAL_REMOVED = (
    "letter_in_number",
    "damaged_scientific",
    "decimal_removed",
)
LONGEST_CELL = 300  # more is no telephone cell

_SAYS_NONE = {"", "khong", "chua", "ko", "k", "co", "dung", "dien", "thoai", "dt", "sdt", "so", "may", "n", "a", "none", "nan", "null", "su", "trong", "dtdd", "duoc", "kh", "khg"}  # fmt: skip
_SCIENTIFIC = re.compile(r"\+?(\d+)(?:[.,](\d+))?\s*[eE]\s*\+?(\d{1,3})")
_DECIMAL = re.compile(r"(\d{8,12})[.,]0+")
_BETWEEN_NUMBERS = re.compile(
    r"[\n\r;/\\|,&]|(?<!\w)(?:hoặc|hoac|và|va|hay)(?!\w)|(?<=[\d)])\s*[-‐-―−]?\s*(?=\+)", re.IGNORECASE
)
_DASH = re.compile(r"[-‐-―−_]")
_ONE_NUMBER = re.compile(r"[0-9][0-9 .]*")
_DIGITS = re.compile(r"[+(]?\d[\d\s.()\-]*\d|\d")
_OF_A_NUMBER, _OF_A_NOTE = 8, 2  # at least and at most so many digits: 0912000345 (máy lẻ 5)
_TOKEN = re.compile(r"[^\s.,:()\[\]\-‐-―−_*#'\"’‘]+")
_WORD = re.compile(r"[^\W\d_]+")
_GLUED_LABEL = re.compile(r"(?P<before>[^\W\d_]*?)(?P<number>[OoIl]?\+?\d.*\d[OoIl]?|\d)(?P<after>[^\W\d_]*)")
_SAFE_LETTERS = {"O": "0", "o": "0", "l": "1", "I": "1"}
_LIKELY_LETTERS = {**_SAFE_LETTERS, "Q": "0", "D": "0", "i": "1", "Z": "2", "z": "2", "S": "5", "s": "5", "b": "6", "G": "6", "T": "7", "B": "8", "g": "9", "q": "9"}  # fmt: skip
_ONLY_SAFE_LETTERS = re.compile(r"[OoIl]+")
_MOST_LETTERS = 2  # three letters can be a word: 0986 OOO 487 is +84986666487 on a keypad, a stranger


@dataclass(frozen=True)
class Number:
    """A number that can be used. ``changes``: what had to be done to what was typed; ``owner``: whose it is, if said."""

    e164: str
    kind: str
    changes: tuple[str, ...] = ()
    owner: str = ""


@dataclass(frozen=True)
class Reading:
    """What a cell says. ``problem``: why (a part of) it is refused; ``offer``: numbers only a person may accept."""

    raw: str
    numbers: tuple[Number, ...] = ()
    kind: str | None = None
    changes: tuple[str, ...] = ()
    problem: str | None = None
    note: str = ""
    offer: tuple[str, ...] = ()

    @property
    def remarks(self) -> tuple[str, ...]:
        """Everything a person should be told about the cell, by kind, the refusal first."""
        several = [TWO_NUMBERS] if len(self.numbers) > 1 else []
        changed = [change.split()[0] for change in self.changes]
        landline = [LANDLINE] if any(number.kind == LANDLINE for number in self.numbers) else []
        return tuple(
            dict.fromkeys([*([self.problem] if self.problem else []), *several, *changed, *landline])
        )


@dataclass(frozen=True)
class _Part:
    """One number of the cell: its verdict and the words around it."""

    verdict: Verdict
    note: str = ""


def read(raw: object) -> Reading:
    """Read a cell or a typed line. Never raises; what is not certain is a problem, perhaps with an offer."""
    shown_raw, text = _as_text(raw)
    if len(text) > LONGEST_CELL:
        return Reading(shown_raw[:LONGEST_CELL], problem=NOT_A_NUMBER)
    if scientific := _SCIENTIFIC.fullmatch(text):
        return Reading(shown_raw, problem=DAMAGED_SCIENTIFIC, offer=_whole_scientific(scientific))
    if not any(char.isdigit() for char in text):
        return Reading(shown_raw, problem=NO_PHONE if _says_none(text) else NOT_A_NUMBER, note=_note_of(text))
    changes: tuple[str, ...] = ()
    if decimal := _DECIMAL.fullmatch(text):
        text, changes = decimal[1], (DECIMAL_REMOVED,)
    return _gather(shown_raw, list(_parts(text)), changes)


def _as_text(raw: object) -> tuple[str, str]:
    """The cell as shown to people, and as read. A spreadsheet gives numbers as floats."""
    if raw is None or (isinstance(raw, float) and math.isnan(raw)):
        return "", ""
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    text = str(raw)
    plain = unicodedata.normalize("NFKC", text[: 2 * LONGEST_CELL])
    if not plain.isprintable():
        plain = "".join([char for char in plain if char in "\n\r" or unicodedata.category(char)[0] != "C"])
    return text, plain.strip().lstrip("'’`").strip()


def _says_none(text: str) -> bool:
    return "?" not in text and all(word in _SAYS_NONE for word in vietnamese.search_key(text).split(" "))


def _whole_scientific(match: re.Match[str]) -> tuple[str, ...]:
    """The number, if no digit was lost (9.12345678E8 has all nine)."""
    digits = match[1] + (match[2] or "")
    verdict = phone_digits.judge(digits) if len(digits) == int(match[3]) + 1 else Verdict()
    return (verdict.e164,) if verdict.e164 else ()


def _gather(raw: str, parts: list[_Part], changes: tuple[str, ...]) -> Reading:
    numbers: dict[str, Number] = {}
    for part in parts:
        if part.verdict.e164 and part.verdict.kind:
            owner = owner_of(part.note)
            found = Number(part.verdict.e164, part.verdict.kind, changes + part.verdict.changes, owner)
            numbers.setdefault(found.e164, found)
    kept = tuple(numbers.values())
    problem = next((part.verdict.problem for part in parts if part.verdict.problem), None)
    return Reading(
        raw=raw,
        numbers=kept,
        kind=kept[0].kind if kept else None,
        changes=tuple(dict.fromkeys(change for number in kept for change in number.changes)),
        problem=problem or (None if kept else NOT_A_NUMBER),
        note=" ".join(part.note for part in parts if part.note),
        offer=tuple(part.verdict.offer for part in parts if part.verdict.offer),
    )


def _parts(text: str) -> Iterator[_Part]:
    """The numbers of the cell in their order. A sign between groups of one number does not part it."""
    if _ONE_NUMBER.fullmatch(text):  # nearly all cells: no words, no signs
        verdict = _judge(text.replace(" ", "").replace(".", ""))
        if verdict.problem != TOO_LONG:
            yield _Part(verdict)
            return
    pieces = [piece for piece in _BETWEEN_NUMBERS.split(text) if piece.strip()]
    read_pieces = [_read_piece(piece) for piece in pieces]
    if len(pieces) > 1 and not any(part.verdict.e164 for part in read_pieces):
        whole = _read_piece(_BETWEEN_NUMBERS.sub(" ", text))  # 0912/000/345, 0912,000,345
        if whole.verdict.e164:
            yield whole
            return
    for piece, part in zip(pieces, read_pieces, strict=True):
        if part.verdict.problem == TOO_LONG:
            yield from _split_long(piece, part)
        elif part.verdict != Verdict() or part.note:
            yield part


def _split_long(piece: str, whole: _Part) -> list[_Part]:
    """Two numbers with a dash or only a blank between them; the whole, too long as it is, when they are not."""
    halves = [half for half in _DASH.split(piece) if half.strip()]
    if len(halves) > 1 and all(sum(map(str.isdigit, half)) >= 8 for half in halves):
        return [_read_piece(half) for half in halves]
    tokens = piece.split()
    for cut in range(1, len(tokens)):
        left, right = _read_piece(" ".join(tokens[:cut])), _read_piece(" ".join(tokens[cut:]))
        if left.verdict.e164 and right.verdict.e164:
            return [left, right]
    return _among_words(piece) or [whole]


def _among_words(piece: str) -> list[_Part]:
    """Numbers with words between them, and small numbers that belong to the words: "Số 1: 0912… số 2: 0987…"."""
    found = list(_DIGITS.finditer(piece))
    sizes = [sum(map(str.isdigit, match[0])) for match in found]
    if not all(size >= _OF_A_NUMBER or size <= _OF_A_NOTE for size in sizes) or not any(
        map(str.isalpha, piece)
    ):
        return []
    numbers = [match for match, size in zip(found, sizes, strict=True) if size >= _OF_A_NUMBER]
    cuts = [0]
    for before, after in pairwise(numbers):
        closed = (
            piece.find(")", before.end(), after.start()) + 1
        )  # (vợ) right behind belongs to the number before
        cuts.append(closed if closed and "(" in piece[before.end() - 1 : closed] else before.end())
    parts = []
    for number, start, end in zip(numbers, cuts, [*cuts[1:], len(piece)], strict=True):
        words = " ".join(_WORD.findall(f"{piece[start : number.start()]} {piece[number.end() : end]}"))
        parts.append(replace(_read_piece(number[0]), note=words))
    return parts


def _read_piece(piece: str) -> _Part:
    """One number with its words. Lone letters such as OOO are digits if that makes a number, else words."""
    lone_letters_are_words = _read_tokens(piece, lone_letters=False)
    if lone_letters_are_words.verdict.e164:
        return lone_letters_are_words
    lone_letters_are_digits = _read_tokens(piece, lone_letters=True)
    helps = lone_letters_are_digits.verdict.problem in (None, LETTER_IN_NUMBER)
    return lone_letters_are_digits if helps else lone_letters_are_words


def _read_tokens(piece: str, lone_letters: bool) -> _Part:
    number, words = "", []
    for token in _TOKEN.findall(piece):
        if lone_letters and _ONLY_SAFE_LETTERS.fullmatch(token):
            number += token
        elif glued := _GLUED_LABEL.fullmatch(token):
            words += [word for word in (glued["before"], glued["after"]) if word]
            number += glued["number"]
        else:
            words.append(token)
    return _Part(_judge(number) if number else Verdict(), " ".join(words))


def _judge(number: str) -> Verdict:
    international = number.startswith("+")
    typed = number.lstrip("+")
    letters = [char for char in typed if not ("0" <= char <= "9")]
    if not letters:
        return phone_digits.judge(typed, international)
    repaired = "".join([_LIKELY_LETTERS.get(char, char) for char in typed])
    if not re.fullmatch("[0-9]+", repaired):
        return Verdict(problem=LETTER_IN_NUMBER)
    verdict = phone_digits.judge(repaired, international)
    if not verdict.e164:
        return Verdict(problem=LETTER_IN_NUMBER)
    if len(letters) <= _MOST_LETTERS and all(letter in _SAFE_LETTERS for letter in letters):
        changes = [
            f"{LETTER_IN_NUMBER} {letter}={_SAFE_LETTERS[letter]}" for letter in dict.fromkeys(letters)
        ]
        return replace(verdict, changes=(*changes, *verdict.changes))
    return Verdict(problem=LETTER_IN_NUMBER, offer=verdict.e164)


def _note_of(text: str) -> str:
    return vietnamese.one_line(text)


def shown(e164: str) -> str:
    """For the screen: ``+84912345678`` → ``0912 345 678``, ``+842193871234`` → ``0219 387 1234``."""
    return " ".join(_groups(e164)) or e164


def masked(e164: str) -> str:
    """Enough to recognise, not enough to call: ``0912 *** 678``. What is no number (deleted): ``***``."""
    if e164.startswith("x"):
        return "***"
    groups = _groups(e164)
    return f"{groups[0]} *** {groups[2]}" if groups else f"{e164[:4]} *** {e164[-2:]}"


def _groups(e164: str) -> tuple[str, ...]:
    national = "0" + e164.removeprefix("+84")
    if not e164.startswith("+84") or len(national) not in (10, 11):
        return ()
    area = (
        3 if national.startswith(("024", "028")) else 4
    )  # Hà Nội and the city of Hồ Chí Minh have two digits
    last = 3 if len(national) == 10 else 4
    return national[:area], national[area:-last], national[-last:]


def as_json(reading: Reading) -> dict[str, Any]:
    """One line of ``./loa phone-check --json``."""
    return {
        "raw": reading.raw,
        "e164": [number.e164 for number in reading.numbers],
        "kind": reading.kind,
        "changes": list(reading.changes),
        "problem": reading.problem,
        "offer": list(reading.offer),
        "note": reading.note,
        "owners": [number.owner for number in reading.numbers],
    }
