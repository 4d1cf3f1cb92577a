"""Everything of Loa Bản on one machine, as one thing that can be started, looked after and stopped.

    with Stack(folder) as stack:
        urllib.request.urlopen(stack.public_url)

``./loa run`` keeps one; the demo, the journeys and the benchmarks start their own in throw-away folders.
"""

from __future__ import annotations

import http.client
import json
import math
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from service import schema, settings
from workers import folder_lock, ports, preparation, web
from workers.child import Child
from workers.valkey import NoValkey, Valkey

READY_WITHIN_S = 90.0  # a small old PC, first start
GIVE_UP_AFTER = 3  # failures in a row while starting
WORKERS_END_WITHIN_S = 2.5  # the carrier's answer to a request on the wire is worth waiting for
ALL_END_WITHIN_S = 4.0
LOOK_EVERY_S = 0.05


class NotStarted(Exception):
    """One sentence for the person who starts the program."""


class _Ending(Exception):
    """Asked to stop while still starting."""


@dataclass(frozen=True)
class Wanted:
    """What a Stack is to be. Port 0 means any free one. ``village_faults`` as in architecture: shares of faults.

    ``commands``: other programs to start in place of ours, by kind of process: web (it is told what to bind to as its last
    word), worker, clock.
    """

    host: str = "127.0.0.1"
    port: int = 0
    village_port: int = 0
    village_seed: int = 1
    village_faults: Mapping[str, float] | None = None
    workers: int = 2
    empty: bool = False
    commands: Mapping[str, Sequence[str]] = field(default_factory=dict)


