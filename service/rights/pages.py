"""The door for people's rights: what is kept about somebody, requests with their deadlines, deletion."""

from __future__ import annotations

import json

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service import db
from service.refused import Refused
from service.registry.door import known
from service.rights import dossier, erasure, requests
from service.rights.forms import CloseForm, DeleteForm, RequestForm, request_form
from service.rights.requests import Request
from service.staff import history
from service.text.words import date_vi, today_in_vietnam
from service.web import person_words, rights_words
from service.web.access import current_staff, needs
from service.web.languages import gettext as _
from service.web.sentences import sentence

bp = Blueprint("rights", __name__, url_prefix="/rights")


@bp.get("")
@needs("people.rights")
def index() -> ResponseReturnValue:
    closed = request.args.get("show") == "closed"
    asked = requests.closed() if closed else requests.open_requests()
    return render_template(
        "rights/index.html", asked=asked, closed=closed, today=today_in_vietnam(), words=person_words,
        late=requests.late_count(today_in_vietnam()),
    )  # fmt: skip


@bp.get("/people/<int:person_id>", endpoint="dossier")
@needs("people.rights")
def dossier_page(person_id: int) -> ResponseReturnValue:
    with db.transaction():
        person = known(person_id)
        history.record("person.dossier_shown", current_staff(), person=person.id)
    return render_template(
        "rights/dossier.html",
        person=person,
        parts=dossier.of_person(person.id),
        words=rights_words,
        now=db.clock(),
    )


@bp.get("/people/<int:person_id>/file.<kind>")
@needs("people.rights")
def file(person_id: int, kind: str) -> ResponseReturnValue:
    """The same as a file to hand over: JSON for a machine, HTML to be read and printed anywhere."""
    if kind not in ("json", "html"):
        abort(404)
    with db.transaction():
        person = known(person_id)
        history.record("person.dossier_shown", current_staff(), person=person.id)
    if kind == "json":
        text = json.dumps(dossier.as_json(person.id), ensure_ascii=False, indent=1)
    else:
        parts = dossier.of_person(person.id)
        text = render_template(
            "rights/file.html", person=person, parts=parts, words=rights_words, now=db.clock()
        )
    types = {"json": "application/json", "html": "text/html"}
    name = f"nguoi-dan-{person.id}.{kind}"
    return Response(
        text,
        content_type=f"{types[kind]}; charset=utf-8",
        headers={"Content-Disposition": f"attachment; filename={name}"},
    )


@bp.get("/people/<int:person_id>/new")
@needs("people.rights")
def new(person_id: int) -> ResponseReturnValue:
    return _request_page(person_id, request_form())


def _request_page(person_id: int, form: RequestForm) -> str:
    days = {kind: _deadline_words(kind) for kind in requests.DEADLINES}
    return render_template(
        "rights/new.html", person=known(person_id), form=form, days=days, words=person_words
    )


def _deadline_words(kind: str) -> str:
    deadline = requests.DEADLINES[kind]
    if deadline.working:
        return _("%(days)s ngày làm việc", days=deadline.days)
    return _("%(days)s ngày", days=deadline.days)


@bp.post("/people/<int:person_id>/new")
@needs("people.rights")
def add(person_id: int) -> ResponseReturnValue:
    form = request_form()
    asked_on = form.asked_on.data if form.validate() else None
    if asked_on is None:
        return _request_page(person_id, form), 422
    try:
        with db.transaction():
            row = requests.ask(
                known(person_id), form.kind.data, form.note.data or "", asked_on, current_staff()
            )
    except Refused as refused:
        form.asked_on.errors = [sentence(refused)]
        return _request_page(person_id, form), 422
    flash(_("Đã ghi. Hạn trả lời: %(day)s.", day=date_vi(row.due)), "good")
    return redirect(url_for(".index"), 303)


@bp.get("/<int:request_id>")
@needs("people.rights")
def show(request_id: int) -> ResponseReturnValue:
    return _close_page(_known(request_id), CloseForm())


def _known(request_id: int) -> Request:
    found = requests.find(request_id)
    if found is None:
        abort(404)
    return found


def _close_page(row: Request, form: CloseForm) -> str:
    person = known(row.person_id) if row.done_at is None else None
    return render_template(
        "rights/show.html", row=row, person=person, form=form, words=person_words, today=today_in_vietnam(),
        deed=_deed(row, person.id) if person is not None else None,
    )  # fmt: skip


def _deed(row: Request, person_id: int) -> tuple[str, str]:
    """Where the thing itself is done: its address and the words of the link."""
    places = {
        requests.SEE: (url_for(".dossier", person_id=person_id), _("Mở và in mọi điều đang lưu")),
        requests.CORRECT: (url_for("people.edit", person_id=person_id), _("Sửa thông tin")),
        requests.WITHDRAW: (
            url_for("people.show", person_id=person_id),
            _("Mở trang người này, phần Đồng ý"),
        ),
        requests.DELETE: (url_for(".delete", person_id=person_id), _("Mở trang xóa")),
    }
    return places[row.kind]


@bp.post("/<int:request_id>/<outcome>")
@needs("people.rights")
def close(request_id: int, outcome: str) -> ResponseReturnValue:
    form, row = CloseForm(), _known(request_id)
    if outcome not in (requests.DONE, requests.REFUSED):
        abort(404)
    if not form.validate():
        return _close_page(row, form), 422
    try:
        with db.transaction():
            requests.close(_known(request_id), outcome, form.words.data or "", current_staff())
    except Refused as refused:
        if refused.code != "rights.no_reason":
            raise
        form.words.errors = [sentence(refused)]
        return _close_page(_known(request_id), form), 422
    flash(_("Đã ghi kết quả của yêu cầu."), "good")
    return redirect(url_for(".index"), 303)


@bp.get("/people/<int:person_id>/delete")
@needs("people.rights")
def delete(person_id: int) -> ResponseReturnValue:
    return render_template("rights/delete.html", person=known(person_id), form=DeleteForm())


@bp.post("/people/<int:person_id>/delete")
@needs("people.rights")
def delete_now(person_id: int) -> ResponseReturnValue:
    form = DeleteForm()
    if not form.validate():
        return render_template("rights/delete.html", person=known(person_id), form=form), 422
    with db.transaction():
        erased = erasure.erase(known(person_id), current_staff())
    flash(
        _(
            "Đã xóa tên và %(count)s số điện thoại. Tổng số trong các báo cáo cũ không đổi.",
            count=erased.numbers,
        ),
        "good",
    )
    if erased.shared:
        flash(
            _("%(count)s số còn người khác dùng chung nên vẫn giữ cho những người đó.", count=erased.shared),
            "info",
        )
    if erased.sheets:
        flash(
            _(
                "%(count)s tờ phiếu quét có chung nhiều người vẫn còn. Hãy che tên người này trên giấy và trên ảnh.",
                count=erased.sheets,
            ),
            "warn",
        )
    return redirect(url_for(".index"), 303)
