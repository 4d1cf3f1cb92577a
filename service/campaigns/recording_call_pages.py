"""“Gọi cho tôi để ghi”: a call to the phone of whoever records, from the page of what is to be recorded."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from service import bell, db
from service.campaigns import recording_pages
from service.campaigns.recording_forms import SoundForm
from service.campaigns.recording_pages import bp
from service.carriers import directory
from service.refused import Refused
from service.sending import recording_calls
from service.web.access import current_staff, needs
from service.web.languages import gettext as _
from service.web.sentences import sentence

__all__ = ["bp"]  # with all the pages of recordings
LONGEST = 40


@bp.post("/<slot>/<language>/call")
@needs("recording.add")
def call(slot: str, language: str) -> ResponseReturnValue:
    typed, where = request.form.get("phone", "")[:LONGEST], recording_pages.known_place(slot, language)
    try:
        with db.transaction():
            recording_calls.order(where, typed, current_staff())
    except Refused as refused:
        page = recording_pages.shown(where, SoundForm(formdata=None), call=(typed, sentence(refused)))
        return page, 422
    bell.ring(directory.DEFAULT)
    flash(
        _(
            "Máy của bạn sẽ đổ chuông trong vài phút. Nghe lời cần nói, nói sau tiếng bíp, rồi bấm phím 1 để giữ."
        ),
        "good",
    )
    return redirect(url_for(".show", slot=where.slot, language=language, _anchor="by-phone"), 303)
