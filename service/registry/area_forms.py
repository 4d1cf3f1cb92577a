"""The forms of the pages about places."""

from __future__ import annotations

from datetime import date

from flask import request
from wtforms import DateField, SelectField, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from service.registry import areas
from service.registry.areas import Area
from service.text.words import today_in_vietnam
from service.web.forms import Form
from service.web.languages import gettext as _
from service.web.languages import lazy_gettext


class WhenForm(Form):
    """From which day a change counts. A day to come is refused: it is entered on that day."""

    since = DateField(lazy_gettext("Từ ngày"), [InputRequired()], format=["%Y-%m-%d", "%d/%m/%Y"])

    @classmethod
    def asked(cls) -> WhenForm:
        """Filled from the address, or with today."""
        form = cls(formdata=request.args if "since" in request.args else None)
        if "since" not in request.args:
            form.since.data = today_in_vietnam()
        return form

    def is_well(self) -> bool:
        """For a form that only asks (GET), which carries no token."""
        if "csrf_token" in self:
            del self.csrf_token
        return bool(self.validate())

    def validate_since(self, field: DateField) -> None:
        if isinstance(field.data, date) and field.data > today_in_vietnam():
            raise ValidationError(_("Ngày này chưa tới. Hãy ghi thay đổi vào đúng ngày đó."))


class RenameForm(WhenForm):
    name = StringField(lazy_gettext("Tên xã"), [InputRequired(), Length(max=100)])
    code = StringField(lazy_gettext("Mã xã"), [InputRequired(), Length(max=10)])

    @classmethod
    def of(cls, commune: Area) -> RenameForm:
        """Filled with what the commune is called today."""
        form = cls()
        if not form.is_submitted():
            form.name.data, form.code.data, form.since.data = commune.name, commune.code, today_in_vietnam()
        return form


class NewCommuneForm(WhenForm):
    name = StringField(lazy_gettext("Tên xã"), [InputRequired(), Length(max=100)])
    code = StringField(lazy_gettext("Mã xã"), [InputRequired(), Length(max=10)])
    province = SelectField(lazy_gettext("Tỉnh"), coerce=int)

    @classmethod
    def today(cls) -> NewCommuneForm:
        form = cls()
        form.province.choices = [(area.id, area.name) for area in areas.provinces()]
        if not form.is_submitted():
            form.since.data = today_in_vietnam()
        return form
