"""What is going on in an answered call: the document being followed, and what the phone hears of it."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from village import twiml
from village.calls import Call, Heard
from village.errors import TwimlError
from village.exchange import Exchange, fields_of
from village.line import Key, Script

MOST_DOCUMENTS = 50  # one that redirects to itself would otherwise never end
KEY_GAP = 0.4  # seconds between two keys of a villager
SORRY = "We are sorry, an application error has occurred. Goodbye."
LETTERS_PER_SECOND = 14.0  # of a Vietnamese voice, measured roughly
METHODS = ("POST", "GET")


class BargedIn(Exception):
    """A key interrupts what is being said."""

    def __init__(self, key: Key) -> None:
        super().__init__(key.digit)
        self.key = key


class Conversation:
    def __init__(self, exchange: Exchange, call: Call) -> None:
        self.exchange, self.call, self.line = exchange, call, call.line
        self.script = call.wish.script  # the document being followed
        self.gathering = False
        self.pressed: list[Key] = []  # keys that the next request carries
        self._documents = 0
        self._questions = 0

    async def document(self, script: Script) -> list[Element]:
        """The verbs of this script. Raises TwimlError."""
        self.script = script
        self._documents += 1
        if self._documents > MOST_DOCUMENTS:
            raise TwimlError(11215, f"more than {MOST_DOCUMENTS} documents in one call")
        if not script.url:
            return twiml.script(script.twiml)
        keys, self.pressed = self.pressed, []
        fields = fields_of(self.call) | dict(script.fields)
        try:
            found = await self.line.during(self.exchange.fetcher.twiml(script.method, script.url, fields))
        except TwimlError:
            self._mark(keys, "failed")
            raise
        self._mark(keys, "received")
        return twiml.read(found.content_type, found.body.decode("utf-8", "replace"), script.url)

    def _mark(self, keys: list[Key], hook: str) -> None:
        for key in keys:
            key.hook = hook

    def after(self, problem: TwimlError) -> Script | None:
        """Note what went wrong; the fallback address, if there is one that has not failed itself."""
        self.call.problems.append((problem.code, problem.message))
        fallback = self.call.wish.fallback
        if not fallback.url or self.script.url == fallback.url:
            return None
        fields = (("ErrorCode", str(problem.code)), ("ErrorUrl", self.script.url))
        return Script(fallback.url, fallback.method, fields=fields)

    def next_script(self, verb: Element, given: str | None, fields: dict[str, str] | None = None) -> Script:
        """The script at an address of this document; without one it is the document itself."""
        method = twiml.one_of(verb, "method", *METHODS)
        url = twiml.address(self.script.url, given or "")
        return Script(url, method, fields=tuple((fields or {}).items()))

    async def sound(self, heard: Heard, times: int = 1) -> None:
        """Play something, and pass its time. Within <Gather> a key breaks it off."""
        self.call.heard.append(heard)
        self.exchange.phones.changed(self.call.phone)
        await self.pass_time(heard.seconds * times)

    async def pass_time(self, seconds: float) -> None:
        if not self.gathering:
            await self.line.wait(seconds)
        elif (key := await self.line.listen(seconds)) is not None:
            raise BargedIn(key)

    def ask(self) -> None:
        """A question begins: earlier keys do not count, and the villager makes up his or her mind."""
        self.line.clear_keys()
        kind, place = self.call.kind, self._questions
        self._questions += 1
        keys = kind.keys[place] if place < len(kind.keys) else ""
        usual = self.exchange.habits.spread(self.call.phone, "key_seconds")
        self.line.expect(keys, usual if kind.after is None else kind.after, KEY_GAP)


def spoken(text: str) -> float:
    """Seconds that a voice takes for this text."""
    return max(1.0, len(text) / LETTERS_PER_SECOND)
