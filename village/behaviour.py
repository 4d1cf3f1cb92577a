"""How villagers behave: a table of kinds with shares, and for each phone one of them by seed and number alone."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from village import wishes
from village.call_habits import NAMES, CallHabits


@dataclass(frozen=True)
class Kind:
    """``final`` and ``code`` say how a message ends; ``answers`` is what comes back, one of them by number."""

    final: str = "delivered"
    code: int | None = None
    answers: tuple[str, ...] = ()
    refused: int | None = None


KINDS: dict[str, Kind] = {
    "silent": Kind(),
    "answers_1": Kind(answers=("1",)),
    "answers_co": Kind(answers=("co",)),
    "answers_co_accented": Kind(answers=("Có",)),
    "answers_no": Kind(answers=("khong di",)),
    "answers_stop": Kind(answers=("TC",)),
    "answers_unclear": Kind(answers=("ai the", "de hoi vo da", "luong bao nhieu", "may nhan nham roi")),
    "unreachable": Kind("undelivered", 30003),
    "dead": Kind("undelivered", 30005),
    "dead_landline": Kind("undelivered", 30006),
    "filtered": Kind("undelivered", 30007),
    "network_failed": Kind("failed", 30008),
    "blocked": Kind(refused=21610),
    "not_mobile": Kind(refused=21614),
}
SHARES: dict[str, float] = {
    "silent": 0.50,
    "answers_1": 0.14,
    "answers_co": 0.08,
    "answers_co_accented": 0.04,
    "answers_no": 0.06,
    "answers_stop": 0.03,
    "answers_unclear": 0.05,
    "unreachable": 0.07,
    "dead": 0.02,
    "dead_landline": 0.01,
}
SECONDS: dict[str, float] = {
    "deliver_seconds": 1.0,  # from accepted to delivered, in the middle; each message takes half to one and a half
    "answer_seconds": 20.0,  # from delivered to the answer, likewise
    "quiet_seconds": 60.0,  # who has just answered does not answer what comes back
}
LONGEST = 86_400.0


class Habits:
    """The table in force. ``seed`` and a number give the same villager on every run."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.shares = dict(SHARES)
        self.seconds = dict(SECONDS)
        self.phones: dict[str, str] = {}
        self.texts: dict[str, str] = {}
        self.calls = CallHabits(self.fraction)

    def name_of(self, number: str) -> str:
        """The kind of this phone: what it was told to be, or its place in the shares."""
        told = self.phones.get(number)
        if told:
            return told
        return wishes.drawn(self.shares, self.fraction(number, "kind"), "silent")

    def of(self, number: str) -> Kind:
        text = self.texts.get(number)
        return Kind(answers=(text,)) if text is not None else KINDS[self.name_of(number)]

    def answer_of(self, number: str) -> str | None:
        """What this phone answers, or None when it keeps silent."""
        answers = self.of(number).answers
        return answers[int(self.fraction(number, "answer") * len(answers))] if answers else None

    def fraction(self, number: str, purpose: str) -> float:
        """An even number in [0, 1) that depends on seed, number and purpose alone."""
        digest = hashlib.blake2b(f"{self.seed}:{purpose}:{number}".encode(), digest_size=8).digest()
        return int.from_bytes(digest, "big") / 2**64

    def spread(self, number: str, seconds: str) -> float:
        """A time around the middle value of this setting: half to one and a half of it."""
        return self.seconds[seconds] * (0.5 + self.fraction(number, seconds))

    def change(self, wish: object) -> None:
        """Apply a JSON wish as a whole or not at all. Raises ValueError with one sentence.

        ``{"phones": {"+84912000345": "answers_1", "+84912000346": {"answers": "de mai"}, "+84912000347": null},
        "shares": {"silent": 1}, "answer_seconds": 2}``; null makes a phone ordinary again, shares are replaced
        as a table (what is missing to 1 keeps silent). ``call_phones``, ``call_shares`` and the times of calls
        likewise, see ``village/call_habits.py``.
        """
        if not isinstance(wish, Mapping):
            raise ValueError("behaviour must be a JSON object.")
        unknown = set(wish) - {"phones", "shares", *SECONDS, *NAMES}
        if unknown:
            raise ValueError(f"unknown: {', '.join(sorted(map(str, unknown)))}.")
        phones = wishes.phones("phones", wish.get("phones", {}), _read_wish)
        shares = wishes.shares("shares", wish["shares"], KINDS) if "shares" in wish else self.shares
        seconds = {name: wishes.amount(name, wish[name], LONGEST) for name in SECONDS if name in wish}
        self.calls.apply(self.calls.read(wish))
        self.shares, self.seconds = shares, self.seconds | seconds
        for number, (name, text) in phones.items():
            self._tell(number, name, text)

    def _tell(self, number: str, name: str | None, text: str | None) -> None:
        self.phones.pop(number, None)
        self.texts.pop(number, None)
        if name is not None:
            self.phones[number] = name
        if text is not None:
            self.texts[number] = text

    def as_json(self) -> dict[str, object]:
        told: dict[str, object] = {**self.phones, **{n: {"answers": text} for n, text in self.texts.items()}}
        return {
            "seed": self.seed,
            "kinds": list(KINDS),
            "shares": self.shares,
            **self.seconds,
            "phones": told,
            **self.calls.as_json(),
        }


def _read_wish(wish: object) -> tuple[str | None, str | None]:
    if wish is None:
        return None, None
    if isinstance(wish, str) and wish in KINDS:
        return wish, None
    if isinstance(wish, Mapping) and set(wish) == {"answers"} and isinstance(wish["answers"], str):
        wish["answers"].encode()  # half a surrogate pair cannot be sent: a ValueError too
        return None, wish["answers"]
    raise ValueError(f'{wish!r} is not a behaviour; known: {", ".join(KINDS)}, or {{"answers": "text"}}.')
