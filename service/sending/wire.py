"""The wire: hands claimed messages to the carrier, many at once, beside the desk that claims and notes (dispatch.py).

The two speak over a pipe, and the wire runs in a process of its own, or in a thread. A process is what workers have: one
Python process does one thing at a time, and a desk that had to take turns with 64 requests took three times as long for a
claim, while everybody else waited for the rows that it held.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import NamedTuple

import structlog

from service.carriers.base import Accepted, Carrier, CarrierError, Line, OutgoingSms, Proof
from service.carriers.calls import OutgoingCall
from service.sending import stop_file
from service.sending.claim import Claimed
from service.sending.messages import VOICE

STALE_S = (
    2.0  # more between the claim and the request means a frozen process, or a carrier slower than the batch
)
READY_WITHIN_S = 60.0  # on a busy machine; nothing is claimed before
RING_S = 30  # five or six rings; a phone in a field is not in a pocket
MOST_S, MOST_OF_STAFF_S = (
    300,
    1200,
)  # of a call; who records listens, speaks, hears it back, and may do so again
TOGETHER_S = 0.01  # what comes back within it goes to the desk in one piece

log = structlog.get_logger()

Answer = Accepted | CarrierError | None


class Result(NamedTuple):
    """What came of one claimed message. ``answer`` none: it comes back unsent, because it had waited too long, the stop
    file lay there, or this worker was asked to end."""

    claimed: Claimed
    answer: Answer


class WireBroken(Exception):
    """The wire ended by itself: nobody here knows what became of the messages that it had."""


class Wire:
    """The desk's end. One request that hangs holds up nobody: the others go past it."""

    def __init__(self, pipe: Connection, hands: int) -> None:
        self._pipe, self._hands = pipe, hands
        self._out: dict[int, Claimed] = {}
        self._results: list[Result] = []
        self._longest_wait_s = 0.0

    def wait_until_ready(self) -> None:
        """Nothing is claimed before the line is open: it would grow stale. Raises what kept it from that."""
        if not self._pipe.poll(READY_WITHIN_S):
            raise WireBroken
        self._read(0.0)

    @property
    def under_way(self) -> int:
        """Claimed, and not come back."""
        return len(self._out)

    @property
    def waiting(self) -> int:
        """Claimed, and not handed to the carrier yet, as far as the desk can know."""
        return max(0, len(self._out) - self._hands)

    @property
    def is_dry(self) -> bool:
        """There are hands that have nothing to do."""
        return len(self._out) < self._hands

    @property
    def is_empty(self) -> bool:
        """Nothing is under way, and whatever came back was fetched."""
        return not self._out and not self._results

    def put(self, batch: Sequence[Claimed], claimed_at: float) -> None:
        """Send these next. ``claimed_at``: time.monotonic() when their claim began."""
        self._out.update((one.id, one) for one in batch)
        self._tell((batch, claimed_at))

    def put_back(self) -> None:
        """Hand nothing more to the carrier: what waits comes back unsent."""
        self._tell(None)

    def results(self) -> list[Result]:
        """What has come back since this was asked last. Raises what ended the wire."""
        self._read(0.0)
        taken, self._results = self._results, []
        return taken

    def longest_wait_s(self) -> float:
        """How long the slowest waited there for a free hand, since this was asked last."""
        taken, self._longest_wait_s = self._longest_wait_s, 0.0
        return taken

    def rest(self, seconds: float, enough: int = 0) -> None:
        """Wait until everything has come back, or only so many wait there for a free hand, but no longer than so many
        seconds. Raises what ended the wire."""
        end = time.monotonic() + seconds
        while self._out and self.waiting >= enough and (left := end - time.monotonic()) > 0:
            self._read(left)

    def _tell(self, what: tuple[Sequence[Claimed], float] | None) -> None:
        try:
            self._pipe.send(what)
        except OSError as problem:
            self._read(0.0)  # it may have said why
            raise WireBroken from problem

    def _read(self, seconds: float) -> None:
        """Take what has come, and wait so long for something to come."""
        try:
            while self._pipe.poll(seconds):
                came, seconds = self._pipe.recv(), 0.0
                if isinstance(came, BaseException):
                    raise came
                for message_id, answer, waited_s in came:
                    self._results.append(Result(self._out.pop(message_id), answer))
                    self._longest_wait_s = max(self._longest_wait_s, waited_s)
        except (EOFError, OSError) as problem:
            raise WireBroken from problem


# What runs ``serve(theirs, carrier, hands)`` beside this, until ``ours`` is closed: (ours, theirs, carrier, hands).
Beside = Callable[[Connection, Connection, Carrier, int], AbstractContextManager[None]]


