"""How often one address may try: counted in Redis, or in this process while Redis is away."""

from __future__ import annotations

from flask import Flask
from flask.wrappers import Response
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from service import settings

FAILED_LOGINS = "10 per minute;60 per hour"  # one office shares one address

limiter = Limiter(get_remote_address, in_memory_fallback_enabled=True, strategy="fixed-window")


def failed(response: Response) -> bool:
    """Only failures count: a whole office may log in at eight."""
    return response.status_code == 401


def install(app: Flask) -> None:
    url = settings.get().redis_url
    app.config["RATELIMIT_STORAGE_URI"] = storage_of(url)
    if url:
        app.config["RATELIMIT_STORAGE_OPTIONS"] = {"socket_connect_timeout": 1, "socket_timeout": 1}
    limiter.init_app(app)


def storage_of(redis_url: str) -> str:
    """The address in the limits package's words: ``unix:///path`` → ``redis+unix:///path``."""
    if not redis_url:
        return "memory://"
    return "redis+" + redis_url if redis_url.startswith("unix:") else redis_url
