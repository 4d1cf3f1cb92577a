"""The forms of the registry's pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from service.campaigns.typed import ClockField, Ticks
from service.registry import areas, tags
from service.registry.consent import JOB_NOTICES, PURPOSES
from service.registry.people import CHANNELS, GENDERS, LANGUAGES, Facts, Person
from service.registry.tags import SKILL, SKILLS, WISH, WISHES
from service.staff import accounts
from service.staff.accounts import Staff
from service.web import campaign_words, person_words
from service.web.forms import Form
from service.web.languages import gettext as _
from service.web.languages import lazy_gettext

NOT_KNOWN = ""


def _number_or_none(value: object) -> int | None:
    text = str(value or "")
    return int(text) if text.isascii() and text.isdigit() else None


class PersonForm(Form):
    name = StringField(lazy_gettext("Họ và tên"), [InputRequired(), Length(max=120)])
    birth_year = IntegerField(lazy_gettext("Năm sinh"), [Optional(), NumberRange(1900, 2100)])
    guardian = StringField(lazy_gettext("Cha mẹ hoặc người giám hộ"), [Length(max=200)])
    gender = SelectField(lazy_gettext("Giới tính"), default=NOT_KNOWN)
    language = SelectField(lazy_gettext("Tiếng nói"), default=NOT_KNOWN)
    commune = SelectField(lazy_gettext("Xã"), coerce=_number_or_none)
    hamlet = StringField(lazy_gettext("Thôn, bản"), [Length(max=100)])
    phones = StringField(lazy_gettext("Số điện thoại"), [Length(max=100)])
    channel = SelectField(lazy_gettext("Muốn biết tin qua"), default=NOT_KNOWN)
    hours_from = ClockField(lazy_gettext("Nhận tin từ"))
    hours_to = ClockField(lazy_gettext("Đến"))
    skills = Ticks(lazy_gettext("Biết làm"))
    wishes = Ticks(lazy_gettext("Muốn"))
    note = TextAreaField(lazy_gettext("Ghi chú"), [Length(max=1000)])

    def validate_hours_to(self, field: ClockField) -> None:
        start = self.hours_from.data
        if (start is None) != (field.data is None) and not self.hours_from.errors:
            raise ValidationError(_("Hãy ghi cả hai giờ, hoặc để trống cả hai."))
        if start is not None and field.data is not None and field.data <= start:
            raise ValidationError(_("Giờ kết thúc phải sau giờ bắt đầu."))

    def facts(self) -> Facts:
        return Facts(
            name=self.name.data,
            birth_year=self.birth_year.data,
            gender=self.gender.data or None,
            language=self.language.data or None,
            commune=self.commune.data,
            hamlet=self.hamlet.data or "",
            note=self.note.data or "",
            guardian=self.guardian.data or "",
            channel=self.channel.data or None,
            hours_from=self.hours_from.data,
            hours_to=self.hours_to.data,
            skills=tuple(self.skills.data or ()),
            wishes=tuple(self.wishes.data or ()),
        )


def person_form(staff: Staff, person: Person | None = None) -> PersonForm:
    """The form for a new person, or filled with what is known of one."""
    form = PersonForm()
    not_known = (NOT_KNOWN, _("Chưa rõ"))
    form.gender.choices = [not_known, *_choices(campaign_words.GENDER_NAMES, GENDERS)]
    form.language.choices = [not_known, *_choices(campaign_words.LANGUAGE_NAMES, LANGUAGES)]
    form.channel.choices = [
        (NOT_KNOWN, _("Cách nào cũng được")), *_choices(person_words.WANTED_CHANNELS, CHANNELS)
    ]  # fmt: skip
    form.skills.choices = _choices(person_words.SKILL_NAMES, SKILLS)
    form.wishes.choices = _choices(person_words.WISH_NAMES, WISHES)
    form.commune.choices = commune_choices(staff, _("Chưa rõ"))
    if person is not None and not form.is_submitted():
        _fill(form, person)
    return form


def _choices(words: Mapping[str, str], codes: Iterable[str]) -> list[tuple[str, str]]:
    return [(code, _(words[code])) for code in codes]


def _fill(form: PersonForm, person: Person) -> None:
    for name in ("name", "birth_year", "note", "guardian", "hours_from", "hours_to"):
        form[name].data = getattr(person, name)
    for name in ("gender", "language", "channel"):
        form[name].data = getattr(person, name) or NOT_KNOWN
    form.commune.data = person.area_id
    hamlet = areas.find(person.hamlet_id) if person.hamlet_id is not None else None
    form.hamlet.data = hamlet.name if hamlet is not None else ""
    form.skills.data = tags.of_people([person.id], SKILL)[person.id]
    form.wishes.data = tags.of_people([person.id], WISH)[person.id]


def commune_choices(staff: Staff, none: str) -> list[tuple[int | str, str]]:
    """The communes that this member of staff works for; for all but officers also none of them."""
    if staff.role == "officer":
        own = accounts.areas_of(staff)
        return [(area.id, area.name) for area in areas.communes() if area.id in own]
    return [(NOT_KNOWN, none), *[(area.id, area.name) for area in areas.communes()]]


class PhoneForm(Form):
    ask_knowingly = False  # the number was taken from this person before

    number = StringField(lazy_gettext("Số điện thoại"), [InputRequired(), Length(max=100)])
    knowingly = BooleanField(
        lazy_gettext("Số này từng bị gỡ khỏi người này, nay đã hỏi lại: đúng là số của họ")
    )


class OwnerForm(Form):
    owner = StringField(lazy_gettext("Máy của ai"), [Length(max=60)])


class ConsentForm(Form):
    purpose = SelectField(lazy_gettext("Về việc"), default=JOB_NOTICES)
    channel = SelectField(lazy_gettext("Người dân nói qua"))
    words = StringField(lazy_gettext("Nguyên văn hoặc bằng chứng"), [InputRequired(), Length(min=5, max=500)])
    guardian = StringField(lazy_gettext("Cha mẹ hoặc người giám hộ đồng ý thay"), [Length(max=200)])
    scan = FileField(lazy_gettext("Tờ phiếu quét hoặc ảnh chụp"))


def consent_form(person: Person | None = None) -> ConsentForm:
    form = ConsentForm()
    form.purpose.choices = _choices(person_words.PURPOSES, PURPOSES)
    form.channel.choices = [(code, _(name)) for code, name in person_words.CHANNELS.items() if code != "list"]
    if person is not None and not form.is_submitted():
        form.guardian.data = person.guardian
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
