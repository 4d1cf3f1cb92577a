"""Choosing people: what is typed, each filter, and what of it stands in an address."""

from __future__ import annotations

import unicodedata
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from service import db
from service.registry import areas, choosing, groups, phones
from service.registry.choosing import EVERYBODY, Choice
from service.registry.people import LANGUAGES, Person
from service.registry.phones import PersonPhone
from service.registry.tags import SKILL, SKILLS, WISH, put
from service.staff.accounts import Staff
from service.text.words import today_in_vietnam
from tests.registry.conftest import as_csv, check, commune, everybody, store
from tests.registry.test_import import row
from tests.web.conftest import employ

pytestmark = pytest.mark.usefixtures("places")

PAO, MY, MAY, AU, SENH, LAI = (
    "Sùng Mí Páo", "Vàng Thị Mỷ", "Sùng Thị Máy", "Ẩn Văn Âu", "Đặng Chìn Sếnh", "An Thị Lai",
)  # fmt: skip
LIST = [
    row(),
    row(name=MY, gender="Nữ", consent="Không"),
    row(name=MAY, gender="Nữ", phone="0913000777", commune="Khâu Vai", hamlet="Xín Thầu"),
    row(name=AU, phone="", commune="Khâu Vai", hamlet="Lùng Lú", consent=""),
    row(name=SENH, phone="0219 3000 511", birth="2001"),
    row(name=LAI, gender="Nữ", phone="0986000111", birth="1966"),
]
ALL = [LAI, AU, SENH, PAO, MAY, MY]  # as a Vietnamese dictionary has them


@pytest.fixture
def manager() -> Staff:
    store(check(as_csv(*LIST)))
    return employ("manager")


def names(choice: Choice, staff: Staff) -> list[str]:
    """Whom the choice finds. The count says the same."""
    db.end_reading()
    found = [person.name for person in choosing.search(choice, staff)]
    assert choosing.count(choice, staff) == len(found)
    return found


def one(name: str) -> Person:
    return next(person for person in everybody() if person.name == name)


SEARCHES = [
    ("Sùng Mí Páo", [PAO]),
    ("sung mi", [PAO]),
    ("PAO sùng", [PAO]),  # in any order
    (unicodedata.normalize("NFD", "Mỷ"), [MY]),
    ("dang", [SENH]),
    ("Ðặng", [SENH]),  # with the Icelandic letter
    ("thi", [LAI, MAY, MY]),
    ("ung ao", [PAO]),  # parts inside of words
    ("0912 000", [PAO, MY]),
    ("0912", [PAO, MY]),
    ("+84 913", [MAY]),
    ("0084913", [MAY]),
    ("84913", [MAY]),
    ("777", [MAY]),  # the last digits
    ("000.345", [PAO, MY]),
    ("0912 *** 345", [PAO, MY]),  # as a list shows it
    ("0912 345", [PAO, MY]),
    ("0912…345", [PAO, MY]),
    ("*** 777", [MAY]),
    ("*** 000", []),  # what follows the mask ends the number
    ("0913 345", []),
    ("345 0912", []),
    ("0912000345", [PAO, MY]),
    ("０９１２", [PAO, MY]),  # full width
    ("0219", [SENH]),
    ("0219 *** 511", [SENH]),
    ("sung 0912", [PAO]),  # a name and a number
    ("sùng 0913 777", [MAY]),
    ("không ai tên thế", []),
    ("09", ALL),  # too little to say anything
    ("%", ALL),
    ("_", ALL),
    ("+", ALL),
]


def test_people_are_found_by_parts_of_names_and_numbers(manager: Staff) -> None:
    for text, expected in SEARCHES:
        assert names(Choice(text=text), manager) == expected, text


