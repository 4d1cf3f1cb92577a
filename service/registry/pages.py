"""The registry's door: the list of people, a person's page, adding and correcting. See also person_pages, import_pages."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service import db
from service.refused import Refused
from service.registry import areas, import_pages, people, person_pages, phones
from service.registry.door import bp, known, number_asked
from service.registry.forms import PersonForm, commune_choices, person_form
from service.registry.people import Person
from service.registry.person_pages import person_page
from service.web import campaign_words, person_words
from service.web.access import current_staff, needs
from service.web.languages import gettext as _
from service.web.sentences import sentence

PAGE = 50
__all__ = ["bp", "import_pages", "person_pages"]


@bp.get("")
@needs("people.see")
def index() -> ResponseReturnValue:
    me, text = current_staff(), request.args.get("q", "").strip()[:100]
    commune, after, which = number_asked("commune"), number_asked("after"), request.args.get("which", "")
    found = people.search(text, me, commune, after, PAGE + 1, which=which)
    shown = found[:PAGE]
    asked: dict[str, Any] = {"q": text or None, "commune": commune, "which": which or None}
    return render_template(
        "registry/index.html",
        shown=shown,
        numbers=phones.of_people([person.id for person in shown]),
        places=_places(shown),
        counts={key: people.count(text, me, commune, which=key) for key in person_words.WHICH},
        communes=commune_choices(me, _("Mọi xã")),
        asked=asked,
        first=url_for(".index", **asked) if after is not None else None,
        following=url_for(".index", **asked, after=shown[-1].id) if len(found) > PAGE else None,
        words=person_words,
        names=campaign_words,
    )


def _places(shown: list[Person]) -> dict[int, str]:
    """Where these people live, hamlet first."""
    names = areas.names({area for person in shown for area in (person.area_id, person.hamlet_id) if area})
    places = {person.id: (person.hamlet_id, person.area_id) for person in shown}
    return {person: ", ".join(names[area] for area in pair if area) for person, pair in places.items()}


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
