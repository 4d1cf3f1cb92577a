"""The benchmarks run, and say what they found in the agreed shape. How fast it is, is not a test's business."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests import processes

SMALL = ("--size", "40", "--runs", "1", "--latency-ms", "0", "--json")
WITHIN_S = 150  # on a machine that does other things as well


@pytest.mark.journey
@pytest.mark.parametrize(
    ("name", "database", "figures"),
    [
        pytest.param("launch", "postgresql", {"launch": "s", "more memory": "MB"}, id="launch"),
        pytest.param("import", "sqlite", {"read, check and store": "s", "memory": "MB"}, id="import"),
        pytest.param(
            "dispatch", "sqlite", {"ours": "/s", "ours / the floor": "×", "ours / Celery": "×"}, id="dispatch"
        ),
        pytest.param("pages", "postgresql", {"search, 95 % within": "ms"}, id="pages"),
        pytest.param("hooks", "sqlite", {"callbacks": "/s", "99 % answered within": "ms"}, id="hooks"),
    ],
)
def test_a_benchmark_says_what_it_found(name: str, database: str, figures: dict[str, str]) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "benchmarks", name, "--database", database, *SMALL],
        cwd=processes.ROOT,
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    said = json.loads(ended.stdout)
    assert said["machine"]["cores"] >= 1
    (result,) = said["results"]
    assert (result["benchmark"], result["database"], result["wrong"]) == (name, database, [])
    found = {figure["name"]: figure for figure in result["figures"]}
    assert {figure: found[figure]["unit"] for figure in figures} == figures
    assert all(
        figure["value"] > 0 for figure in found.values() if not figure["name"].startswith("more memory")
    )
    assert any(figure["met"] is not None and figure["wanted"] for figure in result["figures"])


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
