"""Two machines: two data folders, one PostgreSQL, one Valkey, one village; web, workers and a clock on both."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import combinations
from pathlib import Path

import pytest
from sqlalchemy import select

from service import bell, db, settings
from service.sending.messages import Message
from tests import processes, world
from tests.journeys.conftest import Running
from workers.stack import Stack

pytestmark = pytest.mark.journey
SIZE = 200
PER_SECOND = 40.0
ALLOWED = 0.8 * PER_SECOND
# What two machines share, and what each finds by itself in its data folder.
SHARED = ("DATABASE_URL", "REDIS_URL", "PUBLIC_URL", "VILLAGE_URL", "SECRET_KEY", "TWILIO_SMS_PER_SECOND")


@pytest.fixture
def machines(
    postgresql_url: str, start_stack: Callable[..., Stack], monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Running, Stack]]:
    """The first, to which this test belongs, and the second."""
    env = {
        "DATABASE_URL": postgresql_url,
        "SECRET_KEY": "x" * 40,
        "TWILIO_SMS_PER_SECOND": str(PER_SECOND),
    }
    first = start_stack(env=env, empty=True)
    second = start_stack(env={name: first.env[name] for name in SHARED}, empty=True)
    for name in (*SHARED, "LOA_DATA"):
        monkeypatch.setenv(name, first.env[name])
    settings.get.cache_clear()
    db.connect(settings.get().database_url)
    yield Running(first), second
    db.end_reading()
    db.engine().dispose()
    settings.get.cache_clear()


def test_a_campaign_goes_out_once_at_one_pace_and_each_machine_judges_its_own_dead(
    machines: tuple[Running, Stack],
) -> None:
    here, second = machines
    assert set(second.pids) == {"web", "worker-1", "worker-2", "clock"}
    here.village("behaviour", {"deliver_seconds": 0.3, "shares": {"silent": 1}})
    here.village("faults", {"latency_ms": 3000, "callback_drop": 1.0})
    with db.transaction():
        by = world.staff("manager", "chi.hoa@loaban.example")
        world.village_of(SIZE)
        campaign_id = world.launched(by).id
    for _ in range(4):
        bell.ring("twilio")
    name = (second.data / "machine").read_text()
    here.wait(lambda: len(here.lines("log")) > SIZE / 3)
    second.kill("clock", signal.SIGSTOP)
    here.wait(lambda: _on_the_wire(name))
    for worker in ("worker-1", "worker-2"):
        second.kill(worker)
    here.wait(lambda: not here.counts(campaign_id).get("ready"))
    time.sleep(11)  # the first machine's clock has looked for its own dead at least once
    left = here.counts(campaign_id)
    assert left["sending"] > 0
    assert left["accepted"] + left["sending"] == SIZE

    second.kill("clock", signal.SIGCONT)
    here.wait(lambda: "sending" not in here.counts(campaign_id))
    assert here.counts(campaign_id) == {"accepted": left["accepted"], "unknown": left["sending"]}
    assert set(here.sms_per_phone().values()) == {1}
    assert len(here.lines("log")) <= SIZE
    assert set(_machines(campaign_id)) == {name, (here.stack.data / "machine").read_text()}
    _one_pace([datetime.fromisoformat(line["at"]).timestamp() for line in here.lines("log")])


def _on_the_wire(machine: str) -> bool:
    """Has this machine messages on the wire?"""
    query = select(Message.id).where(Message.state == "sending", Message.worker.startswith(machine + "-"))
    try:
        return db.session().scalar(query.limit(1)) is not None
    finally:
        db.end_reading()


def _machines(campaign_id: int) -> Counter[str]:
    """How many messages each machine handed to the carrier."""
    query = select(Message.worker).where(Message.campaign_id == campaign_id)
    return Counter(str(worker).split("-")[0] for worker in db.session().scalars(query))


def _one_pace(times: list[float]) -> None:
    """In any time no more than the pace allows: a second's worth at once, and a second for what was on its way."""
    times = sorted(times)
    for (first, began), (last, ended) in combinations(enumerate(times), 2):
        assert last - first + 1 <= ALLOWED * (ended - began + 2) + 1


def test_a_machine_with_a_secret_of_its_own_is_not_started(machines: tuple[Running, Stack]) -> None:
    here, second = machines
    assert processes.wait_until(lambda: "set as this one" in _doctor(second)), _doctor(second)
    with tempfile.TemporaryDirectory(prefix="loa-test-") as folder:
        env = {name: value for name, value in here.stack.env.items() if name != "SECRET_KEY"}
        env["LOA_DATA"] = str(Path(folder) / "data")
        for process in ("web", "worker", "clock", "prepare"):
            done = _started(env, process)
            assert done.returncode == 2, process
            assert "works on this database with another SECRET_KEY: set the same one" in done.stderr
            assert len(done.stderr.strip().splitlines()) == 1


def _doctor(stack: Stack) -> str:
    return processes.loa(stack.env, "doctor").stdout


def _started(env: dict[str, str], process: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "workers", process],
        env=env,
        cwd=processes.ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