def test_each_filter_finds_those_it_names(manager: Staff) -> None:
    son_vi, khau_vai = commune("Sơn Vĩ").id, commune("Khâu Vai").id
    xin_thau = next(area.id for area in areas.hamlets(khau_vai) if area.name == "Xín Thầu")
    year = today_in_vietnam().year
    with db.transaction():
        put(one(PAO).id, SKILL, ["sewing", "driving", "flying"])
        put(one(MAY).id, SKILL, ["sewing"])
        put(one(MAY).id, WISH, ["abroad"])
        db.change(update(Person).where(Person.name == MY).values(language="dao", channel="voice"))
    cases: list[tuple[Choice, list[str]]] = [
        (EVERYBODY, ALL),
        (Choice(communes=(khau_vai,)), [AU, MAY]),
        (Choice(communes=(khau_vai, son_vi)), ALL),
        (Choice(hamlets=(xin_thau,)), [MAY]),
        (Choice(communes=(khau_vai,), hamlets=(xin_thau,)), [MAY]),  # of this commune only this hamlet
        (Choice(communes=(son_vi,), hamlets=(xin_thau,)), [LAI, SENH, PAO, MAY, MY]),
        (Choice(genders=("female",)), [LAI, MAY, MY]),
        (Choice(age_from=year - 1980), [LAI]),
        (Choice(age_to=year - 2001), [SENH]),
        (Choice(age_from=year - 1999, age_to=year - 1980), [AU, PAO, MAY, MY]),
        (Choice(languages=("dao",)), [MY]),
        (Choice(channels=("voice",)), [MY]),
        (Choice(skills=("sewing",)), [PAO, MAY]),
        (Choice(skills=("sewing",), wishes=("abroad",)), [MAY]),
        (Choice(skills=("driving", "cooking")), [PAO]),
        (Choice(consents=("yes",)), [LAI, SENH, PAO, MAY]),
        (Choice(consents=("no",)), [MY]),
        (Choice(consents=("unasked",)), [AU]),
        (Choice(consents=("no", "unasked")), [AU, MY]),
        (Choice(phones=("none",)), [AU]),
        (Choice(phones=("landline",)), [SENH]),
        (Choice(phones=("none", "landline")), [AU, SENH]),
        (Choice(persons=(one(PAO).id, one(MY).id)), [PAO, MY]),
        (Choice(persons=()), []),
        (Choice(text="thi", genders=("female",), communes=(khau_vai,)), [MAY]),
    ]
    for choice, expected in cases:
        assert names(choice, manager) == expected, choice


def test_filters_about_numbers(manager: Staff) -> None:
    with db.transaction():
        dead, gone, called = (
            phones.find_by_number(f"+84{n}") for n in ("986000111", "912000345", "913000777")
        )
        assert dead is not None
        assert gone is not None
        assert called is not None
        dead.state = phones.DEAD
        phones.opt_out(gone, db.clock())
        called.contacted_at = db.clock() - timedelta(weeks=5)
        gone.contacted_at = db.clock() - timedelta(days=1)
        db.change(update(PersonPhone).values(verified_at=db.clock()))
        long_ago = db.clock() - phones.UNVERIFIED_AFTER - timedelta(days=1)
        db.change(update(PersonPhone).where(PersonPhone.phone_id == called.id).values(verified_at=long_ago))
    assert names(Choice(phones=("dead",)), manager) == [LAI]
    assert names(Choice(phones=("opted_out",)), manager) == [PAO, MY]  # they share it
    assert names(Choice(phones=("unverified",)), manager) == [MAY]
    assert names(Choice(quiet_weeks=4), manager) == [LAI, AU, SENH, MAY]
    assert names(Choice(quiet_weeks=6), manager) == [LAI, AU, SENH]


def test_those_who_said_yes_and_found_no_work_since(manager: Staff) -> None:
    now = db.clock()
    with db.transaction():
        for name, yes, work in (
            (PAO, now, None),
            (MAY, now - timedelta(days=9), now - timedelta(days=2)),
            (MY, now - timedelta(days=2), now - timedelta(days=9)),  # said yes again after the last job
        ):
            db.change(update(Person).where(Person.name == name).values(said_yes_at=yes, placed_at=work))
    assert names(Choice(willing=True), manager) == [PAO, MY]