@contextmanager
def in_a_thread(ours: Connection, theirs: Connection, carrier: Carrier, hands: int) -> Iterator[None]:
    """A wire in this process. It sees the very carrier that it is given."""
    thread = threading.Thread(target=serve, args=(theirs, carrier, hands), name="wire", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ours.close()
        thread.join()


@contextmanager
def open_wire(carrier: Carrier, hands: int, beside: Beside) -> Iterator[Wire]:
    """A wire with so many hands. It is gone at the end, whatever it held: the caller has waited for the results."""
    ours, theirs = Pipe()
    with beside(ours, theirs, carrier, hands):
        wire = Wire(ours, hands)
        wire.wait_until_ready()
        yield wire


# ------------------------------------------------------------------------------------------------- the other end


def serve(pipe: Connection, carrier: Carrier, hands: int) -> None:
    """Send what comes over the pipe, until the desk closes its end or is no more. Tells it what ended this otherwise."""
    try:
        asyncio.run(_Hands(pipe).work(carrier, hands))
    except BaseException as problem:
        with suppress(OSError):
            pipe.send(problem.what if isinstance(problem, _Ended) else problem)
    finally:
        pipe.close()


class _Hands:
    """So many requests at once over one line."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._queue: asyncio.Queue[tuple[Claimed, float, float]] = asyncio.Queue()
        self._back: list[tuple[int, Answer, float]] = []
        self._under_way = 0

    async def work(self, carrier: Carrier, hands: int) -> None:
        """Until the desk is gone. Raises what ended a hand."""
        loop = asyncio.get_running_loop()
        async with carrier.line() as line:
            self._over = loop.create_future()
            loop.add_reader(self._pipe.fileno(), self._read)
            tasks = [asyncio.create_task(self._keep_sending(line)) for _ in range(hands)]
            self._pipe.send([])  # ready
            try:
                await self._over
            finally:
                loop.remove_reader(self._pipe.fileno())
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    def _read(self) -> None:
        try:
            while self._pipe.poll():
                said = self._pipe.recv()
                if said is None:
                    self._put_back()
                else:
                    self._put(*said)
        except (EOFError, OSError):
            self._end(None)

    def _put(self, batch: Sequence[Claimed], claimed_at: float) -> None:
        now = time.monotonic()
        self._under_way += len(batch)
        for one in batch:
            self._queue.put_nowait((one, claimed_at, now))

    def _put_back(self) -> None:
        while not self._queue.empty():
            self._came_back(self._queue.get_nowait()[0].id, None, 0.0)

    async def _keep_sending(self, line: Line) -> None:
        """One of the hands: sends one after the other until it is cancelled. What ends it otherwise ends the wire."""
        try:
            while True:
                one, claimed_at, put_at = await self._queue.get()
                waited_s = time.monotonic() - put_at
                self._came_back(one.id, await send(line, one, claimed_at), waited_s)
        except asyncio.CancelledError:
            raise
        except BaseException as problem:
            self._end(problem)

    def _came_back(self, message_id: int, answer: Answer, waited_s: float) -> None:
        if not self._back:
            asyncio.get_running_loop().call_later(TOGETHER_S, self._tell)
        self._back.append((message_id, answer, waited_s))
        self._under_way -= 1
        if self._under_way == 0:
            self._tell()

    def _tell(self) -> None:
        if self._back:
            told, self._back = self._back, []
            try:
                self._pipe.send(told)
            except OSError:
                self._end(None)

    def _end(self, problem: BaseException | None) -> None:
        if not self._over.done():
            if problem is None:
                self._over.set_result(None)
            else:
                self._over.set_exception(_Ended(problem))


class _Ended(Exception):
    """Carries what ended a hand: a future takes no KeyboardInterrupt."""

    def __init__(self, what: BaseException) -> None:
        super().__init__(type(what).__name__)
        self.what = what


async def send(line: Line, one: Claimed, claimed_at: float) -> Answer:
    """Hand one message to the carrier. There is always an answer; nothing is raised, nothing repeated."""
    if time.monotonic() - claimed_at > STALE_S or stop_file.lies_there():
        return None
    try:
        if one.channel == VOICE:
            most_s = MOST_S if one.campaign_id else MOST_OF_STAFF_S
            return await line.place_call(OutgoingCall(one.e164, one.token, RING_S, most_s))
        return await line.send_sms(OutgoingSms(one.e164, one.text, one.token, one.valid_for_s))
    except CarrierError as error:
        return error
    except Exception as problem:  # a bug of ours or the library's: the request may have left
        log.error("dispatch.bug", message=one.id, problem=type(problem).__name__)
        return CarrierError(type(problem).__name__, Proof.NOTHING)
