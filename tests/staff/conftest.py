"""The staff's pages are visited as all pages are."""

from tests.web.conftest import admin, app, visitor

__all__ = ["admin", "app", "visitor"]
