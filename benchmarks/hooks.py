"""Hooks: status callbacks with signature and one update each, through the real web process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks.carrier import stub
from benchmarks.figures import Result, at_least, at_most, load_average, plain
from benchmarks.ground import Databases, Ground, ground, reading, states
from benchmarks.load import Driven, drive
from workers.stack import Stack, Wanted

CONNECTIONS = 16
WARM_UP = 50
LEAST_PER_SECOND, MOST_P99_MS = 300.0, 100.0


def measure(databases: Databases, database: str, messages: int, runs: int) -> list[Result]:
    """``delivered`` for each of a campaign's messages, in so many rounds."""
    wrong: list[str] = []
    with ground(databases, database) as at, stub(at, 0) as url:
        at.env["VILLAGE_URL"] = url
        at.step("prepare", messages + WARM_UP)
        campaign = at.step("launch")["campaign"]
        at.step("drain")
        with Stack(at.data, at.env, Wanted(workers=1, empty=True), at.log) as stack:
            at.env.update(stack.env)
            requests = list(_signed(at, campaign))
            drive(stack.public_url, requests[:WARM_UP], CONNECTIONS)
            size = -(-messages // runs)
            rounds = [
                drive(stack.public_url, requests[start : start + size], CONNECTIONS)
                for start in range(WARM_UP, len(requests), size)
            ]
        wrong += _judge(at, campaign, messages, rounds)
    both = Driven(latencies=[latency for one in rounds for latency in one.latencies])
    figures = (
        at_least("callbacks", median(one.per_second for one in rounds), "/s", LEAST_PER_SECOND),
        plain("half answered within", both.quantile_ms(0.5), "ms"),
        at_most("99 % answered within", both.quantile_ms(0.99), "ms", MOST_P99_MS),
    )
    setting = f"{messages:,} callbacks, {CONNECTIONS} connections, median of {runs}"
    return [Result("hooks", database, setting, figures, tuple(wrong), load_average())]


def _signed(at: Ground, campaign: int) -> Iterator[bytes]:
    file = Path(at.folder / "requests")
    at.step("sign", campaign, "delivered", file)
    kept = file.read_bytes()
    place = 0
    while place < len(kept):
        end = place + 4 + int.from_bytes(kept[place : place + 4], "big")
        yield kept[place + 4 : end]
        place = end


def _judge(at: Ground, campaign: int, messages: int, rounds: list[Driven]) -> Iterator[str]:
    """Each answered with 200, each message delivered."""
    for one in rounds:
        if set(one.statuses) != {200} or one.cut:
            yield f"answers {dict(one.statuses)}, {one.cut} cut"
    with reading(at) as engine:
        now = states(engine, campaign)
    if now != {"delivered": messages + WARM_UP}:
        yield f"{now}, not {messages + WARM_UP} delivered"
