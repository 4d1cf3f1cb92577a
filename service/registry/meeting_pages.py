"""The door to meetings: the list, and the page on which the people of a meeting are entered one after another."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service import db
from service.refused import Refused
from service.registry import areas, consent, entering, meetings, people, phones
from service.registry.door import MOST_ID, number_asked
from service.registry.meeting_forms import LineForm, MeetingForm, OthersForm, line_form, meeting_form
from service.registry.meetings import Meeting
from service.registry.people import Person
from service.text.words import today_in_vietnam
from service.web import campaign_words
from service.web.access import current_staff, needs
from service.web.languages import gettext as _
from service.web.languages import ngettext
from service.web.sentences import sentence

PAGE = 50
# Refusals that belong under a field of the line; others about the number go under the number.
FIELDS = {
    "person.no_name": "name",
    "person.bad_birth_year": "birth_year",
    "consent.needs_guardian": "guardian",
}

bp = Blueprint("meetings", __name__, url_prefix="/meetings")


def known(meeting_id: int) -> Meeting:
    """The meeting of this address, if this member of staff may know of it."""
    meeting = meetings.find(meeting_id, current_staff()) if meeting_id <= MOST_ID else None
    if meeting is None:
        abort(404)
    return meeting


def _somebody(person_id: int | None) -> Person:
    person = people.find(person_id, current_staff()) if person_id and person_id <= MOST_ID else None
    if person is None:
        abort(404)
    return person


@bp.get("")
@needs("meeting.run")
def index() -> ResponseReturnValue:
    me, before, year = current_staff(), number_asked("before"), today_in_vietnam().year
    found = meetings.page(me, meetings.find(before, me) if before is not None else None, PAGE + 1)
    shown = found[:PAGE]
    return render_template(
        "meetings/index.html",
        shown=shown,
        named=meetings.names_at([meeting.id for meeting in shown]),
        places=areas.names({area for m in shown for area in (m.area_id, m.hamlet_id) if area is not None}),
        year=year,
        held=meetings.how_many(year, me),
        sums=meetings.count(year, me),
        first=url_for(".index") if before is not None else None,
        following=url_for(".index", before=shown[-1].id) if len(found) > PAGE else None,
    )


@bp.get("/new")
@needs("meeting.run")
def new() -> ResponseReturnValue:
    return _plan_page(meeting_form(current_staff()), None)


@bp.post("/new")
@needs("meeting.run")
def hold() -> ResponseReturnValue:
    form = meeting_form(current_staff())
    if not form.validate():
        return _plan_page(form, None), 422
    try:
        with db.transaction():
            meeting = meetings.hold(form.plan(), current_staff())
    except Refused as refused:
        return _plan_refused(form, None, refused)
    return redirect(url_for(".show", meeting_id=meeting.id, hamlet=form.hamlet.data or None), 303)


@bp.get("/<int:meeting_id>/edit")
@needs("meeting.run")
def edit(meeting_id: int) -> ResponseReturnValue:
    return _plan_page(meeting_form(current_staff(), known(meeting_id)), known(meeting_id))


@bp.post("/<int:meeting_id>/edit")
@needs("meeting.run")
def change(meeting_id: int) -> ResponseReturnValue:
    form = meeting_form(current_staff(), known(meeting_id))
    if not form.validate():
        return _plan_page(form, known(meeting_id)), 422
    try:
        with db.transaction():
            meetings.change(known(meeting_id), form.plan(), current_staff())
    except Refused as refused:
        return _plan_refused(form, known(meeting_id), refused)
    flash(_("Đã lưu."), "good")
    return redirect(url_for(".show", meeting_id=meeting_id), 303)


def _plan_page(form: MeetingForm, meeting: Meeting | None) -> str:
    communes = [int(value) for value, _word in form.commune.choices or []]
    hamlets = areas.hamlets_of(communes)
    return render_template("meetings/plan.html", form=form, meeting=meeting, hamlets=hamlets)


def _plan_refused(form: MeetingForm, meeting: Meeting | None, refused: Refused) -> ResponseReturnValue:
    fields = {"meeting.not_yet": form.held_on, "meeting.no_words": form.consent_words}
    fields.get(refused.code, form.commune).errors = [sentence(refused)]
    return _plan_page(form, meeting), 422


# ------------------------------------------------------------------------------------------------- entering the people


@bp.get("/<int:meeting_id>")
@needs("meeting.run")
def show(meeting_id: int) -> ResponseReturnValue:
    meeting = known(meeting_id)
    hamlet = areas.find(meeting.hamlet_id) if meeting.hamlet_id is not None else None
    remembered = {"hamlet": hamlet.name if hamlet is not None else "", **request.args.to_dict()}
    return _room(meeting, line_form(remembered))


def _room(meeting: Meeting, form: LineForm, alike: list[Person] | None = None, focus: str = "name") -> str:
    """The page of entering. ``alike``: known people of whom the one just typed may be one."""
    here = meetings.present(meeting.id)
    ids = [person.id for _attendance, person in here] + [person.id for person in alike or []]
    persons = [person for _attendance, person in here] + (alike or [])
    return render_template(
        "meetings/show.html",
        meeting=meeting,
        commune=areas.find(meeting.area_id),
        hamlet=areas.find(meeting.hamlet_id) if meeting.hamlet_id is not None else None,
        hamlets=areas.hamlets(meeting.area_id),
        form=form,
        focus=focus,
        here=here,
        alike=alike,
        numbers=phones.of_people(ids),
        said=consent.standing_of(ids),
        places=areas.names({person.hamlet_id for person in persons if person.hamlet_id is not None}),
        names=campaign_words,
    )


@bp.post("/<int:meeting_id>")
@needs("meeting.run")
def enter(meeting_id: int) -> ResponseReturnValue:
    form = line_form()
    if not form.validate():
        wrong = next(field.name for field in form if field.errors)
        return _room(known(meeting_id), form, focus=wrong), 422
    try:
        with db.transaction():
            entered = entering.enter(known(meeting_id), form.line(), current_staff())
    except Refused as refused:
        field = FIELDS.get(refused.code, "phones")
        form[field].errors = [sentence(refused)]
        return _room(known(meeting_id), form, focus=field), 422
    if isinstance(entered, list):
        return _room(known(meeting_id), form, entered, focus=""), 422
    return _next(meeting_id)


def _next(meeting_id: int) -> ResponseReturnValue:
    """An empty line; hamlet and language stay as they were."""
    said = {name: request.form.get(name, "")[:100] for name in ("hamlet", "language")}
    kept: dict[str, Any] = {name: word for name, word in said.items() if word}
    return redirect(url_for(".show", meeting_id=meeting_id, **kept), 303)


@bp.get("/<int:meeting_id>/alike")
@needs("meeting.run")
def alike(meeting_id: int) -> ResponseReturnValue:
    """For the hint under the line while somebody types."""
    meeting = known(meeting_id)
    found = entering.alike(
        meeting, request.args.get("name", "")[:120], number_asked("birth_year"), current_staff()
    )
    here = {person.id for _attendance, person in meetings.present(meeting.id)}
    return render_template(
        "meetings/_alike.html",
        meeting=meeting,
        found=found,
        here=here,
        numbers=phones.of_people([person.id for person in found]),
        places=areas.names({person.hamlet_id for person in found if person.hamlet_id is not None}),
        kept={name: request.args[name] for name in ("hamlet", "language") if request.args.get(name)},
    )


@bp.post("/<int:meeting_id>/attend")
@needs("meeting.run")
def attend(meeting_id: int) -> ResponseReturnValue:
    """Somebody already known is here."""
    with db.transaction():
        person = _somebody(request.form.get("person", type=int))
        new = meetings.attend(known(meeting_id), person, current_staff())
    if not new:
        flash(_("%(name)s đã có trong buổi họp này.", name=person.name), "info")
    return _next(meeting_id)


@bp.post("/<int:meeting_id>/consent/<int:person_id>")
@needs("meeting.run")
def give_consent(meeting_id: int, person_id: int) -> ResponseReturnValue:
    with db.transaction():
        agrees = request.form.get("agrees") == "yes"
        entering.record_consent(known(meeting_id), _somebody(person_id), agrees, current_staff())
    return _next(meeting_id)


@bp.post("/<int:meeting_id>/undo")
@needs("meeting.run")
def undo(meeting_id: int) -> ResponseReturnValue:
    """The last entry, or the one of ``person``, was a mistake."""
    with db.transaction():
        meeting, asked = known(meeting_id), request.form.get("person", type=int)
        last = entering.last_entered(meeting)
        person_id = asked if asked is not None else last.id if last is not None else 0
        name = _somebody(person_id).name if person_id else ""
        gone = bool(person_id) and entering.take_back(meeting, person_id, current_staff())
    flash(_("Đã bỏ %(name)s khỏi buổi họp.", name=name) if gone else _("Không có ai để bỏ."), "info")
    return _next(meeting_id)


@bp.post("/<int:meeting_id>/others")
@needs("meeting.run")
def count_others(meeting_id: int) -> ResponseReturnValue:
    form = OthersForm()
    if not form.validate():
        flash(" ".join(form.others.errors), "bad")
        return _next(meeting_id)
    with db.transaction():
        meetings.count_others(known(meeting_id), form.others.data, current_staff())
    flash(
        ngettext(
            "Đã ghi %(num)s người không ghi tên.",
            "Đã ghi %(num)s người không ghi tên.",
            form.others.data,
        ),
        "good",
    )
    return _next(meeting_id)
