"""Saved groups: the list of them, one of them, saving, renaming, deleting, who comes in and goes out."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service import db
from service.refused import Refused
from service.registry import choosing, groups
from service.registry.choice_forms import address, asked, chips, table
from service.registry.choosing import PAGE, Choice
from service.registry.door import MOST_ID, bp, number_asked
from service.registry.groups import FIXED, LIVING, Group
from service.staff import accounts
from service.text.words import number
from service.web import person_words
from service.web.access import current_staff, may, needs
from service.web.languages import gettext as _
from service.web.languages import ngettext
from service.web.sentences import sentence


def known_group(group_id: int) -> Group:
    group = groups.find(group_id) if group_id <= MOST_ID else None
    if group is None:
        abort(404)
    return group


@bp.get("/groups")
@needs("people.see")
def group_list() -> ResponseReturnValue:
    me = current_staff()
    listed = groups.listed()
    return render_template(
        "registry/groups.html",
        groups=listed,
        counts={group.id: choosing.count(groups.choice_of(group), me) for group in listed},
        staff_names={staff.id: staff.name for staff in accounts.listed()},
        kinds=person_words.GROUP_KINDS,
    )


@bp.get("/groups/new")
@needs("people.edit")
def new_group() -> ResponseReturnValue:
    return _new_page(asked())


def _new_page(choice: Choice, name: str = "", kind: str = "", problem: str = "") -> str:
    me = current_staff()
    fixed = [group for group in groups.listed(FIXED) if groups.may_change(group, me)]
    return render_template(
        "registry/group_new.html",
        choice=choice,
        count=choosing.count(choice, me),
        chips=chips(choice),
        name=name,
        kind=kind or (FIXED if choice.persons is not None else LIVING),
        problem=problem,
        fixed=fixed,
    )


@bp.post("/groups/new")
@needs("people.edit")
def save_group() -> ResponseReturnValue:
    choice, name, kind = asked(), request.form.get("name", ""), request.form.get("kind", FIXED)
    try:
        with db.transaction():
            group = groups.save(name, kind, choice, current_staff())
    except Refused as refused:
        return _new_page(choice, name, kind, sentence(refused)), 422
    flash(_("Đã lưu nhóm “%(name)s”.", name=group.name), "good")
    return redirect(url_for(".group_page", group_id=group.id), 303)


@bp.post("/groups/put-in")
@needs("people.edit")
def put_in_group() -> ResponseReturnValue:
    """These people into a group that is there already."""
    choice = asked()
    with db.transaction():
        group = known_group(request.form.get("into", 0, type=int))
        added = groups.put_in(group, choice, current_staff())
    flash(
        ngettext(
            "Đã thêm %(people)s người vào nhóm “%(name)s”.",
            "Đã thêm %(people)s người vào nhóm “%(name)s”.",
            added,
            people=number(added),
            name=group.name,
        ),
        "good",
    )
    return redirect(url_for(".group_page", group_id=group.id), 303)


@bp.get("/groups/<int:group_id>")
@needs("people.see")
def group_page(group_id: int) -> ResponseReturnValue:
    return _group_page(known_group(group_id))


def _group_page(group: Group, problem: str = "") -> str:
    me, after = current_staff(), number_asked("after")
    choice = groups.choice_of(group)
    found = choosing.search(choice, me, after, PAGE + 1)
    shown, more = found[:PAGE], len(found) > PAGE
    here = url_for(".group_page", group_id=group.id)
    return render_template(
        "registry/group.html",
        group=group,
        choice=choice,
        chips=chips(choice) if group.kind == LIVING else [],
        count=choosing.count(choice, me),
        list_url=address(".index", choice),
        may_change=may("people.edit") and groups.may_change(group, me),
        kinds=person_words.GROUP_KINDS,
        problem=problem,
        first=here if after is not None else None,
        following=url_for(".group_page", group_id=group.id, after=shown[-1].id) if more else None,
        **table(shown),
    )


@bp.post("/groups/<int:group_id>/rename")
@needs("people.edit")
def rename_group(group_id: int) -> ResponseReturnValue:
    try:
        with db.transaction():
            groups.rename(known_group(group_id), request.form.get("name", ""), current_staff())
    except Refused as refused:
        if refused.code == "group.not_yours":
            raise
        return _group_page(known_group(group_id), sentence(refused)), 422
    flash(_("Đã đổi tên nhóm."), "good")
    return redirect(url_for(".group_page", group_id=group_id), 303)


@bp.post("/groups/<int:group_id>/delete")
@needs("people.edit")
def delete_group(group_id: int) -> ResponseReturnValue:
    with db.transaction():
        group = known_group(group_id)
        groups.remove(group, current_staff())
    flash(
        _("Đã xóa nhóm “%(name)s”. Những người trong nhóm vẫn còn trong danh sách.", name=group.name), "good"
    )
    return redirect(url_for(".group_list"), 303)


@bp.post("/groups/<int:group_id>/take-out")
@needs("people.edit")
def take_out_of_group(group_id: int) -> ResponseReturnValue:
    ticked = Choice.from_pairs(request.form.items(multi=True)).persons or ()
    with db.transaction():
        taken = groups.take_out(known_group(group_id), ticked, current_staff())
    if taken:
        said = ngettext(
            "Đã bỏ %(people)s người khỏi nhóm.",
            "Đã bỏ %(people)s người khỏi nhóm.",
            taken,
            people=number(taken),
        )
        flash(said, "good")
    else:
        flash(_("Chưa đánh dấu ai. Hãy đánh dấu ô trước tên rồi bấm lại."), "warn")
    return redirect(url_for(".group_page", group_id=group_id), 303)
