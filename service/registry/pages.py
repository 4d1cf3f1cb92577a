"""The registry's door: the list of people, adding and correcting one. The other pages are in files of their own."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service import db
from service.refused import Refused
from service.registry import (
    bulk_pages,
    choosing,
    consent_pages,
    double_pages,
    export_pages,
    group_pages,
    import_pages,
    mending_pages,
    number_pages,
    outcome_pages,
    people,
    person_pages,
    phones,
)
from service.registry.choice_forms import address, asked, chips, filters, hamlets, quick, table
from service.registry.choosing import EVERYBODY, PAGE, Choice
from service.registry.door import bp, known, number_asked
from service.registry.forms import PersonForm, person_form
from service.registry.people import Person
from service.registry.person_pages import person_page
from service.web.access import current_staff, needs
from service.web.addresses import is_htmx
from service.web.languages import gettext as _
from service.web.sentences import sentence

__all__ = [
    "bp", "bulk_pages", "consent_pages", "double_pages", "export_pages", "group_pages", "import_pages", "mending_pages",
    "number_pages", "outcome_pages", "person_pages",
]  # fmt: skip


@bp.get("")
@needs("people.see")
def index() -> ResponseReturnValue:
    """The list; or, asked for by htmx, the part of the page that changes with what is typed."""
    choice = asked()
    facts = _found(choice)
    if is_htmx() and "HX-History-Restore-Request" not in request.headers:
        return render_template("registry/_found.html", **facts, part=True)
    empty = choice == EVERYBODY and not facts["count"]
    offered = filters(choice, current_staff())
    return render_template("registry/index.html", **facts, part=False, empty=empty, filters=offered)


def _found(choice: Choice) -> dict[str, Any]:
    me, after = current_staff(), number_asked("after")
    found = choosing.search(choice, me, after, PAGE + 1)
    shown, more = found[:PAGE], len(found) > PAGE
    return {
        "choice": choice,
        "count": choosing.count(choice, me) if more or after is not None else len(found),
        "chips": chips(choice),
        "quick": quick(choice),
        "hamlets": hamlets(choice, me),
        "first": address(".index", choice) if after is not None else None,
        "following": address(".index", choice, after=shown[-1].id) if more else None,
        **table(shown),
    }


@bp.get("/new")
@needs("people.edit")
def new() -> ResponseReturnValue:
    return _form_page(person_form(current_staff()), None)


@bp.post("/new")
@needs("people.edit")
def add() -> ResponseReturnValue:
    form, me = person_form(current_staff()), current_staff()
    if not form.validate():
        return _form_page(form, None), 422
    try:
        with db.transaction():
            person = people.add(form.facts(), me)
            if form.phones.data:
                phones.attach(person.id, form.phones.data, me)
    except Refused as refused:
        _blame(form, refused)
        return _form_page(form, None), 422
    flash(
        _("Đã thêm %(name)s. Hãy hỏi và ghi lại người này có đồng ý nhận tin không.", name=person.name),
        "good",
    )
    return redirect(url_for(".show", person_id=person.id), 303)


@bp.get("/<int:person_id>")
@needs("people.see")
def show(person_id: int) -> ResponseReturnValue:
    return person_page(known(person_id))


@bp.get("/<int:person_id>/edit")
@needs("people.edit")
def edit(person_id: int) -> ResponseReturnValue:
    person = known(person_id)
    return _form_page(person_form(current_staff(), person), person)


@bp.post("/<int:person_id>/edit")
@needs("people.edit")
def change(person_id: int) -> ResponseReturnValue:
    form, me = person_form(current_staff(), known(person_id)), current_staff()
    if not form.validate():
        return _form_page(form, known(person_id)), 422
    try:
        with db.transaction():
            people.change(known(person_id), form.facts(), me)
    except Refused as refused:
        _blame(form, refused)
        return _form_page(form, known(person_id)), 422
    flash(_("Đã lưu."), "good")
    return redirect(url_for(".show", person_id=person_id), 303)


def _form_page(form: PersonForm, person: Person | None) -> str:
    return render_template("registry/form.html", form=form, person=person)


def _blame(form: PersonForm, refused: Refused) -> None:
    """Put the sentence under the field that it is about."""
    fields = {
        "person.no_name": form.name,
        "person.bad_birth_year": form.birth_year,
        "person.foreign_commune": form.commune,
    }
    fields.get(refused.code, form.phones).errors = [sentence(refused)]
