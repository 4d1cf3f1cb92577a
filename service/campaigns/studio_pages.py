"""What the page of the six cards shows: ticks, what is missing, the price, what will happen, who has to approve."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app, render_template
from flask.typing import ResponseReturnValue

from service import db, settings
from service.campaigns import (
    approvals,
    campaigns,
    checks,
    employers,
    lawful,
    lint,
    notices,
    prices,
    twin,
    versions,
    ways,
)
from service.campaigns.approvals import Approval
from service.campaigns.audience import Count
from service.campaigns.call_pages import call_view
from service.campaigns.campaigns import Campaign, Content
from service.campaigns.card_forms import TextForm, text_form
from service.campaigns.door import bp, by_call, day_words, known, say
from service.campaigns.employers import Employer
from service.campaigns.situation import Problem, Situation
from service.carriers import directory
from service.sending import gates, launch
from service.sending.forecast import forecast
from service.sending.launch import Outlook
from service.staff import accounts, roles
from service.text.words import money, number, today_in_vietnam
from service.web.access import current_staff, needs
from service.web.campaign_words import WHY_APPROVAL
from service.web.languages import gettext as _

JOB, AUDIENCE, TEXT, VOICE, SENDING, APPROVAL = "job", "audience", "text", "voice", "sending", "approval"
CARDS = (JOB, AUDIENCE, TEXT, VOICE, SENDING, APPROVAL)
FIELD_CARDS = {
    "audience": AUDIENCE, "way": AUDIENCE, "second": AUDIENCE, "second_after_h": AUDIENCE, "text": TEXT, "encoding": TEXT,
    "call_notice": VOICE, "price": SENDING, "window_from": SENDING, "window_to": SENDING, "cap_vnd": SENDING,
    "starts_at": SENDING, "law_class": SENDING,
}  # fmt: skip
DONE, TODO, UNUSED = "done", "todo", "unused"
PAUSE = timedelta(minutes=10)  # after which somebody's next change counts as another version
MOST_WEIGHED = 4_000  # characters; who pastes a whole letter is told so, and it is not weighed


@dataclass(frozen=True)
class Todo:
    """Something that is missing: in words, and where it is mended. ``block`` false: it may stay as it is."""

    words: str
    field: str
    card: str
    code: str
    fixable: bool
    block: bool = True


@dataclass(frozen=True)
class Card:
    number: int
    code: str
    state: str
    todo: int


@dataclass(frozen=True)
class Verdict:
    """How it stands with the approval: what was said last, the yes that holds, and why one is needed."""

    why: tuple[str, ...]
    last: Approval | None
    yes: Approval | None  # holds for what would be sent now
    outgrown: bool  # there is a yes, but for fewer messages or less money

    @property
    def is_enough(self) -> bool:
        return not self.why or (self.yes is not None and not self.outgrown)


def card_of(field: str) -> str:
    return FIELD_CARDS.get(field, JOB)


def to_fill(campaign: Campaign) -> tuple[str, ...]:
    """The cards that this campaign needs: who only calls writes no text."""
    unused = {TEXT: not ways.writes(campaign), VOICE: not ways.calls(campaign), APPROVAL: True}
    return tuple(code for code in CARDS if not unused.get(code))


def todos(problems: list[Problem]) -> list[Todo]:
    return [
        Todo(
            say(one.code, one.values), one.field, card_of(one.field), one.code, one.fix is not None,
            one.severity == checks.BLOCK,
        )
        for one in problems
    ]  # fmt: skip


def view(campaign: Campaign) -> dict[str, Any]:
    """Everything about the campaign that is not a form."""
    outlook, now = launch.outlook(campaign), db.clock()
    verdict = verdict_of(campaign, outlook, now)
    missing = todos(outlook.problems)
    return {
        "campaign": campaign,
        "employer": employer_of(campaign),
        "view": outlook,
        "todos": missing,
        "cards": _cards(campaign, missing, verdict),
        "verdict": verdict,
        "ready": not missing and verdict.is_enough,
        "plan": plan(campaign, outlook.count.recipients, now),
        "why": [_(WHY_APPROVAL[code], **_limits()) for code in verdict.why],
        "names": {one.id: one.name for one in accounts.listed()},
        "approvers": approvers(campaign),
        "holds_for": approvals.HOLDS_FOR,
        "may_decide": approvals.may_decide(campaign, current_staff()),
        "law": lawful.of(campaign),
        "hours": ways.window(campaign),
        "way": ways.of(campaign),
        "writes": ways.writes(campaign),
        "calls": ways.calls(campaign),
        "priced": not any(one.code == "check.no_call_price" for one in missing),
        "version_runs": runs(campaign.id),
        **(call_view(campaign) if ways.calls(campaign) else {}),
    }


def _limits() -> dict[str, str]:
    known_settings = settings.get()
    return {"most": number(known_settings.approval_above), "money": money(known_settings.approval_above_vnd)}


def employer_of(campaign: Campaign) -> Employer | None:
    return employers.find(campaign.employer_id) if campaign.employer_id else None


def verdict_of(campaign: Campaign, outlook: Outlook, now: datetime) -> Verdict:
    yes = approvals.standing(campaign, now)
    if yes is not None and yes.content_hash != outlook.content_hash:  # a name changed since
        yes = None
    outgrown = yes is not None and (
        outlook.count.recipients > yes.recipients or outlook.price_vnd > yes.price_vnd
    )
    return Verdict(outlook.why_approval, approvals.newest(campaign.id), yes, outgrown)


def _cards(campaign: Campaign, missing: list[Todo], verdict: Verdict) -> list[Card]:
    open_todos = {code: sum(one.card == code for one in missing) for code in CARDS}
    states = {code: TODO if open_todos[code] else DONE for code in to_fill(campaign)}
    states[APPROVAL] = DONE if verdict.is_enough else TODO
    return [
        Card(place, code, states.get(code, UNUSED), open_todos[code])
        for place, code in enumerate(CARDS, start=1)
    ]


def done_without_asking(campaign: Campaign) -> tuple[int, int]:
    """How many of the cards that are to be filled in look complete, of how many. Asks nothing of the registry."""
    at = situation(campaign, employer_of(campaign), 1, Count(1, 1, 1, {}))
    lacking = {card_of(one.field) for one in checks.problems(at)}
    cards = len(to_fill(campaign))
    return cards - len(lacking), cards


def plan(campaign: Campaign, recipients: int, now: datetime) -> list[str]:
    """What will happen after the button is pressed, in words."""
    carrier = directory.get(campaign.carrier)
    allowed = carrier.calls_per_second if campaign.channel == lawful.VOICE else carrier.per_second
    per_second = allowed * gates.SHARE
    return [
        say(
            by_call(one.code, campaign.channel),
            {k: day_words(v, now) if isinstance(v, datetime) else v for k, v in one.values.items()},
        )
        for one in forecast(campaign, recipients, per_second, now)
    ]


def approvers(campaign: Campaign) -> list[str]:
    """Who may say yes to this campaign."""
    may = [one for one in accounts.listed() if one.active and roles.may(one.role, "campaign.approve")]
    return [one.name for one in may if approvals.may_decide(campaign, one)]


def runs(campaign_id: int) -> list[versions.Version]:
    """The versions, of each stretch of one person's writing only the last: cards are saved at every change."""
    found: list[versions.Version] = []
    newer: versions.Version | None = None
    for one in versions.of_campaign(campaign_id, 500):  # the newest first
        same = newer is not None and newer.staff_id == one.staff_id and newer.at - one.at < PAUSE
        if not same:
            found.append(one)
        newer = one
    return found


