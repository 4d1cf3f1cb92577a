"""The pictures of a campaign's calls."""

from __future__ import annotations

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from service.campaigns import dialogue, ways
from service.campaigns.campaigns import LAUNCHED, Campaign
from service.campaigns.door import bp, known
from service.refused import Refused
from service.reports import call_charts
from service.sending import recipients
from service.sending.messages import VOICE
from service.web.access import needs
from service.web.languages import gettext as _


@bp.get("/<int:campaign_id>/calls")
@needs("campaign.see")
def call_charts_page(campaign_id: int) -> ResponseReturnValue:
    campaign = known(campaign_id)
    if not ways.calls(campaign):
        abort(404)
    if campaign.state not in LAUNCHED:
        raise Refused("campaign.not_sent_yet", code=campaign.code)
    return render_template(
        "campaigns/calls.html",
        campaign=campaign,
        listened=call_charts.listened(campaign.id),
        tries=call_charts.tries(campaign.id),
        hours=call_charts.hours(campaign.id),
        days=(_("T2"), _("T3"), _("T4"), _("T5"), _("T6"), _("T7"), _("CN")),
        day_names=(
            _("Thứ hai"), _("Thứ ba"), _("Thứ tư"), _("Thứ năm"), _("Thứ sáu"), _("Thứ bảy"), _("Chủ nhật"),
        ),
        once_s=_once(campaign),
    )  # fmt: skip


def _once(campaign: Campaign) -> int:
    """Seconds of the call when it is listened to once; 0 when it is not known."""
    one = next(iter(recipients.listed(campaign.id, size=1)), None)
    kept = campaign.frozen.get("voice")
    if one is None or kept is None or one.message.channel != VOICE or not one.message.text:
        return 0
    return dialogue.seconds(dialogue.words(one.message.text, kept))
