"""The recordings' door: what is there per language, recording, a second speaker's word; and where carriers fetch them."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from service import db
from service.campaigns import campaigns, recording_files, recordings, sound, voice_notices
from service.campaigns.campaigns import APPROVED, DRAFT, PAUSED, RUNNING
from service.campaigns.door import MOST_ID
from service.campaigns.recording_forms import MeaningForm, SoundForm
from service.campaigns.recordings import NOTICE, PROMPTS, Place, Recording
from service.carriers import directory
from service.refused import Refused
from service.registry.people import LANGUAGES
from service.sending import recording_calls
from service.staff import accounts
from service.web import campaign_words, recording_words
from service.web.access import current_staff, needs, public
from service.web.languages import gettext as _
from service.web.sentences import sentence

FIRST = "hmn"  # most people here speak Mông
PLAYED_S = 24 * 60 * 60  # how long a carrier may play what it fetched without asking again

bp = Blueprint("recordings", __name__, url_prefix=recording_files.FETCH)


@bp.get("")
@needs("recording.see")
def index() -> ResponseReturnValue:
    asked = request.args.get("language", FIRST)
    language = asked if asked in LANGUAGES else FIRST
    notices = {one.id: one for one in campaigns.in_state(DRAFT, APPROVED, RUNNING, PAUSED)}
    places = [Place(part, language) for part in PROMPTS] + [
        Place(NOTICE, language, campaign_id) for campaign_id in notices
    ]
    return render_template(
        "recordings/index.html",
        language_now=language,
        language_names=campaign_words.LANGUAGE_NAMES,
        listed=recordings.standings(places),
        campaigns=notices,
        part_names=recording_words.PART_NAMES,
        words=recording_words.STANDINGS,
        names=_names(),
    )


@bp.get("/<slot>/<language>")
@needs("recording.see")
def show(slot: str, language: str) -> ResponseReturnValue:
    return shown(known_place(slot, language), SoundForm(formdata=None))


@bp.post("/<slot>/<language>")
@needs("recording.add")
def add(slot: str, language: str) -> ResponseReturnValue:
    where, form = known_place(slot, language), SoundForm()
    if not (form.validate() and _kept(form, where)):
        return shown(where, form), 422
    flash(_("Đã lưu bản ghi. Hãy nghe lại, rồi nhờ người thứ hai biết tiếng này xác nhận."), "good")
    return redirect(url_for(".show", slot=where.slot, language=language), 303)


def _kept(form: SoundForm, where: Place) -> bool:
    try:
        heard = sound.read(form.file.data.read())
        with db.transaction():
            recordings.add(where, heard, current_staff())
    except Refused as refused:
        form.file.errors = [sentence(refused)]
        return False
    return True


@bp.post("/<int:recording_id>/confirm")
@needs("recording.confirm")
def confirm(recording_id: int) -> ResponseReturnValue:
    form, where = MeaningForm(), recordings.place_of(_known(recording_id))
    if not (form.validate() and _confirmed(form, recording_id)):
        return shown(where, SoundForm(formdata=None), form, recording_id), 422
    flash(_("Đã xác nhận. Bản ghi này được dùng từ bây giờ."), "good")
    return redirect(url_for(".show", slot=where.slot, language=where.language), 303)


def _confirmed(form: MeaningForm, recording_id: int) -> bool:
    try:
        with db.transaction():
            recordings.confirm(_known(recording_id), form.meaning.data, current_staff())
    except Refused as refused:
        form.meaning.errors = [sentence(refused)]
        return False
    return True


@bp.post("/<int:recording_id>/withdraw")
@needs("recording.withdraw")
def withdraw(recording_id: int) -> ResponseReturnValue:
    with db.transaction():
        found = _known(recording_id)
        recordings.withdraw(found, current_staff())
    flash(_("Đã rút bản %(version)s: không dùng nữa.", version=found.version), "good")
    where = recordings.place_of(found)
    return redirect(url_for(".show", slot=where.slot, language=where.language), 303)


def shown(
    where: Place,
    form: SoundForm,
    meaning: MeaningForm | None = None,
    asked: int = 0,
    call: tuple[str, str] = ("", ""),
) -> Response:
    """``asked``: the recording to whose form ``meaning`` belongs. ``call``: the number that was typed, and what is wrong
    with calling it."""
    page = render_template(
        "recordings/show.html",
        where=where,
        campaign=campaigns.find(where.campaign_id) if where.campaign_id else None,
        part_name=_(recording_words.PART_NAMES[where.part]),
        language_name=_(campaign_words.LANGUAGE_NAMES[where.language]),
        to_say=recordings.words_of(where),
        standing=recordings.standings([where])[where],
        standing_words=recording_words.STANDINGS,
        versions=recordings.versions(where),
        states=recording_words.STATES,
        longest_s=voice_notices.LONGEST_S if where.part == NOTICE else sound.LONGEST_S,
        form=form,
        meaning=meaning or MeaningForm(formdata=None),
        asked=asked,
        names=_names(),
        call=call,
        calls=recording_calls.lately(where),
        call_words=recording_words.CALLS,
        can_call=directory.get(directory.DEFAULT).capabilities.can_call,
    )
    return Response(page, headers={"Permissions-Policy": "camera=(), geolocation=(), microphone=(self)"})


# ----------------------------------------------------------------------------------------------------- to be played


@bp.get("/<int:recording_id>/sound.wav")
@needs("recording.see")
def listen(recording_id: int) -> ResponseReturnValue:
    path = recording_files.path_of(_known(recording_id).sha256)
    return _played(path if path.is_file() else None)


@bp.get("/<token>.wav")
@public("a carrier fetches what it plays in a call; the signed token names one recording and runs out")
def fetch(token: str) -> ResponseReturnValue:
    return _played(recording_files.named_by(token, db.clock()))


def _played(path: Path | None) -> ResponseReturnValue:
    """The file or the part of it that is asked for; without session, cookie or page, for who asks is often a machine."""
    if path is None:
        return Response("not found", 404, mimetype="text/plain")
    try:
        answer = send_file(path, mimetype="audio/wav", conditional=True, etag=path.stem)
    except RequestedRangeNotSatisfiable:
        length = {"Content-Range": f"bytes */{path.stat().st_size}"}
        return Response("no such range", 416, length, mimetype="text/plain")
    answer.headers["Accept-Ranges"] = "bytes"
    answer.headers["Cache-Control"] = f"private, max-age={PLAYED_S}"
    return answer


def known_place(slot: str, language: str) -> Place:
    return recordings.place(slot, language) or abort(404)


def _known(recording_id: int) -> Recording:
    return (recordings.find(recording_id) if recording_id <= MOST_ID else None) or abort(404)


def _names() -> dict[int, str]:
    return {one.id: one.name for one in accounts.listed()}
