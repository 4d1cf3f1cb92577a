"""Twilio's REST paths for calls and recordings."""

from __future__ import annotations

from aiohttp import web

from village import call_orders, listing
from village.calls import Call, Wish
from village.errors import TwilioError
from village.rest import ACCOUNT, NETWORK, json_answer, spoil_reading, taking, twilio_door, wrong_method

CALLS = f"{ACCOUNT}/Calls.json"
CALL = f"{ACCOUNT}/Calls/{{sid:[A-Za-z0-9]+}}.json"
RECORDING = f"{ACCOUNT}/Recordings/{{sid:[A-Za-z0-9]+}}{{ending:(\\.wav)?}}"
RECORDING_ITSELF = f"{ACCOUNT}/Recordings/{{sid:[A-Za-z0-9]+}}.json"
Form = dict[str, str]


@twilio_door
async def create(request: web.Request) -> web.StreamResponse:
    network = request.app[NETWORK]
    posted = await request.post()
    form = {name: str(value) for name, value in posted.items()}
    events = [str(value) for value in posted.getall("StatusCallbackEvent", [])]
    address = str(request.url.origin())

    def read() -> Wish:
        return call_orders.read(form, events, network, address)

    return await taking(request, read, network.calling.place)


@twilio_door
async def fetch(request: web.Request) -> web.StreamResponse:
    spoil_reading(request)
    return json_answer(_named(request).as_json())


@twilio_door
async def update(request: web.Request) -> web.StreamResponse:
    """Take a call back, end it, or send it to another document."""
    call, exchange = _named(request), request.app[NETWORK].calling.exchange
    form = {name: str(value) for name, value in (await request.post()).items()}
    change = call_orders.read_update(form, call)
    if change.script is not None:
        exchange.redirect(call, change.script)
    elif change.status is not None:
        {"canceled": exchange.cancel, "completed": exchange.complete}[change.status](call)
    return json_answer(call.as_json())


def _named(request: web.Request) -> Call:
    call = request.app[NETWORK].calls.get(request.match_info["sid"])
    if call is None:
        raise TwilioError(20404, path=request.path)
    return call


@twilio_door
async def list_calls(request: web.Request) -> web.StreamResponse:
    spoil_reading(request)
    network = request.app[NETWORK]
    hidden_for = network.faults.table["list_lag_s"]
    return json_answer(
        listing.page(listing.CALLS, network.calls, request.path, dict(request.query), hidden_for)
    )


async def recording(request: web.Request) -> web.StreamResponse:
    """The audio, whole or the part that is asked for. As with Twilio's default, who knows the address needs no key."""
    found = request.app[NETWORK].calling.exchange.shelf.get(request.match_info["sid"])
    if request.app[NETWORK].faults.strikes_recording():
        found = None
    if found is None or request.match_info["account"] != request.app[NETWORK].settings.account_sid:
        raise web.HTTPNotFound(text="There is no such recording.\n")
    body = found.wav()
    headers = {"Accept-Ranges": "bytes"}
    part = _range(request, len(body))
    if part is None:
        return web.Response(body=body, content_type="audio/x-wav", headers=headers)
    headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{len(body)}"
    return web.Response(
        body=body[part.start : part.stop], status=206, content_type="audio/x-wav", headers=headers
    )


@twilio_door
async def delete_recording(request: web.Request) -> web.StreamResponse:
    if not request.app[NETWORK].calling.exchange.shelf.delete(request.match_info["sid"]):
        raise TwilioError(20404, path=request.path)
    return web.Response(status=204)


def _range(request: web.Request, size: int) -> range | None:
    """The bytes that are asked for; None when it is the whole. Raises HTTP 416."""
    if "Range" not in request.headers:
        return None
    try:
        start, stop, _ = request.http_range.indices(size)
    except ValueError:
        start, stop = 0, 0
    if start >= stop:
        raise web.HTTPRequestRangeNotSatisfiable(headers={"Content-Range": f"bytes */{size}"})
    return range(start, stop)


def add_routes(app: web.Application) -> None:
    app.router.add_post(CALLS, create)
    app.router.add_get(CALLS, list_calls)
    app.router.add_get(CALL, fetch)
    app.router.add_post(CALL, update)
    app.router.add_get(RECORDING, recording)
    app.router.add_delete(RECORDING_ITSELF, delete_recording)
    for path in (CALLS, CALL):
        app.router.add_route("*", path, wrong_method)
