"""Names and codes of places: people use the old ones, codes were given to other places."""

from __future__ import annotations

import unicodedata
from collections import Counter
from datetime import date
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service import db
from service.registry import area_data, areas, place_names
from tests.registry.conftest import commune

BEFORE, AFTER = date(2025, 6, 30), date(2025, 7, 1)

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
    # the town, as it is written
    ("TT. Mèo Vạc", "00769"),
    ("T.T Mèo Vạc", "00769"),
    ("tt.mèo vạc", "00769"),
    ("thi tran Meo Vac", "00769"),
    # blanks, capitals, other spellings of the same letters
    ("  Niêm\u00a0 Tòng ", "00817"),
    ("SỦNG MÁNG", "00787"),
    ("Lủng Pù", "00802"),
    ("Xa Son Vi", "00778"),
    ("X.Sơn Vĩ", "00778"),
    # what it was called before
    ("xã Sủng Trà (cũ)", "00787"),
    ("Sung Tra cu", "00787"),
    ("Sơn Vĩ (Xín Cái cũ)", "00778"),
    ("Xín Cái (nay là Sơn Vĩ)", "00778"),
    ("Sơn Vĩ/Xín Cái", "00778"),
    # with district and province behind, of before and of today
    ("Xã Sơn Vĩ, huyện Mèo Vạc, tỉnh Hà Giang", "00778"),
    ("Sơn Vĩ - Mèo Vạc - Hà Giang", "00778"),
    ("Sơn Vĩ-Mèo Vạc-Hà Giang", "00778"),
    ("Xã Sơn Vĩ – huyện Mèo Vạc", "00778"),
    ("xã Mèo Vạc, tỉnh Tuyên Quang, Việt Nam", "00769"),
    ("Thôn Trà Mần, xã Sơn Vĩ, huyện Mèo Vạc", "00778"),
    ("Đồng Văn, huyện Đồng Văn", "00721"),
    ("Pải Lủng (gần chợ)", "00721"),
    # Tả Lủng was twice: where the office works, unless the list says which
    ("Tả Lủng", "00769"),
    ("Tả Lủng, huyện Mèo Vạc", "00769"),
    ("TẢ LỦNG (MÈO VẠC)", "00769"),
    ("Tả Lủng, huyện Đồng Văn, Hà Giang", "00721"),
    ("Tả Lủng (Đồng Văn)", "00721"),
    ("Ta Lung - Dong Van", "00721"),
]

# the same code is another place before and after the first of July 2025
CODES = [
    ("00778", BEFORE, "Sơn Vĩ"),  # was Xín Cái, which is a part of Sơn Vĩ today
    ("00778", AFTER, "Sơn Vĩ"),
    ("00793", BEFORE, "Sơn Vĩ"),  # the Sơn Vĩ of before
    ("00793", AFTER, None),
    ("00802", BEFORE, "Khâu Vai"),  # was Lũng Pù
    ("00775", BEFORE, "Đồng Văn"),
    ("00787", BEFORE, "Sủng Máng"),  # was Sủng Trà
    ("00742", BEFORE, "Đồng Văn"),  # the Tả Lủng of Đồng Văn
    ("00796", BEFORE, "Mèo Vạc"),  # the Tả Lủng of Mèo Vạc
    ("99999", AFTER, None),
]


@pytest.mark.usefixtures("places")
def test_old_and_new_names_lead_to_the_commune_of_today() -> None:
    found = {name: commune(name).code for name, _code in NAMES}
    assert found == dict(NAMES)


@pytest.mark.usefixtures("places")
@pytest.mark.parametrize(
    "name",
    [
        "",
        "Xã",
        "()",
        " , - ",
        "Bản Mới",
        "Xã Bản Mới",
        "Lũng Máng",  # near Lũng Pù and Sủng Máng
        "Mèo",
        "Sơn Vĩ, huyện Bảo Lạc",  # there is another one in the next province
        "Tả Lủng, huyện Yên Minh",
        "Xín Cái, Bảo Lạc",
        "Mèo Vạc (Pải Lủng cũ)",  # Pải Lủng went to Đồng Văn
    ],
)
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


@pytest.mark.usefixtures("places")
def test_without_an_area_of_work_two_places_of_one_name_are_not_decided() -> None:
    with db.transaction():
        for area in areas.communes():
            area.home = False
    assert areas.commune_by_name("Tả Lủng") is None
    assert commune("Tả Lủng, huyện Mèo Vạc").code == "00769"


@pytest.mark.usefixtures("places")
def test_marks_tell_two_places_apart_that_are_one_without_them() -> None:
    with db.transaction():
        other = areas.add(areas.COMMUNE, "99001", "Sòn Vì", areas.provinces()[0].id, AFTER)
        assert commune("Sòn Vì").id == other.id
        assert commune("xã SƠN VĨ").code == "00778"
        other.home = True
        assert areas.commune_by_name("Son Vi") is None


@pytest.mark.usefixtures("places")
def test_a_name_that_begins_like_the_word_for_commune_is_found_with_and_without_marks() -> None:
    with db.transaction():
        other = areas.add(areas.COMMUNE, "99002", "Xà Phìn", areas.provinces()[0].id, AFTER)
    for name in ("Xà Phìn", "xã Xà Phìn", "Xa Phin", "xa Xa Phin"):
        assert commune(name).id == other.id, name


@given(st.text(max_size=60))
def test_whatever_stands_in_a_cell_is_taken_apart_without_an_error(text: str) -> None:
    written = place_names.read(text)
    assert "" not in written.keys
    assert place_names.decide(written, [], []) is None


@given(
    st.sampled_from([name for name, _code in NAMES]), st.sampled_from(["NFC", "NFD", "NFKC"]), st.booleans()
)
def test_capitals_and_kinds_of_unicode_make_no_difference(
    name: str, form: Literal["NFC", "NFD", "NFKC"], capitals: bool
) -> None:
    typed = unicodedata.normalize(form, name.upper() if capitals else name)
    assert place_names.read(typed) == place_names.read(name)


def test_the_places_that_come_with_the_program_are_what_the_state_published() -> None:
    units, faults = area_data.read(areas.DATA)
    assert faults == []
    today = {unit.code: unit.name for unit in units if unit.kind == areas.COMMUNE and unit.valid_to is None}
    assert today == {
        "00769": "Mèo Vạc", "00778": "Sơn Vĩ", "00787": "Sủng Máng", "00802": "Khâu Vai", "00808": "Tát Ngà",
        "00817": "Niêm Sơn", "00721": "Đồng Văn",
    }  # fmt: skip
    made_of = Counter(unit.became_code for unit in units if unit.kind == areas.COMMUNE and unit.valid_to)
    assert made_of == {"00769": 4, "00778": 3, "00787": 3, "00802": 3, "00808": 2, "00817": 2, "00721": 2}
    assert sorted(unit.code or "" for unit in units if unit.name == "Tả Lủng") == ["00742", "00796"]
