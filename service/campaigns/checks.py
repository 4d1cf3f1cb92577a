"""What must be right before a campaign may be sent: a table of checks, each with a way to mend it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from service import settings
from service.campaigns import notices
from service.campaigns.audience import Count
from service.campaigns.campaigns import ABROAD, Campaign
from service.campaigns.employers import Employer
from service.carriers.base import Capabilities
from service.text import placeholders
from service.text.vietnamese import search_key

MOST_PARTS = 4
BRACES = re.compile(r"[{}]")  # in a fact they would be read as a placeholder
LINK = re.compile(r"https?:|www\.", re.IGNORECASE)
OPT_OUT_WORDS = re.compile(r"\btc\b|tu choi|khong nhan")
ANSWER_WORDS = ("tra loi 1", "tra loi: 1", "nhan 1", "soan 1", "tra loi co", "soan co")


@dataclass(frozen=True)
class Problem:
    """``code`` has its sentence in web/sentences.py; ``field`` is where it is mended."""

    code: str
    field: str
    values: dict[str, Any]


@dataclass(frozen=True)
class Situation:
    """What the checks look at."""

    campaign: Campaign
    employer: Employer | None
    count: Count
    capabilities: Capabilities
    longest_parts: int
    today: date


def problems(situation: Situation) -> list[Problem]:
    """All that still stands in the way of sending, in the order of the form. Empty means: may be sent."""
    return [problem for check in CHECKS for problem in check(situation)]


def _employer(at: Situation) -> Iterator[Problem]:
    if at.employer is None:
        yield Problem("check.no_employer", "employer_id", {})
    elif BRACES.search(at.employer.name):
        yield Problem("check.braces", "employer_id", {"what": at.employer.name})
    elif at.employer.checked_at is None:
        yield Problem("check.employer_unchecked", "employer_id", {"name": at.employer.name})
    elif at.campaign.reach == ABROAD:
        until = at.employer.licence_until
        if not at.employer.licence_number or until is None or until < at.today:
            yield Problem("check.no_licence", "employer_id", {"name": at.employer.name})


def _job(at: Situation) -> Iterator[Problem]:
    campaign = at.campaign
    missing = {
        "post": campaign.post,
        "headcount": campaign.headcount,
        "wage_from": campaign.wage_from,
        "place": campaign.place,
    }
    for field, value in missing.items():
        if not value:
            yield Problem(f"check.no_{field}", field, {})
    if campaign.wage_from and campaign.wage_to and campaign.wage_to < campaign.wage_from:
        yield Problem("check.wage_order", "wage_to", {})
    if campaign.reach == ABROAD and not campaign.country:
        yield Problem("check.no_country", "country", {})
    if campaign.deadline is None:
        yield Problem("check.no_deadline", "deadline", {})
    elif campaign.deadline < at.today:
        yield Problem("check.deadline_past", "deadline", {})
    for field, fact in (("post", campaign.post), ("place", campaign.place), ("country", campaign.country)):
        if BRACES.search(fact):
            yield Problem("check.braces", field, {"what": fact})


def _audience(at: Situation) -> Iterator[Problem]:
    if at.count.recipients == 0:
        yield Problem("check.nobody", "audience", {"people": at.count.people})


def _text(at: Situation) -> Iterator[Problem]:
    text = at.campaign.text
    if not text.strip():
        yield Problem("check.no_text", "text", {})
        return
    for wrong in placeholders.problems(text, set(notices.PLACEHOLDERS)):
        yield Problem("check.placeholder", "text", {"what": wrong.text})
    used = placeholders.names(text)
    for name in ("ma", "duong_day_nong"):
        if name not in used:
            yield Problem(f"check.no_{name}", "text", {})
    if "doanh_nghiep" not in used:
        yield Problem("check.text_no_employer", "text", {})
    plain = search_key(text)
    if not OPT_OUT_WORDS.search(plain):
        yield Problem("check.no_opt_out", "text", {})
    if not at.capabilities.receives_sms and any(word in plain for word in ANSWER_WORDS):
        yield Problem("check.cannot_answer", "text", {})
    if at.campaign.reach == ABROAD and "khong nop tien" not in plain:
        yield Problem("check.no_money_warning", "text", {})
    if LINK.search(text):
        yield Problem("check.link", "text", {})
    if at.longest_parts > MOST_PARTS:
        yield Problem("check.too_long", "text", {"parts": at.longest_parts, "most": MOST_PARTS})


def _window(at: Situation) -> Iterator[Problem]:
    earliest, latest = settings.get().sms_hours
    if not at.campaign.window_from < at.campaign.window_to:
        yield Problem("check.window_order", "window_from", {})
    elif at.campaign.window_from < earliest or at.campaign.window_to > latest:
        values = {
            "from": f"{earliest // 60:02d}:{earliest % 60:02d}",
            "to": f"{latest // 60:02d}:{latest % 60:02d}",
        }
        yield Problem("check.window_hours", "window_from", values)


CHECKS: tuple[Callable[[Situation], Iterator[Problem]], ...] = (_employer, _job, _audience, _text, _window)
