"""What one entry of a person gives to the other when both are put together, and how it is given back.

Each part says what it moved, as plain JSON. Given back is only what is still as it was given: what staff changed since
stays where they changed it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select

from service import db
from service.registry import consent, phones, tags
from service.registry.consent import JOB_NOTICES, PURPOSES, Consent
from service.registry.memberships import GroupMember
from service.registry.people import Person
from service.registry.phones import FormerPhone, PersonPhone
from service.registry.tags import CODES, PersonTag

# Facts that belong together: one is not taken without the other.
FACTS = (
    ("birth_year",), ("gender",), ("language",), ("guardian",), ("channel",), ("note",), ("hours_from", "hours_to"),
    ("area_id", "hamlet_id"),
)  # fmt: skip
MISSING = (None, "")
WORDS = ("guardian", "note")  # empty, not none
MIRRORS = ("said_yes_at", "placed_at")
ADDED, BOTH, WRONG = (
    "added",
    "both",
    "wrong",
)  # a number that went over, one that both had, one known to be wrong
PURE = ("raw", "normalised_by", "owner")


def _give_facts(kept: Person, gone: Person) -> dict[str, Any]:
    """What is known of the one that goes and not of the one that stays."""
    taken: dict[str, Any] = {}
    for group in FACTS:
        if getattr(kept, group[0]) in MISSING and getattr(gone, group[0]) not in MISSING:
            taken |= {name: getattr(gone, name) for name in group}
    if "area_id" not in taken and kept.area_id == gone.area_id and kept.hamlet_id is None and gone.hamlet_id:
        taken["hamlet_id"] = gone.hamlet_id
    for name, value in taken.items():
        setattr(kept, name, value)
    return taken


def _take_facts(kept: Person, _gone: Person, taken: dict[str, Any]) -> None:
    for group in FACTS:
        names = [name for name in group if name in taken]
        if names and all(getattr(kept, name) == taken[name] for name in names):
            for name in names:
                setattr(kept, name, "" if name in WORDS else None)


def _give_mirrors(kept: Person, gone: Person) -> dict[str, list[str | None]]:
    moved: dict[str, list[str | None]] = {}
    for name in MIRRORS:
        before, other = getattr(kept, name), getattr(gone, name)
        if other is not None and (before is None or other > before):
            setattr(kept, name, other)
            moved[name] = [_iso(before), _iso(other)]
    return moved


def _take_mirrors(kept: Person, _gone: Person, moved: dict[str, list[str | None]]) -> None:
    for name, (before, after) in moved.items():
        if getattr(kept, name) == _instant(after):
            setattr(kept, name, _instant(before))


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _give_numbers(kept: Person, gone: Person) -> list[dict[str, Any]]:
    links = phones.of_person(kept.id)
    mine, wrong = {link.phone_id for link in links}, {pair[1] for pair in phones.former([kept.id])}
    place = max((link.position for link in links), default=0)
    moved = []
    for link in phones.of_person(gone.id):
        deed = BOTH if link.phone_id in mine else WRONG if link.phone_id in wrong else ADDED
        row = {name: getattr(link, name) for name in ("phone_id", "position", *PURE)}
        moved.append({**row, "verified_at": _iso(link.verified_at), "deed": deed})
        db.session().delete(link)
        if deed == ADDED:
            place += 1
            _link(kept.id, {**moved[-1], "position": place})
    db.session().flush()
    return moved


def _link(person_id: int, row: dict[str, Any]) -> None:
    values = {name: row[name] for name in ("phone_id", "position", *PURE)}
    db.session().add(PersonPhone(person_id=person_id, verified_at=_instant(row["verified_at"]), **values))


def _take_numbers(kept: Person, gone: Person, moved: list[dict[str, Any]]) -> None:
    """A number that was found wrong since is wrong for the one who brought it, too."""
    for row in moved:
        link = db.session().get(PersonPhone, (kept.id, row["phone_id"]))
        former = db.session().get(FormerPhone, (kept.id, row["phone_id"]))
        if link is None and former is not None and row["deed"] != WRONG:
            _copy_former(former, gone.id)
            if row["deed"] == ADDED:
                db.session().delete(former)
            continue
        if link is not None and row["deed"] == ADDED:
            row = {**row, "owner": link.owner, "verified_at": _iso(link.verified_at)}
            db.session().delete(link)
        _link(gone.id, row)
    db.session().flush()
    for person in (kept, gone):
        links = phones.of_person(person.id)
        if links and links[0].position != 1:
            phones.put_in_order(links)


def _copy_former(row: FormerPhone, person_id: int) -> None:
    values = {name: getattr(row, name) for name in ("phone_id", "raw", "reason", "at", "staff_id")}
    db.session().add(FormerPhone(person_id=person_id, **values))


def _give_former(kept: Person, gone: Person) -> list[list[Any]]:
    """What was found wrong for the one is wrong for the other, unless it is that one's number today."""
    known = {link.phone_id for link in phones.of_person(kept.id)} | {
        pair[1] for pair in phones.former([kept.id])
    }
    moved = []
    for row, phone in phones.former_of(gone.id):
        if phone.id not in known:
            _copy_former(row, kept.id)
            moved.append([phone.id, _iso(row.at)])
    db.session().flush()
    return moved


