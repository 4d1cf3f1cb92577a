"""The campaigns' door: the list, the page before sending, approval and launch. See also edit_pages and live_pages."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service import bell, db, settings
from service.campaigns import audience, campaigns, edit_pages, employers, live_pages
from service.campaigns.audience import Household
from service.campaigns.campaigns import LAUNCHED, Campaign
from service.campaigns.door import bp, known, number_asked, say
from service.campaigns.forms import ApproveForm, LaunchForm
from service.refused import Refused
from service.reports import answers
from service.sending import launch as launching
from service.sending import messages
from service.staff import accounts
from service.web.access import current_staff, needs
from service.web.languages import gettext as _

FIRST = 5  # real people whose messages are shown
__all__ = ["bp", "edit_pages", "live_pages"]


@bp.get("")
@needs("campaign.see")
def index() -> ResponseReturnValue:
    listed = campaigns.listed()
    ids = [campaign.id for campaign in listed]
    left = {
        one.id: messages.counts(one.id).get("ready", 0)
        for one in listed
        if one.state in ("running", "paused")
    }
    names = {employer.id: employer.name for employer in employers.listed()}
    return render_template(
        "campaigns/index.html", listed=listed, left=left, names=names, interests=answers.interest_counts(ids)
    )


@bp.get("/<int:campaign_id>")
@needs("campaign.see")
def show(campaign_id: int) -> ResponseReturnValue:
    campaign = known(campaign_id)
    if campaign.state in LAUNCHED:
        return redirect(url_for(".live", campaign_id=campaign.id))
    return render_template("campaigns/show.html", **_before_sending(campaign))


def _before_sending(campaign: Campaign) -> dict[str, Any]:
    view = launching.outlook(campaign)
    return {
        "campaign": campaign,
        "employer": employers.find(campaign.employer_id) if campaign.employer_id else None,
        "view": view,
        "problems": [(say(problem.code, problem.values), problem.field) for problem in view.problems],
        "limit": settings.get().approval_above,
        "approvers": [one.name for one in accounts.listed() if one.role == "approver" and one.active],
        "names": {one.id: one.name for one in accounts.listed()},
        "audience_args": campaign.who.as_json(),
        **_preview(campaign),
    }


def _preview(campaign: Campaign) -> dict[str, Any]:
    """The first few real messages; or those of the person that was looked for."""
    words, person = request.args.get("q", "").strip(), number_asked("person")
    house = audience.household_of(campaign.who, person) if person is not None else None
    houses = [house] if house is not None else audience.sample(campaign.who, FIRST)
    return {
        "q": words,
        "chosen": house,
        "found": audience.matching(campaign.who, words) if words else [],
        "previews": _messages(campaign, houses),
    }


def _messages(campaign: Campaign, houses: list[Household]) -> list[Any]:
    try:
        return list(launching.preview(campaign, houses))
    except ValueError:
        return []  # something in braces that nobody fills; the checklist says so


@bp.post("/<int:campaign_id>/approve")
@needs("campaign.approve")
def approve(campaign_id: int) -> ResponseReturnValue:
    form = ApproveForm()
    if not form.validate():
        abort(400)
    with db.transaction():
        campaign = known(campaign_id)
        problems = launching.outlook(campaign).problems
        if problems:
            raise Refused("campaign.not_ready", count=len(problems))
        campaigns.approve(campaign, form.seen.data, current_staff())
    flash(_("Đã duyệt chiến dịch %(code)s. Bây giờ cán bộ phụ trách có thể gửi.", code=campaign.code), "good")
    return redirect(url_for(".show", campaign_id=campaign_id), 303)


@bp.post("/<int:campaign_id>/launch")
@needs("campaign.launch")
def launch(campaign_id: int) -> ResponseReturnValue:
    form = LaunchForm()
    if not form.validate():
        abort(400)
    with db.transaction():
        campaign = launching.launch(
            known(campaign_id).id, form.recipients.data, form.seen.data, current_staff()
        )
    if not bell.ring(campaign.carrier):
        flash(_("Đã ghi chiến dịch. Redis chưa trả lời nên việc gửi còn chờ, sẽ tự bắt đầu."), "warn")
    return redirect(url_for(".live", campaign_id=campaign_id), 303)
