"""Proof that these tests can fail: each wrong engine is caught, by the invariant that it harms."""

from __future__ import annotations

import pytest

from tests.crash import plan
from tests.crash.conftest import Play
from tests.crash.invariants import BACKWARDS, TWICE
from tests.crash.mutants import MUTANTS
from tests.crash.plan import Size

pytestmark = pytest.mark.journey

SIZE = Size(recipients=120, seconds=4, kills=0, workers=2, clicks=0)
PATIENT = Size(recipients=120, seconds=4, kills=0, workers=2, clicks=0, read_timeout_s=20)
LONG = 300.0  # until it is caught
UNHEARD = [(0, "carrier_fails", LONG), (0, "callbacks_dropped", LONG)]  # accepted, and hardly anybody says so

CAUGHT = [
    # mutant, what is played (when, fault, seconds), how big, which invariant does not hold
    ("no_file_lock", [(0, "carrier_accepts_very_late", LONG)], PATIENT, TWICE),
    ("one_early_look", [(0, "list_lags_long", LONG), *UNHEARD], SIZE, TWICE),
    ("retry_on_5xx", UNHEARD, SIZE, TWICE),
    ("last_callback_wins", [(0, "callbacks_shuffled", LONG)], SIZE, BACKWARDS),
    ("intent_after_post", [(0, "slow_carrier", LONG)], SIZE, TWICE),
]


def test_every_mutant_is_tried() -> None:
    assert {row[0] for row in CAUGHT} == set(MUTANTS)


@pytest.mark.parametrize(("mutant", "faults", "size", "invariant"), CAUGHT, ids=[row[0] for row in CAUGHT])
def test_a_wrong_engine_is_caught(
    play: Play, mutant: str, faults: list[tuple[float, str, float]], size: Size, invariant: str
) -> None:
    told = play(plan.only(1, "sqlite", size, faults), mutant=mutant)
    assert invariant in {broken.invariant for broken in told.broken}
