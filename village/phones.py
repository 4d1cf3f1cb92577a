"""The phones of the village: for each number its last messages and whether it has asked to be left alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from village.calls import Call
from village.messages import Answer, Message

THREAD = 12  # messages on the screen of one phone
KEPT = 100_000
# Twilio's own keywords: after one of the first, messages to the phone are refused with 21610 until one of the second.
STOP_WORDS = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"})
START_WORDS = frozenset({"START", "YES", "UNSTOP"})


@dataclass(slots=True, eq=False)
class Phone:
    """``answered_at`` is a monotonic time; ``version`` changes with everything that is seen on its screen."""

    number: str
    thread: list[Message | Answer | Call] = field(default_factory=list)
    answered_at: float | None = None
    opted_out: bool = False
    version: int = 0

    def hear_keyword(self, text: str) -> None:
        word = text.strip().upper()
        if word in STOP_WORDS:
            self.opted_out = True
        elif word in START_WORDS:
            self.opted_out = False


@dataclass
class PhoneBook:
    """Phones in the order of their last conversation."""

    version: int = 0
    _phones: dict[str, Phone] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._phones)

    def get(self, number: str) -> Phone | None:
        return self._phones.get(number)

    def show(self, number: str, item: Message | Answer | Call) -> Phone:
        """Put a message, an answer or a call on the phone's screen; its conversation is now the newest."""
        phone = self._phones.pop(number, None) or Phone(number)
        self._phones[number] = phone
        phone.thread.append(item)
        del phone.thread[:-THREAD]
        self.touch(phone)
        if len(self._phones) > KEPT:
            del self._phones[next(iter(self._phones))]
        return phone

    def touch(self, phone: Phone) -> None:
        """Something on this screen has changed."""
        self.version += 1
        phone.version = self.version

    def changed(self, number: str) -> None:
        phone = self._phones.get(number)
        if phone is not None:
            self.touch(phone)

    def latest(self, many: int, containing: str = "") -> list[Phone]:
        """The phones with the newest conversations, of those whose number contains these digits."""
        return list(islice(self._matching(containing), many))

    def _matching(self, containing: str) -> Iterator[Phone]:
        return (phone for number, phone in reversed(self._phones.items()) if containing in number)
