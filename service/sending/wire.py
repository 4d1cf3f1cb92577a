"""The wire: hands claimed messages to the carrier, many at once, and keeps what came of each until it is noted."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import structlog

from service.carriers.base import Accepted, Carrier, CarrierError, Line, OutgoingSms, Proof
from service.sending import stop_file
from service.sending.claim import Claimed

STALE_S = (
    2.0  # more between the claim and the request means a frozen process, or a carrier slower than the batch
)

log = structlog.get_logger()


@dataclass(frozen=True)
class Result:
    """What came of one claimed message. ``answer`` none: it comes back unsent, because it had waited too long, the stop
    file lay there, or this worker was asked to end."""

    claimed: Claimed
    answer: Accepted | CarrierError | None


class Wire:
    """So many requests at once. One that hangs holds up nobody: the others go past it."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._queue: asyncio.Queue[tuple[Claimed, float, float]] = asyncio.Queue()
        self._longest_wait_s = 0.0
        self._results: list[Result] = []
        self._under_way = 0
        self._idle = asyncio.Event()
        self._failure: BaseException | None = None

    @property
    def waiting(self) -> int:
        """Claimed, and not handed to the carrier yet."""
        return self._queue.qsize()

    @property
    def is_empty(self) -> bool:
        """Nothing is under way, and whatever came back was fetched."""
        return self._under_way == 0 and not self._results

    def put(self, batch: Sequence[Claimed], claimed_at: float) -> None:
        """Send these next. ``claimed_at``: time.monotonic() when their claim began."""
        self._under_way += len(batch)
        now = time.monotonic()
        for one in batch:
            self._queue.put_nowait((one, claimed_at, now))

    def put_back(self) -> None:
        """Hand nothing more to the carrier: what waits comes back unsent."""
        while not self._queue.empty():
            self._came_back(Result(self._queue.get_nowait()[0], None))

    def results(self) -> list[Result]:
        """What has come back since this was asked last."""
        taken, self._results = self._results, []
        return taken

    def longest_wait_s(self) -> float:
        """How long the slowest waited here for a free hand, since this was asked last."""
        taken, self._longest_wait_s = self._longest_wait_s, 0.0
        return taken

    async def rest(self, seconds: float) -> None:
        """Wait until everything has come back, but no longer than so many seconds. Raises what ended a hand."""
        self._idle.clear()
        if self._under_way and self._failure is None:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._idle.wait(), seconds)
        if self._failure is not None:
            raise self._failure

    async def keep_sending(self) -> None:
        """One of the hands: sends one after the other until it is cancelled. What ends it otherwise ends the drain."""
        try:
            while True:
                one, claimed_at, put_at = await self._queue.get()
                self._longest_wait_s = max(self._longest_wait_s, time.monotonic() - put_at)
                self._came_back(await send(self._line, one, claimed_at))
        except asyncio.CancelledError:
            raise
        except BaseException as problem:
            self._failure = problem
            self._idle.set()

    def _came_back(self, result: Result) -> None:
        self._results.append(result)
        self._under_way -= 1
        if self._under_way == 0:
            self._idle.set()


@asynccontextmanager
async def open_wire(carrier: Carrier, in_flight: int) -> AsyncIterator[Wire]:
    """A wire with so many hands. They are gone at the end, whatever they held: the caller has waited for the results."""
    async with carrier.line() as line:
        wire = Wire(line)
        hands = [asyncio.create_task(wire.keep_sending()) for _ in range(in_flight)]
        try:
            yield wire
        finally:
            for hand in hands:
                hand.cancel()
            await asyncio.gather(*hands, return_exceptions=True)


async def send(line: Line, one: Claimed, claimed_at: float) -> Result:
    """Hand one message to the carrier. There is always a result; nothing is raised, nothing repeated."""
    if time.monotonic() - claimed_at > STALE_S or stop_file.lies_there():
        return Result(one, None)
    try:
        return Result(one, await line.send_sms(OutgoingSms(one.e164, one.text, one.token, one.valid_for_s)))
    except CarrierError as error:
        return Result(one, error)
    except Exception as problem:  # a bug of ours or the library's: the request may have left
        log.error("dispatch.bug", message=one.id, problem=type(problem).__name__)
        return Result(one, CarrierError(type(problem).__name__, Proof.NOTHING))
