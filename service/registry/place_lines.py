"""Places named in a line of a list: "II. XÃ XÍN CÁI (25 người)", "Thôn Trà Mần, xã Sơn Vĩ", "UBND XÃ SƠN VĨ"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from service.registry import areas
from service.registry.areas import Area
from service.registry.headings import COMMUNE, HAMLET
from service.text.vietnamese import one_line

_BULLET = re.compile(r"^\s*(?:(?:[IVX]{1,5}|[A-H]|\d{1,2})\s*[.)/:\-]\s*|[*+\-•]\s*)+")
_NAME = r"([^,;:()\[\]\d./–-]+(?:\s\d{1,2}\b)?)"
_COMMUNE = re.compile(rf"(?<!\w)(?:xã|xa|thị trấn|thi tran|tt\.?)\s*[:.]?\s+{_NAME}", re.IGNORECASE)
_HAMLET = re.compile(
    rf"(?<!\w)((?:thôn|thon|bản|ban|xóm|xom|tổ dân phố|tổ|to|khu|làng|lang|ấp)\s*[:.]?\s+{_NAME})",
    re.IGNORECASE,
)


def places_in(cells: Sequence[str]) -> dict[str, str]:
    """The commune and the hamlet that a section's title names, as written; empty when it names none."""
    text = _BULLET.sub("", one_line(" ".join(cells)[:300]))
    found: dict[str, str] = {}
    if hamlet := _HAMLET.match(text):
        found[HAMLET] = one_line(hamlet[1])
        text = text[hamlet.end() :]
    if commune := commune_in(text):
        found[COMMUNE] = commune
    elif not found and len(text) <= 40 and areas.commune_by_name(text) is not None:
        found[COMMUNE] = text
    return found


def commune_in(text: str) -> str:
    """The first known commune after the word xã or thị trấn."""
    for match in _COMMUNE.finditer(text):
        words = match[1].split()
        for count in range(min(len(words), 4), 0, -1):
            name = " ".join(words[:count])
            if areas.commune_by_name(name) is not None:
                return name
    return ""


def hamlet_in(text: str) -> str:
    """The hamlet in an address: what begins with such a word, else what stands before the commune."""
    parts = [part.strip() for part in re.split(r"[,;]|\s[-–]\s", one_line(text[:300])) if part.strip()]
    for part in parts:
        if _HAMLET.match(part):
            return part
    if len(parts) > 1 and not _COMMUNE.match(parts[0]) and areas.commune_by_name(parts[0]) is None:
        return parts[0]
    return ""


def of_titles(titles: Sequence[str]) -> Area | None:
    """The one commune that the lines above a list name."""
    found = {
        area.id: area
        for text in titles
        if (name := commune_in(one_line(text[:300]))) and (area := areas.commune_by_name(name))
    }
    return next(iter(found.values())) if len(found) == 1 else None
