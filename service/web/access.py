"""Who may open which page. Deny by default: a route without a mark is refused.

Mark every route, below its ``@bp.get`` or ``@bp.post``::

    @bp.post("/<int:campaign_id>/launch")
    @needs("campaign.launch")            # a permission of staff/roles.py
    def launch(campaign_id: int): ...

``@signed_in("why")`` is for what everybody with an account may do, ``@public("why")`` for what needs no account.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, Response, abort, current_app, flash, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user, login_user, logout_user

from service import db
from service.staff import accounts, roles
from service.staff.accounts import Staff
from service.web import languages
from service.web.addresses import here, is_htmx
from service.web.languages import gettext as _

IDLE_S = 60 * 60
ABSOLUTE_S = 12 * 60 * 60
NOTE_SEEN_EVERY_S = 60  # so that not every page sends a new cookie

MARK = "loa_access"
View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Access:
    """The mark of a route. ``permission`` is empty for public pages and for those of everybody who is signed in."""

    permission: str = ""
    why: str = ""
    public: bool = False


def needs(permission: str) -> Callable[[View], View]:
    """Only roles that have this permission may use the route."""
    if permission not in roles.PERMISSIONS:
        raise KeyError(f"unknown permission {permission!r}: add it to staff/roles.py")
    return _marked(Access(permission))


def signed_in(why: str) -> Callable[[View], View]:
    """Everybody with an account may use the route."""
    return _marked(Access(why=why))


def public(why: str) -> Callable[[View], View]:
    """The route needs no account."""
    return _marked(Access(why=why, public=True))


def _marked(access: Access) -> Callable[[View], View]:
    def mark(view: View) -> View:
        setattr(view, MARK, access)
        return view

    return mark


def access_of(endpoint: str) -> Access | None:
    """The mark of a route of the running app, or None."""
    found = getattr(current_app.view_functions.get(endpoint), MARK, None)
    return found if isinstance(found, Access) else None


def current_staff() -> Staff:
    """Who is using this page. For routes with ``@needs`` or ``@signed_in`` there is always somebody.

    Read from it as you like; to change it, find it again inside your transaction.
    """
    staff = staff_or_none()
    if staff is None:
        abort(401)
    return staff


def staff_or_none() -> Staff | None:
    """Who is using this page, if anybody is signed in."""
    if "staff" not in g:
        g.staff = current_user.staff if current_user.is_authenticated else None
    found = g.staff
    return found if isinstance(found, Staff) else None


def may(permission: str) -> bool:
    """May the person using this page do this? For menus and buttons."""
    staff = g.get("staff")
    return staff is not None and roles.may(staff.role, permission)


class SignedIn:
    """A member of staff as Flask-Login sees one. The epoch in the id ends all sessions when it is raised."""

    is_authenticated = True
    is_anonymous = False

    def __init__(self, staff: Staff) -> None:
        self.staff = staff

    @property
    def is_active(self) -> bool:
        return self.staff.active

    def get_id(self) -> str:
        return f"{self.staff.id}.{self.staff.session_epoch}"


def sign_in(staff: Staff) -> None:
    """Begin a session with a new id. The language of the account is used from now on."""
    session.clear()
    session["id"] = secrets.token_urlsafe(16)
    session["since"] = session["seen"] = int(time.time())
    login_user(SignedIn(staff))
    g.staff = staff
    languages.choose(staff.language)


def sign_out() -> None:
    """End this session; the language stays."""
    language = languages.current()
    logout_user()
    session.clear()
    g.staff = None
    languages.choose(language)


def install(app: Flask) -> None:
    """Put the guard before every request."""
    manager = LoginManager()
    manager.session_protection = None  # phones change their address all day; the epoch revokes
    manager.user_loader(_load)
    manager.init_app(app, add_context_processor=False)
    app.before_request(_guard)
    app.teardown_request(_end_reading)
    app.jinja_env.globals["may"] = may


def _load(session_id: str) -> SignedIn | None:
    now = int(time.time())
    if now - session.get("since", 0) > ABSOLUTE_S or now - session.get("seen", 0) > IDLE_S:
        return None
    staff_id, _dot, epoch = session_id.partition(".")
    staff = accounts.find(int(staff_id))
    if staff is None or not staff.active or str(staff.session_epoch) != epoch:
        return None
    if now - session["seen"] >= NOTE_SEEN_EVERY_S and not is_htmx():
        session["seen"] = now  # a page that refreshes itself does not keep a left desk open
    return SignedIn(staff)


def _guard() -> ResponseReturnValue | None:
    if request.endpoint is None:  # no such page, or not by this method: the error page shows the menu
        staff_or_none()
        return None
    access = access_of(request.endpoint)
    if access is None:
        abort(403)
    if access.public:
        return None
    staff = staff_or_none()
    if staff is None:
        return _ask_to_sign_in()
    if staff.must_change_password and access.permission:
        return redirect(url_for("staff.password"))
    if access.permission and not roles.may(staff.role, access.permission):
        abort(403)
    return None


def _ask_to_sign_in() -> ResponseReturnValue:
    if "_user_id" in session:
        sign_out()
        flash(_("Phiên làm việc đã hết. Xin đăng nhập lại để làm tiếp."), "info")
    login = url_for("staff.login", next=here() if request.method == "GET" and not is_htmx() else None)
    if is_htmx():
        return Response(status=401, headers={"HX-Redirect": login})
    return redirect(login)


def _end_reading(_problem: BaseException | None) -> None:
    db.end_reading()
