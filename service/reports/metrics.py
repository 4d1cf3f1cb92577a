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
from service.sending import budget, gates, messages, stop_file
from service.sending.gates import SHARE
from service.sending.messages import UNSETTLED

CONTENT_TYPE = CONTENT_TYPE_LATEST
OLD = timedelta(minutes=15)


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
    yield GaugeMetricFamily("loaban_unknown_old", "Messages that are unknown for more than 15 minutes", old)


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
    yield GaugeMetricFamily("loaban_redis_up", "1: the bell is heard", bell.heard())
