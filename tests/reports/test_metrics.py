"""GET /metrics: true figures for whoever has the token, and nothing for anybody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import update

from service import db, settings
from service.reports import metrics
from service.sending import gates, machines, messages, stop_file
from service.sending.claim import claim
from service.sending.messages import Message
from tests import world
from tests.replies.talk import says
from tests.web.conftest import Visitor

TOKEN = "tam su cung dong ho"
Samples = dict[tuple[str, ...], float]


@pytest.fixture
def watched(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Visitor:
    monkeypatch.setenv("LOA_METRICS_TOKEN", TOKEN)
    settings.get.cache_clear()
    return Visitor(app)


def read(visitor: Visitor) -> Samples:
    answer = visitor.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert (answer.status_code, answer.content_type) == (200, metrics.CONTENT_TYPE)
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_an_empty_house_has_figures_too(watched: Visitor) -> None:
    found = read(watched)
    assert found["loaban_messages", "unknown"] == found["loaban_unknown_old",] == 0
    assert found["loaban_callbacks_total",] == found["loaban_stop_file",] == found["loaban_redis_up",] == 0
    assert found["loaban_pace_per_second", "twilio"] == 40


def test_the_figures_are_those_of_the_house(watched: Visitor) -> None:
    with db.transaction():
        world.village_of(6)
        made = world.launched(world.staff())
    with db.transaction():
        now = db.clock()
        batch = claim(world.ScriptedCarrier(), "w", 4, now)
        messages.leave([batch[0].id, batch[1].id], "unknown", "worker_died", now)
        messages.leave([batch[2].id], "hold", "21999", now)
        db.change_many(
            update(Message).where(Message.id == batch[0].id).values(dispatched_at=now - timedelta(minutes=16))
        )
        gates.close("twilio", "20003")
        messages.hear_back(batch[3].id, messages.Status("accepted"), now)
        machines.report(now - timedelta(seconds=40))
    says(world.number(5), "1")
    stop_file.path().touch()
    found = read(watched)
    states = {state: found["loaban_messages", state] for state in messages.STATES}
    assert {state: count for state, count in states.items() if count} == {
        "ready": 2, "accepted": 1, "unknown": 2, "hold": 1,
    }  # fmt: skip
    assert found["loaban_unknown_old",] == 1
    assert found["loaban_campaigns_active",] == 1
    assert found["loaban_gate_open", "twilio", "sms"] == 0
    assert (
        found["loaban_budget_left_vnd", made.code] == 2 * 1_600
    )  # of those that wait; the others are set aside
    assert found["loaban_callbacks_total",] == 1
    assert found["loaban_stop_file",] == 1
    assert found["loaban_messages_due",] == 2
    assert found["loaban_accepted_per_minute",] == 1
    assert 40 <= found["loaban_heartbeat_age_seconds", "clock"] < 60
    assert ("loaban_heartbeat_age_seconds", "worker") not in found  # none runs
    assert found["loaban_alarms",] == found["loaban_sought",] == 0  # no clock has looked yet


def test_nobody_is_in_it(watched: Visitor) -> None:
    with db.transaction():
        world.person("Sùng Mí Páo", "+84912000345")
        world.launched(world.staff())
    text = watched.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text
    assert "912000345" not in text
    assert "Páo" not in text


@pytest.mark.parametrize("token", ["", "Bearer ", "Bearer wrong", f"Basic {TOKEN}x", "Bearer tâm"])
def test_without_the_token_there_is_no_such_page(watched: Visitor, token: str) -> None:
    assert watched.get("/metrics", headers={"Authorization": token}).status_code == 404


def test_without_a_token_set_nobody_reads_it(app: Flask) -> None:
    for token in ("", "Bearer ", "Bearer None"):
        assert Visitor(app).get("/metrics", headers={"Authorization": token}).status_code == 404


def test_when_the_database_is_away_it_says_so(watched: Visitor) -> None:
    db.connect("sqlite:////nowhere/at/all.sqlite3")
    assert watched.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 503
