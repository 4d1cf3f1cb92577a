"""The menu: one table, filtered by what the person may do."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, request, url_for

from service.web.access import may
from service.web.languages import N_


@dataclass(frozen=True)
class Item:
    """A line of the menu. ``icon`` names a symbol of static/icons.svg."""

    endpoint: str
    permission: str
    label: str
    icon: str

    @property
    def room(self) -> str:
        return self.endpoint.partition(".")[0]


PARTS = {
    "calendar": "campaigns",
    "prices": "campaigns",
    "rights": "people",
    "areas": "people",
    "meetings": "people",
}  # rooms without a line of their own in the menu
NAVIGATION = (
    Item("home.index", "home.see", N_("Trang chủ"), "home"),
    Item("people.index", "people.see", N_("Người dân"), "people"),
    Item("campaigns.index", "campaign.see", N_("Chiến dịch"), "loudspeaker"),
    Item("recordings.index", "recording.see", N_("Bản ghi âm"), "microphone"),
    Item("replies.index", "reply.see", N_("Trả lời"), "reply"),
    Item("followup.index", "followup.see", N_("Gọi lại"), "phone"),
    Item("employers.index", "employer.see", N_("Doanh nghiệp"), "employer"),
    Item("staff.index", "staff.manage", N_("Cán bộ"), "staff"),
    Item("staff.history_page", "history.see", N_("Nhật ký"), "history"),
    Item("system.index", "system.see", N_("Hệ thống"), "system"),
)


def menu() -> list[Item]:
    """What this person's menu shows."""
    return [
        item for item in NAVIGATION if item.endpoint in current_app.view_functions and may(item.permission)
    ]


def first_page() -> str:
    """Where this person starts: the first page of his or her menu."""
    items = menu()
    return url_for(items[0].endpoint) if items else url_for("staff.password")


def is_current(item: Item) -> bool:
    """Is this the part of the service that the person is in?"""
    if any(other.endpoint == request.endpoint for other in NAVIGATION):
        return item.endpoint == request.endpoint
    room = PARTS.get(request.blueprint or "", request.blueprint)
    return item.room == room and item == next(other for other in NAVIGATION if other.room == item.room)
