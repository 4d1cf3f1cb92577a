"""Dispatch: claim a batch and commit → the carrier, no transaction open → note the results and commit."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import uniform

import structlog

from service import db
from service.carriers.base import Accepted, Carrier, CarrierError, OutgoingSms, Proof
from service.registry import phones
from service.sending import acceptances, gates, hours, messages, stop_file
from service.sending.claim import Claimed, claim, due_now
from service.sending.locks import WorkerLock
from service.sending.messages import SMS

IN_FLIGHT = 32
FIRST_BATCH, MOST_BATCH = 20, 400
STALE_S = 2.0  # more between the claim and the request means that this process was frozen
PACE_WAIT_S = 0.25
SLOW_DOWN_S = 5.0
CARRIER_DOWN_S = 10.0

log = structlog.get_logger()


@dataclass(frozen=True)
class Next:
    """What follows from an answer: the state, and what is done about the carrier or the number."""

    state: str
    rest_s: float = 0.0
    close_gate: bool = False
    opt_out: bool = False


# reliability: what an answer proves, row by row. "unknown" is settled by evidence, never by sending again.
NEXT: dict[Proof, Next] = {
    Proof.NOT_SENT: Next("ready", rest_s=CARRIER_DOWN_S),
    Proof.NOT_PROCESSED: Next("ready", rest_s=SLOW_DOWN_S),
    Proof.REFUSED: Next("failed"),
    Proof.OPTED_OUT: Next("failed", opt_out=True),
    Proof.REFUSED_UNKNOWN: Next("hold"),
    Proof.OUR_SIDE: Next("ready", close_gate=True),
    Proof.NOTHING: Next("unknown"),
}


@dataclass(frozen=True)
class Result:
    """What came of one claimed message. ``answer`` none: it was put back unsent, because the process had been frozen or
    the stop file lay there."""

    claimed: Claimed
    answer: Accepted | CarrierError | None


def drain(carrier: Carrier, seconds: float, stopping: Callable[[], bool]) -> int:
    """Send what is due by this carrier until nothing is, for at most ``seconds``. Returns how many were accepted."""
    accepted, size, end = 0, FIRST_BATCH, time.monotonic() + seconds
    with WorkerLock() as lock, ThreadPoolExecutor(IN_FLIGHT) as pool:
        try:
            while time.monotonic() < end and not stopping() and not stop_file.lies_there():
                batch, claimed_at = _claim(carrier, lock.name, size)
                if not batch:
                    if not _worth_waiting(carrier):
                        break
                    time.sleep(PACE_WAIT_S)
                    continue
                results = send(carrier, batch, claimed_at, pool)
                with db.transaction():
                    accepted += note(carrier.name, results, db.clock())
                size = _next_size(len(batch), time.monotonic() - claimed_at)
        except BaseException:
            fence(lock.name)
            raise
    return accepted


def _claim(carrier: Carrier, worker: str, size: int) -> tuple[list[Claimed], float]:
    """A batch, and when its claim began. Waiting for others comes before: the hour that is looked at must be the hour."""
    with db.transaction():
        gates.hold(carrier.name)
        claimed_at = time.monotonic()
        batch = claim(carrier, worker, size, db.clock())
    return batch, claimed_at


def _worth_waiting(carrier: Carrier) -> bool:
    """Is something due that only the pace holds back?"""
    now = db.clock()
    gate = gates.of(carrier.name)
    waiting = gate is None or (gate.is_open and (gate.closed_until is None or gate.closed_until <= now))
    try:
        return waiting and due_now(carrier.name, now)
    finally:
        db.end_reading()


def _next_size(sent: int, seconds: float) -> int:
    """About as many as go out within a second, so that Stop is felt within a second."""
    return max(FIRST_BATCH, min(MOST_BATCH, int(sent / max(seconds, 0.05))))


def send(carrier: Carrier, batch: Sequence[Claimed], claimed_at: float, pool: Executor) -> list[Result]:
    """Hand the batch to the carrier, many at once. Every message gets a result; nothing is raised, nothing repeated."""
    return list(pool.map(lambda one: _send_one(carrier, one, claimed_at), batch))


def _send_one(carrier: Carrier, one: Claimed, claimed_at: float) -> Result:
    if time.monotonic() - claimed_at > STALE_S or stop_file.lies_there():
        return Result(one, None)
    try:
        return Result(one, carrier.send_sms(OutgoingSms(one.e164, one.text, one.token, one.valid_for_s)))
    except CarrierError as error:
        return Result(one, error)
    except Exception as problem:  # a bug of ours or the library's: the request may have left
        log.error("dispatch.bug", message=one.id, problem=type(problem).__name__)
        return Result(one, CarrierError(type(problem).__name__, Proof.NOTHING))


def note(carrier: str, results: Sequence[Result], now: datetime) -> int:
    """Write down what came of a batch. Returns how many were accepted.

    Everybody who takes several rows takes them in this order: gate, campaign, messages, phones, days, money. Otherwise
    a claim, a callback and this wait for each other, and PostgreSQL ends one of them.
    """
    outcomes: dict[tuple[str, str], list[Claimed]] = defaultdict(list)
    names: dict[int, str] = {}
    for result in results:
        outcomes[_outcome(result)].append(result.claimed)
        if isinstance(result.answer, CarrierError):
            _slow_down(carrier, result.answer, now)
    for result in results:
        if isinstance(result.answer, Accepted):
            names[result.claimed.id] = result.answer.carrier_id
    acceptances.name(carrier, names)
    messages.hold(result.claimed.id for result in results)
    _obey(results, now)
    _uncount(outcomes, now)
    for (state, code), batch in outcomes.items():
        _move([claimed.id for claimed in batch], state, code, now)
    return len(outcomes["accepted", ""])


def _outcome(result: Result) -> tuple[str, str]:
    """The state that follows, and the code that says why."""
    if result.answer is None:
        return "ready", "late"
    if isinstance(result.answer, Accepted):
        return "accepted", ""
    return NEXT[result.answer.proof].state, result.answer.code


def _slow_down(carrier: str, error: CarrierError, now: datetime) -> None:
    follows = NEXT[error.proof]
    if follows.close_gate:
        gates.close(carrier, error.code)
    if follows.rest_s:
        gates.rest(carrier, error.retry_after_s or follows.rest_s, error.code, now)


def _obey(results: Sequence[Result], now: datetime) -> None:
    """Numbers that told the carrier to stop have told us."""
    for result in results:
        if isinstance(result.answer, CarrierError) and NEXT[result.answer.proof].opt_out:
            phone = phones.find(result.claimed.phone_id)
            if phone is not None:
                phones.opt_out(phone, now)


def _uncount(outcomes: dict[tuple[str, str], list[Claimed]], now: datetime) -> None:
    unsent = [batch for (state, _code), batch in outcomes.items() if state in ("ready", "failed")]
    hours.uncount_contacts([one.phone_id for batch in unsent for one in batch if one.campaign_id], now, SMS)


def _move(message_ids: list[int], state: str, code: str, now: datetime) -> None:
    if state == "accepted":
        acceptances.fold(message_ids, now)
        return
    due = now + timedelta(seconds=uniform(2, 6)) if state == "ready" else None  # noqa: S311  (jitter, not a secret)
    messages.leave(message_ids, state, code, now, due)


def fence(worker: str) -> int:
    """After any failure a worker first says of its own unfinished rows that nobody knows whether they went out."""
    with db.transaction():
        return messages.abandon(worker, db.clock())
