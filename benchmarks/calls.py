"""Calls: how long somebody waits on the phone for what is said next, and how well the pace of calling is kept.

The pace is that of real workers, which place calls at a stub carrier. What is said is asked for by a client that behaves
like a carrier with so many calls at once: each reports, asks, and asks again after a pause; alone, and while the same
workers send an SMS campaign.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from benchmarks.carrier import counted, stub
from benchmarks.figures import Figure, Result, at_most, load_average, plain
from benchmarks.ground import Databases, Ground, ground, reading, states
from benchmarks.load import Driven, read_requests, talk
from benchmarks.steps import CALL
from service.sending.gates import BURST_S, SHARE
from workers.stack import Stack, Wanted

CALLS, CALLS_A_SECOND = 10_000, 200.0
TALKED, AT_ONCE, PAUSE_S = 1_200, 200, 2.0  # calls that are talked through, half of them while SMS are sent
SMS_A_SECOND = 100.0
WITHIN_S = 300
MOST_P99_MS, MOST_OFF = 100.0, 2.0  # %
WAITED_FOR = [not path.startswith("call/") for path, _form in CALL]

Call = list[tuple[bytes, bool]]


def measure(databases: Databases, database: str, calls: int) -> list[Result]:
    wrong: list[str] = []
    pace, at_once = min(CALLS_A_SECOND, calls / 10), min(AT_ONCE, calls // 4)
    pause_s = min(PAUSE_S, calls / 500)
    with ground(databases, database) as at, stub(at, 0) as url:
        at.env |= {
            "VILLAGE_URL": url,
            "TWILIO_CALLS_PER_SECOND": str(pace / SHARE),
            "TWILIO_SMS_PER_SECOND": str(SMS_A_SECOND / SHARE),
        }
        at.step("prepare", calls)
        with Stack(at.data, at.env, Wanted(workers=2, empty=True), at.log) as stack:
            at.env.update(stack.env)
            campaign = at.step("launch", "voice")["campaign"]
            kept = _pace(url, calls, wrong)
            talked = _calls(at, campaign, min(calls, TALKED))
            half = len(talked) // 2
            alone = talk(stack.public_url, talked[:half], at_once, pause_s)
            at.step("launch")
            beside = talk(stack.public_url, talked[half:], at_once, pause_s)
        said = counted(url)
        if said.doubled:
            wrong.append(f"{said.doubled} doubled")
        wrong += _judge(at, campaign, calls, len(talked), [alone, beside])
    off = abs(kept / pace - 1) * 100
    figures = (
        plain("calls", kept, "/s"),
        at_most("beside the pace that was set", off, "%", MOST_OFF),
        *_figures("", alone),
        *_figures("while SMS are sent: ", beside),
    )
    setting = (
        f"{calls:,} calls at {pace:g} a second; {len(talked):,} of them talked through, {at_once} at once, "
        f"a request every {pause_s:g} s each"
    )
    return [Result("calls", database, setting, figures, tuple(wrong), load_average())]


def _pace(url: str, calls: int, wrong: list[str]) -> float:
    """Calls a second, from when the first second's worth, which may go out at once, is over."""
    end = time.monotonic() + WITHIN_S
    while not (began := counted(url)).accepted and time.monotonic() < end:
        time.sleep(0.05)
    time.sleep(max(0.0, began.first + 2 * BURST_S - time.monotonic()))
    start = counted(url)
    while (now := counted(url)).accepted < calls and time.monotonic() < end:
        time.sleep(0.2)
    if now.accepted < calls:
        wrong.append(f"{now.accepted} of {calls} calls within {WITHIN_S} s")
    return (now.accepted - start.accepted) / max(0.001, now.last - start.last)


def _calls(at: Ground, campaign: int, number: int) -> list[Call]:
    """The requests of so many calls; true: somebody waits for the answer."""
    file = Path(at.folder / "requests")
    at.step("sign_calls", campaign, file)
    requests = read_requests(file)
    return [list(zip(islice(requests, len(CALL)), WAITED_FOR, strict=True)) for _ in range(number)]


def _figures(when: str, driven: Driven) -> list[Figure]:
    half, slowest = driven.quantile_ms(0.5), driven.quantile_ms(0.99)
    return [
        plain(f"{when}half of what is said next within", half, "ms"),
        at_most(f"{when}99 % within", slowest, "ms", MOST_P99_MS),
    ]


def _judge(at: Ground, campaign: int, calls: int, talked: int, rounds: Sequence[Driven]) -> list[str]:
    """Each request answered with 200, each call that was talked through completed."""
    wrong = [
        f"answers {dict(one.statuses)}, {one.cut} cut"
        for one in rounds
        if set(one.statuses) != {200} or one.cut
    ]
    with reading(at) as engine:
        now = states(engine, campaign)
    if now.get("completed") != talked or sum(now.values()) != calls:
        wrong.append(f"{now}, not {talked} of {calls} completed")
    return wrong
