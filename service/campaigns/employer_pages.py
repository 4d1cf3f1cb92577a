"""The employers' door: list, add, edit, and the word of a person who looked at the papers."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from service import db
from service.campaigns import employers
from service.campaigns.door import MOST_ID
from service.campaigns.employers import Employer
from service.campaigns.forms import EmployerForm, employer_form
from service.refused import Refused
from service.staff import accounts
from service.text.words import today_in_vietnam
from service.web.access import current_staff, needs
from service.web.languages import gettext as _
from service.web.sentences import sentence

bp = Blueprint("employers", __name__, url_prefix="/employers")


@bp.get("")
@needs("employer.see")
def index() -> ResponseReturnValue:
    names = {one.id: one.name for one in accounts.listed()}
    return render_template(
        "employers/index.html", listed=employers.listed(), names=names, today=today_in_vietnam()
    )


@bp.get("/new")
@needs("employer.edit")
def new() -> ResponseReturnValue:
    return render_template("employers/form.html", form=employer_form(), employer=None)


@bp.post("/new")
@needs("employer.edit")
def add() -> ResponseReturnValue:
    return _save(None)


@bp.get("/<int:employer_id>/edit")
@needs("employer.edit")
def edit(employer_id: int) -> ResponseReturnValue:
    employer = _known(employer_id)
    return render_template("employers/form.html", form=employer_form(employer), employer=employer)


@bp.post("/<int:employer_id>/edit")
@needs("employer.edit")
def save(employer_id: int) -> ResponseReturnValue:
    return _save(_known(employer_id))


def _save(employer: Employer | None) -> ResponseReturnValue:
    form = employer_form(employer)
    if not (form.validate() and _saved(form, employer.id if employer else None)):
        return render_template("employers/form.html", form=form, employer=employer), 422
    flash(_("Đã lưu %(name)s.", name=form.name.data), "good")
    return redirect(url_for(".index"), 303)


def _saved(form: EmployerForm, employer_id: int | None) -> bool:
    try:
        with db.transaction():
            employers.save(
                _known(employer_id) if employer_id else None,
                form.name.data,
                form.address.data,
                form.contact.data,
                (form.licence_number.data, form.licence_until.data),
                current_staff(),
            )
    except Refused as refused:
        form.name.errors = [sentence(refused)]
        return False
    return True


@bp.post("/<int:employer_id>/checked")
@needs("employer.edit")
def mark_checked(employer_id: int) -> ResponseReturnValue:
    with db.transaction():
        employer = _known(employer_id)
        employers.mark_checked(employer, current_staff())
    flash(_("Đã ghi: %(name)s được kiểm tra.", name=employer.name), "good")
    return redirect(url_for(".index"), 303)


def _known(employer_id: int) -> Employer:
    employer = employers.find(employer_id) if employer_id <= MOST_ID else None
    if employer is None:
        abort(404)
    return employer
