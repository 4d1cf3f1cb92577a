"""Twilio's REST paths: what came in, which verb of the network, what goes out in Twilio's words."""

from __future__ import annotations

import asyncio
import base64
import functools
import hmac
import json
import socket
import struct
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from aiohttp import web

from village import listing, orders
from village.errors import TwilioError
from village.messages import API_VERSION, Message, rfc2822
from village.network import Network

NETWORK = web.AppKey("network", Network)
REFUSED = web.AppKey("refused", Counter[int])
BASIC = web.AppKey("basic", bytes)
STARTED = web.AppKey("started", float)

T = TypeVar("T")


class Accepted(Protocol):
    """A message or a call that was taken."""

    def as_json(self) -> dict[str, object]: ...


Door = Callable[[web.Request], Awaitable[web.StreamResponse]]

REFUSALS = {"429": 20429, "401": 20003, "500_refused": 20500}  # fault → code
STRANGE_PAGE = "<!doctype html><title>Wi-Fi</title><p>Please log in to this network."

ACCOUNT = f"/{API_VERSION}/Accounts/{{account}}"
MESSAGES = f"{ACCOUNT}/Messages.json"
MESSAGE = f"{ACCOUNT}/Messages/{{sid:[A-Za-z0-9]+}}.json"


def basic_auth(account_sid: str, auth_token: str) -> bytes:
    return b"Basic " + base64.b64encode(f"{account_sid}:{auth_token}".encode())


def twilio_door(door: Door) -> Door:
    """Check the key, turn refusals into Twilio's error bodies, and hold the answer back by ``latency_ms``."""

    @functools.wraps(door)
    async def guarded(request: web.Request) -> web.StreamResponse:
        try:
            _let_in(request)
            answer = await door(request)
        except TwilioError as refusal:
            request.app[REFUSED][refusal.code] += 1
            answer = _refusal(refusal)
        latency = request.app[NETWORK].faults.table["latency_ms"]
        if latency:
            await asyncio.sleep(latency / 1000)
        return answer

    return guarded


def _let_in(request: web.Request) -> None:
    given = request.headers.get("Authorization", "").encode()
    if not hmac.compare_digest(given, request.app[BASIC]):
        raise TwilioError(20003)
    if request.match_info["account"] != request.app[NETWORK].settings.account_sid:
        raise TwilioError(20404, path=request.path)


def _refusal(refusal: TwilioError) -> web.Response:
    headers = {"WWW-Authenticate": 'Basic realm="Twilio API"'} if refusal.status == 401 else None
    return json_answer(refusal.body(), refusal.status, headers)


def json_answer(
    body: dict[str, object], status: int = 200, headers: dict[str, str] | None = None
) -> web.Response:
    text = json.dumps(body, ensure_ascii=False)
    return web.Response(text=text, status=status, headers=headers, content_type="application/json")


@twilio_door
async def create(request: web.Request) -> web.StreamResponse:
    network = request.app[NETWORK]
    form = {name: str(value) for name, value in (await request.post()).items()}
    return await taking(request, lambda: orders.read(form, network), network.accept)


async def taking(
    request: web.Request, read: Callable[[], T], accept: Callable[[T], Accepted]
) -> web.StreamResponse:
    """Take what ``read`` finds in the request (or refuses), on good days and with the faults of bad ones."""
    faults = request.app[NETWORK].faults
    fault = faults.for_create()
    if fault in REFUSALS:
        raise TwilioError(REFUSALS[fault])
    if fault == "reset":
        return _cut(request)
    if fault == "html":
        return web.Response(text=STRANGE_PAGE, content_type="text/html")
    order = read()
    if fault == "accept_late":
        asyncio.get_running_loop().call_later(faults.table["accept_late_s"], accept, order)
        return await _never()
    return await _answer_accepted(accept(order), fault)


async def _answer_accepted(accepted: Accepted, fault: str) -> web.StreamResponse:
    if fault == "500_accepted":
        raise TwilioError(20500)
    if fault == "accept_then_hang":
        return await _never()
    answer = json_answer(accepted.as_json(), 201)
    if fault == "bad_json":
        answer.text = str(answer.text)[: len(str(answer.text)) // 2]
    return answer


async def _never() -> web.StreamResponse:
    """No answer until the client gives up: the server cancels this door when the connection ends."""
    await asyncio.Event().wait()
    raise AssertionError("nobody sets this event")


def _cut(request: web.Request) -> web.Response:
    """End the connection with a TCP reset instead of an answer."""
    transport = request.transport
    if transport is not None:
        connection = transport.get_extra_info("socket")
        if connection is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    return web.Response(status=500)


@twilio_door
async def fetch(request: web.Request) -> web.StreamResponse:
    spoil_reading(request)
    return json_answer(_named(request).as_json())


@twilio_door
async def update(request: web.Request) -> web.StreamResponse:
    """Take a message back (``Status=canceled``) or wipe its text (an empty ``Body``), never both."""
    message, form = _named(request), await request.post()
    status, body = form.get("Status"), form.get("Body")
    if (status is None) == (body is None) or status not in (None, "canceled") or body not in (None, ""):
        raise TwilioError(30400)
    if status is not None:
        if message.status != "queued":
            raise TwilioError(30409)
        request.app[NETWORK].cancel(message)
    else:
        if not message.is_final:
            raise TwilioError(20009, sid=message.sid)
        request.app[NETWORK].wipe(message)
    return json_answer(message.as_json())


def _named(request: web.Request) -> Message:
    message = request.app[NETWORK].ledger.get(request.match_info["sid"])
    if message is None:
        raise TwilioError(20404, path=request.path)
    return message


@twilio_door
async def list_messages(request: web.Request) -> web.StreamResponse:
    spoil_reading(request)
    network = request.app[NETWORK]
    hidden_for = network.faults.table["list_lag_s"]
    return json_answer(
        listing.page(listing.MESSAGES, network.ledger, request.path, dict(request.query), hidden_for)
    )


def spoil_reading(request: web.Request) -> None:
    if request.app[NETWORK].faults.strikes_list():
        raise TwilioError(20500)


@twilio_door
async def account(request: web.Request) -> web.StreamResponse:
    sid, started = request.app[NETWORK].settings.account_sid, rfc2822(request.app[STARTED])
    uri = f"/{API_VERSION}/Accounts/{sid}"
    return json_answer(
        {
            "sid": sid,
            "friendly_name": "Làng diễn tập",
            "status": "active",
            "type": "Full",
            "auth_token": None,
            "owner_account_sid": sid,
            "date_created": started,
            "date_updated": started,
            "uri": f"{uri}.json",
            "subresource_uris": {"calls": f"{uri}/Calls.json", "messages": f"{uri}/Messages.json"},
        }
    )


@twilio_door
async def missing(request: web.Request) -> web.StreamResponse:
    """Every other path or method below an account."""
    raise TwilioError(20404, path=request.path)


@twilio_door
async def wrong_method(request: web.Request) -> web.StreamResponse:
    raise TwilioError(20004)


def add_routes(app: web.Application) -> None:
    app.router.add_post(MESSAGES, create)
    app.router.add_get(MESSAGES, list_messages)
    app.router.add_get(MESSAGE, fetch)
    app.router.add_post(MESSAGE, update)
    app.router.add_get(f"{ACCOUNT}.json", account)
    for path in (MESSAGES, MESSAGE, f"{ACCOUNT}.json"):
        app.router.add_route("*", path, wrong_method)
    app.router.add_route("*", f"{ACCOUNT}/{{rest:.*}}", missing)
