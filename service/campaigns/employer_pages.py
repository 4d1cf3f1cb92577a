"""The employers' door: list, add, edit, papers, and the word of a person who looked at them."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, abort, flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue

from service import db
from service.campaigns import campaigns, employers
from service.campaigns.door import MOST_ID
from service.campaigns.employers import Employer
from service.campaigns.forms import EmployerForm, employer_form
from service.campaigns.office_forms import CheckForm, PaperForm
from service.refused import Refused
from service.staff import accounts
from service.text.words import today_in_vietnam
from service.web import campaign_words
from service.web.access import current_staff, needs
from service.web.languages import gettext as _
from service.web.sentences import sentence

bp = Blueprint("employers", __name__, url_prefix="/employers")


@bp.get("")
@needs("employer.see")
def index() -> ResponseReturnValue:
    return render_template(
        "employers/index.html", listed=employers.by_need(today_in_vietnam()), names=_names()
    )


@bp.get("/new")
@needs("employer.edit")
def new() -> ResponseReturnValue:
    return render_template("employers/form.html", form=employer_form(), employer=None)


@bp.post("/new")
@needs("employer.edit")
def add() -> ResponseReturnValue:
    return _save(None)


@bp.get("/<int:employer_id>")
@needs("employer.see")
def show(employer_id: int) -> ResponseReturnValue:
    return _shown(_known(employer_id), CheckForm(formdata=None), PaperForm(formdata=None))


def _shown(employer: Employer, check: CheckForm, paper: PaperForm) -> str:
    check.seen.data = check.seen.data or employer.fingerprint
    return render_template(
        "employers/show.html",
        employer=employer,
        standing=employers.standing(employer, today_in_vietnam()),
        papers=employers.papers(employer.id),
        campaigns=campaigns.of_employer(employer.id),
        campaign_states=campaign_words.CAMPAIGN_STATES,
        names=_names(),
        check=check,
        paper=paper,
    )


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
    saved = _saved(form, employer.id if employer else None) if form.validate() else None
    if saved is None:
        return render_template("employers/form.html", form=form, employer=employer), 422
    flash(_("Đã lưu %(name)s.", name=form.name.data), "good")
    return redirect(url_for(".show", employer_id=saved), 303)


def _saved(form: EmployerForm, employer_id: int | None) -> int | None:
    """The id of the employer as it was saved; None when it was refused, with the sentence at the field."""
    try:
        with db.transaction():
            return employers.save(
                _known(employer_id) if employer_id else None,
                form.name.data,
                form.address.data,
                form.contact.data,
                (form.licence_number.data, form.licence_until.data),
                current_staff(),
            ).id
    except Refused as refused:
        form.name.errors = [sentence(refused)]
        return None


@bp.post("/<int:employer_id>/checked")
@needs("employer.edit")
def mark_checked(employer_id: int) -> ResponseReturnValue:
    form = CheckForm()
    if not form.validate():
        return _shown(_known(employer_id), form, PaperForm(formdata=None)), 422
    with db.transaction():
        employer = _known(employer_id)
        employers.mark_checked(employer, current_staff(), form.how.data, form.seen.data)
    flash(_("Đã ghi: %(name)s được kiểm tra.", name=employer.name), "good")
    return redirect(url_for(".show", employer_id=employer_id), 303)


# ---------------------------------------------------------------------------------------------------------- papers


@bp.post("/<int:employer_id>/papers")
@needs("employer.edit")
def add_paper(employer_id: int) -> ResponseReturnValue:
    form = PaperForm()
    if not (form.validate() and _kept(form, employer_id)):
        return _shown(_known(employer_id), CheckForm(formdata=None), form), 422
    flash(_("Đã lưu giấy tờ."), "good")
    return redirect(url_for(".show", employer_id=employer_id), 303)


def _kept(form: PaperForm, employer_id: int) -> bool:
    name, data = form.file.data.filename or "", form.file.data.read()
    try:
        with db.transaction():
            employers.add_paper(_known(employer_id), name, data, current_staff())
    except Refused as refused:
        form.file.errors = [sentence(refused)]
        return False
    return True


@bp.get("/<int:employer_id>/papers/<int:paper_id>")
@needs("employer.see")
def paper(employer_id: int, paper_id: int) -> ResponseReturnValue:
    """Always as a file to keep: what somebody sent us is not shown as a page of ours."""
    found = _known_paper(employer_id, paper_id)
    return send_file(
        BytesIO(found.data), mimetype=found.kind, as_attachment=True, download_name=found.filename
    )


@bp.post("/<int:employer_id>/papers/<int:paper_id>/remove")
@needs("employer.edit")
def remove_paper(employer_id: int, paper_id: int) -> ResponseReturnValue:
    with db.transaction():
        found = _known_paper(employer_id, paper_id)
        employers.remove_paper(found, current_staff())
    flash(_("Đã bỏ tệp %(name)s.", name=found.filename), "good")
    return redirect(url_for(".show", employer_id=employer_id), 303)


def _known_paper(employer_id: int, paper_id: int) -> employers.EmployerPaper:
    found = employers.find_paper(employer_id, paper_id) if max(employer_id, paper_id) <= MOST_ID else None
    if found is None:
        abort(404)
    return found


def _known(employer_id: int) -> Employer:
    employer = employers.find(employer_id) if employer_id <= MOST_ID else None
    if employer is None:
        abort(404)
    return employer


def _names() -> dict[int, str]:
    return {one.id: one.name for one in accounts.listed()}
