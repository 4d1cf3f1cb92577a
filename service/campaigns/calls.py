"""What a campaign says in its calls: the notice of its kind, with its facts, to each household by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from service.campaigns import dialogue, missed_calls, notices, recording_files, recordings, voice_notices
from service.campaigns.audience import Household
from service.campaigns.campaigns import Campaign
from service.campaigns.employers import Employer
from service.campaigns.voice_notices import VoiceNotice
from service.registry.people import LANGUAGES
from service.text import spoken
from service.text.words import today_in_vietnam

VIETNAMESE = "vi"
WHOM = "\ufffc"  # stands for the address: a sign that nobody types, and that stays when a text is cleaned


def notice_of(campaign: Campaign) -> VoiceNotice:
    """The notice that it says. Raises BadNotice."""
    return voice_notices.read(voice_notices.name_of(campaign))


def kept(campaign: Campaign, employer: Employer | None) -> dict[str, Any]:
    """What is frozen at launch: the sentences of its calls that are the same for everybody, and the recordings that are
    played instead, by language. Raises ValueError."""
    return {**_sentences(campaign, employer), "recordings": _recorded(campaign)}


def _sentences(campaign: Campaign, employer: Employer | None) -> dict[str, Any]:
    return dialogue.frozen(notice_of(campaign), notices.facts(campaign, employer))


def _recorded(campaign: Campaign) -> dict[str, dict[str, str]]:
    """Language → part → content of the file. Of a language whose notice nobody recorded nothing is played: its speakers
    would hear a greeting that they understand, and a notice that they do not."""
    menu = voice_notices.menu(notice_of(campaign))
    parts = (dialogue.OPENING, dialogue.LANGUAGE_KEY, *dialogue.PROMPTS, *menu)
    found: dict[str, dict[str, str]] = {}
    for language in LANGUAGES:
        notice = recordings.usable(recordings.NOTICE, language, campaign.id)
        if notice is None:
            continue
        some = {part: recordings.usable(part, language) for part in parts}
        found[language] = {dialogue.NOTICE: notice.sha256} | {
            part: one.sha256 for part, one in some.items() if one is not None
        }
    return found


def sounds(kept_voice: Mapping[str, Any], languages: Iterable[str], now: datetime) -> dict[str, str]:
    """Addresses of what is played, by part, to people who speak these languages: the first of them that was recorded."""
    recorded = kept_voice.get("recordings", {})
    language = next((one for one in languages if one in recorded), None)
    files = recorded[language] if language else {}
    return {part: recording_files.address(content, now) for part, content in files.items()}


def offered(kept_voice: Mapping[str, Any], now: datetime) -> dict[str, str | None]:
    """The languages that a call can go on in, and where somebody offers each in itself (none: nobody recorded that).
    Empty where nothing was recorded but Vietnamese: then there is nothing to choose."""
    recorded = {name: parts for name, parts in kept_voice.get("recordings", {}).items() if name != VIETNAMESE}
    if not recorded or dialogue.LANGUAGE_KEY not in kept_voice["prompts"]:
        return {}
    files = {name: parts.get(dialogue.LANGUAGE_KEY) for name, parts in recorded.items()}
    return {VIETNAMESE: None} | {
        name: recording_files.address(content, now) if content else None for name, content in files.items()
    }


def writer(campaign: Campaign, employer: Employer | None) -> Callable[[Household], tuple[str, int]]:
    """A function that gives what is said to a household, the opening on its first line, and how many minutes a call
    takes that is listened to once. Raises MissingValues or BadNotice, both ValueErrors."""
    values, year = notices.facts(campaign, employer), today_in_vietnam().year
    opening = _to_whom(voice_notices.read("opening").text, values)
    notice = _to_whom(missed_calls.spoken(campaign, notice_of(campaign).text), values)
    sentences = _sentences(campaign, employer)

    def write(house: Household) -> tuple[str, int]:
        whom = spoken.text(notices.address_household(house, year))
        text = f"{opening(whom)}\n{notice(whom)}"
        return text, -(-dialogue.seconds(dialogue.words(text, sentences)) // 60)

    return write


def _to_whom(template: str, values: dict[str, str]) -> Callable[[str], str]:
    """Everything but the address is filled, and its figures made words, once and not for each household."""
    said = voice_notices.said(template, {**values, notices.ADDRESS: WHOM})
    return lambda whom: said.replace(WHOM, whom)
