"""A group: people saved under a name, either these people (fixed) or whoever fits the filters (living)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Select, String, delete, insert, literal, select
from sqlalchemy.orm import Mapped, mapped_column

from service import db
from service.refused import Refused
from service.registry import choosing
from service.registry.areas import Area
from service.registry.choosing import Choice
from service.registry.memberships import GroupMember
from service.registry.people import Person
from service.staff import accounts, history
from service.staff.accounts import Staff
from service.text.vietnamese import one_line, sort_key

FIXED, LIVING = "fixed", "living"
KINDS = (FIXED, LIVING)


class Group(db.Base):
    __tablename__ = "people_group"
    __table_args__ = (Index("uq_people_group_name", "name", unique=True),)

    id: Mapped[int] = mapped_column(db.Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(10))
    choice: Mapped[dict[str, Any]] = mapped_column(
        JSON, default=dict
    )  # the filters; of a fixed group those it came from
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime]


def find(group_id: int) -> Group | None:
    return db.session().get(Group, group_id)


def listed(kind: str = "") -> list[Group]:
    """All groups, or those of one kind, in Vietnamese order."""
    query = select(Group).where(Group.kind == kind) if kind else select(Group)
    return sorted(db.session().scalars(query), key=lambda group: sort_key(group.name))


def choice_of(group: Group) -> Choice:
    """Who is in it, as filters that can be narrowed further."""
    return Choice(group=group.id) if group.kind == FIXED else Choice.from_json(group.choice)


def members(group_id: int) -> Select[int]:
    """The ids of its people as it stands at this moment, for a query inside the database. No such group: nobody."""
    group = find(group_id)
    return choosing.ids(choice_of(group) if group is not None else Choice(persons=()), None)


def may_change(group: Group, staff: Staff) -> bool:
    """An officer changes what he or she saved; the others in the office change every group."""
    return staff.role != "officer" or group.staff_id == staff.id


def save(name: str, kind: str, choice: Choice, by: Staff) -> Group:
    """A new group of these people. Raises Refused when the name is empty or taken, or nobody is chosen."""
    name = _name(name)
    if kind not in KINDS:
        raise Refused("group.unknown_kind")
    if kind == LIVING:
        choice = _within_own(choice, by)
    if not choosing.count(choice, by):
        raise Refused("group.nobody")
    row = {
        "name": name,
        "kind": kind,
        "choice": choice.as_json(),
        "staff_id": by.id,
        "created_at": db.clock(),
    }
    if not db.insert_new(Group, row):
        raise Refused("group.name_taken", name=name)
    group = db.session().scalars(select(Group).where(Group.name == name)).one()
    people = _put_in(group, choice, by) if kind == FIXED else choosing.count(choice, by)
    history.record("group.saved", by, group=group.id, name=name, people=people)
    return group


def _name(typed: str) -> str:
    name = one_line(typed)[:100]
    if not any(char.isalnum() for char in name):
        raise Refused("group.no_name")
    return name


def _within_own(choice: Choice, by: Staff) -> Choice:
    """What an officer saves stays within the officer's communes, whoever opens it later."""
    if by.role != "officer":
        return choice
    own = set(accounts.areas_of(by))
    communes = tuple(commune for commune in choice.communes if commune in own)
    inside = select(Area.id).where(Area.id.in_(choice.hamlets), Area.parent_id.in_(own))
    hamlets = tuple(db.session().scalars(inside))
    if choice.communes or choice.hamlets:
        if not communes and not hamlets:
            raise Refused("group.nobody")
        return replace(choice, communes=communes, hamlets=hamlets)
    return replace(choice, communes=tuple(sorted(own)))


def _put_in(group: Group, choice: Choice, by: Staff) -> int:
    """Those of these people who are not in it yet. Returns how many."""
    there = select(GroupMember.person_id).where(GroupMember.group_id == group.id)
    new = (
        choosing.query(choice, by)
        .with_only_columns(literal(group.id), Person.id)
        .where(Person.id.not_in(there))
    )
    return db.change_many(insert(GroupMember).from_select(["group_id", "person_id"], new))


def rename(group: Group, name: str, by: Staff) -> None:
    name = _name(name)
    _allowed(group, by)
    taken = db.session().scalar(select(Group.id).where(Group.name == name, Group.id != group.id))
    if taken is not None:
        raise Refused("group.name_taken", name=name)
    group.name = name
    history.record("group.renamed", by, group=group.id, name=name)


def remove(group: Group, by: Staff) -> None:
    """The group is gone; its people stay. Not while a living group is made out of it."""
    _allowed(group, by)
    for other in listed(LIVING):
        if other.choice.get("group") == group.id:
            raise Refused("group.needed", name=other.name)
    db.change_many(delete(GroupMember).where(GroupMember.group_id == group.id))
    history.record("group.removed", by, group=group.id, name=group.name)
    db.session().delete(group)


def put_in(group: Group, choice: Choice, by: Staff) -> int:
    """Add these people to a fixed group. Returns how many are new in it."""
    _fixed(group, by)
    added = _put_in(group, choice, by)
    if added:
        history.record("group.put_in", by, group=group.id, name=group.name, people=added)
    return added


def take_out(group: Group, persons: Sequence[int], by: Staff) -> int:
    """These people are in this fixed group no longer. Returns how many were."""
    _fixed(group, by)
    chosen = choosing.ids(Choice(persons=tuple(persons)), by)
    gone = delete(GroupMember).where(GroupMember.group_id == group.id, GroupMember.person_id.in_(chosen))
    taken = db.change_many(gone)
    if taken:
        history.record("group.taken_out", by, group=group.id, name=group.name, people=taken)
    return taken


def _fixed(group: Group, by: Staff) -> None:
    _allowed(group, by)
    if group.kind != FIXED:
        raise Refused("group.living", name=group.name)


def _allowed(group: Group, by: Staff) -> None:
    if not may_change(group, by):
        raise Refused("group.not_yours", name=group.name)
