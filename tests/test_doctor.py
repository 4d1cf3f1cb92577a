"""``./loa doctor`` beside the real processes: each fault is found, named, and comes with what to do."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.processes import environment, loa, wait_until
from workers.stack import Stack, Wanted

pytestmark = pytest.mark.journey
WHOLE = [
    "data folder", "database", "installation", "clock", "machines", "redis", "carrier", "sending", "public address", "signature",
    "mail", "processes",
]  # fmt: skip
DEAD = "http://127.0.0.1:9"


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with tempfile.TemporaryDirectory(prefix="loa-test-") as folder, (Path(folder) / "log").open("w+b") as log:
        data = Path(folder) / "data"
        with Stack(data, environment(data), Wanted(empty=True, workers=1), log) as running:
            assert wait_until(
                lambda: "processes: the clock and a worker" in loa(running.env, "doctor").stdout
            )
            yield running


def examined(env: dict[str, str]) -> dict[str, str]:
    """What is not well: its name → what the doctor says."""
    done = loa(env, "doctor", "--json")
    report = json.loads(done.stdout)
    assert [one["what"] for one in report["findings"]] == WHOLE
    ill = {one["what"]: one["says"] for one in report["findings"] if not one["well"]}
    assert done.returncode == (1 if ill else 0)
    assert report["well"] is not bool(ill)
    return ill


def test_nothing_is_found_where_all_is_well(stack: Stack) -> None:
    done = loa(stack.env, "doctor")
    assert (done.returncode, "NOT WELL" in done.stdout) == (0, False)
    assert "signature: what the carrier signs is accepted, anything else refused" in done.stdout
    assert "clock: agrees with the database and the carrier" in done.stdout


FAULTS: list[tuple[str, Callable[[Stack], dict[str, str]], dict[str, str]]] = [
    (
        "another service has our address",
        lambda stack: {"PUBLIC_URL": stack.village_url},
        {"public address": "Loa Bản does not answer at", "signature": "was answered with"},
    ),
    (
        "nobody has our address",
        lambda stack: {"PUBLIC_URL": DEAD},
        {"public address": "start ./loa run, or set PUBLIC_URL", "signature": "does not answer"},
    ),
    (
        "another name for our address",
        lambda stack: {"PUBLIC_URL": stack.public_url.replace("127.0.0.1", "localhost")},
        {"signature": "must be those of the web process"},
    ),
    (
        "a wrong token",
        lambda stack: {
            "TWILIO_ACCOUNT_SID": "AC" + "1" * 32, "TWILIO_AUTH_TOKEN": "wrong", "TWILIO_SMS_FROM": "+84219000000",
            "TWILIO_API_URL": stack.village_url,
        },
        {"carrier": "check TWILIO_ACCOUNT_SID", "signature": "is refused"},
    ),
    ("no carrier", lambda stack: {"VILLAGE_URL": DEAD}, {"carrier": "./loa run starts it"}),
    ("no Redis", lambda stack: {"REDIS_URL": "redis://127.0.0.1:9/0"}, {"redis": "check REDIS_URL"}),
]  # fmt: skip


@pytest.mark.parametrize(("change", "says"), [case[1:] for case in FAULTS], ids=[case[0] for case in FAULTS])
def test_each_fault_is_named_with_what_to_do(
    stack: Stack, change: Callable[[Stack], dict[str, str]], says: dict[str, str]
) -> None:
    ill = examined({**stack.env, **change(stack)})
    assert set(ill) == set(says)
    for what, words in says.items():
        assert words in ill[what]


def test_the_stop_file_and_an_old_database_are_found(stack: Stack, tmp_path: Path) -> None:
    (stack.data / "STOP").touch()
    try:
        assert "stops all sending" in examined(stack.env)["data folder"]
    finally:
        (stack.data / "STOP").unlink()
    ill = examined({**stack.env, "DATABASE_URL": f"sqlite:///{tmp_path / 'new.sqlite3'}"})
    assert ill["database"] == "run ./loa migrate"
