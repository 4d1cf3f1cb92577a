"""Recording by phone through the real processes: the button, the phone in the village, a voice, and the second speaker."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from service import bell, db, settings
from service.campaigns import recordings
from service.campaigns.recordings import DRAFT, Place, Recording
from service.sending import recording_calls, recording_takes
from tests import world
from tests.journeys.conftest import Running

pytestmark = pytest.mark.journey
Start = Callable[..., Running]
MINE, TYPED = "+84912999001", "0912 999 001"
OPENING = Place("opening", "hmn")
SPEAKS: dict[str, Any] = {"keys": ["#", "1"], "after": 6}


def call_me(here: Running, speed: float = 4, **kind: Any) -> None:
    """The member of staff asks to be called, and takes the call so. ``speed``: seconds of the call in one; fetching and
    converting a recording takes as long as ever, and the call waits for it."""
    here.village("behaviour", {"call_phones": {MINE: {**SPEAKS, **kind}}, "call_speed": speed})
    with db.transaction():
        recording_calls.order(OPENING, TYPED, world.staff("officer"))
    assert bell.ring("twilio")


def story(here: Running) -> dict[str, Any]:
    (call,) = here.lines("calls")
    return call


def is_over(here: Running) -> bool:
    return any(call["over"] for call in here.lines("calls"))


def kept() -> list[Recording]:
    db.end_reading()
    return recordings.versions(OPENING)


def left_at_the_carrier(here: Running) -> int:
    return int(here.village("state")["calls"]["recordings"])


def heard(call: dict[str, Any], verb: str) -> list[str]:
    return [one["text"] for one in call["heard"] if one["verb"] == verb]


@pytest.mark.parametrize("doubled", [False, True], ids=["on a good day", "everything told twice"])
def test_the_phone_rings_somebody_speaks_hears_it_back_and_keeps_it(running: Start, doubled: bool) -> None:
    here = running()
    if doubled:
        here.village("faults", {"callback_double": 1})
    call_me(here)
    here.wait(lambda: is_over(here))
    here.wait(kept)
    call = story(here)
    assert (call["keys"], call["status"], call["problems"]) == ("#1", "completed", [])
    assert recordings.words_of(OPENING) in heard(call, "Say")
    (one,) = kept()
    assert (one.state, 4_000 <= one.ms <= 7_000) == (DRAFT, True)  # waits for the second speaker
    with db.transaction():
        second = world.staff("manager", "dung@loaban.example")
        recordings.confirm(one, "Đây là cuộc gọi tự động của văn phòng.", second)
    (played,) = heard(call, "Play")
    assert one.sha256 in played
    assert played.startswith(settings.get().public_url)
    assert len(call["recordings"]) == 1
    here.wait(lambda: left_at_the_carrier(here) == 0)
    assert len(here.lines("log")) == 1


def test_silence_is_said_and_not_kept(running: Start) -> None:
    here = running()
    call_me(here, mute=True, keys=["#", "#", "#", "#", "#"])
    here.wait(lambda: is_over(here))
    said = " ".join(heard(story(here), "Say"))
    assert "Chưa nghe rõ tiếng nói" in said
    assert kept() == []
    here.wait(lambda: left_at_the_carrier(here) == 0)


def test_who_hangs_up_while_speaking_leaves_nothing_behind(running: Start) -> None:
    here = running()
    here.village("behaviour", {"speech_seconds": 120})
    call_me(here, keys=[], hangs_up=45)
    here.wait(lambda: is_over(here))
    assert len(story(here)["recordings"]) == 1  # the carrier has what was said until then
    here.wait(lambda: left_at_the_carrier(here) == 0, 150)
    here.wait(lambda: ended() == [("completed", None)])
    assert kept() == []


def ended() -> list[tuple[str, int | None]]:
    """How the calls ended, and which version was kept of each."""
    db.end_reading()
    return [(state, version) for _call, state, version in recording_calls.lately(OPENING)]


def test_a_carrier_that_does_not_find_the_recording_at_first(running: Start) -> None:
    here = running()
    here.village("faults", {"recording_404": 1})
    call_me(here, speed=2)
    here.wait(lambda: here.village("state")["faults_played"].get("recording_404", 0) >= 2)
    here.village("faults", {})
    here.wait(kept)
    assert take_state() == recording_takes.KEPT


def take_state() -> str:
    db.end_reading()
    take = recording_takes.of(1, 1)
    assert take is not None
    return take.state
