"""The forms of the cards. Each knows its own fields only, and changes only those that differ from what its page showed:
two open tabs do not overwrite each other. What cannot be read stays in its field, the others are saved."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from service import db
from service.campaigns import campaigns, lawful, notices, versions, ways
from service.campaigns.audience import Audience
from service.campaigns.campaigns import ABROAD, ACCENTS, IN_PROVINCE, PLAIN, REACHES, Campaign, Content
from service.campaigns.forms import employer_choices, id_or_none, line, named, no_braces
from service.campaigns.typed import ClockField, DayField, MomentField, MoneyField, WageField, clock
from service.sending import waves
from service.text.vietnamese import nfc
from service.text.words import date_vi, number, today_in_vietnam
from service.web.campaign_words import (
    ENCODING_NAMES,
    LAW_CLASSES,
    REACH_NAMES,
    WAVE_NAMES,
)
from service.web.forms import Form
from service.web.languages import gettext as _
from service.web.languages import lazy_gettext

MOST_HEADCOUNT = 100_000
LONGEST_TEXT = 4_000  # what a draft can hold; what may be sent is far shorter
FARTHEST = timedelta(days=366)


def _text(value: str | None) -> str:
    lines = nfc(value or "").replace("\r\n", "\n").replace("\0", "")
    return "\n".join(one.rstrip() for one in lines.split("\n")).strip()


class CardForm(Form):
    """``was``: the version of the campaign that the page showed."""

    was = HiddenField()

    def typed(self) -> dict[str, Any]:
        """The fields that could be read, by their names in Content (or in Audience)."""
        return {
            field.name: field.data
            for field in self
            if field.name not in ("was", "csrf_token") and not field.errors
        }

    def content(self, campaign: Campaign) -> Content:
        """What the campaign says after this card was saved. Ask validate() first."""
        return replace(campaigns.content_of(campaign), **self._changed(campaign, self.typed()))

    def _changed(self, campaign: Campaign, typed: dict[str, Any]) -> dict[str, Any]:
        before = version_shown(campaign, self.was.data)
        return {name: value for name, value in typed.items() if as_kept(value) != before.get(name, campaign)}


def version_shown(campaign: Campaign, version_id: str | None) -> dict[str, Any]:
    known = (version_id or "").isdecimal() and len(version_id or "") < 19
    found = versions.find(campaign.id, int(version_id or 0)) if known else None
    return found.content if found is not None else {}


def as_kept(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


# ----------------------------------------------------------------------------------------------------- 1, the job


class JobForm(CardForm):
    employer_id = SelectField(lazy_gettext("Doanh nghiệp tuyển"), coerce=id_or_none)
    post = StringField(lazy_gettext("Công việc"), [Length(max=120), no_braces], filters=[line])
    headcount = IntegerField(
        lazy_gettext("Số người cần tuyển"), [Optional(), NumberRange(min=1, max=MOST_HEADCOUNT)]
    )
    tell_rest = BooleanField(
        lazy_gettext("Khi đủ người, nhắn cho những người còn lại: lần sau sẽ báo họ trước tiên")
    )
    wage_from = WageField(lazy_gettext("Lương mỗi tháng, từ"))
    wage_to = WageField(lazy_gettext("Lương mỗi tháng, đến"))
    reach = RadioField(lazy_gettext("Làm việc ở đâu"))
    place = StringField(lazy_gettext("Nơi làm việc"), [Length(max=120), no_braces], filters=[line])
    country = StringField(lazy_gettext("Nước"), [Length(max=60), no_braces], filters=[line])
    deadline = DayField(lazy_gettext("Hạn đăng ký"))
    departs_on = DayField(lazy_gettext("Ngày đi"))
    lodging = StringField(lazy_gettext("Chỗ ở"), [Length(max=200), no_braces], filters=[line])
    food = StringField(lazy_gettext("Ăn uống"), [Length(max=200), no_braces], filters=[line])
    requirements = StringField(lazy_gettext("Yêu cầu"), [Length(max=500), no_braces], filters=[line])
    papers = StringField(lazy_gettext("Giấy tờ cần mang"), [Length(max=500), no_braces], filters=[line])

    def validate_wage_to(self, field: WageField) -> None:
        if field.data and self.wage_from.data and field.data < self.wage_from.data:
            raise ValidationError(_("Mức “đến” phải bằng hoặc cao hơn mức “từ”."))

    def validate_deadline(self, field: DayField) -> None:
        _not_past(field)

    def validate_departs_on(self, field: DayField) -> None:
        _not_past(field)
        if field.data and self.deadline.data and field.data < self.deadline.data:
            raise ValidationError(
                _(
                    "Ngày đi sớm hơn hạn đăng ký (%(day)s). Hãy sửa một trong hai.",
                    day=date_vi(self.deadline.data),
                )
            )

    def content(self, campaign: Campaign) -> Content:
        """A notice for recruiting that nobody changed follows the reach."""
        before = campaigns.content_of(campaign)
        after = super().content(campaign)
        if after.reach != before.reach and before.text == sample_text(before.reach):
            after = replace(after, text=sample_text(after.reach), notice=notices.RECRUITMENT[after.reach])
        return after if after.reach == ABROAD else replace(after, country="")


def _not_past(field: DayField) -> None:
    if field.data and field.data < today_in_vietnam():
        raise ValidationError(_("Ngày này đã qua. Hãy chọn ngày hôm nay hoặc sau đó."))


def sample_text(reach: str) -> str:
    """The notice of templates/sms for this reach."""
    return notices.template(notices.RECRUITMENT[reach])


# ---------------------------------------------------------------------------------------------------- 3, the text


class TextForm(CardForm):
    notice = SelectField(lazy_gettext("Mẫu tin"))
    text = TextAreaField(lazy_gettext("Lời tin"), filters=[_text])
    encoding = RadioField(lazy_gettext("Gửi có dấu hay không dấu"))

    def validate_text(self, field: TextAreaField) -> None:
        length = len(field.data or "")
        if length > LONGEST_TEXT:
            raise ValidationError(
                _(
                    "Lời tin dài %(length)s ký tự, chỉ giữ được %(most)s. Hãy bỏ bớt %(over)s ký tự; chưa lưu lời này.",
                    length=number(length), most=number(LONGEST_TEXT), over=number(length - LONGEST_TEXT),
                )
            )  # fmt: skip

    def take_notice(self) -> None:
        """The chosen notice in the place of the text."""
        if self.notice.data in notices.NOTICES:
            self.text.data, self.text.raw_data = notices.template(self.notice.data), None

    def take_text(self, text: str) -> None:
        self.text.data, self.text.raw_data = text, None

    def typed(self) -> dict[str, Any]:
        """The notice is where a text began: it changes only with a text that was taken from it."""
        typed = super().typed()
        began = notices.template(self.notice.data) if self.notice.data in notices.NOTICES else None
        if typed.get("text") != began:
            typed.pop("notice", None)
        return typed


# ------------------------------------------------------------------------------------------ 5, hours and money, law


class SendingForm(CardForm):
    window_from = ClockField(lazy_gettext("Gửi từ"), [InputRequired()])
    window_to = ClockField(lazy_gettext("Gửi đến"), [InputRequired()])
    starts_at = MomentField(lazy_gettext("Bắt đầu từ ngày giờ"))
    waves = RadioField(lazy_gettext("Gửi thành mấy đợt"))
    cap_vnd = MoneyField(lazy_gettext("Chi nhiều nhất"))

    hours: lawful.Window  # when this campaign may send

    def validate_window_from(self, field: ClockField) -> None:
        earliest, latest = self.hours
        if field.data is not None and not earliest <= field.data < latest:
            raise ValidationError(self._lawful(earliest, latest))

    def validate_window_to(self, field: ClockField) -> None:
        earliest, latest = self.hours
        if field.data is None:
            return
        if not earliest < field.data <= latest:
            raise ValidationError(self._lawful(earliest, latest))
        if self.window_from.data is not None and field.data <= self.window_from.data:
            raise ValidationError(_("Giờ kết thúc phải sau giờ bắt đầu."))

    @staticmethod
    def _lawful(earliest: int, latest: int) -> str:
        if earliest >= latest:
            return _(
                "Loại tin này không có giờ nào được gửi: giờ của cơ quan và giờ theo luật không gặp nhau."
            )
        return _("Chỉ được gửi từ %(start)s đến %(end)s.", start=clock(earliest), end=clock(latest))

    def validate_starts_at(self, field: MomentField) -> None:
        now = db.clock()
        if field.data is None or field.raw_data == [field.object_data and field._value()]:
            return
        if field.data < now - timedelta(minutes=5):
            raise ValidationError(_("Thời điểm này đã qua. Để trống là gửi ngay khi bấm gửi."))
        if field.data - now > FARTHEST:
            raise ValidationError(_("Xa quá một năm. Hãy chọn ngày gần hơn."))


class LawForm(Form):
    law_class = RadioField(lazy_gettext("Theo luật, tin này là"))
    law_reason = StringField(lazy_gettext("Lý do xếp loại"), [Length(max=300)], filters=[line])


# -------------------------------------------------------------------------------------------------- making a form


def job_form(campaign: Campaign, sent: bool = False) -> JobForm:
    """With what was sent, or else what the campaign says; and with today's employers to choose from."""
    form: JobForm = made(JobForm, campaign, sent)
    form.employer_id.choices = employer_choices()
    form.reach.choices = named(REACHES, REACH_NAMES)
    return form


