"""Dispatch: claim a batch and commit → the carrier, no transaction open → note the results and commit.

The three go on at the same time: while messages are on the wire, what came back is noted and the next are claimed.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import uniform

from service import db, settings
from service.carriers.base import Accepted, Carrier, CarrierError, Proof
from service.registry import phones
from service.sending import gates, hours, messages, permit, restored, stop_file
from service.sending.breaker import Breaker
from service.sending.claim import Batch, Claimed, claim, due_now
from service.sending.locks import WorkerLock
from service.sending.messages import CHANNELS, Status
from service.sending.wire import Beside, Result, Wire, in_a_thread, open_wire

IN_FLIGHT = 128
FIRST_BATCH, MOST_BATCH = 64, 600
BATCH_S = 0.5  # about what a batch takes to go out, so that Stop is felt at once
NOTE_EVERY_S = 0.15
PACE_WAIT_S = 0.25
SLOW_DOWN_S = 5.0
CARRIER_DOWN_S = 10.0


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


def drain(
    carrier: Carrier, seconds: float, stopping: Callable[[], bool], beside: Beside = in_a_thread
) -> int:
    """Send what is due by this carrier until nothing is, for at most ``seconds``. Returns how many were accepted.

    ``stopping`` true: what is on the wire is finished, what is only claimed is put back. ``beside``: where the wire runs.
    """
    if not permit.given():
        return 0
    with WorkerLock() as lock:
        desk = Desk(carrier, lock.name, stopping)
        try:
            with open_wire(carrier, IN_FLIGHT, beside) as wire:
                desk.work(wire, time.monotonic() + seconds)
        except BaseException:
            fence(lock.name)
            raise
    return desk.accepted


class Desk:
    """Where one worker claims and notes, while its wire goes on."""

    def __init__(self, carrier: Carrier, worker: str, stopping: Callable[[], bool]) -> None:
        self.accepted = 0
        self._carrier, self._worker, self._stopping = carrier, worker, stopping
        self._breakers = {channel: Breaker() for channel in CHANNELS}
        self._size, self._was_full = FIRST_BATCH, False
        self._heard = False  # something of the carrier since the last claim
        self._claim_from = (
            0.0  # time.monotonic(); the pace, or what is due, gave no more when it was asked last
        )

    def work(self, wire: Wire, end: float) -> None:
        """Until nothing is due any more, or until ``end`` (time.monotonic())."""
        while self._round(wire, end):
            pass

    def _round(self, wire: Wire, end: float) -> bool:
        """Claim, note, wait a little. False when there is nothing left to do."""
        if self._stopping():
            wire.put_back()
        results = wire.results()
        self._heard = self._heard or bool(results)
        if not all(isinstance(result.answer, Accepted) for result in results):  # it may close the gate
            self._note(results)
            results = []
        may_go_on = time.monotonic() < end and not self._stopping() and not stop_file.lies_there()
        try:  # good answers can wait until the wire has its next batch
            if may_go_on and self._is_hungry(wire):
                self._claim_for(wire)
        finally:
            self._note(results)
        held_back_s = max(0.0, self._claim_from - time.monotonic())
        if not wire.is_empty:
            if held_back_s:
                wire.rest(held_back_s)
            else:
                wire.rest(NOTE_EVERY_S, enough=self._size // 2 if may_go_on and self._heard else 0)
            return True
        if may_go_on and _worth_waiting(self._carrier):
            time.sleep(held_back_s)
            return True
        return False

    def _is_hungry(self, wire: Wire) -> bool:
        is_time = time.monotonic() >= self._claim_from
        return is_time and wire.waiting < self._size / 2 and self._most(wire) > 0

    def _most(self, wire: Wire) -> int:
        """A batch of each channel; while the carrier is silent no more than a first one."""
        return self._size if self._heard else FIRST_BATCH - wire.under_way

    def _claim_for(self, wire: Wire) -> None:
        """Give the wire a batch. When the pace held back, or these are the last, the next may be claimed after a while:
        a claim of two messages takes as long as one of two hundred."""
        ran_dry = self._was_full and wire.is_dry
        self._size = _next_size(self._size, ran_dry, wire.longest_wait_s())
        batch, claimed_at = _claim(self._carrier, self._worker, self._most(wire))
        wire.put(batch, claimed_at)
        self._was_full, self._heard = not batch.is_last, self._heard and not batch
        if batch.is_last:
            self._claim_from = claimed_at + PACE_WAIT_S

    def _note(self, results: Sequence[Result]) -> None:
        if not results:
            return
        by_channel = {
            channel: these
            for channel in CHANNELS
            if (these := [result for result in results if result.claimed.channel == channel])
        }
        with db.transaction():
            now = db.clock()
            if any(isinstance(result.answer, CarrierError) for result in results):
                for channel in by_channel:  # in one order for all, before anything else
                    gates.hold(self._carrier.name, channel)
            for channel, these in by_channel.items():
                _mind_the_carrier(self._carrier.name, channel, self._breakers[channel], these, now)
            self.accepted += note(self._carrier.name, results, now)


def _mind_the_carrier(
    carrier: str, channel: str, breaker: Breaker, results: Sequence[Result], now: datetime
) -> None:
    """Leave it alone after answers that say nothing; a message that tried it, and was answered clearly, opens the gate.

    One alone that gets no answer was such a try: it closes the gate again.
    """
    proofs = [_proof(result) for result in results if result.answer is not None]
    silent = [proof for proof in proofs if proof is Proof.NOTHING]
    if breaker.hear(proofs) or (silent and gates.is_probing(carrier, channel)):
        gates.rest(carrier, settings.get().breaker_rest_s, gates.BREAKER, now, channel)
    elif len(silent) < len(proofs):
        gates.probed(carrier, channel)


def _proof(result: Result) -> Proof | None:
    return result.answer.proof if isinstance(result.answer, CarrierError) else None


def _claim(carrier: Carrier, worker: str, size: int) -> tuple[Batch, float]:
    """A batch, and when its claim began. Waiting for others comes before: the hour that is looked at must be the hour."""
    with db.transaction():
        gates.hold(carrier.name)
        claimed_at = time.monotonic()
        batch = claim(carrier, worker, size, db.clock())
        mark = restored.count_up(carrier.name) if batch else None
    if mark is not None:
        restored.mirror(mark)
    return batch, claimed_at


def _worth_waiting(carrier: Carrier) -> bool:
    """Is something due that only the pace holds back?"""
    try:
        return due_now(carrier.name, db.clock())
    finally:
        db.end_reading()


def _next_size(size: int, ran_dry: bool, waited_s: float) -> int:
    """A larger batch when the wire had nothing left, half of it when messages waited too long for a hand."""
    if waited_s > 2 * BATCH_S:
        return max(FIRST_BATCH, size // 2)
    growth = 4 if waited_s < BATCH_S / 8 else 2
    return min(MOST_BATCH, size * growth) if ran_dry and waited_s < BATCH_S else size


def note(carrier: str, results: Sequence[Result], now: datetime) -> int:
    """Write down what came of a batch. Returns how many were accepted.

    Everybody who takes several rows takes them in this order: gate, campaign, messages, their names, phones, days,
    money. Otherwise a claim, a callback and this wait for each other, and PostgreSQL ends one of them.
    """
    outcomes: dict[tuple[str, str], list[Claimed]] = defaultdict(list)
    for result in results:
        outcomes[_outcome(result)].append(result.claimed)
        if isinstance(result.answer, CarrierError):
            _slow_down(carrier, result.claimed.channel, result.answer, now)
    held = messages.hold([result.claimed.id for result in results])
    messages.remember_refs(
        (result.claimed.id, carrier, result.answer.carrier_id)
        for result in results
        if isinstance(result.answer, Accepted)
    )
    _obey(results, now)
    _uncount(outcomes, now)
    for (state, code), batch in outcomes.items():
        if state != "accepted":
            due = now + timedelta(seconds=uniform(2, 6)) if state == "ready" else None  # noqa: S311  (jitter, not a secret)
            messages.leave([claimed.id for claimed in batch], state, code, now, due)
    accepted = outcomes["accepted", ""]
    messages.fold({claimed.id: [(Status("accepted"), now)] for claimed in accepted}, held)
    return len(accepted)


def _outcome(result: Result) -> tuple[str, str]:
    """The state that follows, and the code that says why."""
    if result.answer is None:
        return "ready", "late"
    if isinstance(result.answer, Accepted):
        return "accepted", ""
    return NEXT[result.answer.proof].state, result.answer.code


def _slow_down(carrier: str, channel: str, error: CarrierError, now: datetime) -> None:
    follows = NEXT[error.proof]
    if follows.close_gate:
        gates.close(carrier, error.code, channel)
    if follows.rest_s:
        gates.rest(carrier, error.retry_after_s or follows.rest_s, error.code, now, channel)


def _obey(results: Sequence[Result], now: datetime) -> None:
    """Numbers that told the carrier to stop have told us."""
    for result in results:
        if isinstance(result.answer, CarrierError) and NEXT[result.answer.proof].opt_out:
            phone = phones.find(result.claimed.phone_id)
            if phone is not None:
                phones.opt_out(phone, now)


def _uncount(outcomes: dict[tuple[str, str], list[Claimed]], now: datetime) -> None:
    unsent = [batch for (state, _code), batch in outcomes.items() if state in ("ready", "failed")]
    for channel in CHANNELS:
        these = [one for batch in unsent for one in batch if one.campaign_id and one.channel == channel]
        hours.uncount_contacts([one.phone_id for one in these], now, channel)


def fence(worker: str) -> int:
    """After any failure a worker first says of its own unfinished rows that nobody knows whether they went out."""
    with db.transaction():
        return messages.abandon(worker, db.clock())
