"""How Twilio's SDK reaches Twilio: pooled connections, time-outs always, retries and redirects never.

Two clients, since the SDK has two interfaces: the plain one for a question now and then, the asyncio one for sending.
"""

from __future__ import annotations

import base64
import logging
from functools import cache
from typing import Any, Self
from urllib.parse import urlencode

import aiohttp
import urllib3
from twilio.http import AsyncHttpClient, HttpClient
from twilio.http.response import Response
from yarl import URL

from service.carriers.base import CarrierError, Proof

DEFAULT_HOST = "https://api.twilio.com"
CONNECT_S = 5.0
NOWHERE = URL()
MOST_BYTES = 1_000_000  # of an answer; Twilio's have about a thousand


class PooledHttpClient(HttpClient):  # type: ignore[misc]  # the SDK has no types
    """The SDK's requests over one urllib3 pool: time-outs always, retries and redirects never."""

    def __init__(self, api_url: str, read_s: float) -> None:
        super().__init__(logging.getLogger("twilio.http_client"), is_async=False, timeout=read_s)
        self._api_url = api_url.rstrip("/")
        self._pool = urllib3.PoolManager(
            num_pools=2,
            retries=False,
            timeout=urllib3.Timeout(connect=CONNECT_S, read=read_s),
        )

    def request(
        self,
        method: str,
        uri: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        url = uri.replace(DEFAULT_HOST, self._api_url, 1)
        if params:
            url += "?" + urlencode(params, doseq=True)
        body = urlencode(data, doseq=True) if data else None
        answer = self._pool.request(
            method.upper(),
            url,
            body=body,
            headers=_with_login(headers, auth),
            redirect=False,
            preload_content=False,
        )
        text = _bounded(answer)
        if answer.status >= 500:  # the SDK would believe another status that the body may name
            raise CarrierError(str(answer.status), Proof.NOTHING)
        return Response(answer.status, text, answer.headers)


def _bounded(answer: urllib3.BaseHTTPResponse) -> str:
    body = answer.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        answer.close()
        raise CarrierError("endless_answer", Proof.NOTHING)
    answer.release_conn()
    return body.decode("utf-8", "replace")


class AsyncPooledHttpClient(AsyncHttpClient):  # type: ignore[misc]  # the SDK has no types
    """The SDK's asyncio requests over one aiohttp session. The SDK's own client has no time-outs, writes numbers into
    its log, and takes half as long again: encoding a form in Python alone is a sixth of a request."""

    def __init__(self, api_url: str, read_s: float) -> None:
        super().__init__(logging.getLogger("twilio.async_http_client"), is_async=True, timeout=read_s)
        self._api_url = api_url.rstrip("/")
        self._urls: dict[str, URL] = {}
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0),  # the caller limits what is under way
            timeout=aiohttp.ClientTimeout(total=CONNECT_S + read_s, sock_connect=CONNECT_S),
            cookie_jar=aiohttp.DummyCookieJar(),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_problem: object) -> None:
        await self._session.close()

    async def request(
        self,
        method: str,
        uri: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        if params:
            raise ValueError("questions go over the other client")
        url = self._urls.get(uri)
        if url is None:
            url = self._urls[uri] = URL(uri.replace(DEFAULT_HOST, self._api_url, 1), encoded=True)
        form: Any = data or {}
        body = NOWHERE.with_query(form).raw_query_string.encode()  # a form is written like a query
        async with self._session.request(
            method, url, data=body, headers=_with_login(headers, auth), allow_redirects=False
        ) as answer:
            if answer.status >= 500:  # the SDK would believe another status that the body may name
                raise CarrierError(str(answer.status), Proof.NOTHING)
            return Response(answer.status, await _text(answer), answer.headers)


def _with_login(headers: dict[str, str] | None, auth: tuple[str, str] | None) -> dict[str, str]:
    if not auth:
        return dict(headers or {})
    return {**(headers or {}), "Authorization": _login(auth)}


@cache
def _login(auth: tuple[str, str]) -> str:
    return "Basic " + base64.b64encode(":".join(auth).encode()).decode()


async def _text(answer: aiohttp.ClientResponse) -> str:
    """The body, as long as it is an answer of Twilio's and not something endless."""
    body = b""
    while piece := await answer.content.readany():
        body += piece
        if len(body) > MOST_BYTES:
            raise CarrierError("endless_answer", Proof.NOTHING)
    return body.decode("utf-8", "replace")
