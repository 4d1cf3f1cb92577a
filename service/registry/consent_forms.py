"""The form that goes round the lines of a consent paper: what it says, when it was signed, its scan."""

from __future__ import annotations

from flask_wtf.file import FileField
from wtforms import DateField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from service import settings
from service.registry.consent import PURPOSES
from service.text.words import today_in_vietnam
from service.web import person_words
from service.web.forms import Form
from service.web.languages import gettext as _
from service.web.languages import lazy_gettext

# What is read out and stands on the paper, for each purpose. In Vietnamese whatever language the screen is in.
WORDS = {
    "job_notices": "Tôi đồng ý cho {office} gửi tin nhắn và gọi điện báo việc làm vào số điện thoại của tôi. Miễn phí; tôi có thể từ chối bất cứ lúc nào.",
    "pass_to_employer": "Tôi đồng ý cho {office} chuyển họ tên và số điện thoại của tôi cho doanh nghiệp tuyển người mà tôi đã nói muốn đi làm. Tôi có thể rút lại bất cứ lúc nào.",
    "keep_after": "Tôi đồng ý cho {office} giữ họ tên, năm sinh, thôn và số điện thoại của tôi sau đợt tuyển để báo việc khác. Tôi có thể xin xóa bất cứ lúc nào.",
}


def words_for(purpose: str) -> str:
    return WORDS[purpose].replace("{office}", settings.get().office_name)


class SheetForm(Form):
    purpose = SelectField(lazy_gettext("Phiếu hỏi về"))
    signed_on = DateField(lazy_gettext("Ngày ký"), [InputRequired()], format=["%Y-%m-%d", "%d/%m/%Y"])
    words = TextAreaField(
        lazy_gettext("Lời ghi trên phiếu, đã đọc cho người ký"), [InputRequired(), Length(10, 500)]
    )
    file = FileField(lazy_gettext("Tờ phiếu đã quét hoặc chụp"))


def sheet_form(purpose: str) -> SheetForm:
    form = SheetForm()
    form.purpose.choices = [(code, _(person_words.PURPOSES[code])) for code in PURPOSES]
    if not form.is_submitted():
        form.purpose.data, form.words.data = purpose, words_for(purpose)
        form.signed_on.data = today_in_vietnam()
    return form
