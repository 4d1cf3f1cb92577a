"""Kiểm tra tin: whoever was told of a code asks here whether the office sent it. No account, no cookie, a light page."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from service import settings
from service.campaigns import genuine
from service.text.words import wage
from service.web import throttle
from service.web.access import public

# All phones of an operator share a few addresses, so this keeps machines away, not villages.
ASKING = "120 per minute;2000 per hour"

bp = Blueprint("check", __name__)


@bp.get("/kiem-tra")
@throttle.limiter.limit(ASKING)
@public("a villager asks whether a message is true; campaigns that were sent are no secret")
def index() -> ResponseReturnValue:
    return _page()


@bp.errorhandler(429)
def too_many(_problem: Exception) -> ResponseReturnValue:
    return _page(busy=True), 429


def _page(busy: bool = False) -> str:
    code = genuine.read_code(request.args.get("ma", ""))
    return render_template(
        "check/index.html",
        code=code,
        found=genuine.find(code) if code and not busy else None,
        busy=busy,
        hotline=settings.get().hotline,
        wage=wage,
    )
