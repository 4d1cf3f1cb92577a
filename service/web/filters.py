"""How values are written on screen: ``{{ price|money }}``, ``{{ when|moment }}``, ``{{ phone.e164|masked }}``."""

from __future__ import annotations

from flask import Flask

from service.text import phone_numbers, words
from service.web.role_names import role_duty, role_name

FILTERS = {
    "money": words.money,
    "number": words.number,
    "date_vi": words.date_vi,
    "moment": words.moment,
    "shown": phone_numbers.shown,
    "masked": phone_numbers.masked,
    "role_name": role_name,
    "role_duty": role_duty,
}


def install(app: Flask) -> None:
    app.jinja_env.filters.update(FILTERS)
