"""The small forms of campaigns and employers. The six cards have theirs in card_forms.py."""

from __future__ import annotations

from typing import Any

from wtforms import HiddenField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from service.campaigns import employers
from service.campaigns.approvals import LEAST_REASON
from service.campaigns.campaigns import IN_PROVINCE, REACHES
from service.campaigns.employers import Employer
from service.campaigns.typed import DayField
from service.text.vietnamese import one_line
from service.web.campaign_words import REACH_NAMES
from service.web.forms import Form
from service.web.languages import gettext as _
from service.web.languages import lazy_gettext


def id_or_none(value: object) -> int | None:
    return int(str(value)) if value else None


def line(value: str | None) -> str:
    return one_line(value or "")


def no_braces(_form: Form, field: StringField) -> None:
    if "{" in (field.data or "") or "}" in (field.data or ""):
        raise ValidationError(_("Xin bỏ dấu { và } ở ô này."))


class LaunchForm(Form):
    """What the person saw when pressing the button."""

    recipients = IntegerField(validators=[InputRequired()])
    seen = HiddenField(validators=[InputRequired()])


class NewForm(Form):
    """What a draft begins with; all of it can be changed later."""

    reach = RadioField(lazy_gettext("Làm việc ở đâu"), default=IN_PROVINCE)
    employer_id = SelectField(lazy_gettext("Doanh nghiệp tuyển"), coerce=id_or_none)
    post = StringField(lazy_gettext("Công việc"), [Length(max=120), no_braces], filters=[line])


def new_form() -> NewForm:
    form = NewForm()
    form.reach.choices = named(REACHES, REACH_NAMES)
    form.employer_id.choices = employer_choices()
    return form


def employer_choices() -> list[tuple[Any, str]]:
    return [("", _("– Chọn doanh nghiệp –")), *((one.id, one.name) for one in employers.listed())]


def named(codes: tuple[str, ...], names: dict[str, str]) -> list[tuple[str, str]]:
    """Choices of these codes, in the reader's language."""
    return [(code, _(names[code])) for code in codes]


class ApproveForm(Form):
    """What the approver saw: the fingerprint of the content."""

    seen = HiddenField(validators=[InputRequired()])


class TurnDownForm(ApproveForm):
    note = TextAreaField(
        lazy_gettext("Vì sao chưa duyệt"),
        [
            Length(
                min=LEAST_REASON, max=500, message=lazy_gettext("Hãy ghi vì sao, để người soạn biết sửa gì.")
            )
        ],
        filters=[line],
    )


class EmployerForm(Form):
    name = StringField(
        lazy_gettext("Tên doanh nghiệp"),
        [InputRequired(), Length(max=200), no_braces],
        filters=[line],
    )
    address = StringField(lazy_gettext("Địa chỉ"), [Length(max=300)], filters=[line])
    contact = StringField(lazy_gettext("Người liên hệ"), [Length(max=300)], filters=[line])
    licence_number = StringField(lazy_gettext("Số giấy phép"), [Length(max=60)], filters=[line])
    licence_until = DayField(lazy_gettext("Giấy phép có giá trị đến"))

    def validate_licence_until(self, field: DayField) -> None:
        if self.licence_number.data and not field.data and not field.errors:
            raise ValidationError(_("Xin ghi ngày hết giá trị của giấy phép."))


def employer_form(employer: Employer | None = None) -> EmployerForm:
    return EmployerForm(obj=employer)
