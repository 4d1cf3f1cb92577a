"""The prices' door: what a part costs with each carrier and since when, and what was spent of the caps."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from service import db, settings
from service.campaigns import prices
from service.campaigns.office_forms import CHANNEL_NAMES, PriceForm, price_form
from service.carriers import directory
from service.refused import Refused
from service.sending import budget
from service.staff import accounts
from service.text.words import date_vi, money, today_in_vietnam
from service.web.access import current_staff, needs
from service.web.languages import gettext as _
from service.web.sentences import sentence

bp = Blueprint("prices", __name__, url_prefix="/prices")


@bp.get("")
@needs("prices.see")
def index() -> ResponseReturnValue:
    return _shown(price_form())


def _shown(form: PriceForm) -> str:
    today = today_in_vietnam()
    listed = prices.listed()
    return render_template(
        "prices/index.html",
        form=form,
        now=[
            (name, channel, prices.row_of(name, channel, today), prices.known(name, channel, today))
            for name, channel in _kinds()
        ],
        coming=[row for row in reversed(listed) if row.valid_from > today],
        listed=listed,
        names={one.id: one.name for one in accounts.listed()},
        channels={code: _(name) for code, name in CHANNEL_NAMES.items()},
        caps=_caps(),
        today=today,
    )


def _kinds() -> list[tuple[str, str]]:
    return [(name, channel) for name in directory.names() for channel in prices.CHANNELS]


def _caps() -> list[dict[str, Any]]:
    """The day's and the month's cap (0: none), what is spent, and what is set aside for messages on their way."""
    known, rows = settings.get(), budget.of_periods(db.clock())
    caps = {"day": known.cap_day_vnd, "month": known.cap_month_vnd}
    return [
        {"name": name, "cap": cap, "spent": row.spent if row else 0, "reserved": row.reserved if row else 0}
        for name, cap in caps.items()
        for row in [rows[name]]
    ]


@bp.post("")
@needs("prices.edit")
def put() -> ResponseReturnValue:
    form = price_form()
    if not (form.validate() and _kept(form)):
        return _shown(form), 422
    flash(
        _(
            "Đã ghi: từ %(day)s giá là %(price)s.",
            day=date_vi(form.valid_from.data),
            price=money(form.vnd.data),
        ),
        "good",
    )
    return redirect(url_for(".index"), 303)


def _kept(form: PriceForm) -> bool:
    try:
        with db.transaction():
            prices.put(
                form.carrier.data, form.channel.data, form.vnd.data, form.valid_from.data, current_staff()
            )
    except Refused as refused:
        field = form.vnd if refused.code == "price.not_a_price" else form.valid_from
        field.errors = [sentence(refused)]
        return False
    return True
