"""Whom a campaign reaches: the live count, who is left out and why, how fair it is, and anybody's real message."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from service import db
from service.campaigns import audience, campaigns, fairness, prices, ways
from service.campaigns.audience import HOUSEHOLD, REASONS, Audience, Household
from service.campaigns.audience_forms import AudienceForm, audience_form
from service.campaigns.campaigns import Campaign
from service.campaigns.door import bp, known, number_asked
from service.registry import areas
from service.registry.people import Person
from service.sending import launch
from service.staff import roles
from service.text.words import today_in_vietnam
from service.web.access import current_staff, needs
from service.web.addresses import is_htmx

MANY = 200
FIRST = 8  # recipients whose names are shown


@bp.post("/<int:campaign_id>/count")
@needs("campaign.edit")
def count(campaign_id: int) -> ResponseReturnValue:
    """The part of the second card that says who is reached, for the ticks as they are now. Nothing is saved."""
    campaign = known(campaign_id)
    form: AudienceForm = audience_form(campaign, sent=True)
    form.validate()
    who = replace(form.audience(campaign.reach != campaigns.IN_PROVINCE), channel=campaign.channel)
    return render_template(
        "campaigns/_count.html",
        campaign=campaign,
        counted=audience.count(who),
        examples=names(who),
        calls=ways.calls(campaign),
    )


def names(who: Audience) -> list[str]:
    """Some of those who get a message, by name: those who came first into the registry, which is found at once."""
    query = audience.reached(who).with_only_columns(Person.name).order_by(Person.id)
    return list(db.session().scalars(query.limit(FIRST)))


@bp.get("/<int:campaign_id>/excluded/<reason>")
@needs("campaign.see")
def excluded(campaign_id: int, reason: str) -> ResponseReturnValue:
    """Who fits the filters of this campaign and is left out for this reason."""
    campaign = known(campaign_id)
    if reason not in (*REASONS, HOUSEHOLD):
        abort(404)
    tally = audience.count(campaign.who)
    return render_template(
        "campaigns/excluded.html",
        campaign=campaign,
        reason=reason,
        people=audience.excluded_people(campaign.who, reason, MANY),
        number=tally.sharing if reason == HOUSEHOLD else tally.excluded.get(reason, 0),
        places={area.id: area.name for area in areas.communes()},
        may_open=roles.may(current_staff().role, "people.see"),
    )


@bp.get("/<int:campaign_id>/fairness")
@needs("campaign.see")
def fair(campaign_id: int) -> ResponseReturnValue:
    """Recipients against the registry; asked for by htmx, only the bars."""
    campaign = known(campaign_id)
    shares = fairness.shares(campaign.who)
    template = "campaigns/_fairness.html" if is_htmx() else "campaigns/fairness.html"
    places = areas.names({share.value for share in shares["area_id"] if share.value is not None})
    return render_template(template, campaign=campaign, shares=shares, places=places)


@bp.get("/<int:campaign_id>/preview")
@needs("campaign.see")
def preview(campaign_id: int) -> ResponseReturnValue:
    """Anybody's real message: the first recipients, and whoever is looked for."""
    campaign = known(campaign_id)
    template = "campaigns/_preview.html" if is_htmx() else "campaigns/preview.html"
    return render_template(template, campaign=campaign, **previewed(campaign))


def previewed(campaign: Campaign) -> dict[str, Any]:
    """The first few recipients, those whose names were looked for, and one real message: of who was clicked."""
    words, person = request.args.get("q", "").strip()[:100], number_asked("person")
    some = audience.sample(campaign.who, FIRST)
    chosen = audience.household_of(campaign.who, person) if person is not None else None
    houses = [chosen] if chosen is not None else some[:1]
    return {
        "q": words,
        "found": audience.matching(campaign.who, words) if words else [],
        "some": some,
        "examples": names(campaign.who),
        "shown": next(iter(messages(campaign, houses)), None),
        "price_vnd": prices.of(campaign.carrier, prices.SMS, today_in_vietnam()),
    }


def messages(campaign: Campaign, houses: list[Household]) -> list[Any]:
    try:
        return list(launch.preview(campaign, houses))
    except ValueError:
        return []  # something in braces that nobody fills; the checklist says so
