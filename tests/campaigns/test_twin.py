"""The studio's figures: both forms, real people's messages, what to drop, what it costs all together."""

from __future__ import annotations

import time
import unicodedata
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from service import db
from service.campaigns import audience, notices, twin
from service.campaigns.audience import Audience, Household, Member
from service.campaigns.twin import NOBODY, SOMEBODY, Addresses, Memory
from service.registry.people import Person
from service.text import sms_text
from tests import world

YEAR = 2026
PRICE = 800
FACTS = {
    "van_phong": "Phòng Văn hóa", "doanh_nghiep": "Công ty A", "viec": "thợ mỏ", "so_luong": "20", "luong": "8 triệu đồng/tháng",
    "noi_lam": "Hà Nội", "o": "", "an": "", "yeu_cau": "", "giay_to": "", "han": "30/12/2026", "ngay_di": "", "ma": "A123",
    "duong_day_nong": "0219 300 0000",
}  # fmt: skip


def house(phone: int, *names: str) -> Household:
    return Household(phone, world.number(phone), tuple(Member(phone, name, "male", 1995) for name in names))


THREE = Addresses(
    ((6, 2), (8, 5), (20, 1)), house(1, "Lý Ly"), house(2, "Sùng Mí Páo"), house(3, "Vàng Mí Say", "Vàng Mí Dính")
)  # fmt: skip


def drawn(text: str, to: Addresses = THREE) -> twin.Twin:
    return twin.draw(text, FACTS, to, PRICE, YEAR)


def test_both_forms_stand_side_by_side() -> None:
    made = drawn("Chào {xung_ho_ten}, đi làm {viec}")
    assert made.plain.usual.text == "Chao anh Pao, di lam tho mo"
    assert made.accents.usual.text == "Chào anh Páo, đi làm thợ mỏ"
    assert (made.plain.usual.count.encoding, made.accents.usual.count.encoding) == ("GSM-7", "UCS-2")
    assert made.plain.longest.text == "Chao anh Say, anh Dinh, di lam tho mo"
    assert made.accents.longest.household.members[1].name == "Vàng Mí Dính"
    assert (made.plain.shortest.text, made.plain.longest.count.characters) == (
        "Chao anh Ly, di lam tho mo",
        37,
    )


def test_what_is_left_and_to_drop_is_about_the_longest_message() -> None:
    text = "{xung_ho_ten} " + "a" * 155
    made = drawn(text).plain
    assert (made.usual.count.parts, made.longest.count.parts) == (2, 2)
    assert made.to_drop == len("anh Say, anh Dinh ") + 155 - 160
    assert made.left == 2 * 153 - len("anh Say, anh Dinh ") - 155
    short = drawn("{xung_ho_ten} " + "a" * 100).plain
    assert (short.to_drop, short.left) == (0, 160 - 100 - len("anh Say, anh Dinh "))


def test_dropping_so_many_characters_of_the_text_makes_one_part_fewer() -> None:
    text = notices.template("recruit_elsewhere") + " Nhớ hỏi kỹ trước khi đi nhé." * 4
    for form in ("plain", "accents"):
        made = getattr(drawn(text), form)
        shorter = getattr(drawn(text[: len(text) - made.to_drop]), form)
        assert made.to_drop > 0
        assert shorter.longest.count.parts == made.longest.count.parts - 1
        one_less = getattr(drawn(text[: len(text) - made.to_drop + 1]), form)
        assert one_less.longest.count.parts == made.longest.count.parts


def test_the_price_of_one_and_of_all() -> None:
    made = drawn("{xung_ho_ten} " + "a" * 150)  # addresses of 6 and 8 fit into one part, 20 does not
    assert made.recipients == 8
    assert (made.plain.parts, made.plain.price_vnd) == (2 + 5 + 2, 9 * PRICE)
    assert made.plain.usual.price_vnd == PRICE
    assert made.plain.longest.price_vnd == 2 * PRICE
    assert made.accents.parts == 3 * 8


def test_what_makes_it_dear_is_named() -> None:
    made = drawn("[Lương] cao")
    assert [(one.character, one.why) for one in made.accents.costly] == [
        ("[", "costs_two"), ("ư", "forces_ucs2"), ("ơ", "forces_ucs2"), ("]", "costs_two"),
    ]  # fmt: skip
    assert [one.character for one in made.plain.costly] == ["[", "]"]


def test_what_can_be_misread_is_said_also_of_what_is_filled_in_but_not_of_names() -> None:
    made = drawn("{xung_ho_ten} làm {viec}", replace(THREE, longest=house(3, "Lò Bán")))
    assert [one.word for one in made.warnings] == ["làm", "thợ", "mỏ"]


def test_what_was_pasted_is_replaced_and_said() -> None:
    made = drawn(unicodedata.normalize("NFD", "“Đi làm” – 8\u00a0triệu\t😀"))
    assert made.cleaned.text == '"Đi làm" - 8 triệu '
    assert [one.by for one in made.cleaned.replaced] == ['"', '"', "-", " ", " ", ""]
    assert made.cleaned.composed == 3
    assert made.plain.usual.text == '"Di lam" - 8 trieu '


def test_what_is_not_filled_in_yet_does_not_stop_the_figures() -> None:
    made = drawn("{viec} ăn {an} {ten} {name.__class__} {")
    assert made.unfilled == ("an", "ten")
    assert made.plain.usual.text == "tho mo an ... {ten} {name.__class__} {"


def test_with_nobody_chosen_an_invented_name_stands_there() -> None:
    made = drawn("Chào {xung_ho_ten}", NOBODY)
    assert made.recipients == made.plain.parts == made.accents.price_vnd == 0
    assert made.plain.usual.household is SOMEBODY
    assert made.plain.longest.text == "Chao anh Pao"


