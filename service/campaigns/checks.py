"""What must be right before a campaign may be sent: checks of the job, the audience and the hours; the text has lint.py."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from service.campaigns import calls, lawful, lint, missed_calls, voice_notices
from service.campaigns.campaigns import ABROAD, YES
from service.campaigns.situation import ADVISE, BLOCK, Fix, Problem, Situation
from service.text import placeholders
from service.text.placeholders import MissingValues

__all__ = ["ADVISE", "BLOCK", "CHECKS", "Fix", "Problem", "Situation", "advice", "problems"]

BRACES = re.compile(r"[{}]")  # in a fact a villager would take them for a fault of the machine


def problems(situation: Situation) -> list[Problem]:
    """All that still stands in the way of sending, in the order of the form. Empty means: may be sent."""
    found = [problem for check in CHECKS for problem in check(situation)]
    return [problem for problem in found if problem.severity == BLOCK]


def advice(situation: Situation) -> list[Problem]:
    """What would be better otherwise, but does not stop a launch."""
    return lint.advice(situation)


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
    if campaign.departs_on is not None and campaign.departs_on < at.today:
        yield Problem("check.departs_past", "departs_on", {})
    for field in ("post", "place", "country", "lodging", "food", "requirements", "papers"):
        fact = getattr(campaign, field) or ""
        if BRACES.search(fact):
            yield Problem("check.braces", field, {"what": fact})


def _audience(at: Situation) -> Iterator[Problem]:
    if at.count.recipients == 0:
        yield Problem("check.nobody", "audience", {"people": at.count.people})


def _text(at: Situation) -> Iterator[Problem]:
    if not (at.campaign.text or "").strip():
        yield Problem("check.no_text", "text", {})
    yield from lint.findings(at)


def _window(at: Situation) -> Iterator[Problem]:
    earliest, latest = lawful.windows(at.campaign.law_class or "", at.campaign.channel)
    if not at.campaign.window_from < at.campaign.window_to:
        yield Problem("check.window_order", "window_from", {})
    elif earliest >= latest:
        yield Problem("check.window_closed", "window_from", {})
    elif at.campaign.window_from < earliest or at.campaign.window_to > latest:
        values = {
            "from": f"{earliest // 60:02d}:{earliest % 60:02d}",
            "to": f"{latest // 60:02d}:{latest % 60:02d}",
        }
        yield Problem("check.window_hours", "window_from", values)


def _call(at: Situation) -> Iterator[Problem]:
    """Can it be said, and can this carrier call?"""
    if at.campaign.channel != lawful.VOICE:
        return
    if not at.capabilities.can_call:
        yield Problem("check.cannot_call", "channel", {})
    try:
        calls.writer(at.campaign, at.employer)
    except MissingValues as problem:
        yield Problem("check.call_missing", "notice", {"what": ", ".join(sorted(problem.names))})
    except voice_notices.BadNotice:
        yield Problem("check.call_unfinished", "notice", {})


def _missed_call(at: Situation) -> Iterator[Problem]:
    """Whoever is invited to let a number ring must be told which; that the text says what it means is a rule of lint.py."""
    campaign = at.campaign
    invites = campaign.missed_call == YES or missed_calls.NAME in placeholders.names(campaign.text or "")
    if invites and not missed_calls.invitation(campaign):
        yield Problem("check.no_missed_call_number", "text", {"what": missed_calls.PLACEHOLDER})


CHECKS: tuple[Callable[[Situation], Iterator[Problem]], ...] = (
    _employer,
    _job,
    _audience,
    _text,
    _window,
    _call,
    _missed_call,
)
