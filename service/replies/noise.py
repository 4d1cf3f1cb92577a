"""What comes in and is nobody's answer: operators' notices, machines that answer machines, our own messages coming back."""

from __future__ import annotations

import re
from datetime import timedelta

from service.settings import Twilio
from service.text.vietnamese import search_key

AUTOMATIC, SERVICE, OWN, LOOP = "automatic", "service", "own", "loop"
MACHINES = (AUTOMATIC, SERVICE, OWN)  # nothing follows from these; from a loop, what follows from one of it
WITHIN = timedelta(hours=1)
MOST_ALIKE = 3  # a person who is not answered says it three times; what says it a fourth time is a machine

_NAME_OR_SHORT = re.compile(r"(?=.*[A-Za-z]).{2,}|\d{3,6}")
_FIGURES = re.compile(r"\d+(?:[.,:]\d+)*")


def sender(number: str, unknown: bool, ours: Twilio) -> str:
    """OWN for our own numbers, SERVICE for a name ("Viettel") or a short code ("191"): villagers have neither.

    A foreign number is neither: it may be a villager who went to work there.
    """
    if number in (ours.sms_from, ours.voice_from):
        return OWN
    return SERVICE if unknown and _NAME_OR_SHORT.fullmatch(number) else ""


def form(text: str) -> str:
    """Texts that differ in figures, accents or capitals only are alike: "còn 2.000d", "còn 1.800d"."""
    return _FIGURES.sub("0", search_key(text)) if len(text) > 3 else search_key(text)
