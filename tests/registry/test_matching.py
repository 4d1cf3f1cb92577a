"""Who is who: a row of a list and somebody in the registry. Certain, doubtful, or somebody else."""

from __future__ import annotations

import pytest

from service import db
from service.registry import areas, forgotten, hamlet_changes, merging, people, phones
from service.registry.people import Facts, Person
from service.registry.phones import WRONG_NUMBER, PersonPhone, Phone
from service.registry.tags import PersonTag
from tests.registry.conftest import HEADER, PAO, as_csv, check, everybody, kinds, store
from tests.registry.test_import import row
from tests.web.conftest import employ

pytestmark = pytest.mark.usefixtures("places")
SAME, PERHAPS, NEW = "same", "perhaps", "new"

# Sùng Mí Páo, 1990, 0912 000 345, Trà Mần, Sơn Vĩ is in the registry. Who is this?
ROWS = [
    (row(), SAME, "word for word"),
    (row(name="SÙNG  MÍ PÁO"), SAME, "capitals and blanks"),
    (row(hamlet="Lũng Làn", commune="Khâu Vai"), SAME, "moved: name, year and number are equal"),
    (row(phone=""), SAME, "no number this time: name, year and hamlet are equal"),
    (row(phone="", hamlet=""), NEW, "no number and no hamlet: nothing to know him by"),
    (row(phone="", birth=""), PERHAPS, "no number, no year, the same hamlet"),
    (row(name="Sùng Mí Pào"), PERHAPS, "another tone, the same number: a twin or a slip"),
    (row(name="Sung Mi Pao"), PERHAPS, "without marks, the same number"),
    (row(phone="0913 000 345"), PERHAPS, "another number, the same hamlet"),
    (row(birth=""), PERHAPS, "the year is not known here"),
    (row(birth="1991"), NEW, "another year: another person"),
    (row(phone="0913 000 345", hamlet="Lũng Làn"), NEW, "another number and hamlet: a namesake"),
    (row(name="Vàng Thị Mỷ"), NEW, "who shares the phone"),
]


@pytest.mark.parametrize(("cells", "expected", "why"), ROWS, ids=[why for _row, _expected, why in ROWS])
def test_who_somebody_is(cells: tuple[str, ...], expected: str, why: str) -> None:
    store(check(as_csv(PAO)))
    batch = check(as_csv(cells))
    doubtful = [problem for problem in batch.noted if problem.kind == "perhaps_known"]
    assert (batch.counts["known"] == 1, bool(doubtful)) == (expected == SAME, expected == PERHAPS)
    assert all(problem.detail == "Sùng Mí Páo" for problem in doubtful)
    store(batch, accept=True)
    assert len(everybody()) == (1 if expected == SAME else 2)


def test_the_place_of_the_tone_mark_is_no_difference_but_the_tone_is() -> None:
    store(check(as_csv(row(name="Nguyễn Thị Hoà"))))
    assert check(as_csv(row(name="Nguyễn Thị Hòa"))).counts["known"] == 1
    assert check(as_csv(row(name="Nguyễn Thị Hoả"))).counts["known"] == 0


def test_somebody_without_a_number_gets_a_first_one() -> None:
    store(check(as_csv(row(phone=""))))
    batch = check(as_csv(row()))
    assert batch.counts["updated"] == 1
    store(batch)
    (pao,) = everybody()
    assert [phone.e164 for phone in phones.of_people([pao.id])[pao.id]] == ["+84912000345"]


def test_an_old_spelling_of_a_hamlet_is_still_the_hamlet() -> None:
    by = employ("manager")
    store(check(as_csv(row(phone="", hamlet="Trà Mân"))))
    with db.transaction():
        (pao,) = everybody()
        wrong, commune = areas.find(pao.hamlet_id or 0), areas.find(pao.area_id or 0)
        assert wrong is not None
        assert commune is not None
        right = hamlet_changes.add_hamlet(commune, "Chà Màn", by)
        hamlet_changes.merge_hamlets(right, [wrong], by)
    for spelling in ("Trà Mân", "Chà Màn"):
        assert check(as_csv(row(phone="", hamlet=spelling))).counts["known"] == 1, spelling
    assert check(as_csv(row(phone="", hamlet="Lũng Làn"))).counts["known"] == 0


def test_of_two_namesakes_in_one_hamlet_nobody_is_guessed() -> None:
    store(check(as_csv(PAO, row(phone="0913 000 345"))))
    assert len(everybody()) == 2
    batch = check(as_csv(row(phone="")))
    assert (batch.counts["new"], [kind for _cell, kind in kinds(batch)]) == (1, ["no_phone", "perhaps_known"])


