"""Names in the cells of a list: of people, hamlets and communes, as they are kept."""

from __future__ import annotations

import re
from functools import lru_cache

from service.registry import place_lines
from service.text.vietnamese import one_line, title_name

LONGEST_HAMLET = 100
_HAMLET = re.compile(r"(?:th[ôo]n\s*[:.]?\s+|t\.\s*)(?=\S)", re.IGNORECASE)
_NUMBERING = re.compile(r"^\(?\d{1,4}\s*[.)\-/:]\s*(?=\D)")


@lru_cache(4096)
def person_name(text: str) -> str:
    """A name as it is written, without the running number that some put before it."""
    return title_name(_NUMBERING.sub("", one_line(text)))


@lru_cache(4096)
def commune_code(text: str) -> str:
    """Five digits; a spreadsheet's number has lost the noughts before them."""
    digits = re.sub(r"\.0+$", "", one_line(text))
    return digits.zfill(5) if digits.isascii() and digits.isdigit() else digits[:10]


@lru_cache(4096)
def hamlet_name(text: str) -> str:
    """The name of a hamlet without the word Thôn; Bản, Xóm and Tổ belong to the name."""
    name = one_line(text)[:LONGEST_HAMLET]
    if not any(char.isalnum() for char in name):
        return ""
    if name.isupper() and sum(char.isalpha() for char in name) > 2:
        name = title_name(name)
    return _HAMLET.sub("", name, count=1) if _HAMLET.match(name) else name


@lru_cache(4096)
def hamlet_of_address(text: str) -> str:
    """ "Thôn Trà Mần, xã Sơn Vĩ" → "Trà Mần"."""
    return hamlet_name(place_lines.hamlet_in(text))
