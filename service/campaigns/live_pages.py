"""A launched campaign: its live page, pause, resume and stop, and the lists behind its figures."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service import bell, db
from service.campaigns import campaigns, employers, lawful, ways
from service.campaigns.campaigns import LAUNCHED, PAUSED, RUNNING, Campaign
from service.campaigns.door import bp, by_call, known, number_asked, say
from service.campaigns.next_pages import what_next
from service.refused import Refused
from service.reports import answers, calls_heard
from service.reports.summary import summary
from service.sending import (
    budget,
    gates,
    launch,
    messages,
    mixes,
    progress,
    recipients,
    retries,
    stop_file,
    waves,
)
from service.sending.progress import Around, Sentence
from service.staff import accounts
from service.staff.history import History
from service.text.words import VIETNAM
from service.web import deeds
from service.web.access import current_staff, needs
from service.web.addresses import is_htmx
from service.web.campaign_words import MEANINGS, MESSAGE_STATES, code_advice, code_word
from service.web.languages import gettext as _

PAGE = 50
LINGER = timedelta(minutes=10)  # reports and answers come in for a while after the last message
STOP_POLLING = 286  # htmx asks no more


@bp.get("/<int:campaign_id>/live")
@needs("campaign.see")
def live(campaign_id: int) -> ResponseReturnValue:
    """The whole page; or, asked by htmx, its moving part. When the state has changed, the page reloads itself."""
    campaign = known(campaign_id)
    if campaign.state not in LAUNCHED:
        return redirect(url_for(".show", campaign_id=campaign.id))
    facts = _facts(campaign)
    if not is_htmx():
        return render_template("campaigns/live.html", **facts, **_surroundings(campaign, facts["done"]))
    if request.args.get("state") != campaign.state:
        return Response(headers={"HX-Refresh": "true"})
    answer = make_response(render_template("campaigns/_figures.html", **facts))
    answer.status_code = 200 if facts["moving"] else STOP_POLLING
    return answer


def _facts(campaign: Campaign) -> dict[str, Any]:
    now, figures = db.clock(), summary(campaign)
    gate, done = gates.of(campaign.carrier, campaign.channel), campaigns.deeds(campaign.id)
    heard = campaign.state != RUNNING or bell.heard()
    today = now.astimezone(VIETNAM).date()
    later = lawful.sending_day(today)
    around = Around(
        gate=gate,
        now=now,
        redis_heard=heard,
        paused_by=_paused_by(done),
        sending_day=later if later != today else None,
        stop_file=stop_file.lies_there(),
        retries=retries.planned(campaign.id, now),
        filtered=retries.filtered(campaign.id) if figures["messages"].get("failed") else 0,
        second=mixes.counts(campaign),
    )
    told = [*progress.describe(campaign, figures["messages"], around), *_second_closed(campaign, now)]
    return {
        "campaign": campaign,
        "figures": figures,
        "sentences": [(one.code, _said(one, campaign)) for one in told],
        "call_figures": calls_heard.figures(campaign.id) if ways.calls(campaign) else None,
        "calls": ways.calls(campaign),
        "way": ways.of(campaign),
        "tone": _tone(told),
        "moving": _moving(campaign, now),
        "done": done,
        "estimate_vnd": next(
            (row.details["price_vnd"] for row in done if row.deed == "campaign.launched"), None
        ),
        "cost": budget.of(campaign.id),
    }


def _second_closed(campaign: Campaign, now: datetime) -> list[Sentence]:
    """Of a campaign that calls and writes: the gate of what follows, when it lets nothing through."""
    if not campaign.second or campaign.state not in (RUNNING, PAUSED):
        return []
    gate = gates.of(campaign.carrier, campaign.second)
    if gate is None or gates.lets_through(campaign.carrier, now, campaign.second):
        return []
    return [Sentence(f"live.second_{campaign.second}_closed", {"reason": gate.reason})]


def _said(sentence: Sentence, campaign: Campaign) -> str:
    """In words, a carrier's code too."""
    values = sentence.values
    if "reason" in values:
        values = {**values, "reason": code_word(values["reason"]) or "?"}
    return say(by_call(sentence.code, campaign.channel), values)


TONES = {"progress.sending": "busy", "progress.last_ones": "busy", "progress.settling": "busy"}
TONES |= {
    "progress.finished": "good",
    "progress.stopped": "bad",
    "progress.gate_closed": "bad",
    "progress.stop_file": "bad",
}


def _tone(told: list[progress.Sentence]) -> str:
    return TONES.get(told[0].code, "warn") if told else "info"


def _paused_by(done: list[History]) -> str:
    """Who paused it last; empty when it was the system itself."""
    pauses = [row.staff_id for row in done if row.deed == "campaign.paused"]
    staff = accounts.find(pauses[0]) if pauses and pauses[0] else None
    return staff.name if staff else ""


