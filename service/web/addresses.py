"""Addresses inside the service: where the person is, and where to go back to."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import request
from werkzeug.exceptions import HTTPException


def here() -> str:
    """Path and query of this request."""
    return request.full_path.rstrip("?")


def is_htmx() -> bool:
    """Was this asked for by a part of a page rather than by a person's click on a link?"""
    return request.headers.get("HX-Request") == "true"


def local(address: str | None) -> str | None:
    """The address if it stays on this site, else None. ``//evil.example`` and ``/\\evil.example`` leave it."""
    if not address or not address.startswith("/") or address[1:2] in ("/", "\\"):
        return None
    if not address.isprintable() or urlsplit(address).netloc:
        return None
    return address


def page_of_form() -> str | None:
    """The page that a sent form stood on. Our pages send no referrer, so the form carries it."""
    if request.method != "POST":
        return None
    try:
        return local(request.form.get("_page"))
    except HTTPException:  # too large to be read; the error page is on its way
        return None


def form_page() -> str:
    """What a form on this page carries as its page: this address, or the one it came from when shown again."""
    return page_of_form() or here()
