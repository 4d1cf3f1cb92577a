"""``./loa demo``: a whole rehearsal campaign in the terminal, in a throw-away data folder.

Staff are played over HTTP on the real pages; the campaign goes through the real web process, Redis, RQ workers and the
village, whose signed callbacks and answers come back in. At the end every sum is checked against the village's ledger.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import urllib3
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from service import db, settings
from service.campaigns import campaigns
from service.reports.summary import summary
from service.sending import retries
from service.sending.retries import Planned
from workers import rehearsal_sums
from workers.arguments import Arguments
from workers.office import Office, Surprise
from workers.rehearsal_sums import Check, Ledger
from workers.stack import NotStarted, Stack, Wanted

LOOK_EVERY_S = 0.25
PATIENCE_S = 600.0
QUIET_LOOKS = 8  # this many looks without a change, and the village idle: it is over
ANSWER_SECONDS = 4
OURS = (
    "LOA_",
    "TWILIO_",
    "SIM_GATEWAY_",
    "VILLAGE_",
    "DATABASE_URL",
    "REDIS_URL",
    "PUBLIC_URL",
    "SECRET_KEY",
)
EMPLOYER, POST, PLACE = "Công ty May Hoa Đào (ví dụ)", "công nhân may", "Tuyên Quang"


@dataclass(frozen=True)
class Options:
    people: int
    seed: int
    json_only: bool


def main(arguments: list[str]) -> int:
    """0 when every sum holds, 1 when one does not or something failed, 2 when an argument is wrong."""
    parser = Arguments(prog="./loa demo", description="A whole rehearsal campaign in the terminal.")
    parser.add_argument(
        "--people", type=int, default=600, help="villagers in the made-up registry (default: 600)"
    )
    parser.add_argument(
        "--seed", type=int, default=1, help="the same seed gives the same villagers (default: 1)"
    )
    parser.add_argument("--json", action="store_true", help="JSON alone on standard output")
    read = parser.parse_args(arguments)
    if not 10 <= read.people <= 100_000:
        parser.error("--people must be between 10 and 100000")
    options = Options(read.people, read.seed, read.json)
    console = Console(stderr=True) if options.json_only else Console()
    with tempfile.TemporaryDirectory(prefix="loa-demo-") as name:
        log = Path(name) / "log"
        try:
            return _rehearse(Path(name), log, options, console)
        except (Surprise, NotStarted, urllib3.exceptions.HTTPError, TimeoutError, RuntimeError) as problem:
            console.print(f"The rehearsal failed: {problem}", style="bold red")
            console.print(log.read_text(errors="replace")[-4000:] if log.exists() else "", markup=False)
            return 1


def _rehearse(folder: Path, log: Path, options: Options, console: Console) -> int:
    began = time.monotonic()
    env = {name: value for name, value in os.environ.items() if not name.startswith(OURS)} | {
        "LOA_ENV_FILE": ""
    }
    wanted = Wanted(village_seed=options.seed, empty=True)
    with log.open("wb") as output, Stack(folder / "data", env, wanted, output) as stack:
        _join(stack)
        village = Village(stack.village_url)
        village.tell("behaviour", {"answer_seconds": ANSWER_SECONDS})
        with _step(console, f"Made-up registry of {options.people} villagers, imported on the page"):
            manager = _signed_in(stack)
            _import(manager, registry_file(folder, options))
        with _step(console, "Employer, job, audience and text filled in on the pages"):
            campaign_id = fill_in(manager)
        with _step(console, "Approved by a second person, sent by the first"):
            approve(stack, campaign_id)
            page = manager.open(f"/campaigns/{campaign_id}")
            manager.submit(page, "/launch")
        report = _watch(campaign_id, village, console, options)
        ledger = Ledger(village.lines("log"), village.lines("answers"))
        checks = rehearsal_sums.check(report, ledger, _again(campaign_id))
    report |= {
        "seconds": round(time.monotonic() - began, 1),
        "checks": {one.what: one.holds for one in checks},
    }
    _tell(report, checks, options, console)
    return 0 if all(one.holds for one in checks) else 1


def _join(stack: Stack) -> None:
    """This process reads the same database, to show how things stand."""
    os.environ.update(
        {name: stack.env[name] for name in ("LOA_DATA", "DATABASE_URL", "PUBLIC_URL", "LOA_ENV_FILE")}
    )
    settings.get.cache_clear()
    db.connect(settings.get().database_url)


class Village:
    """The rehearsal network, asked over HTTP."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._pool = urllib3.PoolManager(retries=False, timeout=30)

    def tell(self, what: str, wish: dict[str, Any]) -> None:
        self._pool.request("POST", f"{self._url}/{what}", json=wish)

    def idle(self) -> bool:
        return bool(self._pool.request("GET", f"{self._url}/state").json()["idle"])

    def lines(self, what: str) -> list[dict[str, Any]]:
        answer = self._pool.request("GET", f"{self._url}/{what}")
        return [json.loads(line) for line in answer.data.decode().splitlines()]


@contextmanager
def _step(console: Console, words: str) -> Iterator[None]:
    began = time.monotonic()
    with console.status(words + " …"):
        yield
    console.print(f"[green]✓[/] {words} [dim]({time.monotonic() - began:.1f} s)[/]")


