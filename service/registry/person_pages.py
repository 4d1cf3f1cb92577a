"""A person's page, and what is done on it: numbers, consent, opt-out."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from service import db
from service.registry import areas, consent, people, phones
from service.registry.door import bp, known
from service.registry.forms import ConsentForm, PhoneForm, consent_form
from service.registry.people import Person
from service.reports import timeline
from service.reports.timeline import Entry
from service.staff import accounts
from service.text import words
from service.web import campaign_words, deeds, person_words, reply_names
from service.web.access import current_staff, may, needs
from service.web.languages import gettext as _
from service.web.sentences import written

Shown = tuple[str, str | Markup, str, str]  # when, what, in which words, tone


def person_page(
    person: Person,
    revealed: int | None = None,
    phone_form: PhoneForm | None = None,
    consents: ConsentForm | None = None,
) -> str:
    """The page; ``revealed``: the phone whose whole number is shown, once."""
    me = current_staff()
    entries = timeline.of_person(person)
    return render_template(
        "registry/person.html",
        person=person,
        places=areas.names({area for area in (person.area_id, person.hamlet_id) if area is not None}),
        numbers=people.phones_of(person.id),
        sharing=people.sharing(person.id, me),
        behind={link.phone_id: len(phones.people_of(link.phone_id)) for link in phones.of_person(person.id)},
        revealed=revealed,
        asked=bool(consent.of_person(person.id)),
        entries=_told(entries),
        phone_form=phone_form or PhoneForm(),
        consent_form=consents or consent_form(),
        names=campaign_words,
    )


def _told(entries: list[Entry]) -> list[Shown]:
    """The time line in sentences."""
    codes = timeline.codes(entries)
    staff = {one.id: one.name for one in accounts.listed()}
    return [_tell(entry, codes, staff) for entry in entries]


def _tell(entry: Entry, codes: dict[int, str], staff: dict[int, str]) -> Shown:
    if entry.deed is not None:
        title, tone = deeds.sentence(entry.deed, staff), "plain"
    else:
        word = person_words.TIMELINE[entry.kind]
        values = {name: _value(name, value, codes) for name, value in entry.values.items()}
        title, tone = _(word.name, **values), word.tone
    said = f"“{entry.text}”" if entry.text else ""
    who = staff.get(entry.staff_id or 0, "")
    linked = _linked(title, entry.campaign_id)
    return words.moment(entry.at), linked, " · ".join(part for part in (said, who) if part), tone


def _value(name: str, value: object, codes: dict[int, str]) -> str:
    """A code, a state or a date as it is written on screen."""
    tables = {
        "channel": person_words.CHANNELS,
        "state": {code: word.name for code, word in campaign_words.MESSAGE_STATES.items()},
        "meaning": {code: word.name for code, word in campaign_words.MEANINGS.items()},
        "kind": reply_names.KINDS,
        "reach": campaign_words.REACH_NAMES,
    }
    if name == "code":
        return codes.get(value, "?") if isinstance(value, int) else ""
    known_words = tables.get(name, {})
    return _(known_words[str(value)]) if str(value) in known_words else written(value)


def _linked(title: str, campaign_id: int | None) -> str | Markup:
    if campaign_id is None or not may("campaign.see"):
        return title
    return Markup('<a href="{}">{}</a>').format(url_for("campaigns.show", campaign_id=campaign_id), title)


@bp.post("/<int:person_id>/phones")
@needs("people.edit")
def add_phone(person_id: int) -> ResponseReturnValue:
    form = PhoneForm()
    if not form.validate():
        return person_page(known(person_id), phone_form=form), 422
    with db.transaction():
        added = phones.attach(known(person_id).id, form.number.data, current_staff())
    flash(_("Đã thêm %(count)s số điện thoại.", count=len(added)), "good")
    return _back_to(person_id)


@bp.post("/<int:person_id>/phones/<int:phone_id>/detach")
@needs("people.edit")
def detach_phone(person_id: int, phone_id: int) -> ResponseReturnValue:
    with db.transaction():
        phones.detach(known(person_id).id, phone_id, current_staff())
    flash(_("Đã gỡ số điện thoại khỏi người này."), "good")
    return _back_to(person_id)


@bp.post("/<int:person_id>/phones/<int:phone_id>/reveal")
@needs("people.reveal")
def reveal_phone(person_id: int, phone_id: int) -> ResponseReturnValue:
    with db.transaction():
        number = phones.reveal(known(person_id).id, phone_id, current_staff())
    if number is None:
        abort(404)
    return person_page(known(person_id), revealed=phone_id)


@bp.post("/<int:person_id>/phones/<int:phone_id>/opt-in")
@needs("people.edit")
def opt_in(person_id: int, phone_id: int) -> ResponseReturnValue:
    with db.transaction():
        phone = phones.find(phone_id) if phone_id in phones_of(known(person_id)) else None
        if phone is None:
            abort(404)
        phones.opt_in(phone, current_staff())
    flash(_("Số này nhận tin trở lại."), "good")
    return _back_to(person_id)


def phones_of(person: Person) -> set[int]:
    return {link.phone_id for link in phones.of_person(person.id)}


@bp.post("/<int:person_id>/consent/give")
@needs("people.edit")
def give_consent(person_id: int) -> ResponseReturnValue:
    return _record_consent(person_id, given=True)


@bp.post("/<int:person_id>/consent/withdraw")
@needs("people.edit")
def withdraw_consent(person_id: int) -> ResponseReturnValue:
    return _record_consent(person_id, given=False)


def _record_consent(person_id: int, given: bool) -> ResponseReturnValue:
    form = consent_form()
    if not form.validate():
        return person_page(known(person_id), consents=form), 422
    with db.transaction():
        consent.record(known(person_id), given, form.channel.data, form.words.data.strip(), current_staff())
    flash(_("Đã ghi lại: đồng ý nhận tin.") if given else _("Đã ghi lại: không đồng ý nhận tin."), "good")
    return _back_to(person_id)


def _back_to(person_id: int) -> ResponseReturnValue:
    return redirect(url_for(".show", person_id=person_id), 303)
