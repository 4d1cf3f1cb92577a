"""“Gửi thử cho tôi”: one real message of a draft to the phone of who writes it."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from service import bell, db
from service.campaigns import edit_pages
from service.campaigns.campaigns import LAUNCHED
from service.campaigns.door import bp, known
from service.campaigns.studio_pages import TEXT
from service.refused import Refused
from service.sending import trial
from service.web.access import current_staff, needs
from service.web.languages import gettext as _
from service.web.sentences import sentence

LONGEST = 40


@bp.post("/<int:campaign_id>/trial")
@needs("campaign.launch")
def try_out(campaign_id: int) -> ResponseReturnValue:
    typed, campaign = request.form.get("phone", "")[:LONGEST], known(campaign_id)
    if campaign.state in LAUNCHED:
        raise Refused("campaign.already_sent", code=campaign.code, at=campaign.launched_at)
    try:
        with db.transaction():
            trial.send(known(campaign_id), typed, current_staff())
    except Refused as refused:
        return edit_pages.page(campaign, opened=TEXT, trial=(typed, sentence(refused))), 422
    bell.ring(campaign.carrier)
    flash(
        _("Đã xếp một tin thử vào hàng gửi, trong vài phút sẽ tới máy của bạn. Không ai khác nhận tin này."),
        "good",
    )
    return redirect(url_for(".show", campaign_id=campaign_id, card=TEXT, _anchor="card-text"), 303)
