"""What a benchmark says: figures, each with the bound it is held against, as a table for people and as JSON."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Figure:
    """``met`` none: there is no bound, the figure is for information."""

    name: str
    value: float
    unit: str
    wanted: str = ""
    met: bool | None = None


@dataclass(frozen=True)
class Result:
    """One benchmark in one setting. ``wrong``: sums that do not hold; then the figures are worth nothing."""

    benchmark: str
    database: str
    setting: str
    figures: tuple[Figure, ...]
    wrong: tuple[str, ...]
    load_average: float  # of this machine over the last minute, at the end


def at_most(name: str, value: float, unit: str, bound: float) -> Figure:
    return Figure(name, round(value, 2), unit, f"≤ {bound:g}", value <= bound)


def at_least(name: str, value: float, unit: str, bound: float) -> Figure:
    return Figure(name, round(value, 2), unit, f"≥ {bound:g}", value >= bound)


def between(name: str, value: float, unit: str, least: float, most: float) -> Figure:
    return Figure(name, round(value, 2), unit, f"{least:g} – {most:g}", least <= value <= most)


def plain(name: str, value: float, unit: str) -> Figure:
    return Figure(name, round(value, 2), unit)


def load_average() -> float:
    return round(os.getloadavg()[0], 2)


def machine() -> dict[str, Any]:
    return {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
    }


def as_json(results: Sequence[Result]) -> dict[str, Any]:
    return {"machine": machine(), "results": [asdict(result) for result in results]}


def show(results: Sequence[Result]) -> None:
    """The tables for people, on standard output."""
    console = Console()
    for result in results:
        table = Table(
            "figure", "value", "wanted", "",
            title=f"{result.benchmark}, {result.database}, load {result.load_average}",
            caption=result.setting, title_justify="left", caption_justify="left",
        )  # fmt: skip
        table.columns[1].justify = "right"
        for figure in result.figures:
            met = {None: "", True: "ok", False: "MISSED"}[figure.met]
            table.add_row(figure.name, f"{figure.value:,.10g} {figure.unit}", figure.wanted, met)
        console.print(table)
        for sentence in result.wrong:
            console.print(f"WRONG: {sentence}")
