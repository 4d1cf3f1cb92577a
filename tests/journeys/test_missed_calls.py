"""A missed call that is a yes, through the real processes: to the carrier's number, and to a SIM beside a modem."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from service import bell, db, settings
from service.followup import tasks
from service.replies import interests
from tests import world
from tests.journeys.conftest import Running
from tests.processes import ROOT

pytestmark = pytest.mark.journey
SCRIPT = ROOT / "deploy" / "gateway" / "missed_call.py"
KEY = "k" * 32


def test_whoever_lets_it_ring_is_called_back_as_somebody_who_wants_to_go(
    running: Callable[..., Running], tmp_path: Path
) -> None:
    here = running(env={"LOA_MISSED_CALL_KEY": KEY})
    here.village("behaviour", {"shares": {"silent": 1}})
    with db.transaction():
        world.village_of(3)
        made = world.launched(
            world.staff("manager", "chi.hoa@loaban.example"),
            missed_call="yes", text=world.TEXT + ". {nhay_may}.",
        )  # fmt: skip
    assert bell.ring("twilio")
    here.wait(lambda: here.counts(made.id).get("delivered") == 3)
    assert all("Nhay may 0219 000 000 neu muon di" in line["body"] for line in here.lines("log"))

    here.press(f"phones/{world.number(0)}/call")
    conf = tmp_path / "conf"
    conf.write_text(
        f"URL={settings.get().public_url}/hooks/missed-call\nKEY={KEY}\nSPOOL={tmp_path / 'spool'}\n"
    )
    known = {"LOA_MISSED_CALL_CONF": str(conf), "PATH": os.environ["PATH"]}
    subprocess.run([sys.executable, str(SCRIPT), world.number(1)], env=known, check=True, timeout=30)
    here.wait(lambda: followed_up(made.id) == (2, {"to_call": 2}))
    assert list((tmp_path / "spool").glob("*.json")) == []


def followed_up(campaign_id: int) -> tuple[int, dict[str, int]]:
    try:
        return interests.count(campaign_id), tasks.counts(campaign_id)
    finally:
        db.end_reading()
