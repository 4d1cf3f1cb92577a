"""A cheap client: so many connections, each sends a ready request as soon as the last one was answered."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import uniform
from urllib.parse import urlsplit

from benchmarks import loops


@dataclass
class Driven:
    """What came of it. ``latencies`` in seconds, one for each answer."""

    seconds: float = 0.0
    statuses: Counter[int] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)
    cut: int = 0  # connections that ended in the middle of an answer

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds

    def quantile_ms(self, share: float) -> float:
        """The latency that this share of the answers did not exceed."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000


def read_requests(file: Path) -> Iterator[bytes]:
    """Ready requests from a file in which each stands after its length in four bytes."""
    kept, place = file.read_bytes(), 0
    while place < len(kept):
        end = place + 4 + int.from_bytes(kept[place : place + 4], "big")
        yield kept[place + 4 : end]
        place = end


def drive(url: str, requests: Sequence[bytes], connections: int) -> Driven:
    """Send each request once. Requests are complete HTTP/1.1 with Host and Content-Length."""
    return loops.run(_drive(url, requests, connections))


async def _drive(url: str, requests: Sequence[bytes], connections: int) -> Driven:
    driven, left = Driven(), iter(requests)
    began = time.perf_counter()
    await asyncio.gather(*(_Worker(url, left, driven).work() for _ in range(connections)))
    driven.seconds = time.perf_counter() - began
    return driven


def talk(url: str, calls: Sequence[Sequence[tuple[bytes, bool]]], at_once: int, pause_s: float) -> Driven:
    """So many calls at once, each of which sends its requests one after the other with pauses of half to one and a half of
    ``pause_s``. Counted in ``latencies`` are those that somebody waits for on the phone (true)."""
    return loops.run(_talk(url, calls, at_once, pause_s))


async def _talk(
    url: str, calls: Sequence[Sequence[tuple[bytes, bool]]], at_once: int, pause_s: float
) -> Driven:
    driven, left = Driven(), iter(calls)
    began = time.perf_counter()
    await asyncio.gather(*(_Caller(url, left, driven, pause_s).work() for _ in range(at_once)))
    driven.seconds = time.perf_counter() - began
    return driven


class _Caller:
    """One call after the other, each request over a connection of its own, as a carrier's many machines make them."""

    def __init__(
        self, url: str, calls: Iterator[Sequence[tuple[bytes, bool]]], driven: Driven, pause_s: float
    ) -> None:
        parts = urlsplit(url)
        self._address = parts.hostname or "", parts.port or 80
        self._calls, self._driven, self._pause_s = calls, driven, pause_s

    async def work(self) -> None:
        for call in self._calls:
            for request, is_waited_for in call:
                await asyncio.sleep(self._pause_s * uniform(0.5, 1.5))
                await self._ask(request, is_waited_for)

    async def _ask(self, request: bytes, is_waited_for: bool) -> None:
        began = time.perf_counter()
        _transport, line = await asyncio.get_running_loop().create_connection(_Line, *self._address)
        status = await line.ask(request)
        line.close()
        if status is None:
            self._driven.cut += 1
            return
        self._driven.statuses[status] += 1
        if is_waited_for:
            self._driven.latencies.append(time.perf_counter() - began)


class _Worker:
    """One connection, made anew when the server closes it."""

    def __init__(self, url: str, requests: Iterator[bytes], driven: Driven) -> None:
        parts = urlsplit(url)
        self._address = parts.hostname or "", parts.port or 80
        self._requests, self._driven = requests, driven

    async def work(self) -> None:
        line: _Line | None = None
        for request in self._requests:
            began = time.perf_counter()
            if line is None or line.closed:
                line = await self._connect()
            status = await line.ask(request)
            if status is None:
                self._driven.cut += 1
                continue
            self._driven.statuses[status] += 1
            self._driven.latencies.append(time.perf_counter() - began)
        if line is not None:
            line.close()

    async def _connect(self) -> _Line:
        _transport, line = await asyncio.get_running_loop().create_connection(_Line, *self._address)
        return line


class _Line(asyncio.Protocol):
    """Reads answers by their Content-Length, which is all that our servers use."""

    def __init__(self) -> None:
        self.closed = False
        self._came = b""
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[int | None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]  # uvloop's is no subclass

    def ask(self, request: bytes) -> asyncio.Future[int | None]:
        """The status of the answer; None when the connection ended before it."""
        assert self._transport is not None
        self._answer = asyncio.get_running_loop().create_future()
        if self.closed:
            self._settle(None)
        self._transport.write(request)
        return self._answer

    def data_received(self, data: bytes) -> None:
        self._came += data
        head, separator, body = self._came.partition(b"\r\n\r\n")
        if not separator:
            return
        lower = head.lower()
        _before, _found, after = lower.partition(b"content-length:")
        if len(body) >= int(after.split(b"\r\n", 1)[0]):
            self._came = b""
            if b"connection: close" in lower:
                self.close()
            self._settle(int(head[9:12]))

    def connection_lost(self, _problem: Exception | None) -> None:
        self.closed = True
        self._settle(None)

    def close(self) -> None:
        self.closed = True
        if self._transport is not None:
            self._transport.close()

    def _settle(self, status: int | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(status)
