"""Taking a stored list back: the registry is as it was before, or nothing happens and somebody is named."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Select, select

from service import db
from service.refused import Refused
from service.registry import consent, imports, merging, people, phones, tags, undoing
from service.registry.consent import Consent
from service.registry.groups import FIXED, Group
from service.registry.imports import STORED, UNDONE, ImportBatch
from service.registry.memberships import GroupMember
from service.registry.people import Person
from service.registry.phones import PersonPhone, Phone
from service.registry.stored_people import StoredPerson
from service.registry.tags import SKILL, PersonTag
from service.registry.undoing import Undone
from service.staff.accounts import Staff
from tests.registry.conftest import HEADER, PAO, as_csv, check, commune, everybody, store
from tests.registry.test_import import row
from tests.web.conftest import employ

pytestmark = pytest.mark.usefixtures("places")
WITH_SKILLS = (*HEADER, "Tay nghề")
NOBODY = select(Person.id).where(Person.id < 0)


def undo(batch: ImportBatch, by: Staff | None = None, sent: Select[Any] = NOBODY) -> Undone:
    with db.transaction():
        return undoing.undo(batch.id, sent, by)


def everything() -> dict[str, list[tuple[object, ...]]]:
    """Every row of the registry's people, numbers, consents and skills; instants that only say "last seen" included."""
    db.end_reading()
    found = {}
    for table in (Person, Phone, PersonPhone, Consent, PersonTag):
        columns = [
            column
            for column in table.metadata.tables[table.__tablename__].columns
            if column.name != "updated_at"
        ]
        found[table.__tablename__] = sorted(map(tuple, db.session().execute(select(*columns))), key=repr)
    return found


def put_in(*rows: Sequence[str], header: Sequence[str] = HEADER) -> ImportBatch:
    batch = check(as_csv(*rows, header=header))
    store(batch)
    return batch


def test_a_list_of_new_people_leaves_nothing_behind() -> None:
    before = everything()
    batch = put_in((*PAO, "thợ may"), (*row(name="Vàng Thị Mỷ"), ""), header=WITH_SKILLS)
    assert db.session().query(PersonTag).count() == 1
    assert undo(batch) == Undone(removed=2, restored=0, phones=1)
    assert everything() == before
    db.end_reading()
    kept = imports.find(batch.id)
    assert kept is not None
    assert (kept.state, kept.problems) == (UNDONE, [])
    assert db.session().query(StoredPerson).count() == 0


def test_known_people_get_back_what_they_had() -> None:
    put_in(
        row(gender="", hamlet="Lũng Làn", consent=""),
        row(name="Vàng Thị Mỷ", phone="0913000345", consent="Không"),
    )
    before = everything()
    batch = put_in(
        (*row(commune="Khâu Vai", hamlet="Trù Lủng", phone="0912000345; 0914000345"), "thợ may"),
        (*row(name="Vàng Thị Mỷ", phone="0913000345"), ""),
        (*row(name="Lý A Dính", phone="0914000345"), ""),
        header=WITH_SKILLS,
    )
    pao, my, dinh = everybody()
    assert (pao.area_id, pao.gender, pao.consents) == (commune("Khâu Vai").id, "male", True)
    assert (my.consents, dinh.consents) == (False, True)
    assert undo(batch) == Undone(removed=1, restored=1, phones=1)
    assert everything() == before


def test_what_was_changed_by_hand_since_stays() -> None:
    by = employ("manager")
    put_in(row(gender="", consent=""))
    batch = put_in(row(phone="0912000345; 0914000345", hamlet="Lũng Làn"))
    with db.transaction():
        pao = db.session().query(Person).one()
        people.change(
            pao, people.Facts(pao.name, pao.birth_year, "female", commune=pao.area_id, hamlet="Lũng Làn"), by
        )
        consent.record(pao, False, "call", "Đừng gửi nữa", by)
        added = phones.find_by_number("+84914000345")
        assert added is not None
        phones.confirm(pao.id, added.id, by)
    undo(batch)
    (pao,) = everybody()
    assert (pao.gender, pao.consents) == ("female", False)
    assert [asked.given for asked in consent.of_person(pao.id)] == [False]
    assert [phone.e164 for _link, phone in people.phones_of(pao.id)] == ["+84912000345", "+84914000345"]


