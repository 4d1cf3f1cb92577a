"""For those who stage and judge a rehearsal: what was accepted, what was answered, which faults are played."""

from __future__ import annotations

import json
from collections.abc import Iterable
from heapq import merge
from itertools import islice
from operator import itemgetter

from aiohttp import web

from village.calls import key_as_answer
from village.faults import read_table
from village.network import Network
from village.rest import NETWORK, REFUSED

LINES_AT_ONCE = 500


async def log(request: web.Request) -> web.StreamResponse:
    """Every accepted request as JSON lines, in the order accepted. ``?after=N`` leaves out the first N."""
    network = request.app[NETWORK]
    sent = ((message.order, message.as_log()) for message in tuple(network.ledger.accepted))
    placed = ((call.order, call.as_log()) for call in tuple(network.calls.accepted))
    return await lines(request, (line for _, line in merge(sent, placed, key=itemgetter(0))))


async def answers(request: web.Request) -> web.StreamResponse:
    """Every answer that a phone sent and every key it pressed as JSON lines, in order. ``?after=N`` leaves out the first N."""
    network = request.app[NETWORK]
    sent = ((answer.message.order, answer.as_json()) for answer in tuple(network.ledger.answers))
    pressed = ((key.order, key_as_answer(key)) for key in tuple(network.calls.keys))
    return await lines(request, (line for _, line in merge(sent, pressed, key=itemgetter(0))))


async def lines(request: web.Request, records: Iterable[dict[str, object]]) -> web.StreamResponse:
    wanted = islice(records, _after(request), None)
    response = web.StreamResponse(headers={"Content-Type": "application/x-ndjson; charset=utf-8"})
    await response.prepare(request)
    while written := [json.dumps(record, ensure_ascii=False) for record in islice(wanted, LINES_AT_ONCE)]:
        await response.write("".join(f"{line}\n" for line in written).encode())
    await response.write_eof()
    return response


def _after(request: web.Request) -> int:
    raw = request.query.get("after", "0")
    if not (raw.isascii() and raw.isdigit() and len(raw) <= 9):
        raise web.HTTPBadRequest(text="after must be a whole number\n")
    return int(raw)


async def state(request: web.Request) -> web.Response:
    """Counters. ``idle`` is true when nothing is on its way in either direction."""
    network = request.app[NETWORK]
    return web.json_response(counters(network) | {"refused": _named(request.app[REFUSED])})


def counters(network: Network) -> dict[str, object]:
    ledger, courier, calls = network.ledger, network.courier, network.calls
    statuses = {status: many for status, many in ledger.statuses.items() if many}
    return {
        "accepted": sum(statuses.values()) + calls.placed,
        "delivered": statuses.get("delivered", 0),
        "statuses": statuses,
        "answers": sum(network.hooks.values()),
        "callbacks": {**network.callbacks.counts, "waiting": courier.waiting - network.hooks["waiting"]},
        "hooks": dict(network.hooks),
        "calls": {
            "accepted": calls.placed,
            "running": network.calling.running,
            "statuses": {status: many for status, many in calls.statuses.items() if many},
            "keys": calls.pressed,
            "recordings": len(network.calling.exchange.shelf),
        },
        "faults_played": _named(network.faults.played),
        "on_the_way": network.on_the_way,
        "thinking": network.thinking,
        "idle": not (network.on_the_way or network.thinking or courier.waiting or network.calling.running),
        "phones": len(network.phones),
        "forgotten": ledger.forgotten + calls.forgotten,
        "seed": network.settings.seed,
    }


def _named(counter: dict[int, int] | dict[str, int]) -> dict[str, int]:
    return {str(name): many for name, many in counter.items()}


async def show_faults(request: web.Request) -> web.Response:
    return web.json_response(request.app[NETWORK].faults.table)


async def change_faults(request: web.Request) -> web.Response:
    """The whole new table; what is not named is off from now on, so ``{}`` ends all faults."""
    faults = request.app[NETWORK].faults
    try:
        faults.change(read_table(await json_of(request)))
    except ValueError as problem:
        return wrong(problem)
    return web.json_response(faults.table)


async def show_behaviour(request: web.Request) -> web.Response:
    return web.json_response(request.app[NETWORK].habits.as_json())


async def change_behaviour(request: web.Request) -> web.Response:
    """See ``Habits.change`` for the wishes that are understood."""
    habits = request.app[NETWORK].habits
    try:
        habits.change(await json_of(request))
    except ValueError as problem:
        return wrong(problem)
    return web.json_response(habits.as_json())


async def json_of(request: web.Request) -> object:
    refuse_other_sites(request)
    try:
        return json.loads(await request.text())
    except ValueError as problem:
        raise ValueError(f"the body is not JSON ({problem}).") from problem


def wrong(problem: ValueError) -> web.Response:
    return web.json_response({"problem": str(problem)}, status=400)


def refuse_other_sites(request: web.Request) -> None:
    """A page from elsewhere, open in the same browser, must not play with the village."""
    origin = request.headers.get("Origin")
    if origin is not None and origin.partition("://")[2] != request.host:
        raise web.HTTPForbidden(text="This page may only be used from the village itself.\n")


def add_routes(app: web.Application) -> None:
    app.router.add_get("/log", log)
    app.router.add_get("/answers", answers)
    app.router.add_get("/state", state)
    app.router.add_get("/faults", show_faults)
    app.router.add_post("/faults", change_faults)
    app.router.add_get("/behaviour", show_behaviour)
    app.router.add_post("/behaviour", change_behaviour)