def _signed_in(stack: Stack) -> Office:
    if stack.welcome is None or stack.welcome.email is None or stack.welcome.password is None:
        raise Surprise("a fresh data folder had an account already")
    office = Office(stack.public_url)
    office.sign_in(stack.welcome.email, stack.welcome.password, secrets.token_urlsafe(16))
    return office


def registry_file(folder: Path, options: Options) -> Path:
    file = folder / "registry.xlsx"
    maker = settings.ROOT / "samples" / "make.py"
    command = [sys.executable, str(maker), "--people", str(options.people), "--seed", str(options.seed)]
    subprocess.run([*command, "--out", str(file)], check=True, capture_output=True)
    return file


def _import(office: Office, file: Path) -> None:
    page = office.submit(
        office.open("/people/imports/new"), "/imports/new", files={"file": (file.name, file.read_bytes())}
    )
    office.submit(page, "/store", accept="y")


def fill_in(office: Office) -> int:
    page = office.submit(
        office.open("/employers/new"), "/new", name=EMPLOYER, address="Khu công nghiệp Long Bình An"
    )
    office.submit(page, "/checked", how="Giấy đăng ký kinh doanh, bản gốc; gọi lại số của công ty.")
    page = office.submit(
        office.open("/campaigns/new"), "/new", employer_id="1", post=POST, reach="in_province"
    )
    number = urlsplit(page.url).path.rstrip("/").split("/")[-1]
    if not number.isdigit():
        raise Surprise("the campaign was not begun")
    deadline = date.today() + timedelta(days=30)
    office.submit(
        page, "/job", headcount="20", wage_from="8.000.000", wage_to="11.000.000", place=PLACE,
        deadline=deadline.strftime("%d/%m/%Y"),
    )  # fmt: skip
    return int(number)


def approve(stack: Stack, campaign_id: int) -> None:
    command = [
        sys.executable,
        "-m",
        "service.cli",
        "staff",
        "add",
        "lanhdao@loaban.example",
        "--role",
        "approver",
    ]
    made = subprocess.run(
        command, env=stack.env, cwd=settings.ROOT, capture_output=True, text=True, check=False
    )
    if made.returncode != 0:
        raise Surprise(made.stderr.strip())
    approver = Office(stack.public_url)
    approver.sign_in("lanhdao@loaban.example", made.stdout.strip(), secrets.token_urlsafe(16))
    approver.submit(approver.open(f"/campaigns/{campaign_id}"), "/approve")


def _watch(campaign_id: int, village: Village, console: Console, options: Options) -> dict[str, Any]:
    """Live bars until nothing moves any more. Returns how the campaign stands then."""
    columns = (TextColumn("{task.description:<22}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    end, quiet, before = time.monotonic() + PATIENCE_S, 0, None
    with Progress(*columns, console=console) as bars:
        report = _summary(campaign_id)
        total = report["recipients"]
        sent = bars.add_task("Accepted by the carrier", total=total)
        settled = bars.add_task("Delivered or failed", total=total)
        answered = bars.add_task("Answers", total=None)
        yes = bars.add_task("Want to go", total=None)
        while quiet < QUIET_LOOKS:
            if time.monotonic() > end:
                raise TimeoutError(f"it was not over within {PATIENCE_S:.0f} s")
            time.sleep(LOOK_EVERY_S)
            report = _summary(campaign_id)
            messages = report["messages"]
            final, again = rehearsal_sums.settled(messages), _again(campaign_id).count
            bars.update(sent, completed=final + messages.get("accepted", 0) + messages.get("sent", 0))
            bars.update(settled, completed=final)
            bars.update(answered, completed=sum(report["replies"].values()))
            bars.update(yes, completed=report["interests"])
            quiet = quiet + 1 if report == before and final + again == total and village.idle() else 0
            before = report
    return report


def _summary(campaign_id: int) -> dict[str, Any]:
    try:
        campaign = campaigns.find(campaign_id)
        if campaign is None:
            raise Surprise("the campaign is gone")
        return summary(campaign)
    finally:
        db.end_reading()


def _again(campaign_id: int) -> Planned:
    """Whose phone was off: they are tried again at another hour, for which no rehearsal waits."""
    try:
        return retries.planned(campaign_id, db.clock())
    finally:
        db.end_reading()


def _tell(report: dict[str, Any], checks: list[Check], options: Options, console: Console) -> None:
    if options.json_only:
        print(json.dumps(report, ensure_ascii=False))  # noqa: T201
        return
    console.print()
    rows = {
        "Recipients": report["recipients"],
        "Parts": f"{report['parts']} ({report['price_vnd']:,} đ)".replace(",", "."),
        "Messages": report["messages"],
        "Left out": report["excluded"],
        "Replies": report["replies"],
        "Interests": report["interests"],
        "Follow-ups": report["follow_ups"],
    }
    for name, value in rows.items():
        words = (
            ", ".join(f"{key} {number}" for key, number in value.items())
            if isinstance(value, dict)
            else value
        )
        console.print(f"  {name:<12}{words}", markup=False, highlight=False)
    console.print()
    for one in checks:
        console.print(
            f"  [{'green' if one.holds else 'bold red'}]{'✓' if one.holds else '✗'}[/] {one.what}: {one.seen}"
        )
    console.print(
        f"\n{report['seconds']} s. The data folder is gone again; nothing left this machine.", highlight=False
    )
