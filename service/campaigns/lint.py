"""What is wrong with a text: a table of rules, each with how grave it is, which texts it is for, and how it is mended.

A rule finds hits (wording.py); the first of each field becomes a Problem. A mender (mending.py) is tried until the rule
finds nothing more in the text itself; only then is the text offered as a fix.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from service.campaigns import look, mending, notices, wording
from service.campaigns.look import Hit, Look
from service.campaigns.missed_calls import PLACEHOLDER
from service.campaigns.situation import ADVISE, BLOCK, Fix, Problem, Situation
from service.campaigns.wording import MOST_PARTS
from service.text import sms_text

TRIES = 4

Finder = Callable[[Look], Iterator[Hit]]
Mender = Callable[[Look, list[Hit]], str]


@dataclass(frozen=True)
class Rule:
    code: str
    severity: str
    applies: Callable[[Look], bool]
    find: Finder
    mend: Mender | None = None


def _lacks(name: str) -> Finder:
    return partial(wording.lacks, name=name)


def _add(sentence: str) -> Mender:
    return lambda at, hits: mending.add(sentence, at)


def _begin(words: str) -> Mender:
    return lambda at, hits: mending.begin_with(words, at)


def _whole(mend: Callable[[Look], str]) -> Mender:
    return lambda at, hits: mend(at)


always, recruits, to_many = look.always, look.recruits, look.to_many

RULES: tuple[Rule, ...] = (
    Rule("lint.placeholder", BLOCK, always, wording.unknown_placeholders, mending.known_placeholders),
    Rule("lint.empty_placeholder", BLOCK, always, wording.empty_placeholders, mending.without_clauses),
    Rule("lint.blank", BLOCK, always, wording.blanks),
    Rule("lint.no_sender", BLOCK, always, _lacks("van_phong"), _begin("{van_phong}: ")),
    Rule("lint.no_employer", BLOCK, recruits, _lacks("doanh_nghiep"), _add("Nơi tuyển: {doanh_nghiep}.")),
    Rule("lint.no_wage", BLOCK, recruits, wording.lacks_wage, _add("Lương {luong}.")),
    Rule("lint.no_place", BLOCK, recruits, _lacks("noi_lam"), _add("Làm tại {noi_lam}.")),
    Rule("lint.no_code", BLOCK, to_many, _lacks("ma"), _add("Mã {ma}.")),
    Rule("lint.no_hotline", BLOCK, always, _lacks("duong_day_nong"), _add("Hỏi: {duong_day_nong}.")),
    Rule("lint.no_opt_out", BLOCK, to_many, wording.lacks_opt_out, _whole(mending.add_opt_out)),
    Rule("lint.opt_out_not_last", BLOCK, look.advertises, wording.opt_out_not_last, _whole(mending.move_opt_out)),
    Rule("lint.no_qc", BLOCK, look.advertises, wording.lacks_qc, lambda at, hits: f"[QC] {at.text.lstrip()}"),
    Rule("lint.needless_qc", ADVISE, look.informs, wording.needless_qc, mending.without),
    Rule("lint.cannot_answer", BLOCK, look.cannot_receive, wording.asks_for_sms, mending.invite_to_call),
    Rule("lint.missed_call_unsaid", BLOCK, look.writes_yes, wording.missed_call_unsaid, _add(f"{PLACEHOLDER}.")),
    Rule("lint.missed_call_means_other", BLOCK, look.writes, wording.missed_call_means_other, mending.say_by_placeholder),
    Rule("lint.missed_call_vague", ADVISE, look.means_call_me, wording.missed_call_vague, mending.say_by_placeholder),
    Rule("lint.no_money_warning", BLOCK, look.offers_abroad, wording.lacks_money_warning, _add(mending.NO_MONEY)),
    Rule("lint.money", BLOCK, always, wording.money, mending.without_sentences),
    Rule("lint.scam", BLOCK, always, wording.scam, mending.without),
    Rule("lint.loan", BLOCK, look.no_loans, wording.loans),
    Rule("lint.link", BLOCK, always, wording.links, mending.without_links),
    Rule("lint.not_registered", BLOCK, look.registered, wording.not_registered),
    Rule("lint.too_long", BLOCK, always, wording.too_long),
    Rule("lint.dear_sign", ADVISE, look.without_accents, wording.dear_signs, mending.without_signs),
    Rule("lint.shouting", ADVISE, always, wording.shouting, mending.small_letters),
    Rule("lint.other_number", ADVISE, always, wording.other_numbers, mending.our_number),
    Rule("lint.other_language", ADVISE, always, wording.other_languages),
)  # fmt: skip


def findings(at: Situation) -> list[Problem]:
    """All that is wrong with the text, blocking and advisory, in the order of the table. Nothing for an empty text."""
    seen = _look(at)
    if not seen.text.strip():
        return []
    return [problem for rule in RULES for problem in _judge(rule, seen)]


def advice(at: Situation) -> list[Problem]:
    """What would be better otherwise, but does not stop a launch."""
    return [problem for problem in findings(at) if problem.severity == ADVISE]


def _look(at: Situation) -> Look:
    campaign = at.campaign
    text = sms_text.clean(campaign.text or "").text
    return Look(text, campaign, notices.facts(campaign, at.employer), at.capabilities, at.longest_parts)


def _judge(rule: Rule, at: Look) -> Iterator[Problem]:
    """One problem for each field that the rule hits."""
    hits = list(rule.find(at)) if rule.applies(at) else []
    first: dict[str, Hit] = {}
    for hit in hits:
        first.setdefault(hit.field, hit)
    for field, hit in first.items():
        values = {"what": hit.what, "count": len(hits), "parts": at.longest_parts, "most": MOST_PARTS}
        fix = None if hit.in_fact else _fix(rule, at, hits)
        yield Problem(rule.code, field, values, rule.severity, fix)


def _fix(rule: Rule, at: Look, hits: list[Hit]) -> Fix | None:
    """The mended text, when mending helps: the rule says nothing about it any more, and words are left."""
    if rule.mend is None:
        return None
    for _ in range(TRIES):
        text = sms_text.clean(rule.mend(at, [hit for hit in hits if not hit.in_fact])).text
        if text == at.text or not text.strip():
            return None
        at = replace(at, text=text)
        hits = list(rule.find(at))
        if all(hit.in_fact for hit in hits):
            return Fix(text)
    return None
