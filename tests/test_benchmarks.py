"""The benchmarks run, and say what they found in the agreed shape. How fast it is, is not a test's business."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests import processes

SMALL = ("--size", "40", "--latency-ms", "0")
# A tenth of it can be sent too, and they live in several places.
HUNDREDS = ("--size", "400", "--latency-ms", "0")
LONG = ("--size", "2000", "--latency-ms", "200")  # is still going out when it is stopped
WITHIN_S = 240  # on a machine that does other things as well


@pytest.mark.journey
@pytest.mark.parametrize(
    ("name", "database", "options", "figures"),
    [
        pytest.param("launch", "postgresql", SMALL, {"launch": "s"}, id="launch"),
        pytest.param("import", "sqlite", SMALL, {"read, check and store": "s", "memory": "MB"}, id="import"),
        pytest.param("dispatch", "sqlite", SMALL, {"ours": "/s", "ours / Celery": "×"}, id="dispatch"),
        pytest.param("pages", "postgresql", SMALL, {"search, 95 % within": "ms"}, id="pages"),
        pytest.param("reader", "none", SMALL, {"replies": "/s"}, id="reader"),
        pytest.param("hooks", "sqlite", SMALL, {"callbacks": "/s", "99 % answered within": "ms"}, id="hooks"),
        pytest.param("calls", "sqlite", SMALL, {"calls": "/s", "99 % within": "ms"}, id="calls"),
        pytest.param("stop", "postgresql", LONG, {"until the page answers, slowest": "s"}, id="stop"),
        pytest.param("studio", "sqlite", HUNDREDS, {"live count, 95 % within": "ms"}, id="studio"),
        pytest.param("scale", "sqlite", HUNDREDS, {"times as long": "×", "memory, web": "MB"}, id="scale"),
    ],
)
def test_a_benchmark_says_what_it_found(
    name: str, database: str, options: tuple[str, ...], figures: dict[str, str]
) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "benchmarks", name, *of_database(database), "--runs", "1", "--json", *options],
        cwd=processes.ROOT,
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr + ended.stdout[-2000:]
    said = json.loads(ended.stdout)
    assert said["machine"]["cores"] >= 1
    (result,) = said["results"]
    assert (result["benchmark"], result["database"], result["wrong"]) == (name, database, [])
    found = {figure["name"]: figure for figure in result["figures"]}
    assert {figure: found[figure]["unit"] for figure in figures} == figures
    assert all(found[figure]["value"] > 0 for figure in figures)
    assert any(figure["met"] is not None and figure["wanted"] for figure in result["figures"])


def of_database(name: str) -> list[str]:
    return [] if name == "none" else ["--database", name]


def test_a_benchmark_nobody_knows_is_refused_in_one_line() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "benchmarks", "knitting"],
        cwd=processes.ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 2
    assert "knitting" in ended.stderr.splitlines()[-1]
