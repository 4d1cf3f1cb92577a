"""What a person does with a phone on the page: call, pick up, press a key, hang up. Plain forms, no script needed."""

from __future__ import annotations

from aiohttp import web

from village import numbers
from village.call_habits import KEYS, KINDS
from village.calls import Call
from village.control import refuse_other_sites
from village.network import Network
from village.pages import back
from village.rest import NETWORK


async def call(request: web.Request) -> web.Response:
    """This phone calls the office."""
    network, number = _phone(request)
    if not network.settings.can_be_called:
        return back(number, "Văn phòng chưa có số nhận cuộc gọi.")
    if number not in network.calls.running:
        network.calling.dial_in(number, str(request.url.origin()), KINDS["by_hand"])
    return back(number)


async def pick_up(request: web.Request) -> web.Response:
    network, number = _phone(request)
    running = _running(network, number)
    if running is not None:
        network.calling.exchange.pick_up(running)
    return back(number)


async def hang_up(request: web.Request) -> web.Response:
    network, number = _phone(request)
    running = _running(network, number)
    if running is not None:
        network.calling.exchange.hang_up(running)
    return back(number)


async def key(request: web.Request) -> web.Response:
    network, number = _phone(request)
    running, digit = _running(network, number), str((await request.post()).get("key", ""))
    if running is None or running.status != "in-progress":
        return back(number, "Máy này không có cuộc gọi nào, nên chưa bấm phím được.")
    if digit not in KEYS:
        return back(number, "Chỉ bấm được một phím: 0 đến 9, * hoặc #.")
    network.calling.exchange.press(running, digit, typed=True)
    return back(number)


async def hand(request: web.Request) -> web.Response:
    """Take this phone in hand, so that it rings until somebody on the page picks it up, or put it down again."""
    network, number = _phone(request)
    told = network.habits.calls.phones
    if told.get(number) == "by_hand":
        del told[number]
    else:
        told[number] = "by_hand"
    network.phones.changed(number)
    return back(number)


def _phone(request: web.Request) -> tuple[Network, str]:
    refuse_other_sites(request)
    network, number = request.app[NETWORK], request.match_info["number"]
    if not numbers.is_mobile(number) and network.phones.get(number) is None:
        raise web.HTTPNotFound(text="Không có máy này.\n")
    return network, number


def _running(network: Network, number: str) -> Call | None:
    return network.calls.running.get(number)


DOORS = {"call": call, "pick-up": pick_up, "hang-up": hang_up, "key": key, "hand": hand}


def add_routes(app: web.Application) -> None:
    for name, door in DOORS.items():
        app.router.add_post(f"/phones/{{number}}/{name}", door)