def test_twins_who_both_stand_in_the_list_are_not_asked_about() -> None:
    twins = (row(name="Sùng Thị Mai"), row(name="Sùng Thị Mái"))
    store(check(as_csv(twins[0])))
    batch = check(as_csv(*twins))
    assert (batch.counts["new"], batch.counts["known"], kinds(batch)) == (1, 1, [])
    store(batch)
    assert kinds(check(as_csv(*twins))) == []


def test_two_rows_of_one_list_with_one_number_each_are_the_person_who_has_both() -> None:
    store(check(as_csv(row(phone="0912000345 / 0913000345"))))
    batch = check(as_csv(row(phone="0912000345"), row(phone="0913000345")))
    assert (batch.counts["people"], batch.counts["known"]) == (1, 1)


def test_who_was_merged_away_is_known_under_both_names() -> None:
    by = employ("manager")
    store(check(as_csv(PAO, row(name="Sung Mi Pao", phone="0913 000 345"))))
    pao, gone = everybody()
    with db.transaction():
        merge = merging.merge(pao.id, gone.id, by).id
    for cells in (
        PAO,
        row(name="Sung Mi Pao", phone="0913 000 345"),
        row(name="Sung Mi Pao"),
        row(phone="0913 000 345"),
    ):
        batch = check(as_csv(cells))
        assert ([kept.get("person") for kept in batch.rows], kinds(batch)) == ([pao.id], []), cells
    with db.transaction():
        merging.split(merge, by)
    assert check(as_csv(row(name="Sung Mi Pao", phone="0913 000 345"))).rows[0].get("person") == gone.id


def test_who_is_not_listed_is_never_matched() -> None:
    store(check(as_csv(PAO)))
    with db.transaction():
        db.session().query(Person).one().listed = False
    batch = check(as_csv(PAO, row(phone="", name="Sùng Mí Pao")))
    assert (batch.counts["new"], [kind for _cell, kind in kinds(batch)]) == (2, ["no_phone"])


def test_a_number_found_wrong_is_not_brought_back_by_a_list() -> None:
    by = employ("manager")
    store(check(as_csv(row(phone="0912000345; 0913000345"))))
    (pao,) = everybody()
    with db.transaction():
        wrong = phones.find_by_number("+84912000345")
        assert wrong is not None
        phones.detach(pao.id, wrong.id, by, WRONG_NUMBER)
    batch = check(as_csv(row(phone="0912000345; 0913000345")))
    assert [kind for _cell, kind in kinds(batch) if kind != "two_numbers"] == ["was_wrong_number"]
    assert (batch.counts["updated"], batch.counts["unchanged"]) == (0, 1)
    store(batch)
    assert [phone.e164 for phone in phones.of_people([pao.id])[pao.id]] == ["+84913000345"]


def test_a_number_that_was_deleted_after_an_opt_out_comes_back_opted_out() -> None:
    at = db.clock()
    with db.transaction():
        forgotten.keep("+84912000345", at)
    store(check(as_csv(PAO, row(name="Vàng Thị Mỷ", phone="0913000345"))))
    refused = {phone.e164: phone.opted_out_at for phone in db.session().query(Phone)}
    assert refused == {"+84912000345": at, "+84913000345": None}


def test_whose_phone_it_is_and_what_somebody_can_do_are_kept() -> None:
    header = (*HEADER, "Tay nghề", "Nguyện vọng")
    rows = [(*row(phone="0912 000 345; 0913 000 345 (vợ)"), "thợ may, lái xe", "đi nước ngoài")]
    store(check(as_csv(*rows, header=header)))
    links = db.session().query(PersonPhone).order_by(PersonPhone.position)
    assert [(link.position, link.owner) for link in links] == [(1, ""), (2, "vợ")]
    assert all(link.verified_at is not None for link in links)
    had = {(tag.kind, tag.code) for tag in db.session().query(PersonTag)}
    assert had == {("skill", "sewing"), ("skill", "driving"), ("wish", "abroad")}
    assert check(as_csv(*rows, header=header)).counts["unchanged"] == 1


def test_what_a_person_of_the_registry_has_is_not_taken_away_by_a_list_that_says_less() -> None:
    by = employ("manager")
    store(check(as_csv(PAO)))
    with db.transaction():
        pao = db.session().query(Person).one()
        people.change(
            pao,
            Facts(pao.name, pao.birth_year, "male", "hmn", pao.area_id, "Trà Mần", note="đi bộ 2 giờ"),
            by,
        )
    batch = check(as_csv(row(gender="", hamlet="", commune="", consent="")))
    assert batch.counts["unchanged"] == 1
    store(batch)
    (pao,) = everybody()
    assert (pao.gender, pao.language, pao.note, pao.consents) == ("male", "hmn", "đi bộ 2 giờ", True)
    assert pao.hamlet_id is not None
