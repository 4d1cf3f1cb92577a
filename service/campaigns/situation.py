"""What is judged before a campaign may be sent, and how a fault is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from service.campaigns.audience import Count
from service.campaigns.campaigns import Campaign
from service.campaigns.employers import Employer
from service.carriers.base import Capabilities

BLOCK, ADVISE = "block", "advise"


@dataclass(frozen=True)
class Fix:
    """The text of the campaign without this fault, to be taken with one click."""

    text: str


@dataclass(frozen=True)
class Problem:
    """``code`` has its sentence in web/sentences.py; ``field`` is where it is mended. Only BLOCK stops a launch."""

    code: str
    field: str
    values: dict[str, Any]
    severity: str = BLOCK
    fix: Fix | None = None


@dataclass(frozen=True)
class Situation:
    """What the checks look at. ``longest_parts``: of the longest real message; 0 while it cannot be written.
    ``call_price_vnd``: of a minute today; None when nobody knows."""

    campaign: Campaign
    employer: Employer | None
    count: Count
    capabilities: Capabilities
    longest_parts: int
    today: date
    call_price_vnd: int | None
