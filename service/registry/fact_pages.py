"""The facts of a person in words, as the page of one person and the page of two show them."""

from __future__ import annotations

from collections.abc import Mapping

from service.campaigns.typed import clock
from service.registry import areas, people, tags
from service.registry.people import Person
from service.registry.tags import SKILL, WISH
from service.text import phone_numbers
from service.web import campaign_words, person_words
from service.web.languages import gettext as _


def facts(person: Person) -> dict[str, str]:
    """Code of a fact → what is known, empty when nothing is. person_words.FACTS has their names."""
    places = areas.names({area for area in (person.area_id, person.hamlet_id) if area is not None})
    return {
        "name": person.name,
        "birth_year": str(person.birth_year or ""),
        "gender": _word(campaign_words.GENDER_NAMES, person.gender),
        "language": _word(campaign_words.LANGUAGE_NAMES, person.language),
        "commune": places.get(person.area_id or 0, ""),
        "hamlet": places.get(person.hamlet_id or 0, ""),
        "numbers": ", ".join(
            phone_numbers.masked(phone.e164) for _link, phone in people.phones_of(person.id)
        ),
        "channel": _word(person_words.WANTED_CHANNELS, person.channel),
        "hours": _hours(person),
        "skills": _tags(person, SKILL, person_words.SKILL_NAMES),
        "wishes": _tags(person, WISH, person_words.WISH_NAMES),
        "guardian": person.guardian,
        "note": person.note,
    }


def _word(words: Mapping[str, str], code: str | None) -> str:
    return _(words[code]) if code and code in words else ""


def _hours(person: Person) -> str:
    if person.hours_from is None or person.hours_to is None:
        return ""
    return f"{clock(person.hours_from)}–{clock(person.hours_to)}"


def _tags(person: Person, kind: str, words: Mapping[str, str]) -> str:
    return ", ".join(_(words[code]) for code in tags.of_people([person.id], kind)[person.id])
