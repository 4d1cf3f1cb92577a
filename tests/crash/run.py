"""One run: everything is started, a campaign launched, the plan played, all healed, waited for, and judged."""

from __future__ import annotations

import random
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
import urllib3
from sqlalchemy import func, select

from benchmarks import people as crowd
from service import bell, db, settings
from service.campaigns import campaigns
from service.campaigns.audience import Audience
from service.campaigns.campaigns import LAUNCHED, PAUSED, Campaign
from service.carriers import directory
from service.replies import events
from service.sending import expiry, gates
from service.sending.messages import CHANNELS, VOICE, Message
from tests import processes, world
from tests.crash import invariants
from tests.crash.database import Database, Sqlite
from tests.crash.faults import CARRIER, FAULTS, launch
from tests.crash.here import AWAY, MANAGER, Here, kill
from tests.crash.invariants import Broken
from tests.crash.plan import SOAK, Deed, Plan
from tests.crash.village import Village
from workers import deathsignal
from workers.office import Office, Surprise
from workers.stack import Stack, Wanted

SHARED = ("LOA_DATA", "DATABASE_URL", "REDIS_URL", "PUBLIC_URL", "VILLAGE_URL", "TWILIO_READ_TIMEOUT_S")
QUIET_WITHIN_S = 240.0
POISON = ("", "😀 Sùng Mí Páo 👩🏽‍🌾", "Vàng " + "Mí " * 30 + "Lử", "{ma} {{ten}} %s <b>&</b>")
SHARES = {
    "answers_1": 0.14, "answers_co": 0.08, "answers_no": 0.06, "answers_stop": 0.04, "answers_unclear": 0.05,
    "dead": 0.02, "blocked": 0.02, "not_mobile": 0.01, "silent": 0.58,
}  # fmt: skip
BEHAVIOUR = {
    "deliver_seconds": 0.6, "answer_seconds": 3, "quiet_seconds": 5, "shares": SHARES, "call_speed": 60,
}  # fmt: skip
LANGUAGE = "dao"  # of those who are called


@dataclass(frozen=True)
class Told:
    """How a run ended. ``broken``: invariants that did not hold, with what was seen."""

    plan: Plan
    broken: list[Broken]
    counts: dict[str, int]
    accepted: int
    answers: int
    seconds: float
    played: dict[str, int]

    @property
    def again(self) -> str:
        """How to repeat it."""
        which = "--soak" if self.plan.size == SOAK else "tests/crash/test_short.py"
        return f"./loa test {which} --seed {self.plan.seed} --database {self.plan.database}"

    def sentence(self) -> str:
        verdict = "all invariants hold" if not self.broken else f"{len(self.broken)} broken"
        states = ", ".join(f"{name} {many}" for name, many in sorted(self.counts.items()))
        return (
            f"{self.plan.database}, seed {self.plan.seed}: {self.plan.size.recipients} recipients, "
            f"{sum(self.played.values())} faults, {self.accepted} accepted, {self.answers} answers, {states}, "
            f"{self.seconds:.0f} s: {verdict}"
        )


def run(plan: Plan, database: Database, folder: Path, quiet_s: float = QUIET_WITHIN_S) -> Told:
    """Play the plan from beginning to end. Everything that was started has ended when this returns."""
    began = time.monotonic()
    with _started(plan, database, folder) as here:
        _prepare(here)
        with _launched(here):
            if plan.size.calls:
                launch(here, here.calls)
            _play(here)
        _heal(here)
        quiet = _wait_until_quiet(here, quiet_s)
        if quiet:
            here.surely(lambda: expiry.expire(db.clock() + timedelta(hours=73)))  # what was never reported on
        evidence = invariants.gather(here)
        broken = [*([] if quiet else [_not_quiet(here)]), *invariants.judge(evidence)]
        return _told(here, evidence, broken, time.monotonic() - began)


def run_mutant(mutant: str, plan: Plan, database: Database, folder: Path, patience_s: float) -> Told:
    """Play the plan with a wrong engine until an invariant is seen not to hold, or until patience ends."""
    began = time.monotonic()
    with _started(plan, database, folder, mutant) as here, ThreadPoolExecutor(1) as beside:
        _prepare(here)
        with _launched(here):
            playing = beside.submit(_play, here)
            while True:
                time.sleep(1.0)
                evidence = invariants.gather(here)
                broken = invariants.judge(evidence, invariants.AT_ANY_TIME)
                if broken or time.monotonic() - began > patience_s:
                    break
            here.over.set()
        playing.result()
        return _told(here, evidence, broken, time.monotonic() - began)


