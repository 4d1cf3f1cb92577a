"""What must be right before a campaign may be sent: checks of the job, the audience and the hours; the text has lint.py."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from service.campaigns import calls, lawful, lint, missed_calls, notices, voice_notices, ways
from service.campaigns.campaigns import ABROAD, YES
from service.campaigns.situation import ADVISE, BLOCK, Fix, Problem, Situation
from service.text import placeholders
from service.text.placeholders import MissingValues

__all__ = ["ADVISE", "BLOCK", "CHECKS", "Fix", "Problem", "Situation", "advice", "problems"]

LEAST_WAIT_H, MOST_WAIT_H = 1, 72  # between an SMS without an answer and the call
BRACES = re.compile(r"[{}]")  # in a fact a villager would take them for a fault of the machine


def problems(situation: Situation) -> list[Problem]:
    """All that still stands in the way of sending, in the order of the form. Empty means: may be sent."""
    found = [problem for check in CHECKS for problem in check(situation)]
    return [problem for problem in found if problem.severity == BLOCK]


def advice(situation: Situation) -> list[Problem]:
    """What would be better otherwise, but does not stop a launch."""
    return lint.advice(situation) if ways.writes(situation.campaign) else []


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
    if not ways.writes(at.campaign):
        return
    if not (at.campaign.text or "").strip():
        yield Problem("check.no_text", "text", {})
    yield from lint.findings(at)


def _window(at: Situation) -> Iterator[Problem]:
    earliest, latest = ways.window(at.campaign)
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
    """Can it be said, can this carrier call, and does anybody know what it costs?"""
    if not ways.calls(at.campaign):
        return
    if not at.capabilities.can_call:
        first = at.campaign.channel == lawful.VOICE
        code, field = ("check.cannot_call", "way") if first else ("check.second_cannot_call", "second")
        yield Problem(code, field, {})
    if at.call_price_vnd is None:
        yield Problem("check.no_call_price", "price", {})
    try:
        calls.writer(at.campaign, at.employer)
    except MissingValues as problem:
        yield from _missing(at, problem.names)
    except voice_notices.BadNotice:
        yield Problem("check.call_unfinished", "call_notice", {})


def _missing(at: Situation, names: Iterable[str]) -> Iterator[Problem]:
    """Facts that the call names and nobody wrote; those of which the checks of the job speak are not told twice."""
    told = {problem.field for check in (_employer, _job) for problem in check(at)}
    for name in sorted(names):
        field = notices.FIELDS.get(name, "")
        if field not in told:
            yield Problem("check.call_missing", field or "call_notice", {"what": "{" + name + "}"})


def _second(at: Situation) -> Iterator[Problem]:
    """What follows the first channel. That an SMS needs a text, and a call its words, is seen by the checks before."""
    campaign = at.campaign
    if not campaign.second:
        return
    if campaign.second == campaign.channel:
        yield Problem("check.second_same", "second", {})
        return
    earliest, latest = lawful.windows(campaign.law_class or "", campaign.second)
    if earliest >= latest:
        yield Problem("check.window_closed", "second", {})
    if campaign.second == lawful.VOICE and not LEAST_WAIT_H <= campaign.second_after_h <= MOST_WAIT_H:
        values = {"least": LEAST_WAIT_H, "most": MOST_WAIT_H, "hours": campaign.second_after_h}
        yield Problem("check.second_hours", "second_after_h", values)


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
    _second,
    _missed_call,
)
