"""Hooks: signed status callbacks, one update each, through the real web process: alone, and while a dispatch runs.

The client is bounded: so many kept connections, each of which sends its next callback when the last one was answered.
The dispatch is another campaign, which real workers send through the stub at a stated pace meanwhile.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks.carrier import counted, stub
from benchmarks.figures import Figure, Result, at_least, at_most, load_average, plain
from benchmarks.ground import Databases, Ground, ground, reading, states
from benchmarks.load import Driven, drive, read_requests
from service.sending.gates import SHARE
from workers.stack import Stack, Wanted

CALLBACKS = 9_000
CONNECTIONS = 20
WARM_UP = 50
PACE, LASTS_S = 100.0, 20  # messages a second; the dispatch is to last longer than what is measured beside it
WITHIN_S = 60
LEAST_PER_SECOND, MOST_P99_MS = 800.0, 60.0


def measure(databases: Databases, database: str, messages: int, runs: int) -> list[Result]:
    """``delivered`` for each of a campaign's messages: the first half alone, the second beside a dispatch."""
    wrong: list[str] = []
    pace = min(PACE, (messages + WARM_UP) / LASTS_S)
    with ground(databases, database) as at, stub(at, 0) as url:
        at.env["VILLAGE_URL"] = url
        at.step("prepare", messages + WARM_UP)
        campaign = at.step("launch")["campaign"]
        at.step("drain")
        at.env["TWILIO_SMS_PER_SECOND"] = str(pace / SHARE)
        with Stack(at.data, at.env, Wanted(workers=1, empty=True), at.log) as stack:
            at.env.update(stack.env)
            requests = list(_signed(at, campaign))
            drive(stack.public_url, requests[:WARM_UP], CONNECTIONS)
            half = WARM_UP + messages // 2
            alone = _rounds(stack.public_url, requests[WARM_UP:half], runs)
            before, began = _begin_dispatch(at, url, wrong), time.monotonic()
            beside = _rounds(stack.public_url, requests[half:], runs)
            sent_per_s = (counted(url).accepted - before) / (time.monotonic() - began)
            said = counted(url)
        if said.accepted >= 2 * (messages + WARM_UP) or said.doubled:
            wrong.append(
                f"the dispatch: {said.accepted} accepted, {said.doubled} doubled; it was to last longer"
            )
        wrong += _judge(at, campaign, messages, [*alone, *beside])
    figures = (
        *_figures("", beside, bound=True),
        plain("sent meanwhile", sent_per_s, "/s"),
        *_figures("alone: ", alone, bound=False),
    )
    setting = (
        f"{messages:,} callbacks, half of them while another campaign is sent at {pace:g} a second, "
        f"{CONNECTIONS} connections, median of {runs}"
    )
    return [Result("hooks", database, setting, figures, tuple(wrong), load_average())]


def _rounds(url: str, requests: list[bytes], runs: int) -> list[Driven]:
    size = -(-len(requests) // runs)
    return [
        drive(url, requests[start : start + size], CONNECTIONS) for start in range(0, len(requests), size)
    ]


def _begin_dispatch(at: Ground, url: str, wrong: list[str]) -> int:
    """Launch a campaign for everybody and wait until its first messages are with the carrier. Returns what it had
    accepted before."""
    before, patience = counted(url).accepted, time.monotonic() + WITHIN_S
    at.step("launch")
    while counted(url).accepted == before:
        if time.monotonic() > patience:
            wrong.append(f"no dispatch began within {WITHIN_S} s")
            break
        time.sleep(0.05)
    return before


def _figures(when: str, rounds: list[Driven], bound: bool) -> Iterator[Figure]:
    every = Driven(latencies=[latency for one in rounds for latency in one.latencies])
    speed, slowest = median(one.per_second for one in rounds), every.quantile_ms(0.99)
    half = plain(f"{when}half answered within", every.quantile_ms(0.5), "ms")
    if bound:
        yield at_least(f"{when}callbacks", speed, "/s", LEAST_PER_SECOND)
        yield half
        yield at_most(f"{when}99 % answered within", slowest, "ms", MOST_P99_MS)
    else:
        yield plain(f"{when}callbacks", speed, "/s")
        yield half
        yield plain(f"{when}99 % answered within", slowest, "ms")


def _signed(at: Ground, campaign: int) -> Iterator[bytes]:
    file = Path(at.folder / "requests")
    at.step("sign", campaign, "delivered", file)
    return read_requests(file)


def _judge(at: Ground, campaign: int, messages: int, rounds: list[Driven]) -> Iterator[str]:
    """Each answered with 200, each message delivered."""
    for one in rounds:
        if set(one.statuses) != {200} or one.cut:
            yield f"answers {dict(one.statuses)}, {one.cut} cut"
    with reading(at) as engine:
        now = states(engine, campaign)
    if now != {"delivered": messages + WARM_UP}:
        yield f"{now}, not {messages + WARM_UP} delivered"
