"""The long form, ``./loa test --soak``: 5,000 recipients, 100 SIGKILLs of who sends, every fault again and again."""

from __future__ import annotations

import pytest

from tests.crash import plan
from tests.crash.conftest import Play

SETTLED_WITHIN_S = 900.0


@pytest.mark.soak
def test_nothing_is_lost_and_nothing_sent_twice(play: Play, long_run: tuple[str, int]) -> None:
    database, seed = long_run
    told = play(plan.make(seed, database, plan.SOAK), patience_s=SETTLED_WITHIN_S)
    assert not told.broken, told.again
