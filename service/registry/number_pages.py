"""What is done with a person's numbers: added, shown, confirmed, put in order, taken off, opted out and in."""

from __future__ import annotations

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from service import db
from service.refused import Refused
from service.registry import phones
from service.registry.door import bp, known
from service.registry.forms import OwnerForm, PhoneForm
from service.registry.person_pages import person_page
from service.registry.phones import REASONS, WRONG_NUMBER, Phone
from service.web import person_words
from service.web.access import current_staff, needs
from service.web.languages import gettext as _
from service.web.sentences import sentence

CHANNELS = {"all": None, "sms": "sms", "voice": "voice"}  # typed in the form → the channel of an opt-out


@bp.post("/<int:person_id>/phones")
@needs("people.edit")
def add_phone(person_id: int) -> ResponseReturnValue:
    form = PhoneForm()
    if not form.validate():
        return person_page(known(person_id), phone_form=form), 422
    try:
        with db.transaction():
            person, me = known(person_id).id, current_staff()
            added = phones.attach(person, form.number.data, me, knowingly=form.knowingly.data)
    except Refused as refused:
        form.number.errors = [sentence(refused)]
        form.ask_knowingly = refused.code == "phone.was_taken_off"
        return person_page(known(person_id), phone_form=form), 422
    flash(_("Đã thêm %(count)s số điện thoại.", count=len(added)), "good")
    return _back_to(person_id)


@bp.post("/<int:person_id>/phones/<int:phone_id>/detach")
@needs("people.edit")
def detach_phone(person_id: int, phone_id: int) -> ResponseReturnValue:
    reason = request.form.get("reason", WRONG_NUMBER)
    if reason not in REASONS:
        abort(404)
    with db.transaction():
        found = phones.detach(known(person_id).id, phone_id, current_staff(), reason)
    if not found:
        abort(404)
    left = phones.of_person(person_id)
    flash(_("Đã gỡ số điện thoại khỏi người này."), "good")
    if not left:
        flash(
            _("Người này không còn số nào. Hãy hỏi số mới ở thôn, xã; tên đã vào mục “Chưa có số”."), "warn"
        )
    return _back_to(person_id)


@bp.post("/<int:person_id>/phones/<int:phone_id>/confirm")
@needs("people.edit")
def confirm_phone(person_id: int, phone_id: int) -> ResponseReturnValue:
    with db.transaction():
        found = phones.confirm(known(person_id).id, phone_id, current_staff())
    if not found:
        abort(404)
    flash(_("Đã ghi: hôm nay số này vẫn đúng."), "good")
    return _back_to(person_id)


@bp.post("/<int:person_id>/phones/<int:phone_id>/move")
@needs("people.edit")
def move_phone(person_id: int, phone_id: int) -> ResponseReturnValue:
    with db.transaction():
        phones.move(known(person_id).id, phone_id, request.form.get("to") == "up", current_staff())
    return _back_to(person_id)


@bp.post("/<int:person_id>/phones/<int:phone_id>/owner")
@needs("people.edit")
def name_phone_owner(person_id: int, phone_id: int) -> ResponseReturnValue:
    form = OwnerForm()
    with db.transaction():
        person = known(person_id).id
        if not form.validate() or not phones.name_owner(
            person, phone_id, form.owner.data or "", current_staff()
        ):
            abort(404)
    flash(_("Đã ghi máy của ai."), "good")
    return _back_to(person_id)


@bp.post("/<int:person_id>/phones/<int:phone_id>/reveal")
@needs("people.reveal")
def reveal_phone(person_id: int, phone_id: int) -> ResponseReturnValue:
    with db.transaction():
        number = phones.reveal(known(person_id).id, phone_id, current_staff())
    if number is None:
        abort(404)
    return person_page(known(person_id), revealed=phone_id)


@bp.post("/<int:person_id>/phones/<int:phone_id>/opt-out")
@needs("people.edit")
def opt_out(person_id: int, phone_id: int) -> ResponseReturnValue:
    with db.transaction():
        phone = _phone(person_id, phone_id)
        phones.opt_out(phone, db.clock(), _channel(), current_staff())
    flash(_(person_words.OPTED_OUT[request.form.get("channel", "all")]), "good")
    return _back_to(person_id)


@bp.post("/<int:person_id>/phones/<int:phone_id>/opt-in")
@needs("people.edit")
def opt_in(person_id: int, phone_id: int) -> ResponseReturnValue:
    with db.transaction():
        phones.opt_in(_phone(person_id, phone_id), current_staff(), _channel())
    flash(_("Số này nhận tin trở lại."), "good")
    return _back_to(person_id)


def _phone(person_id: int, phone_id: int) -> Phone:
    mine = {link.phone_id for link in phones.of_person(known(person_id).id)}
    phone = phones.find(phone_id) if phone_id in mine else None
    if phone is None:
        abort(404)
    return phone


def _channel() -> str | None:
    name = request.form.get("channel", "all")
    if name not in CHANNELS:
        abort(404)
    return CHANNELS[name]


def _back_to(person_id: int) -> ResponseReturnValue:
    return redirect(url_for(".show", person_id=person_id), 303)
