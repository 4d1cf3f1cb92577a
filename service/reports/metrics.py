"""Metrics: how the service fares, in Prometheus' text format. Counts and sums alone; nobody's name, number or text.

Asked for every few seconds: what is dear is one look through the index of each running campaign's messages. Source of
the format: https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import func, select

from service import bell, db
from service.campaigns import campaigns
from service.campaigns.campaigns import PAUSED, RUNNING
from service.carriers import directory
from service.replies import events
from service.replies.events import CarrierEvent
from service.reports import alarms
from service.sending import budget, gates, machines, messages, restored, stop_file
from service.sending.gates import SHARE
from service.sending.messages import UNSETTLED, Message

CONTENT_TYPE = CONTENT_TYPE_LATEST
OLD = timedelta(minutes=15)
MINUTE = timedelta(minutes=1)
TAKEN = ("accepted", "sent", "delivered", "failed")  # by the carrier; it may say later that one failed


class _House(Collector):
    def collect(self) -> Iterator[Metric]:
        yield from _messages()
        yield from _sending()
        yield from _around()


def text() -> bytes:
    """All of it, as it is now. Raises SQLAlchemyError when the database is away."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_House())
    return generate_latest(registry)


def _messages() -> Iterator[Metric]:
    active = campaigns.in_state(RUNNING, PAUSED)
    counts: Counter[str] = Counter()
    left = GaugeMetricFamily("loaban_budget_left_vnd", "What a campaign may still cost", labels=["campaign"])
    for campaign in active:
        counts.update(messages.counts(campaign.id))
        money = budget.of(campaign.id)
        if money is not None:
            left.add_metric([campaign.code], money.cap - money.spent - money.reserved)
    for state in UNSETTLED:
        counts[state] = messages.unsettled_count(state)  # a stopped campaign may have some as well
    states = GaugeMetricFamily(
        "loaban_messages",
        "Messages of running and paused campaigns by state; unsettled ones of all campaigns",
        labels=["state"],
    )
    for state in messages.STATES:
        states.add_metric([state], counts[state])
    yield states
    yield left
    yield GaugeMetricFamily("loaban_campaigns_active", "Running and paused campaigns", len(active))
    old = messages.unsettled_count("unknown", db.clock() - OLD)
    ids = [campaign.id for campaign in active]
    yield GaugeMetricFamily(
        "loaban_messages_due", "Messages of running campaigns that could go out now", _due(ids)
    )
    yield GaugeMetricFamily(
        "loaban_accepted_per_minute",
        "Accepted in the last minute, of running and paused campaigns",
        _pace(ids),
    )
    yield GaugeMetricFamily(
        "loaban_sought", "Messages looked for at the carrier after a backup was put back", restored.count()
    )
    yield GaugeMetricFamily("loaban_unknown_old", "Messages that are unknown for more than 15 minutes", old)


def _due(campaign_ids: list[int]) -> int:
    due = (Message.campaign_id.in_(campaign_ids), Message.state == "ready", Message.due <= db.clock())
    return int(db.session().scalar(select(func.count()).select_from(Message).where(*due)) or 0)


def _pace(campaign_ids: list[int]) -> int:
    """Looks at every message of these campaigns that was taken: not for all campaigns there ever were."""
    taken = (
        Message.campaign_id.in_(campaign_ids),
        Message.state.in_(TAKEN),
        Message.dispatched_at > db.clock() - MINUTE,
    )
    return int(db.session().scalar(select(func.count()).select_from(Message).where(*taken)) or 0)


def _sending() -> Iterator[Metric]:
    labels = ["carrier", "channel"]
    is_open = GaugeMetricFamily("loaban_gate_open", "1: the channel may be used; 0: closed until a person opens it", labels=labels)  # fmt: skip
    rests = GaugeMetricFamily("loaban_gate_rests", "1: it is left alone for a while", labels=labels)
    now = db.clock()
    for gate in gates.listed():
        key = [gate.carrier, gate.channel]
        is_open.add_metric(key, gate.is_open)
        rests.add_metric(key, gate.closed_until is not None and gate.closed_until > now)
    yield is_open
    yield rests
    pace = GaugeMetricFamily(
        "loaban_pace_per_second", "The most that we send in a second", labels=["carrier"]
    )
    for name in directory.names():
        pace.add_metric([name], directory.get(name).per_second * SHARE)
    yield pace
    yield GaugeMetricFamily(
        "loaban_stop_file", "1: the file STOP stops all sending here", stop_file.lies_there()
    )


def _around() -> Iterator[Metric]:
    newest = db.session().scalar(select(func.max(CarrierEvent.id)))
    yield CounterMetricFamily(
        "loaban_callbacks", "What carriers told us, repetitions perhaps included", newest or 0
    )
    yield GaugeMetricFamily(
        "loaban_spool_files", "Callbacks that wait on disk for the database", events.spool_size()
    )
    yield GaugeMetricFamily(
        "loaban_alarms", "What an administrator must look at", len(alarms.standing(db.clock()))
    )
    yield from _beats()
    yield GaugeMetricFamily("loaban_redis_up", "1: the bell is heard", bell.heard())


def _beats() -> Iterator[Metric]:
    """Nothing where there never was one: an age that nobody has is no number."""
    age = GaugeMetricFamily(
        "loaban_heartbeat_age_seconds", "Since a clock, a worker was last at work", labels=["process"]
    )
    clock, worker = machines.newest(), bell.workers_silent_s()
    if clock is not None:
        age.add_metric(["clock"], (db.clock() - clock).total_seconds())
    if worker is not None:
        age.add_metric(["worker"], worker)
    yield age
