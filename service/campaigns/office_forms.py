"""The forms of what the office keeps beside its campaigns: checks and papers of employers, prices, special days."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from service.campaigns import employers, prices, special_days
from service.campaigns.typed import DayField, WageField
from service.carriers import directory
from service.registry import areas
from service.text.vietnamese import one_line
from service.text.words import number, today_in_vietnam
from service.web.forms import Form
from service.web.languages import N_, lazy_gettext
from service.web.languages import gettext as _

CHANNEL_NAMES = {prices.SMS: N_("Tin nhắn (mỗi phần)"), prices.VOICE: N_("Cuộc gọi (mỗi phút)")}
DAY_KINDS = {
    special_days.HOLIDAY: N_("Ngày nghỉ: không gửi tin, không gọi"),
    special_days.MARKET: N_("Ngày chợ: nhiều người không ở nhà"),
}
_PRICE = re.compile(r"(\d{1,3}(?:[. ]\d{3})+|\d+)(?:đồng|vnđ|vnd|đ|d)?", re.ASCII)


def _line(value: str | None) -> str:
    return one_line(value or "")


def _id_or_none(value: object) -> int | None:
    return int(str(value)) if value else None


def parse_price(typed: str) -> int:
    """``800``, ``1.200 đ`` → đồng. Raises ValueError."""
    match = _PRICE.fullmatch(one_line(typed).lower().replace(" đ", "đ").replace(" v", "v"))
    if not match or len(match[1]) > 9:
        raise ValueError(typed)
    return int(re.sub(r"\D", "", match[1]))


class PriceField(WageField):
    data: Any  # InputRequired sees to it that there is one
    parse, write = staticmethod(parse_price), staticmethod(number)
    advice = N_("Chưa đọc được giá. Ghi số đồng, như 800 hoặc 1.200.")


class NeededDay(DayField):
    data: Any


class CheckForm(Form):
    """How somebody found out that an employer is real."""

    how = TextAreaField(
        lazy_gettext("Đã kiểm tra thế nào"), [InputRequired(), Length(max=300)], filters=[_line]
    )
    seen = HiddenField()

    def validate_how(self, field: TextAreaField) -> None:
        if sum(char.isalnum() for char in field.data or "") < employers.LEAST_HOW:
            raise ValidationError(_("Xin ghi rõ: đã xem giấy gì, tra cứu hoặc hỏi ở đâu."))


class PaperForm(Form):
    file = FileField(
        lazy_gettext("Tệp PDF, JPEG hoặc PNG"), [FileRequired(lazy_gettext("Xin chọn một tệp."))]
    )


class PriceForm(Form):
    carrier = SelectField(lazy_gettext("Nhà mạng"))
    channel = SelectField(lazy_gettext("Loại"))
    vnd = PriceField(lazy_gettext("Giá, đồng"), [InputRequired()])
    valid_from = NeededDay(lazy_gettext("Có giá trị từ ngày"), [InputRequired()])


def price_form() -> PriceForm:
    form = PriceForm(data={"valid_from": today_in_vietnam()})
    form.carrier.choices = [(name, name.capitalize()) for name in directory.names()]
    form.channel.choices = [(code, _(name)) for code, name in CHANNEL_NAMES.items()]
    return form


class DayForm(Form):
    day = NeededDay(lazy_gettext("Ngày"), [InputRequired()])
    kind = SelectField(lazy_gettext("Là ngày gì"))
    name = StringField(lazy_gettext("Tên"), [InputRequired(), Length(max=100)], filters=[_line])
    area_id = SelectField(lazy_gettext("Ở đâu"), coerce=_id_or_none)


def day_form() -> DayForm:
    form = DayForm()
    form.kind.choices = [(code, _(name)) for code, name in DAY_KINDS.items()]
    form.area_id.choices = [("", _("Mọi nơi"))] + [(one.id, one.name) for one in areas.communes()]
    return form


class WhichForm(Form):
    """One day of the calendar, to be taken away or put back: ``2027-01-01|holiday|Tết Dương lịch``, from its button."""

    which = HiddenField(validators=[InputRequired()])

    def validate_which(self, field: HiddenField) -> None:
        try:
            self.asked()
        except ValueError:
            raise ValidationError(_("Nội dung chưa đúng.")) from None

    def asked(self) -> tuple[date, str, str]:
        """Day, kind and name. Raises ValueError."""
        day, kind, name = self.which.data.split("|", 2)
        return date.fromisoformat(day), kind, name
