"""The door for reading replies: what no rule could read, one after the other, and what was read lately."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service import bell, db
from service.followup import tasks
from service.refused import Refused
from service.registry import phones
from service.replies import cards, decisions, inbox
from service.replies.inbox import Reply
from service.staff import history
from service.web.access import current_staff, needs
from service.web.campaign_words import MEANINGS
from service.web.languages import gettext as _
from service.web.reply_names import ASIDE, FOLLOWS, KINDS

CHOICES = tuple(
    meaning for meaning in inbox.MEANINGS if meaning != "unclear"
)  # in the order of the keys 1 to 6
WAITS = "waits"

bp = Blueprint("replies", __name__, url_prefix="/replies")


@bp.get("")
@needs("reply.see")
def index() -> ResponseReturnValue:
    after = request.args.get("after", 0, type=int)
    waiting = inbox.waiting(limit=1, after=after)
    return _page(waiting[0] if waiting else None, after)


@bp.get("/<int:reply_id>")
@needs("reply.see")
def show(reply_id: int) -> ResponseReturnValue:
    return _page(_found(inbox.find(reply_id)))


@bp.post("/<int:reply_id>/classify")
@needs("reply.classify")
def classify(reply_id: int) -> ResponseReturnValue:
    meaning = request.form.get("meaning", "")
    with db.transaction():
        reply = _found(inbox.find_to_read(reply_id))
        if request.form.get("seen") != _seen(reply):
            raise Refused("reply.read_meanwhile")
        outcome = decisions.classify(reply, meaning, current_staff())
        tasks.open_for(outcome.interest)
    if meaning == "stop":
        bell.ring(inbox.way_back(reply))  # the confirmation goes out at once
    flash(_("Đã ghi: %(meaning)s.", meaning=_(MEANINGS[meaning].name)), "good")
    return redirect(url_for(".index", after=request.form.get("after", type=int) or None), 303)


@bp.post("/<int:reply_id>/answered")
@needs("reply.classify")
def answered(reply_id: int) -> ResponseReturnValue:
    with db.transaction():
        decisions.mark_answered(_found(inbox.find_to_read(reply_id)), current_staff())
    flash(_("Đã ghi: đã trả lời xong."), "good")
    return redirect(url_for(".index"), 303)


@bp.post("/<int:reply_id>/reveal")
@needs("people.reveal")
def reveal(reply_id: int) -> ResponseReturnValue:
    """Show the whole number once, to call back. Who looked stays in the history."""
    with db.transaction():
        reply = _found(inbox.find(reply_id))
        for person in _people_of(reply.phone_id):
            history.record("phone.revealed", current_staff(), person=person, phone=reply.phone_id)
    return _page(reply, revealed=True)


def _page(reply: Reply | None, after: int = 0, revealed: bool = False) -> str:
    card = cards.cards([reply])[0] if reply is not None else None
    earlier = [one for one in inbox.of_phones([card.phone.id], 6) if one.id != card.reply.id] if card else []
    return render_template(
        "replies/index.html",
        card=card,
        seen=_seen(card.reply) if card else "",
        earlier=earlier,
        after=after,
        revealed=revealed,
        waiting=inbox.waiting_count(),
        owed=cards.cards(inbox.to_answer()),
        lately=cards.cards(inbox.read_lately(db.clock())),
        aside=cards.cards(inbox.set_aside(db.clock())),
        why_aside=ASIDE,
        choices=CHOICES,
        follows=FOLLOWS,
        meanings=MEANINGS,
        kinds=KINDS,
    )


def _seen(reply: Reply) -> str:
    """What the person sees before deciding; when a colleague was faster, it is no longer so."""
    return (
        WAITS
        if reply.handled_at is None and reply.decided_by is None
        else f"{reply.meaning}-{reply.decided_by or 0}"
    )


def _people_of(phone_id: int) -> list[int | None]:
    behind: list[int | None] = [*phones.people_of(phone_id)]
    return behind or [None]


def _found(reply: Reply | None) -> Reply:
    if reply is None:
        abort(404)
    return reply
