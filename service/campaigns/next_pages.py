"""After a campaign was sent: tell who said yes in vain, close it by hand, and go on to those who did not answer."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from service import bell, db
from service.campaigns.campaigns import LAUNCHED, STOPPED, Campaign
from service.campaigns.door import bp, known
from service.followup import closing
from service.refused import Refused
from service.reports import follow_on
from service.reports.follow_on import NO_ANSWER, NOT_PLACED
from service.web.access import current_staff, needs
from service.web.languages import N_
from service.web.languages import gettext as _

GROUP_NAMES = {NO_ANSWER: N_("%(code)s: chưa trả lời"), NOT_PLACED: N_("%(code)s: muốn đi, chưa có việc")}


def what_next(campaign: Campaign) -> dict[str, Any]:
    """The figures behind the buttons of the live page."""
    return {
        "filled": closing.found_count(campaign.id),
        "to_tell": closing.to_tell(campaign.id) if campaign.closed_at is not None else 0,
        "followers": {which: follow_on.count(campaign.id, which) for which in GROUP_NAMES},
    }


def _sent(campaign_id: int) -> Campaign:
    campaign = known(campaign_id)
    if campaign.state not in LAUNCHED:
        raise Refused("campaign.not_in_state", code=campaign.code)
    return campaign


@bp.post("/<int:campaign_id>/close")
@needs("campaign.control")
def close(campaign_id: int) -> ResponseReturnValue:
    """Enough people were found, whatever the headcount says."""
    with db.transaction():
        closed = closing.close(_sent(campaign_id), current_staff())
    flash(
        _("Đã đủ người: không gửi thêm cho ai nữa.") if closed else _("Chiến dịch này đã đóng từ trước."),
        "good",
    )
    return redirect(url_for(".live", campaign_id=campaign_id), 303)


@bp.post("/<int:campaign_id>/tell-rest")
@needs("campaign.control")
def tell_rest(campaign_id: int) -> ResponseReturnValue:
    with db.transaction():
        campaign = _sent(campaign_id)
        if campaign.closed_at is None or campaign.state == STOPPED:
            raise Refused("campaign.not_in_state", code=campaign.code)
        count = closing.tell_rest(campaign, current_staff())
        carrier = campaign.carrier
    bell.ring(carrier)
    flash(_("Đang báo cho %(count)s số rằng đã đủ người.", count=count), "good")
    return redirect(url_for(".live", campaign_id=campaign_id), 303)


@bp.post("/<int:campaign_id>/follow-on")
@needs("campaign.edit")
def begin_follow_on(campaign_id: int) -> ResponseReturnValue:
    """A new draft with the same job for those of this campaign, who are saved as a group."""
    which = request.form.get("which", "")
    if which not in GROUP_NAMES:
        raise Refused("campaign.nobody_to_follow")
    with db.transaction():
        campaign = _sent(campaign_id)
        name = GROUP_NAMES[which] % {
            "code": campaign.code
        }  # kept, so in the office's language whoever makes it
        draft = follow_on.begin(campaign, which, name, current_staff())
    flash(_("Đây là bản nháp mới cho nhóm “%(name)s”. Hãy xem lại lời tin rồi gửi.", name=name), "good")
    return redirect(url_for(".show", campaign_id=draft.id), 303)
