"""The signed token in a callback address: it names a message and cannot be made up."""

from __future__ import annotations

from itsdangerous import BadSignature, URLSafeSerializer

from service import settings


def token_of(message_id: int) -> str:
    return str(_signer().dumps(message_id))


def message_of(token: str) -> int | None:
    """The message's id, or None when the token is not ours."""
    try:
        value = _signer().loads(token)
    except BadSignature:
        return None
    return value if isinstance(value, int) else None


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(settings.get().secret_key, salt="message")
