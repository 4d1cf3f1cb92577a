"""All tables, for migrations: every noun with a table is imported here."""

from __future__ import annotations

from service.campaigns import (
    approvals,
    campaigns,
    employers,
    frequency,
    prices,
    recordings,
    special_days,
    versions,
)
from service.db import Base
from service.followup import outcomes, pulls, tasks
from service.registry import (
    areas,
    consent,
    forgotten,
    groups,
    imports,
    meetings,
    merging,
    people,
    phones,
    shapes,
    stored_people,
    tags,
)
from service.replies import events, inbox, interests
from service.reports import alarms
from service.rights import requests
from service.sending import (
    budget,
    gates,
    hours,
    installation,
    listened,
    machines,
    messages,
    recording_calls,
    recording_takes,
    trial_calls,
)
from service.staff import accounts, history

NOUNS = (
    accounts, history, areas, people, phones, tags, consent, forgotten, imports, shapes, stored_people, groups, merging,
    meetings, employers, campaigns, versions, approvals, prices, special_days, recordings, frequency, messages,
    listened, trial_calls, budget, gates, installation, hours, machines, events, inbox, interests, tasks, outcomes,
    pulls, requests, alarms, recording_calls, recording_takes,
)  # fmt: skip
metadata = Base.metadata
