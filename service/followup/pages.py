"""The door for calling back: the queue, one call after the other, and what was settled."""

from __future__ import annotations

from datetime import date, datetime

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service import db
from service.campaigns import employers
from service.followup import cases, outcomes, tasks
from service.followup.tasks import FollowUp
from service.refused import Refused
from service.replies import interests
from service.staff import accounts, history
from service.text import phone_numbers
from service.text.words import VIETNAM, date_vi
from service.web import deeds
from service.web.access import current_staff, needs
from service.web.campaign_words import FOLLOW_UPS, MEANINGS
from service.web.languages import gettext as _
from service.web.reply_names import KINDS, OUTCOMES
from service.web.sentences import sentence

PAGE = 50

bp = Blueprint("followup", __name__, url_prefix="/followups")


@bp.get("")
@needs("followup.see")
def index() -> ResponseReturnValue:
    me, now = current_staff(), db.clock()
    mine = request.args.get("show") == "mine"
    after = tasks.find(request.args.get("after", 0, type=int), me)
    rows = tasks.queue(me, PAGE + 1, mine, after)
    older = (
        url_for(".index", show="mine" if mine else None, after=rows[PAGE - 1].id)
        if len(rows) > PAGE
        else None
    )
    return render_template(
        "followup/index.html",
        cases=cases.cases(rows[:PAGE], now),
        counts={False: tasks.due_count(me, now), True: tasks.due_count(me, now, mine=True)},
        mine=mine,
        newer=url_for(".index", show="mine" if mine else None) if after else None,
        older=older,
        now=now,
        names=OUTCOMES,
    )


@bp.get("/done")
@needs("followup.see")
def done() -> ResponseReturnValue:
    listed = cases.cases(tasks.done(current_staff(), PAGE * 2), db.clock())
    return render_template("followup/done.html", cases=listed, states=FOLLOW_UPS, names=OUTCOMES)


@bp.get("/<int:task_id>")
@needs("followup.see")
def show(task_id: int) -> ResponseReturnValue:
    return _page(_found(task_id))


@bp.post("/next")
@needs("followup.work")
def take_next() -> ResponseReturnValue:
    """Take the most urgent call."""
    return redirect(_next_or_queue(), 303)


@bp.post("/<int:task_id>/claim")
@needs("followup.work")
def claim(task_id: int) -> ResponseReturnValue:
    with db.transaction():
        tasks.claim(_found(task_id), current_staff(), db.clock())
    return redirect(url_for(".show", task_id=task_id), 303)


@bp.post("/<int:task_id>/release")
@needs("followup.work")
def release(task_id: int) -> ResponseReturnValue:
    with db.transaction():
        tasks.release(_found(task_id), current_staff())
    flash(_("Đã trả cuộc gọi này lại danh sách."), "info")
    return redirect(url_for(".index"), 303)


@bp.post("/<int:task_id>/who")
@needs("followup.work")
def who(task_id: int) -> ResponseReturnValue:
    person_id = request.form.get("person", 0, type=int)
    with db.transaction():
        task = _found(task_id)
        case = cases.cases([task], db.clock())[0]
        if person_id not in [person.id for person in case.household]:
            abort(404)
        tasks.claim(task, current_staff(), db.clock())
        interests.settle_who(case.interest, person_id, current_staff())
    return redirect(url_for(".show", task_id=task_id), 303)


@bp.post("/<int:task_id>/reveal")
@needs("people.reveal")
def reveal(task_id: int) -> ResponseReturnValue:
    """Show the whole number to the one who calls. Who looked stays in the history."""
    with db.transaction():
        task = _found(task_id)
        tasks.claim(task, current_staff(), db.clock())
        case = cases.cases([task], db.clock())[0]
        for person in [case.who] if case.who else case.household:
            history.record("phone.revealed", current_staff(), person=person.id, phone=case.phone.id)
    return _page(task, phone_numbers.shown(case.phone.e164))


@bp.post("/<int:task_id>/outcome")
@needs("followup.work")
def outcome(task_id: int) -> ResponseReturnValue:
    code, note, now = request.form.get("outcome", ""), request.form.get("note", ""), db.clock()
    try:
        with db.transaction():
            task = _found(task_id)
            tasks.claim(task, current_staff(), now)
            if request.form.get("tries", type=int) != task.tries:  # a double click, or a page left open
                raise Refused("followup.noted_meanwhile")
            outcomes.record(task, code, note, current_staff(), now, _started_on())
    except Refused as refused:
        flash(sentence(refused), "bad")
        return _page(_found(task_id), typed=True), 409  # what was typed stays
    flash(_("Đã ghi: %(outcome)s.", outcome=_(OUTCOMES[code].name)), "good")
    return redirect(_next_or_queue(), 303)


def _next_or_queue() -> str:
    """The next call that is due, taken; or the queue when nothing more is due."""
    with db.transaction():
        me, now = current_staff(), db.clock()
        task = tasks.next_for(me, now)
        if task is not None:
            tasks.claim(task, me, now)
    if task is None:
        flash(_("Hiện không còn cuộc gọi nào đến giờ."), "info")
    return url_for(".index") if task is None else url_for(".show", task_id=task.id)


def _page(task: FollowUp, number: str = "", typed: bool = False) -> str:
    """A call; ``typed``: shown again after a refusal, with what was typed."""
    me, now = current_staff(), db.clock()
    case = cases.cases([task], now)[0]
    names = {staff.id: staff.name for staff in accounts.listed()}
    made = [
        (row.at, deeds.sentence(row, names), names.get(row.staff_id or 0, ""))
        for row in cases.calls(case.interest)
    ]
    return render_template(
        "followup/show.html",
        case=case,
        number=number,
        note=request.form.get("note", "") if typed else task.note,
        started_on=request.form.get("started_on", "") if typed else date_vi(now),
        is_mine=case.taken_by is not None and case.taken_by.id == me.id,
        sent=cases.sent(case.interest),
        answers=cases.answers(case.interest),
        employer=employers.find(case.campaign.employer_id) if case.campaign.employer_id else None,
        made=made,
        outcomes=outcomes.OUTCOMES,
        names=OUTCOMES,
        states=FOLLOW_UPS,
        meanings=MEANINGS,
        kinds=KINDS,
    )


def _started_on() -> date | None:
    """The day as people write it: 23/11/2026. Raises Refused."""
    typed = request.form.get("started_on", "").strip()
    if not typed or request.form.get("outcome") != "in_work":
        return None
    try:
        return datetime.strptime(typed, "%d/%m/%Y").replace(tzinfo=VIETNAM).date()
    except ValueError as problem:
        raise Refused("followup.not_a_day", typed=typed[:40]) from problem


def _found(task_id: int) -> FollowUp:
    task = tasks.find(task_id, current_staff())
    if task is None:
        abort(404)
    return task
