"""“Gửi thử cho tôi”, “Gọi thử cho tôi”: one real message or call of a draft to the phone of who writes it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from service import bell, db
from service.campaigns import edit_pages
from service.campaigns.campaigns import LAUNCHED, Campaign
from service.campaigns.door import bp, known
from service.campaigns.studio_pages import TEXT, VOICE
from service.refused import Refused
from service.registry.people import LANGUAGES
from service.sending import trial
from service.staff.accounts import Staff
from service.web.access import current_staff, needs
from service.web.languages import gettext as _
from service.web.sentences import sentence

LONGEST = 40


@bp.post("/<int:campaign_id>/trial")
@needs("campaign.launch")
def try_out(campaign_id: int) -> ResponseReturnValue:
    return _tried(campaign_id, TEXT, trial.send) or _led_back(
        campaign_id,
        TEXT,
        _("Đã xếp một tin thử vào hàng gửi, trong vài phút sẽ tới máy của bạn. Không ai khác nhận tin này."),
    )


@bp.post("/<int:campaign_id>/trial-call")
@needs("campaign.launch")
def try_call(campaign_id: int) -> ResponseReturnValue:
    asked = request.form.get("language", "")
    language = asked if asked in LANGUAGES else LANGUAGES[0]
    return _tried(campaign_id, VOICE, partial(trial.call, language=language)) or _led_back(
        campaign_id,
        VOICE,
        _("Máy sẽ gọi bạn trong vài phút. Cứ bấm phím như người dân: không có gì được ghi lại."),
    )


def _tried(
    campaign_id: int, card: str, ask: Callable[[Campaign, str, Staff], str]
) -> ResponseReturnValue | None:
    """The page that says why not, if so."""
    typed, campaign = request.form.get("phone", "")[:LONGEST], known(campaign_id)
    if campaign.state in LAUNCHED:
        raise Refused("campaign.already_sent", code=campaign.code, at=campaign.launched_at)
    try:
        with db.transaction():
            ask(known(campaign_id), typed, current_staff())
    except Refused as refused:
        return edit_pages.page(campaign, opened=card, trial=(typed, sentence(refused))), 422
    bell.ring(campaign.carrier)
    return None


def _led_back(campaign_id: int, card: str, words: str) -> ResponseReturnValue:
    flash(words, "good")
    return redirect(url_for(".show", campaign_id=campaign_id, card=card, _anchor=f"card-{card}"), 303)
