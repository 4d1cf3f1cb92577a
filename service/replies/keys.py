"""What a key means that somebody pressed during our call. Nothing is guessed: the call said what each is for."""

from __future__ import annotations

from service.campaigns.voice_notices import INTERESTED, KEYS, OFFICER, STOP
from service.replies.reader import Meaning

# In the words of replies. Whoever wants to talk to the officer is owed a call.
MEANINGS = {INTERESTED: "interested", STOP: "stop", OFFICER: "question"}


def says_something(keys: str) -> bool:
    """Is it an answer? To hear it again is none, nor is a key that was not offered."""
    return KEYS.get(keys) in MEANINGS


def read(keys: str) -> Meaning:
    """The meaning of one key."""
    meaning = MEANINGS.get(KEYS.get(keys, ""), "unclear")
    return Meaning(meaning, 1.0, f"key {keys}")
