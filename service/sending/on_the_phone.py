"""On the phone: what to say to a call that asks us. Its campaign may have been stopped since, or its person deleted."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from service import db, settings
from service.campaigns import calls, campaigns, dialogue, notices, special_days
from service.campaigns.audience import Member
from service.campaigns.campaigns import STOPPED
from service.campaigns.dialogue import LANGUAGE, MENU, WHO, Asked, Words
from service.campaigns.voice_notices import INTERESTED
from service.carriers.calls import CallAsks, Connected, KeyPressed
from service.carriers.speech import HangUp, Script
from service.registry import people
from service.registry.people import Person
from service.sending import hours, messages, trial_calls
from service.sending.messages import Message, MessagePerson
from service.sending.tokens import message_of
from service.text import spoken
from service.text.words import VIETNAM

MOST_PEOPLE = 4  # of a household, that a call asks for one by one
SATURDAY = 5
_QUERY = re.compile(rf"(?:ask=({LANGUAGE}|{WHO})&)?rounds=(\d)", re.ASCII)


class Talk(NamedTuple):
    """A call as it stands: ``said`` none when nothing may be said about it any more, or nobody knows what.

    ``people``: ids of who shares the phone, in the order of ``said.people``; ``behind``: of everybody behind it.
    """

    said: Words | None = None
    people: Sequence[int] = ()
    behind: Sequence[int] = ()


NOTHING_KNOWN = Talk()


def talk(asks: CallAsks) -> Talk:
    """The call that asks. Reads the database."""
    try:
        return _talk(asks.token)
    finally:
        db.end_reading()


def asked(asks: CallAsks) -> Asked:
    """Which question of ours these keys answer. A strange address: the menu, for the last time."""
    match = _QUERY.fullmatch(asks.query)
    return Asked(match[1] or MENU, int(match[2])) if match else Asked(MENU, dialogue.MOST_ROUNDS)


def is_offered(key: str, said: Words | None) -> bool:
    """Did the call say that this key means something? Of one that we know nothing of any more, whatever it may have said."""
    return said is None or key in said.keys


def chosen_person(asks: KeyPressed, call: Talk) -> int | None:
    """Who of the household wants to go, by the key that was pressed."""
    if call.said is None or asked(asks).about != WHO:
        return None
    place = dialogue.person_of(call.said, asks.keys)
    return None if place is None else call.people[place]


def learn_language(asks: CallAsks, call: Talk) -> bool:
    """Remember the language that was chosen by a key, for everybody behind the phone of whom none was known. Commits."""
    if call.said is None or not isinstance(asks, KeyPressed) or asked(asks).about != LANGUAGE:
        return False
    language = dialogue.language_of(call.said, asks.keys)
    if language is None:
        return False
    with db.transaction():
        people.learn_language(call.behind, language)
    return True


def say(asks: CallAsks, said: Words | None) -> Script:
    """The script with which this question of a call is answered."""
    if isinstance(asks, Connected) and (said is None or asks.state == "completed"):
        return (HangUp(),)
    if said is None:
        return alone("stopped")
    if isinstance(asks, Connected):
        return dialogue.after_connection(said)
    if isinstance(asks, KeyPressed):
        return dialogue.go_on(said, asks.token, asks.keys, asked(asks))
    return dialogue.begin(said, asks.token)


def alone(prompt: str) -> Script:
    """One fixed sentence and the end: nothing more is known of this call."""
    known = settings.get()
    return dialogue.alone(prompt, {"van_phong": known.office_name, "duong_day_nong": known.hotline})


def _talk(token: str) -> Talk:
    message_id = message_of(token)
    message = messages.find(message_id) if message_id else None
    if message is None or not message.text:
        return NOTHING_KNOWN
    if message.campaign_id is None:
        return _trial(message)
    campaign = campaigns.find(message.campaign_id)
    if campaign is None or campaign.state == STOPPED or "voice" not in campaign.frozen:
        return NOTHING_KNOWN
    kept, now = campaign.frozen["voice"], db.clock()
    household = _behind(message.id)
    languages = [language for language in household.values() if language]
    said = dialogue.words(message.text, kept, calls.sounds(kept, languages or [calls.VIETNAMESE], now))
    to_choose = {} if languages else calls.offered(kept, now)
    asked_for = sharing(household, kept)
    said = said._replace(languages=to_choose, people=tuple(asked_for.values()), officer=officer(now))
    return Talk(said, tuple(asked_for), tuple(one.person_id for one in household))


def _trial(message: Message) -> Talk:
    """What a member of staff hears who asked for a call."""
    kept = trial_calls.said(message.id)
    if kept is None:
        return NOTHING_KNOWN
    return Talk(dialogue.words(message.text, kept, calls.sounds(kept, [kept["language"]], db.clock())))


def _behind(message_id: int) -> dict[Member, str | None]:
    """The people to whom this call goes, and what each speaks."""
    query = select(Person.id, Person.name, Person.gender, Person.birth_year, Person.language)
    query = query.join(MessagePerson, MessagePerson.person_id == Person.id)
    rows = db.session().execute(query.where(MessagePerson.message_id == message_id).order_by(Person.id))
    return {Member(row.id, row.name, row.gender, row.birth_year): row.language for row in rows}


def sharing(household: Collection[Member], kept: Mapping[str, Any]) -> dict[int, str]:
    """Whom the call may ask for by key: person → how he or she is called. Empty when it would not be clear who is meant."""
    if not 1 < len(household) <= MOST_PEOPLE or INTERESTED not in kept["keys"].values():
        return {}
    year = db.clock().astimezone(VIETNAM).year
    names = {one.person_id: spoken.text(notices.address(one, year)) for one in household}
    is_clear = len(set(names.values())) == len(household) and dialogue.WHO_PERSON in kept["prompts"]
    return names if is_clear else {}


def officer(now: datetime) -> str:
    """Whom key 0 reaches now; none outside office hours, or where no number is set."""
    known, here = settings.get(), now.astimezone(VIETNAM)
    if not known.officer_number or not hours.is_within(now, *known.office_hours):
        return ""
    is_open = known.rehearsal or (here.weekday() < SATURDAY and not special_days.is_holiday(here.date()))
    return known.officer_number if is_open else ""
