"""A plan: which faults come when, and for how long. The same seed makes the same plan."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SEEDS = Path(__file__).with_name("seeds.txt")


@dataclass(frozen=True)
class Kind:
    """A fault that can be planned: how long it lasts (seconds, from and to; ``longest_of_all``: in the long form), and
    on which database (empty: on both)."""

    name: str
    shortest: float = 0.0
    longest: float = 0.0
    only: str = ""
    longest_of_all: float = 0.0

    def seconds(self, luck: random.Random, size: Size) -> float:
        long = size.times > 1 and self.longest_of_all
        return luck.uniform(self.shortest, long or self.longest)


KILLS = (
    Kind("kill_horse"),
    Kind("kill_horse_after_claim"),
    Kind("kill_horse_on_the_wire"),
    Kind("kill_horse_before_the_note"),
    Kind("kill_wire"),
    Kind("kill_worker"),
)
OTHERS = (
    Kind("kill_clock"),
    Kind("kill_web"),
    Kind("freeze_horse", 0.5, 6.0, longest_of_all=60.0),
    Kind("freeze_carrier", 0.5, 2.5),
    Kind("web_down", 2.0, 4.0, longest_of_all=40.0),
    Kind("redis_forgets"),
    Kind("redis_killed"),
    Kind("redis_down", 2.0, 4.0, longest_of_all=60.0),
    Kind("redis_frozen", 1.0, 4.0),
    Kind("redis_full", 1.0, 4.0),
    Kind("database_restarts", only="postgresql"),
    Kind("connections_cut", only="postgresql"),
    Kind("database_locked", 1.0, 4.0, only="sqlite", longest_of_all=20.0),
    Kind("disk_full", 1.0, 3.0, longest_of_all=15.0),
    Kind("storm_of_429", 1.0, 3.0),
    Kind("carrier_fails", 2.0, 4.0),
    Kind("carrier_hangs", 1.0, 2.0),
    Kind("carrier_accepts_late", 1.0, 2.0),
    Kind(
        "carrier_accepts_very_late", 20.0, 20.0, only="nobody"
    ),  # fair only with an hour's patience: see mutants
    Kind("connections_reset", 1.0, 3.0),
    Kind("unreadable_answers", 2.0, 4.0),
    Kind("account_refused", 0.5, 1.5),
    Kind("list_lags", 4.0, 8.0),
    Kind("list_lags_long", 20.0, 20.0, only="nobody"),  # likewise
    Kind("list_fails", 2.0, 5.0),
    Kind("slow_carrier", 2.0, 4.0),  # answers come after the first callbacks
    Kind("callbacks_doubled", 3.0, 6.0),
    Kind("callbacks_shuffled", 3.0, 6.0),
    Kind("callbacks_dropped", 3.0, 6.0),
    Kind("strange_callbacks", 2.0, 4.0),
    Kind("pause", 0.5, 2.0),
    Kind("window_closes", 0.5, 2.0),
    Kind("opt_outs", 1.0, 3.0),
    Kind("stopped_campaign", 1.0, 4.0),
)
KINDS = {kind.name: kind for kind in (*KILLS, *OTHERS)}


@dataclass(frozen=True)
class Deed:
    """One fault: ``at`` seconds after the launch, for so many seconds. ``luck`` (0 to 1) chooses among victims."""

    at: float
    fault: str
    seconds: float
    luck: float


@dataclass(frozen=True)
class Size:
    """How big a run is: recipients, seconds that sending would take without faults, SIGKILLs of who sends."""

    recipients: int
    seconds: float
    kills: int
    workers: int = 3
    times: int = 1  # how often each of the other faults comes
    clicks: int = 20  # on the launch button, at once, while the web process is killed; 0: launched without it
    read_timeout_s: float = 2.0
    calls: int = 0  # of the recipients, so many are called as well


SHORT = Size(recipients=240, seconds=18, kills=8, calls=60)
SOAK = Size(recipients=5_000, seconds=240, kills=100, calls=800, workers=4, times=5, clicks=50)


@dataclass(frozen=True)
class Plan:
    seed: int
    database: str
    size: Size
    deeds: tuple[Deed, ...]

    @property
    def longest_pause(self) -> float:
        """For how long a request may have waited between our claim and the carrier's ledger, in seconds."""
        holding = ("freeze_horse", "freeze_carrier", "carrier_accepts_late", "database_locked")
        return max((deed.seconds for deed in self.deeds if deed.fault in holding), default=0.0) * 2


def make(seed: int, database: str, size: Size) -> Plan:
    """Every fault that this database knows, at instants and of lengths that depend on the seed alone."""
    luck = random.Random(f"{seed}:{database}:{size}")
    kinds = [*KILLS, *(luck.choice(KILLS) for _ in range(size.kills - len(KILLS)))]
    kinds += [kind for kind in OTHERS if kind.only in ("", database) for _ in range(size.times)]
    deeds = [
        Deed(luck.uniform(0, size.seconds), kind.name, kind.seconds(luck, size), luck.random())
        for kind in kinds
    ]
    return Plan(seed, database, size, tuple(sorted(deeds, key=lambda deed: deed.at)))


def only(seed: int, database: str, size: Size, faults: Sequence[tuple[float, str, float]]) -> Plan:
    """These faults (at, name, seconds) and no other."""
    luck = random.Random(seed)
    deeds = tuple(Deed(at, name, seconds, luck.random()) for at, name, seconds in faults)
    return Plan(seed, database, size, deeds)


def known_seeds(database: str) -> list[int]:
    """Seeds of short runs on this database that once found a bug: they are run every time."""
    lines = [line.split("#")[0].split() for line in SEEDS.read_text().splitlines()]
    return [int(line[1]) for line in lines if len(line) == 2 and line[0] == database]


def soak_seeds(_database: str) -> list[int]:
    return [1, 2, 3, 4, 5]
