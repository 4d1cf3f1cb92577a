"""What the pages of the registry share: their blueprint, and how a page finds its person."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, abort, current_app, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from service.registry import merging, people
from service.registry.people import Person
from service.web.access import current_staff, may
from service.web.languages import N_

MOST_ID = 2**63 - 1  # what a database can hold; a longer number in an address is nobody's

bp = Blueprint("people", __name__, url_prefix="/people")


@dataclass(frozen=True)
class Room:
    """A line of the sub-navigation of the registry. ``pages``: how the endpoints of its pages begin."""

    endpoint: str
    permission: str
    label: str
    pages: tuple[str, ...]


ROOMS = (
    Room("people.index", "people.see", N_("Danh sách"), ("people.",)),
    Room(
        "people.group_list",
        "people.see",
        N_("Nhóm"),
        ("people.group", "people.new_group", "people.save_group"),
    ),
    Room("people.doubles", "people.merge", N_("Trùng người?"), ("people.double",)),
    Room("people.consent_forms", "people.edit", N_("Phiếu đồng ý"), ("people.consent_",)),
    Room("meetings.index", "meeting.run", N_("Họp thôn"), ("meetings.",)),
    Room("areas.index", "areas.edit", N_("Thôn, xã"), ("areas.",)),
    Room("rights.index", "people.rights", N_("Yêu cầu về dữ liệu"), ("rights.",)),
    Room(
        "people.import_list",
        "people.import",
        N_("Các lần nhập"),
        ("people.import", "people.new_import", "people.upload"),
    ),
)


@bp.app_context_processor
def _rooms() -> dict[str, object]:
    """The sub-navigation, for registry/_rooms.html on whatever page it stands."""
    return {"registry_rooms": rooms, "is_room": is_room}


def rooms() -> list[Room]:
    """What of the registry this person may open."""
    return [room for room in ROOMS if room.endpoint in current_app.view_functions and may(room.permission)]


def is_room(room: Room) -> bool:
    """Is the open page in this part? Of two that fit, the longer beginning counts."""
    fitting = {
        len(start): other
        for other in ROOMS
        for start in other.pages
        if (request.endpoint or "").startswith(start)
    }
    return bool(fitting) and fitting[max(fitting)] == room


def known(person_id: int) -> Person:
    """The person of this address; "no such page" when there is none or this member of staff may not know.

    The address of an entry that was put together with another leads to the other.
    """
    person = people.find(person_id, current_staff()) if person_id <= MOST_ID else None
    if person is None:
        abort(_elsewhere(person_id))
    return person


def _elsewhere(person_id: int) -> BaseResponse | int:
    kept = merging.kept_id(person_id) if person_id <= MOST_ID else person_id
    if kept == person_id or people.find(kept, current_staff()) is None:
        return 404
    return redirect(url_for("people.show", person_id=kept), 303)


def number_asked(name: str) -> int | None:
    """A number from the address, or None when it is not there or no number of ours."""
    number = request.args.get(name, type=int)
    return number if number is not None and 0 <= number <= MOST_ID else None
