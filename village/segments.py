"""How many parts an SMS takes: GSM 03.38 in septets, everything else in UTF-16 units."""

from __future__ import annotations

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("\f^{}\\[~]|€")  # each is an escape and a letter: two septets


def count(text: str) -> int:
    """Parts of this text: 160 or 153 septets each, or 70 or 67 UTF-16 units. An empty text is one part."""
    if all(letter in BASIC or letter in EXTENDED for letter in text):
        return _parts([2 if letter in EXTENDED else 1 for letter in text], alone=160, joined=153)
    return _parts([2 if ord(letter) > 0xFFFF else 1 for letter in text], alone=70, joined=67)


def _parts(costs: list[int], *, alone: int, joined: int) -> int:
    """Filled part by part: neither an escape pair nor a surrogate pair is cut in two."""
    if sum(costs) <= alone:
        return 1
    parts, room = 1, joined
    for cost in costs:
        if cost > room:
            parts, room = parts + 1, joined
        room -= cost
    return parts
