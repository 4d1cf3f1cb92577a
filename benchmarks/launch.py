"""Launch: one transaction that makes a message row for each of 100,000 recipients. How long, and how much memory?"""

from __future__ import annotations

from statistics import median

from benchmarks.figures import Result, at_most, load_average, plain
from benchmarks.ground import Databases, ground

RECIPIENTS = 100_000
MOST_S, MOST_MB = 10.0, 200.0


def measure(databases: Databases, database: str, recipients: int, runs: int) -> list[Result]:
    """Launch a campaign for all, so many times, each in a fresh process; medians."""
    wrong: list[str] = []
    with ground(databases, database) as at:
        made = at.step("prepare", recipients)
        said = [at.step("launch") for _ in range(runs)]
        wrong += [
            f"{one['recipients']} recipients, not {recipients}"
            for one in said
            if one["recipients"] != recipients
        ]
    seconds = median(one["seconds"] for one in said)
    figures = (
        at_most("launch", seconds, "s", MOST_S),
        plain("of it our own CPU", median(one["own_cpu_s"] for one in said), "s"),
        plain("messages a second", recipients / seconds, "/s"),
        at_most("more memory", max(one["memory_mb"] for one in said), "MB", MOST_MB),
        plain("count and price before it", median(one["outlook_s"] for one in said), "s"),
    )
    setting = f"{recipients:,} recipients, {made['people']:,} people, median of {runs}"
    return [Result("launch", database, setting, figures, tuple(wrong), load_average())]
