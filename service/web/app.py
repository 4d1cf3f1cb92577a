"""The frame of all pages: everything that every page needs, before any room moves in (see service/app.py)."""

from __future__ import annotations

from typing import Any

from flask import Flask, g
from jinja2 import StrictUndefined

from service import settings
from service.web import access, errors, filters, forms, health, languages, navigation, security, throttle
from service.web.access import public
from service.web.addresses import form_page

TEMPLATES = settings.ROOT / "templates" / "pages"


def make_frame() -> Flask:
    """An app with access, forms, languages, errors and looks, and no rooms yet."""
    app = Flask(__name__, template_folder=str(TEMPLATES), static_folder=str(security.STATIC))
    app.jinja_env.undefined = StrictUndefined  # a misspelt name is a bug, not a blank
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    public("style sheets and pictures")(app.view_functions["static"])
    security.install(app, settings.get())
    languages.install(app)
    access.install(app)  # before the forms' check: who is not signed in is asked to sign in
    forms.csrf.init_app(app)
    throttle.install(app)
    filters.install(app)
    errors.install(app)
    app.context_processor(_frame)
    app.jinja_env.globals["form_page"] = form_page
    app.register_blueprint(health.bp)
    return app


def _frame() -> dict[str, Any]:
    """What layout.html knows on every page."""
    config = settings.get()
    return {
        "staff": g.get("staff"),
        "menu": navigation.menu(),
        "is_current": navigation.is_current,
        "language": languages.current(),
        "languages": languages.LANGUAGES,
        "rehearsal": config.rehearsal,
        "village_url": config.village_url,
        "office_name": config.office_name,
    }
