"""Lists from communes: upload, look at what was found, store. Also what came of earlier ones."""

from __future__ import annotations

from collections import Counter

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service import db
from service.refused import Refused
from service.registry import areas, imports
from service.registry.door import MOST_ID, bp, number_asked
from service.registry.forms import StoreForm, UploadForm, upload_form
from service.registry.imports import ImportBatch
from service.registry.problems import KINDS, SEVERITIES, Problem
from service.staff import accounts
from service.web import person_words
from service.web.access import current_staff, needs
from service.web.languages import gettext as _
from service.web.sentences import sentence

PROBLEMS = 100  # on one page


@bp.get("/imports")
@needs("people.import")
def import_list() -> ResponseReturnValue:
    names = {staff.id: staff.name for staff in accounts.listed()}
    return render_template(
        "registry/imports.html", batches=imports.recent(), names=names, states=person_words.IMPORT_STATES
    )


@bp.get("/imports/new")
@needs("people.import")
def new_import() -> ResponseReturnValue:
    return _upload_page(upload_form(current_staff()))


@bp.post("/imports/new")
@needs("people.import")
def upload() -> ResponseReturnValue:
    form = upload_form(current_staff())
    if not form.validate():
        return _upload_page(form), 422
    file = form.file.data
    try:
        with db.transaction():
            commune = areas.find(form.commune.data) if form.commune.data else None
            batch = imports.check(file.filename or "", file.read(), commune, current_staff())
    except Refused as refused:
        form.file.errors = [sentence(refused)]
        return _upload_page(form), 422
    return redirect(url_for(".import_page", batch_id=batch.id), 303)


def _upload_page(form: UploadForm) -> str:
    return render_template("registry/upload.html", form=form)


@bp.get("/imports/<int:batch_id>")
@needs("people.import")
def import_page(batch_id: int) -> ResponseReturnValue:
    return _batch_page(_known(batch_id), StoreForm())


def _batch_page(batch: ImportBatch, form: StoreForm) -> str:
    found = batch.noted
    kinds = Counter(problem.kind for problem in found)
    kind, start = request.args.get("kind", ""), number_asked("start") or 0
    asked = _worst_first([problem for problem in found if not kind or problem.kind == kind])
    return render_template(
        "registry/import.html",
        batch=batch,
        form=form,
        kind=kind,
        kinds=[(name, kinds[name], KINDS[name]) for name in KINDS if kinds[name]],
        listed=asked[start : start + PROBLEMS],
        advice=advice,
        facts=KINDS,
        words=person_words,
        newer=url_for(".import_page", batch_id=batch.id, kind=kind or None) if start else None,
        older=url_for(".import_page", batch_id=batch.id, kind=kind or None, start=start + PROBLEMS)
        if len(asked) > start + PROBLEMS
        else None,
    )


def _worst_first(found: list[Problem]) -> list[Problem]:
    return sorted(found, key=lambda problem: (SEVERITIES.index(problem.severity), problem.row))


def advice(problem: Problem) -> str:
    """What to do about it, in the reader's language."""
    return _(KINDS[problem.kind].advice) % {"of_row": problem.detail}


@bp.post("/imports/<int:batch_id>/store")
@needs("people.import")
def store(batch_id: int) -> ResponseReturnValue:
    form = StoreForm()
    if not form.validate():
        return _batch_page(_known(batch_id), form), 422
    try:
        with db.transaction():
            imports.store(_known(batch_id).id, bool(form.accept.data), form.words(), current_staff())
    except Refused as refused:
        blamed = {"import.not_accepted": form.accept, "import.no_consent_words": form.consent_words}.get(
            refused.code
        )
        if blamed is None:
            raise
        blamed.errors = [sentence(refused)]
        return _batch_page(_known(batch_id), form), 422
    return redirect(url_for(".import_page", batch_id=batch_id), 303)


@bp.post("/imports/<int:batch_id>/forget")
@needs("people.import")
def forget(batch_id: int) -> ResponseReturnValue:
    with db.transaction():
        imports.forget(_known(batch_id), current_staff())
    flash(_("Đã bỏ danh sách này. Không có gì được lưu vào danh sách người dân."), "good")
    return redirect(url_for(".import_list"), 303)


def _known(batch_id: int) -> ImportBatch:
    batch = imports.find(batch_id) if batch_id <= MOST_ID else None
    if batch is None:
        abort(404)
    return batch
