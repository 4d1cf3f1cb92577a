"""The ground all tests stand on: two databases, the real processes, a browser, and none of the developer's settings."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from service import db, migrate, settings
from tests import chromium, processes
from tests.crash import plan
from tests.postgres import Postgres
from workers.stack import Stack, Wanted

for _name in [name for name in os.environ if processes.is_ours(name)]:
    del os.environ[_name]
os.environ.update(processes.NOTHING)

BROWSER = chromium.find()
KINDS = ("sqlite", "postgresql")

# ------------------------------------------------------------------------------------------------------- databases


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    server = Postgres()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite database with all tables and nothing in them."""
    file = tmp_path_factory.mktemp("migrated") / "loa.sqlite3"
    migrate.upgrade(f"sqlite:///{file}")
    return file


@pytest.fixture
def sqlite_url(migrated_file: Path) -> str:
    """A fresh, empty SQLite database, always at one address: what was compiled for the test before serves this one."""
    folder = migrated_file.with_name("in_use")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    copy = shutil.copy(migrated_file, folder / "loa.sqlite3")
    return f"sqlite:///{copy}"


@pytest.fixture
def postgresql_url(postgres: Postgres) -> Iterator[str]:
    """A fresh, empty PostgreSQL database."""
    name = postgres.fresh()
    yield postgres.url(name)
    postgres.give_back(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh, empty database: every test that asks for it runs on both kinds."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def connected(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """This process is connected to it, with a data folder of its own and every setting at its default."""
    monkeypatch.setenv("LOA_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("DATABASE_URL", database_url)
    settings.get.cache_clear()
    engine = db.connect(settings.get().database_url)
    yield engine
    db.end_reading()
    engine.dispose()
    settings.get.cache_clear()


@pytest.fixture
def live_carrier(connected: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings of an office with a real carrier: no rehearsal any more, so night and holidays count."""
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", "AC" + "1" * 32)
    monkeypatch.setenv("TWILIO_SMS_FROM", "LAODONG MV")
    settings.get.cache_clear()


# ------------------------------------------------------------------------------------------------------- processes


@pytest.fixture
def start_stack() -> Iterator[Callable[..., Stack]]:
    """Starts everything, in a folder of its own: ``start_stack(env={...}, workers=1, empty=True)``. Ends with the test."""
    with ExitStack() as at_the_end:

        def start(env: dict[str, str] | None = None, **wanted: Any) -> Stack:
            folder = Path(at_the_end.enter_context(tempfile.TemporaryDirectory(prefix="loa-test-")))
            log = at_the_end.enter_context((folder / "log").open("w+b"))
            at_the_end.callback(_show, log.name)
            # One web process, since each takes a second or two to start: the crash tests run with two.
            known = {"WEB_WORKERS": "1", **(env or {})}
            stack = Stack(
                folder / "data", processes.environment(folder / "data", **known), Wanted(**wanted), log
            )
            return at_the_end.enter_context(stack)

        yield start


def _show(log: str) -> None:
    """For pytest, which shows it when the test failed."""
    print(Path(log).read_text(errors="replace"))


# --------------------------------------------------------------------------------------------------------- browser


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_type_launch_args, "executable_path": BROWSER, "args": chromium.launch_arguments()}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """The old office PC that the pages are made for."""
    return {**browser_context_args, "viewport": {"width": 1366, "height": 768}, "locale": "vi-VN"}


# ------------------------------------------------------------------------------------------- crash tests, short and long


def pytest_addoption(parser: pytest.Parser) -> None:
    ours = parser.getgroup("crash tests")
    ours.addoption("--soak", action="store_true", help="only the long form of the crash tests")
    ours.addoption("--seed", type=int, action="append", help="of the crash tests; may be given again")
    ours.addoption("--database", choices=KINDS, action="append", help="of the crash tests; both if not given")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Which runs: the seeds that once found something, or those that were asked for."""
    option = metafunc.config.getoption
    databases, seeds = option("--database") or KINDS, option("--seed")
    for name, usual in (("short_run", plan.known_seeds), ("long_run", plan.soak_seeds)):
        if name in metafunc.fixturenames:
            metafunc.parametrize(
                name, [(kind, seed) for kind in databases for seed in seeds or usual(kind)], ids=_run_id
            )


def _run_id(run: tuple[str, int]) -> str:
    return f"{run[0]}-{run[1]}"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    soak = config.getoption("--soak")
    others = [item for item in items if bool(item.get_closest_marker("soak")) != soak]
    if others:
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if item not in set(others)]
    for item in items:
        if "browser_name" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
        if BROWSER is None and item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason=chromium.NOT_FOUND))
    # Once started, Playwright keeps an event loop running in this thread, and asyncio.run() refuses to start another.
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, sentence in getattr(report, "user_properties", ()):
                if name == "crash" and getattr(report, "when", "") == "call":
                    terminalreporter.write_line(str(sentence))
    if BROWSER is None:
        terminalreporter.write_line(chromium.NOT_FOUND, red=True, bold=True)
