"""Is it fair? Who is reached by a campaign, against who lives here: by commune, gender and language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select

from service import db
from service.campaigns import audience
from service.campaigns.audience import Audience
from service.registry.people import Person

GROUPS = ("gender", "language", "area_id")


@dataclass(frozen=True)
class Share:
    """So many of the registry, and of those who are reached, are of this kind. ``value``: a code, an area's id or None."""

    value: Any
    registry: int
    reached: int
    of_registry: float  # 0 to 1
    of_reached: float


def shares(who: Audience) -> dict[str, list[Share]]:
    """For each of GROUPS its kinds, the most frequent in the registry first."""
    return {name: _shares(who, name) for name in GROUPS}


def _shares(who: Audience, name: str) -> list[Share]:
    reached = audience.reached(who).with_only_columns(getattr(Person, name), func.count())
    everybody = select(getattr(Person, name), func.count()).where(Person.listed)
    theirs, all_of_them = _counted(reached, name), _counted(everybody, name)
    some, total = sum(theirs.values()) or 1, sum(all_of_them.values()) or 1
    found = [
        Share(value, number, theirs.get(value, 0), number / total, theirs.get(value, 0) / some)
        for value, number in all_of_them.items()
    ]
    return sorted(found, key=lambda share: -share.registry)


def _counted(query: Any, name: str) -> dict[Any, int]:
    column: ColumnElement[Any] = getattr(Person, name)
    return {row[0]: row[1] for row in db.session().execute(query.group_by(column))}
