"""What the pages of campaigns share: their blueprint, and how a page finds its campaign."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, abort, request, url_for

from service.campaigns import campaigns, lawful
from service.campaigns.campaigns import Campaign
from service.campaigns.typed import clock
from service.sending.progress import Sentence
from service.text.words import VIETNAM, date_vi, wage
from service.web import campaign_words
from service.web.languages import gettext
from service.web.sentences import SENTENCES, written

MOST_ID = 2**63 - 1  # what a database can hold; a longer number in an address is no campaign's

bp = Blueprint("campaigns", __name__, url_prefix="/campaigns")


def known(campaign_id: int) -> Campaign:
    """The campaign of this address, or the page that says there is none."""
    campaign = campaigns.find(campaign_id) if campaign_id <= MOST_ID else None
    if campaign is None:
        abort(404)
    return campaign


def held(campaign_id: int) -> Campaign:
    """The campaign as it is now, held until the end of the transaction: nobody else changes, approves or sends it."""
    return campaigns.held(known(campaign_id).id) or abort(404)


def number_asked(name: str) -> int | None:
    """A number in the address, such as ``?after=120``; none when it is missing or no id."""
    value = request.args.get(name, type=int)
    return value if value is not None and 0 <= value <= MOST_ID else None


def say(code: str, values: dict[str, Any]) -> str:
    """The sentence of this code in the reader's language."""
    return gettext(SENTENCES[code], **{name: written(value) for name, value in values.items()})


def by_call(code: str, channel: str) -> str:
    """The sentence of a campaign that calls, where it has one of its own: nobody rings up to “send” something."""
    own = f"{code}.call"
    return own if channel == lawful.VOICE and own in SENTENCES else code


def day_words(at: datetime, now: datetime) -> str:
    """``07:00 hôm nay``, ``07:00 ngày mai (24/11/2026)``, ``07:00 ngày 30/11/2026``, in Vietnam's time."""
    local, today = at.astimezone(VIETNAM), now.astimezone(VIETNAM).date()
    values = {"at": f"{local:%H:%M}", "day": date_vi(local.date())}
    if local.date() == today:
        return gettext("%(at)s hôm nay", **values)
    if local.date() == today + timedelta(days=1):
        return gettext("%(at)s ngày mai (%(day)s)", **values)
    return gettext("%(at)s ngày %(day)s", **values)


def said(sentence: Sentence) -> str:
    return say(sentence.code, sentence.values)


@bp.context_processor
def _words() -> dict[str, Any]:
    """The words and small functions that the templates of campaigns use."""
    return {
        "campaign_states": campaign_words.CAMPAIGN_STATES,
        "message_states": campaign_words.MESSAGE_STATES,
        "meaning_words": campaign_words.MEANINGS,
        "follow_up_words": campaign_words.FOLLOW_UPS,
        "excluded_words": {code: gettext(word.name) for code, word in campaign_words.EXCLUDED.items()},
        "excluded_advice": {code: gettext(word.meaning) for code, word in campaign_words.EXCLUDED.items()},
        "reach_words": _translated(campaign_words.REACH_NAMES),
        "encoding_words": _translated(campaign_words.ENCODING_NAMES),
        "placeholder_words": _translated(campaign_words.PLACEHOLDERS),
        "law_words": _translated(campaign_words.LAW_CLASSES),
        "law_notes": {code: gettext(one.meaning) for code, one in lawful.CLASSES.items()},
        "wave_words": _translated(campaign_words.WAVE_NAMES),
        "wave_notes": _translated(campaign_words.WAVE_NOTES),
        "way_words": _translated(campaign_words.WAY_NAMES),
        "way_notes": _translated(campaign_words.WAY_NOTES),
        "heard_words": _translated(campaign_words.HEARD),
        "key_words": _translated(campaign_words.KEY_WORDS),
        "missed_call_words": _translated(campaign_words.MISSED_CALLS),
        "card_words": _translated(campaign_words.CARD_NAMES),
        "gender_words": _translated(campaign_words.GENDER_NAMES),
        "language_words": _translated(campaign_words.LANGUAGE_NAMES),
        "person_url": person_url,
        "wage": wage,
        "clock": clock,
    }


def _translated(names: dict[str, str]) -> dict[str, str]:
    return {code: gettext(name) for code, name in names.items()}


def person_url(person_id: int) -> str:
    return url_for("people.show", person_id=person_id)