def test_who_was_merged_away_or_deleted_is_nowhere(manager: Staff) -> None:
    with db.transaction():
        group = groups.save("Họ Sùng", groups.FIXED, Choice(text="sung"), manager)
        db.change(update(Person).where(Person.name == PAO).values(listed=False))
    assert names(Choice(text="sung"), manager) == [MAY]
    assert names(Choice(group=group.id), manager) == [MAY]


def test_an_officer_finds_only_people_of_the_own_communes(manager: Staff) -> None:
    officer = employ("officer", commune("Khâu Vai").id)
    assert names(EVERYBODY, officer) == [AU, MAY]
    assert names(Choice(communes=(commune("Sơn Vĩ").id,)), officer) == []
    assert names(Choice(persons=(one(PAO).id,)), officer) == []
    assert names(Choice(text="0912"), officer) == []


def test_pages_follow_each_other_without_gap_or_double(manager: Staff) -> None:
    store(check(as_csv(*[row(name=PAO, phone=f"0977000{n:03d}") for n in range(20)])))
    everyone, page = [], choosing.search(EVERYBODY, manager, size=7)
    while page:
        everyone += [person.id for person in page]
        page = choosing.search(EVERYBODY, manager, after=page[-1].id, size=7)
    assert len(everyone) == len(set(everyone)) == choosing.count(EVERYBODY, manager) == 26


WORDS_OF = {
    name: st.lists(st.sampled_from(codes), unique=True).map(tuple) for name, codes in choosing.WORDS.items()
}
SOME_IDS = st.lists(st.integers(1, choosing.MOST_ID), unique=True, max_size=5).map(tuple)
CHOICES = st.builds(
    Choice,
    text=st.text(max_size=20).map(lambda text: text.replace("\0", "").strip()),
    communes=SOME_IDS,
    hamlets=SOME_IDS,
    age_from=st.none() | st.integers(1, 120),
    age_to=st.none() | st.integers(1, 120),
    quiet_weeks=st.none() | st.integers(1, 520),
    willing=st.booleans(),
    group=st.none() | st.integers(1, choosing.MOST_ID),
    persons=st.none() | SOME_IDS,
    **WORDS_OF,
)


@given(CHOICES)
def test_a_choice_survives_its_address_and_its_keeping(choice: Choice) -> None:
    assert Choice.from_pairs(choice.pairs()) == choice
    assert Choice.from_text(choice.as_text()) == choice
    assert Choice.from_json(choice.as_json()) == choice


def test_an_address_that_says_nonsense_asks_for_everybody() -> None:
    nonsense = [("age_from", "-1"), ("age_to", "x"), ("quiet", "9" * 30), ("language", "klingon"), ("gender", "\0"),
                ("commune", "²"), ("group", "0"), ("willing", "yes"), ("nobody", "knows"), ("q", " \0 ")]  # fmt: skip
    assert Choice.from_pairs(nonsense) == EVERYBODY
    assert Choice.from_json({"a field of later": 1, "skills": ["knitting"]}) == EVERYBODY


def test_ticks_without_a_tick_are_nobody() -> None:
    assert Choice.from_pairs([("person", "0")]).persons == ()
    assert Choice.from_pairs([("person", "0"), ("person", "7")]).persons == (7,)


def test_a_filter_is_taken_away() -> None:
    choice = Choice(skills=("sewing", "driving"), languages=("dao",), willing=True)
    assert choice.without("skills", "sewing").skills == ("driving",)
    assert choice.without("languages", "dao") == Choice(skills=("sewing", "driving"), willing=True)
    assert choice.without("willing", True).willing is False


def test_the_words_of_the_filters_are_those_of_the_registry() -> None:
    assert choosing.WORDS["languages"] == LANGUAGES
    assert choosing.WORDS["skills"] == SKILLS
    assert set(choosing.CONDITIONS) == set(choosing.NAMES) - {"communes", "hamlets"}
