"""Dispatch: how many messages a second leave, end to end, against the floor and against what people write first.

The same machine, the same stub, two worker processes each. Ours are the real ones (Valkey, RQ, the clock) and the time
runs from the ring of the bell until every result stands in the database.
"""

from __future__ import annotations

import time
from statistics import median

from benchmarks import floor, rivals
from benchmarks.carrier import counted, stub, stub_speed
from benchmarks.figures import Figure, Result, at_least, load_average, plain
from benchmarks.floor import Floor
from benchmarks.ground import Databases, Ground, ground, reading, states
from benchmarks.rivals import RIVALS, Rival, Where
from workers.stack import Stack, Wanted

MESSAGES = 10_000
WORKERS = 2
STUB_BETTER_BY = 3.0
OF_THE_FLOOR, OF_THE_FLOOR_AT_ONCE = 0.6, 0.5  # the second one where the carrier answers without any latency
FLOOR_SHARE = 2  # half as many messages tell the floor, which has no start to get over
WITHIN_S = 100
LOOK_EVERY_S = 0.02


def measure(databases: Databases, database: str, latency_ms: int, messages: int, runs: int) -> list[Result]:
    """One row of the table: the stub, the floor, ours, and the others."""
    wrong: list[str] = []
    where = Where(databases, database, latency_ms)
    with ground(databases, database) as at:
        stub_alone = stub_speed(at)
        with stub(at, latency_ms) as url:
            floors = floor.measure(at, url, max(messages // FLOOR_SHARE, floor.PROCESSES), runs)
    ours = _ours(where, messages, runs, wrong)
    others = [(rival, rivals.measure(where, rival, messages, runs, wrong)) for rival in RIVALS]
    fastest, wanted = floors[0].per_second, OF_THE_FLOOR if latency_ms else OF_THE_FLOOR_AT_ONCE
    figures = (
        plain("ours", ours, "/s"),
        *_floor_figures(floors),
        at_least("ours / the floor", ours / fastest, "×", wanted),
        *(figure for rival, speed in others for figure in _rival_figures(rival, speed, ours)),
        plain("stub alone, no latency", stub_alone, "/s"),
        at_least("stub / the fastest", stub_alone / max(ours, fastest), "×", STUB_BETTER_BY),
    )
    setting = f"{latency_ms} ms latency, {messages:,} messages, {WORKERS} workers, median of {runs}"
    return [Result("dispatch", database, setting, figures, tuple(wrong), load_average())]


def _floor_figures(floors: tuple[Floor, ...]) -> list[Figure]:
    return [plain(f"floor: {one.name}", one.per_second, "/s") for one in floors]


def _rival_figures(rival: Rival, speed: float, ours: float) -> list[Figure]:
    return [
        plain(rival.name, speed, "/s"),
        at_least(f"ours / {rival.name}", ours / speed, "×", rival.wanted),
    ]


def _ours(where: Where, messages: int, runs: int, wrong: list[str]) -> float:
    """Messages a second of the real workers, each run a campaign of its own."""
    with ground(where.databases, where.database) as at, stub(at, where.latency_ms) as url:
        at.env["VILLAGE_URL"] = url
        at.step("prepare", messages)
        with Stack(at.data, at.env, Wanted(workers=WORKERS, empty=True), at.log) as stack:
            at.env.update(stack.env)
            speeds = [_one_campaign(at, url, messages, messages * run, wrong) for run in range(1, runs + 1)]
        said = counted(url)
        if (said.accepted, said.doubled) != (messages * runs, 0):
            wrong.append(f"ours: {said.accepted} accepted of {messages * runs}, {said.doubled} doubled")
    return median(speeds)


def _one_campaign(at: Ground, url: str, messages: int, accepted: int, wrong: list[str]) -> float:
    """Messages a second until the stub has accepted so many in all, and each of this campaign is noted."""
    said = at.step("launch")
    patience = said["at"] + WITHIN_S
    # The stub is asked first, because counting rows takes time from those who are measured.
    while counted(url).accepted < accepted and time.monotonic() < patience:
        time.sleep(LOOK_EVERY_S)
    with reading(at) as engine:
        while (now := states(engine, said["campaign"])).get("accepted", 0) < messages:
            if time.monotonic() > patience:
                wrong.append(f"ours: after {WITHIN_S} s {now}")
                break
            time.sleep(LOOK_EVERY_S)
    return float(now.get("accepted", 0) / (time.monotonic() - said["at"]))
