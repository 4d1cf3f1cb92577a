"""On the phone: what to say to a call that asks us. Its campaign may have been stopped since, or its person deleted."""

from __future__ import annotations

import re

from sqlalchemy import select

from service import db, settings
from service.campaigns import calls, campaigns, dialogue
from service.campaigns.campaigns import STOPPED
from service.carriers.calls import CallAsks, KeyPressed
from service.carriers.speech import Script
from service.registry.people import Person
from service.sending import messages, trial_calls
from service.sending.messages import Message, MessagePerson
from service.sending.tokens import message_of

_ROUNDS = re.compile(r"rounds=(\d)", re.ASCII)


def words(asks: CallAsks) -> dialogue.Words | None:
    """What this call says. None: nothing may be said about it any more, or nobody knows what. Reads the database."""
    try:
        return _words(asks.token)
    finally:
        db.end_reading()


def is_offered(key: str, said: dialogue.Words | None) -> bool:
    """Did the call say that this key means something? Of one that we know nothing of any more, whatever it may have said."""
    return said is None or key in said.keys


def say(asks: CallAsks, said: dialogue.Words | None) -> Script:
    """The script with which this question of a call is answered."""
    if said is None:
        return _without_words()
    if not isinstance(asks, KeyPressed):
        return dialogue.begin(said, asks.token)
    rounds = _ROUNDS.fullmatch(asks.query)
    return dialogue.go_on(said, asks.token, asks.keys, int(rounds[1]) if rounds else dialogue.MOST_ROUNDS)


def _words(token: str) -> dialogue.Words | None:
    message_id = message_of(token)
    message = messages.find(message_id) if message_id else None
    if message is None or not message.text:
        return None
    if message.campaign_id is None:
        return _trial(message)
    campaign = campaigns.find(message.campaign_id)
    if campaign is None or campaign.state == STOPPED or "voice" not in campaign.frozen:
        return None
    kept = campaign.frozen["voice"]
    return dialogue.words(message.text, kept, calls.sounds(kept, _languages(message.id), db.clock()))


def _trial(message: Message) -> dialogue.Words | None:
    """What a member of staff hears who asked for a call."""
    kept = trial_calls.said(message.id)
    if kept is None:
        return None
    return dialogue.words(message.text, kept, calls.sounds(kept, [kept["language"]], db.clock()))


def _languages(message_id: int) -> list[str]:
    """What the people behind the phone speak; Vietnamese where nobody asked them."""
    query = select(Person.language).join(MessagePerson, MessagePerson.person_id == Person.id)
    query = query.where(MessagePerson.message_id == message_id).order_by(Person.id)
    return [language or "vi" for language in db.session().scalars(query)]


def _without_words() -> Script:
    """A polite end: the campaign was stopped, or we cannot look into our own books."""
    known = settings.get()
    return dialogue.alone("stopped", {"van_phong": known.office_name, "duong_day_nong": known.hotline})