def run_crowd(
    plan: Plan, database: Database, folder: Path, horses: int, patience_s: float, caps: Mapping[str, str]
) -> tuple[Told, invariants.Evidence]:
    """So many work horses at once empty the outbox, in place of the plan's workers and faults."""
    began = time.monotonic()
    with _started(plan, database, folder, caps=caps) as here:
        _prepare(here)
        with _launched(here):
            crowd_of = (sys.executable, "-m", "tests.crash.crowd", str(horses))
            subprocess.run(crowd_of, env=here.stack.env, cwd=settings.ROOT, check=True, timeout=patience_s)
        quiet = caps or _wait_until_quiet(here, patience_s)  # what a cap holds back never comes to rest
        evidence = invariants.gather(here)
        which = invariants.AT_ANY_TIME if caps else ()
        broken = [*([] if quiet else [_not_quiet(here)]), *invariants.judge(evidence, which)]
        return _told(here, evidence, broken, time.monotonic() - began), evidence


def _told(here: Here, evidence: invariants.Evidence, broken: list[Broken], seconds: float) -> Told:
    played = {name: here.played.count(name) for name in sorted(set(here.played))}
    return Told(
        plan=here.plan,
        broken=broken,
        counts=evidence.counts(here.main),
        accepted=len(evidence.log),
        answers=len(evidence.answers),
        seconds=seconds,
        played=played,
    )


@contextmanager
def _started(
    plan: Plan, database: Database, folder: Path, mutant: str = "", caps: Mapping[str, str] | None = None
) -> Iterator[Here]:
    url = database.url if isinstance(database, Sqlite) else database.database_url
    pace = plan.size.recipients / plan.size.seconds / gates.SHARE
    calls = max(1.0, plan.size.calls / plan.size.seconds / gates.SHARE)
    env = processes.environment(
        folder / "data",
        DATABASE_URL=url,
        TWILIO_SMS_PER_SECOND=f"{pace:.1f}",
        TWILIO_CALLS_PER_SECOND=f"{calls:.1f}",
        TWILIO_READ_TIMEOUT_S=str(plan.size.read_timeout_s),
        LOA_SMS_PER_PHONE_PER_DAY="20",
        LOA_SMS_PER_PHONE_PER_WEEK="50",
        LOA_CALLS_PER_PHONE_PER_DAY="20",
        LOA_CALLS_PER_PHONE_PER_WEEK="50",
        LOA_BREAKER_REST_S="2",
        WEB_WORKERS="2",
        LOA_LOG_LEVEL="WARNING",
        **(caps or {}),
    )
    wanted = Wanted(
        workers=plan.size.workers,
        empty=True,
        village_seed=plan.seed,
        commands=_commands(mutant, "web", "worker", "clock"),
    )
    with (
        (folder / "log").open("wb") as log,
        pytest.MonkeyPatch.context() as patch,
        Stack(folder / "data", env, wanted, log) as stack,
    ):
        for name in SHARED:
            patch.setenv(name, stack.env[name])
        settings.get.cache_clear()
        directory.forget()
        db.connect(settings.get().database_url)
        hurried = subprocess.Popen(
            deathsignal.wrapped(list(_commands(mutant, "hurried_clock")["hurried_clock"])),
            env=stack.env,
            cwd=settings.ROOT,
            stdout=log,
            stderr=log,
        )
        try:
            yield Here(plan, stack, database, Village(stack.village_url))
        finally:
            hurried.kill()
            hurried.wait()
            db.end_reading()
            db.engine().dispose()
    settings.get.cache_clear()
    directory.forget()


def _commands(mutant: str, *kinds: str) -> dict[str, Sequence[str]]:
    """What starts our processes: themselves, or themselves with one function of theirs changed."""
    if mutant:
        return {kind: (sys.executable, "-m", "tests.crash.mutants", mutant, kind) for kind in kinds}
    return {
        kind: (sys.executable, "-m", "tests.crash.hurried_clock") for kind in kinds if kind == "hurried_clock"
    }


