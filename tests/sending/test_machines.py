"""Several machines on one database: what they have to share is compared, without anybody reading it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select, update

from service import db, settings
from service.sending import machines, messages
from service.sending.machines import Difference, Machine
from tests import world
from workers import together, upkeep

PUBLIC = "https://loa.example.vn"


@pytest.fixture
def other(connected: Engine, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """Another machine with the secret ``a`` has just said that it is there; this one has the same settings so far."""
    monkeypatch.setenv("SECRET_KEY", "a" * 40)
    monkeypatch.setenv("PUBLIC_URL", PUBLIC)
    settings.get.cache_clear()
    with db.transaction():
        row = {"name": "otherone", "marks": machines.marks(settings.get()), "seen_at": db.clock()}
        db.insert_new(Machine, row)
    return connected


# What is set here → what is said of the other machine.
CASES: list[tuple[dict[str, str], list[str]]] = [
    ({}, []),
    ({"SECRET_KEY": "b" * 40}, ["SECRET_KEY"]),  # with another key nothing else can be compared
    ({"SECRET_KEY": "b" * 40, "PUBLIC_URL": "https://elsewhere.example.vn"}, ["SECRET_KEY"]),
    ({"PUBLIC_URL": "https://elsewhere.example.vn"}, ["PUBLIC_URL"]),  # signatures of hooks cover it
    ({"TWILIO_SMS_PER_SECOND": "3"}, ["TWILIO_SMS_PER_SECOND"]),  # the pace is shared, so it has to be one
    ({"LOA_OFFICE_NAME": "another"}, []),
]


@pytest.mark.parametrize(("here", "said"), CASES)
def test_what_has_to_be_the_same_on_all_is_compared(
    other: Engine, monkeypatch: pytest.MonkeyPatch, here: dict[str, str], said: list[str]
) -> None:
    for name, value in here.items():
        monkeypatch.setenv(name, value)
    settings.get.cache_clear()
    assert machines.differences(db.clock()) == [Difference("otherone", name) for name in said]
    assert bool(together.refusal()) is ("SECRET_KEY" in said)
    assert upkeep.report_machine() == len(said)


def test_a_machine_that_is_gone_is_not_compared(other: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "b" * 40)
    settings.get.cache_clear()
    with db.transaction():
        db.change_many(update(Machine).values(seen_at=db.clock() - timedelta(minutes=4)))
    assert together.refusal() == ""


def test_a_machine_says_again_and_again_that_it_is_there(other: Engine) -> None:
    for _ in range(2):
        assert upkeep.report_machine() == 0
    assert len(machines.at_work(db.clock())) == 2
    assert machines.at_work(db.clock() + timedelta(minutes=4)) == []


def test_no_mark_tells_a_secret(other: Engine) -> None:
    marks = machines.marks(settings.get())
    assert {len(mark) for mark in marks.values()} == {16}
    assert len(set(marks.values())) == len(marks)


def test_messages_of_a_machine_that_is_gone_are_named_to_people(other: Engine) -> None:
    with db.transaction():
        world.village_of(2)
        campaign = world.launched(world.staff())
        for message, worker in zip(_messages(campaign.id), ("otherone-1-ab", "burntdown-1-ab"), strict=True):
            db.change_many(
                update(messages.Message)
                .where(messages.Message.id == message)
                .values(state="sending", worker=worker)
            )
    assert machines.lost(db.clock()) == ["burntdown"]
    assert machines.lost(db.clock() + timedelta(minutes=4)) == ["burntdown", "otherone"]


def _messages(campaign_id: int) -> list[int]:
    query = select(messages.Message.id).where(messages.Message.campaign_id == campaign_id)
    return list(db.session().scalars(query))


def test_a_database_that_is_away_does_not_keep_a_process_from_starting() -> None:
    db.connect("postgresql+psycopg://nobody@127.0.0.1:9/loa")
    assert together.refusal() == ""
