"""The village as one web application: Twilio's paths, the judge's paths and the page of phones."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import AsyncIterator

from aiohttp import web

from village import call_control, call_pages, call_rest, control, pages, rest
from village.network import Network
from village.settings import Settings

LARGEST_REQUEST = 64 * 1024


def make_app(settings: Settings) -> web.Application:
    app = web.Application(client_max_size=LARGEST_REQUEST)
    app[rest.NETWORK] = Network(settings)
    app[rest.REFUSED] = Counter()
    app[rest.BASIC] = rest.basic_auth(settings.account_sid, settings.auth_token)
    app[rest.STARTED] = time.time()
    call_rest.add_routes(app)
    rest.add_routes(app)  # behind it: its last route takes every other path of an account
    control.add_routes(app)
    call_control.add_routes(app)
    pages.add_routes(app)
    call_pages.add_routes(app)
    app.cleanup_ctx.append(_courier)
    app.cleanup_ctx.append(_calls)
    return app


async def _courier(app: web.Application) -> AsyncIterator[None]:
    courier = app[rest.NETWORK].courier
    await courier.start()
    yield
    await courier.stop()


async def _calls(app: web.Application) -> AsyncIterator[None]:
    calling = app[rest.NETWORK].calling
    await calling.exchange.fetcher.start()
    yield
    await calling.stop()
    await calling.exchange.fetcher.stop()
