"""The calendar's door: the next sixty days with their holidays and markets, one added, one taken away."""

from __future__ import annotations

from calendar import Calendar
from datetime import date, timedelta

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from service import db
from service.campaigns import special_days
from service.campaigns.office_forms import DayForm, WhichForm, day_form
from service.campaigns.special_days import HOLIDAY, MARKET
from service.refused import Refused
from service.registry import areas
from service.text import lunar
from service.text.words import date_vi, today_in_vietnam
from service.web.access import current_staff, needs
from service.web.languages import N_
from service.web.languages import gettext as _
from service.web.sentences import sentence

SHOWN_DAYS, AHEAD_DAYS = 60, 400  # as a grid; and as a list, to see a whole year's holidays
WEEKDAYS = (N_("T2"), N_("T3"), N_("T4"), N_("T5"), N_("T6"), N_("T7"), N_("CN"))
WEEKDAY_NAMES = (
    N_("thứ hai"),
    N_("thứ ba"),
    N_("thứ tư"),
    N_("thứ năm"),
    N_("thứ sáu"),
    N_("thứ bảy"),
    N_("chủ nhật"),
)

bp = Blueprint("calendar", __name__, url_prefix="/calendar")


@bp.get("")
@needs("calendar.see")
def index() -> ResponseReturnValue:
    return _shown(day_form())


def _shown(form: DayForm) -> str:
    first = today_in_vietnam()
    last = first + timedelta(days=SHOWN_DAYS - 1)
    found = special_days.between(first, first + timedelta(days=AHEAD_DAYS))
    each = [(day, one) for day, all_of_it in found.items() for one in all_of_it]
    return render_template(
        "calendar/index.html",
        form=form,
        months=_months(first, last),
        found=found,
        own=[(day, one) for day, one in each if one.kind == HOLIDAY or one.away or not one.by_rule],
        markets=[
            (day, one)
            for day, one in each
            if day <= last and one.kind == MARKET and one.by_rule and not one.away
        ],
        first=first,
        last=last,
        places=areas.names({area for _day, one in each for area in one.areas}),
        weekdays=[_(name) for name in WEEKDAYS],
        weekday_names=[_(name) for name in WEEKDAY_NAMES],
        lunar_day=_lunar_day,
        HOLIDAY=HOLIDAY,
    )


def _months(first: date, last: date) -> list[tuple[date, list[list[date]]]]:
    """Each month with its weeks of seven days, without weeks that are over or not shown yet."""
    months: list[date] = []
    day = first.replace(day=1)
    while day <= last:
        months.append(day)
        day = (day + timedelta(days=32)).replace(day=1)
    return [(month, [week for week in _weeks(month) if _meets(week, month, first, last)]) for month in months]


def _weeks(month: date) -> list[list[date]]:
    return Calendar().monthdatescalendar(month.year, month.month)


def _meets(week: list[date], month: date, first: date, last: date) -> bool:
    return any(first <= day <= last and day.month == month.month for day in week)


def _lunar_day(day: date) -> str:
    """``1/11`` on the first and fifteenth of a lunar month, else ``2``."""
    found = lunar.from_solar(day)
    return f"{found.day}/{found.month}" if found.day in (1, 15) else str(found.day)


@bp.post("")
@needs("calendar.edit")
def add() -> ResponseReturnValue:
    form = day_form()
    if not (form.validate() and _added(form)):
        return _shown(form), 422
    flash(_("Đã thêm %(name)s, ngày %(day)s.", name=form.name.data, day=date_vi(form.day.data)), "good")
    return redirect(url_for(".index"), 303)


def _added(form: DayForm) -> bool:
    try:
        with db.transaction():
            special_days.add(
                form.day.data, form.kind.data, form.name.data, form.area_id.data, current_staff()
            )
    except Refused as refused:
        field = form.name if refused.code in ("calendar.no_name", "calendar.already") else form.day
        field.errors = [sentence(refused)]
        return False
    return True


@bp.post("/remove")
@needs("calendar.edit")
def remove() -> ResponseReturnValue:
    day, kind, name = _asked()
    with db.transaction():
        special_days.take_away(day, kind, name, current_staff())
    flash(_("Đã bỏ %(name)s, ngày %(day)s.", name=name, day=date_vi(day)), "good")
    return redirect(url_for(".index"), 303)


@bp.post("/restore")
@needs("calendar.edit")
def restore() -> ResponseReturnValue:
    day, kind, name = _asked()
    with db.transaction():
        special_days.put_back(day, kind, name, current_staff())
    flash(_("Đã lấy lại %(name)s, ngày %(day)s.", name=name, day=date_vi(day)), "good")
    return redirect(url_for(".index"), 303)


def _asked() -> tuple[date, str, str]:
    form = WhichForm()
    if not form.validate():
        abort(400)
    return form.asked()
