"""For those who stage and judge a rehearsal with calls: what became of each, and villagers who call or press a key."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from village import numbers
from village.call_habits import KEYS, CallKind, read_kind
from village.calls import Call
from village.control import json_of, lines, wrong
from village.network import Network
from village.rest import NETWORK

MOST_KEYS = 50


async def stories(request: web.Request) -> web.StreamResponse:
    """Every call of all directions as JSON lines, in the order accepted. ``?after=N`` leaves out the first N."""
    return await lines(request, (call.as_story() for call in request.app[NETWORK].calls.all()))


async def dial_in(request: web.Request) -> web.Response:
    """A villager calls our number: ``{"from": "+84912000345"}``, with what he or she does as in ``call_phones``."""
    network = request.app[NETWORK]
    try:
        number, kind = _caller(await json_of(request), network)
    except ValueError as problem:
        return wrong(problem)
    call = network.calling.dial_in(number, str(request.url.origin()), kind)
    return web.json_response(call.as_story(), status=201)


def _caller(wish: object, network: Network) -> tuple[str, CallKind]:
    if not isinstance(wish, Mapping) or not isinstance(wish.get("from"), str):
        raise ValueError('the wish must be a JSON object such as {"from": "+84912000345"}.')
    if not network.settings.can_be_called:
        raise ValueError("nobody can call: VILLAGE_VOICE_URL or the number to call is missing.")
    number = numbers.read(wish["from"])
    if number in network.calls.running:
        raise ValueError("this phone is in a call already.")
    kind = read_kind({name: value for name, value in wish.items() if name != "from"})
    return number, kind if isinstance(kind, CallKind) else CallKind()


async def act(request: web.Request) -> web.Response:
    """What a phone does in its call: ``{"do": "pick_up"}``, ``{"do": "hang_up"}`` or ``{"keys": "19"}``."""
    network = request.app[NETWORK]
    call = network.calls.get(request.match_info["sid"])
    if call is None:
        raise web.HTTPNotFound(text="There is no such call.\n")
    try:
        _act(network, call, await json_of(request))
    except ValueError as problem:
        return wrong(problem)
    return web.json_response(call.as_story())


def _act(network: Network, call: Call, wish: object) -> None:
    exchange = network.calling.exchange
    deeds = {"pick_up": exchange.pick_up, "hang_up": exchange.hang_up}
    if not isinstance(wish, Mapping):
        raise ValueError('the wish must be a JSON object such as {"keys": "1"}.')
    keys, deed = wish.get("keys", ""), deeds.get(str(wish.get("do")))
    if not isinstance(keys, str) or not set(keys) <= KEYS or len(keys) > MOST_KEYS or not (keys or deed):
        raise ValueError(f'"do" must be one of {", ".join(deeds)}, or "keys" the keys to press.')
    if keys and call.status != "in-progress":
        raise ValueError(
            f"keys can be pressed only in a call that is in progress, this one is {call.status}."
        )
    for key in keys:
        exchange.press(call, key, typed=True)
    if deed is not None:
        deed(call)


def add_routes(app: web.Application) -> None:
    app.router.add_get("/calls", stories)
    app.router.add_post("/calls", dial_in)
    app.router.add_post("/calls/{sid}", act)
