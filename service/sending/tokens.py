"""The signed token in a callback address: it names a message and cannot be made up."""

from __future__ import annotations

import hmac
from functools import cache

from itsdangerous import BadData, Signer
from itsdangerous.encoding import base64_decode, base64_encode

from service import settings

LONGEST_ID = 18  # digits; what PostgreSQL takes for a number


def token_of(message_id: int) -> str:
    name = base64_encode(str(message_id))
    signature = hmac.digest(_key(settings.get().secret_key), name, "sha1")
    return f"{name.decode()}.{base64_encode(signature).decode()}"


def message_of(token: str) -> int | None:
    """The message's id, or None when the token is not ours."""
    try:
        said = base64_decode(token.partition(".")[0])
    except (BadData, ValueError):
        return None
    if not said.isdigit() or len(said) > LONGEST_ID:
        return None
    message_id = int(said)
    same = hmac.compare_digest(token_of(message_id).encode(), token.encode("utf-8", "replace"))
    return message_id if same else None


@cache
def _key(secret_key: str) -> bytes:
    """As itsdangerous signs, which would work out this key anew for each message."""
    key: bytes = Signer(secret_key, salt=b"message").derive_key()
    return key
