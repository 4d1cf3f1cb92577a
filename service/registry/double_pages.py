"""The page of doubtful pairs: the same person? One pair at a time, side by side; the next one follows."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from service import db
from service.registry import consent, doubles, merging
from service.registry.consent import JOB_NOTICES
from service.registry.door import MOST_ID, bp, known
from service.registry.fact_pages import facts
from service.registry.people import Person
from service.text.words import date_vi
from service.web import person_words
from service.web.access import current_staff, needs
from service.web.languages import gettext as _

MANY = 100  # pairs; more are not counted


@dataclass(frozen=True)
class Row:
    """One fact of both. ``differs``: both say something, and not the same."""

    label: str
    left: str
    right: str

    @property
    def differs(self) -> bool:
        return bool(self.left and self.right and self.left != self.right)


@bp.get("/same", endpoint="doubles")
@needs("people.merge")
def same() -> ResponseReturnValue:
    after = _ids("after") or (0, 0)
    asked = _ids("pair")
    twins = doubles.pair(*asked) if asked else next(iter(doubles.pairs(after, 1)), None)
    if twins is None and after != (0, 0):
        return redirect(url_for(".doubles"), 303)  # behind the last one those that were left for later wait
    count = doubles.count(MANY) if twins else 0
    return render_template(
        "registry/doubles.html", twins=twins, rows=_rows(twins) if twins else [], count=count, many=count >= MANY,
        skip=url_for(".doubles", after=f"{twins.one.id}-{twins.other.id}") if twins and not asked else None,
    )  # fmt: skip


def _ids(name: str) -> tuple[int, int] | None:
    """``12-345`` from the address."""
    first, _dash, second = request.values.get(name, "").partition("-")
    ids = [int(text) for text in (first, second) if text.isascii() and text.isdigit() and len(text) < 20]
    return (ids[0], ids[1]) if len(ids) == 2 and max(ids) <= MOST_ID else None


def _rows(twins: doubles.Twins) -> list[Row]:
    left, right = ({**facts(person), **_dates(person)} for person in (twins.one, twins.other))
    rows = [Row(_(label), left[code], right[code]) for code, label in person_words.FACTS.items()]
    return [row for row in rows if row.left or row.right]


def _dates(person: Person) -> dict[str, str]:
    row = consent.standing(person.id)[JOB_NOTICES]
    if row is None:
        agreed = _("Chưa hỏi")
    else:
        day = date_vi(row.at)
        agreed = _("Đồng ý, %(day)s", day=day) if row.given else _("Không đồng ý, %(day)s", day=day)
    return {"agreed": agreed, "since": date_vi(person.created_at)}


@bp.post("/same/merge")
@needs("people.merge")
def double_merge() -> ResponseReturnValue:
    kept, gone = request.form.get("kept", 0, type=int), request.form.get("gone", 0, type=int)
    with db.transaction():
        row = merging.merge(kept, gone, current_staff())
    page = Markup('<a href="{}">{}</a>').format(
        url_for(".show", person_id=row.kept_id), _("Xem hoặc tách lại")
    )
    flash(Markup("{} {}").format(_("Đã gộp thành một người."), page), "good")
    return _next(min(kept, gone), max(kept, gone))


@bp.post("/same/two")
@needs("people.merge")
def double_two() -> ResponseReturnValue:
    one, other = request.form.get("one", 0, type=int), request.form.get("other", 0, type=int)
    with db.transaction():
        merging.tell_apart(known(one).id, known(other).id, current_staff())
    flash(_("Đã ghi: hai người khác nhau. Cặp này không hiện nữa."), "good")
    return _next(min(one, other), max(one, other))


def _next(one: int, other: int) -> ResponseReturnValue:
    return redirect(url_for(".doubles", after=f"{one}-{other}"), 303)


@bp.post("/<int:person_id>/split/<int:merge_id>")
@needs("people.merge")
def double_split(person_id: int, merge_id: int) -> ResponseReturnValue:
    with db.transaction():
        kept = known(person_id).id
        if merge_id not in {merge.id for merge in merging.into(kept)}:
            abort(404)
        row = merging.split(merge_id, current_staff())
        merging.tell_apart(row.kept_id, row.gone_id, current_staff())
    other = Markup('<a href="{}">{}</a>').format(url_for(".show", person_id=row.gone_id), _("Mở người kia"))
    flash(
        Markup("{} {}").format(
            _("Đã tách lại thành hai người, mỗi người có lại số và thông tin của mình."), other
        ),
        "good",
    )
    return redirect(url_for(".show", person_id=person_id), 303)
