"""The short form: every fault once, a few SIGKILLs, on both databases, in every test run."""

from __future__ import annotations

import pytest

from tests.crash import plan
from tests.crash.conftest import Play
from tests.crash.faults import FAULTS

pytestmark = pytest.mark.journey


def test_nothing_is_lost_and_nothing_sent_twice(play: Play, short_run: tuple[str, int]) -> None:
    database, seed = short_run
    told = play(plan.make(seed, database, plan.SHORT))
    assert not told.broken, told.again


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_a_seed_makes_the_same_plan_again_and_every_fault_is_in_it(database: str) -> None:
    first = plan.make(7, database, plan.SOAK)
    assert first == plan.make(7, database, plan.SOAK)
    assert first != plan.make(8, database, plan.SOAK)
    planned = {deed.fault for deed in first.deeds}
    assert planned == {name for name, kind in plan.KINDS.items() if kind.only in ("", database)}
    assert set(plan.KINDS) == set(FAULTS)
    assert sum(deed.fault in {kind.name for kind in plan.KILLS} for deed in first.deeds) == plan.SOAK.kills
