"""The form of the second card: whom a campaign is for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from wtforms import IntegerField, SelectField
from wtforms.validators import NumberRange, Optional, ValidationError

from service.campaigns import campaigns
from service.campaigns.audience import Audience
from service.campaigns.campaigns import Campaign, Content
from service.campaigns.card_forms import CardForm, as_kept, made, version_shown
from service.campaigns.forms import id_or_none, named
from service.campaigns.typed import Ticks
from service.registry import areas, groups
from service.registry.areas import Area
from service.registry.people import GENDERS, LANGUAGES
from service.web.campaign_words import GENDER_NAMES, LANGUAGE_NAMES
from service.web.languages import gettext as _
from service.web.languages import lazy_gettext

OLDEST = 120
WHO = ("communes", "hamlets", "genders", "languages", "age_from", "age_to", "group")
Place = tuple[Area, list[Area]]  # a commune and its hamlets


class AudienceForm(CardForm):
    communes = Ticks(lazy_gettext("Xã"), coerce=int)
    hamlets = Ticks(lazy_gettext("Thôn"), coerce=int)
    genders = Ticks(lazy_gettext("Giới tính"))
    languages = Ticks(lazy_gettext("Tiếng nói"))
    age_from = IntegerField(lazy_gettext("Từ tuổi"), [Optional(), NumberRange(min=0, max=OLDEST)])
    age_to = IntegerField(lazy_gettext("Đến tuổi"), [Optional(), NumberRange(min=0, max=OLDEST)])
    group = SelectField(lazy_gettext("Chỉ trong nhóm đã lưu"), coerce=id_or_none)

    places: list[Place]

    def validate_age_to(self, field: IntegerField) -> None:
        if None not in (field.data, self.age_from.data) and field.data < self.age_from.data:
            raise ValidationError(_("Tuổi “đến” phải bằng hoặc lớn hơn tuổi “từ”."))

    def content(self, campaign: Campaign) -> Content:
        before, typed = version_shown(campaign, self.was.data).get("audience", {}), self._chosen()
        changed = {
            name: value for name, value in typed.items() if as_kept(value) != before.get(name, campaign)
        }
        now = campaigns.content_of(campaign)
        return replace(now, audience=replace(now.audience, **changed))

    def audience(self, adults_only: bool) -> Audience:
        """Whom the ticks choose at this moment, saved or not; what cannot be read is left aside."""
        typed = self._chosen()
        for name in ("age_from", "age_to"):
            years = typed.get(name)
            typed[name] = years if years is not None and 0 <= years <= OLDEST else None
        return Audience(**typed, adults_only=adults_only)

    def _chosen(self) -> dict[str, Any]:
        """Chosen hamlets stand for their commune; what is not offered is left aside."""
        typed = {name: value for name, value in self.typed().items() if name in WHO}
        typed |= {name: _offered(self[name]) for name in ("hamlets", "genders", "languages") if name in typed}
        if "communes" in typed:
            typed["communes"] = tuple(sorted(self._whole_communes()))
        return typed

    def _whole_communes(self) -> set[int]:
        """Chosen communes of which no hamlet is chosen."""
        chosen = set(self.hamlets.data or ())
        narrowed = {area.id for area, hamlets in self.places if any(one.id in chosen for one in hamlets)}
        return set(_offered(self.communes)) - narrowed


def _offered(field: Ticks) -> tuple[Any, ...]:
    chosen = set(field.data or ())
    return tuple(sorted(value for value, _name in field.choices if value in chosen))


def audience_form(campaign: Campaign, sent: bool = False) -> AudienceForm:
    form: AudienceForm = made(AudienceForm, campaign, sent, **_kept(campaign))
    form.genders.choices = named(GENDERS, GENDER_NAMES)
    form.languages.choices = named(LANGUAGES, LANGUAGE_NAMES)
    form.group.choices = [("", _("– Không, mọi người –"))]
    form.group.choices += [(group.id, group.name) for group in groups.listed()]
    form.places = _places()
    form.communes.choices = [(area.id, area.name) for area, _hamlets in form.places]
    form.hamlets.choices = [(one.id, one.name) for _area, hamlets in form.places for one in hamlets]
    return form


def _kept(campaign: Campaign) -> dict[str, Any]:
    who = Audience.from_json(campaign.audience)
    chosen = {name: getattr(who, name) for name in WHO}
    return {**chosen, "communes": list(who.communes), "hamlets": list(who.hamlets)}


def _places() -> list[Place]:
    communes = areas.communes()
    hamlets: dict[int | None, list[Area]] = {}
    for one in areas.hamlets_of([area.id for area in communes]):
        hamlets.setdefault(one.parent_id, []).append(one)
    return [(area, hamlets.get(area.id, [])) for area in communes]
