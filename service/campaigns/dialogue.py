"""The dialogue of a call: what is said first, and what after each key. Pure; a carrier renders the scripts.

A call begins with the office's name and that a machine speaks. Where nobody knows which language is spoken, that is asked.
The notice is said twice, with the menu after it, and a key may be pressed at any moment. Whoever presses a wrong one, or
none, is asked once more; then the call ends kindly. Who wants to go is asked where several people share the phone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from service.campaigns import voice_notices
from service.campaigns.voice_notices import AGAIN, INTERESTED, LANGUAGE_KEYS, OFFICER, STOP, VoiceNotice
from service.carriers.speech import CONNECTION, KEY, Ask, Connect, HangUp, Pause, Play, Say, Script
from service.text import spoken

MOST_ROUNDS = 3  # a menu is said so often; nobody is kept on the line for ever
MOST_WHO = 2  # and the question of who wants to go: the officer asks anyway
WAIT_S = 6
GOODBYES = {INTERESTED: "goodbye_interested", STOP: "goodbye_stop", OFFICER: "goodbye_officer"}
OPENING, NOTICE = "opening", "notice"
LANGUAGE_KEY, WHO_PERSON = "language_key", "who_person"  # said once for each language, and for each person
QUESTIONS = ("language_question", "who_question", "connecting")
PROMPTS = ("wrong_key", "silence", "goodbye_nothing", "stopped", *GOODBYES.values(), *QUESTIONS)
MENU, LANGUAGE, WHO = "menu", "language", "who"  # what a key answers
ABOUT = (MENU, LANGUAGE, WHO)


class Words(NamedTuple):
    """What one call says: ``opening`` and ``notice`` to these people, ``prompts`` to everybody, by their names; ``menu``
    (names of prompts) and ``keys`` in the order in which they are explained. ``sounds``: where recordings of some of them
    lie, by name; these are played instead.

    ``languages``: those that it can go on in, by where a recording offers them (none: the voice does); empty where it is
    known which is spoken, or there is no choice. ``people``: how those who share the phone are called, in the order of
    their keys; empty where nobody has to be asked. ``officer``: the number that key 0 connects to now, or none.
    """

    opening: str
    notice: str
    prompts: Mapping[str, str]
    menu: tuple[str, ...]
    keys: Mapping[str, str]
    sounds: Mapping[str, str] = {}
    languages: Mapping[str, str | None] = {}
    people: tuple[str, ...] = ()
    officer: str = ""


class Asked(NamedTuple):
    """The question that keys answer, and how often it was put."""

    about: str
    rounds: int


def frozen(notice: VoiceNotice, values: Mapping[str, str]) -> dict[str, Any]:
    """What a campaign keeps of its call at launch, as JSON: the sentences that are the same for everybody."""
    names = (*PROMPTS, *voice_notices.menu(notice))
    said = {name: voice_notices.said(voice_notices.read(name).text, values) for name in names}
    filled_in_each_call = {name: voice_notices.read(name).text for name in (LANGUAGE_KEY, WHO_PERSON)}
    return {
        "prompts": said | filled_in_each_call,
        "menu": voice_notices.menu(notice),
        "keys": dict(notice.keys),
    }


def words(text: str, kept: Mapping[str, Any], sounds: Mapping[str, str] | None = None) -> Words:
    """Of a message's text (the opening on its first line), what its campaign kept, and addresses of recordings."""
    opening, _, notice = text.partition("\n")
    return Words(opening, notice, kept["prompts"], tuple(kept["menu"]), kept["keys"], sounds or {})


def seconds(said: Words) -> int:
    """How long the first round of a call takes."""
    menu = [said.prompts[name] for name in said.menu]
    return spoken.seconds(" ".join((said.opening, said.notice, said.notice, *menu)))


def begin(said: Words, token: str) -> Script:
    """What is said to whoever takes the call."""
    opening = _step(said, OPENING)
    if said.languages:
        return _ask(
            (opening, *_offered(said)), said, token, Asked(LANGUAGE, 1), "".join(_language_keys(said))
        )
    return _tell(said, token, opening)


def language_of(said: Words, keys: str) -> str | None:
    """The language that was chosen by this key, of those that were offered."""
    return _language_keys(said).get(keys)


def person_of(said: Words, keys: str) -> int | None:
    """The place, among ``people``, of who was chosen by this key."""
    return _who_keys(said).get(keys)


def go_on(said: Words, token: str, keys: str, asked: Asked) -> Script:
    """What is said after these keys."""
    return _AFTER[asked.about](said, token, keys, asked.rounds)


