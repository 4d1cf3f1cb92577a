"""The forms of recordings: a sound from a file or from the browser, and what it means."""

from __future__ import annotations

from flask_wtf.file import FileField, FileRequired
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from service.campaigns.recordings import LONGEST_MEANING
from service.web.forms import Form
from service.web.languages import lazy_gettext


class SoundForm(Form):
    file = FileField(
        lazy_gettext("Tệp âm thanh"), [FileRequired(lazy_gettext("Xin chọn một tệp, hoặc bấm “Ghi âm”."))]
    )


class MeaningForm(Form):
    meaning = TextAreaField(
        lazy_gettext("Bản ghi này nói gì, bằng tiếng Việt"), [InputRequired(), Length(max=LONGEST_MEANING)]
    )
