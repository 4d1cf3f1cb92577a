"""./loa run: everything starts, is looked after, and ends without leaving anything behind."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from redis import Redis

from tests.processes import ROOT, alive, cpu_seconds, environment, loa, reading_the_program, wait_until
from workers.stack import NotStarted, Stack, Wanted

linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
EVERYTHING = {"valkey", "web", "village", "worker-1", "worker-2", "clock"}
RUNNING = "Loa Bản is running: "


class Run:
    """``./loa run`` as a person starts it."""

    def __init__(self, data: Path, *arguments: str, **settings: str) -> None:
        self.screen = data.with_name("screen")
        with self.screen.open("wb") as screen:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "workers", "run", *arguments],
                env=environment(data, **settings),
                cwd=ROOT,
                stdout=screen,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def words(self) -> str:
        return self.screen.read_text()

    def address(self) -> str:
        """Wait until it says where it is running."""
        wait_until(lambda: "Ctrl-C stops" in self.words() or self.process.poll() is not None, 90)
        lines = [line for line in self.words().splitlines() if line.startswith(RUNNING)]
        assert lines, f"it did not start: {self.words()}"
        return lines[0].removeprefix(RUNNING).strip()

    def end(self, number: int) -> float:
        """Send it a signal. Returns how many seconds it took to end."""
        began = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(30)
        return time.monotonic() - began


@pytest.fixture
def data() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="loa-test-") as folder:
        yield Path(folder) / "data"


@pytest.fixture
def run(data: Path) -> Iterator[Callable[..., Run]]:
    started: list[Run] = []

    def start(*arguments: str, **settings: str) -> Run:
        started.append(Run(data, *arguments, **settings))
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            each.end(signal.SIGKILL)


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """One for the tests that only look at it."""
    with tempfile.TemporaryDirectory(prefix="loa-test-") as folder, (Path(folder) / "log").open("w+b") as log:
        data = Path(folder) / "data"
        with Stack(data, environment(data), Wanted(empty=True, workers=1), log) as running:
            yield running


def get(url: str) -> int:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return int(answer.status)


def refused(env: dict[str, str], *arguments: str) -> tuple[int, str]:
    """Exit status and standard error of a run that is expected to end by itself."""
    command = [sys.executable, "-m", "workers", "run", *arguments]
    done = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, timeout=60)
    return done.returncode, done.stderr.strip()


# ---------------------------------------------------------------------------------------------------- start and end


@linux
@pytest.mark.journey
def test_a_signal_ends_all_of_it_within_five_seconds(run: Callable[..., Run], data: Path) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        started = run("--port", "0", "--empty")
        assert get(started.address() + "/healthz") == 200
        assert len(alive(data)) > len(EVERYTHING)  # and the supervisor itself
        first_time = number == signal.SIGTERM
        assert ("First login:" in started.words()) is first_time
        assert ("Password:" in started.words()) is first_time
        assert started.end(number) < 5
        assert started.process.returncode == 0
        assert alive(data) == {}
        assert not (data / "valkey.url").exists()


@linux
@pytest.mark.journey
def test_killing_it_leaves_no_orphans_and_the_next_start_works(run: Callable[..., Run], data: Path) -> None:
    first = run("--port", "0", "--empty")
    first.address()
    socket_folder = Path((data / "valkey.url").read_text().strip().removeprefix("unix://")).parent
    first.end(signal.SIGKILL)
    assert wait_until(lambda: not alive(data), 3), alive(data)
    second = run("--port", "0", "--empty")
    assert get(second.address() + "/healthz") == 200
    assert not socket_folder.exists()
    # 3 s on a PC with two processors. Counted as work, because here the other tests run beside it, and against the work of
    # reading the program once (1.3 s there), because a machine may be slower, or slow at the moment.
    assert cpu_seconds(alive(data)) < 4 * reading_the_program()
    assert second.end(signal.SIGTERM) < 5


# ------------------------------------------------------------------------------------------------------ refused


def test_a_port_in_use_is_one_sentence_with_its_number(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        status, said = refused(environment(data), "--port", str(port))
    assert status == 1
    assert said == f"Port {port} is in use by another program: choose another one with --port {port + 1}."


@pytest.mark.parametrize(
    ("port", "host"), [("70000", "127.0.0.1"), ("0", "192.0.2.1"), ("0", "no.such.host.invalid")]
)
def test_a_port_or_host_that_cannot_be_is_one_sentence(data: Path, port: str, host: str) -> None:
    status, said = refused(environment(data), "--port", port, "--host", host)
    assert status == 1
    assert len(said.splitlines()) == 1
    assert (port if port != "0" else host) in said


def test_a_wrong_setting_is_one_sentence_and_exit_status_2(data: Path) -> None:
    status, said = refused(environment(data, LOA_SMS_HOURS="7-22"))
    assert (status, said) == (2, "LOA_SMS_HOURS must look like 07:00-22:00, not '7-22'.")


def test_an_unknown_argument_is_exit_status_2(data: Path) -> None:
    assert refused(environment(data), "--prot", "8000")[0] == 2


@pytest.mark.journey
def test_two_runs_in_one_data_folder_are_refused(stack: Stack) -> None:
    status, said = refused(environment(stack.data), "--port", "0")
    assert status == 1
    assert said.startswith(f"Loa Bản is already running with the data folder {stack.data}")
    assert get(stack.public_url + "/healthz") == 200


@pytest.mark.journey
def test_a_database_that_is_not_there_stops_the_start_and_leaves_nothing(
    start_stack: Callable[..., Stack],
) -> None:
    with pytest.raises(NotStarted, match="The database could not be prepared"):
        start_stack(env={"DATABASE_URL": "postgresql://nobody@127.0.0.1:9/loa?connect_timeout=2"})


# ---------------------------------------------------------------------------------------------------- looked after


@linux
@pytest.mark.journey
def test_whoever_is_killed_is_started_again(start_stack: Callable[..., Stack]) -> None:
    stack = start_stack(empty=True)
    assert set(stack.pids) == EVERYTHING
    doorbell = Redis.from_url(stack.env["REDIS_URL"])
    doorbell.set("kept", "yes")
    time.sleep(1.1)  # Valkey writes its file to the disk every second
    before = stack.pids
    for name in EVERYTHING:
        stack.kill(name)
    assert wait_until(
        lambda: set(stack.pids) == EVERYTHING and not set(stack.pids.values()) & set(before.values())
    )
    assert wait_until(lambda: _well(stack))
    assert wait_until(lambda: doorbell.ping() and doorbell.get("kept") == b"yes")
    gone = [pid for pid in before.values() if pid in alive(stack.data)]
    assert gone == []


def _well(stack: Stack) -> bool:
    with contextlib.suppress(OSError):
        return get(stack.public_url + "/healthz") == 200 and get(stack.village_url + "/") == 200
    return False


@linux
@pytest.mark.journey
def test_a_frozen_process_does_not_hold_up_the_end(start_stack: Callable[..., Stack]) -> None:
    stack = start_stack(empty=True, workers=1)
    for name in ("web", "worker-1", "village"):
        stack.kill(name, signal.SIGSTOP)
    began = time.monotonic()
    stack.stop()
    assert time.monotonic() - began < 5
    assert alive(stack.data) == {}


@pytest.mark.journey
def test_commands_in_another_terminal_find_the_same_settings(stack: Stack) -> None:
    plain = {**stack.env}
    del plain["REDIS_URL"]  # they know the data folder alone
    done = loa(plain, "doctor")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.journey
def test_the_whole_of_it_runs_on_postgresql(postgresql_url: str, start_stack: Callable[..., Stack]) -> None:
    stack = start_stack(env={"DATABASE_URL": postgresql_url}, empty=True, workers=1)
    assert get(stack.public_url + "/healthz") == 200
    assert not (stack.data / "loa.sqlite3").exists()
    assert os.getpid() not in stack.pids.values()


@pytest.mark.journey
def test_a_server_with_its_own_redis_gets_no_valkey(stack: Stack, start_stack: Callable[..., Stack]) -> None:
    other = start_stack(env={"REDIS_URL": stack.env["REDIS_URL"]}, empty=True, workers=1)
    assert "valkey" not in other.pids
    assert get(other.public_url + "/healthz") == 200