def _after_menu(said: Words, token: str, keys: str, rounds: int) -> Script:
    meaning = said.keys.get(keys)
    if meaning == INTERESTED and said.people:
        return _ask_who(said, token, 1)
    if meaning == OFFICER and said.officer:
        return _step(said, "connecting"), Connect(said.officer, f"{CONNECTION}/{token}")
    if meaning in GOODBYES:
        return _end(said, GOODBYES[meaning])
    if rounds >= MOST_ROUNDS:
        return _end(said, "goodbye_nothing")
    again = Asked(MENU, rounds + 1)
    if meaning == AGAIN:
        return _ask((_step(said, NOTICE), *_menu(said)), said, token, again, "".join(said.keys))
    lead = _step(said, "wrong_key" if keys else "silence")
    return _ask((lead, *_menu(said)), said, token, again, "".join(said.keys))


def _after_language(said: Words, token: str, _keys: str, _rounds: int) -> Script:
    """Who chose none hears Vietnamese. Who chose one hears again, in that language, who calls."""
    return _tell(said, token, *([_step(said, OPENING)] if OPENING in said.sounds else []))


def _after_who(said: Words, token: str, keys: str, rounds: int) -> Script:
    if keys in _who_keys(said) or rounds >= MOST_WHO or not said.people:
        return _end(said, GOODBYES[INTERESTED])
    return _ask_who(said, token, rounds + 1, _step(said, "wrong_key" if keys else "silence"))


_AFTER: dict[str, Callable[[Words, str, str, int], Script]] = {
    MENU: _after_menu, LANGUAGE: _after_language, WHO: _after_who,
}  # fmt: skip


def after_connection(said: Words) -> Script:
    """The officer could not take the call."""
    return _end(said, GOODBYES[OFFICER])


def _tell(said: Words, token: str, *before: Say | Play) -> Script:
    notice = _step(said, NOTICE)
    steps = (*before, notice, Pause(), notice, *_menu(said))
    return _ask(steps, said, token, Asked(MENU, 1), "".join(said.keys))


def _ask_who(said: Words, token: str, rounds: int, *before: Say | Play) -> Script:
    keys = _who_keys(said)
    each = (
        Say(voice_notices.said(said.prompts[WHO_PERSON], {"ten": said.people[place], "phim": key}))
        for key, place in keys.items()
    )
    steps = (*before, _step(said, "who_question"), *each)
    return _ask(steps, said, token, Asked(WHO, rounds), "".join(keys), GOODBYES[INTERESTED])


def _who_keys(said: Words) -> dict[str, int]:
    return dict(zip(voice_notices.PERSON_KEYS, range(len(said.people)), strict=False))


def _language_keys(said: Words) -> dict[str, str]:
    return {key: language for key, language in LANGUAGE_KEYS.items() if language in said.languages}


def _offered(said: Words) -> tuple[Say | Play, ...]:
    """Each language in itself, where somebody recorded that; else by the voice."""
    steps: list[Say | Play] = [_step(said, "language_question")]
    for language in _language_keys(said).values():
        recorded = said.languages[language]
        sentence = voice_notices.said(said.prompts[LANGUAGE_KEY], voice_notices.language_values(language))
        steps.append(Play(recorded) if recorded else Say(sentence))
    return tuple(steps)


def _step(said: Words, name: str) -> Say | Play:
    """Said by a voice, or played where somebody recorded it."""
    if name in said.sounds:
        return Play(said.sounds[name])
    return Say({OPENING: said.opening, NOTICE: said.notice}.get(name) or said.prompts[name])


def _menu(said: Words) -> tuple[Say | Play, ...]:
    return tuple(_step(said, name) for name in said.menu)


def _ask(
    steps: tuple[Say | Play | Pause, ...],
    said: Words,
    token: str,
    asked: Asked,
    keys: str,
    goodbye: str = "goodbye_nothing",
) -> Script:
    question = Ask(steps, f"{KEY}/{token}?{_query(asked)}", keys, WAIT_S)
    return (question, *_end(said, goodbye))


def _query(asked: Asked) -> str:
    about = "" if asked.about == MENU else f"ask={asked.about}&"
    return f"{about}rounds={asked.rounds}"


def _end(said: Words, prompt: str) -> Script:
    return (_step(said, prompt), HangUp())


def alone(prompt: str, values: Mapping[str, str]) -> Script:
    """One fixed sentence and the end: for a call that nothing is known of."""
    return (Say(voice_notices.said(voice_notices.read(prompt).text, values)), HangUp())
