"""Is it true? A campaign's short code → what the office really sent, for whoever was told of it. No personal data."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from service.campaigns import campaigns, employers
from service.campaigns.campaigns import LAUNCHED, STOPPED, Campaign
from service.text.vietnamese import search_key
from service.text.words import today_in_vietnam

OPEN, PAST, ENDED = "open", "past", "ended"
_CODE = re.compile(r"(?:MA)?([A-Z])([0-9OIL]{3})")
_DIGITS = str.maketrans("OIL", "011")  # what is typed or read for a digit


@dataclass(frozen=True)
class Genuine:
    """A campaign that was sent. ``standing``: open, past (the deadline is over) or ended (stopped by the office)."""

    code: str
    employer: str
    post: str
    place: str
    wage_from: int | None
    wage_to: int | None
    deadline: date | None
    standing: str


def read_code(typed: str) -> str:
    """``" mã v-12o "`` → ``"V120"``; what is no code at all is given back as capitals, at most 20 of them."""
    letters = search_key(typed[:200]).replace(" ", "").upper()
    match = _CODE.fullmatch(letters)
    return match[1] + match[2].translate(_DIGITS) if match else letters[:20]


def find(code: str, today: date | None = None) -> Genuine | None:
    """What was sent under this code; None when nothing was: drafts do not count."""
    campaign = campaigns.find_by_code(code) if 0 < len(code) <= 8 else None
    if campaign is None or campaign.state not in LAUNCHED:
        return None
    place = f"{campaign.place}, {campaign.country}" if campaign.country else campaign.place
    return Genuine(
        code=campaign.code,
        employer=_employer(campaign),
        post=campaign.post,
        place=place,
        wage_from=campaign.wage_from,
        wage_to=campaign.wage_to,
        deadline=campaign.deadline,
        standing=_standing(campaign, today or today_in_vietnam()),
    )


def _employer(campaign: Campaign) -> str:
    """As it was called when the message went out."""
    sent = campaign.frozen.get("doanh_nghiep")
    if sent:
        return str(sent)
    employer = employers.find(campaign.employer_id) if campaign.employer_id else None
    return employer.name if employer else ""


def _standing(campaign: Campaign, today: date) -> str:
    if campaign.state == STOPPED:
        return ENDED
    return PAST if campaign.deadline is not None and campaign.deadline < today else OPEN
