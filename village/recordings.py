"""What <Record> has recorded: kept for a while and served as WAV, whole or in ranges."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field

from village import audio
from village.messages import API_VERSION

KEPT = 1000


@dataclass(frozen=True)
class Recording:
    sid: str
    url: str
    seconds: int
    created_at: float
    silent: bool = False

    def wav(self) -> bytes:
        return audio.silence(self.seconds) if self.silent else audio.speech(self.seconds)


@dataclass
class Shelf:
    account: str
    _by_sid: dict[str, Recording] = field(default_factory=dict)

    def put(self, address: str, seconds: int, silent: bool = False) -> Recording:
        """A new recording that can be fetched below ``address``."""
        sid = "RE" + secrets.token_hex(16)
        url = f"{address}/{API_VERSION}/Accounts/{self.account}/Recordings/{sid}"
        self._by_sid[sid] = Recording(sid, url, seconds, time.time(), silent)
        if len(self._by_sid) > KEPT:
            del self._by_sid[next(iter(self._by_sid))]
        return self._by_sid[sid]

    def delete(self, sid: str) -> bool:
        """False: there is none."""
        return self._by_sid.pop(sid, None) is not None

    def __len__(self) -> int:
        return len(self._by_sid)

    def get(self, sid: str) -> Recording | None:
        return self._by_sid.get(sid)
