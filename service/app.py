"""The whole web service: the frame of service/web and every room's door for people and carriers."""

from __future__ import annotations

from flask import Blueprint, Flask

from service import db, hooks, logs, settings
from service.campaigns import (
    calendar_pages,
    check_pages,
    employer_pages,
    price_pages,
    recording_call_pages,
)
from service.campaigns import pages as campaigns
from service.followup import pages as followup
from service.registry import area_pages, meeting_pages
from service.registry import pages as registry
from service.replies import pages as replies
from service.reports import pages as home
from service.rights import pages as rights
from service.sending import pages as system
from service.staff import pages as staff
from service.web.app import make_frame

ROOMS: tuple[Blueprint, ...] = (
    home.bp,
    registry.bp,
    meeting_pages.bp,
    area_pages.bp,
    rights.bp,
    employer_pages.bp,
    campaigns.bp,
    calendar_pages.bp,
    price_pages.bp,
    check_pages.bp,
    recording_call_pages.bp,
    system.bp,
    replies.bp,
    followup.bp,
    staff.bp,
)


def create_app() -> Flask:
    """The app that wsgi.py serves. Raises SettingsError with one sentence when a setting is wrong."""
    known = settings.get()
    logs.configure(known.log_level)
    db.connect(known.database_url)
    app = make_frame()
    for room in ROOMS:
        app.register_blueprint(room)
    app.wsgi_app = hooks.Door(app.wsgi_app)  # type: ignore[method-assign]
    return app
