"""Behind the figures of a list: who is new, who is brought up to date and how, what is left out and why.

Before storing it is what the list would do, afterwards what it did. Names only; numbers are masked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from service.registry import areas, import_people
from service.registry.checking import LEAVES_OUT
from service.registry.door import bp, number_asked
from service.registry.import_pages import advice, known_batch
from service.registry.import_people import Told
from service.registry.imports import CHECKED, LEFT_OUT, STORED, ImportBatch, figures
from service.registry.planning import ADDED, DEEDS
from service.registry.problems import KINDS, Problem
from service.registry.tags import SKILL
from service.text.phone_numbers import masked
from service.web import campaign_words, person_words
from service.web.access import needs
from service.web.languages import gettext as _

PAGE = 50


@dataclass(frozen=True)
class Line:
    """A person of the list on screen. ``changes``: in words; of a known person only what is news."""

    told: Told
    place: str
    numbers: tuple[str, ...]
    changes: tuple[str, ...]


@bp.get("/imports/<int:batch_id>/people/<which>")
@needs("people.import")
def import_outcome(batch_id: int, which: str) -> ResponseReturnValue:
    batch, start = known_batch(batch_id), number_asked("start") or 0
    which = which if which in (*DEEDS, LEFT_OUT) else ADDED
    left_out = _left_out(batch) if which == LEFT_OUT else []
    told = [] if which == LEFT_OUT else import_people.listed(batch, which, start, PAGE + 1)
    more = len(told) > PAGE or len(left_out) > start + PAGE
    return render_template(
        "registry/import_people.html",
        batch=batch, which=which, lines=_lines(told[:PAGE]), left_out=left_out[start : start + PAGE], facts=KINDS,
        advice=advice, tabs=_tabs(batch), stored=batch.state == STORED, is_open=batch.state == CHECKED,
        newer=_part(batch, which, start - PAGE) if start else None,
        older=_part(batch, which, start + PAGE) if more else None,
    )  # fmt: skip


def _tabs(batch: ImportBatch) -> list[tuple[str, str, int]]:
    counts = figures(batch)
    return [(which, _(word), counts[which]) for which, word in person_words.IMPORT_LISTS.items()]


def _part(batch: ImportBatch, which: str, start: int) -> str:
    return url_for(".import_outcome", batch_id=batch.id, which=which, start=max(start, 0) or None)


def _left_out(batch: ImportBatch) -> list[Problem]:
    return [problem for problem in batch.noted if problem.kind in (*LEAVES_OUT, "duplicate_person")]


# ---------------------------------------------------------------------------------------------------------- in words


def _lines(told: Sequence[Told]) -> list[Line]:
    ids = {
        area
        for one in told
        for area in (one.commune, *one.fields.get("area_id", ()), *one.fields.get("hamlet_id", ()))
        if isinstance(area, int)
    }
    names: Mapping[Any, str] = areas.names(ids)
    return [
        Line(one, ", ".join([word for word in (one.hamlet, names.get(one.commune, "")) if word]),
             tuple(map(masked, one.numbers)), tuple(_changes(one, names)))
        for one in told
    ]  # fmt: skip


def _changes(one: Told, places: Mapping[Any, str]) -> list[str]:
    said = []
    for name, (old, new) in one.fields.items():
        before, after = (_value(name, value, places) for value in (old, new))
        said.append(f"{_(person_words.IMPORT_FIELDS[name])}: {before} → {after}")
    if one.added:
        said.append(_("thêm số %(numbers)s", numbers=", ".join(map(masked, one.added))))
    if one.consent is not None:
        said.append(_("đồng ý nhận tin") if one.consent else _("không đồng ý nhận tin"))
    for kind, code in one.tags:
        names = person_words.SKILL_NAMES if kind == SKILL else person_words.WISH_NAMES
        said.append(_("thêm: %(word)s", word=_(names[code])))
    return said


def _value(name: str, value: Any, places: Mapping[Any, str]) -> str:
    if value is None:
        return _("chưa rõ")
    words = {"gender": campaign_words.GENDER_NAMES, "language": campaign_words.LANGUAGE_NAMES}.get(name)
    return _(words[value]) if words is not None else places.get(value, str(value))
