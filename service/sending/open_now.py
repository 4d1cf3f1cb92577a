"""Open now: which campaigns may send at this instant, and on which of their channels."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from service import db
from service.campaigns import lawful
from service.campaigns.campaigns import RUNNING, Campaign
from service.sending import hours, mixes
from service.sending.messages import SMS
from service.sending.willing import Hours
from service.text.words import VIETNAM

# A campaign that may send now → its channels that may be used now → their windows.
Windows = dict[str, Hours]


def running(carrier: str, now: datetime, hold: bool) -> dict[int, Windows]:
    """The campaigns that may send now; none on a holiday. Held: a stop waits until this batch is claimed."""
    today = now.astimezone(VIETNAM).date()
    if lawful.sending_day(today) != today:
        return {}
    columns = (Campaign.id, Campaign.window_from, Campaign.window_to, Campaign.channel)
    query = select(*columns, Campaign.second, Campaign.law_class).where(
        Campaign.state == RUNNING, Campaign.carrier == carrier
    )
    query = query.order_by(Campaign.id)
    rows = db.session().execute(query.with_for_update(read=True) if hold else query)
    found = {row.id: _of(row, now) for row in rows}
    return {campaign_id: one for campaign_id, one in found.items() if one}


def _of(row: Any, now: datetime) -> Windows:
    """A campaign that calls may have something to write, too: by its own window, unless SMS are its second channel."""
    own = (row.window_from, row.window_to)
    windows = {SMS: own, row.channel: own}
    if row.second:
        windows[row.second] = mixes.hours(row.law_class, row.second)
    return {channel: window for channel, window in windows.items() if hours.is_within(now, *window)}


def sources(channel: str, running: Mapping[int, Windows]) -> list[int | None]:
    """Where messages come from: what belongs to no campaign first (confirmations of opt-outs, trials), then each open
    campaign, the oldest first."""
    return [None, *(campaign_id for campaign_id, windows in running.items() if channel in windows)]
