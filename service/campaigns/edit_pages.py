"""The form of a campaign: write, count, take a sample text, save as a draft. Nothing typed is ever lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service import db, settings
from service.campaigns import audience, campaigns, employers, notices
from service.campaigns.audience import REASONS, Audience, Count, Household, Member
from service.campaigns.campaigns import ACCENTS, APPROVED, DRAFT, PLAIN, REACHES, Campaign
from service.campaigns.door import MOST_ID, bp, known
from service.campaigns.forms import OLDEST, CampaignForm, campaign_form, sample_text
from service.campaigns.typed import clock
from service.carriers import directory
from service.refused import Refused
from service.registry import areas
from service.registry.people import GENDERS, LANGUAGES
from service.sending import launch
from service.staff import roles
from service.text import sms_text
from service.web.access import current_staff, needs
from service.web.languages import gettext as _

EXAMPLE_CODE = "A000"
SOMEBODY = Household(0, "", (Member(0, "Sùng Mí Páo", "male", 1990),))  # when nobody is chosen yet
MANY = 200


@dataclass(frozen=True)
class Written:
    """The text in one encoding: of the longest message the parts and price, and of all together (đồng)."""

    encoding: str
    text: str
    count: sms_text.Count
    longest: int
    parts: int
    each_vnd: int
    all_vnd: int


@bp.get("/new")
@needs("campaign.edit")
def new() -> ResponseReturnValue:
    return _page(campaign_form(), None)


@bp.post("/new")
@needs("campaign.edit")
def create() -> ResponseReturnValue:
    form = campaign_form()
    if _only_looking(form):
        return _page(form, None)
    if not form.validate():
        return _page(form, None), 422
    with db.transaction():
        campaign = campaigns.create(form.content(), directory.DEFAULT, current_staff())
    return redirect(url_for(".show", campaign_id=campaign.id), 303)


@bp.get("/<int:campaign_id>/edit")
@needs("campaign.edit")
def edit(campaign_id: int) -> ResponseReturnValue:
    campaign = _editable(campaign_id)
    return _page(campaign_form(campaign), campaign)


@bp.post("/<int:campaign_id>/edit")
@needs("campaign.edit")
def save(campaign_id: int) -> ResponseReturnValue:
    campaign = known(campaign_id)
    form = campaign_form(campaign)
    if _only_looking(form):
        return _page(form, campaign)
    if not form.validate():
        return _page(form, campaign), 422
    with db.transaction():
        campaign = known(campaign_id)
        was = campaign.state
        campaigns.edit(campaign, form.content(), current_staff())
    if was == APPROVED and campaign.state == DRAFT:
        flash(_("Đã lưu. Nội dung thay đổi nên lần duyệt trước không còn hiệu lực."), "warn")
    return redirect(url_for(".show", campaign_id=campaign_id), 303)


def _editable(campaign_id: int) -> Campaign:
    campaign = known(campaign_id)
    if campaign.state not in (DRAFT, APPROVED):
        raise Refused("campaign.not_editable", code=campaign.code)
    return campaign


def _only_looking(form: CampaignForm) -> bool:
    """Buttons inside the form that save nothing: count again, take the sample text."""
    pressed = request.form.get("do", "")
    if pressed == "sample" and form.reach.data in REACHES:
        form.text.data = sample_text(form.reach.data)
        form.text.raw_data = None
    return pressed in ("count", "sample")


def _page(form: CampaignForm, campaign: Campaign | None) -> str:
    return render_template(
        "campaigns/form.html",
        form=form,
        campaign=campaign,
        placeholders=notices.facts(_unsaved(form, PLAIN, campaign), _employer(form)),
        hours=" – ".join(clock(minutes) for minutes in settings.get().sms_hours),
        **_counted(form),
        **_priced(form, campaign),
    )


@bp.post("/count")
@needs("campaign.edit")
def count() -> ResponseReturnValue:
    """The part of the form that says who is reached; asked again whenever a tick changes."""
    return render_template("campaigns/_count.html", **_counted(campaign_form()))


@bp.post("/price")
@needs("campaign.edit")
def price() -> ResponseReturnValue:
    """The part of the form that says what the text costs; asked again while somebody writes."""
    return render_template("campaigns/_price.html", **_priced(campaign_form(), None))


def _unsaved(form: CampaignForm, encoding: str, campaign: Campaign | None) -> Campaign:
    return form.unsaved(campaign.code if campaign else EXAMPLE_CODE, directory.DEFAULT, encoding)


def _employer(form: CampaignForm) -> employers.Employer | None:
    return employers.find(form.employer_id.data) if form.employer_id.data else None


def _counted(form: CampaignForm) -> dict[str, Any]:
    who = _unsaved(form, PLAIN, None).who
    return {"counted": audience.count(who), "audience_args": who.as_json()}


def _priced(form: CampaignForm, campaign: Campaign | None) -> dict[str, Any]:
    """Both encodings side by side, and the words that dropping the accents makes ambiguous."""
    plain = _unsaved(form, PLAIN, campaign)
    recipients = audience.count(plain.who).recipients
    both = [_write(plain, recipients), _write(_unsaved(form, ACCENTS, campaign), recipients)]
    return {
        "written": [one for one in both if one is not None],
        "recipients": recipients,
        "warnings": sms_text.twin_warnings(form.text.data or ""),
    }


def _write(shown: Campaign, recipients: int) -> Written | None:
    """One real message of this campaign (an invented one where nobody is chosen), with parts and prices."""
    houses = audience.sample(shown.who, 1) or [SOMEBODY]
    try:
        previews = launch.preview(shown, houses)
    except ValueError:  # something in braces that nobody fills
        return None
    if not previews:
        return None
    _house, text, counted = previews[0]
    parts, longest = launch.cost(shown, recipients) if recipients else (0, counted.parts)
    each = settings.get().sms_price_vnd
    return Written(shown.encoding, text, counted, longest, parts, longest * each, parts * each)


@bp.get("/excluded")
@needs("campaign.see")
def excluded() -> ResponseReturnValue:
    """Who fits the filters in the address and is left out for this reason."""
    reason, who = request.args.get("reason", ""), _audience_asked()
    people = audience.excluded_people(who, reason, MANY) if reason in REASONS else []
    places = {area.id: area.name for area in areas.communes()}
    counted: Count = audience.count(who)
    may_open = roles.may(current_staff().role, "people.see")
    return render_template(
        "campaigns/excluded.html",
        reason=reason,
        people=people,
        places=places,
        counted=counted,
        may_open=may_open,
    )


def _audience_asked() -> Audience:
    return Audience(
        communes=_ids_asked("communes"),
        hamlets=_ids_asked("hamlets"),
        genders=tuple(one for one in request.args.getlist("genders") if one in GENDERS),
        languages=tuple(one for one in request.args.getlist("languages") if one in LANGUAGES),
        age_from=_age_asked("age_from"),
        age_to=_age_asked("age_to"),
        adults_only=request.args.get("adults_only") == "True",
    )


def _ids_asked(name: str) -> tuple[int, ...]:
    return tuple(value for value in request.args.getlist(name, type=int) if 0 < value <= MOST_ID)


def _age_asked(name: str) -> int | None:
    value = request.args.get(name, type=int)
    return value if value is not None and 0 <= value <= OLDEST else None
