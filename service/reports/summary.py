"""A campaign in figures, for people and for machines."""

from __future__ import annotations

from typing import Any

from service.campaigns.campaigns import Campaign
from service.followup import tasks
from service.replies import inbox, interests
from service.sending import messages, mixes


def summary(campaign: Campaign) -> dict[str, Any]:
    """What ``./loa campaign show --json`` prints. Counts by state, reason and meaning; the price in đồng.

    ``second``, of a campaign with two channels: the second one's messages; those in ``messages`` are the first one's.
    """
    parts, price_vnd = messages.sums(campaign.id)
    second = {"second": mixes.counts(campaign).by_state()} if campaign.second else {}
    return {
        "id": campaign.id,
        "code": campaign.code,
        "state": campaign.state,
        "recipients": campaign.recipients,
        "messages": messages.counts(campaign.id),
        **second,
        "excluded": dict(campaign.excluded),
        "replies": inbox.counts(campaign.id),
        "interests": interests.count(campaign.id),
        "follow_ups": tasks.counts(campaign.id),
        "parts": parts,
        "price_vnd": price_vnd,
    }
