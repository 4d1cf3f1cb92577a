"""Upkeep: what has to be looked at again and again. Each is a guarded statement, so two clocks are harmless."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

import structlog

from service import bell, db
from service.carriers import directory
from service.carriers.base import CarrierError, Found
from service.followup import arrivals, closing, pulls, tasks
from service.registry import imports
from service.replies import events, said
from service.reports import alarm_mail, alarms
from service.sending import (
    claim,
    expiry,
    guards,
    launch,
    machines,
    mixes,
    permit,
    polling,
    queued_calls,
    reconcile,
    recording_calls,
    recording_takes,
    restored,
    sums,
    waves,
)
from service.sending.restored import Sought

LOOKING_S = 15.0
LOOKS_AT_ONCE = 16
SECOND_S = 0.5
TELLER, FETCHER = "alarms", "recordings"

log = structlog.get_logger()


@dataclass(frozen=True)
class Duty:
    """Something done every so many seconds."""

    name: str
    every_s: float
    do: Callable[[], int]


def ring_bells() -> int:
    """Wake workers for carriers that have something due: the bell may not have been heard at launch."""
    rung = 0
    for carrier in directory.names():
        if claim.due_now(carrier, db.clock()):
            rung += bell.ring(carrier)
    return rung


def bury_dead_workers() -> int:
    with db.transaction():
        return reconcile.bury_dead_workers(db.clock())


def look_for_unknown(seconds: float = LOOKING_S) -> int:
    """Ask the carriers for messages of which nobody knows whether they went out, for about so many seconds.

    A carrier that hangs lets each look last long, and the clock has other duties.
    """
    due, end = reconcile.due_for_a_look(db.clock()), time.monotonic() + seconds
    db.end_reading()
    for looked, message in enumerate(due, 1):
        reconcile.look(message, directory.get(message.carrier), db.clock())
        if time.monotonic() >= end:
            return looked
    return len(due)


def look_for_restored(at: datetime | None = None, seconds: float = LOOKING_S) -> int:
    """After a backup was put back: ask the carriers for what this database believes unsent, many at once."""
    now, end = at or db.clock(), time.monotonic() + seconds
    due = restored.due_for_a_look(now)
    db.end_reading()
    looked = 0
    with ThreadPoolExecutor(LOOKS_AT_ONCE) as pool:
        while looked < len(due) and time.monotonic() < end:
            some = due[looked : looked + LOOKS_AT_ONCE]
            answers = list(pool.map(_find, some))
            with db.transaction():
                for sought, found in zip(some, answers, strict=True):
                    if found is not None:
                        restored.settle(sought, found, now)
            looked += len(some)
    return looked


def _find(sought: Sought) -> list[Found] | None:
    try:
        return reconcile.listed(
            sought.message, directory.get(sought.message.carrier), sought.number, sought.since
        )
    except CarrierError as error:  # a list that fails is not "absent"
        log.info("restored.list_failed", message=sought.message.id, code=error.code)
        return None


def watch_copies() -> int:
    """Was a backup put back, or is this a copy? Asked by the clock as well, so that people hear of it before a campaign."""
    return not permit.given()


def replay_spool() -> int:
    """Take in what was written to disk while the database was down."""
    replayed = 0
    for path, received in events.spooled():
        try:
            with db.transaction():
                arrivals.accept(received)
        except events.AWAY:
            raise
        except Exception as problem:  # it fails by itself: it must not keep the others waiting
            events.put_aside(path, problem)
        else:
            path.unlink(missing_ok=True)
            replayed += 1
    return replayed


def open_missing_followups() -> int:
    with db.transaction():
        return tasks.open_missing()


def finish_campaigns() -> int:
    with db.transaction():
        return launch.cancel_late() + launch.finish_done()


def open_waves() -> int:
    with db.transaction():
        return waves.advance(db.clock())


_looked_up_to: dict[int, int] = {}  # campaign → the second message after which the next round goes on


def let_second_ones_go(seconds: float = SECOND_S) -> int:
    """Of campaigns with two channels: page by page for so long, and from there on the next time."""
    end, moved = time.monotonic() + seconds, 0
    for campaign in mixes.running():
        while True:
            after = _looked_up_to.get(campaign.id, 0)
            number, following = mixes.switch(campaign, after, said.by_phone, db.clock())
            moved, _looked_up_to[campaign.id] = moved + number, following
            if not following or time.monotonic() >= end:
                break
    return moved


def watch_disk_and_clock() -> int:
    told = {name: directory.get(name).clock() for name in directory.names()}
    with db.transaction():
        return bool(guards.watch(directory.names(), told))


def report_machine() -> int:
    """Says to other machines that this one is there, and in the log whether it is set as they are."""
    with db.transaction():
        differing = machines.report(db.clock())
    if differing:
        log.error("machines.differ", settings=differing, advice="./loa doctor")
    return differing


def watch_alarms() -> int:
    """What an administrator must look at is looked for first: Redis may take its time, and a transaction must not."""
    now = db.clock()
    found = alarms.look(now)
    db.end_reading()
    with db.transaction():
        alarms.note(found, now)
    return 0


def tell_alarms() -> int:
    """In a thread of its own: a mail server that hangs must not hold up the other duties."""
    if not any(thread.name == TELLER for thread in threading.enumerate()):
        threading.Thread(target=_tell, name=TELLER, daemon=True).start()
    return 0


def _tell() -> None:
    try:
        alarm_mail.tell()
    except Exception as problem:  # the database is away; the next round tries again
        log.error("alarms.failed", problem=type(problem).__name__)
    finally:
        db.end_reading()


def fetch_recordings() -> int:
    """In a thread of its own: whoever recorded waits on the phone, and converting takes seconds that others need not wait."""
    due = recording_takes.due(db.clock())
    db.end_reading()
    if due and not any(thread.name == FETCHER for thread in threading.enumerate()):
        threading.Thread(target=_fetch, args=(due,), name=FETCHER, daemon=True).start()
    return len(due)


def _fetch(due: list[recording_takes.Asked]) -> None:
    try:
        for asked in due:
            recording_takes.ask(asked, directory.get(asked.carrier), db.clock())
    except Exception as problem:  # the database is away, or the disk is full; the next round tries again
        log.error("recordings.failed", problem=type(problem).__name__)
    finally:
        db.end_reading()


def drop_unkept_recordings() -> int:
    with db.transaction():
        now = db.clock()
        return recording_calls.cancel_late(now) + recording_takes.drop_unkept(now)


def expire_messages() -> int:
    with db.transaction():
        return expiry.expire(db.clock())


def ask_for_quiet_ones(seconds: float = LOOKING_S) -> int:
    """Ask the carriers for messages on which they have not reported for an hour, for about so many seconds."""
    quiet, end = polling.due(db.clock()), time.monotonic() + seconds
    db.end_reading()
    for asked, one in enumerate(quiet, 1):
        polling.ask(one, directory.get(one.carrier), db.clock())
        if time.monotonic() >= end:
            return asked
    return len(quiet)


def take_back_queued_calls() -> int:
    """Calls of stopped campaigns that the carrier has not dialled yet."""
    queued = queued_calls.due(db.clock())
    db.end_reading()
    return sum(queued_calls.take_back(one, directory.get(one.carrier), db.clock()) for one in queued)


def pull_replies() -> int:
    return sum(pulls.pull(directory.get(carrier), db.clock()) for carrier in directory.names())


def check_sums() -> int:
    """Counted while others write; only what differs needs a transaction."""
    found = sums.differences(db.clock())
    db.end_reading()
    if found:
        with db.transaction():
            sums.tell(found)
    return len(found)


def forget_unfinished_lists() -> int:
    with db.transaction():
        return imports.forget_unfinished(db.clock())


def close_full_campaigns() -> int:
    with db.transaction():
        return closing.close_full()


DUTIES = (
    Duty("ring_bells", 2, ring_bells),
    Duty("finish_campaigns", 5, finish_campaigns),
    Duty("open_waves", 5, open_waves),
    Duty("let_second_ones_go", 5, let_second_ones_go),
    Duty("replay_spool", 5, replay_spool),
    Duty("close_full_campaigns", 30, close_full_campaigns),
    Duty("bury_dead_workers", 10, bury_dead_workers),
    Duty("look_for_unknown", 60, look_for_unknown),
    Duty("look_for_restored", 20, look_for_restored),
    Duty("watch_copies", 30, watch_copies),
    Duty("open_missing_followups", 60, open_missing_followups),
    Duty("watch_disk_and_clock", 60, watch_disk_and_clock),
    Duty("report_machine", 60, report_machine),
    Duty("watch_alarms", 60, watch_alarms),
    Duty("tell_alarms", 15, tell_alarms),
    Duty("ask_for_quiet_ones", 60, ask_for_quiet_ones),
    Duty("take_back_queued_calls", 5, take_back_queued_calls),
    Duty("fetch_recordings", 1, fetch_recordings),
    Duty("drop_unkept_recordings", 20, drop_unkept_recordings),
    Duty("pull_replies", 180, pull_replies),
    Duty("check_sums", 600, check_sums),
    Duty("expire_messages", 600, expire_messages),
    Duty("forget_unfinished_lists", 3600, forget_unfinished_lists),
)


def do(duty: Duty) -> None:
    """Do it once. A failure is logged and does not keep the other duties from being done."""
    try:
        number = duty.do()
    except Exception as problem:
        log.error("upkeep.failed", duty=duty.name, problem=type(problem).__name__)
    else:
        if number and duty.name != "ring_bells":
            log.info("upkeep.done", duty=duty.name, number=number)
    finally:
        db.end_reading()
