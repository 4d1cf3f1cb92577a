"""compose.yaml, the Dockerfile and the units of systemd say what there is: each command starts, each setting is known.

No container engine and no systemd is needed for it; what can be said of the files without them is.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.processes import ROOT, environment
from workers.worker import LoaWorker

COMPOSE = (ROOT / "compose.yaml").read_text(encoding="utf-8")
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
UNITS = sorted((ROOT / "deploy" / "systemd").glob("*.service"))
TARGET = (ROOT / "deploy" / "systemd" / "loa.target").read_text(encoding="utf-8")
KNOWN = set(re.findall(r"^#([A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))
THEIRS = {"POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD", "PYTHONUNBUFFERED"}
LONGEST_ANSWER_S = 20
OURS = ("migrate", "web", "worker", "clock")


def services() -> dict[str, str]:
    """Name → its block. As much of YAML as this file uses: names at two blanks below ``services:``."""
    body = COMPOSE.split("\nservices:\n")[1].split("\nvolumes:\n")[0]
    parts = re.split(r"^  (\w+):\n", body, flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def flow_list(block: str, key: str) -> list[str]:
    """The value of ``key: ["a", "b"]``."""
    found = re.search(rf"^ +{key}: (\[.*\])$", block, re.MULTILINE)
    assert found, f"no {key} in {block}"
    value = json.loads(re.sub(r"(?<=[\[ ])([A-Za-z./-]+)(?=[,\]])", r'"\1"', found[1]))
    assert isinstance(value, list)
    return value


def seconds(block: str, key: str) -> int:
    found = re.search(rf"^ *{key}[:=] ?(\d+)s?\b", block, re.MULTILINE)
    assert found, f"no {key}"
    return int(found[1])


def commands() -> list[list[str]]:
    """What is given to ./loa in all of these files."""
    in_units = [
        line.split()
        for unit in UNITS
        for line in re.findall(r"^ExecStart(?:Pre)?=\S+/loa (.*)$", unit.read_text(), re.M)
    ]
    return [flow_list(services()[name], "command") for name in OURS] + in_units


def test_the_services_are_those_of_a_server() -> None:
    assert set(services()) == {"db", "redis", *OURS}
    assert {unit.name for unit in UNITS} == {"loa-web.service", "loa-worker@.service", "loa-clock.service"}
    assert [line[0] for line in commands()].count("worker") == 2


def test_compose_is_written_with_blanks_by_twos_and_defines_what_it_refers_to() -> None:
    for number, line in enumerate(COMPOSE.splitlines(), 1):
        indent = len(line) - len(line.lstrip())
        assert "\t" not in line, number
        assert indent % 2 == 0, number
    assert set(re.findall(r"\*(\w+)", COMPOSE)) <= set(re.findall(r"&(\w+)", COMPOSE))
    volumes = set(re.findall(r"^  (\w+):$", COMPOSE.split("\nvolumes:\n")[1], re.MULTILINE))
    assert set(re.findall(r"^ +- (\w+):/", COMPOSE, re.MULTILINE)) == volumes
    waited_for = set(re.findall(r"^ +(\w+): \{condition:", COMPOSE, re.MULTILINE))
    assert waited_for <= set(services())


@pytest.mark.parametrize("command", commands(), ids=lambda command: command[0])
def test_each_command_is_one_that_loa_knows(command: list[str], tmp_path: Path) -> None:
    done = subprocess.run(
        [str(ROOT / "loa"), *command, "--help"],
        env=environment(tmp_path / "data"),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for option in command[1::2]:
        assert option in done.stdout


def test_each_setting_is_one_that_the_example_explains() -> None:
    named = set(re.findall(r"^ +([A-Z][A-Z_]+): ", COMPOSE, re.MULTILINE)) - {"CMD"}
    named |= set(re.findall(r"\$\{([A-Z_]+)", COMPOSE))
    named |= {
        word.split("=")[0]
        for word in re.search(r"^ENV (.*)$", DOCKERFILE, re.MULTILINE)[1].split()  # type: ignore[index]
    }
    for unit in UNITS:
        named |= set(
            re.findall(r"([A-Z][A-Z_]+)=", "".join(re.findall(r"^Environment=(.*)$", unit.read_text(), re.M)))
        )
    assert named - THEIRS <= KNOWN
    assert {"SECRET_KEY", "PUBLIC_URL", "DATABASE_URL", "REDIS_URL", "LOA_DATA"} <= named


def test_no_secret_stands_in_these_files() -> None:
    assert re.findall(r"(?:PASSWORD|SECRET_KEY|TOKEN): (?!\$\{)", COMPOSE) == []
    assert ".env" in (ROOT / ".dockerignore").read_text().splitlines()


def test_health_is_asked_where_the_pages_are() -> None:
    web = services()["web"]
    command = flow_list(web, "command")
    port = command[command.index("--port") + 1]
    assert f"http://127.0.0.1:{port}/healthz" in web
    assert f'"127.0.0.1:{port}:{port}"' in web
    assert f"EXPOSE {port}" in DOCKERFILE


def test_the_image_is_installed_by_hash_and_runs_as_nobody_in_particular() -> None:
    assert "--require-hashes -r requirements.txt" in DOCKERFILE
    needed = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    version = re.search(r"^FROM python:(\d+\.\d+)-slim", DOCKERFILE, re.MULTILINE)
    assert version is not None
    assert f">={version[1]}" == needed or version[1] > needed.removeprefix(">=")
    assert DOCKERFILE.index("\nUSER loa") > DOCKERFILE.rindex("\nRUN")
    assert "read_only: true" in COMPOSE


def test_a_worker_has_time_to_finish_what_is_on_the_wire() -> None:
    unit = (ROOT / "deploy" / "systemd" / "loa-worker@.service").read_text()
    assert seconds(unit, "TimeoutStopSec") > LONGEST_ANSWER_S + 10
    assert seconds(services()["worker"], "stop_grace_period") > LONGEST_ANSWER_S + 10
    assert "KillMode=mixed" in unit  # the worker alone is told; its horse is killed when it has ended
    assert LoaWorker.request_force_stop is LoaWorker.request_stop


def test_the_target_starts_all_of_them() -> None:
    wanted = re.findall(r"loa-[\w-]+(?:@\d+)?\.service", TARGET)
    assert {re.sub(r"@\d+", "@", name) for name in wanted} == {unit.name for unit in UNITS}
    for unit in UNITS:
        text = unit.read_text()
        assert "Restart=always" in text
        assert "PartOf=loa.target" in text
        assert "\nUser=loa\n" in text


@pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="no systemd-analyze here to read the units"
)
def test_systemd_understands_the_units(tmp_path: Path) -> None:
    """With the paths of this folder in place of those of the server."""
    for unit in UNITS:
        text = unit.read_text().replace("/opt/loa-ban", str(ROOT))
        (tmp_path / unit.name.replace("@.", "@1.")).write_text(text.replace("%i", "1"))
    names = [str(path) for path in tmp_path.iterdir()]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *names],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    ours = [line for line in done.stderr.splitlines() if "loa-" in line]
    assert ours == []