def _prepare(here: Here) -> None:
    here.village.tell("behaviour", BEHAVIOUR)
    size = here.plan.size
    with db.transaction():
        by = world.staff("manager", MANAGER)
        crowd.add(size.recipients - size.calls - len(POISON))
        for place in range(size.calls):
            world.person(f"Bàn Văn {place}", f"+84970{place:06d}", language=LANGUAGE)
        for place, name in enumerate(POISON):
            world.person(name, f"+8491299900{place}")
        for _ in range(sum(deed.fault == "stopped_campaign" for deed in here.plan.deeds)):
            here.others.append(world.campaign(by).id)
        here.main = world.campaign(by).id
        here.calls = world.campaign(by, channel=VOICE, audience=Audience(languages=(LANGUAGE,))).id
        for campaign_id in (*here.others, here.main, *([here.calls] if size.calls else [])):
            world.approved(here.campaign(campaign_id))
    here.database.write_down()


def _sign_in(here: Here) -> Office:
    welcome = here.stack.welcome
    assert welcome is not None
    assert welcome.email is not None
    assert welcome.password is not None
    office = Office(here.stack.public_url)
    office.sign_in(welcome.email, welcome.password, secrets.token_urlsafe(16))
    return office


@contextmanager
def _launched(here: Here) -> Iterator[None]:
    """The web process is killed while it launches, and somebody clicks many times more. Entered as soon as it runs."""
    if not here.plan.size.clicks:
        launch(here, here.main)
        yield
        return
    office = _sign_in(here)
    page = office.open(f"/campaigns/{here.main}")

    def click(_number: int) -> None:
        with suppress(Surprise, urllib3.exceptions.HTTPError, OSError):
            office.submit(page, "/launch")

    with ThreadPoolExecutor(16) as pool:
        first = pool.submit(click, 0)
        time.sleep(random.Random(here.plan.seed).uniform(0, 0.3))
        kill(here.stack.pids.get("web"))
        first.result()
        clicks = [pool.submit(click, number) for number in range(here.plan.size.clicks)]
        while not processes.wait_until(partial(_is_launched, here.main), 5.0):
            assert not all(one.done() for one in clicks), "nobody could launch"
        yield


def _is_launched(campaign_id: int) -> bool:
    try:
        state = db.session().scalar(select(Campaign.state).where(Campaign.id == campaign_id))
        return state in LAUNCHED
    finally:
        db.end_reading()


def _play(here: Here) -> None:
    """Each deed at its time, side by side. A fault that cannot be played is a mistake of these tests, so it is raised."""
    began = time.monotonic()
    with ThreadPoolExecutor(24) as pool:
        waiting: list[Future[None]] = []
        for deed in here.plan.deeds:
            time.sleep(max(0.0, began + deed.at - time.monotonic()))
            waiting.append(pool.submit(_do, here, deed))
    for one in waiting:
        one.result()


def _do(here: Here, deed: Deed) -> None:
    try:
        FAULTS[deed.fault](here, deed)
        here.played.append(deed.fault)
    finally:
        db.end_reading()


def _heal(here: Here) -> None:
    """People put right what machines may not: a closed gate, a paused campaign."""
    here.village.tell("faults", {})

    def resume() -> None:
        for channel in CHANNELS:
            gates.open_again(CARRIER, here.manager(), channel)
        for campaign_id in (here.main, here.calls):
            paused = here.campaign(campaign_id)
            if paused.state == PAUSED:
                campaigns.resume(paused, here.manager())

    here.surely(resume)
    bell.ring(CARRIER)


def _wait_until_quiet(here: Here, seconds: float) -> bool:
    """Nothing on the wire, nothing unknown, nothing due, nothing on its way in the village: three looks in a row."""
    end, looks = time.monotonic() + seconds, 0
    while looks < 3:
        if time.monotonic() > end:
            return False
        time.sleep(0.4)
        looks = looks + 1 if _is_quiet(here) else 0
    return True


def _is_quiet(here: Here) -> bool:
    try:
        if not here.village.state()["idle"] or events.spool_size():
            return False
        soon = db.clock() + timedelta(minutes=2)
        moving = Message.state.in_(("sending", "unknown")) | (
            (Message.state == "ready") & (Message.due <= soon)
        )
        return db.session().scalar(select(func.count()).select_from(Message).where(moving)) == 0
    except AWAY:
        return False
    finally:
        db.end_reading()


def _not_quiet(here: Here) -> Broken:
    state = here.village.state()
    query = select(Message.state, func.count()).group_by(Message.state)
    counts = {row[0]: row[1] for row in db.session().execute(query)}
    db.end_reading()
    seen = f"messages {counts}, spool {events.spool_size()}, village idle: {state['idle']}"
    return Broken("everything comes to rest", seen)
