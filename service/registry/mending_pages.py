"""A list that is not right yet: say how the file is to be read and which column is what, and mend cells in place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from flask import flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from service import db
from service.refused import Refused
from service.registry import bad_rows, columns, imports
from service.registry.door import bp
from service.registry.export_pages import XLSX
from service.registry.headings import COMMUNE_CODE
from service.registry.import_pages import known_batch
from service.registry.imports import COLUMNS, OPEN, ImportBatch
from service.registry.seen import Choices
from service.registry.sheets import ENCODINGS
from service.web import person_words
from service.web.access import current_staff, needs
from service.web.languages import gettext as _
from service.web.languages import ngettext
from service.web.sentences import sentence

LAST_ROW = 1_048_576  # of any spreadsheet


@bp.get("/imports/<int:batch_id>/columns")
@needs("people.import")
def import_columns(batch_id: int) -> ResponseReturnValue:
    batch = known_batch(batch_id)
    if batch.state not in OPEN:
        return redirect(url_for(".import_page", batch_id=batch.id))
    return _columns_page(batch)


def _columns_page(batch: ImportBatch, wrong: str = "", asked: Mapping[str, str] | None = None) -> str:
    """``asked``: letter → field that staff chose and that did not work."""
    seen = batch.found
    told = Refused(f"import.{seen.problem}", row=max(seen.header_rows, default=1)) if seen.problem else None
    return render_template(
        "registry/import_columns.html",
        batch=batch,
        seen=seen,
        choices=batch.chosen,
        asked=asked or {},
        fields=columns.FIELDS,
        encodings=ENCODINGS,
        words=person_words,
        wrong=wrong or (sentence(told) if told else ""),
        with_codes=COMMUNE_CODE in {*(asked or {}).values(), *(column.field for column in seen.columns)},
        step=COLUMNS,
    )


@bp.post("/imports/<int:batch_id>/file")
@needs("people.import")
def read_file(batch_id: int) -> ResponseReturnValue:
    """Another encoding, sheet or row of headings: what was said of the columns counts no longer."""
    batch, typed = known_batch(batch_id), request.form
    encoding, sheet = typed.get("encoding", ""), typed.get("sheet", "")
    return _read_again(
        batch,
        Choices(
            encoding=encoding if encoding in ENCODINGS else "",
            sheet=sheet if sheet in batch.found.sheets else "",
            header_row=_row(typed.get("header_row", "")),
        ),
    )


def _row(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and 0 < int(typed[:8]) <= LAST_ROW else 0


@bp.post("/imports/<int:batch_id>/columns")
@needs("people.import")
def read_columns(batch_id: int) -> ResponseReturnValue:
    batch = known_batch(batch_id)
    asked = _asked(request.form)
    # What was guessed counts as said from now on; a column that is not read and was not before is left to be found out.
    was_read = {column.letter for column in batch.found.read}
    said = {letter: field for letter, field in asked.items() if field or letter in was_read}
    typed = request.form.get("codes_of", "").strip()
    try:
        codes_of = date.fromisoformat(typed).isoformat() if typed else ""
    except ValueError:
        return _columns_page(batch, sentence(Refused("import.codes_of")), asked), 422
    choices = replace(
        batch.chosen,
        columns={**(batch.chosen.columns or {}), **said},
        remembered=False,
        codes_of=codes_of,
    )
    return _read_again(batch, choices, asked)


def _asked(form: MultiDict[str, str]) -> dict[str, str]:
    named = {name.removeprefix("column-"): said for name, said in form.items() if name.startswith("column-")}
    return {letter: said for letter, said in named.items() if said in columns.FIELDS or not said}


def _read_again(
    batch: ImportBatch, choices: Choices, asked: Mapping[str, str] | None = None
) -> ResponseReturnValue:
    before = imports.state_of(batch)
    try:
        found = imports.look_again(batch, choices)
    except Refused as refused:
        return _columns_page(batch, sentence(refused), asked), 422
    with db.transaction():
        batch = imports.keep_again(batch.id, before, found, current_staff())
    return redirect(url_for(".import_page", batch_id=batch.id), 303)


# ------------------------------------------------------------------------------------------------------------- cells


@bp.post("/imports/<int:batch_id>/cells")
@needs("people.import")
def mend(batch_id: int) -> ResponseReturnValue:
    """Save what was typed into the bad cells, and check the list again. What is still wrong stays as it was typed."""
    batch = known_batch(batch_id)
    back = url_for(
        ".import_page", batch_id=batch.id, kind=request.args.get("kind"), start=request.args.get("start")
    )
    edits = bad_rows.typed(batch, _cells(request.form))
    if not edits:
        flash(_("Chưa có ô nào được sửa."), "info")
        return redirect(back, 303)
    before = imports.state_of(batch)
    found = imports.look_again(batch, edits=edits)
    with db.transaction():
        batch = imports.keep_again(batch.id, before, found, current_staff())
    errors = batch.counts["errors"]
    mended = ngettext("Đã sửa %(num)s ô.", "Đã sửa %(num)s ô.", len(edits))
    left = ngettext("Còn %(num)s lỗi.", "Còn %(num)s lỗi.", errors) if errors else _("Không còn lỗi.")
    flash(f"{mended} {left}", "warn" if errors else "good")
    return redirect(back if errors else url_for(".import_page", batch_id=batch.id), 303)


def _cells(form: MultiDict[str, str]) -> dict[str, str]:
    """Cell → text; the button beside a cell ("D12=0912 000 345") goes before what was typed into it."""
    found = {name.removeprefix("cell-"): text for name, text in form.items() if name.startswith("cell-")}
    cell, taken, offer = form.get("use", "").partition("=")
    return {**found, cell: offer} if taken else found


@bp.post("/imports/<int:batch_id>/bad-rows")
@needs("people.import")
def bad_rows_file(batch_id: int) -> ResponseReturnValue:
    batch = known_batch(batch_id)
    file, count = bad_rows.write(batch, request.args.get("kind") or bad_rows.level(batch))
    with db.transaction():
        bad_rows.taken(batch, count, current_staff())
    return send_file(file, XLSX, True, f"dong-sai-{batch.id}.xlsx")
