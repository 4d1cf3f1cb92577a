"""The forms of campaigns and employers. A draft may lack anything; what is typed must be readable."""

from __future__ import annotations

from typing import Any

from wtforms import (
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from service import settings
from service.campaigns import audience, employers, notices
from service.campaigns.audience import Audience
from service.campaigns.campaigns import ABROAD, ACCENTS, IN_PROVINCE, PLAIN, REACHES, Campaign, Content
from service.campaigns.employers import Employer
from service.campaigns.typed import ClockField, DayField, Ticks, WageField, clock
from service.registry import areas
from service.registry.areas import Area
from service.registry.people import GENDERS, LANGUAGES
from service.text.vietnamese import nfc, one_line
from service.text.words import today_in_vietnam
from service.web.campaign_words import ENCODING_NAMES, GENDER_NAMES, LANGUAGE_NAMES, REACH_NAMES
from service.web.forms import Form
from service.web.languages import gettext as _
from service.web.languages import lazy_gettext

MOST_HEADCOUNT = 100_000
OLDEST = 120
LONGEST_TEXT = 1_000
Place = tuple[Area, int, list[tuple[Area, int]]]  # a commune, its people, its hamlets with theirs


def _id_or_none(value: object) -> int | None:
    return int(str(value)) if value else None


def _line(value: str | None) -> str:
    return one_line(value or "")


def _text(value: str | None) -> str:
    lines = nfc(value or "").replace("\r\n", "\n").replace("\0", "")
    return "\n".join(line.rstrip() for line in lines.split("\n")).strip()


def _no_braces(_form: Form, field: StringField) -> None:
    if "{" in (field.data or "") or "}" in (field.data or ""):
        raise ValidationError(_("Xin bỏ dấu { và } ở ô này."))


class CampaignForm(Form):
    """The whole campaign on one page."""

    employer_id = SelectField(lazy_gettext("Doanh nghiệp tuyển"), coerce=_id_or_none)
    post = StringField(lazy_gettext("Công việc"), [Length(max=120), _no_braces], filters=[_line])
    headcount = IntegerField(
        lazy_gettext("Số người cần tuyển"), [Optional(), NumberRange(min=1, max=MOST_HEADCOUNT)]
    )
    wage_from = WageField(lazy_gettext("Lương mỗi tháng, từ"))
    wage_to = WageField(lazy_gettext("Lương mỗi tháng, đến"))
    reach = RadioField(lazy_gettext("Làm việc ở đâu"), default=IN_PROVINCE)
    place = StringField(lazy_gettext("Nơi làm việc"), [Length(max=120), _no_braces], filters=[_line])
    country = StringField(lazy_gettext("Nước"), [Length(max=60), _no_braces], filters=[_line])
    deadline = DayField(lazy_gettext("Hạn đăng ký"))

    communes = Ticks(lazy_gettext("Xã"), coerce=int)
    hamlets = Ticks(lazy_gettext("Thôn"), coerce=int)
    genders = Ticks(lazy_gettext("Giới tính"))
    languages = Ticks(lazy_gettext("Tiếng nói"))
    age_from = IntegerField(lazy_gettext("Từ tuổi"), [Optional(), NumberRange(min=0, max=OLDEST)])
    age_to = IntegerField(lazy_gettext("Đến tuổi"), [Optional(), NumberRange(min=0, max=OLDEST)])

    text = TextAreaField(lazy_gettext("Lời tin"), [Length(max=LONGEST_TEXT)], filters=[_text])
    encoding = RadioField(lazy_gettext("Gửi có dấu hay không dấu"), default=PLAIN)
    window_from = ClockField(lazy_gettext("Gửi từ"), [InputRequired()])
    window_to = ClockField(lazy_gettext("Gửi đến"), [InputRequired()])

    places: list[Place]

    def validate_wage_to(self, field: WageField) -> None:
        if field.data and self.wage_from.data and field.data < self.wage_from.data:
            raise ValidationError(_("Mức “đến” phải bằng hoặc cao hơn mức “từ”."))

    def validate_deadline(self, field: DayField) -> None:
        if field.data and field.data < today_in_vietnam():
            raise ValidationError(_("Ngày này đã qua. Hãy chọn ngày hôm nay hoặc sau đó."))

    def validate_age_to(self, field: IntegerField) -> None:
        if None not in (field.data, self.age_from.data) and field.data < self.age_from.data:
            raise ValidationError(_("Tuổi “đến” phải bằng hoặc lớn hơn tuổi “từ”."))

    def validate_window_from(self, field: ClockField) -> None:
        earliest, latest = settings.get().sms_hours
        if field.data is not None and not earliest <= field.data < latest:
            raise ValidationError(self._lawful(earliest, latest))

    def validate_window_to(self, field: ClockField) -> None:
        earliest, latest = settings.get().sms_hours
        if field.data is None:
            return
        if not earliest < field.data <= latest:
            raise ValidationError(self._lawful(earliest, latest))
        if self.window_from.data is not None and field.data <= self.window_from.data:
            raise ValidationError(_("Giờ kết thúc phải sau giờ bắt đầu."))

    @staticmethod
    def _lawful(earliest: int, latest: int) -> str:
        return _("Chỉ được gửi từ %(start)s đến %(end)s.", start=clock(earliest), end=clock(latest))

    def _whole_communes(self) -> set[int]:
        """Chosen communes of which no hamlet is chosen."""
        chosen = set(self.hamlets.data or ())
        narrowed = {area.id for area, _n, hamlets in self.places if any(h.id in chosen for h, _m in hamlets)}
        return set(_offered(self.communes)) - narrowed

    def audience(self) -> Audience:
        """Whom the ticks choose. Chosen hamlets stand for their commune; what is not offered is left aside."""
        hamlets = _offered(self.hamlets)
        return Audience(
            communes=tuple(sorted(self._whole_communes())),
            hamlets=hamlets,
            genders=_offered(self.genders),
            languages=_offered(self.languages),
            age_from=_age(self.age_from.data),
            age_to=_age(self.age_to.data),
        )

    def content(self) -> Content:
        """What was filled in. A sample text that nobody changed follows the reach."""
        earliest, latest = settings.get().sms_hours
        reach = self.reach.data if self.reach.data in REACHES else IN_PROVINCE
        return Content(
            employer_id=self.employer_id.data,
            post=self.post.data,
            headcount=self.headcount.data,
            wage_from=self.wage_from.data,
            wage_to=self.wage_to.data,
            place=self.place.data,
            reach=reach,
            country=self.country.data if reach == ABROAD else "",
            deadline=self.deadline.data,
            audience=self.audience(),
            text=sample_text(reach) if self.text.data in _samples() else self.text.data,
            encoding=self.encoding.data,
            window_from=earliest if self.window_from.data is None else self.window_from.data,
            window_to=latest if self.window_to.data is None else self.window_to.data,
        )

    def unsaved(self, code: str, carrier: str, encoding: str) -> Campaign:
        """The campaign as it would be, for counting and showing; it is not kept."""
        content = self.content()
        fields = {name: getattr(content, name) for name in Content.__dataclass_fields__}
        fields |= {"audience": content.audience.as_json(), "encoding": encoding}
        fields |= {name: fields[name] or "..." for name in ("post", "place")}  # still to be filled in
        return Campaign(code=code, carrier=carrier, **fields)


def _offered(field: Ticks) -> tuple[Any, ...]:
    chosen = set(field.data or ())
    return tuple(sorted(value for value, _name in field.choices if value in chosen))


def _age(years: int | None) -> int | None:
    return years if years is not None and 0 <= years <= OLDEST else None


def sample_text(reach: str) -> str:
    """The notice of templates/sms for this reach."""
    return notices.template(notices.RECRUITMENT[reach])


def _samples() -> set[str]:
    return {sample_text(reach) for reach in REACHES}


def campaign_form(campaign: Campaign | None = None) -> CampaignForm:
    """The form with today's employers and places: what was sent, else the campaign's, else a fresh one's."""
    form = CampaignForm(data=_kept(campaign) if campaign is not None else _fresh())
    form.employer_id.choices = [("", _("– Chọn doanh nghiệp –"))]
    form.employer_id.choices += [(one.id, one.name) for one in employers.listed()]
    form.reach.choices = _named(REACHES, REACH_NAMES)
    form.genders.choices = _named(GENDERS, GENDER_NAMES)
    form.languages.choices = _named(LANGUAGES, LANGUAGE_NAMES)
    form.encoding.choices = _named((PLAIN, ACCENTS), ENCODING_NAMES)
    form.places = _places()
    form.communes.choices = [(area.id, area.name) for area, _n, _hamlets in form.places]
    form.hamlets.choices = [
        (hamlet.id, hamlet.name) for _area, _n, hamlets in form.places for hamlet, _m in hamlets
    ]
    return form


def _named(codes: tuple[str, ...], names: dict[str, str]) -> list[tuple[str, str]]:
    return [(code, _(names[code])) for code in codes]


def _places() -> list[Place]:
    people = audience.people_by_place()
    return [
        (
            area,
            people.get(area.id, 0),
            [(hamlet, people.get(hamlet.id, 0)) for hamlet in areas.hamlets(area.id)],
        )
        for area in areas.communes()
    ]


def _kept(campaign: Campaign) -> dict[str, Any]:
    fields = {name: getattr(campaign, name) for name in Content.__dataclass_fields__ if name != "audience"}
    who = Audience.from_json(campaign.audience)
    chosen = {name: getattr(who, name) for name in ("genders", "languages", "age_from", "age_to")}
    return {**fields, **chosen, "communes": list(who.communes), "hamlets": list(who.hamlets)}


def _fresh() -> dict[str, Any]:
    earliest, latest = settings.get().sms_hours
    return {"text": sample_text(IN_PROVINCE), "window_from": earliest, "window_to": latest}


class LaunchForm(Form):
    """What the person saw when pressing the button."""

    recipients = IntegerField(validators=[InputRequired()])
    seen = HiddenField(validators=[InputRequired()])


class ApproveForm(Form):
    seen = HiddenField(validators=[InputRequired()])


class EmployerForm(Form):
    name = StringField(
        lazy_gettext("Tên doanh nghiệp"),
        [InputRequired(), Length(max=200), _no_braces],
        filters=[_line],
    )
    address = StringField(lazy_gettext("Địa chỉ"), [Length(max=300)], filters=[_line])
    contact = StringField(lazy_gettext("Người liên hệ"), [Length(max=300)], filters=[_line])
    licence_number = StringField(lazy_gettext("Số giấy phép"), [Length(max=60)], filters=[_line])
    licence_until = DayField(lazy_gettext("Giấy phép có giá trị đến"))

    def validate_licence_until(self, field: DayField) -> None:
        if self.licence_number.data and not field.data and not field.errors:
            raise ValidationError(_("Xin ghi ngày hết giá trị của giấy phép."))


def employer_form(employer: Employer | None = None) -> EmployerForm:
    return EmployerForm(obj=employer)
