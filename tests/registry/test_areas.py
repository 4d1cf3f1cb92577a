"""Names and codes of places: people use the old ones, codes were given to other places."""

from __future__ import annotations

from datetime import date

import pytest

from service import db
from service.registry import areas
from service.registry.areas import REFORM
from tests.registry.conftest import commune

BEFORE = date(2025, 6, 30)

# name as typed → today's commune
NAMES = [
    ("Sơn Vĩ", "00778"),
    ("son vi", "00778"),
    ("SƠN VĨ", "00778"),
    ("So\u031bn Vi\u0303", "00778"),  # as a Mac types it
    ("Xã Sơn Vĩ", "00778"),
    ("x. Xín Cái", "00778"),
    ("Thượng Phùng", "00778"),
    ("TT Mèo Vạc", "00769"),
    ("thị trấn Mèo Vạc", "00769"),
    ("Pả Vi", "00769"),
    ("Sủng Trà", "00787"),
    ("Cán Chu Phìn", "00802"),
    ("Khâu Vai", "00802"),
    ("Nậm Ban", "00808"),
    ("Niêm Tòng", "00817"),
    ("Pải Lủng", "00721"),  # not to Mèo Vạc but to Đồng Văn
]

# the same code is another place before and after the first of July 2025
CODES = [
    ("00778", BEFORE, "Sơn Vĩ"),  # was Xín Cái, which is a part of Sơn Vĩ today
    ("00778", REFORM, "Sơn Vĩ"),
    ("00793", BEFORE, "Sơn Vĩ"),  # the Sơn Vĩ of before
    ("00793", REFORM, None),
    ("00802", BEFORE, "Khâu Vai"),  # was Lũng Pù
    ("00775", BEFORE, "Đồng Văn"),
    ("00787", BEFORE, "Sủng Máng"),  # was Sủng Trà
    ("99999", REFORM, None),
]


@pytest.mark.usefixtures("places")
def test_old_and_new_names_lead_to_the_commune_of_today() -> None:
    found = {name: commune(name).code for name, _code in NAMES}
    assert found == dict(NAMES)


@pytest.mark.usefixtures("places")
@pytest.mark.parametrize("name", ["", "Xã", "Bản Mới", "Lũng Máng", "Mèo"])
def test_a_name_that_is_no_communes_is_not_guessed(name: str) -> None:
    assert areas.commune_by_name(name) is None


@pytest.mark.usefixtures("places")
def test_a_code_means_the_place_of_its_day() -> None:
    for code, day, name in CODES:
        found = areas.commune_by_code(code, day)
        assert (found.name if found else None) == name, (code, day)


@pytest.mark.usefixtures("places")
def test_loading_the_places_again_adds_nothing() -> None:
    with db.transaction():
        assert areas.load_data() == 0
    assert [area.name for area in areas.communes()] == [
        "Đồng Văn", "Khâu Vai", "Mèo Vạc", "Niêm Sơn", "Sơn Vĩ", "Sủng Máng", "Tát Ngà",
    ]  # fmt: skip


@pytest.mark.usefixtures("places")
def test_a_hamlet_is_the_same_with_and_without_the_word_thon_and_another_in_another_commune() -> None:
    with db.transaction():
        first = areas.hamlet(commune("Sơn Vĩ"), "Trà Mần")
        assert areas.hamlet(commune("Sơn Vĩ"), "thôn  trà mần").id == first.id
        assert areas.hamlet(commune("Khâu Vai"), "Trà Mần").id != first.id
