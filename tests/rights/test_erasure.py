"""Deletion: name and number are gone everywhere, the opt-out and the sums of past reports stay."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import func, select

from service import db
from service.campaigns import audience
from service.campaigns.audience import Audience
from service.campaigns.campaigns import Campaign
from service.followup import tasks
from service.followup.outcomes import Placement
from service.followup.tasks import FollowUp
from service.refused import Refused
from service.registry import consent, forgotten, merging, people, phones
from service.registry.meetings import Attendance
from service.registry.people import Person
from service.registry.phones import DEAD, Phone
from service.reports import summary
from service.rights import erasure, requests
from service.rights.erasure import Erased
from service.rights.traces import Traces
from service.sending.messages import Message
from service.staff import history
from service.staff.accounts import Staff
from service.tables import metadata
from service.text.vietnamese import search_key
from tests import world
from tests.registry.conftest import as_csv, check, store
from tests.replies.talk import interest, says, send_all, sent_campaign, task_of
from tests.rights.conftest import LIST, NAME, NUMBER, PDF, SECOND, SHARED, Village, listed


def erase(person: Person, by: Staff) -> Erased:
    with db.transaction():
        found = people.find(person.id, by)
        assert found is not None
        erased = erasure.erase(found, by)
    db.end_reading()
    return erased


def dump() -> str:
    """All rows of all tables as text; JSON as Python shows it, so that no letter hides behind a \\u."""
    db.end_reading()
    texts = []
    for table in metadata.sorted_tables:
        for row in db.session().execute(table.select()):
            texts.append(f"{table.name} " + " | ".join(str(value) for value in row))
    db.end_reading()
    return "\n".join(texts)


def said_of(text: str, name: str, *numbers: str) -> list[str]:
    """Lines that hold the name, in whatever accents and case, or a number, in whatever spelling."""
    found = []
    for line in text.splitlines():
        key, digits = f" {search_key(line)} ", re.sub(r"[\s.\-()/]", "", line)
        if f" {search_key(name)} " in key or any(number in digits for number in numbers):
            found.append(line)
    return found


def sums(campaign: Campaign) -> dict[str, Any]:
    """What past reports say."""
    db.end_reading()
    placed = (
        select(Person.area_id, Person.gender, Placement.kind, func.count())
        .join(Placement, Placement.person_id == Person.id)
        .group_by(Person.area_id, Person.gender, Placement.kind)
    )
    said = summary.summary(campaign)
    return {
        **said,
        "placed": [tuple(row) for row in db.session().execute(placed)],
        "attendances": db.session().scalar(select(func.count()).select_from(Attendance)),
        "parts_sent": db.session().scalar(select(func.sum(Message.parts))),
        "spent": db.session().scalar(select(func.sum(Message.price_vnd))),
    }


def test_neither_name_nor_number_is_found_anywhere(village: Village) -> None:
    digits = ("391234567", "1691234567")
    assert len(said_of(dump(), NAME, *digits)) > 15  # the search finds what there is
    erased = erase(village.pao, village.by)
    assert (erased.numbers, erased.shared) == (2, 1)
    assert said_of(dump(), NAME, *digits, "913000777") == []
    assert said_of(dump(), "Giàng Mí Sò", "986000111") != []  # whoever shares the phone stays


def test_sums_of_past_reports_are_the_same(village: Village) -> None:
    before = sums(village.campaign)
    assert before["placed"] != []
    erase(village.pao, village.by)
    assert sums(village.campaign) == before


def test_the_shell_is_in_no_list_and_gets_nothing(village: Village) -> None:
    before = audience.count(Audience())
    erase(village.pao, village.by)
    shell = next(person for person in listed() if person.id == village.pao.id)
    assert (shell.name, shell.search_key, shell.sort_key, shell.birth_year, shell.note) == (
        "",
        "",
        "",
        None,
        "",
    )
    assert (shell.gender, shell.area_id, shell.listed, shell.consents) == (
        "male",
        village.so.area_id,
        False,
        False,
    )
    assert people.find(shell.id, village.by) is None
    assert audience.count(Audience()).people == before.people - 1
    gone = db.session().scalars(select(Phone).where(Phone.e164.like("x%"))).all()
    assert {phone.state for phone in gone} == {DEAD}
    assert all(len(phone.e164) <= 16 and not any(phones.people_of(phone.id)) for phone in gone)


def test_the_opt_out_outlives_the_number(village: Village) -> None:
    erase(village.pao, village.by)
    assert set(forgotten.opted_out([NUMBER, SECOND, SHARED])) == {NUMBER}
    store(check(as_csv(LIST[0])))
    phone = phones.find_by_number(NUMBER)
    assert phone is not None
    assert phone.opted_out_at is not None


def test_the_history_says_that_it_was_done_and_the_request_is_closed(village: Village) -> None:
    erase(village.pao, village.by)
    assert history.of_person(village.pao.id)[0].deed == "person.deleted"
    assert requests.open_requests() == []
    (closed,) = requests.closed()
    assert (closed.request.outcome, closed.request.note, closed.name) == ("done", "", "")


def test_twice_or_with_an_entry_that_was_put_together_is_refused(village: Village) -> None:
    gone = merging.into(village.pao.id)[0]
    erase(village.pao, village.by)
    shell = db.session().get(Person, village.pao.id)
    assert shell is not None
    for do, code in (
        (lambda: erasure.erase(shell, village.by), "rights.already_deleted"),
        (lambda: merging.split(gone.id, village.by), "merge.deleted"),
        (lambda: erasure.find(999), "rights.nobody"),
    ):
        with pytest.raises(Refused) as refused, db.transaction():
            do()
        assert refused.value.code == code


def test_a_call_that_was_owed_is_owed_no_more(by: Staff) -> None:
    with db.transaction():
        pao = world.person(NAME, NUMBER)
    sent_campaign(by)
    yes = interest(says(NUMBER, "1"))
    assert task_of(yes).state == tasks.TO_CALL
    erase(pao, by)
    task = task_of(yes)
    assert (task.state, task.note, task.claimed_by) == (tasks.WITHDRAWN, "", None)
    assert db.session().query(FollowUp).count() == 1


def test_what_waits_to_be_sent_is_cancelled_or_goes_to_the_others_alone(by: Staff) -> None:
    with db.transaction():
        pao, alone = world.person(NAME, SHARED), world.person("Vàng Thị Mỷ", NUMBER, gender="female")
        so = world.person("Giàng Mí Sò", SHARED)
        campaign = world.launched(by)
    texts = [row.text for row in db.session().query(Message).order_by(Message.id)]
    assert "anh Pao, anh So" in texts[0]
    assert erase(pao, by).cancelled == 0
    assert erase(alone, by).cancelled == 1
    shared, own = db.session().query(Message).order_by(Message.id).all()
    assert (shared.state, own.state, own.text) == ("ready", "cancelled", "")
    assert "Chao anh So," in shared.text
    assert "Pao" not in shared.text
    assert send_all() == 1
    assert summary.summary(campaign)["messages"] == {"accepted": 1, "cancelled": 1}
    assert [person.name for person in listed() if person.listed] == [so.name]


def test_while_nobody_knows_whether_a_message_went_out_it_waits(by: Staff) -> None:
    with db.transaction():
        pao = world.person(NAME, NUMBER)
        world.launched(by)
        db.session().query(Message).one().state = "unknown"
    with pytest.raises(Refused) as refused:
        erase(pao, by)
    assert refused.value.code == "rights.in_flight"
    assert people.find(pao.id, by) is not None


def test_somebody_on_a_list_that_waits_would_come_back(by: Staff) -> None:
    store(check(as_csv(LIST[0])))
    batch = check(as_csv(("Sùng Mí Pó", "1990", "Nam", TYPED_AGAIN, "Trà Mần", "Sơn Vĩ", "Có")))
    with pytest.raises(Refused) as refused:
        erase(listed()[0], by)
    assert (refused.value.code, refused.value.values) == ("rights.pending_list", {"batch": batch.id})


TYPED_AGAIN = "(039) 123-4567"


def test_a_scan_that_proves_others_too_stays_for_them(by: Staff) -> None:
    with db.transaction():
        pao, so = world.person(NAME, NUMBER), world.person("Giàng Mí Sò", SHARED)
        common, own = consent.keep_file("thon.pdf", PDF, by), consent.keep_file("pao.pdf", PDF + b"!", by)
        for person, file in ((pao, common), (so, common), (pao, own)):
            consent.record(person, True, "paper", "ký vào phiếu của thôn", by, file_id=file.id)
    assert erase(pao, by).sheets == 1
    assert [file.filename for file in db.session().query(consent.ConsentFile)] == ["thon.pdf"]
    assert consent.file_for(common.id, by) is not None


def test_an_entry_with_the_same_name_is_left_alone(by: Staff) -> None:
    with db.transaction():
        pao = world.person(NAME, NUMBER)
        world.person(NAME, SECOND, note="Sùng Mí Páo, 0913 000 777")
    erase(pao, by)
    (left,) = [person for person in listed() if person.listed]
    assert (left.name, left.note) == (NAME, "Sùng Mí Páo, 0913 000 777")
    assert [phone.e164 for phone in phones.of_people([left.id])[left.id]] == [SECOND]


SPELLINGS = [
    "0391234567", "0391 234 567", "0391.234.567", "+84 391 234 567", "84391234567", "(0391) 234-567", "0169 1234567",
    "01691234567",
]  # fmt: skip


@pytest.mark.parametrize("typed", SPELLINGS)
def test_a_number_is_recognised_in_any_spelling(typed: str) -> None:
    traces = Traces.of([NUMBER], ["0169 123.4567"], [])
    assert traces.without_numbers(f"gọi {typed} buổi tối") == "gọi … buổi tối"
    assert traces.without_numbers("gọi 0391 234 568 buổi tối") == "gọi 0391 234 568 buổi tối"
    assert traces.cleaned({"a": [typed, 7]}) == {"a": ["…", 7]}
