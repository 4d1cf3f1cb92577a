"""The name of a commune as people write it: with xã, huyện and tỉnh around it, its old name in brackets, in capitals.

Pure: what was written is taken apart here; which commune it is, is decided in areas.py.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from service.text.vietnamese import nfc, one_line, search_key

DISTRICT, PROVINCE = "district", "province"
COUNTRY = "viet nam"

_COMMUNE = re.compile(r"(?:xã|thị trấn|phường|đặc khu|t\.?\s?t\.?|x|p)(?:[.:\s]+)")
_COMMUNE_ASCII = re.compile(r"(?:xa|thi tran|phuong|dac khu)\s+")
_HAMLET = re.compile(r"(?:thôn|bản|tổ|xóm|khu|làng|t\.)\s*\S")
_AROUND = (
    (DISTRICT, re.compile(r"(?:huyện|thị xã|quận|h\.|tx\.)\s*")),
    (PROVINCE, re.compile(r"(?:tỉnh|thành phố|tp\.|tp )\s*")),
)
_FORMER = re.compile(r"(?:nay là|trước là|trước đây là|tên cũ|cũ|mới)[:\s]+|\s+(?:cũ|mới)$")
_OLD = re.compile(r"\s+(?:cũ)$|^cũ$")
_AGE = re.compile(r"\s+(?:cũ|mới)$")
_BRACKETS = re.compile(r"[(\[]([^()\[\]]*)[)\]]?")
_BETWEEN = re.compile(r"[,;/|]|\s[-–—]\s|\s[-–—](?=\S)|(?<=\S)[-–—]\s")
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")


@dataclass(frozen=True)
class Written:
    """What was written of a commune.

    ``keys``: what to look for, the likeliest first. ``toned``: the name with its marks. ``around``: the districts and
    provinces it was said to lie in, as (kind, key). ``also``: other names that must belong to the same place.
    ``remarks``: words in brackets, which may be a place or anything. ``former``: what it was said to be called before.
    """

    keys: tuple[str, ...] = ()
    toned: str = ""
    old: bool = False
    around: tuple[tuple[str, str], ...] = ()
    also: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    former: tuple[str, ...] = ()


@dataclass(frozen=True)
class Candidate:
    """A unit of that name. ``lead``: the unit of today it leads to. ``around``: what it lies in, is part of or made of."""

    lead: int | None
    toned: str
    ended: bool
    home: bool
    around: frozenset[tuple[str, str]]

    def lies_in(self, kind: str, key: str) -> bool:
        """May it? A district nobody told us of cannot contradict."""
        known = {name for its_kind, name in self.around if its_kind == kind}
        return not known or key in known

    def knows(self, key: str) -> bool:
        return any(name == key for _kind, name in self.around)


def decide(written: Written, found: Sequence[Candidate], before: Sequence[Candidate]) -> int | None:
    """Which unit of today was meant. ``before``: the units of the old name in brackets. None when it is not decidable.

    What was written beside the name excludes; then remarks, marks, "cũ" and the area of work decide between several.
    """
    if before:
        leads = {one.lead for one in before}
        found = [one for one in found if one.lead in leads] if found else before
    found = [one for one in found if all(one.lies_in(kind, key) for kind, key in written.around)]
    found = [one for one in found if all(one.knows(key) for key in written.also)]
    for narrow in (
        lambda one: any(one.knows(key) for key in written.remarks),
        lambda one: one.toned == written.toned,
        lambda one: one.ended and written.old,
        lambda one: one.home,
    ):
        if len({one.lead for one in found}) > 1:
            found = list(filter(narrow, found)) or found
    leads = {one.lead for one in found}
    return next(iter(leads)) if len(leads) == 1 else None


def read(text: str) -> Written:
    text = one_line(text).casefold()
    inside = [part.strip(" .") for part in _BRACKETS.findall(text)]
    parts = [part.strip(" .-–—") for part in _BETWEEN.split(_BRACKETS.sub(" ", text))]
    parts = [part for part in parts if part]
    if not parts:
        return Written()
    place = _place_of_name(parts)
    name, behind = parts[place], parts[place + 1 :]
    around = tuple(found for part in behind + inside if (found := _around(part)))
    return Written(
        keys=_keys(name),
        toned=toned(_AGE.sub("", without_prefix(name))),
        old=bool(_OLD.search(name)) or "cũ" in inside,
        around=around,
        also=tuple(key for part in behind if not _around(part) and (key := commune_key(part)) != COUNTRY),
        remarks=tuple(search_key(part) for part in inside if not _around(part) and not _FORMER.search(part)),
        former=tuple(
            commune_key(_FORMER.sub("", part)) for part in inside if _FORMER.search(part) and part != "cũ"
        ),
    )


def _place_of_name(parts: list[str]) -> int:
    """Which part is the commune: the one that says so, else the first that is no hamlet."""
    for place, part in enumerate(parts):
        if _COMMUNE.match(part) or (part.isascii() and _COMMUNE_ASCII.match(part)):
            return place
    plain = [place for place, part in enumerate(parts) if not _HAMLET.match(part)]
    return plain[0] if plain else 0


def _around(part: str) -> tuple[str, str] | None:
    for kind, words in _AROUND:
        if words.match(part):
            return kind, search_key(words.sub("", part, count=1))
    return None


def _keys(name: str) -> tuple[str, ...]:
    """A name may begin with what looks like a word for commune (Xà Phìn, typed Xa Phin) or end with one for new."""
    keys = [commune_key(name), search_key(name), search_key(_AGE.sub("", without_prefix(name)))]
    if name.isascii():
        plain = _COMMUNE_ASCII.sub("", name, count=1) if _COMMUNE_ASCII.match(name) else name
        keys += [search_key(plain), search_key(re.sub(r"\s+(?:cu|moi)$", "", plain))]
    return tuple(dict.fromkeys(key for key in keys if key))


def without_prefix(name: str) -> str:
    """``"Thị trấn Mèo Vạc"`` → ``"mèo vạc"``; of a name that is nothing but such a word nothing is left."""
    name = one_line(name).casefold()
    return _COMMUNE.sub("", name + " ", count=1).strip() if _COMMUNE.match(name + " ") else name


@lru_cache(4096)
def commune_key(name: str) -> str:
    """What is compared of a commune's name: no marks, without the word xã or thị trấn."""
    return search_key(without_prefix(name))


@lru_cache(4096)
def around_key(name: str) -> str:
    """What is compared of a district's or province's name."""
    name = one_line(name).casefold()
    found = _around(name)
    return found[1] if found else search_key(name)


@lru_cache(4096)
def toned(name: str) -> str:
    """Equal for two spellings of one name: its tones count, the letter that carries them does not (Hoà, Hòa)."""
    return " ".join([_tone_last(word) for word in one_line(name).casefold().replace("ð", "đ").split()])


def _tone_last(word: str) -> str:
    letters = unicodedata.normalize("NFD", word)
    tones = [char for char in letters if char in _TONES]
    return nfc("".join([char for char in letters if char not in _TONES])) + "".join(tones)


@lru_cache(4096)
def hamlet_key(name: str) -> str:
    """What is compared of a hamlet's name: without accents and without the word Thôn."""
    key = search_key(name)
    return key.removeprefix("thon ").strip() or key
