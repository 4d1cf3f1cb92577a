"""The forms of the pages about meetings."""

from __future__ import annotations

from typing import Any

from flask import request
from wtforms import DateField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from service import settings
from service.registry import areas
from service.registry.entering import Line
from service.registry.forms import NOT_KNOWN, commune_choices
from service.registry.meetings import MOST_OTHERS, Meeting, Plan
from service.registry.people import FEMALE, GENDERS, LANGUAGES, MALE, Facts
from service.staff.accounts import Staff
from service.text.words import today_in_vietnam
from service.web import campaign_words
from service.web.forms import Form
from service.web.languages import N_, lazy_gettext
from service.web.languages import gettext as _

YES, NO = "yes", "no"
ANSWERS = {"": N_("Chưa hỏi"), YES: N_("Có"), NO: N_("Không")}
# Without the word for language before them, so that one key finds them in the list.
SPOKEN = {
    "vi": N_("Việt"), "hmn": N_("Mông"), "tay-nung": N_("Tày – Nùng"), "dao": N_("Dao"), "giay": N_("Giáy"), "lolo": N_("Lô Lô"),
}  # fmt: skip
# Read out to villagers, so not in the language of the screen.
WORDS = "{office} xin hỏi: anh/chị có đồng ý nhận tin nhắn và cuộc gọi báo việc làm không? Miễn phí, từ chối lúc nào cũng được."


class MeetingForm(Form):
    held_on = DateField(lazy_gettext("Ngày họp"), [InputRequired()], format=["%Y-%m-%d", "%d/%m/%Y"])
    commune = SelectField(lazy_gettext("Xã"), coerce=int)
    hamlet = StringField(lazy_gettext("Thôn, bản"), [Length(max=100)])
    topic = StringField(lazy_gettext("Nội dung"), [Length(max=200)])
    consent_words = TextAreaField(
        lazy_gettext("Lời đã đọc trước khi hỏi đồng ý"), [InputRequired(), Length(max=500)]
    )

    def plan(self) -> Plan:
        return Plan(
            held_on=self.held_on.data,
            commune=self.commune.data,
            hamlet=self.hamlet.data or "",
            topic=self.topic.data or "",
            consent_words=self.consent_words.data,
        )


def meeting_form(staff: Staff, meeting: Meeting | None = None) -> MeetingForm:
    """The form for a new meeting, or filled with what is known of one."""
    form = MeetingForm()
    form.commune.choices = [choice for choice in commune_choices(staff, "") if choice[0]]
    if form.is_submitted():
        return form
    if meeting is None:
        form.held_on.data = today_in_vietnam()
        form.consent_words.data = WORDS.replace("{office}", settings.get().office_name)
    else:
        hamlet = areas.find(meeting.hamlet_id) if meeting.hamlet_id is not None else None
        form.held_on.data, form.commune.data = meeting.held_on, meeting.area_id
        form.hamlet.data = hamlet.name if hamlet is not None else ""
        form.topic.data, form.consent_words.data = meeting.topic, meeting.consent_words
    return form


class LineForm(Form):
    """One person at a meeting, in the order in which people say it."""

    name = StringField(lazy_gettext("Họ và tên"), [InputRequired(), Length(max=120)])
    birth_year = IntegerField(lazy_gettext("Năm sinh"), [Optional(), NumberRange(1900, 2100)])
    gender = RadioField(lazy_gettext("Giới tính"), validate_choice=False)
    phones = StringField(lazy_gettext("Số điện thoại"), [Length(max=100)])
    hamlet = StringField(lazy_gettext("Thôn, bản"), [Length(max=100)])
    language = SelectField(lazy_gettext("Tiếng nói"), default=NOT_KNOWN)
    agrees = RadioField(lazy_gettext("Đồng ý nhận tin"), default="", validate_choice=False)
    guardian = StringField(lazy_gettext("Cha mẹ hoặc người giám hộ"), [Length(max=200)])

    def line(self) -> Line:
        facts = Facts(
            name=self.name.data,
            birth_year=self.birth_year.data,
            gender=self.gender.data if self.gender.data in GENDERS else None,
            language=self.language.data or None,
            hamlet=self.hamlet.data or "",
            guardian=self.guardian.data or "",
        )
        said = {YES: True, NO: False}.get(self.agrees.data)
        return Line(facts, self.phones.data or "", said, sure=request.form.get("sure") == YES)


def line_form(remembered: dict[str, Any] | None = None) -> LineForm:
    """Empty, but for what the last person's line said of hamlet and language. Consent is never remembered."""
    form = LineForm()
    form.gender.choices = [(code, _(campaign_words.GENDER_NAMES[code])) for code in (MALE, FEMALE)]
    form.language.choices = [(NOT_KNOWN, _("Chưa rõ")), *((code, _(SPOKEN[code])) for code in LANGUAGES)]
    form.agrees.choices = [(code, _(word)) for code, word in ANSWERS.items()]
    if remembered and not form.is_submitted():
        form.hamlet.data = remembered.get("hamlet", "")
        if remembered.get("language") in LANGUAGES:
            form.language.data = remembered["language"]
    return form


class OthersForm(Form):
    others = IntegerField(
        lazy_gettext("Số người không ghi tên"), [InputRequired(), NumberRange(0, MOST_OTHERS)]
    )
