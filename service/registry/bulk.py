"""The same change for many people: looked at first, then made in one transaction, and noted with each of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ColumnElement, Select, delete, func, insert, literal, null, select, true, update

from service import db
from service.refused import Refused
from service.registry import areas, choosing, groups
from service.registry.areas import Area
from service.registry.choosing import Choice
from service.registry.memberships import GroupMember
from service.registry.people import CHANNELS, LANGUAGES, Person
from service.registry.tags import SKILL, SKILLS, WISH, WISHES, PersonTag
from service.staff import accounts, history
from service.staff.accounts import Staff
from service.staff.history import History

LANGUAGE, CHANNEL, PLACE, GROUP = "language", "channel", "place", "group"
TAGGING = {"add_skill": SKILL, "drop_skill": SKILL, "add_wish": WISH, "drop_wish": WISH}
CODES: dict[str, tuple[str, ...]] = {
    LANGUAGE: LANGUAGES, CHANNEL: ("", *CHANNELS), "add_skill": SKILLS, "drop_skill": SKILLS, "add_wish": WISHES,
    "drop_wish": WISHES,
}  # fmt: skip
KINDS = (LANGUAGE, PLACE, CHANNEL, *TAGGING, GROUP)
SAMPLE = 10


@dataclass(frozen=True)
class Change:
    """``code``: a language, a channel, a skill or a wish. ``hamlet`` by its name; empty: only the commune is known."""

    kind: str
    code: str = ""
    commune: int | None = None
    hamlet: str = ""
    group: int | None = None


@dataclass(frozen=True)
class Preview:
    """How many people would change, how many are like that already, and the first of those who would change."""

    changing: int
    same: int
    sample: list[Person]

    @property
    def figures(self) -> tuple[int, int]:
        return self.changing, self.same


def preview(choice: Choice, change: Change, by: Staff) -> Preview:
    """What the change would do. Nothing is written. Raises Refused when it cannot be done at all."""
    _check(change, by)
    changing, same = _figures(choice, change, by)
    first = _changing(choice, change, by).order_by(Person.sort_key, Person.id).limit(SAMPLE)
    return Preview(changing, same, list(db.session().scalars(first)))


def apply(choice: Choice, change: Change, seen: tuple[int, int], by: Staff) -> int:
    """Make the change, if it still concerns as many people as were ``seen``. Returns how many were changed."""
    _check(change, by)
    now = _figures(choice, change, by)
    if now != seen:
        raise Refused("bulk.changed_meanwhile", seen=seen[0], now=now[0])
    if change.kind == PLACE and change.hamlet:
        areas.hamlet(_commune(change), change.hamlet)
        db.session().flush()
    noted = _note(choice, change, by)
    done = _MAKERS[change.kind](_ids(choice, change, by), change)
    if (noted, done) != (seen[0], seen[0]):
        raise Refused("bulk.changed_meanwhile", seen=seen[0], now=done)
    history.record("people.changed", by, field=change.kind, people=done)
    return done


def _check(change: Change, by: Staff) -> None:
    if change.kind in CODES:
        if change.code not in CODES[change.kind]:
            raise Refused("bulk.nothing_to_set")
    elif change.kind == PLACE:
        commune = _commune(change)
        if by.role == "officer" and commune.id not in accounts.areas_of(by):
            raise Refused("person.foreign_commune")
    elif change.kind == GROUP:
        group = groups.find(change.group) if change.group is not None else None
        if group is None or group.kind != groups.FIXED:
            raise Refused("bulk.nothing_to_set")
        if not groups.may_change(group, by):
            raise Refused("group.not_yours", name=group.name)
    else:
        raise Refused("bulk.nothing_to_set")


def _commune(change: Change) -> Area:
    commune = next((area for area in areas.communes() if area.id == change.commune), None)
    if commune is None:
        raise Refused("bulk.no_commune")
    return commune


def _figures(choice: Choice, change: Change, by: Staff) -> tuple[int, int]:
    differs = _differs(change)
    every = choosing.query(choice, by).with_only_columns(func.count(), func.count().filter(differs))
    total, changing = db.session().execute(every.order_by(None)).one()
    return changing, total - changing


def _changing(choice: Choice, change: Change, by: Staff) -> Select[Person]:
    return choosing.query(choice, by).where(_differs(change))


def _ids(choice: Choice, change: Change, by: Staff) -> Select[int]:
    return _changing(choice, change, by).with_only_columns(Person.id).correlate(None)


def _differs(change: Change) -> ColumnElement[bool]:
    if change.kind in TAGGING:
        tagged = select(PersonTag.person_id).where(
            PersonTag.kind == TAGGING[change.kind], PersonTag.code == change.code
        )
        return Person.id.not_in(tagged) if change.kind.startswith("add") else Person.id.in_(tagged)
    if change.kind == GROUP:
        return Person.id.not_in(select(GroupMember.person_id).where(GroupMember.group_id == change.group))
    if change.kind == PLACE:
        elsewhere = Person.area_id.is_distinct_from(change.commune)
        if not change.hamlet:
            return elsewhere
        hamlet = _hamlet(change)
        return elsewhere | Person.hamlet_id.is_distinct_from(hamlet) if hamlet is not None else true()
    return getattr(Person, change.kind).is_distinct_from(change.code or None)  # type: ignore[no-any-return]


def _hamlet(change: Change) -> int | None:
    """The hamlet of this name, if there is one by now."""
    if change.commune is None or not change.hamlet:
        return None
    known = areas.hamlets_by_key([change.commune])
    return known.get((change.commune, areas.hamlet_key(change.hamlet)))


def _note(choice: Choice, change: Change, by: Staff) -> int:
    """A row of history for each person who changes."""
    names = ["at", "staff_id", "deed", "person_id", "campaign_id", "details"]
    at: ColumnElement[datetime] = literal(db.clock(), History.at.type)
    details = literal({"field": change.kind}, JSON())
    rows = _changing(choice, change, by).with_only_columns(
        at, literal(by.id), literal("person.changed_with_others"), Person.id, null(), details
    )
    return db.change_many(insert(History).from_select(names, rows))


def _set(ids: Select[int], change: Change) -> int:
    return _update(ids, {change.kind: change.code or None})


def _move(ids: Select[int], change: Change) -> int:
    return _update(ids, {"area_id": change.commune, "hamlet_id": _hamlet(change)})


def _update(ids: Select[int], values: dict[str, Any]) -> int:
    values["updated_at"] = db.clock()
    return db.change_many(update(Person).where(Person.id.in_(ids)).values(values))


def _tag(ids: Select[int], change: Change) -> int:
    rows = ids.add_columns(literal(TAGGING[change.kind]), literal(change.code))
    return db.change_many(insert(PersonTag).from_select(["person_id", "kind", "code"], rows))


def _untag(ids: Select[int], change: Change) -> int:
    mine = PersonTag.kind == TAGGING[change.kind], PersonTag.code == change.code
    return db.change_many(delete(PersonTag).where(*mine, PersonTag.person_id.in_(ids)))


def _put_in(ids: Select[int], change: Change) -> int:
    rows = ids.add_columns(literal(change.group))
    return db.change_many(insert(GroupMember).from_select(["person_id", "group_id"], rows))


_MAKERS: dict[str, Callable[[Select[int], Change], int]] = {
    LANGUAGE: _set,
    CHANNEL: _set,
    PLACE: _move,
    "add_skill": _tag,
    "drop_skill": _untag,
    "add_wish": _tag,
    "drop_wish": _untag,
    GROUP: _put_in,
}
