"""The forms of the staff's pages."""

from __future__ import annotations

from wtforms import EmailField, HiddenField, PasswordField, RadioField, SelectMultipleField, StringField
from wtforms.validators import EqualTo, InputRequired, Length, ValidationError

from service.registry import areas
from service.staff import accounts
from service.staff.accounts import MIN_PASSWORD
from service.staff.roles import ROLES
from service.web.forms import Form
from service.web.languages import gettext as _
from service.web.languages import lazy_gettext
from service.web.role_names import role_name

LONGEST_PASSWORD = 200  # hashing a novel takes long


class LoginForm(Form):
    email = EmailField(lazy_gettext("Thư điện tử"), [InputRequired(), Length(max=200)])
    password = PasswordField(lazy_gettext("Mật khẩu"), [InputRequired(), Length(max=LONGEST_PASSWORD)])
    next = HiddenField()


class PasswordForm(Form):
    old = PasswordField(lazy_gettext("Mật khẩu đang dùng"), [InputRequired(), Length(max=LONGEST_PASSWORD)])
    new = PasswordField(
        lazy_gettext("Mật khẩu mới"),
        [InputRequired(), Length(min=MIN_PASSWORD), Length(max=LONGEST_PASSWORD)],
    )
    again = PasswordField(lazy_gettext("Nhập lại mật khẩu mới"), [InputRequired(), EqualTo("new")])


class AddForm(Form):
    name = StringField(lazy_gettext("Họ và tên"), [InputRequired(), Length(max=200)])
    email = EmailField(lazy_gettext("Thư điện tử"), [InputRequired(), Length(max=200)])
    role = RadioField(lazy_gettext("Vai trò"), [InputRequired()])
    communes = SelectMultipleField(lazy_gettext("Xã phụ trách"), coerce=int)

    def validate_email(self, field: EmailField) -> None:
        if accounts.find_by_email(field.data) is not None:
            raise ValidationError(_("Đã có tài khoản này. Ở danh sách cán bộ có nút “Cấp lại mật khẩu”."))

    def validate_communes(self, field: SelectMultipleField) -> None:
        if self.role.data == "officer" and not field.data:
            raise ValidationError(_("Công chức xã cần ít nhất một xã."))

    def chosen_areas(self) -> list[int]:
        """Communes count for officers alone."""
        return list(self.communes.data or []) if self.role.data == "officer" else []


def add_form() -> AddForm:
    """The form for a new account with today's roles and communes."""
    form = AddForm()
    form.role.choices = [(role, role_name(role)) for role in ROLES]
    form.communes.choices = [(area.id, area.name) for area in areas.communes()]
    return form
