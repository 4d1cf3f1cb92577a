"""A person's page: facts, numbers, what was agreed to, and one time line. What is done with numbers: number_pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import select

from service import db
from service.refused import Refused
from service.registry import consent, doubles, merging, people, phones
from service.registry.door import bp, known
from service.registry.fact_pages import facts
from service.registry.forms import ConsentForm, OwnerForm, PhoneForm, consent_form
from service.registry.groups import Group
from service.registry.memberships import GroupMember
from service.registry.merging import Merge
from service.registry.people import Person
from service.registry.phones import DEAD, PersonPhone, Phone
from service.reports import timeline
from service.reports.timeline import Entry
from service.rights import requests
from service.staff import accounts
from service.staff.accounts import Staff
from service.text import words
from service.web import campaign_words, deeds, person_words, reply_names
from service.web.access import current_staff, may, needs
from service.web.campaign_words import Word
from service.web.languages import gettext as _
from service.web.sentences import sentence, written

Shown = tuple[str, str | Markup, str, str]  # when, what, in which words, tone
ALWAYS = ("birth_year", "gender", "language", "commune", "hamlet")
SHORT = 25  # entries of the time line that are not folded away


@dataclass(frozen=True)
class Line:
    """A number on the page. ``others``: who else is reached on it; ``hidden``: so many of whom this reader may not know."""

    link: PersonPhone
    phone: Phone
    states: list[Word]
    stale: bool
    others: list[Person]
    hidden: int


def person_page(
    person: Person,
    revealed: int | None = None,
    phone_form: PhoneForm | None = None,
    consents: ConsentForm | None = None,
) -> str:
    """The page; ``revealed``: the phone whose whole number is shown, once."""
    standing = consent.standing(person.id)
    merges = merging.into(person.id)
    told = _told(timeline.of_person(person))
    return render_template(
        "registry/person.html",
        person=person,
        facts=_facts(person),
        lines=_lines(person, current_staff(), db.clock()),
        former=phones.former_of(person.id),
        revealed=revealed,
        standing=standing,
        files=consent.files({row.file_id for row in standing.values() if row is not None and row.file_id}),
        child=consent.needs_guardian(person),
        groups=_groups(person.id),
        merges=_merged(merges) if may("people.merge") else [],
        doubles=doubles.of_person(person.id) if may("people.merge") else [],
        requests=requests.open_of(person.id) if may("people.rights") else [],
        entries=told[:SHORT],
        older=told[SHORT:],
        phone_form=phone_form or PhoneForm(),
        owner_form=OwnerForm(),
        consent_form=consents or consent_form(person),
        names=campaign_words,
        words=person_words,
    )


def _facts(person: Person) -> list[tuple[str, str]]:
    """The main ones always, the others when they are known."""
    known_facts = facts(person)
    shown = [
        (code, known_facts[code] or (_("Chưa rõ") if code in ALWAYS else ""))
        for code in person_words.FACTS
        if code in known_facts and code not in ("name", "numbers", "note")
    ]
    return [(_(person_words.FACTS[code]), value) for code, value in shown if value]


def _lines(person: Person, me: Staff, now: datetime) -> list[Line]:
    pairs, sharing = people.phones_of(person.id), people.sharing(person.id, me)
    lines = []
    for place, (link, phone) in enumerate(pairs):
        others = sharing.get(phone.id, [])
        hidden = len(phones.people_of(phone.id)) - 1 - len(others)
        states = _states(phone, first=place == 0 and len(pairs) > 1)
        lines.append(Line(link, phone, states, phones.stale(link, now), others, max(0, hidden)))
    return lines


def _states(phone: Phone, first: bool) -> list[Word]:
    """What should be known of a number, the worst first."""
    rules = [
        (phone.opted_out_at is not None, "opted_out"),
        (phone.opted_out_at is None and phone.no_sms_at is not None, "no_sms"),
        (phone.opted_out_at is None and phone.no_voice_at is not None, "no_voice"),
        (phone.state == DEAD, "dead"),
        (phone.kind != "mobile", "landline"),
    ]
    found = [person_words.NUMBER_STATES[code] for holds, code in rules if holds]
    return found or ([person_words.NUMBER_STATES["first"]] if first else [])


def _groups(person_id: int) -> list[Group]:
    query = select(Group).join(GroupMember, GroupMember.group_id == Group.id)
    return list(db.session().scalars(query.where(GroupMember.person_id == person_id).order_by(Group.name)))


def _merged(merges: list[Merge]) -> list[tuple[Merge, Person | None]]:
    return [(merge, db.session().get(Person, merge.gone_id)) for merge in merges]


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
        "purpose": person_words.PURPOSES,
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
    try:
        with db.transaction():
            consent.record(
                known(person_id), given, form.channel.data, form.words.data.strip(), current_staff(),
                purpose=form.purpose.data, guardian=form.guardian.data or "", file_id=_scan(form),
            )  # fmt: skip
    except Refused as refused:
        fields = {"consent.needs_guardian": form.guardian, "consent.no_words": form.words}
        fields.get(refused.code, form.scan).errors = [sentence(refused)]
        return person_page(known(person_id), consents=form), 422
    name = _(person_words.PURPOSES[form.purpose.data])
    flash(
        _("Đã ghi lại: đồng ý (%(purpose)s).", purpose=name)
        if given
        else _("Đã ghi lại: không đồng ý (%(purpose)s).", purpose=name),
        "good",
    )
    return redirect(url_for(".show", person_id=person_id), 303)


def _scan(form: ConsentForm) -> int | None:
    """The scanned form that was chosen, kept."""
    upload = form.scan.data
    if not upload or not getattr(upload, "filename", ""):
        return None
    return consent.keep_file(upload.filename, upload.read(), current_staff()).id
