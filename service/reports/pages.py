"""The door of the home page."""

from __future__ import annotations

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from service import db
from service.reports import home
from service.reports.alarm_words import WORDS
from service.rights import requests
from service.text.words import today_in_vietnam
from service.web import navigation
from service.web.access import current_staff, may, needs
from service.web.campaign_words import CAMPAIGN_STATES, code_word

bp = Blueprint("home", __name__)


@bp.get("/")
@needs("home.see")
def index() -> ResponseReturnValue:
    today = home.today(current_staff(), db.clock())
    mine = {item.endpoint: url_for(item.endpoint) for item in navigation.menu()}
    return render_template(
        "home/index.html",
        today=today,
        closed=[(gate, code_word(gate.reason)) for gate in today.closed_gates],
        resting=[(gate, code_word(gate.reason)) for gate in today.resting_gates],
        alarms=[(one, WORDS[one.code], url_for(WORDS[one.code].endpoint)) for one in today.alarms],
        places={item.endpoint: mine.get(item.endpoint) for item in navigation.NAVIGATION},
        states=CAMPAIGN_STATES,
        requests=len(requests.open_requests()) if may("people.rights") else 0,
        late=requests.late_count(today_in_vietnam()) if may("people.rights") else 0,
    )
