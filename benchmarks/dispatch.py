"""Dispatch: how many messages a second leave, end to end, against the floor and against what people write first.

The same machine, the same stub, two worker processes each. Ours are the real ones (Valkey, RQ, the clock) and the time
runs from the ring of the bell until every result stands in the database.
"""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass
from statistics import median

from benchmarks import floor, rivals
from benchmarks.carrier import counted, stub, stub_speed
from benchmarks.figures import Figure, Result, at_least, load_average, plain
from benchmarks.floor import Floor
from benchmarks.ground import Databases, Ground, ground, reading, states
from benchmarks.rivals import RIVALS, Rival, Where
from workers.stack import Stack, Wanted

MESSAGES = 30_000  # so that the start, of about a second, is a small part of it
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
    pairs = [_pair(where, messages, wrong) for _ in range(runs)]
    ours, floors = median(one.ours for one in pairs), _medians([one.floors for one in pairs])
    with ground(databases, database) as at:
        stub_alone = stub_speed(at)
    others = [(rival, rivals.measure(where, rival, messages, runs, wrong)) for rival in RIVALS]
    fastest, wanted = floors[0].per_second, OF_THE_FLOOR if latency_ms else OF_THE_FLOOR_AT_ONCE
    figures = (
        plain("ours", ours, "/s"),
        *_floor_figures(floors),
        at_least("ours / the floor", median(one.ratio for one in pairs), "×", wanted),
        *(figure for rival, speed in others for figure in _rival_figures(rival, speed, ours)),
        plain("stub alone, no latency", stub_alone, "/s"),
        at_least("stub / the fastest", stub_alone / max(ours, fastest), "×", STUB_BETTER_BY),
    )
    setting = f"{latency_ms} ms latency, {messages:,} messages, {WORKERS} workers, median of {runs}"
    return [Result("dispatch", database, setting, figures, tuple(wrong), load_average())]


@dataclass(frozen=True)
class Pair:
    """The floor and ours, messages a second, one right after the other: the machine may be faster or slower in a minute."""

    floors: tuple[Floor, ...]
    ours: float

    @property
    def ratio(self) -> float:
        return self.ours / max(one.per_second for one in self.floors)


def _pair(where: Where, messages: int, wrong: list[str]) -> Pair:
    with ground(where.databases, where.database) as at, stub(at, where.latency_ms) as url:
        floors = floor.measure(at, url, max(messages // FLOOR_SHARE, floor.PROCESSES))
    return Pair(floors, _ours(where, messages, wrong))


def _medians(runs: list[tuple[Floor, ...]]) -> tuple[Floor, ...]:
    """Of each form in all runs, the fastest first. A form is named as it was in its fastest run."""
    forms: dict[str, list[Floor]] = defaultdict(list)
    for one in (one for floors in runs for one in floors):
        forms[one.form].append(one)
    found = [
        Floor(form, max(some, key=lambda one: one.per_second).at_once, median(one.per_second for one in some))
        for form, some in forms.items()
    ]
    return tuple(sorted(found, key=lambda one: -one.per_second))


def _floor_figures(floors: tuple[Floor, ...]) -> list[Figure]:
    return [plain(f"floor: {one.form}, {one.at_once} at once", one.per_second, "/s") for one in floors]


def _rival_figures(rival: Rival, speed: float, ours: float) -> list[Figure]:
    return [
        plain(rival.name, speed, "/s"),
        at_least(f"ours / {rival.name}", ours / speed, "×", rival.wanted),
    ]


def _ours(where: Where, messages: int, wrong: list[str]) -> float:
    """Messages a second of the real workers."""
    with ground(where.databases, where.database) as at, stub(at, where.latency_ms) as url:
        at.env["VILLAGE_URL"] = url
        at.step("prepare", messages)
        with Stack(at.data, at.env, Wanted(workers=WORKERS, empty=True), at.log) as stack:
            at.env.update(stack.env)
            speed = _one_campaign(at, url, messages, wrong)
        said = counted(url)
        if (said.accepted, said.doubled) != (messages, 0):
            wrong.append(f"ours: {said.accepted} accepted of {messages}, {said.doubled} doubled")
    return speed


def _one_campaign(at: Ground, url: str, messages: int, wrong: list[str]) -> float:
    """Messages a second until the stub has accepted as many, and each is noted."""
    said = at.step("launch")
    patience = said["at"] + WITHIN_S
    # The stub is asked first, because counting rows takes time from those who are measured.
    while counted(url).accepted < messages and time.monotonic() < patience:
        time.sleep(LOOK_EVERY_S)
    with reading(at) as engine:
        while (now := states(engine, said["campaign"])).get("accepted", 0) < messages:
            if time.monotonic() > patience:
                wrong.append(f"ours: after {WITHIN_S} s {now}")
                break
            time.sleep(LOOK_EVERY_S)
    return float(now.get("accepted", 0) / (time.monotonic() - said["at"]))
