"""The system's door: gates, bell, spool and pace, and the messages of which nobody knows. Read, and open a gate again."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from service import bell, db, settings
from service.campaigns import campaigns, prices
from service.campaigns.typed import clock
from service.carriers import directory
from service.replies import events
from service.sending import gates, messages, recipients
from service.sending.gates import SHARE
from service.staff import roles
from service.text.words import today_in_vietnam
from service.web.access import current_staff, needs
from service.web.campaign_words import code_advice, code_word
from service.web.languages import gettext as _

LISTED = 50

bp = Blueprint("system", __name__, url_prefix="/system")


@bp.get("")
@needs("system.see")
def index() -> ResponseReturnValue:
    return render_template(
        "sending/system.html",
        carriers=[_carrier(name) for name in directory.names()],
        redis=bell.heard(),
        spool=events.spool_size(),
        settings=settings.get(),
        now=db.clock(),
        unsettled={state: messages.unsettled_count(state) for state in ("unknown", "hold")},
        database=db.engine().dialect.name,
        code_word=code_word,
        code_advice=code_advice,
        clock=clock,
    )


def _carrier(name: str) -> dict[str, Any]:
    """A carrier with its gate and its pace (messages a second)."""
    carrier = directory.get(name)
    return {
        "name": name,
        "gate": gates.of(name),
        "pace": carrier.per_second * SHARE,
        "allowed": carrier.per_second,
        "capabilities": carrier.capabilities,
        "price": prices.of(name, prices.SMS, today_in_vietnam()),
    }


@bp.get("/messages/<state>")
@needs("system.see")
def unsettled(state: str) -> ResponseReturnValue:
    """The oldest messages that are unknown or on hold, of all campaigns."""
    if state not in ("unknown", "hold"):
        abort(404)
    rows = recipients.listed(None, (state,), 0, LISTED)
    codes = {row.message.campaign_id: campaigns.find(row.message.campaign_id or 0) for row in rows}
    return render_template(
        "sending/unsettled.html",
        state=state,
        rows=rows,
        total=messages.unsettled_count(state),
        campaigns={key: found.code for key, found in codes.items() if found},
        names_too=roles.may(current_staff().role, "campaign.see"),
        code_word=code_word,
        code_advice=code_advice,
    )


@bp.post("/gates/<carrier>/open")
@needs("system.gate")
def open_gate(carrier: str) -> ResponseReturnValue:
    if carrier not in directory.names():
        abort(404)
    with db.transaction():
        gates.open_again(carrier, current_staff())
    bell.ring(carrier)
    flash(_("Đã mở kênh gửi. Tin đang chờ sẽ đi tiếp."), "good")
    return redirect(url_for(".index"), 303)
