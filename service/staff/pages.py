"""The staff's door: log in and out, password, language, accounts, history."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service import db
from service.refused import Refused
from service.registry import areas
from service.staff import accounts, history
from service.staff.accounts import Staff
from service.staff.forms import AddForm, LoginForm, PasswordForm, add_form
from service.staff.roles import ROLES
from service.web import access, deeds, languages, navigation, throttle
from service.web.access import current_staff, needs, public, signed_in, staff_or_none
from service.web.addresses import local, page_of_form
from service.web.languages import gettext as _
from service.web.role_names import role_duty
from service.web.sentences import sentence

HISTORY_PAGE = 50

bp = Blueprint("staff", __name__)


@bp.get("/login")
@public("everybody begins here")
def login() -> ResponseReturnValue:
    if staff_or_none() is not None:
        return redirect(navigation.first_page())
    return render_template("staff/login.html", form=LoginForm(next=request.args.get("next", "")))


@bp.post("/login")
@throttle.limiter.limit(throttle.FAILED_LOGINS, deduct_when=throttle.failed)
@public("everybody begins here")
def log_in() -> ResponseReturnValue:
    form = LoginForm()
    staff = _authenticated(form) if form.validate() else None
    if staff is None:
        return render_template("staff/login.html", form=form), 401
    access.sign_in(staff)
    return redirect(local(form.next.data) or navigation.first_page(), 303)


def _authenticated(form: LoginForm) -> Staff | None:
    try:
        right = accounts.knows_password(form.email.data, form.password.data)
        with db.transaction():
            staff = accounts.admit(form.email.data, right)
            if staff is not None:
                history.record("staff.logged_in", staff)
    except Refused as refused:
        form.password.errors = [sentence(refused)]
        return None
    if staff is None:
        form.password.errors = [_("Thư điện tử hoặc mật khẩu chưa đúng. Hãy nhập lại.")]
    return staff


@bp.post("/logout")
@signed_in("to end one's own session")
def logout() -> ResponseReturnValue:
    access.sign_out()
    flash(_("Bạn đã đăng xuất."), "good")
    return redirect(url_for(".login"), 303)


@bp.post("/language")
@public("the login page is read in both languages too")
def language() -> ResponseReturnValue:
    languages.choose(request.form.get("language", ""))
    me = staff_or_none()
    if me is not None:
        with db.transaction():
            _known(me.id).language = languages.current()
    return redirect(page_of_form() or url_for(".login"), 303)


@bp.get("/password")
@signed_in("to change one's own password")
def password() -> ResponseReturnValue:
    return _password_page(PasswordForm())


@bp.post("/password")
@signed_in("to change one's own password")
def change_password() -> ResponseReturnValue:
    form, me = PasswordForm(), current_staff()
    if not (form.validate() and _changed(form, me)):
        return _password_page(form), 422
    flash(_("Đã đổi mật khẩu. Các phiên đăng nhập khác của bạn đã kết thúc."), "good")
    return redirect(navigation.first_page(), 303)


def _password_page(form: PasswordForm) -> str:
    first, least = current_staff().must_change_password, accounts.MIN_PASSWORD
    return render_template("staff/password.html", form=form, first=first, least=least)


def _changed(form: PasswordForm, me: Staff) -> bool:
    try:
        right = accounts.knows_password(me.email, form.old.data)
        with db.transaction():
            staff = accounts.admit(me.email, right)  # counts wrong tries as the login does
            if staff is not None:
                accounts.change_password(staff, form.new.data)
    except Refused as refused:
        blamed = form.old if refused.code == "staff.locked" else form.new
        blamed.errors = [sentence(refused)]
        return False
    if staff is None:
        form.old.errors = [_("Mật khẩu đang dùng chưa đúng.")]
        return False
    access.sign_in(staff)  # the new password ended this session too
    return True


@bp.get("/staff")
@needs("staff.manage")
def index() -> ResponseReturnValue:
    communes = {area.id: area.name for area in areas.communes()}
    listed = accounts.listed()
    places = {staff.id: [communes.get(area, "?") for area in accounts.areas_of(staff)] for staff in listed}
    return render_template("staff/index.html", listed=listed, places=places, now=db.clock())


@bp.get("/staff/new")
@needs("staff.manage")
def new() -> ResponseReturnValue:
    return _new_page(add_form())


@bp.post("/staff/new")
@needs("staff.manage")
def add() -> ResponseReturnValue:
    form = add_form()
    if not form.validate():
        return _new_page(form), 422
    try:
        with db.transaction():
            staff, once = accounts.add(
                form.email.data, form.name.data, form.role.data, form.chosen_areas(), current_staff()
            )
    except Refused as refused:
        form.email.errors = [sentence(refused)]
        return _new_page(form), 422
    return render_template("staff/added.html", added=staff, once=once)


def _new_page(form: AddForm) -> str:
    return render_template("staff/new.html", form=form, duties={role: role_duty(role) for role in ROLES})


@bp.post("/staff/<int:staff_id>/new-password")
@needs("staff.manage")
def give_password(staff_id: int) -> ResponseReturnValue:
    """A new one-time password for somebody who forgot the old one; also brings an ended account back."""
    with db.transaction():
        staff = _known(staff_id)
        staff, once = accounts.add(
            staff.email, staff.name, staff.role, accounts.areas_of(staff), current_staff()
        )
    return render_template("staff/added.html", added=staff, once=once)


@bp.post("/staff/<int:staff_id>/deactivate")
@needs("staff.manage")
def deactivate(staff_id: int) -> ResponseReturnValue:
    with db.transaction():
        staff = _known(staff_id)
        accounts.deactivate(staff, current_staff())
    flash(_("Đã ngừng tài khoản của %(name)s.", name=staff.name), "good")
    return redirect(url_for(".index"), 303)


@bp.get("/history")
@needs("history.see")
def history_page() -> ResponseReturnValue:
    before = request.args.get("before", type=int)
    rows = history.page(before, HISTORY_PAGE + 1)
    names = {staff.id: staff.name for staff in accounts.listed()}
    entries = [(row, names.get(row.staff_id or 0), deeds.sentence(row, names)) for row in rows[:HISTORY_PAGE]]
    older = url_for(".history_page", before=rows[HISTORY_PAGE - 1].id) if len(rows) > HISTORY_PAGE else None
    return render_template("staff/history.html", entries=entries, before=before, older=older)


def _known(staff_id: int) -> Staff:
    staff = accounts.find(staff_id)
    if staff is None:
        abort(404)
    return staff
