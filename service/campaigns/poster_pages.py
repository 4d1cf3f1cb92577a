"""A campaign on one sheet of paper for the board of a hamlet. It is for villagers, so it is in Vietnamese always."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from service import settings
from service.campaigns import employers
from service.campaigns.campaigns import ABROAD, LAUNCHED, STOPPED, Campaign
from service.campaigns.door import bp, known
from service.text.words import wage
from service.web.access import needs

# What stands in large print counts for more. At most so much → how large the print is; measured in a browser.
WEIGHTS = {"post": 3, "place": 2, "lodging": 1, "food": 1, "requirements": 1, "papers": 1}
SIZES = ((250, "large"), (400, "medium"), (1000, "small"), (1700, "tiny"))


@bp.get("/<int:campaign_id>/poster")
@needs("campaign.see")
def poster(campaign_id: int) -> ResponseReturnValue:
    campaign, office = known(campaign_id), settings.get()
    employer = employers.find(campaign.employer_id) if campaign.employer_id else None
    name = campaign.frozen.get("doanh_nghiep") or (employer.name if employer else "")
    return render_template(
        "campaigns/poster.html",
        campaign=campaign,
        employer=name,
        licence=employer.licence_number if employer and campaign.reach == ABROAD else "",
        wage=wage(campaign.wage_from, campaign.wage_to),
        size=_size(campaign, name),
        hotline=office.hotline,
        check_at=_check_at(office.public_url),
        not_for_walls=_not_for_walls(campaign, office.rehearsal),
    )


def _size(campaign: Campaign, employer: str) -> str:
    letters = sum(weight * len(getattr(campaign, name)) for name, weight in WEIGHTS.items())
    return next((size for most, size in SIZES if letters + 2 * len(employer) <= most), "least")


def _check_at(public_url: str) -> str:
    """The address to be typed into a phone; empty where this service is not to be reached from outside."""
    parts = urlsplit(public_url)
    return f"{parts.netloc}{url_for('check.index')}" if parts.scheme == "https" else ""


def _not_for_walls(campaign: Campaign, rehearsal: bool) -> str:
    """Why this sheet must not be put up, if so."""
    if rehearsal:
        return "rehearsal"
    if campaign.state == STOPPED:
        return "stopped"
    return "" if campaign.state in LAUNCHED else "draft"