def _moving(campaign: Campaign, now: datetime) -> bool:
    return campaign.ended_at is None or now - campaign.ended_at < LINGER


def _surroundings(campaign: Campaign, done: list[History]) -> dict[str, Any]:
    names = {one.id: one.name for one in accounts.listed()}
    return {
        "employer": employers.find(campaign.employer_id) if campaign.employer_id else None,
        "names": names,
        "told": [(row, names.get(row.staff_id or 0, ""), deeds.sentence(row, names)) for row in done],
        "example": next(iter(recipients.listed(campaign.id, size=1)), None),
        **what_next(campaign),
    }


@bp.post("/<int:campaign_id>/pause")
@needs("campaign.control")
def pause(campaign_id: int) -> ResponseReturnValue:
    with db.transaction():
        campaigns.pause(known(campaign_id), current_staff())
    return redirect(url_for(".live", campaign_id=campaign_id), 303)


@bp.post("/<int:campaign_id>/resume")
@needs("campaign.control")
def resume(campaign_id: int) -> ResponseReturnValue:
    with db.transaction():
        campaign = known(campaign_id)
        waves.resume(campaign, current_staff())
    bell.ring(campaign.carrier)
    return redirect(url_for(".live", campaign_id=campaign_id), 303)


@bp.get("/<int:campaign_id>/stop")
@needs("campaign.control")
def ask_stop(campaign_id: int) -> ResponseReturnValue:
    """Stopping cannot be undone, so it asks first."""
    campaign = known(campaign_id)
    if campaign.state not in (RUNNING, PAUSED):
        return redirect(url_for(".show", campaign_id=campaign_id))
    return render_template("campaigns/stop.html", campaign=campaign, counts=messages.counts(campaign.id))


@bp.post("/<int:campaign_id>/stop")
@needs("campaign.control")
def stop(campaign_id: int) -> ResponseReturnValue:
    with db.transaction():
        campaign = known(campaign_id)
        cancelled = launch.stop(campaign, current_staff())
    flash(
        _(
            "Đã dừng hẳn chiến dịch %(code)s, hủy %(count)s tin chưa gửi.",
            code=campaign.code,
            count=cancelled,
        ),
        "good",
    )
    return redirect(url_for(".live", campaign_id=campaign_id), 303)


@bp.get("/<int:campaign_id>/messages")
@needs("campaign.see")
def message_list(campaign_id: int) -> ResponseReturnValue:
    """Who the messages went to and what became of them, page by page."""
    campaign, state, after = _launched(campaign_id), request.args.get("state", ""), number_asked("after") or 0
    states = (state,) if state in MESSAGE_STATES else ()
    second = bool(campaign.second and request.args.get("second"))
    rows = recipients.listed(campaign.id, states, after, PAGE + 1, second)
    return render_template(
        "campaigns/messages.html",
        campaign=campaign,
        state=state if states else "",
        second=1 if second else None,
        counts=mixes.counts(campaign).by_state() if second else messages.counts(campaign.id),
        rows=rows[:PAGE],
        after=after,
        following=rows[PAGE - 1].message.id if len(rows) > PAGE else None,
        code_word=code_word,
        code_advice=code_advice,
    )


@bp.get("/<int:campaign_id>/replies")
@needs("campaign.see")
def reply_list(campaign_id: int) -> ResponseReturnValue:
    campaign, meaning, before = (
        _launched(campaign_id),
        request.args.get("meaning", ""),
        number_asked("before"),
    )
    meaning = meaning if meaning in MEANINGS else ""
    rows = answers.replies(campaign.id, meaning, before, PAGE + 1)
    return render_template(
        "campaigns/replies.html",
        campaign=campaign,
        meaning=meaning,
        counts=summary(campaign)["replies"],
        rows=rows[:PAGE],
        before=before,
        following=rows[PAGE - 1].reply.id if len(rows) > PAGE else None,
    )


@bp.get("/<int:campaign_id>/interests")
@needs("campaign.see")
def interest_list(campaign_id: int) -> ResponseReturnValue:
    campaign, before = _launched(campaign_id), number_asked("before")
    rows = answers.wishes(campaign.id, before, PAGE + 1)
    return render_template(
        "campaigns/interests.html",
        campaign=campaign,
        rows=rows[:PAGE],
        before=before,
        following=rows[PAGE - 1].interest.id if len(rows) > PAGE else None,
    )


def _launched(campaign_id: int) -> Campaign:
    """A campaign that has lists. A draft has none yet."""
    campaign = known(campaign_id)
    if campaign.state not in LAUNCHED:
        raise Refused("campaign.not_sent_yet", code=campaign.code)
    return campaign
