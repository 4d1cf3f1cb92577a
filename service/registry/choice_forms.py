"""What the pages about many people share: the choice of the address, its chips, and the words of its filters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from flask import request, url_for

from service.registry import areas, choosing, groups, phones
from service.registry.areas import Area
from service.registry.choosing import Choice
from service.registry.people import Person
from service.staff import accounts
from service.staff.accounts import Staff
from service.text.words import number
from service.web import campaign_words, person_words
from service.web.languages import N_, ngettext
from service.web.languages import gettext as _

# Filters whose values are words of a table, in the order of the page: field of Choice → code → word.
WORDS: dict[str, dict[str, str]] = {
    "consents": person_words.CONSENT_ANSWERS,
    "phones": person_words.PHONE_TROUBLES,
    "genders": campaign_words.GENDER_NAMES,
    "languages": campaign_words.LANGUAGE_NAMES,
    "skills": person_words.SKILL_NAMES,
    "wishes": person_words.WISH_NAMES,
    "channels": person_words.WANTED_CHANNELS,
}


# What is asked for most, one click away: word → the filters it sets.
QUICK: tuple[tuple[str, dict[str, Any]], ...] = (
    (N_("Tất cả"), {}),
    (N_("Đồng ý nhận tin"), {"consents": ("yes",)}),
    (N_("Chưa hỏi"), {"consents": ("unasked",)}),
    (N_("Chưa có số"), {"phones": ("none",)}),
    (N_("Đã từ chối nhận tin"), {"phones": ("opted_out",)}),
    (N_("Đã nói muốn đi, chưa có việc"), {"willing": True}),
)


@dataclass(frozen=True)
class Chip:
    """A filter that is set. ``url``: the list without it."""

    label: str
    url: str


def asked() -> Choice:
    """The choice of this address or form: in one hidden field, or as filters and ticks."""
    kept = request.values.get("choice")
    said: Iterable[tuple[str, str]] = request.values.items(multi=True)  # type: ignore[assignment]
    return Choice.from_text(kept) if kept is not None else Choice.from_pairs(said)


def address(endpoint: str, choice: Choice, **more: Any) -> str:
    """A page with this choice as plain parameters."""
    parameters: dict[str, Any] = {}
    for name, value in choice.pairs():
        parameters.setdefault(name, []).append(value)
    return url_for(endpoint, **parameters, **more)


def quick(choice: Choice) -> list[tuple[str, str, bool]]:
    """The tabs: word, address, and whether it is the one that is open."""
    plain = replace(choice, consents=(), phones=(), willing=False)
    tabs = [(word, replace(plain, **fields)) for word, fields in QUICK]
    return [(_(word), address("people.index", tab), tab == choice) for word, tab in tabs]


def chips(choice: Choice) -> list[Chip]:
    """One for each filter that is set, with the address of the list without it."""
    names = areas.names({*choice.communes, *choice.hamlets})
    found = []
    for name, value in choice.parts().items():
        if name == "text":
            continue  # it stands in the search field
        several = value if isinstance(value, tuple) and name != "persons" else (value,)
        found += [
            Chip(_label(name, one, names), address("people.index", choice.without(name, one)))
            for one in several
        ]
    return found


def _label(name: str, value: Any, places: dict[int, str]) -> str:
    if name in WORDS:
        return _(WORDS[name][value])
    if name in ("communes", "hamlets"):
        word = _("Xã %(name)s") if name == "communes" else _("Thôn %(name)s")
        return word % {"name": places.get(value, "?")}
    if name == "persons":
        ticked = len(value)
        return ngettext(
            "%(people)s người đã đánh dấu", "%(people)s người đã đánh dấu", ticked, people=number(ticked)
        )
    if name == "group":
        group = groups.find(value)
        return _("Nhóm “%(name)s”", name=group.name if group is not None else "?")
    return {
        "age_from": _("Từ %(age)s tuổi", age=value),
        "age_to": _("Đến %(age)s tuổi", age=value),
        "quiet_weeks": _("Chưa liên lạc trong %(weeks)s tuần", weeks=value),
        "willing": _("Đã nói muốn đi, chưa có việc"),
    }[name]


def filters(choice: Choice, staff: Staff) -> dict[str, Any]:
    """What the form of filters offers this member of staff."""
    return {
        "communes": own_communes(staff),
        "first_commune": choice.communes[0] if choice.communes else None,
        "groups": groups.listed(groups.FIXED),
        "words": WORDS,
        "names": choosing.NAMES,
        "fold_open": any(name not in ("text", "communes", "persons") for name in choice.parts()),
    }


def hamlets(choice: Choice, staff: Staff) -> list[tuple[Area, list[Area]]]:
    """The hamlets of the communes that are chosen; of an officer's only commune always."""
    if not choice.communes and staff.role != "officer":
        return []
    communes = own_communes(staff)
    open_ones = [area for area in communes if area.id in choice.communes or len(communes) == 1]
    return [(commune, areas.hamlets(commune.id)) for commune in open_ones]


def own_communes(staff: Staff) -> list[Area]:
    """Today's communes; of an officer those that he or she works for."""
    own = accounts.areas_of(staff) if staff.role == "officer" else None
    return [area for area in areas.communes() if own is None or area.id in own]


def table(shown: list[Person]) -> dict[str, Any]:
    """What the rows of a list of people need."""
    return {
        "shown": shown,
        "numbers": phones.of_people([person.id for person in shown]),
        "places": places(shown),
        "genders": {code: _(word) for code, word in campaign_words.GENDER_NAMES.items()},
        "spoken": {code: _(word) for code, word in campaign_words.LANGUAGE_NAMES.items()},
    }


def places(shown: list[Person]) -> dict[int, str]:
    """Where these people live, hamlet first."""
    names = areas.names({area for person in shown for area in (person.area_id, person.hamlet_id) if area})
    lived = {person.id: (person.hamlet_id, person.area_id) for person in shown}
    return {person: ", ".join(names[area] for area in pair if area) for person, pair in lived.items()}
