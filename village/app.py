"""The village as one web application: Twilio's paths, the judge's paths and the page of phones."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import AsyncIterator

from aiohttp import web

from village import control, pages, rest
from village.network import Network
from village.settings import Settings

LARGEST_REQUEST = 64 * 1024


def make_app(settings: Settings) -> web.Application:
    app = web.Application(client_max_size=LARGEST_REQUEST)
    app[rest.NETWORK] = Network(settings)
    app[rest.REFUSED] = Counter()
    app[rest.BASIC] = rest.basic_auth(settings.account_sid, settings.auth_token)
    app[rest.STARTED] = time.time()
    rest.add_routes(app)
    control.add_routes(app)
    pages.add_routes(app)
    app.cleanup_ctx.append(_courier)
    return app


async def _courier(app: web.Application) -> AsyncIterator[None]:
    courier = app[rest.NETWORK].courier
    await courier.start()
    yield
    await courier.stop()
