"""A campaign with which all is right, to change one thing of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from service.campaigns.audience import Count
from service.campaigns.campaigns import Campaign
from service.campaigns.employers import Employer
from service.campaigns.situation import Situation
from service.carriers.base import Capabilities
from tests import world

TODAY = date(2026, 11, 23)
CHECKED = datetime(2026, 11, 1, tzinfo=world.UTC)
ANSWERS = Capabilities(True, False, False, False, False, "network")
GOOD = {
    "code": "A123", "post": "công nhân may", "headcount": 20, "wage_from": 8_000_000, "wage_to": None,
    "place": "Tuyên Quang", "reach": "in_province", "country": "", "deadline": date(2026, 12, 30), "text": world.TEXT,
    "encoding": "plain", "window_from": 420, "window_to": 1320,
}  # fmt: skip
ABROAD = {"reach": "abroad", "country": "Nhật Bản", "text": world.TEXT + " Không nộp tiền cho bất kỳ ai."}
LICENSED = {"licence_number": "12/LĐ", "licence_until": TODAY}


def employer(**changes: Any) -> Employer:
    facts = {
        "name": "Công ty May Hoa Đào",
        "licence_number": "",
        "licence_until": None,
        "checked_at": CHECKED,
    }
    return Employer(**{**facts, **changes})


def situation(at: dict[str, Any] | None = None, **changes: Any) -> Situation:
    """``at`` changes the campaign, the others change the situation."""
    return replace(
        Situation(
            Campaign(**{**GOOD, **(at or {})}), employer(), Count(9, 9, 7, {}), ANSWERS, 2, TODAY, 3_000
        ),
        **changes,
    )