class Stack:
    """Valkey, migrations, web, workers, clock and, in a rehearsal, the village. Crashed ones are started again."""

    def __init__(
        self,
        data: Path,
        env: Mapping[str, str] | None = None,
        wanted: Wanted | None = None,
        output: IO[bytes] | None = None,
    ) -> None:
        """``env``: the settings of all processes (default: this process's environment). ``output``: where they write
        their logs (default: where this process does)."""
        self.data = data.resolve()
        self.wanted = wanted or Wanted()
        self.output = output
        self.env = {**(os.environ if env is None else env), "LOA_DATA": str(self.data)}
        self.env["DATABASE_URL"] = self.env.get("DATABASE_URL") or f"sqlite:///{self.data / 'loa.sqlite3'}"
        self.rehearsal = not self.env.get("TWILIO_ACCOUNT_SID")
        self.welcome: preparation.Welcome | None = None
        self._children: dict[str, Child] = {}
        self._valkey: Valkey | None = None
        self._preparation: preparation.Preparation | None = None
        self._ready, self._ending = threading.Event(), threading.Event()
        self._failure: Exception | None = None
        self._health = ""
        self._keeper = threading.Thread(target=self._keep, name="keeper", daemon=True)

    # ------------------------------------------------------------------------------------------------- questions

    @property
    def public_url(self) -> str:
        return self.env["PUBLIC_URL"]

    @property
    def village_url(self) -> str:
        return self.env["VILLAGE_URL"]

    @property
    def database_url(self) -> str:
        return self.env["DATABASE_URL"]

    @property
    def pids(self) -> dict[str, int]:
        """The processes that run now: web, worker-1, worker-2, clock, village, valkey."""
        return {name: child.pid for name, child in list(self._children.items()) if child.pid is not None}

    # ----------------------------------------------------------------------------------------------------- verbs

    def start(self) -> None:
        """Start everything and wait until it answers. Raises NotStarted with one sentence; then nothing is left."""
        self.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = self._take_folder()
        try:
            self._socket = ports.listen(self.wanted.host, self.wanted.port)
        except ports.PortProblem as problem:
            self._lock.close()
            raise NotStarted(str(problem)) from problem
        self.address = ports.address(self._socket)
        self.env["PUBLIC_URL"] = self.env.get("PUBLIC_URL") or f"http://{self.address}"
        self._keeper.start()
        self._ready.wait()
        if self._failure is not None:
            self.join()

    def ask_to_end(self) -> None:
        """Begin to stop everything. Returns at once, and may be called by a signal handler."""
        self._ending.set()

    def join(self) -> None:
        """Wait until everything has stopped. Raises what went wrong, if it was not asked to."""
        self._keeper.join()
        if self._failure is not None:
            raise self._failure

    def stop(self) -> None:
        """Stop everything, within 5 s."""
        self.ask_to_end()
        self.join()

    def kill(self, name: str, number: int = signal.SIGKILL) -> int:
        """Send one process a signal and return its pid. It is started again when it ends of it."""
        pid = self.pids[name]
        os.kill(pid, number)
        return pid

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.stop()

    def _take_folder(self) -> IO[str]:
        try:
            return folder_lock.take(self.data / "run.lock")
        except folder_lock.Taken as problem:
            raise NotStarted(
                f"Loa Bản is already running with the data folder {self.data}: stop it, or set LOA_DATA to another one."
            ) from problem

    # ------------------------------------------------- the keeper: the thread whose end would end all children (deathsignal)

    def _keep(self) -> None:
        try:
            self._bring_up()
            self._ready.set()
            while not self._ending.wait(LOOK_EVERY_S * 2):
                self._look_after()
        except _Ending:
            pass
        except ports.PortProblem as problem:
            self._failure = NotStarted(str(problem))
        except Exception as problem:  # told to whoever waits in start() or join()
            self._failure = problem
        finally:
            try:
                self._bring_down()
            finally:
                self._ready.set()

    def _bring_up(self) -> None:
        if not self.env.get("REDIS_URL"):
            self._start_valkey()
        own_village = self.rehearsal and not self.env.get("VILLAGE_URL")
        if own_village:
            self.env["VILLAGE_URL"] = f"http://127.0.0.1:{ports.free(self.wanted.village_port)}"
        current = schema.surely_current(self.database_url)
        self._preparation = preparation.Preparation(self.env, self.wanted.empty, self.output)
        if not current:  # else beside the rest
            self._wait_for(lambda: self.welcome is not None, "the database", math.inf)
        self._start_child("web", self._web_command(), inherit=(self._socket.fileno(),))
        if own_village:
            self._start_child("village", self._village_command())
        self._wait_for(lambda: self._web_is_well() and self.welcome is not None, "the web process")
        for number in range(1, self.wanted.workers + 1):  # after the page that people wait for
            self._start_child(f"worker-{number}", self._command("worker"))
        self._start_child("clock", self._command("clock"))
        if own_village:
            self._wait_for(lambda: ports.answers(self.village_url), "the village")

    def _start_valkey(self) -> None:
        try:
            self._valkey = Valkey(self.data)
            command = self._valkey.command()
        except NoValkey as problem:
            raise NotStarted(str(problem)) from problem
        self.env["REDIS_URL"] = self._valkey.url
        self._start_child("valkey", command)
        self._wait_for(self._valkey.answers, "Valkey")

    def _command(self, kind: str) -> list[str]:
        return list(self.wanted.commands.get(kind) or _ours(kind))

    def _web_command(self) -> list[str]:
        bind = f"fd://{self._socket.fileno()}"
        other = self.wanted.commands.get("web")
        return [*other, bind] if other else web.command(bind)

    def _village_command(self) -> list[str]:
        port = self.village_url.rsplit(":", 1)[1]
        options = ["--port", port, "--seed", str(self.wanted.village_seed)]
        if self.wanted.village_faults:
            faults = self.data / "village_faults.json"
            faults.write_text(json.dumps(dict(self.wanted.village_faults)))
            options += ["--faults", str(faults)]
        return [*_ours("village"), *options]

    def _start_child(self, name: str, command: list[str], inherit: tuple[int, ...] = ()) -> None:
        child = Child(name, command, self.env, settings.ROOT, self.output, inherit)
        self._children[name] = child
        child.start()

    def _wait_for(self, there: Callable[[], bool], what: str, patience_s: float = READY_WITHIN_S) -> None:
        patience = time.monotonic() + patience_s
        while not there():
            self._look_after()
            failing = [child.name for child in self._children.values() if child.failures >= GIVE_UP_AFTER]
            if failing:
                raise NotStarted(f"{failing[0]} does not start; {self._why(failing[0])}")
            if time.monotonic() > patience:
                raise NotStarted(f"{what} was not ready within {patience_s:.0f} s; {self._why(what)}")
            if self._ending.wait(LOOK_EVERY_S):
                raise _Ending

    def _why(self, name: str) -> str:
        if name == "valkey" and self._valkey is not None:
            return f"{self._valkey.log} may say why."
        return f"it says {self._health}." if self._health else "the lines above say why."

    def _look_after(self) -> None:
        """One look at everything: note who has ended, start again who is due."""
        if self._preparation is not None and self._preparation.ended():
            self.welcome, self._preparation = self._preparation.welcome, None
            if self.welcome is None:
                raise NotStarted("The database could not be prepared; the lines above say why.")
        for child in self._children.values():
            status = child.ended()
            if status is not None:
                self._note("child.ended", child=child.name, status=status, again_in_s=child.pause_s)
            if child.due:
                child.start()

    def _web_is_well(self) -> bool:
        line = http.client.HTTPConnection(self.address, timeout=1)
        try:
            line.request("GET", "/healthz")
            answer = line.getresponse()
            self._health = answer.read(500).decode(errors="replace").strip()
            return answer.status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            line.close()

    def _bring_down(self) -> None:
        began = time.monotonic()
        valkey = self._children.pop("valkey", None)
        sending = [child for child in self._children.values() if child.name.startswith(("worker-", "clock"))]
        if self._preparation is not None:
            self._preparation.end_now()
        _end(sending, began + WORKERS_END_WITHIN_S)
        _end([child for child in self._children.values() if child not in sending], began + ALL_END_WITHIN_S)
        if valkey is not None:
            _end([valkey], time.monotonic() + 0.5)
        if self._valkey is not None:
            self._valkey.forget()
        self._socket.close()
        self._lock.close()

    def _note(self, event: str, **values: object) -> None:
        line = json.dumps({"event": event, **values, "level": "warning"}) + "\n"
        target: IO[bytes] = self.output or sys.stderr.buffer
        with suppress(OSError, ValueError):
            target.write(line.encode())
            target.flush()


def _ours(name: str) -> list[str]:
    return [sys.executable, "-m", "workers", name]


def _end(children: list[Child], until: float) -> None:
    for child in children:
        child.ask_to_end()
    for child in children:
        child.wait(until)
    for child in children:
        child.end_now()