def text_form(campaign: Campaign, sent: bool = False) -> TextForm:
    form: TextForm = made(TextForm, campaign, sent)
    form.notice.choices = [("", _("– Chọn mẫu –"))]
    form.notice.choices += [
        (code, _(notice.name)) for code, notice in notices.NOTICES.items() if notice.kind != notices.ANSWERS
    ]
    form.encoding.choices = named((PLAIN, ACCENTS), ENCODING_NAMES)
    return form


def sending_form(campaign: Campaign, sent: bool = False) -> SendingForm:
    form: SendingForm = made(SendingForm, campaign, sent)
    form.waves.choices = named(waves.KINDS, WAVE_NAMES)
    form.hours = ways.window(campaign)
    return form


def law_form(campaign: Campaign, sent: bool = False) -> LawForm:
    kept = {"law_class": campaign.law_class, "law_reason": campaign.law_reason}
    form = LawForm(data=kept) if sent else LawForm(formdata=None, data=kept)
    form.law_class.choices = named(tuple(lawful.CLASSES), LAW_CLASSES)
    return form


def made(kind: type[Any], campaign: Campaign, sent: bool, **more: Any) -> Any:
    """A form with what was sent, or else with what the campaign says (and more)."""
    newest = versions.of_campaign(campaign.id, 1)
    data = _kept(campaign) | more | {"was": str(newest[0].id) if newest else ""}
    return kind(data=data) if sent else kind(formdata=None, data=data)


def _kept(campaign: Campaign) -> dict[str, Any]:
    return {name: getattr(campaign, name) for name in Content.__dataclass_fields__ if name != "audience"}


def fresh(reach: str = IN_PROVINCE, employer_id: int | None = None, post: str = "") -> Content:
    """What a new draft says: the notice for this reach, and all lawful hours."""
    window = lawful.windows(lawful.UNDECIDED, lawful.SMS)
    return Content(
        employer_id=employer_id, post=post, headcount=None, wage_from=None, wage_to=None, place="", reach=reach,
        country="", deadline=None, audience=Audience(), text=sample_text(reach), encoding=PLAIN,
        window_from=window[0], window_to=window[1], notice=notices.RECRUITMENT[reach],
    )  # fmt: skip
