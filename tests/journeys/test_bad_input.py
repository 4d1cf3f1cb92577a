"""What nobody would send on purpose, and what machines do on a bad day: a reason is shown, nobody else is held up, and
the workers that were there before are there after."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import select, update

from service import bell, db
from service.registry.phones import Phone
from service.sending import gates, guards
from service.sending.messages import Message
from service.staff import accounts
from tests import world
from tests.journeys.conftest import Running

pytestmark = pytest.mark.journey
Start = Callable[..., Running]
SIZE = 40
OFTEN = {"LOA_SMS_PER_PHONE_PER_DAY": "9"}
MANAGER = "chi.hoa@loaban.example"


def launch() -> int:
    """The same villagers each time."""
    with db.transaction():
        by = accounts.find_by_email(MANAGER)
        if by is None:
            by = world.staff("manager", MANAGER)
            world.village_of(SIZE)
        return world.launched(by).id


def workers(here: Running) -> dict[str, int]:
    return {name: pid for name, pid in here.stack.pids.items() if name.startswith("worker")}


# --------------------------------------------------------------------------------------------------- rows and answers

# The text of one row in the middle of a campaign → what becomes of it, and the reason that is shown.
POISON: dict[str, tuple[str, str]] = {
    "": ("failed", "21602"),
    "x" * 4_000: ("failed", "21617"),  # as much as the database takes
    "🦬👩🏽‍🌾 \u202e ﷽": ("delivered", ""),
}


def test_poison_in_some_rows_and_pages_in_place_of_answers_hold_up_nobody_else(running: Start) -> None:
    here = running(env=OFTEN)
    here.village("behaviour", {"deliver_seconds": 0.2, "shares": {"silent": 1}})
    before = workers(here)
    campaign_id = launch()
    poisoned = _poison(campaign_id)
    bell.ring("twilio")
    here.wait(lambda: not set(here.counts(campaign_id)) & {"ready", "sending", "accepted", "sent", "unknown"})
    assert _ends(campaign_id, poisoned) == [*POISON.values(), ("failed", "21211")]
    assert here.counts(campaign_id) == {"delivered": SIZE - 3, "failed": 3}

    here.village("faults", {"html": 0.2})
    campaign_id = launch()
    bell.ring("twilio")
    here.wait(lambda: not set(here.counts(campaign_id)) & {"ready", "sending", "accepted", "sent"})
    counts = here.counts(campaign_id)
    assert counts["unknown"] > 0  # a page proves nothing, so nothing is sent a second time
    assert counts["delivered"] + counts["unknown"] + counts.get("failed", 0) == SIZE
    assert workers(here) == before


def _poison(campaign_id: int) -> list[int]:
    """Spoil some rows before they go out. Returns their ids: one for each poisonous text, one whose number is none."""
    with db.transaction():
        rows = select(Message.id, Message.phone_id).where(Message.campaign_id == campaign_id)
        chosen = db.session().execute(rows.order_by(Message.id).offset(10).limit(len(POISON) + 1)).all()
        for (message_id, _phone), text in zip(chosen, POISON, strict=False):
            db.change_many(update(Message).where(Message.id == message_id).values(text=text))
        db.change_many(update(Phone).where(Phone.id == chosen[-1][1]).values(e164="+84912"))
    return [row[0] for row in chosen]


def _ends(campaign_id: int, ids: list[int]) -> list[tuple[str, str]]:
    rows = db.session().execute(select(Message.id, Message.state, Message.code).where(Message.id.in_(ids)))
    found = {row[0]: (row[1], row[2]) for row in rows}
    db.end_reading()
    return [found[message_id] for message_id in ids]


# -------------------------------------------------------------------------------------------------------------- Redis


def test_redis_full_frozen_and_forgetful_delays_a_campaign_and_loses_no_worker(running: Start) -> None:
    here = running(env={**OFTEN, "TWILIO_SMS_PER_SECOND": "20"})
    here.village("behaviour", {"deliver_seconds": 0.2, "shares": {"silent": 1}})
    before = workers(here)
    for number, bad_day in enumerate((_full, _frozen, _forgetful), 1):
        campaign_id = bad_day(here)
        here.wait(lambda wanted=campaign_id: here.counts(wanted) == {"delivered": SIZE})  # type: ignore[misc]
        assert set(here.sms_per_phone().values()) == {number}
        assert workers(here) == before


def _full(here: Running) -> int:
    bell.redis().config_set("maxmemory", "1")
    campaign_id = launch()
    assert bell.ring("twilio") is False
    assert _health(here) == 503
    time.sleep(1)
    assert here.counts(campaign_id) == {"ready": SIZE}
    bell.redis().config_set("maxmemory", "0")
    return campaign_id


def _health(here: Running) -> int:
    try:
        with urllib.request.urlopen(f"{here.stack.public_url}/healthz", timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as problem:
        return problem.code


def _frozen(here: Running) -> int:
    """What is being sent goes on without it."""
    campaign_id = launch()
    bell.ring("twilio")
    here.wait(lambda: here.counts(campaign_id).get("ready", 0) < SIZE)
    here.stack.kill("valkey", signal.SIGSTOP)
    here.wait(lambda: here.counts(campaign_id).get("ready", 0) == 0)
    here.stack.kill("valkey", signal.SIGCONT)
    return campaign_id


def _forgetful(here: Running) -> int:
    campaign_id = launch()
    bell.ring("twilio")
    while here.counts(campaign_id).get("ready", 0):
        bell.redis().flushall()
        time.sleep(0.3)
    return campaign_id


# --------------------------------------------------------------------------------------------------------------- disk


@pytest.fixture
def small_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """All temporary folders lie on a disk that has room for so many files and no more."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=2g,nr_inodes=3000", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("NOT RUN: a full disk can be made only by root with the right to mount")
    monkeypatch.setattr(tempfile, "tempdir", str(disk))
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=False)


def test_a_full_disk_rests_the_gate_and_the_campaign_goes_on_afterwards(
    small_disk: Path, running: Start
) -> None:
    here = running(env=OFTEN)
    here.village("behaviour", {"deliver_seconds": 0.2, "shares": {"silent": 1}})
    before = workers(here)
    here.wait((here.stack.data / "machine").exists)  # the clock is there
    _fill(small_disk / "ballast")
    campaign_id = launch()
    bell.ring("twilio")
    here.stack.kill("clock", signal.SIGTERM)  # the next one looks at the disk at once, not within a minute
    here.wait(lambda: _reason() == guards.DISK_FULL)
    assert here.counts(campaign_id) == {"ready": SIZE}
    assert here.lines("log") == []
    for each in (small_disk / "ballast").iterdir():
        each.unlink()
    with db.transaction():  # it would open by itself, after 150 s
        gates.open_again("twilio", accounts.find_by_email(MANAGER))  # type: ignore[arg-type]
    here.wait(lambda: here.counts(campaign_id) == {"delivered": SIZE})
    assert workers(here) == before


def _fill(folder: Path) -> None:
    folder.mkdir()
    with suppress(OSError):
        for number in range(10_000):
            (folder / str(number)).touch()
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        (folder / "one_more").touch()


def _reason() -> str:
    try:
        gate = gates.of("twilio")
        return gate.reason if gate else ""
    finally:
        db.end_reading()
