"""What a key means that somebody pressed during our call. Nothing is guessed: the call said what each is for."""

from __future__ import annotations

from service.campaigns.dialogue import GOODBYES, LANGUAGE, WHO
from service.campaigns.voice_notices import INTERESTED, KEYS, OFFICER, STOP
from service.carriers.base import Incoming
from service.carriers.calls import CallAsks, KeyPressed
from service.replies.reader import Meaning
from service.sending import on_the_phone
from service.sending.on_the_phone import Talk

KEY = "key"
OFFICER_KEY = next(key for key, meaning in KEYS.items() if meaning == OFFICER)
# In the words of replies. Whoever wants to talk to the officer is owed a call.
MEANINGS = {INTERESTED: "interested", STOP: "stop", OFFICER: "question"}


def answer(asks: CallAsks, call: Talk) -> Incoming | None:
    """The reply that a key in our call is; none for what is no answer: to hear it again, a language, a key that was not
    offered. Each key of a call is one reply, however often the carrier tells of it."""
    if not isinstance(asks, KeyPressed):
        return None
    about = on_the_phone.asked(asks).about
    if about == LANGUAGE:
        return None
    if about == WHO:
        person = on_the_phone.chosen_person(asks, call)
        return None if person is None else _reply(asks, name(asks, f"{WHO}:{asks.keys}"), person)
    means_something = KEYS.get(asks.keys) in MEANINGS and on_the_phone.is_offered(asks.keys, call.said)
    return _reply(asks, name(asks, asks.keys)) if means_something else None


def name(call: CallAsks, key: str) -> str:
    """What the reply is known by: one for each key of a call."""
    return f"{call.carrier_id}:{key}"


def _reply(asks: KeyPressed, known_by: str, person_id: int | None = None) -> Incoming:
    return Incoming(asks.carrier, known_by, KEY, asks.number, asks.keys, asks.token, person_id)


def thanks(answer: Incoming | None) -> str:
    """The prompt with which a call ends of which nothing more can be read: its key is safe, or there was none."""
    meaning = KEYS.get(answer.text, "") if answer is not None and answer.person_id is None else ""
    return GOODBYES.get(meaning, "not_now")


def read(keys: str, person_id: int | None) -> Meaning:
    """The meaning of one key."""
    if person_id is not None:
        return Meaning("interested", 1.0, f"key {keys}: who wants to go")
    meaning = MEANINGS.get(KEYS.get(keys, ""), "unclear")
    return Meaning(meaning, 1.0, f"key {keys}")
