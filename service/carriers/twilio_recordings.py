"""Recordings that Twilio made in a call: fetched, and deleted there afterwards.

Source: https://www.twilio.com/docs/voice/api/recording. The address is made of our own base address and the recording's id;
the one that a callback names is never asked, whoever wrote it.
"""

from __future__ import annotations

import re
import time

import urllib3
from urllib3.exceptions import HTTPError

from service.carriers.base import CarrierError, Proof
from service.carriers.twilio_http import CONNECT_S
from service.carriers.twilio_proof import STATUSES, understand
from service.settings import Twilio

MOST_BYTES = 10 * 1024 * 1024  # three minutes of what a telephone carries are three million
MOST_S, READ_S = 20.0, 5.0
PIECE = 64 * 1024
GONE = "404"
_ID = re.compile(r"RE[0-9a-fA-F]{32}", re.ASCII)


class TwilioRecordings:
    """``most_s``: seconds that a recording may take to come, however it trickles."""

    def __init__(self, known: Twilio, most_s: float = MOST_S) -> None:
        self._base = f"{known.api_url}/2010-04-01/Accounts/{known.account_sid}/Recordings"
        self._headers = urllib3.make_headers(basic_auth=f"{known.account_sid}:{known.auth_token}")
        self._most_s = most_s
        self._pool = urllib3.PoolManager(
            num_pools=1, retries=False, timeout=urllib3.Timeout(connect=CONNECT_S, read=READ_S)
        )

    def fetch(self, recording_id: str) -> bytes:
        """The WAV. Raises CarrierError."""
        answer = self._ask("GET", recording_id, ".wav")
        try:
            if answer.status != 200:
                raise _refused(answer.status)
            return self._body(answer)
        except (HTTPError, OSError) as problem:
            raise understand(problem) from problem
        finally:
            answer.close()

    def delete(self, recording_id: str) -> None:
        """Raises CarrierError."""
        answer = self._ask("DELETE", recording_id, ".json")
        answer.close()
        if answer.status not in (204, 404):
            raise _refused(answer.status)

    def _ask(self, method: str, recording_id: str, ending: str) -> urllib3.BaseHTTPResponse:
        if not _ID.fullmatch(recording_id):
            raise CarrierError("no_id", Proof.REFUSED_UNKNOWN)
        try:
            return self._pool.request(
                method,
                f"{self._base}/{recording_id}{ending}",
                headers=self._headers,
                redirect=False,
                preload_content=False,
            )
        except (HTTPError, OSError) as problem:
            raise understand(problem) from problem

    def _body(self, answer: urllib3.BaseHTTPResponse) -> bytes:
        body, end = bytearray(), time.monotonic() + self._most_s
        while piece := answer.read1(PIECE):
            body += piece
            if len(body) > MOST_BYTES:
                raise CarrierError("endless_answer", Proof.NOTHING)
            if time.monotonic() > end:
                raise CarrierError("too_slow", Proof.NOTHING)
        return bytes(body)


def _refused(status: int) -> CarrierError:
    return CarrierError(str(status), STATUSES.get(status, Proof.NOTHING))
