"""How a campaign speaks: in writing, by call, or by one and then the other.

Staff choose one way; the machine keeps it as two columns, the channel that goes out first and the one that follows.
"""

from __future__ import annotations

from service.campaigns import lawful
from service.campaigns.campaigns import Campaign
from service.campaigns.lawful import SMS, VOICE, Window

# way → (channel, second)
WAYS: dict[str, tuple[str, str]] = {
    "sms": (SMS, ""),
    "voice": (VOICE, ""),
    "voice_sms": (VOICE, SMS),
    "sms_voice": (SMS, VOICE),
}
AFTER_H = (6, 12, 24, 48, 72)  # hours without an answer until it calls, as they are offered


def channels(campaign: Campaign) -> tuple[str, ...]:
    """What it uses, the first first."""
    return tuple(one for one in (campaign.channel or SMS, campaign.second) if one)


def of(campaign: Campaign) -> str:
    """The way of this campaign, by its name in WAYS."""
    return "_".join(channels(campaign))


def writes(campaign: Campaign) -> bool:
    """Does anybody get an SMS? Only then it needs a text."""
    return SMS in channels(campaign)


def calls(campaign: Campaign) -> bool:
    return VOICE in channels(campaign)


def window(campaign: Campaign) -> Window:
    """When it may go out: the hours of its first channel. The second keeps those of its own (see sending/mixes.py)."""
    return lawful.windows(campaign.law_class or "", channels(campaign)[0])
