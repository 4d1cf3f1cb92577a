"""The forms of the pages on people's rights."""

from __future__ import annotations

from wtforms import BooleanField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from service.campaigns.typed import DayField
from service.rights.requests import DEADLINES
from service.text.words import today_in_vietnam
from service.web import person_words
from service.web.forms import Form
from service.web.languages import gettext as _
from service.web.languages import lazy_gettext


class RequestForm(Form):
    kind = SelectField(lazy_gettext("Người dân xin"))
    asked_on = DayField(lazy_gettext("Ngày người dân nói"), [InputRequired()])
    note = TextAreaField(lazy_gettext("Nói gì, qua ai"), [Length(max=500)])


def request_form() -> RequestForm:
    form = RequestForm()
    form.kind.choices = [(kind, _(person_words.REQUEST_KINDS[kind])) for kind in DEADLINES]
    if not form.is_submitted():
        form.asked_on.data = today_in_vietnam()
    return form


class CloseForm(Form):
    words = TextAreaField(lazy_gettext("Đã làm gì, hoặc vì sao từ chối"), [Length(max=480)])


class DeleteForm(Form):
    sure = BooleanField(lazy_gettext("Tôi đã hỏi lại chính người này và chắc chắn xóa"), [InputRequired()])
