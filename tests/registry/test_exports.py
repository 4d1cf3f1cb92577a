"""A list taken out as an Excel file: what is in it, that nothing in it runs, and that reading it back changes nothing."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from sqlalchemy import text, update

from benchmarks import registry
from service import db
from service.refused import Refused
from service.registry import exports, people, phones, tags
from service.registry.choosing import EVERYBODY, Choice
from service.registry.export_pages import WORDS
from service.registry.matching import same_name
from service.registry.people import LANGUAGES, Facts, Person
from service.registry.phones import PersonPhone
from service.staff import history
from service.staff.accounts import Staff
from tests.registry.conftest import as_csv, check, commune, everybody, store
from tests.registry.test_import import row
from tests.web.conftest import employ

pytestmark = pytest.mark.usefixtures("places")

REASON = "gửi xã Sơn Vĩ họp thôn"
FORMULA = '=HYPERLINK("http://127.0.0.1/"&A1,"Páo")'


@pytest.fixture
def manager() -> Staff:
    return employ("manager")


def export(choice: Choice, by: Staff) -> bytes:
    db.end_reading()
    file, _count = exports.write(choice, REASON, WORDS, by)
    with file:
        return file.read()


def cells(data: bytes) -> list[list[Any]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    assert book.sheet_names == ["Danh sách"]  # what else is said stands where the import does not read
    return book.get_sheet_by_index(0).to_python()


def test_the_list_has_all_that_the_import_knows(manager: Staff) -> None:
    store(check(as_csv(row(), row(name="Vàng Thị Mỷ", birth="", gender="Nữ", phone="", consent=""))))
    pao, _my = everybody()
    with db.transaction():
        phones.attach(pao.id, "0219 3000 511", manager)
        wife = phones.of_person(pao.id)[1].phone_id
        db.change(update(PersonPhone).where(PersonPhone.phone_id == wife).values(owner="vợ"))
        db.change(update(Person).where(Person.id == pao.id).values(language="hmn", channel="voice"))
        tags.put(pao.id, tags.SKILL, ["sewing", "driving"])
        tags.put(pao.id, tags.WISH, ["abroad"])
    header, first, second = cells(export(EVERYBODY, manager))
    assert header == [heading for heading, _width in exports.COLUMNS]
    assert first == [
        "Sùng Mí Páo", 1990.0, "Nam", "0912 000 345; 0219 300 0511 (vợ)", "Trà Mần", "Sơn Vĩ", "Tiếng Mông", "May; Lái xe",
        "Làm ở nước ngoài", "Nghe gọi", "Có",
    ]  # fmt: skip
    assert second == ["Vàng Thị Mỷ", "", "Nữ", "", "Trà Mần", "Sơn Vĩ", "", "", "", "", ""]
    assert [row[0] for row in cells(export(Choice(text="pao"), manager))[1:]] == ["Sùng Mí Páo"]


def test_nothing_in_the_file_runs(manager: Staff) -> None:
    names = [FORMULA, "+84 Páo", "-Páo", "@SUM(A1)", "=1+1 Páo", "'=A1 Páo", "http://vidu.vn Páo"]
    with db.transaction():
        for name in names:
            person = Person(created_at=db.clock(), updated_at=db.clock())
            person.rename(name)
            db.session().add(person)
    data = export(EVERYBODY, manager)
    assert sorted(row[0] for row in cells(data)[1:]) == sorted(names)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in sheet
        assert "hyperlink" not in sheet.lower().replace("=hyperlink(", "")
        assert 'quotePrefix="1"' in archive.read("xl/styles.xml").decode()  # also after a cell was edited
        assert not [
            name for name in archive.namelist() if "external" in name.lower() or "vba" in name.lower()
        ]


def test_the_file_says_who_took_it_but_not_in_the_list(manager: Staff) -> None:
    store(check(as_csv(row())))
    with zipfile.ZipFile(io.BytesIO(export(EVERYBODY, manager))) as archive:
        said = archive.read("docProps/core.xml").decode()
        assert manager.name in said
        assert REASON in said


@pytest.mark.parametrize("typed", ["", "   ", "-----", "abc", "12345678"])
def test_a_list_is_not_taken_without_a_reason(typed: str) -> None:
    with pytest.raises(Refused) as refused:
        exports.reason_of(typed)
    assert refused.value.code == "export.no_reason"


def test_the_history_keeps_who_took_how_many_and_why(manager: Staff) -> None:
    with db.transaction():
        exports.noted(312, REASON, manager)
    (deed, *_before) = history.page()
    assert (deed.deed, deed.details, deed.staff_id) == (
        "people.exported",
        {"people": 312, "reason": REASON},
        manager.id,
    )


def test_an_officer_gets_only_the_own_communes(manager: Staff) -> None:
    store(check(as_csv(row(), row(name="Sùng Thị Máy", phone="0913000777", commune="Khâu Vai"))))
    officer = employ("officer", commune("Khâu Vai").id)
    assert [row[0] for row in cells(export(EVERYBODY, officer))[1:]] == ["Sùng Thị Máy"]


def test_a_large_list_is_written_with_little_memory(manager: Staff) -> None:
    with db.transaction():
        registry.fill(8_000)
    db.end_reading()
    peaks = []
    for choice in (Choice(communes=(commune("Mèo Vạc").id,)), EVERYBODY):
        export(Choice(text="khong co ai"), manager)  # what is loaded once is loaded
        tracemalloc.start()
        file, count = exports.write(choice, REASON, WORDS, manager)
        peaks.append((count, tracemalloc.get_traced_memory()[1]))
        tracemalloc.stop()
        file.close()
    (few, little), (many, more) = peaks
    assert (few < 1_500, many) == (True, 8_000)
    assert more - little < 3_000_000  # bytes, for more than 6,500 people more


def test_who_has_no_place_does_not_get_the_one_above_when_the_list_is_read_back(manager: Staff) -> None:
    store(
        check(
            as_csv(
                row(name="An Thị Lai", hamlet="Trà Mần"),
                row(name="Bàn Văn Tư", phone="0913000777", hamlet=""),
            )
        )
    )
    with db.transaction():
        people.add(Facts("Cháng Thị Pà", 1990), manager)
    before = [(person.name, person.area_id, person.hamlet_id) for person in everybody()]
    assert [row[4:6] for row in cells(export(EVERYBODY, manager))[2:]] == [["–", "Sơn Vĩ"], ["–", "Chưa rõ"]]
    batch = check(export(EVERYBODY, manager), "nguoi-dan.xlsx")
    assert store(batch, accept=True).people == 0
    assert [(person.name, person.area_id, person.hamlet_id) for person in everybody()] == before


# ------------------------------------------------------------------------------- out and in again changes nothing

SYLLABLES = ["Sùng", "Mí", "Páo", "Hoà", "Hòa", "Thuý", "Thúy", "Đặng", "Y'Nô", "K’Sor", "Ẩn", "Lò-Thị", "=cmd", "+A", "-B",
             "@c", "Mỷ", "O", "A", "Thị", "(Ba)", "\"Tư\"", "&Năm", "<b>", "Seo;Ly", "Seo/Ly"]  # fmt: skip
NAMES = st.lists(st.sampled_from(SYLLABLES), min_size=1, max_size=4).map(" ".join)
NUMBERS = st.integers(0, 999).map(lambda n: f"0912000{n:03d}")
WRITTEN = st.lists(st.sampled_from(["0912000345", "0987000321 (vợ)", "0219 3000 511", "0169 1000 222", "+84 986 000 111"]),
                   max_size=3, unique=True).map("; ".join)  # fmt: skip
# Somebody of whom neither a number nor a year of birth is known cannot be told from others of that name.
ROWS = st.fixed_dictionaries(
    {
        "name": NAMES,
        "birth": st.sampled_from(["", "1990", "1999", "31/12/2001"]),
        "gender": st.sampled_from(["", "Nam", "Nữ"]),
        "phone": st.one_of(WRITTEN, NUMBERS, st.just("")),
        "hamlet": st.sampled_from(["", "", "Trà Mần", "Thôn Há Ía", "Bản Lùng", "Tổ 3", "=1+1"]),
        "commune": st.sampled_from(["Sơn Vĩ", "Khâu Vai", "Xín Cái", "Tát Ngà"]),
        "consent": st.sampled_from(["", "Có", "Không", "x"]),
    }
).filter(lambda cells: bool(cells["phone"] or cells["birth"]))
MORE = st.tuples(
    st.sampled_from([None, *LANGUAGES]),
    st.lists(st.sampled_from(tags.SKILLS), unique=True, max_size=3),
    st.lists(st.sampled_from(tags.WISHES), unique=True, max_size=2),
    st.sampled_from([None, "sms", "voice"]),
)
TABLES = ("person", "phone", "person_phone", "consent", "person_tag", "area")
SEEN_AGAIN = "verified_at"  # that a list brings a number again is itself news


def contents() -> dict[str, list[dict[str, Any]]]:
    db.end_reading()
    found = {}
    for table in TABLES:
        rows = [dict(row) for row in db.session().execute(text(f"SELECT * FROM {table}")).mappings()]
        found[table] = sorted(({k: v for k, v in row.items() if k != SEEN_AGAIN} for row in rows), key=repr)
    return found


@contextmanager
def afterwards_empty() -> Iterator[None]:
    """The examples share one database; each begins with nobody in it."""
    try:
        yield
    finally:
        db.end_reading()
        with db.transaction() as session:
            for table in (
                "import_person",
                "person_tag",
                "consent",
                "person_phone",
                "phone",
                "import_batch",
                "history",
                "person",
            ):
                session.execute(text(f"DELETE FROM {table}"))
            session.execute(text("DELETE FROM area WHERE kind = 'hamlet'"))


def out_and_in(rows: list[dict[str, str]], more: list[tuple[Any, ...]], staff: Staff) -> None:
    """People come in by a list; what is taken out and read again is what is there already."""
    with afterwards_empty():
        store(check(as_csv(*[row(**cells) for cells in rows])), accept=True)
        with db.transaction():
            for person, (language, skills, wishes, channel) in zip(everybody(), more, strict=False):
                values = {"language": language, "channel": channel}
                db.change(update(Person).where(Person.id == person.id).values(values))
                tags.put(person.id, tags.SKILL, skills)
                tags.put(person.id, tags.WISH, wishes)
        before = contents()
        batch = check(export(EVERYBODY, staff), "nguoi-dan.xlsx")
        stored = store(batch, accept=True)
        assert (batch.counts["new"], batch.counts["left_out"]) == (0, 0)
        assert (stored.people, stored.phones, stored.consents) == (0, 0, 0)
        assert contents() == before


# A failing example has a few rows at most, so it is not made smaller: that takes minutes.
WELL = settings(
    max_examples=25,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def _told_apart_by(cells: dict[str, str]) -> tuple[str, str, str]:
    """Two of one name and year without a number may be one person or two: no list can say which is which."""
    return same_name(cells["name"]), cells["birth"], cells["phone"]


@WELL
@given(rows=st.lists(ROWS, min_size=1, max_size=6, unique_by=_told_apart_by), more=st.lists(MORE, max_size=6))
def test_out_and_in_again_changes_nothing(
    rows: list[dict[str, str]], more: list[tuple[Any, ...]], places: None
) -> None:
    out_and_in(rows, more, employ("manager"))