def _take_former(kept: Person, _gone: Person, moved: list[list[Any]]) -> None:
    for phone_id, at in moved:
        row = db.session().get(FormerPhone, (kept.id, phone_id))
        if row is not None and row.at == _instant(at):
            db.session().delete(row)
    db.session().flush()


def _give_tags(kept: Person, gone: Person) -> list[list[str]]:
    moved = []
    for kind in CODES:
        both = tags.of_people([kept.id, gone.id], kind)
        moved += [[kind, code] for code in both[gone.id] if code not in both[kept.id]]
    db.session().add_all(PersonTag(person_id=kept.id, kind=kind, code=code) for kind, code in moved)
    db.session().flush()
    return moved


def _take_tags(kept: Person, _gone: Person, moved: list[list[str]]) -> None:
    for kind, code in moved:
        this = (PersonTag.person_id == kept.id) & (PersonTag.kind == kind) & (PersonTag.code == code)
        db.change(delete(PersonTag).where(this))


def _give_groups(kept: Person, gone: Person) -> list[int]:
    mine, others = (
        set(db.session().scalars(select(GroupMember.group_id).where(GroupMember.person_id == person.id)))
        for person in (kept, gone)
    )
    db.session().add_all(GroupMember(group_id=group, person_id=kept.id) for group in others - mine)
    db.session().flush()
    return sorted(others - mine)


def _take_groups(kept: Person, _gone: Person, moved: list[int]) -> None:
    this = (GroupMember.person_id == kept.id) & GroupMember.group_id.in_(moved)
    db.change(delete(GroupMember).where(this))


def _give_consents(kept: Person, gone: Person) -> list[int]:
    """One word alone counts for both; of two words the no counts. The rows of both stay."""
    said = consent.standing_of([kept.id, gone.id])
    copies = []
    for purpose in PURPOSES:
        mine, other = said[kept.id][purpose], said[gone.id][purpose]
        if other is not None and (mine is None or (mine.given and not other.given)):
            copies.append(_copy_consent(other, kept.id))
            if purpose == JOB_NOTICES:
                kept.consents = other.given
    db.session().add_all(copies)
    db.session().flush()
    return [row.id for row in copies]


def _copy_consent(row: Consent, person_id: int) -> Consent:
    names = ("purpose", "given", "channel", "words", "proof", "guardian", "file_id", "at", "staff_id")
    return Consent(person_id=person_id, **{name: getattr(row, name) for name in names})


def _take_consents(kept: Person, _gone: Person, moved: list[int]) -> None:
    if moved:
        db.change(delete(Consent).where(Consent.id.in_(moved), Consent.person_id == kept.id))
        newest = select(func.max(Consent.id)).where(
            Consent.person_id == kept.id, Consent.purpose == JOB_NOTICES
        )
        kept.consents = bool(
            db.session().scalar(select(Consent.given).where(Consent.id == newest.scalar_subquery()))
        )


@dataclass(frozen=True)
class Part:
    give: Callable[[Person, Person], Any]
    take_back: Callable[[Person, Person, Any], None]


PARTS = {
    "facts": Part(_give_facts, _take_facts),
    "mirrors": Part(_give_mirrors, _take_mirrors),
    "numbers": Part(_give_numbers, _take_numbers),
    "former": Part(_give_former, _take_former),
    "tags": Part(_give_tags, _take_tags),
    "groups": Part(_give_groups, _take_groups),
    "consents": Part(_give_consents, _take_consents),
}  # in the order of giving; taken back in the other direction


def join(kept: Person, gone: Person) -> dict[str, Any]:
    """Give everything of the one to the other. Returns what was moved."""
    return {name: part.give(kept, gone) for name, part in PARTS.items()}


def part(kept: Person, gone: Person, moved: dict[str, Any]) -> None:
    """The other way round."""
    for name in reversed(PARTS):
        PARTS[name].take_back(kept, gone, moved[name])
