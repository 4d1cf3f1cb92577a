"""Where recordings lie, and the addresses at which a carrier fetches them: not to be guessed, and of no use after a week.

A file is named by its content, so it is written once, never changed, and one address always plays the same.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import tempfile
from contextlib import suppress
from datetime import datetime
from functools import cache
from pathlib import Path

from itsdangerous import Signer

from service import settings

DAYS, DAY_S = 7, 24 * 60 * 60
FETCH = "/recordings"
_TOKEN = re.compile(r"([0-9a-f]{64})-([0-9]{1,6})-([0-9a-f]{64})", re.ASCII)


def keep(wav: bytes) -> str:
    """Write it to the disk, whole or not at all. Returns its name: the SHA-256 of its content."""
    name = hashlib.sha256(wav).hexdigest()
    path = path_of(name)
    if path.is_file() and path.stat().st_size == len(wav):
        return name
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, unfinished = tempfile.mkstemp(dir=path.parent, prefix=".")  # mode 600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(wav)
            file.flush()
            os.fsync(file.fileno())
        Path(unfinished).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(unfinished).unlink()
        raise
    _sync(path.parent)
    return name


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def path_of(name: str) -> Path:
    return settings.get().data / "recordings" / f"{name}.wav"


def address(name: str, now: datetime) -> str:
    """Where a carrier fetches it for at least DAYS days. The same all day, so that what it fetched serves many calls."""
    return f"{settings.get().public_url}{FETCH}/{token_of(name, int(now.timestamp()) // DAY_S + DAYS)}.wav"


def token_of(name: str, last_day: int) -> str:
    """``last_day``: days since 1970, UTC."""
    said = f"{name}-{last_day}"
    signature = hmac.digest(_key(settings.get().secret_key), said.encode(), "sha256")
    return f"{said}-{signature.hex()}"


def named_by(token: str, now: datetime) -> Path | None:
    """The file that this token names; none when the token is not ours or its time is up, or there is no file."""
    match = _TOKEN.fullmatch(token)
    if match is None or int(match[2]) < int(now.timestamp()) // DAY_S:
        return None
    if not hmac.compare_digest(token_of(match[1], int(match[2])), token):
        return None
    path = path_of(match[1])
    return path if path.is_file() else None


@cache
def _key(secret_key: str) -> bytes:
    key: bytes = Signer(secret_key, salt=b"recording").derive_key()
    return key
