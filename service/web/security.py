"""Headers of every answer, cookies, and the sizes that we accept."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Flask, request
from flask.wrappers import Response
from werkzeug.middleware.proxy_fix import ProxyFix

from service.settings import Settings
from service.web.access import ABSOLUTE_S

MOST_BYTES = 11 * 1024 * 1024  # a spreadsheet of 10 MB and its form
YEAR_S = 365 * 24 * 3600

CONTENT_SECURITY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)  # data: for the arrows and ticks that Bootstrap's CSS draws
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def install(app: Flask, config: Settings) -> None:
    app.config.update(
        SECRET_KEY=config.secret_key,
        SESSION_COOKIE_NAME="loa",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=config.secure_cookies,
        MAX_CONTENT_LENGTH=MOST_BYTES,
        SEND_FILE_MAX_AGE_DEFAULT=YEAR_S,
        WTF_CSRF_TIME_LIMIT=ABSOLUTE_S,
        WTF_CSRF_SSL_STRICT=False,  # it wants a referrer, which our pages do not send; the token is what counts
    )
    if config.secure_cookies:  # TLS ends in a proxy in front of us; believe the one hop that it adds
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1)  # type: ignore[method-assign]
        app.after_request(_only_tls)
    app.after_request(_add_headers)
    app.url_defaults(_versioned)


def _add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint != "static" and not response.cache_control.private:
        response.headers["Cache-Control"] = "no-store"
    return response


def _only_tls(response: Response) -> Response:
    response.headers["Strict-Transport-Security"] = f"max-age={YEAR_S}"
    return response


STATIC = Path(__file__).parent / "static"
_versions: dict[str, str] = {}


def _versioned(endpoint: str, values: dict[str, Any]) -> None:
    """Put a mark of the content into addresses of static files, so that browsers keep them and still see changes."""
    if endpoint == "static" and "v" not in values:
        name = str(values.get("filename", ""))
        if name not in _versions:
            path = STATIC / name
            _versions[name] = sha256(path.read_bytes()).hexdigest()[:10] if path.is_file() else "0"
        values["v"] = _versions[name]
