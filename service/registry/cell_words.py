"""What the words in the cells of a list mean: one table for each kind of answer."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TypeVar

from service.registry.people import FEMALE, MALE
from service.text.vietnamese import search_key

T = TypeVar("T")
key_of = lru_cache(8192)(search_key)  # the same few words stand in every row


def _table(rows: dict[T, str]) -> dict[str, T]:
    return {words.strip(): meant for meant, all_words in rows.items() for words in all_words.split("|")}


# None: not asked yet
CONSENT: dict[str, bool | None] = _table(
    {
        True: "co|x|dong y|yes|y|dong|true|1|v|da dong y|nhat tri|d y|dy|ok|co dong y|da ky|chap thuan|da ky ten|dang ky|xx"
        "|vang|duoc|da dang ky|co nhan tin|dong y nhan tin|hoan toan dong y|chap nhan|co nhan|nhan",
        False: "khong|k|ko|no|n|khong dong y|false|0|kh|k dong y|ko dong y|tu choi|khong nhan|khong nhan tin|kdy|kg|khg"
        "|khong chap thuan|khong ky|ko nhan|khong nhat tri|khong chap nhan|k nhan",
        None: "chua|chua hoi|chua ro|chua tra loi|chua biet|khong ro|chua xac dinh|chua co y kien",
    }
)
GENDER = _table(
    {MALE: "nam|trai|m|male|ong|anh|con trai|dan ong", FEMALE: "nu|gai|f|female|ba|chi|con gai|phu nu|dan ba"}
)
LANGUAGE = _table(
    {
        "hmn": "mong|hmong|h mong|meo|hmn|mong trang|mong hoa|mong den",
        "tay-nung": "tay|nung|tay nung|nung tay",
        "vi": "kinh|viet|pho thong|viet nam|vi|quoc ngu",
        "dao": "dao",
        "giay": "giay|nhang",
        "lolo": "lo lo|lolo",
    }
)
# Found anywhere in the cell, as whole words
SKILLS = {
    "sewing": "may|may mac|tho may|cat may|theu",
    "building": "xay|tho xay|xay dung|phu ho|ne|tho ne|phu xay|son tuong|be tong",
    "welding": "han|tho han|co khi",
    "carpentry": "moc|tho moc|go",
    "electrical": "dien|tho dien|dien dan dung|dien nuoc|dien tu|dien lanh",
    "driving": "lai xe|tai xe|lai may|lai o to|lai may xuc",
    "cooking": "nau an|dau bep|phu bep|nau bep",
    "farming": "lam ruong|nong nghiep|trong trot|lam nuong|nong dan|trong rung|lam nong|trong cay",
    "livestock": "chan nuoi|thu y|nuoi lon|nuoi bo|nuoi ga|nuoi ong",
    "factory": "cong nhan|nha may|khu cong nghiep|lap rap|dong goi|giay da",
    "housework": "giup viec|noi tro|giup viec nha|trong tre|don dep",
    "reads_vietnamese": "biet chu|biet doc|doc duoc|doc viet duoc|biet doc biet viet",
}
WISHES = {
    "in_province": "trong tinh|gan nha|tai dia phuong|trong huyen|o que|tai cho|trong xa",
    "elsewhere": "ngoai tinh|tinh khac|bac ninh|bac giang|ha noi|binh duong|hai phong|thai nguyen|mien nam|xa nha",
    "abroad": "nuoc ngoai|xuat khau|xkld|dai loan|nhat ban|han quoc|malaysia|rap xe ut|a rap|trung quoc",
    "seasonal": "thoi vu|ngan han|theo mua|mua vu",
    "training": "hoc nghe|dao tao|dao tao nghe|tap huan|boi duong",
}
_NOT_SAID = frozenset({"", "khong", "khong co", "chua", "chua co", "khong ro", "khong biet", "k", "ko"})
TICKS = "✓✔☑√"
MARKS = frozenset("✓✔☑√✗✘+*•●")
_NO_MARK = frozenset({"", "0", "khong", "k", "ko"})


def _patterns(table: dict[str, str]) -> dict[str, re.Pattern[str]]:
    return {code: re.compile(rf"\b(?:{words})\b") for code, words in table.items()}


_SKILLS, _WISHES = _patterns(SKILLS), _patterns(WISHES)


def skills_in(cell: str) -> tuple[list[str], bool]:
    """The skills that a cell names, and whether that is all that it can mean."""
    return _codes(key_of(cell), _SKILLS)


def wishes_in(cell: str) -> tuple[list[str], bool]:
    return _codes(key_of(cell), _WISHES)


def _codes(key: str, patterns: dict[str, re.Pattern[str]]) -> tuple[list[str], bool]:
    found = [code for code, words in patterns.items() if words.search(key)]
    return found, bool(found) or key in _NOT_SAID


def is_marked(cell: str) -> bool:
    """x, ✓, + and the like under Nam or Nữ; a dash, a nought or "không" is no mark."""
    text = cell.strip(" \t\u00a0-–—._")
    return bool(text) and (text in MARKS or key_of(text) not in _NO_MARK)


def gender_of(cell: str) -> str | None:
    return GENDER.get(key_of(cell))


def language_of(cell: str) -> str | None:
    key = key_of(cell).removeprefix("tieng ").removeprefix("dan toc ")
    return LANGUAGE.get(key)


def says_nothing(cell: str) -> bool:
    """Empty, a dash, or a word for "not known"."""
    return key_of(cell) in _NOT_SAID


def consent_of(cell: str) -> tuple[bool | None, bool]:
    """Yes, no or not asked; and whether the cell says one of them at all."""
    text = cell.strip(" \t\u00a0-–—._")
    if not text or text in TICKS:
        return (True if text else None), True
    key = key_of(text)
    return CONSENT.get(key), key in CONSENT
