"""The home page is visited as all pages are."""

from tests.web.conftest import app, visitor

__all__ = ["app", "visitor"]
