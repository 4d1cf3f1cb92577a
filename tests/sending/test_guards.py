"""A full disk or a wrong clock stops sending, and only for as long as it lasts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from service import db
from service.carriers import directory
from service.sending import claim, gates, guards
from service.sending.guards import CLOCK_WRONG, DISK_FULL, LEAST_FREE
from tests import world
from tests.sending import live_village
from tests.sending.test_dispatch import NOW, one_message
from tests.world import ScriptedCarrier
from workers import upkeep


@pytest.mark.parametrize(
    ("free", "apart", "reason"),
    [
        (LEAST_FREE, timedelta(0), ""),
        (LEAST_FREE, timedelta(seconds=120), ""),
        (LEAST_FREE, timedelta(seconds=-120), ""),
        (LEAST_FREE - 1, timedelta(0), DISK_FULL),
        (0, timedelta(hours=2), DISK_FULL),
        (LEAST_FREE, timedelta(seconds=121), CLOCK_WRONG),
        (LEAST_FREE, timedelta(hours=-2), CLOCK_WRONG),
    ],
)
def test_what_is_trouble(free: int, apart: timedelta, reason: str) -> None:
    assert guards.trouble(free, world.TUESDAY_10 + apart, world.TUESDAY_10) == reason


def test_where_no_file_can_be_made_nothing_is_free(tmp_path: Path) -> None:
    assert guards.free_bytes(tmp_path) > 0
    assert guards.free_bytes(tmp_path / "not there") == 0
    assert (
        guards.free_bytes(Path("/proc")) == 0
    )  # a place with room in which nobody, not even root, makes a file


@pytest.mark.usefixtures("connected")
def test_a_well_machine_closes_nothing() -> None:
    with db.transaction():
        assert guards.watch(directory.names()) == ""
        assert gates.listed() == []


@pytest.mark.usefixtures("connected")
def test_a_clock_two_hours_off_rests_all_gates_until_it_is_right() -> None:
    if db.engine().dialect.name == "sqlite":
        pytest.skip("its clock is this machine's own")
    one_message()
    with time_machine.travel(timedelta(hours=2), tick=True), db.transaction():
        assert guards.watch(directory.names()) == CLOCK_WRONG
    with db.transaction():
        gate = gates.of("twilio")
        assert gate is not None
        assert (gate.is_open, gate.reason) == (True, CLOCK_WRONG)
        assert gate.closed_until is not None
        assert claim.claim(ScriptedCarrier(), "w", 10, gate.closed_until - timedelta(seconds=1)) == []
        assert len(claim.claim(ScriptedCarrier(), "w", 10, NOW)) == 1


@pytest.mark.usefixtures("connected")
def test_a_carrier_with_another_time_rests_alone_and_is_said() -> None:
    now = datetime.now(UTC)
    with db.transaction():
        assert guards.watch(["twilio"], {"twilio": now + timedelta(seconds=100)}) == ""
        assert guards.watch(["twilio"], {"twilio": None}) == ""  # it does not answer: the breaker's business
        assert gates.listed() == []
        assert (
            guards.watch(["twilio", "other"], {"twilio": now - timedelta(seconds=130), "other": now})
            == CLOCK_WRONG
        )
        assert [(gate.carrier, gate.channel, gate.reason) for gate in gates.listed()] == [
            ("twilio", "sms", CLOCK_WRONG),
            ("twilio", "voice", CLOCK_WRONG),
        ]


@pytest.mark.usefixtures("connected")
def test_the_carriers_time_is_that_of_its_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    with live_village.village(monkeypatch):
        said = directory.get("twilio").clock()
        assert said is not None
        assert abs(said - datetime.now(UTC)) < timedelta(seconds=30)
        with time_machine.travel(timedelta(hours=2), tick=True):  # this machine's clock, not the village's
            assert upkeep.watch_disk_and_clock() == 1
    assert directory.get("twilio").clock() is None  # nobody is there any more
    directory.forget()
