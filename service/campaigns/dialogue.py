"""The dialogue of a call: what is said first, and what after each key. Pure; a carrier renders the scripts.

A call begins with the office's name and that a machine speaks; the notice is said twice, with the menu after it, and a key
may be pressed at any moment. Whoever presses a wrong one, or none, is asked once more; then the call ends kindly.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from service.campaigns import voice_notices
from service.campaigns.voice_notices import AGAIN, INTERESTED, OFFICER, STOP, VoiceNotice
from service.carriers.speech import KEY, Ask, HangUp, Pause, Play, Say, Script
from service.text import spoken

MOST_ROUNDS = 3  # a menu is said so often; nobody is kept on the line for ever
WAIT_S = 6
GOODBYES = {INTERESTED: "goodbye_interested", STOP: "goodbye_stop", OFFICER: "goodbye_officer"}
OPENING, NOTICE = "opening", "notice"
PROMPTS = ("wrong_key", "silence", "goodbye_nothing", "stopped", *GOODBYES.values())


class Words(NamedTuple):
    """What one call says: ``opening`` and ``notice`` to these people, ``prompts`` to everybody, by their names; ``menu``
    (names of prompts) and ``keys`` in the order in which they are explained. ``sounds``: where recordings of some of them
    lie, by name; these are played instead."""

    opening: str
    notice: str
    prompts: Mapping[str, str]
    menu: tuple[str, ...]
    keys: Mapping[str, str]
    sounds: Mapping[str, str] = {}


def frozen(notice: VoiceNotice, values: Mapping[str, str]) -> dict[str, Any]:
    """What a campaign keeps of its call at launch, as JSON: the sentences that are the same for everybody."""
    names = (*PROMPTS, *voice_notices.menu(notice))
    said = {name: voice_notices.said(voice_notices.read(name).text, values) for name in names}
    return {"prompts": said, "menu": voice_notices.menu(notice), "keys": dict(notice.keys)}


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
    notice = _step(said, NOTICE)
    return _ask((_step(said, OPENING), notice, Pause(), notice, *_menu(said)), said, token, 1)


def go_on(said: Words, token: str, keys: str, rounds: int) -> Script:
    """What is said after these keys; ``rounds``: how often the menu was said before."""
    meaning = said.keys.get(keys)
    if meaning in GOODBYES:
        return _end(said, GOODBYES[meaning])
    if rounds >= MOST_ROUNDS:
        return _end(said, "goodbye_nothing")
    if meaning == AGAIN:
        return _ask((_step(said, NOTICE), *_menu(said)), said, token, rounds + 1)
    lead = _step(said, "wrong_key" if keys else "silence")
    return _ask((lead, *_menu(said)), said, token, rounds + 1)


def _step(said: Words, name: str) -> Say | Play:
    """Said by a voice, or played where somebody recorded it."""
    if name in said.sounds:
        return Play(said.sounds[name])
    return Say({OPENING: said.opening, NOTICE: said.notice}.get(name) or said.prompts[name])


def _menu(said: Words) -> tuple[Say | Play, ...]:
    return tuple(_step(said, name) for name in said.menu)


def _ask(steps: tuple[Say | Play | Pause, ...], said: Words, token: str, rounds: int) -> Script:
    question = Ask(steps, f"{KEY}/{token}?rounds={rounds}", "".join(said.keys), WAIT_S)
    return (question, *_end(said, "goodbye_nothing"))


def _end(said: Words, prompt: str) -> Script:
    return (_step(said, prompt), HangUp())


def alone(prompt: str, values: Mapping[str, str]) -> Script:
    """One fixed sentence and the end: for a call that nothing is known of."""
    return (Say(voice_notices.said(voice_notices.read(prompt).text, values)), HangUp())
