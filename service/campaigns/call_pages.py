"""The very call of a campaign on the page: what it says, in each language, and a phone that goes through it by key.

The phone asks for each turn here, so that what it plays is the dialogue that the carrier plays, and no copy of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from service import db
from service.campaigns import audience, calls, dialogue, employers, notices, twin, voice_notices
from service.campaigns.audience import Household
from service.campaigns.campaigns import Campaign
from service.campaigns.dialogue import Words
from service.campaigns.door import bp, known
from service.campaigns.recordings import NOTICE, Place
from service.carriers.calls import CallAsks, KeyPressed
from service.carriers.speech import Ask, Connect, GoTo, Play, Say, Script
from service.registry.people import LANGUAGES
from service.sending import on_the_phone
from service.text import spoken
from service.web.access import needs
from service.web.addresses import is_htmx
from service.web.languages import gettext as _
from service.web.recording_words import PART_NAMES

PREVIEW = "nghe-thu"  # stands for the message's token; no message has it
VIETNAMESE = "vi"
_AT = re.compile(r"[a-z0-9_=&.~-]{0,200}", re.ASCII)
_KEY = re.compile(r"[0-9*#]?", re.ASCII)


@dataclass(frozen=True)
class Line:
    """Something that is heard: ``text`` in words, ``sound`` where it is recorded (an address on this server)."""

    text: str
    sound: str
    seconds: int


@dataclass(frozen=True)
class Turn:
    """What the phone plays until it waits for a key, or ends. ``at``: what it says to get the next turn; None: it is over.
    ``connects``: it would now be put through to the officer."""

    lines: tuple[Line, ...]
    at: str | None
    wait_s: int = 0
    connects: bool = False


@dataclass(frozen=True)
class Call:
    """The call of one household. ``languages``: those in which it is heard, Vietnamese first."""

    said: Words
    household: Household
    languages: tuple[str, ...]
    seconds: int
    minutes: int


def call_of(campaign: Campaign, language: str = VIETNAMESE) -> Call | None:
    """The call as the first recipient gets it, if he or she spoke this language. None while it cannot be said: the
    checklist tells why."""
    employer = employers.find(campaign.employer_id) if campaign.employer_id else None
    household = next(iter(audience.sample(campaign.who, 1)), twin.SOMEBODY)
    try:
        text, minutes = calls.writer(campaign, employer)(household)
        kept = calls.kept(campaign, employer)
    except ValueError:
        return None
    recorded = [one for one in kept["recordings"] if one != VIETNAMESE]
    said = dialogue.words(text, kept, calls.sounds(kept, [language], db.clock()))
    said = said._replace(people=tuple(on_the_phone.sharing(household.members, kept).values()))
    return Call(said, household, (VIETNAMESE, *recorded), dialogue.seconds(said), minutes)


def call_view(campaign: Campaign, language: str = VIETNAMESE) -> dict[str, Any]:
    """What the fourth card shows."""
    call = call_of(campaign, language)
    asks = CallAsks("", PREVIEW, PREVIEW, "", "", "")
    return {
        "call": call,
        "call_language": language,
        "call_seconds": call.seconds if call else 0,
        "call_parts": _parts(call.said) if call else [],
        "unrecorded": [
            (one, Place(NOTICE, one, campaign.id).slot)
            for one in LANGUAGES
            if call and one not in call.languages
        ],
        "part_words": {name: _(words) for name, words in PART_NAMES.items()},
        "turn": turn(on_the_phone.say(asks, call.said), call.said) if call else None,
        "pressed": None,
        "said_notice": notices.NOTICES[voice_notices.name_of(campaign)],
    }


def _parts(said: Words) -> list[tuple[str, Line]]:
    """Every sentence of the call by the name of its part, in the order in which it may be heard."""
    names = (dialogue.OPENING, dialogue.NOTICE, *said.menu)
    more = (name for name in dialogue.PROMPTS if name in said.prompts)
    return [(name, _line(said, name)) for name in (*names, *more)]


def _line(said: Words, name: str) -> Line:
    text = {dialogue.OPENING: said.opening, dialogue.NOTICE: said.notice}.get(name) or said.prompts[name]
    return Line(text, _here(said.sounds.get(name, "")), spoken.seconds(text))


def _here(address: str) -> str:
    """The address for a carrier as one on this server: the page may be open under another name of it."""
    parts = urlsplit(address)
    return parts.path + ("?" + parts.query if parts.query else "")


def turn(script: Script, said: Words) -> Turn:
    """The script up to where it waits for a key."""
    lines: list[Line] = []
    parts = {address: name for name, address in said.sounds.items()}
    for step in script:
        match step:
            case Say(text=text):
                lines.append(Line(text, "", spoken.seconds(text)))
            case Play(address=address):
                lines.append(_line(said, parts[address]) if address in parts else Line("", _here(address), 0))
            case Ask(steps=steps, path=path, wait_s=wait_s):
                asked = turn(steps, said).lines
                return Turn((*lines, *asked), _query(path), wait_s)
            case GoTo(path=path):
                return Turn(tuple(lines), _query(path))
            case Connect():
                return Turn(tuple(lines), None, connects=True)
    return Turn(tuple(lines), None)


def _query(path: str) -> str:
    """What the carrier would send back to us: the part of the way after the question mark."""
    return path.partition("?")[2]


@bp.get("/<int:campaign_id>/call")
@needs("campaign.see")
def call(campaign_id: int) -> ResponseReturnValue:
    """A turn of the call: its beginning, or what is said after a key (none: silence). Nothing is kept."""
    campaign = known(campaign_id)
    language, at, key = (request.args.get(name) for name in ("language", "at", "keys"))
    language = language if language in LANGUAGES else VIETNAMESE
    if not (_AT.fullmatch(at or "") and _KEY.fullmatch(key or "")):
        abort(404)
    shown = call_view(campaign, language)
    if at is not None and shown["call"] is not None:
        said = shown["call"].said
        asks = KeyPressed("", PREVIEW, PREVIEW, at, "", "", key or "")
        shown |= {"turn": turn(on_the_phone.say(asks, said), said), "pressed": key or ""}
    template = "campaigns/_phone.html" if is_htmx() else "campaigns/call.html"
    return render_template(template, campaign=campaign, **shown)
