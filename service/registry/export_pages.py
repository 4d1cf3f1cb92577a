"""Taking a list of people out of the house as an Excel file: with a reason, and noted."""

from __future__ import annotations

from flask import render_template, request, send_file
from flask.typing import ResponseReturnValue

from service import db
from service.refused import Refused
from service.registry import choosing, exports
from service.registry.choice_forms import address, asked, chips
from service.registry.choosing import Choice
from service.registry.door import bp
from service.text.words import today_in_vietnam
from service.web import campaign_words, person_words
from service.web.access import current_staff, needs
from service.web.sentences import sentence

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Vietnamese in every language of the screens: it is what the import reads.
WORDS = exports.Words(
    campaign_words.GENDER_NAMES,
    campaign_words.LANGUAGE_NAMES,
    person_words.SKILL_NAMES,
    person_words.WISH_NAMES,
    person_words.WANTED_CHANNELS,
)


@bp.get("/export")
@needs("people.export")
def export_page() -> ResponseReturnValue:
    return _page(asked())


def _page(choice: Choice, reason: str = "", problem: str = "") -> str:
    return render_template(
        "registry/export.html",
        choice=choice,
        count=choosing.count(choice, current_staff()),
        chips=chips(choice),
        columns=[heading for heading, _width in exports.COLUMNS],
        reason=reason,
        problem=problem,
        list_url=address(".index", choice),
    )


@bp.post("/export")
@needs("people.export")
def export() -> ResponseReturnValue:
    choice, me, typed = asked(), current_staff(), request.form.get("reason", "")
    try:
        reason = exports.reason_of(typed)
    except Refused as refused:
        return _page(choice, typed, sentence(refused)), 422
    file, people = exports.write(choice, reason, WORDS, me)
    with db.transaction():
        exports.noted(people, reason, me)
    return send_file(file, XLSX, True, f"nguoi-dan-{today_in_vietnam().isoformat()}.xlsx")
