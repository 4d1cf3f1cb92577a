"""A new version, one process after the other, while a campaign goes out: nothing is cut off on its way to the carrier."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress

import pytest

from service import bell, db
from service.staff import accounts
from tests import world
from tests.journeys.conftest import Running

pytestmark = pytest.mark.journey
Start = Callable[..., Running]
SIZE = 24


def _the_process(pid: int) -> None:
    os.kill(pid, signal.SIGTERM)


def _its_group(pid: int) -> None:
    os.killpg(pid, signal.SIGTERM)


def _its_horses_too(pid: int) -> None:
    """As systemd does with KillMode=control-group."""
    for each in [*_horses(pid), pid]:
        with suppress(ProcessLookupError):
            os.kill(each, signal.SIGTERM)


def _twice(pid: int) -> None:
    """Somebody who cannot wait; RQ itself would kill the horse at the second time."""
    os.kill(pid, signal.SIGTERM)
    time.sleep(1.1)
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)


WAYS: tuple[Callable[[int], None], ...] = (_the_process, _its_group, _its_horses_too, _twice)


def _horses(pid: int) -> list[int]:
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return [int(child) for child in file.read().split()]


def test_a_rolling_restart_leaves_nobody_unknown(running: Start) -> None:
    here = running(env={"TWILIO_SMS_PER_SECOND": "10", "LOA_SMS_PER_PHONE_PER_DAY": "9"})
    here.village("behaviour", {"deliver_seconds": 0.3, "shares": {"silent": 1}})
    for number, ask_to_end in enumerate(WAYS, 1):
        _restart_while_sending(here, ask_to_end)
        assert set(here.sms_per_phone().values()) == {number}

    here.village("faults", {"latency_ms": 300})
    campaign_id = _launch(here)
    here.wait(lambda: here.counts(campaign_id).get("delivered", 0) > 0)
    here.stack.kill("web", signal.SIGHUP)  # gunicorn starts anew behind the socket; nobody is turned away
    _restart(here, "clock", _the_process)
    here.wait(lambda: here.counts(campaign_id) == {"delivered": SIZE})
    assert set(here.sms_per_phone().values()) == {len(WAYS) + 1}


def _restart_while_sending(here: Running, ask_to_end: Callable[[int], None]) -> None:
    # Without a callback nothing can make good an answer that nobody waited for.
    latency_ms = 1500 if ask_to_end is _twice else 500
    here.village("faults", {"latency_ms": latency_ms, "callback_drop": 1.0})
    campaign_id = _launch(here)
    here.wait(lambda: here.counts(campaign_id).get("sending", 0) > 0)
    _restart(here, _sending(here), ask_to_end)
    here.wait(lambda: not set(here.counts(campaign_id)) & {"ready", "sending"})
    assert here.counts(campaign_id) == {"accepted": SIZE}, ask_to_end.__name__


def _launch(here: Running) -> int:
    with db.transaction():
        by = accounts.find_by_email("chi.hoa@loaban.example")
        if by is None:
            by = world.staff("manager", "chi.hoa@loaban.example")
            world.village_of(SIZE)
        made = world.launched(by)
    bell.ring("twilio")
    return made.id


def _sending(here: Running) -> str:
    """A worker whose horse is sending."""
    workers = [(name, pid) for name, pid in here.stack.pids.items() if name.startswith("worker")]
    return next(name for name, pid in workers if _horses(pid))


def _restart(here: Running, name: str, ask_to_end: Callable[[int], None]) -> None:
    """Ask it to end, and wait until another one is there in its place."""
    before = here.stack.pids[name]
    ask_to_end(before)
    here.wait(lambda: here.stack.pids.get(name, before) != before)
