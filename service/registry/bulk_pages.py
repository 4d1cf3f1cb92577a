"""Changing many people at once: what to change, what would come of it, and doing it."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service import db
from service.refused import Refused
from service.registry import bulk, choosing, groups, tags
from service.registry.areas import find as find_area
from service.registry.bulk import CHANNEL, GROUP, LANGUAGE, PLACE, TAGGING, Change, Preview
from service.registry.choice_forms import WORDS, address, asked, chips, own_communes, places
from service.registry.choosing import Choice
from service.registry.door import bp
from service.registry.people import Person
from service.text.vietnamese import one_line
from service.text.words import number
from service.web.access import current_staff, needs
from service.web.languages import gettext as _
from service.web.languages import ngettext
from service.web.person_words import BULK_CHANGES
from service.web.sentences import sentence

# A kind of change → which table says what its values are called.
VALUES = {
    LANGUAGE: "languages", CHANNEL: "channels", "add_skill": "skills", "drop_skill": "skills", "add_wish": "wishes",
    "drop_wish": "wishes",
}  # fmt: skip
MOST = 200


@bp.get("/bulk")
@needs("people.edit")
def bulk_page() -> ResponseReturnValue:
    return _choose_page(asked(), None)


def _choose_page(choice: Choice, change: Change | None, problem: str = "") -> str:
    me = current_staff()
    return render_template(
        "registry/bulk.html",
        choice=choice,
        change=change,
        problem=problem,
        count=choosing.count(choice, me),
        chips=chips(choice),
        titles=BULK_CHANGES,
        options={
            kind: [(code, _(word)) for code, word in WORDS[table].items()] for kind, table in VALUES.items()
        },
        communes=[(area.id, area.name) for area in own_communes(me)],
        groups=[
            (group.id, group.name) for group in groups.listed(groups.FIXED) if groups.may_change(group, me)
        ],
    )


def _change() -> Change:
    said = request.values
    commune, group = said.get("to_commune", type=int), said.get("to_group", type=int)
    hamlet = one_line(said.get("to_hamlet", ""))[:100]
    return Change(said.get("kind", ""), said.get("code", ""), commune, hamlet, group)


@bp.get("/bulk/preview")
@needs("people.edit")
def bulk_preview() -> ResponseReturnValue:
    choice, change = asked(), _change()
    if "kind" not in request.values:
        return _choose_page(choice, None)
    try:
        seen = bulk.preview(choice, change, current_staff())
    except Refused as refused:
        return _choose_page(choice, change, sentence(refused)), 422
    return _preview_page(choice, change, seen)


def _preview_page(choice: Choice, change: Change, seen: Preview, problem: str = "") -> str:
    return render_template(
        "registry/bulk_preview.html",
        choice=choice,
        change=change,
        seen=seen,
        chips=chips(choice),
        title=_(BULK_CHANGES[change.kind]),
        value=_value(change),
        rows=_old_and_new(seen.sample, change),
        problem=problem,
        list_url=address(".index", choice),
    )


def _value(change: Change) -> str:
    """What everybody gets, in words."""
    if change.kind == PLACE:
        commune = find_area(change.commune or 0)
        return ", ".join(
            part for part in (change.hamlet, commune.name if commune is not None else "") if part
        )
    if change.kind == GROUP:
        group = groups.find(change.group or 0)
        return group.name if group is not None else ""
    return _(WORDS[VALUES[change.kind]][change.code]) if change.code else _("Chưa rõ")


def _old_and_new(sample: list[Person], change: Change) -> list[tuple[Person, str, str]]:
    """A few of those who change: what stands there now, and what will stand there."""
    olds = _olds(sample, change)
    new = _value(change)
    if change.kind not in TAGGING:
        return [(person, olds[person.id] or "–", new) for person in sample]
    words = {code: _(word) for code, word in WORDS[VALUES[change.kind]].items()}
    codes = tags.of_people([person.id for person in sample], TAGGING[change.kind])
    rows = []
    for person in sample:
        after = (
            {*codes[person.id], change.code}
            if change.kind.startswith("add")
            else {*codes[person.id]} - {change.code}
        )
        rows.append(
            (person, olds[person.id] or "–", ", ".join(words[code] for code in words if code in after) or "–")
        )
    return rows


def _olds(sample: list[Person], change: Change) -> dict[int, str]:
    if change.kind == PLACE:
        return places(sample)
    if change.kind == GROUP:
        return {person.id: "" for person in sample}
    words = {code: _(word) for code, word in WORDS[VALUES[change.kind]].items()}
    if change.kind in TAGGING:
        had = tags.of_people([person.id for person in sample], TAGGING[change.kind])
        return {person: ", ".join(words[code] for code in codes) for person, codes in had.items()}
    return {person.id: words.get(getattr(person, change.kind) or "", "") for person in sample}


@bp.post("/bulk")
@needs("people.edit")
def bulk_apply() -> ResponseReturnValue:
    choice, change, me = asked(), _change(), current_staff()
    seen = (request.form.get("changing", 0, type=int), request.form.get("same", 0, type=int))
    try:
        with db.transaction():
            done = bulk.apply(choice, change, seen, me)
    except Refused as refused:
        if refused.code != "bulk.changed_meanwhile":
            return _choose_page(choice, change, sentence(refused)), 422
        return _preview_page(choice, change, bulk.preview(choice, change, me), sentence(refused)), 409
    flash(ngettext("Đã sửa %(people)s người.", "Đã sửa %(people)s người.", done, people=number(done)), "good")
    return redirect(url_for(".index"), 303)
