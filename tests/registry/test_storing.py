"""From a checked list into the registry: everything or nothing, nobody twice, no withdrawal undone."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from service import db, settings
from service.refused import Refused
from service.registry import areas, consent, imports, people, phones
from service.registry.imports import REFUSED, STORED
from service.registry.storing import Stored
from service.staff.history import History
from tests.registry.conftest import PAO, as_csv, as_xlsx, check, commune, everybody, store
from tests.registry.test_import import row
from tests.web.conftest import employ

pytestmark = pytest.mark.usefixtures("places")
NO_CONSENT_COLUMN = ("Họ và tên", "Năm sinh", "Giới tính", "Số điện thoại", "Thôn", "Xã")


def test_a_good_list_is_stored_with_numbers_places_and_consent() -> None:
    by = employ("manager")
    rows = [
        PAO,
        row(name="Vàng Thị Mỷ", gender="Nữ", consent="Không"),
        row(name="Lý A Dính", phone="", consent=""),
    ]
    stored = store(check(as_csv(*rows), by=by), by=by)
    assert stored == Stored(people=3, updated=0, phones=1, consents=2, withdrawn=0)
    pao, my, dinh = everybody()
    assert [link.raw for link, _phone in people.phones_of(pao.id)] == ["0912 000 345"]
    assert [phone.e164 for phone in phones.of_people([my.id])[my.id]] == ["+84912000345"]
    assert people.phones_of(dinh.id) == []
    assert (pao.consents, my.consents, dinh.consents) == (True, False, False)
    assert areas.names({pao.area_id or 0, pao.hamlet_id or 0}) == {
        pao.area_id: "Sơn Vĩ",
        pao.hamlet_id: "Trà Mần",
    }
    (given,) = consent.of_person(pao.id)
    assert (given.channel, given.staff_id, given.words) == ("list", by.id, "Đồng ý nhận tin (list.csv)")
    deeds = [deed.deed for deed in db.session().query(History).order_by(History.id)]
    assert deeds[-2:] == ["people.checked", "people.imported"]


def test_the_same_list_again_changes_nothing() -> None:
    data = as_csv(
        PAO, row(name="Lý A Dính", phone="", birth="1991"), row(name="Vàng Thị Mỷ", phone="0913000345")
    )
    store(check(data))
    batch = check(data)
    assert (batch.counts["new"], batch.counts["known"]) == (0, 3)
    assert (batch.counts["updated"], batch.counts["unchanged"]) == (0, 3)
    assert store(batch) == Stored(unchanged=3)
    assert len(everybody()) == 3


def test_a_newer_list_fills_in_what_was_not_known_and_adds_numbers_behind() -> None:
    store(check(as_csv(row(gender="", hamlet="", commune="Khâu Vai", consent=""))))
    stored = store(check(as_csv(row(phone="0913000345, 0912000345"))))
    assert (stored.people, stored.updated, stored.phones, stored.consents) == (0, 1, 1, 1)
    (pao,) = everybody()
    assert (pao.gender, pao.area_id, pao.consents) == ("male", commune("Sơn Vĩ").id, True)
    numbers = [(link.position, phone.e164) for link, phone in people.phones_of(pao.id)]
    assert numbers == [(1, "+84912000345"), (2, "+84913000345")]


def test_two_rows_with_one_number_each_of_a_known_person_are_that_person() -> None:
    store(check(as_csv(row(phone="0912000345 / 0913000345"))))
    stored = store(check(as_csv(row(phone="0912000345"), row(phone="0913000345"))))
    assert (stored.people, stored.updated, stored.unchanged) == (0, 0, 1)
    assert len(everybody()) == 1


def test_a_list_does_not_undo_what_somebody_withdrew() -> None:
    by = employ("manager")
    store(check(as_csv(PAO)))
    with db.transaction():
        consent.record(everybody()[0], False, "call", "Đừng gửi nữa", by)
    stored = store(check(as_csv(PAO)))
    assert (stored.consents, stored.withdrawn) == (0, 1)
    assert everybody()[0].consents is False


def test_a_list_can_say_that_somebody_agrees_no_longer() -> None:
    store(check(as_csv(PAO)))
    assert store(check(as_csv(row(consent="Không")))).consents == 1
    (pao,) = everybody()
    assert pao.consents is False
    assert [given.given for given in consent.of_person(pao.id)] == [False, True]


def test_an_opted_out_number_stays_opted_out() -> None:
    store(check(as_csv(PAO)))
    with db.transaction():
        phone = phones.find_by_number("+84912000345")
        assert phone is not None
        phones.opt_out(phone, db.clock())
    store(check(as_csv(PAO, row(name="Vàng Thị Mỷ"))))
    db.end_reading()
    again = phones.find_by_number("+84912000345")
    assert again is not None
    assert again.opted_out_at is not None


def test_errors_must_be_accepted_and_then_only_the_good_part_is_stored() -> None:
    batch = check(as_csv(PAO, row(name=""), row(name="Vàng Thị Mỷ", phone="xem sổ")))
    with pytest.raises(Refused) as refused:
        store(batch)
    assert (refused.value.code, refused.value.values) == ("import.not_accepted", {"errors": 2})
    assert everybody() == []
    assert store(batch, accept=True).people == 2
    assert [person.name for person in everybody()] == ["Sùng Mí Páo", "Vàng Thị Mỷ"]


def test_a_list_is_stored_once_whoever_clicks_twice() -> None:
    batch = check(as_csv(PAO))
    store(batch)
    with pytest.raises(Refused) as refused:
        store(batch)
    assert refused.value.code == "import.already_done"
    db.end_reading()
    kept = imports.find(batch.id)
    assert kept is not None
    assert (kept.state, kept.rows, kept.counts["stored_people"]) == (STORED, [], 1)


def at_once(batches: Sequence[int]) -> list[Stored | str]:
    """Store these lists in threads that begin together. What was stored, or why not."""
    together = threading.Barrier(len(batches))

    def one(batch: int) -> Stored | str:
        together.wait(10)
        try:
            with db.transaction():
                return imports.store(batch, True, None, None)
        except Refused as refused:
            return refused.code

    db.end_reading()
    with ThreadPoolExecutor(len(batches)) as threads:
        return list(threads.map(one, batches))


def test_a_list_that_two_store_at_once_is_stored_by_one() -> None:
    batch = check(as_csv(PAO, row(name="Vàng Thị Mỷ")))
    said = sorted(at_once([batch.id] * 3), key=str)
    assert said == [Stored(people=2, phones=1, consents=2), "import.already_done", "import.already_done"]
    assert len(everybody()) == 2


def test_two_lists_with_the_same_people_stored_at_once_double_nobody() -> None:
    data = as_csv(PAO, row(name="Vàng Thị Mỷ"), row(name="Lý A Dính", phone=""))
    said = at_once([check(data).id, check(data).id])
    assert {one.people + one.unchanged for one in said if isinstance(one, Stored)} == {3}
    assert sorted(one.people for one in said if isinstance(one, Stored)) == [0, 3]
    assert len(everybody()) == 3


def test_a_list_that_nobody_wants_leaves_nothing_of_its_people() -> None:
    by, batch = employ("manager"), check(as_csv(PAO))
    with db.transaction():
        found = imports.find(batch.id)
        assert found is not None
        imports.forget(found, by)
    db.end_reading()
    kept = imports.find(batch.id)
    assert kept is not None
    assert (kept.state, kept.rows) == (REFUSED, [])
    with pytest.raises(Refused):
        store(batch)
    assert everybody() == []


def test_consent_of_a_whole_list_needs_words_and_a_list_without_the_column() -> None:
    batch = check(as_csv(PAO[:6], header=NO_CONSENT_COLUMN))
    with pytest.raises(Refused) as refused:
        store(batch, consent_words="ừ")
    assert refused.value.code == "import.no_consent_words"
    assert store(batch, consent_words="Ký tên tại cuộc họp thôn ngày 12/10/2026").consents == 1
    assert everybody()[0].consents is True
    with pytest.raises(Refused) as refused:
        store(check(as_csv(PAO)), consent_words="Ký tên tại cuộc họp thôn ngày 12/10/2026")
    assert refused.value.code == "import.consent_in_list"


def test_without_a_word_on_consent_nobody_has_agreed() -> None:
    store(check(as_csv(PAO[:6], header=NO_CONSENT_COLUMN)))
    (pao,) = everybody()
    assert pao.consents is False
    assert consent.of_person(pao.id) == []


def test_a_hamlet_without_a_commune_is_not_lost() -> None:
    store(check(as_csv(row(commune="Bản Mới"))))
    (pao,) = everybody()
    assert (pao.area_id, pao.hamlet_id, pao.note) == (None, None, "Trà Mần")


def test_five_thousand_rows_go_in_together() -> None:
    rows = [
        row(name=f"Sùng Mí Páo {chr(97 + i % 26)}", phone=f"09{i // 1000}2000{i % 1000:03d}")
        for i in range(5_000)
    ]
    assert store(check(as_csv(*rows))).people == 5_000
    assert len(everybody()) == 5_000


@pytest.mark.parametrize("name", ["registry.xlsx", "registry.csv"])
def test_the_sample_is_in_order(name: str) -> None:
    batch = check((settings.ROOT / "samples" / name).read_bytes(), name)
    assert (batch.counts["rows"], batch.counts["people"], batch.counts["errors"]) == (600, 600, 0)
    share = batch.counts["shared_phones"] / batch.counts["phones"]
    assert 0.1 < share < 0.2
    assert batch.counts["consent_yes"] > 500
    assert {problem.kind for problem in batch.noted} == {"old_number_converted", "landline", "no_phone"}
    assert all(
        number[6:9] == "000" for kept in batch.rows for number, kind, *_ in kept["phones"] if kind == "mobile"
    )


def test_the_sample_is_made_the_same_every_time(tmp_path: Path) -> None:
    for name in ("registry.xlsx", "registry.csv"):
        made = tmp_path / name
        program = settings.ROOT / "samples" / "make.py"
        subprocess.run([sys.executable, program, "--people", "600", "--seed", "1", "--out", made], check=True)
        assert made.read_bytes() == (settings.ROOT / "samples" / name).read_bytes()


def test_a_spreadsheet_is_stored_like_a_csv() -> None:
    assert (
        store(check(as_xlsx(("Họ và tên", "Điện thoại"), ("Sùng Mí Páo", 912000345)), "a.xlsx")).people == 1
    )
