"""Who is in an audience, who is left out, and why."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine

from service import db
from service.campaigns import audience
from service.campaigns.audience import Audience
from service.registry import areas, consent, phones
from service.registry.phones import DEAD
from tests.world import number, person

TODAY = date(2026, 11, 23)
LANDLINE = "+842193871234"
ADULTS = Audience(adults_only=True)


@pytest.mark.parametrize(
    ("reason", "numbers", "facts", "adults"),
    [
        ("no_phone", [], {}, False),
        ("no_consent", [number(1)], {"agrees": False}, False),
        ("landline", [LANDLINE], {}, False),
        ("age_unknown", [number(1)], {"birth_year": None}, True),
        ("under_age", [number(1)], {"birth_year": 2009}, True),
        ("under_age", [number(1)], {"birth_year": 2008}, True),  # 18 only when the birthday has come
    ],
)
def test_each_reason_leaves_a_person_out(
    connected: Engine, reason: str, numbers: list[str], facts: dict[str, object], adults: bool
) -> None:
    with db.transaction():
        person("Sùng Mí Páo", *numbers, **facts)  # type: ignore[arg-type]
        person("Vàng Thị Mỷ", number(2), birth_year=1990)
        counted = audience.count(Audience(adults_only=adults), TODAY)
        assert counted == audience.Count(people=2, eligible=1, recipients=1, excluded={reason: 1})
        left_out = audience.excluded_people(Audience(adults_only=adults), reason)
        assert [one.name for one in left_out] == ["Sùng Mí Páo"]


def test_a_number_that_said_stop_or_is_dead_gets_nothing(connected: Engine) -> None:
    with db.transaction():
        person("Sùng Mí Páo", number(1))
        person("Vàng Thị Mỷ", number(2))
        stopped, dead = phones.find_by_number(number(1)), phones.find_by_number(number(2))
        assert stopped is not None
        assert dead is not None
        phones.opt_out(stopped, db.clock())
        dead.state = DEAD
        db.session().flush()
        assert audience.count(Audience()).excluded == {"opted_out": 1, "dead_number": 1}


def test_withdrawn_consent_counts_from_that_moment(connected: Engine) -> None:
    with db.transaction():
        someone = person("Sùng Mí Páo", number(1))
        assert audience.count(Audience()).eligible == 1
        consent.record(someone, False, "call", "không nhận nữa", None)
        db.session().flush()
        assert audience.count(Audience()).excluded == {"no_consent": 1}


@pytest.mark.parametrize(("birth_year", "is_in"), [(2007, True), (2008, False), (1950, True)])
def test_eighteen_is_certain_only_in_the_year_after_the_birthday(
    connected: Engine, birth_year: int, is_in: bool
) -> None:
    with db.transaction():
        person("Sùng Mí Páo", number(1), birth_year=birth_year)
        assert (audience.count(ADULTS, TODAY).eligible == 1) is is_in


def test_a_shared_phone_is_one_recipient_with_all_its_people(connected: Engine) -> None:
    with db.transaction():
        person("Sùng Mí Páo", number(1))
        mother = person("Vàng Thị Mỷ", number(1), gender="female")
        person("Sùng Thị Say", number(1), agrees=False)
        counted = audience.count(Audience())
        assert (counted.people, counted.eligible, counted.recipients) == (3, 2, 1)
        [house] = audience.sample(Audience())
        assert [one.name for one in house.members] == ["Sùng Mí Páo", "Vàng Thị Mỷ"]
        assert audience.household_of(Audience(), mother.id) == house


def test_somebody_left_out_has_no_household(connected: Engine) -> None:
    with db.transaction():
        person("Sùng Mí Páo", number(1))
        silent = person("Sùng Thị Say", number(1), agrees=False)
        assert audience.household_of(Audience(), silent.id) is None
        assert audience.household_of(Audience(), 10**9) is None


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ({"genders": ("female",)}, ["Mỷ"]),
        ({"languages": ("hmn",)}, ["Páo"]),
        ({"age_from": 40}, ["Mỷ"]),
        ({"age_to": 39}, ["Páo"]),
        ({"age_from": 26, "age_to": 26}, ["Páo"]),
        ({"genders": ("male",), "languages": ("vi",)}, []),
    ],
)
def test_filters_choose_people(connected: Engine, filters: dict[str, object], names: list[str]) -> None:
    with db.transaction():
        person("Páo", number(1), birth_year=2000)
        person("Mỷ", number(2), gender="female", language="vi", birth_year=1980)
        chosen = [
            house.members[0].name
            for chunk in audience.households(Audience(**filters), TODAY)
            for house in chunk
        ]  # type: ignore[arg-type]
        assert sorted(chosen) == sorted(names)


def test_communes_and_hamlets_choose_people(connected: Engine) -> None:
    with db.transaction():
        here = person("Páo", number(1))
        commune, other = areas.commune_by_name("Sơn Vĩ"), areas.commune_by_name("Khâu Vai")
        assert commune is not None
        assert other is not None
        hamlet = areas.hamlet(commune, "Há Chế")
        here.hamlet_id = hamlet.id
        person("Mỷ", number(2), area_id=other.id)
        assert audience.count(Audience(communes=(other.id,))).recipients == 1
        assert audience.count(Audience(hamlets=(hamlet.id,))).recipients == 1
        assert audience.people_by_place() == {commune.id: 1, other.id: 1, hamlet.id: 1}


def test_looking_for_a_person_says_why_somebody_is_left_out(connected: Engine) -> None:
    with db.transaction():
        person("Sùng Mí Páo", number(1))
        person("Sùng Mí Páo", agrees=False)
        person("Sùng Thị Mỷ", number(3), gender="female")
        found = [
            (one.name, reason) for one, reason in audience.matching(Audience(genders=("male",)), "SUNG mi")
        ]
        assert sorted(found) == [("Sùng Mí Páo", ""), ("Sùng Mí Páo", "no_phone")]
        assert [reason for _one, reason in audience.matching(Audience(genders=("male",)), "mỷ")] == [
            "not_chosen"
        ]
        assert audience.matching(Audience(), "%") == []
        assert audience.matching(Audience(), "  ") == []


def test_nobody_in_the_registry_is_an_audience_of_zero(connected: Engine) -> None:
    with db.transaction():
        assert audience.count(Audience()) == audience.Count(0, 0, 0, {})
        assert list(audience.households(Audience())) == []


def test_households_come_in_chunks_and_none_is_torn_apart(connected: Engine) -> None:
    with db.transaction():
        for index in range(12):
            person(f"Người {index}", number(index // 3))
        everybody = [house for chunk in audience.households(Audience()) for house in chunk]
        assert [len(house.members) for house in everybody] == [3, 3, 3, 3]


def test_the_age_counts_in_years_reached_this_year(connected: Engine) -> None:
    with db.transaction():
        person("Páo", number(1), birth_year=TODAY.year - 30)
        assert audience.count(Audience(age_from=30, age_to=30), TODAY).people == 1
        assert audience.count(Audience(age_from=30, age_to=30), TODAY + timedelta(days=60)).people == 0


def test_the_sums_hold_with_every_kind_of_person_and_with_filters(connected: Engine) -> None:
    with db.transaction():
        person("Sùng Mí Páo", number(1), number(2), gender="male")  # one recipient
        person("Vàng Thị Mỷ", number(1), gender="female")
        person("Giàng Mí Chứ", gender="male")
        person("Thò Thị Dợ", number(3), gender="female", agrees=False)
        everybody = audience.count(Audience(), TODAY)
        assert everybody == audience.Count(4, 2, 1, {"no_phone": 1, "no_consent": 1})
        assert audience.count(Audience(genders=("male",)), TODAY) == audience.Count(2, 1, 1, {"no_phone": 1})
        assert audience.count(Audience(genders=("female",)), TODAY) == audience.Count(
            2, 1, 1, {"no_consent": 1}
        )
