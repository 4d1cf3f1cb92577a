"""A full disk or a wrong clock stops sending, and only for as long as it lasts."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from service import db
from service.carriers import directory
from service.sending import claim, gates, guards
from service.sending.guards import CLOCK_WRONG, DISK_FULL, LEAST_FREE
from tests import world
from tests.sending.test_dispatch import NOW, one_message
from tests.world import ScriptedCarrier


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
