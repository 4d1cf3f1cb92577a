"""Consent on paper: choose a hamlet, print its form, tick in afterwards who signed; and the scans, to be looked at."""

from __future__ import annotations

import io
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from service import db
from service.refused import Refused
from service.registry import areas, consent, consent_sheets, people, phones
from service.registry.consent import PURPOSES
from service.registry.consent_forms import SheetForm, sheet_form, words_for
from service.registry.consent_sheets import LONGEST, Place, Sheet, Tick
from service.registry.door import MOST_ID, bp, number_asked
from service.registry.forms import commune_choices
from service.text.words import today_in_vietnam
from service.web import person_words
from service.web.access import current_staff, needs
from service.web.languages import gettext as _
from service.web.sentences import sentence

YES, NO, NOT_MET = "yes", "no", "not_met"
NO_HAMLET = "0"


def _purpose() -> str:
    asked = request.values.get("purpose", "")
    return asked if asked in PURPOSES else PURPOSES[0]


def _places() -> list[Place]:
    """The forms of the commune of this address, which this member of staff may see."""
    asked, mine = (
        number_asked("commune"),
        [value for value, _word in commune_choices(current_staff(), "") if value],
    )
    commune = areas.find(asked) if asked is not None and asked in mine else None
    if commune is None:
        abort(404)
    return consent_sheets.places(commune, current_staff())


def _place() -> Place:
    asked = request.args.get("hamlet", "")
    wanted = {str(p.hamlet.id) if p.hamlet is not None else NO_HAMLET: p for p in _places()}
    if asked not in wanted:
        abort(404)
    return wanted[asked]


def _address(place: Place, endpoint: str, **more: Any) -> str:
    hamlet = place.hamlet.id if place.hamlet is not None else NO_HAMLET
    return url_for(endpoint, commune=place.commune.id, hamlet=hamlet, purpose=_purpose(), **more)


@bp.get("/consent")
@needs("people.edit")
def consent_forms() -> ResponseReturnValue:
    communes = [choice for choice in commune_choices(current_staff(), "") if choice[0]]
    if number_asked("commune") is None and len(communes) == 1:
        return redirect(url_for(".consent_forms", commune=communes[0][0]))
    places = _places() if number_asked("commune") is not None else []
    return render_template(
        "registry/consent.html",
        communes=communes,
        commune=number_asked("commune"),
        places=places,
        total=sum(place.people for place in places),
        most=LONGEST,
        purposes=person_words.PURPOSES,
        purpose=_purpose(),
        address=_address,
    )


@bp.get("/consent/print")
@needs("people.edit")
def consent_print() -> ResponseReturnValue:
    """The paper: a hamlet on its own sheets, or all hamlets of a commune one after another."""
    if "commune" not in request.args:
        return redirect(url_for(".consent_forms"))
    me = current_staff()
    places = [_place()] if "hamlet" in request.args else _places()
    if sum(place.people for place in places) > LONGEST and len(places) > 1:
        flash(_("Xã đông người: hãy in từng thôn."), "info")
        return redirect(url_for(".consent_forms", commune=places[0].commune.id, purpose=_purpose()))
    sheets = [(place, consent_sheets.people_of(place, me)) for place in places]
    ids = [person.id for _place, persons in sheets for person in persons]
    return render_template(
        "registry/consent_print.html",
        sheets=sheets,
        numbers=phones.of_people(ids),
        purpose=_purpose(),
        purposes=person_words.PURPOSES,
        words=words_for(_purpose()),
        today=today_in_vietnam(),
        is_child=consent.needs_guardian,
    )


@bp.get("/consent/tick")
@needs("people.edit")
def consent_ticks() -> ResponseReturnValue:
    if "commune" not in request.args:
        return redirect(url_for(".consent_forms"))
    return _ticks_page(_place(), sheet_form(_purpose()))


def _ticks_page(place: Place, form: SheetForm, missing: set[int] | None = None) -> str:
    """A screenful of the form's lines. ``missing``: whose guardian must still be written down."""
    me = current_staff()
    file_id, after = number_asked("file"), number_asked("after")
    last = people.find(after, me) if after is not None else None
    shown, number, more = consent_sheets.page_of(place, me, last)
    ids = [person.id for person in shown]
    following = shown[-1].id if more else None
    return render_template(
        "registry/consent_tick.html",
        place=place,
        form=form,
        shown=shown,
        first_number=number,
        numbers=phones.of_people(ids),
        said=consent.standing_of(ids),
        purpose=_purpose(),
        purposes=person_words.PURPOSES,
        file=consent_sheets.own_file(file_id, me) if file_id is not None else None,
        here=_address(place, ".consent_ticks", after=after, file=file_id),
        following=_address(place, ".consent_ticks", after=following, file=file_id) if following else None,
        next_after=following,
        missing=missing or set(),
        is_child=consent.needs_guardian,
    )


@bp.post("/consent/tick")
@needs("people.edit")
def consent_tick() -> ResponseReturnValue:
    place, form, me = _place(), sheet_form(_purpose()), current_staff()
    if not form.validate():
        return _ticks_page(place, form), 422
    ticks = _ticked(place)
    missing = consent_sheets.without_guardian(ticks)
    if missing:
        return _ticks_page(place, form, missing), 422
    try:
        with db.transaction():
            file_id = _scan(form)
            sheet = Sheet(form.words.data, form.signed_on.data, form.purpose.data, file_id)
            agreed, not_agreed = consent_sheets.tick(_ticked(place), sheet, me)
    except Refused as refused:
        field = (
            form.file if refused.code in ("consent.not_a_scan", "consent.file_too_large") else form.signed_on
        )
        field.errors = [sentence(refused)]
        return _ticks_page(place, form), 422
    flash(
        _("Đã ghi %(yes)s người đồng ý, %(no)s người không đồng ý.", yes=agreed, no=not_agreed),
        "good",
    )
    following = request.form.get("next_after", type=int)
    if following is not None:
        return redirect(_address(place, ".consent_ticks", after=following, file=file_id), 303)
    return redirect(url_for(".consent_forms", commune=place.commune.id, purpose=_purpose()), 303)


def _ticked(place: Place) -> list[Tick]:
    """The lines that were ticked. With "everybody signed", those left untouched count as signed."""
    here = [int(value) for value in request.form.getlist("person") if value.isascii() and value.isdigit()]
    rest = YES if request.form.get("everybody") else ""
    answers = {person: request.form.get(f"p{person}", rest) for person in here if person <= MOST_ID}
    said = [person for person, answer in answers.items() if answer in (YES, NO)]
    return [
        Tick(person, answers[person.id] == YES, request.form.get(f"g{person.id}", "").strip())
        for person in consent_sheets.chosen(place, said, current_staff())
    ]


def _scan(form: SheetForm) -> int | None:
    """The file that came with the page, or the one sent with the page before."""
    upload = form.file.data
    if upload and upload.filename:
        data = upload.stream.read(consent.LARGEST_FILE + 1)
        return consent.keep_file(upload.filename, data, current_staff()).id
    known = number_asked("file")
    mine = consent_sheets.own_file(known, current_staff()) if known is not None else None
    return mine.id if mine is not None else None


@bp.get("/consent/files/<int:file_id>")
@needs("people.see")
def consent_file(file_id: int) -> Response:
    """A scan: never opened inside our pages, and only for somebody who may know of a person whom it is about."""
    file = consent.file_for(file_id, current_staff()) if file_id <= MOST_ID else None
    if file is None:
        abort(404)
    answer = send_file(io.BytesIO(file.data), file.kind, as_attachment=True, download_name=file.filename)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "no-store"
    return answer
