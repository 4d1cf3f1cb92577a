"""How a text becomes a household's message: the address, the values, with or without accents."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from service import db
from service.campaigns import notices
from service.campaigns.audience import Household, Member
from service.campaigns.campaigns import REACHES
from tests import world

YEAR = 2026


def member(name: str, gender: str | None = "male", birth_year: int | None = 1995) -> Member:
    return Member(1, name, gender, birth_year)


@pytest.mark.parametrize(
    ("gender", "birth_year", "address"),
    [
        ("male", 1995, "anh Páo"),
        ("female", 1995, "chị Páo"),
        ("male", None, "anh Páo"),  # young until we know better: nobody minds
        ("male", 1981, "chú Páo"),  # 45
        ("male", 1982, "anh Páo"),  # 44
        ("female", 1975, "cô Páo"),
        ("male", 1966, "ông Páo"),  # 60
        ("female", 1950, "bà Páo"),
        (None, 1950, "ông/bà Páo"),
        (None, 1975, "cô/chú Páo"),
        (None, None, "anh/chị Páo"),
    ],
)
def test_people_are_addressed_by_age_and_sex(
    gender: str | None, birth_year: int | None, address: str
) -> None:
    assert notices.address(member("Sùng Mí Páo", gender, birth_year), YEAR) == address


def test_the_given_name_is_the_last_word_and_composed() -> None:
    assert notices.address(member("Sùng Mí Páo"), YEAR) == "anh Páo"
    assert notices.address(member("  "), YEAR) == "anh"


@pytest.mark.parametrize(
    ("names", "address"),
    [
        (["Sùng Mí Páo"], "anh Páo"),
        (["Sùng Mí Páo", "Vàng Mí Say"], "anh Páo, anh Say"),
        (["Sùng Mí Páo", "Vàng Mí Say", "Vàng Mí Dính"], "gia đình anh Páo"),
    ],
)
def test_a_household_is_addressed_as_one_two_or_a_family(names: list[str], address: str) -> None:
    house = Household(1, world.number(1), tuple(member(name) for name in names))
    assert notices.address_household(house, YEAR) == address


HOUSE = Household(1, world.number(1), (member("Sùng Mí Páo"),))


@pytest.mark.parametrize(
    ("encoding", "text", "message"),
    [
        ("plain", "Chào {xung_ho_ten}: {viec} – “tốt”", 'Chao anh Pao: cong nhan may - "tot"'),
        ("accents", "Chào {xung_ho_ten}: {viec}", "Chào anh Páo: công nhân may"),
        ("accents", "{luong}, hạn {han}", "8-11 triệu đồng/tháng, hạn 13/12/2026"),
        ("accents", "100 % {viec} %s", "100 % công nhân may %s"),
    ],
)
def test_the_text_is_filled_for_a_household(
    connected: Engine, encoding: str, text: str, message: str
) -> None:
    with db.transaction():
        made = world.campaign(world.staff(), encoding=encoding, text=text, deadline=world.date(2026, 12, 13))
        assert notices.writer(made, None, YEAR)(HOUSE) == message


def test_a_name_is_never_read_as_a_placeholder(connected: Engine) -> None:
    with db.transaction():
        made = world.campaign(world.staff(), encoding="accents", text="Chào {xung_ho_ten}")
        odd = Household(1, world.number(1), (member("Sùng {ma}%s"),))
        assert notices.writer(made, None, YEAR)(odd) == "Chào anh {ma}%s"


@pytest.mark.parametrize("reach", REACHES)
def test_every_reach_has_its_sample_text(reach: str) -> None:
    text = notices.template(notices.RECRUITMENT[reach])
    assert "{xung_ho_ten}" in text
    assert text == text.strip()
