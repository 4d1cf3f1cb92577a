"""Is the service well? For people's tools and for whatever watches the machine."""

from __future__ import annotations

import hmac

import structlog
from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from service import bell, db, settings
from service.reports import metrics
from service.web.access import public

bp = Blueprint("health", __name__)
log = structlog.get_logger()


@bp.get("/healthz")
@public("watched from outside; says only which part is missing")
def healthz() -> ResponseReturnValue:
    parts = {"database": _database(), "redis": bell.heard()}
    well = all(parts.values())
    words = {name: "ok" if there else "not reachable" for name, there in parts.items()}
    return {"status": "ok" if well else "failing", **words}, 200 if well else 503


@bp.get("/metrics")
@public(
    "a monitoring system has no login; it shows the token that the office set, and without one there is nothing"
)
def show_metrics() -> ResponseReturnValue:
    token = settings.get().metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not token or not hmac.compare_digest(given.encode(), token.encode()):
        abort(404)
    try:
        return Response(metrics.text(), content_type=metrics.CONTENT_TYPE)
    except SQLAlchemyError as problem:
        log.warning("health.database", problem=type(problem).__name__)
        return Response("the database is not reachable", 503)


def _database() -> bool:
    try:
        return bool(db.session().execute(text("SELECT 1")).scalar_one() == 1)
    except SQLAlchemyError as problem:
        log.warning("health.database", problem=type(problem).__name__)
        return False
