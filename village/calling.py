"""Every call that is going on, each as a task of its own: those we place and those that villagers make."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import structlog

from village.call_habits import CallKind
from village.calls import Call, Wish
from village.conversation import Conversation
from village.exchange import Exchange
from village.line import Ended, PickedUp, Redirected, Script
from village.verbs import converse

# Seconds from picking up until it is known who has answered, by what MachineDetection asks for.
DETECTING = {"Enable": 3.0, "DetectMessageEnd": 3.0}
MESSAGE_ENDS = 9.0  # the greeting of a machine, from picking up to the beep
MACHINE = {"Enable": "machine_start", "DetectMessageEnd": "machine_end_beep"}

log = structlog.get_logger()


class Calling:
    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def running(self) -> int:
        return len(self._tasks)

    def place(self, wish: Wish) -> Call:
        """Take a call for placing. This is the moment that ``/log`` counts."""
        call = self.exchange.begin(wish, "outbound-api")
        self._start(call, self._outbound(call))
        return call

    def dial_in(self, number: str, address: str, kind: CallKind) -> Call:
        """A villager calls our number."""
        settings = self.exchange.settings
        wish = Wish(
            to=settings.voice_from,
            sender=number,
            script=Script(settings.voice_url),
            status_callback=settings.voice_status_url,
            address=address,
        )
        call = self.exchange.begin(wish, "inbound", kind)
        self.exchange.book.running[number] = call
        self._start(call, self._inbound(call))
        return call

    async def stop(self) -> None:
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _start(self, call: Call, course: Coroutine[Any, Any, str]) -> None:
        task = asyncio.create_task(self._run(call, course))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, call: Call, course: Coroutine[Any, Any, str]) -> None:
        status = "failed"
        try:
            status = await course
        except Ended as end:
            status = end.status
        except (PickedUp, Redirected):  # too late for it: the call was over
            status = "completed"
        except Exception:  # a bug in one call must end that call, with a status like any other
            log.exception("call.broken", sid=call.sid)
        finally:
            self.exchange.finish(call, status)

    async def _outbound(self, call: Call) -> str:
        await asyncio.sleep(0)  # the sender gets its answer first
        self.exchange.become(call, "initiated")
        outcome = await self.exchange.ring(call)
        if outcome != "answered":
            return outcome
        self.exchange.answer(call)
        talk = Conversation(self.exchange, call)
        try:
            await self._detect(call)
        except Redirected as order:
            talk.script = order.script
        await converse(talk)
        return "completed"

    async def _inbound(self, call: Call) -> str:
        self.exchange.become(call, "ringing")
        await converse(Conversation(self.exchange, call))
        return "completed"

    async def _detect(self, call: Call) -> None:
        asked = call.wish.machine_detection
        if asked not in DETECTING:
            return
        await call.line.wait(DETECTING[asked])
        call.answered_by = MACHINE[asked] if call.kind.machine else "human"
        if call.answered_by == "machine_end_beep":
            await call.line.wait(MESSAGE_ENDS - DETECTING[asked])