def test_a_number_that_others_have_or_that_opted_out_stays() -> None:
    by = employ("manager")
    batch = put_in(
        PAO, row(name="Vàng Thị Mỷ", phone="0913000345"), row(name="Lý A Dính", phone="0914000345")
    )
    with db.transaction():
        other = people.add(people.Facts("Giàng Mí Sò", 1980), by)
        phones.attach(other.id, "0913000345", by)
        phone = phones.find_by_number("+84914000345")
        assert phone is not None
        phone.opted_out_at = db.clock()
    undo(batch)
    assert [person.name for person in everybody()] == ["Giàng Mí Sò"]
    assert phones.find_by_number("+84912000345") is None
    assert phones.find_by_number("+84913000345") is not None
    kept = phones.find_by_number("+84914000345")
    assert kept is not None
    assert kept.opted_out_at is not None


def in_a_group(person: Person, by: Staff) -> None:
    db.session().add(GroupMember(group_id=_group(by), person_id=person.id))


def _group(by: Staff) -> int:
    group = Group(name="Họp thôn", kind=FIXED, choice={}, staff_id=by.id, created_at=db.clock())
    db.session().add(group)
    db.session().flush()
    return group.id


def asked_by_hand(person: Person, by: Staff) -> None:
    consent.record(person, True, "paper", "Ký phiếu ngày 12/10/2026", by)


def revealed(person: Person, by: Staff) -> None:
    phones.reveal(person.id, phones.of_person(person.id)[0].phone_id, by)


def tagged_by_hand(person: Person, by: Staff) -> None:
    tags.put(person.id, SKILL, ["sewing"])
    people.change(person, people.Facts("Sùng Mí Páo Con", person.birth_year, commune=person.area_id), by)


def merged(person: Person, by: Staff) -> None:
    other = people.add(people.Facts("Sùng Mí Pao", 1990), by)
    merging.merge(other.id, person.id, by)


@pytest.mark.parametrize("happens", [in_a_group, asked_by_hand, revealed, tagged_by_hand, merged])
def test_new_people_whom_somebody_built_on_stand_in_the_way(happens: Any) -> None:
    by = employ("manager")
    batch = put_in(PAO, row(name="Vàng Thị Mỷ"))
    with db.transaction():
        happens(db.session().query(Person).order_by(Person.id).first(), by)
    before = everything()
    with pytest.raises(Refused) as refused:
        undo(batch)
    assert (refused.value.code, refused.value.values["count"]) == ("import.undo_used", 1)
    assert str(refused.value.values["names"]).startswith("Sùng Mí Páo")
    assert everything() == before
    kept = imports.find(batch.id)
    assert kept is not None
    assert kept.state == STORED


def test_nobody_who_was_written_to_is_taken_back() -> None:
    put_in(row(gender=""))
    batch = put_in(PAO, row(name="Vàng Thị Mỷ"))
    pao, my = everybody()
    for person in (pao, my):  # a known one as well as a new one
        with pytest.raises(Refused) as refused:
            undo(batch, sent=select(Person.id).where(Person.id == person.id))
        assert refused.value.code == "import.undo_sent"
        assert refused.value.values == {"count": 1, "names": person.name}


def test_the_later_list_is_taken_back_first() -> None:
    first = put_in(PAO)
    second = put_in(row(phone="0912000345, 0913000345"))
    with pytest.raises(Refused) as refused:
        undo(first)
    assert refused.value.code == "import.undo_later"
    undo(second)
    undo(first)
    assert everybody() == []


def test_a_list_is_taken_back_once_and_only_when_stored() -> None:
    waiting = check(as_csv(PAO))
    with pytest.raises(Refused) as refused:
        undo(waiting)
    assert refused.value.code == "import.not_stored"
    store(waiting)
    undo(waiting)
    with pytest.raises(Refused):
        undo(waiting)


def test_a_newer_list_says_that_a_number_is_still_right_and_the_undo_forgets_it() -> None:
    put_in(PAO)
    with db.transaction():
        link = db.session().query(PersonPhone).one()
        link.verified_at = long_ago = db.clock() - timedelta(days=400)
    batch = put_in(PAO)
    db.end_reading()
    newer = db.session().query(PersonPhone).one().verified_at
    assert newer is not None
    assert newer > long_ago
    undo(batch)
    db.end_reading()
    assert db.session().query(PersonPhone).one().verified_at == long_ago
