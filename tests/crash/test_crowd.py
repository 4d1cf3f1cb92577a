"""Many work horses on few rows, and on little money."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.crash import plan, run
from tests.crash.database import Database
from tests.crash.plan import Size

pytestmark = pytest.mark.journey

FEW = Size(recipients=6, seconds=1, kills=0, workers=0, clicks=0)
MANY = Size(recipients=80, seconds=8, kills=0, workers=0, clicks=0)
CAP_VND = 60_000  # less than half of what all of them cost
PATIENCE_S = 120.0

# SQLite has one writer, so that it is the easier of the two: only in the long form.
BOTH = [pytest.param("sqlite", marks=pytest.mark.soak), "postgresql"]

Fresh = Callable[[str], Database]


@pytest.mark.parametrize("database", BOTH)
def test_sixteen_work_horses_on_six_rows(database: str, fresh_database: Fresh, tmp_path: Path) -> None:
    quiet_plan = plan.only(1, database, FEW, [])
    told, evidence = run.run_crowd(quiet_plan, fresh_database(database), tmp_path, 16, PATIENCE_S, {})
    assert not told.broken
    assert len({line["to"] for line in evidence.log}) >= FEW.recipients - 1  # one may refuse


@pytest.mark.parametrize("database", BOTH)
def test_eight_work_horses_race_for_the_money_of_the_day(
    database: str, fresh_database: Fresh, tmp_path: Path
) -> None:
    caps = {"LOA_CAP_DAY_VND": str(CAP_VND)}
    quiet_plan = plan.only(1, database, MANY, [])
    told, evidence = run.run_crowd(quiet_plan, fresh_database(database), tmp_path, 8, PATIENCE_S, caps)
    assert not told.broken
    assert 0 < evidence.price() <= CAP_VND
    assert all(period.spent + period.reserved <= period.cap for period in evidence.periods)
    assert evidence.campaigns[evidence.main].state == "paused"
    assert evidence.counts(evidence.main)["ready"] > 0
