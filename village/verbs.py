"""The verbs of TwiML that are followed one after another. A verb ends with the next script, or None to go on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import NoReturn
from xml.etree.ElementTree import Element

from village import audio, twiml
from village.calls import Heard
from village.conversation import SORRY, BargedIn, Conversation, spoken
from village.dialing import dial
from village.errors import TwimlError
from village.line import Ended, Key, Redirected, Script
from village.recording import record

FOREVER = 1000  # what loop="0" means, until somebody hangs up
IN_TIME = 0.8  # of the silence after a question: the last moment at which a villager makes up his or her mind
LONGEST_TEXT = 4096
LONGEST_PAUSE = 3600
REJECTIONS = {"rejected": "no-answer", "busy": "busy"}


async def converse(talk: Conversation) -> None:
    """Follow scripts until one has no next. Raises Ended when somebody hangs up."""
    script: Script | None = talk.script
    while script is not None:
        try:
            script = await _follow(talk, script)
        except Redirected as order:
            script = order.script
        except TwimlError as problem:
            script = talk.after(problem)
            if script is None:
                await _apologise(talk)
    talk.exchange.answer(talk.call)


async def _follow(talk: Conversation, script: Script) -> Script | None:
    for verb in await talk.document(script):
        if verb.tag != "Reject":  # the only verb that leaves a call unanswered
            talk.exchange.answer(talk.call)
        following = await VERBS[verb.tag](talk, verb)
        if following is not None:
            return following
    return None


async def _apologise(talk: Conversation) -> None:
    talk.exchange.answer(talk.call)
    talk.gathering = False
    await talk.sound(Heard("Say", SORRY, talk.call.second, spoken(SORRY), "en-US"))


async def say(talk: Conversation, verb: Element) -> None:
    text = twiml.words(verb)
    if not text or len(text) > LONGEST_TEXT:
        raise TwimlError(13520, f"{len(text)} characters")
    language, voice = verb.get("language", "en-US"), verb.get("voice", "")
    heard = Heard("Say", text, talk.call.second, spoken(text), language, voice)
    await talk.sound(heard, _times(verb))


async def play(talk: Conversation, verb: Element) -> None:
    digits, given = verb.get("digits", ""), twiml.words(verb)
    if digits and not given:
        await talk.sound(Heard("Play", digits, talk.call.second, 0.5 * len(digits)))
        return
    url = twiml.address(talk.script.url, given)
    found = await talk.line.during(talk.exchange.fetcher.audio(url))
    try:
        seconds = audio.seconds(found.content_type, found.body)
    except ValueError as problem:
        raise TwimlError(13325 if talk.gathering else 13420, str(problem)) from problem
    await talk.sound(Heard("Play", url, talk.call.second, seconds), _times(verb))


def _times(verb: Element) -> int:
    return twiml.whole(verb, "loop", 1, 0, FOREVER) or FOREVER


async def pause(talk: Conversation, verb: Element) -> None:
    await talk.pass_time(twiml.whole(verb, "length", 1, 0, LONGEST_PAUSE))


async def redirect(talk: Conversation, verb: Element) -> Script:
    return talk.next_script(verb, twiml.words(verb))


async def hangup(_talk: Conversation, _verb: Element) -> NoReturn:
    raise Ended("completed")


async def reject(talk: Conversation, verb: Element) -> NoReturn:
    reason = twiml.one_of(verb, "reason", *REJECTIONS)
    answered = talk.call.answered_at is not None
    raise Ended("completed" if answered else REJECTIONS[reason])


async def gather(talk: Conversation, verb: Element) -> Script | None:
    """Ask, and take keys until there are enough of them, the finishing key or silence."""
    most = twiml.whole(verb, "numDigits", 1_000_000, 1, 1_000_000)
    finish = twiml.keys(verb, "finishOnKey", "#", 1)
    timeout = _patience(verb)
    on_empty = twiml.flag(verb, "actionOnEmptyResult", "false")
    by_keys = "dtmf" in twiml.one_of(verb, "input", "dtmf", "speech", "dtmf speech", "speech dtmf")
    talk.ask()
    keys: list[Key] = []
    key = await _first_key(talk, verb, timeout)
    while key is not None and by_keys and key.digit != finish:
        keys.append(key)
        if len(keys) == most:
            break
        key = await talk.line.listen(timeout)
    if not keys and not on_empty:
        return None
    finished = key.digit if key is not None and key.digit == finish else ""
    talk.pressed = [*keys, key] if key is not None and finished else keys
    for one in talk.pressed:
        one.hook = "waiting"
    fields = {"Digits": "".join(one.digit for one in keys), "FinishedOnKey": finished, "msg": "Gather End"}
    return talk.next_script(verb, verb.get("action"), fields)


def _patience(verb: Element) -> float:
    return 5.0 if verb.get("timeout") == "auto" else twiml.whole(verb, "timeout", 5, 0, 600)


async def _first_key(talk: Conversation, verb: Element, timeout: float) -> Key | None:
    """Say what is to be said; the first key breaks it off."""
    talk.gathering = True
    try:
        for part in verb:
            await VERBS[part.tag](talk, part)
        if talk.call.kind.after is None:
            talk.line.hurry(timeout * IN_TIME)
        return await talk.line.listen(timeout)
    except BargedIn as key:
        return key.key
    finally:
        talk.gathering = False


VERBS: dict[str, Callable[[Conversation, Element], Awaitable[Script | None]]] = {
    "Say": say,
    "Play": play,
    "Pause": pause,
    "Gather": gather,
    "Redirect": redirect,
    "Hangup": hangup,
    "Reject": reject,
    "Record": record,
    "Dial": dial,
}
