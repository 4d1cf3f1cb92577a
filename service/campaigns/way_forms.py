"""The forms of how a campaign speaks, and of what its calls say."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from wtforms import RadioField, SelectField

from service.campaigns import lawful, notices, voice_notices, ways
from service.campaigns.campaigns import CALL_ME, YES, Campaign, Content
from service.campaigns.card_forms import CardForm, made
from service.campaigns.forms import named
from service.web.campaign_words import MISSED_CALLS, WAY_NAMES
from service.web.languages import gettext as _
from service.web.languages import lazy_gettext


class WayForm(CardForm):
    way = RadioField(lazy_gettext("Báo tin bằng cách nào"))
    second_after_h = SelectField(lazy_gettext("Gọi người chưa trả lời sau"), coerce=int)
    missed_call = RadioField(lazy_gettext("Khi người dân nháy máy vào số của cơ quan"))

    def typed(self) -> dict[str, Any]:
        """The way as the two channels that it means."""
        typed = super().typed()
        way = typed.pop("way", None)
        if way in ways.WAYS:
            typed["channel"], typed["second"] = ways.WAYS[way]
        return typed

    def content(self, campaign: Campaign) -> Content:
        """The hours follow: whoever had left them as wide as they may be has them so again, others keep what fits."""
        after = super().content(campaign)
        before_hours = ways.window(campaign)
        hours = lawful.windows(campaign.law_class or "", after.channel)
        had = (campaign.window_from, campaign.window_to)
        fitting = (max(had[0], hours[0]), min(had[1], hours[1]))
        if had == before_hours or fitting[0] >= fitting[1]:
            fitting = hours
        if fitting[0] >= fitting[1]:  # no hour is lawful, and the check says so
            fitting = had
        return replace(after, window_from=fitting[0], window_to=fitting[1])


class VoiceForm(CardForm):
    call_notice = SelectField(lazy_gettext("Lời gọi theo mẫu"))

    def typed(self) -> dict[str, Any]:
        typed = super().typed()
        return {"notice": typed["call_notice"]} if "call_notice" in typed else {}


def way_form(campaign: Campaign, sent: bool = False) -> WayForm:
    form: WayForm = made(WayForm, campaign, sent, way=ways.of(campaign))
    form.way.choices = named(tuple(ways.WAYS), WAY_NAMES)
    hours = sorted({*ways.AFTER_H, campaign.second_after_h})
    form.second_after_h.choices = [(some, _("%(count)s giờ", count=some)) for some in hours]
    form.missed_call.choices = named((CALL_ME, YES), MISSED_CALLS)
    return form


def voice_form(campaign: Campaign, sent: bool = False) -> VoiceForm:
    form: VoiceForm = made(VoiceForm, campaign, sent, call_notice=voice_notices.name_of(campaign))
    form.call_notice.choices = [(code, _(notices.NOTICES[code].name)) for code in voice_notices.VOICE_NOTICES]
    return form
