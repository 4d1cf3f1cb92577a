"""The signed token in a callback address: it names a message and cannot be made up."""

from __future__ import annotations

from functools import cache

from itsdangerous import BadData, Signer
from itsdangerous.encoding import base64_decode, base64_encode

from service import settings


def token_of(message_id: int) -> str:
    signed: bytes = _signer(settings.get().secret_key).sign(base64_encode(str(message_id)))
    return signed.decode()


def message_of(token: str) -> int | None:
    """The message's id, or None when the token is not ours."""
    try:
        said = base64_decode(_signer(settings.get().secret_key).unsign(token))
    except (BadData, ValueError):
        return None
    return int(said) if said.isdigit() else None


@cache
def _signer(secret_key: str) -> Signer:
    """As URLSafeSerializer signs, without its detour over JSON and zlib."""
    return Signer(secret_key, salt=b"message")
