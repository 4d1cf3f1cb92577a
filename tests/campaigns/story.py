"""What the stories about campaigns share: who is who, villagers, a draft, and pressing buttons."""

from __future__ import annotations

from typing import Any

from service import db
from service.campaigns import campaigns, employers
from service.campaigns.campaigns import Campaign
from service.registry.people import Person
from service.staff import accounts
from service.staff.accounts import Staff
from tests import world
from tests.web.conftest import Visitor, words


def me(role: str = "manager") -> Staff:
    found = accounts.find_by_email(f"{role}@vidu.vn")
    assert found is not None
    return found


def employer(name: str = "Công ty May Hoa Đào") -> int:
    with db.transaction():
        made = employers.save(None, name, "", "", ("", None), me())
        employers.mark_checked(made, me(), "giấy đăng ký kinh doanh, bản gốc")
        return made.id


def villagers(size: int) -> list[Person]:
    with db.transaction():
        return world.village_of(size)


def draft(**changes: Any) -> Campaign:
    with db.transaction():
        return world.campaign(me(), **changes)


def ready(**changes: Any) -> Campaign:
    """A draft to which a second person said yes."""
    with db.transaction():
        made = world.campaign(me(), **changes)
        world.approved(made)
        return made


def fresh(campaign_id: int) -> Campaign:
    db.end_reading()
    found = campaigns.find(campaign_id)
    assert found is not None
    return found


def newest() -> Campaign:
    db.end_reading()
    return campaigns.listed()[0]


def press(visitor: Visitor, path: str, **changes: Any) -> str:
    """Press a button of the page that is open; returns what the page says where it leads."""
    visitor.post(path, **changes)
    while visitor.last.status_code in (302, 303):
        visitor.follow()
    return words(visitor.last)


def press_send(visitor: Visitor, campaign: Campaign, **changes: Any) -> str:
    return press(visitor, f"/campaigns/{campaign.id}/launch", **changes)
