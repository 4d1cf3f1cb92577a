"""Lists from communes: upload, look at what was found, store, take back. Also what came of earlier ones.

Mending (columns, cells) and the lists of people behind the figures are in files of their own.
"""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, or_, select

from service import db
from service.refused import Refused
from service.registry import areas, bad_rows, checking, imports, undoing
from service.registry.door import MOST_ID, bp, number_asked
from service.registry.forms import StoreForm, UploadForm, upload_form
from service.registry.imports import CHECKED, COLUMNS, STORED, ImportBatch
from service.registry.problems import INFO, KINDS, SEVERITIES, Problem
from service.registry.sheets import ENCODINGS
from service.sending.messages import Message, MessagePerson
from service.staff import accounts
from service.web import person_words
from service.web.access import current_staff, needs
from service.web.languages import gettext as _
from service.web.sentences import sentence

ROWS = 25  # to be mended, on one page
STEPS = (COLUMNS, "rows", CHECKED)  # of an open list, after the file itself


@bp.get("/imports")
@needs("people.import")
def import_list() -> ResponseReturnValue:
    names = {staff.id: staff.name for staff in accounts.listed()}
    return render_template(
        "registry/imports.html",
        batches=imports.recent(),
        names=names,
        states=person_words.IMPORT_STATES,
        figures=imports.figures,
    )


@bp.get("/imports/new")
@needs("people.import")
def new_import() -> ResponseReturnValue:
    return _upload_page(upload_form(current_staff()), _instead_of())


def _instead_of() -> ImportBatch | None:
    """The list that is mended in Excel and sent again: its choices are kept."""
    number = number_asked("instead")
    batch = imports.find(number) if number else None
    return batch if batch is not None and batch.state in imports.OPEN else None


@bp.post("/imports/new")
@needs("people.import")
def upload() -> ResponseReturnValue:
    form, before = upload_form(current_staff()), _instead_of()
    if not form.validate():
        return _upload_page(form, before), 422
    file, commune = form.file.data, areas.find(form.commune.data) if form.commune.data else None
    try:
        found = checking.look(file.filename or "", file.read(), commune, before.chosen if before else None)
    except Refused as refused:
        form.file.errors = [sentence(refused)]
        return _upload_page(form, before), 422
    with db.transaction():
        batch = imports.keep(found, current_staff())
        if before is not None:
            imports.forget(known_batch(before.id), current_staff())
    return redirect(url_for(".import_page", batch_id=batch.id), 303)


def _upload_page(form: UploadForm, before: ImportBatch | None) -> str:
    if before is not None and not form.is_submitted():
        form.commune.data = before.commune_id
    return render_template("registry/upload.html", form=form, before=before, words=person_words)


def known_batch(batch_id: int) -> ImportBatch:
    batch = imports.find(batch_id) if batch_id <= MOST_ID else None
    if batch is None:
        abort(404)
    return batch


# --------------------------------------------------------------------------------------------------------- one list


@bp.get("/imports/<int:batch_id>")
@needs("people.import")
def import_page(batch_id: int) -> ResponseReturnValue:
    batch = known_batch(batch_id)
    if batch.state == COLUMNS:
        return redirect(url_for(".import_columns", batch_id=batch.id))
    return batch_page(batch, StoreForm())


def batch_page(batch: ImportBatch, form: StoreForm) -> str:
    found = batch.noted
    kinds = bad_rows.by_kind(found)
    which = request.args.get("kind", "")
    which = which if which in kinds or which in SEVERITIES else bad_rows.level(batch)
    is_open, weight = batch.state == CHECKED, KINDS[which].severity if which in KINDS else which
    start = number_asked("start") or 0
    rows, count = bad_rows.rows(batch, which, start, ROWS) if is_open and weight != INFO else ([], 0)
    told = [] if is_open and weight != INFO else bad_rows.chosen(found, which)
    return render_template(
        "registry/import.html",
        batch=batch, form=form, kinds=[(name, number, KINDS[name]) for name, number in kinds.items()], which=which,
        rows=rows, row_count=count, told=told[start : start + ROWS], seen=batch.found if is_open else None, encodings=ENCODINGS,
        advice=advice, facts=KINDS, words=person_words, figures=imports.figures, step="rows" if batch.has_errors else CHECKED,
        newer=_part(batch, which, start - ROWS) if start else None,
        older=_part(batch, which, start + ROWS) if max(count, len(told)) > start + ROWS else None,
    )  # fmt: skip


def _part(batch: ImportBatch, which: str, start: int) -> str:
    return url_for(".import_page", batch_id=batch.id, kind=which, start=max(start, 0) or None)


def advice(problem: Problem) -> str:
    """What to do about it, in the reader's language."""
    return _(KINDS[problem.kind].advice) % {"of_row": problem.detail}


@bp.post("/imports/<int:batch_id>/store")
@needs("people.import")
def store(batch_id: int) -> ResponseReturnValue:
    form = StoreForm()
    if not form.validate():
        return batch_page(known_batch(batch_id), form), 422
    try:
        with db.transaction():
            imports.store(known_batch(batch_id).id, bool(form.accept.data), form.words(), current_staff())
    except Refused as refused:
        blamed = {"import.not_accepted": form.accept, "import.no_consent_words": form.consent_words}.get(
            refused.code
        )
        if blamed is None:
            raise
        blamed.errors = [sentence(refused)]
        return batch_page(known_batch(batch_id), form), 422
    return redirect(url_for(".import_page", batch_id=batch_id), 303)


@bp.post("/imports/<int:batch_id>/forget")
@needs("people.import")
def forget(batch_id: int) -> ResponseReturnValue:
    with db.transaction():
        imports.forget(known_batch(batch_id), current_staff())
    flash(_("Đã bỏ danh sách này. Không có gì được lưu vào danh sách người dân."), "good")
    return redirect(url_for(".import_list"), 303)


# ------------------------------------------------------------------------------------------------------- taken back


@bp.get("/imports/<int:batch_id>/undo")
@needs("people.import")
def import_undo(batch_id: int) -> ResponseReturnValue:
    batch = known_batch(batch_id)
    if batch.state != STORED or batch.stored_at is None:
        return redirect(url_for(".import_page", batch_id=batch.id))
    try:
        undoing.obstacle(batch, _sent_since(batch))
        why = ""
    except Refused as refused:
        why = sentence(refused)
    return render_template("registry/import_undo.html", batch=batch, why=why, figures=imports.figures)


@bp.post("/imports/<int:batch_id>/undo")
@needs("people.import")
def undo(batch_id: int) -> ResponseReturnValue:
    with db.transaction():
        batch = known_batch(batch_id)
        undone = undoing.undo(batch.id, _sent_since(batch), current_staff())
    flash(
        _("Đã hoàn tác: xóa %(removed)s người mới, trả lại thông tin cũ cho %(restored)s người.",
          removed=undone.removed, restored=undone.restored), "good",
    )  # fmt: skip
    return redirect(url_for(".import_page", batch_id=batch_id), 303)


def _sent_since(batch: ImportBatch) -> Select[int]:
    """To whom something was sent, or is about to be, since this list was stored."""
    at = batch.stored_at
    return (
        select(MessagePerson.person_id)
        .join(Message, Message.id == MessagePerson.message_id)
        .where(or_(Message.due >= at, Message.dispatched_at >= at))
    )
