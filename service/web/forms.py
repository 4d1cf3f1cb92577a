"""The base of all forms: Flask-WTF's, with the built-in messages in plain Vietnamese."""

from __future__ import annotations

from typing import Any

from flask_wtf import CSRFProtect, FlaskForm

from service.web.languages import N_, gettext

csrf = CSRFProtect()

# WTForms says → we say. WTForms fills its placeholders itself, after our gettext.
MESSAGES: dict[str, str] = {
    "This field is required.": N_("Xin điền ô này."),
    "Not a valid integer value.": N_("Xin điền một số nguyên, ví dụ 12."),
    "Not a valid decimal value.": N_("Xin điền một số, ví dụ 7,5."),
    "Not a valid float value.": N_("Xin điền một số, ví dụ 7,5."),
    "Not a valid date value.": N_("Xin điền ngày, ví dụ 23/11/2026."),
    "Not a valid time value.": N_("Xin điền giờ, ví dụ 07:30."),
    "Not a valid datetime value.": N_("Xin điền ngày và giờ, ví dụ 23/11/2026 07:30."),
    "Not a valid choice.": N_("Xin chọn một mục trong danh sách."),
    "Invalid Choice: could not coerce.": N_("Xin chọn một mục trong danh sách."),
    "Invalid input.": N_("Nội dung chưa đúng."),
    "Invalid email address.": N_("Địa chỉ thư điện tử chưa đúng, ví dụ ten@vidu.vn."),
    "Invalid URL.": N_("Địa chỉ trang chưa đúng, ví dụ https://vidu.vn."),
    "Number must be at least %(min)s.": N_("Số nhỏ nhất là %(min)s."),
    "Number must be at most %(max)s.": N_("Số lớn nhất là %(max)s."),
    "Number must be between %(min)s and %(max)s.": N_("Số phải từ %(min)s đến %(max)s."),
    "Field must be equal to %(other_name)s.": N_("Hai lần điền chưa giống nhau."),
    "Field must be at least %(min)d character long.": N_("Cần ít nhất %(min)d ký tự."),
    "Field must be at least %(min)d characters long.": N_("Cần ít nhất %(min)d ký tự."),
    "Field cannot be longer than %(max)d character.": N_("Nhiều nhất %(max)d ký tự."),
    "Field cannot be longer than %(max)d characters.": N_("Nhiều nhất %(max)d ký tự."),
    "Field must be exactly %(max)d character long.": N_("Cần đúng %(max)d ký tự."),
    "Field must be exactly %(max)d characters long.": N_("Cần đúng %(max)d ký tự."),
    "Field must be between %(min)d and %(max)d characters long.": N_("Cần từ %(min)d đến %(max)d ký tự."),
}


class _Messages:
    def gettext(self, sentence: str) -> str:
        return gettext(MESSAGES[sentence]) if sentence in MESSAGES else sentence

    def ngettext(self, one: str, many: str, count: int) -> str:
        return self.gettext(one if count == 1 else many)


class Form(FlaskForm):  # type: ignore[misc]
    """A form of ours. Rooms subclass it; macros/forms.html draws its fields."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        def get_translations(self, form: Any) -> _Messages:
            return _Messages()
