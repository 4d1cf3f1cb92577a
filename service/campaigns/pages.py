"""The campaigns' door: the list, a campaign before it is sent, approval and launch. The cards: edit_pages."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from service import bell, db
from service.campaigns import (
    approvals,
    audience_pages,
    call_pages,
    campaigns,
    chart_pages,
    edit_pages,
    employers,
    live_pages,
    poster_pages,
    studio_pages,
    trial_pages,
    twin,
    version_pages,
)
from service.campaigns.campaigns import LAUNCHED, Campaign
from service.campaigns.door import bp, held, known
from service.campaigns.forms import ApproveForm, LaunchForm, TurnDownForm
from service.refused import Refused
from service.registry import areas, groups
from service.reports import answers
from service.sending import launch as launching
from service.sending import messages
from service.sending.launch import Outlook
from service.staff import accounts, roles
from service.web.access import current_staff, needs
from service.web.languages import gettext as _

__all__ = [
    "audience_pages",
    "bp",
    "call_pages",
    "chart_pages",
    "edit_pages",
    "live_pages",
    "poster_pages",
    "trial_pages",
    "version_pages",
]


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
    return render_template(
        "campaigns/index.html",
        listed=listed,
        left=left,
        names={employer.id: employer.name for employer in employers.listed()},
        makers={one.id: one.name for one in accounts.listed()},
        interests=answers.interest_counts(ids),
        done={one.id: studio_pages.done_without_asking(one) for one in listed if one.state not in LAUNCHED},
    )


@bp.get("/<int:campaign_id>")
@needs("campaign.see")
def show(campaign_id: int) -> ResponseReturnValue:
    """The six cards for who writes; for who approves, exactly what will be sent."""
    campaign = known(campaign_id)
    if campaign.state in LAUNCHED:
        return redirect(url_for(".live", campaign_id=campaign.id))
    if roles.may(current_staff().role, "campaign.edit"):
        return edit_pages.page(campaign)
    return render_template("campaigns/show.html", **_read(campaign))


def _read(campaign: Campaign, form: TurnDownForm | None = None) -> dict[str, Any]:
    shown, who = studio_pages.view(campaign), campaign.who
    addresses = twin.addresses(who)
    return {
        **shown,
        **studio_pages.text_view(campaign, campaign.text, campaign.encoding, addresses),
        **audience_pages.previewed(campaign),
        "counted": shown["view"].count,
        "who": who,
        "where": areas.names({*who.communes, *who.hamlets}),
        "group": groups.find(who.group) if who.group else None,
        "no": form or TurnDownForm(formdata=None),
    }


@bp.post("/<int:campaign_id>/approve")
@needs("campaign.approve")
def approve(campaign_id: int) -> ResponseReturnValue:
    form = ApproveForm()
    if not form.validate():
        abort(400)
    with db.transaction():
        campaign, view = _now(campaign_id)
        if view.problems:
            raise Refused("campaign.not_ready", count=len(view.problems))
        approvals.approve(campaign, form.seen.data, view.count.recipients, view.price_vnd, current_staff())
    flash(_("Đã duyệt chiến dịch %(code)s. Bây giờ cán bộ phụ trách có thể gửi.", code=campaign.code), "good")
    return redirect(url_for(".show", campaign_id=campaign_id), 303)


@bp.post("/<int:campaign_id>/turn-down")
@needs("campaign.approve")
def turn_down(campaign_id: int) -> ResponseReturnValue:
    """No, and why: the words stay in the field when they are too few."""
    form = TurnDownForm()
    if not form.validate():
        return render_template("campaigns/show.html", **_read(known(campaign_id), form)), 422
    with db.transaction():
        campaign, view = _now(campaign_id)
        count, price = view.count.recipients, view.price_vnd
        approvals.turn_down(campaign, form.seen.data, count, price, form.note.data or "", current_staff())
    flash(_("Đã ghi: chưa duyệt chiến dịch %(code)s. Người soạn sẽ thấy lý do.", code=campaign.code), "good")
    return redirect(url_for(".show", campaign_id=campaign_id), 303)


def _now(campaign_id: int) -> tuple[Campaign, Outlook]:
    """The campaign, held, and what it would do now."""
    campaign = held(campaign_id)
    if campaign.state in LAUNCHED:
        raise Refused("campaign.already_sent", code=campaign.code, at=campaign.launched_at)
    return campaign, launching.outlook(campaign)


@bp.post("/<int:campaign_id>/launch")
@needs("campaign.launch")
def launch(campaign_id: int) -> ResponseReturnValue:
    form = LaunchForm()
    if not form.validate():
        abort(400)
    with db.transaction():
        campaign = launching.launch(
            held(campaign_id).id, form.recipients.data, form.seen.data, current_staff()
        )
    if not bell.ring(campaign.carrier):
        flash(_("Đã ghi chiến dịch. Redis chưa trả lời nên việc gửi còn chờ, sẽ tự bắt đầu."), "warn")
    return redirect(url_for(".live", campaign_id=campaign_id), 303)
