"""Whose phone is it? The words beside a number: "vợ", "con trai", "gọi nhờ trưởng thôn"."""

from __future__ import annotations

import re
from functools import lru_cache

from service.text.vietnamese import one_line, search_key

LONGEST = 60


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_OWNERS = re.compile(
    r"\b(vo|chong|con|bo|me|cha|ba|ma|ong|anh|chi|em|co|chu|bac|di|cau|mo|ong ba|bo me|chau|dau|re|nguoi nha|nguoi than|gia dinh"
    r"|truong thon|truong ban|truong xom|thon truong|pho thon|pho ban|bi thu|chu ho|hang xom|ban|nha ben|can bo|cong an vien"
    r"|to truong|chu nha|ho hang|nha chong|nha vo|y te thon|giao vien|chu tich|chi hoi truong)\b"
)
# Words that say what the number is or how to use it, not whose it is
_LABELS = _words(
    "dt dd sdt so may nha dien thoai di dong tel zalo viber facebook fb goi nho qua cho lien he lien lac lh la cua hoac va khi"
    " can bao gap nghe nhan giup tu toi theo sms voi chung phu chinh moi cu rieng dung gui"
)
_MEANT = {"co": "cô", "ban": "bạn", "di": "dì", "ma": "má"}  # có is yes, bán is to sell, đi is to go


@lru_cache(4096)
def owner_of(words: str) -> str:
    """The owner among these words, as written; empty when they name none (``"zalo"``, ``"ĐT"``)."""
    kept = [word for word in re.split(r"[\s,;:.()\[\]\-–—/]+", one_line(words)) if word]
    while kept and search_key(kept[0]) in _LABELS:
        kept.pop(0)
    while kept and search_key(kept[-1]) in _LABELS:
        kept.pop()
    text = " ".join(kept)
    match = _OWNERS.search(search_key(text))
    if match is None or _MEANT.get(match[1], "") not in ("", *text.casefold().split()):
        return ""
    return text[:LONGEST]
