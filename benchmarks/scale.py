"""Scale: ten times as many recipients take ten times as long, and no process needs more memory for them."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from statistics import median

import urllib3

from benchmarks.carrier import counted, stub
from benchmarks.figures import Figure, Result, at_most, between, load_average, plain
from benchmarks.ground import Databases, Ground, ground, reading, states
from benchmarks.memory import Watch
from benchmarks.pages import PASSWORD, log_in
from workers.stack import Stack, Wanted

RECIPIENTS = 100_000
TIMES = 10
WORKERS = 2
LEAST_TIMES, MOST_TIMES = 9.0, 11.0
MOST_LAUNCH_S, MOST_MORE_MB = 10.0, 20.0
LOOK_EVERY_S, PAGE_EVERY_S = 0.05, 5.0


@dataclass
class Size:
    """What campaigns of one size took; a value for each run."""

    recipients: int
    launch_s: list[float] = field(default_factory=list)
    sending_s: list[float] = field(default_factory=list)
    peaks_mb: dict[str, float] = field(default_factory=dict)  # of each process, over all runs


def measure(databases: Databases, database: str, latency_ms: int, recipients: int, runs: int) -> list[Result]:
    """Campaigns for a tenth, and for all, each size on a ground of its own."""
    wrong: list[str] = []
    few, many = (
        _one_size(databases, database, latency_ms, size, runs, wrong)
        for size in (recipients // TIMES, recipients)
    )
    setting = (
        f"{latency_ms} ms latency, {many.recipients:,} and {few.recipients:,} recipients, {WORKERS} workers, "
        f"median of {runs}"
    )
    figures = (*_speed(few, many), *_memory(few, many))
    return [Result("scale", database, setting, figures, tuple(wrong), load_average())]


def _speed(few: Size, many: Size) -> list[Figure]:
    short, long = median(few.sending_s), median(many.sending_s)
    return [
        at_most(f"launch, {many.recipients:,}", median(many.launch_s), "s", MOST_LAUNCH_S),
        plain(f"sending, {few.recipients:,}", short, "s"),
        plain(f"sending, {many.recipients:,}", long, "s"),
        between("times as long", long / short, "×", LEAST_TIMES, MOST_TIMES),
        plain("messages a second", many.recipients / long, "/s"),
    ]


def _memory(few: Size, many: Size) -> list[Figure]:
    """The most of each process, and how much more that is than with a tenth of the recipients."""
    found = []
    for name in sorted(few.peaks_mb.keys() & many.peaks_mb.keys()):
        found.append(plain(f"memory, {name}", many.peaks_mb[name], "MB"))
        more = many.peaks_mb[name] - few.peaks_mb[name]
        found.append(at_most(f"more memory, {name}", more, "MB", MOST_MORE_MB))
    return found


def _one_size(
    databases: Databases, database: str, latency_ms: int, recipients: int, runs: int, wrong: list[str]
) -> Size:
    size = Size(recipients)
    with ground(databases, database) as at, stub(at, latency_ms) as url:
        at.env["VILLAGE_URL"] = url
        at.step("prepare", recipients)
        email = at.step("employ", PASSWORD)["email"]
        with Stack(at.data, at.env, Wanted(workers=WORKERS, empty=True), at.log) as stack:
            at.env.update(stack.env)
            cookie = log_in(stack.public_url, email)
            with Watch(stack.pids) as watch:
                for run in range(1, runs + 1):
                    _one_campaign(at, url, cookie, size, recipients * run, wrong)
            size.peaks_mb = watch.peaks
        said = counted(url)
        if (said.accepted, said.doubled) != (recipients * runs, 0):
            wrong.append(f"{said.accepted} accepted of {recipients * runs}, {said.doubled} doubled")
    return size


def _one_campaign(at: Ground, url: str, cookie: str, size: Size, accepted: int, wrong: list[str]) -> None:
    """From the bell until everything is noted, while somebody watches the campaign's page."""
    said = at.step("launch")
    page = f"{at.env['PUBLIC_URL']}/campaigns/{said['campaign']}/live"
    patience, look = said["at"] + 100 + size.recipients / 100, said["at"]
    while counted(url).accepted < accepted and time.monotonic() < patience:
        if time.monotonic() >= look:
            look += PAGE_EVERY_S
            status = urllib3.request("GET", page, headers={"Cookie": cookie}, redirect=False).status
            wrong += [] if status == 200 else [f"the campaign's page answers {status}"]
        time.sleep(LOOK_EVERY_S)
    with reading(at) as engine:
        while (now := states(engine, said["campaign"])).get("accepted", 0) < size.recipients:
            if time.monotonic() > patience:
                wrong.append(f"{size.recipients:,} recipients, and after a long time {now}")
                break
            time.sleep(LOOK_EVERY_S)
    size.sending_s.append(time.monotonic() - said["at"])
    size.launch_s.append(said["seconds"])
