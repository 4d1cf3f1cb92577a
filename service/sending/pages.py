"""The system's door: gates, bell, spool and pace, and the messages of which nobody knows. Opens a gate, settles a hold."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField, StringField
from wtforms.validators import InputRequired

from service import bell, db, settings
from service.campaigns import campaigns, prices
from service.campaigns.door import MOST_ID
from service.campaigns.typed import clock
from service.carriers import directory
from service.refused import Refused
from service.replies import events
from service.sending import deciding, gates, installation, messages, recipients, restored, stop_file
from service.sending.gates import SHARE
from service.sending.messages import CHANNELS, SMS, VOICE
from service.staff import roles
from service.text.words import today_in_vietnam
from service.web.access import current_staff, needs
from service.web.campaign_words import DECISION_MEANINGS, DECISIONS, code_advice, code_word
from service.web.forms import Form
from service.web.languages import gettext as _
from service.web.languages import lazy_gettext, ngettext
from service.web.sentences import sentence

LISTED = 50

bp = Blueprint("system", __name__, url_prefix="/system")


@bp.get("")
@needs("system.see")
def index() -> ResponseReturnValue:
    return render_template(
        "sending/system.html",
        carriers=[_channel(name, channel) for name in directory.names() for channel in _channels(name)],
        redis=bell.heard(),
        spool=events.spool_size(),
        stop_file=stop_file.path() if stop_file.lies_there() else None,
        sought=restored.count(),
        foreign=installation.is_foreign(),
        settings=settings.get(),
        now=db.clock(),
        unsettled={state: messages.unsettled_count(state) for state in ("unknown", "hold")},
        database=db.engine().dialect.name,
        code_word=code_word,
        code_advice=code_advice,
        clock=clock,
    )


def _channels(name: str) -> tuple[str, ...]:
    return CHANNELS if directory.get(name).capabilities.can_call else (SMS,)


def _channel(name: str, channel: str) -> dict[str, Any]:
    """A carrier's channel with its gate and its pace (messages or calls a second)."""
    carrier = directory.get(name)
    allowed = carrier.calls_per_second if channel == VOICE else carrier.per_second
    return {
        "name": name,
        "channel": channel,
        "gate": gates.of(name, channel),
        "pace": allowed * SHARE,
        "allowed": allowed,
        "capabilities": carrier.capabilities,
        "price": prices.known(name, channel, today_in_vietnam()),
    }


class DecideForm(Form):
    """About the messages that are ticked."""

    decision = RadioField(lazy_gettext("Với các tin đã đánh dấu"), [InputRequired()])
    reason = StringField(lazy_gettext("Vì sao biết vậy"))


def _decide_form() -> DecideForm:
    form = DecideForm()
    form.decision.choices = [(code, _(word)) for code, word in DECISIONS.items()]
    return form


@bp.get("/messages/<state>")
@needs("system.see")
def unsettled(state: str) -> ResponseReturnValue:
    """The oldest messages that are unknown or on hold, of all campaigns."""
    if state not in ("unknown", "hold"):
        abort(404)
    return _unsettled_page(state, _decide_form())


@bp.post("/messages/hold")
@needs("message.decide")
def decide() -> ResponseReturnValue:
    """What a person found out about messages on hold."""
    form = _decide_form()
    if not form.validate():
        return _unsettled_page("hold", form), 422
    try:
        with db.transaction():
            done = deciding.decide(_ticked(), form.decision.data, form.reason.data or "", current_staff())
    except Refused as refused:
        blamed = form.reason if refused.code == "message.no_reason" else form.decision
        blamed.errors = [sentence(refused)]
        return _unsettled_page("hold", form), 422
    for carrier in directory.names():
        bell.ring(carrier)
    flash(ngettext("Đã ghi quyết định cho %(num)s tin.", "Đã ghi quyết định cho %(num)s tin.", done), "good")
    return redirect(url_for(".unsettled", state="hold"), 303)


def _ticked() -> list[int]:
    return [number for number in request.form.getlist("ids", type=int) if 0 < number <= MOST_ID]


def _unsettled_page(state: str, form: DecideForm) -> str:
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
        form=form,
        ticked=_ticked(),
        notes={code: _(meaning) for code, meaning in DECISION_MEANINGS.items()},
    )


@bp.post("/gates/<carrier>/<channel>/open")
@needs("system.gate")
def open_gate(carrier: str, channel: str) -> ResponseReturnValue:
    if carrier not in directory.names() or channel not in CHANNELS:
        abort(404)
    with db.transaction():
        gates.open_again(carrier, current_staff(), channel)
    bell.ring(carrier)
    flash(_("Đã mở kênh gửi. Tin đang chờ sẽ đi tiếp."), "good")
    return redirect(url_for(".index"), 303)
