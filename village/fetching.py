"""Asking a web server during a call: for TwiML, signed and in time, and for the audio of <Play>."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from urllib.parse import urldefrag

import aiohttp
from yarl import URL

from village.errors import TwimlError
from village.webhooks import Request, overrides, problem_of, signed

LARGEST_TWIML = 64 * 1024
LARGEST_AUDIO = 40 * 1024 * 1024  # https://www.twilio.com/docs/voice/twiml/play: 40 MB
CODES = {"ct": 11205}  # every other problem is an HTTP retrieval failure
AUDIO_SECONDS = 15.0


@dataclass(frozen=True)
class Found:
    content_type: str
    body: bytes
    problem: str = ""  # the kind, see ``webhooks.overrides``
    detail: str = ""


class Fetcher:
    def __init__(self, auth_token: str) -> None:
        self._auth_token = auth_token
        self._session: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        # Shorter than a server's usual 5 s, as in the courier.
        connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=4)
        self._session = aiohttp.ClientSession(
            connector=connector,
            headers={"User-Agent": "TwilioProxy/1.1"},
            cookie_jar=aiohttp.DummyCookieJar(),
        )

    async def stop(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def twiml(self, method: str, url: str, fields: Mapping[str, str]) -> Found:
        """The answer of this address, tried again as its fragment asks. Raises TwimlError."""
        retries, began, tries = overrides(url), time.monotonic(), 0
        request = signed(self._auth_token, method, url, fields)
        # Twilio gives up a document that has not come after 15 s, however slowly it trickles: total, not per read.
        timeout = aiohttp.ClientTimeout(total=retries.read, sock_connect=retries.connect)
        while True:
            tries += 1
            found = await self._ask(request, timeout, LARGEST_TWIML)
            if not found.problem:
                break
            if not retries.again(found.problem, tries, time.monotonic() - began):
                raise TwimlError(CODES.get(found.problem, 11200), found.detail)
            await asyncio.sleep(retries.wait(tries))
        if len(found.body) > LARGEST_TWIML:
            raise TwimlError(11750)
        return found

    async def audio(self, url: str) -> Found:
        """A recording, asked for as a range as players do: a server may answer with the whole. Raises TwimlError."""
        timeout = aiohttp.ClientTimeout(total=AUDIO_SECONDS, sock_connect=5.0)
        headers = {"Range": "bytes=0-", "Accept": "audio/*"}
        request = Request("GET", URL(urldefrag(url).url), None, headers)
        found = await self._ask(request, timeout, LARGEST_AUDIO)
        if found.problem:
            raise TwimlError(CODES.get(found.problem, 11200), found.detail)
        return found

    async def _ask(self, request: Request, timeout: aiohttp.ClientTimeout, most: int) -> Found:
        if self._session is None:
            raise RuntimeError("the fetcher has not been started")
        try:
            async with self._session.request(
                request.method,
                request.url,
                data=request.body,
                headers=request.headers,
                timeout=timeout,
                allow_redirects=False,
            ) as answer:
                body = b"".join([part async for part in _parts(answer, most)])
                problem = problem_of(answer.status)
                return Found(answer.content_type, body, problem, f"HTTP {answer.status}" if problem else "")
        except (TimeoutError, aiohttp.ServerTimeoutError):
            return Found("", b"", "rt", "no answer in time")
        except (aiohttp.ClientConnectionError, OSError) as problem:
            return Found("", b"", "ct", type(problem).__name__)
        except (aiohttp.ClientError, ValueError) as problem:
            return Found("", b"", "rt", type(problem).__name__)


async def _parts(answer: aiohttp.ClientResponse, most: int) -> AsyncIterator[bytes]:
    """The body, ended soon after it is larger than allowed."""
    size = 0
    async for part in answer.content.iter_chunked(64 * 1024):
        yield part
        size += len(part)
        if size > most:
            return