# -------------------------------------------------------------------------------------------- while somebody writes


def memory() -> twin.Memory:
    """What this process knows about audiences for half a minute."""
    kept = current_app.extensions.setdefault("campaigns.addresses", twin.Memory())
    assert isinstance(kept, twin.Memory)
    return kept


def text_view(campaign: Campaign, text: str, encoding: str, addresses: twin.Addresses) -> dict[str, Any]:
    """The text in both forms with its price, and what is wrong with it."""
    employer = employer_of(campaign)
    price = prices.of(campaign.carrier, prices.SMS, today_in_vietnam())
    facts = notices.facts(campaign, employer)
    drawn = twin.draw(text[:MOST_WEIGHED], facts, addresses, price)
    form = drawn.accents if encoding == campaigns.ACCENTS else drawn.plain
    at = situation(
        unsaved(campaign, text=drawn.cleaned.text, encoding=encoding), employer, form.longest.count.parts
    )
    return {
        "twin": drawn,
        "sides": [("plain", drawn.plain), ("accents", drawn.accents)],
        "facts": facts,
        "encoding": encoding,
        "too_long": len(text) > MOST_WEIGHED,
        "price_vnd": price,
        "faults": todos(lint.findings(at)),
    }


def situation(
    campaign: Campaign, employer: Employer | None, longest_parts: int, count: Count | None = None
) -> Situation:
    """For judging a campaign without asking the registry."""
    capabilities, today = directory.get(campaign.carrier).capabilities, today_in_vietnam()
    price = prices.known(campaign.carrier, prices.VOICE, today) if ways.calls(campaign) else None
    return Situation(
        campaign, employer, count or Count(0, 0, 0, {}), capabilities, longest_parts, today, price
    )


def unsaved(campaign: Campaign, **changes: Any) -> Campaign:
    """The campaign as it would be; it is not kept."""
    fields = {name: getattr(campaign, name) for name in Content.__dataclass_fields__} | changes
    return Campaign(code=campaign.code, carrier=campaign.carrier, law_class=campaign.law_class, **fields)


@bp.post("/<int:campaign_id>/studio")
@needs("campaign.edit")
def studio(campaign_id: int) -> ResponseReturnValue:
    """The part of the third card that answers while somebody writes. Nothing is saved."""
    campaign = known(campaign_id)
    form: TextForm = text_form(campaign, sent=True)
    encoding = form.encoding.data if form.encoding.data == campaigns.ACCENTS else campaigns.PLAIN
    drawn = text_view(campaign, form.text.data or "", encoding, memory().addresses(campaign.who))
    return render_template("campaigns/_studio.html", campaign=campaign, **drawn)
