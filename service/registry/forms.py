"""The forms of the registry's pages."""

from __future__ import annotations

from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from service.registry import areas
from service.registry.people import GENDERS, LANGUAGES, Facts, Person
from service.staff import accounts
from service.staff.accounts import Staff
from service.web import campaign_words
from service.web.forms import Form
from service.web.languages import gettext as _
from service.web.languages import lazy_gettext
from service.web.person_words import CHANNELS

NOT_KNOWN = ""


def _number_or_none(value: object) -> int | None:
    text = str(value or "")
    return int(text) if text.isascii() and text.isdigit() else None


class PersonForm(Form):
    name = StringField(lazy_gettext("Họ và tên"), [InputRequired(), Length(max=120)])
    birth_year = IntegerField(lazy_gettext("Năm sinh"), [Optional(), NumberRange(1900, 2100)])
    gender = SelectField(lazy_gettext("Giới tính"), default=NOT_KNOWN)
    language = SelectField(lazy_gettext("Tiếng nói"), default=NOT_KNOWN)
    commune = SelectField(lazy_gettext("Xã"), coerce=_number_or_none)
    hamlet = StringField(lazy_gettext("Thôn, bản"), [Length(max=100)])
    phones = StringField(lazy_gettext("Số điện thoại"), [Length(max=100)])
    note = TextAreaField(lazy_gettext("Ghi chú"), [Length(max=1000)])

    def facts(self) -> Facts:
        return Facts(
            name=self.name.data,
            birth_year=self.birth_year.data,
            gender=self.gender.data or None,
            language=self.language.data or None,
            commune=self.commune.data,
            hamlet=self.hamlet.data or "",
            note=self.note.data or "",
        )


def person_form(staff: Staff, person: Person | None = None) -> PersonForm:
    """The form for a new person, or filled with what is known of one."""
    form = PersonForm()
    form.gender.choices = [(NOT_KNOWN, _("Chưa rõ"))] + [
        (g, _(campaign_words.GENDER_NAMES[g])) for g in GENDERS
    ]
    form.language.choices = [(NOT_KNOWN, _("Chưa rõ"))] + [
        (language, _(campaign_words.LANGUAGE_NAMES[language])) for language in LANGUAGES
    ]
    form.commune.choices = commune_choices(staff, _("Chưa rõ"))
    if person is not None and not form.is_submitted():
        form.name.data, form.birth_year.data, form.note.data = person.name, person.birth_year, person.note
        form.gender.data, form.language.data = person.gender or NOT_KNOWN, person.language or NOT_KNOWN
        form.commune.data = person.area_id
        hamlet = areas.find(person.hamlet_id) if person.hamlet_id is not None else None
        form.hamlet.data = hamlet.name if hamlet is not None else ""
    return form


def commune_choices(staff: Staff, none: str) -> list[tuple[int | str, str]]:
    """The communes that this member of staff works for; for all but officers also none of them."""
    if staff.role == "officer":
        own = accounts.areas_of(staff)
        return [(area.id, area.name) for area in areas.communes() if area.id in own]
    return [(NOT_KNOWN, none), *[(area.id, area.name) for area in areas.communes()]]


class PhoneForm(Form):
    number = StringField(lazy_gettext("Số điện thoại"), [InputRequired(), Length(max=100)])


class ConsentForm(Form):
    channel = SelectField(lazy_gettext("Người dân nói qua"))
    words = StringField(lazy_gettext("Nguyên văn hoặc bằng chứng"), [InputRequired(), Length(min=5, max=500)])


def consent_form() -> ConsentForm:
    form = ConsentForm()
    form.channel.choices = [(code, _(name)) for code, name in CHANNELS.items() if code != "list"]
    return form


class UploadForm(Form):
    file = FileField(lazy_gettext("Tệp danh sách"), [FileRequired(lazy_gettext("Xin chọn một tệp."))])
    commune = SelectField(lazy_gettext("Xã"), coerce=_number_or_none)


def upload_form(staff: Staff) -> UploadForm:
    form = UploadForm()
    form.commune.choices = commune_choices(staff, _("Tên xã có trong danh sách"))
    return form


class StoreForm(Form):
    accept = BooleanField(lazy_gettext("Tôi đã xem các lỗi và vẫn muốn lưu"))
    all_agreed = BooleanField(lazy_gettext("Mọi người trong danh sách đã đồng ý nhận tin về việc làm"))
    consent_words = StringField(lazy_gettext("Họ đã đồng ý thế nào, khi nào"), [Length(max=500)])

    def words(self) -> str | None:
        """How everybody agreed; None when nobody says that they did."""
        return (self.consent_words.data or "") if self.all_agreed.data else None
