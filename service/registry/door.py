"""What the pages of the registry share: their blueprint, and how a page finds its person."""

from __future__ import annotations

from flask import Blueprint, abort, request

from service.registry import people
from service.registry.people import Person
from service.web.access import current_staff

MOST_ID = 2**63 - 1  # what a database can hold; a longer number in an address is nobody's

bp = Blueprint("people", __name__, url_prefix="/people")


def known(person_id: int) -> Person:
    """The person of this address; "no such page" when there is none or this member of staff may not know."""
    person = people.find(person_id, current_staff()) if person_id <= MOST_ID else None
    if person is None:
        abort(404)
    return person


def number_asked(name: str) -> int | None:
    """A number from the address, or None when it is not there or no number of ours."""
    number = request.args.get(name, type=int)
    return number if number is not None and 0 <= number <= MOST_ID else None
