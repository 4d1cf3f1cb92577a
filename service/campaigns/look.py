"""What the rules look at: a text with all that it is judged by, which rules are for it, and where a fault stands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from service.campaigns import lawful, notices
from service.campaigns.campaigns import ABROAD, PLAIN, YES, Campaign
from service.carriers.base import Capabilities
from service.text import placeholders

PLACEHOLDER = re.compile(r"\{[^{}]*\}")


@dataclass(frozen=True)
class Look:
    """A text (cleaned, NFC) and what it is judged by."""

    text: str
    campaign: Campaign
    facts: dict[str, str]
    capabilities: Capabilities
    longest_parts: int

    @cached_property
    def used(self) -> set[str]:
        return placeholders.names(self.text)

    @cached_property
    def words(self) -> str:
        """The text with a gap for each placeholder, of the same length."""
        return PLACEHOLDER.sub(lambda match: "\0" * len(match[0]), self.text)

    @cached_property
    def kind(self) -> str:
        return notices.kind(self.campaign.notice or "")

    @cached_property
    def sources(self) -> list[tuple[str, str]]:
        """(field, words) of all that is sent: the text itself and what fills its placeholders."""
        filled = [(notices.FIELDS[name], self.facts[name]) for name in notices.FIELDS if name in self.used]
        return [("text", self.words), *((field, words) for field, words in filled if field)]


@dataclass(frozen=True)
class Hit:
    """One fault: ``what`` is shown, ``field`` is where it is mended, ``start`` and ``end`` where it stands in it.

    ``in_fact``: it stands in what fills a placeholder, so that no change of the text mends it.
    """

    what: str = ""
    field: str = "text"
    start: int = 0
    end: int = 0
    in_fact: bool = False


# ---- which texts a rule is for


def always(at: Look) -> bool:
    return True


def recruits(at: Look) -> bool:
    return at.kind == notices.RECRUITS


def to_many(at: Look) -> bool:
    return at.kind != notices.ANSWERS


def offers_abroad(at: Look) -> bool:
    return at.campaign.reach == ABROAD and to_many(at) and at.campaign.notice != "headcount_full"


def cannot_receive(at: Look) -> bool:
    return not at.capabilities.receives_sms


def advertises(at: Look) -> bool:
    return lawful.of(at.campaign).needs_qc


def informs(at: Look) -> bool:
    return at.campaign.law_class == lawful.PUBLIC_NOTICE


def no_loans(at: Look) -> bool:
    return not at.capabilities.loans_allowed


def writes(at: Look) -> bool:
    return lawful.SMS in (at.campaign.channel or lawful.SMS, at.campaign.second)


def writes_yes(at: Look) -> bool:
    """A missed call is a yes, and there is an SMS that has to say so; a call says it by itself."""
    return at.campaign.missed_call == YES and writes(at)


def means_call_me(at: Look) -> bool:
    return at.campaign.missed_call != YES and writes(at)


def registered(at: Look) -> bool:
    return bool(at.capabilities.templates)


def without_accents(at: Look) -> bool:
    return at.campaign.encoding == PLAIN