@hypothesis_settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.one_of(st.sampled_from("{}ạ€😀 \n\t“a"), st.characters()), max_size=300))
def test_no_text_makes_it_fail(text: str) -> None:
    made = drawn(text)
    for form in (made.plain, made.accents):
        assert form.longest.count == sms_text.count(form.longest.text)
        assert form.parts >= made.recipients
        assert form.longest.count.characters >= form.shortest.count.characters
    assert made.plain.parts <= made.accents.parts


@pytest.mark.parametrize(
    "text", ["{xung_ho_ten}" * 380, (world.TEXT + " ") * 24, "😀" * 5000, "€" * 5000, "ạ€" * 2500]
)
def test_a_text_of_5000_characters_is_drawn_at_once(text: str) -> None:
    """For an audience with 60 lengths of address. About 0.05 s at worst when nothing else runs."""
    many = replace(THREE, lengths=tuple((length, 1_700) for length in range(4, 64)))
    assert min(_seconds(text[:5000], many) for _ in range(3)) < 0.5


def _seconds(text: str, to: Addresses) -> float:
    start = time.perf_counter()
    drawn(text, to)
    return time.perf_counter() - start


# ---- the audience

PEOPLE: list[tuple[list[str], dict[str, object]]] = [
    (["Sùng Mí Páo"], {}),
    (["Vàng Thị Mỷ"], {"gender": "female", "birth_year": 1950}),
    (["Giàng Thị Dợ"], {"gender": "female", "birth_year": 1981}),
    (["Lò Chá"], {"gender": None, "birth_year": None}),
    (["Ly"], {"gender": None, "birth_year": 1960}),
    (["Sùng Mí Say", "Sùng Thị Xúa"], {}),
    (["Thò Mí Sính", "Thò Mí Lử", "Thò Thị Pà"], {}),
    (["Nông Văn Nghiêng"], {"birth_year": 1966}),
    (["x" * 200], {}),
    (["</b>"], {}),
]


def settle() -> list[Household]:
    for index, (names, facts) in enumerate(PEOPLE):
        for name in names:
            world.person(name, world.number(index), **facts)
    return [house for houses in audience.households(Audience()) for house in houses]


def test_the_database_knows_how_long_each_address_is(connected: Engine) -> None:
    with db.transaction():
        houses = settle()
        lengths = dict(twin.addresses(Audience(), YEAR).lengths)
    usual = [
        house for house in houses if house.members[0].name[0] not in "<x"
    ]  # what is no name only Python sees
    real = Counter(len(notices.address_household(house, YEAR)) for house in usual)
    odd = Counter({3: 1, len("anh </b>"): 1})  # 200 letters are no name in the database either
    assert lengths == dict(real + odd)
    assert sum(lengths.values()) == len(houses) == len(PEOPLE)


def test_shortest_usual_and_longest_are_real_people(connected: Engine) -> None:
    with db.transaction():
        settle()
        for index, name in enumerate(["Dơ", "Mú", "Tý", "Vư"]):
            world.person(f"Sùng Mí {name}", world.number(50 + index))
        found = twin.addresses(Audience(), YEAR)
    addresses = [notices.address_household(one, YEAR) for one in (found.shortest, found.usual, found.longest)]
    assert addresses[0] == "anh"  # of whom we have no name that can be said
    assert len(addresses[1]) == len("anh Dơ")
    assert addresses[2] == "gia đình anh Sính"


def test_only_who_is_written_to_counts(connected: Engine) -> None:
    with db.transaction():
        world.person("Sùng Mí Páo", world.number(1))
        world.person("Nguyễn Văn Nghiêng", world.number(2), agrees=False)
        world.person("Lò Thị Chuyên", world.number(3), gender="female")
        assert twin.addresses(Audience(genders=("male",)), YEAR).lengths == ((len("anh Páo"), 1),)
        assert twin.addresses(Audience(genders=("male",)), YEAR).longest.members[0].name == "Sùng Mí Páo"
        assert twin.addresses(Audience(age_from=90), YEAR) is NOBODY


def test_the_longest_name_of_the_audience_decides_the_parts(connected: Engine) -> None:
    """200 letters in one word are no name; a long one of 20 is."""
    with db.transaction():
        settle()
        person: Person = world.person("Sùng " + "Ng" + "h" * 18, world.number(60))
        found = twin.addresses(Audience(), YEAR)
        made = drawn("{xung_ho_ten} " + "a" * 140, found)
    assert found.longest.members[0].person_id == person.id
    assert (made.plain.usual.count.parts, made.plain.longest.count.parts) == (1, 2)


def test_an_audience_is_remembered_for_half_a_minute(connected: Engine) -> None:
    now = [100.0]
    memory = Memory(clock=lambda: now[0])
    everybody = Audience()
    with db.transaction():
        world.person("Sùng Mí Páo", world.number(1))
        assert memory.addresses(everybody, YEAR).recipients == 1
        world.person("Vàng Mí Say", world.number(2))
        now[0] += 29
        assert memory.addresses(everybody, YEAR).recipients == 1
        assert memory.addresses(Audience(genders=("male",)), YEAR).recipients == 2
        now[0] += 2
        assert memory.addresses(everybody, YEAR).recipients == 2


def test_a_memory_does_not_grow_without_end(connected: Engine) -> None:
    memory = Memory()
    for age in range(twin.MOST_REMEMBERED + 20):
        memory.addresses(Audience(age_from=age), YEAR)
    assert len(memory._kept) <= twin.MOST_REMEMBERED
