"""The notices in templates/sms, and how one becomes a household's message: the address, the values, the accents."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from service import db, settings
from service.campaigns import notices
from service.campaigns.audience import Household, Member
from service.campaigns.campaigns import REACHES, Campaign
from service.campaigns.employers import Employer
from service.registry.people import LANGUAGES
from service.text import placeholders, sms_text, words
from service.text.vietnamese import nfc
from tests import world

YEAR = 2026


def member(name: str, gender: str | None = "male", birth_year: int | None = 1995) -> Member:
    return Member(1, name, gender, birth_year)


# ---- the files

USUAL = {
    "van_phong": "Phòng Văn hóa - Xã hội Mèo Vạc",
    "xung_ho_ten": "anh Páo",
    "doanh_nghiep": "Công ty May Hoa Đào",
    "so_luong": "20",
    "viec": "công nhân may",
    "luong": words.wage(8_000_000, 11_000_000),
    "noi_lam": "Bình Xuyên, Vĩnh Phúc",
    "han": "30/11/2026",
    "ngay_di": "05/12/2026",
    "giay_to": "căn cước, giấy khám sức khỏe",
    "o": "ký túc xá",
    "an": "ăn ca",
    "yeu_cau": "từ 18 đến 40 tuổi",
    "ma": "A123",
    "duong_day_nong": "0219 300 0000",
}
PARTS = {"headcount_full": 1, "thanks": 1, "optout_confirmation": 1}  # the others: two
FILES = [(notice, language) for notice in notices.NOTICES for language in notices.languages(notice)]


def test_the_folder_holds_every_notice_of_the_table_and_no_other() -> None:
    assert {path.name.split(".")[0] for path in notices.FOLDER.iterdir()} == set(notices.NOTICES)
    assert all(path.name.count(".") == 2 and path.suffix == ".txt" for path in notices.FOLDER.iterdir())
    for notice in notices.NOTICES:
        assert notices.languages(notice)[0] == "vi"
        assert set(notices.languages(notice)) <= set(LANGUAGES)


@pytest.mark.parametrize(("notice", "language"), FILES)
def test_each_language_of_a_notice_has_the_same_placeholders_and_blanks(notice: str, language: str) -> None:
    text, vietnamese = notices.template(notice, language), notices.template(notice)
    assert placeholders.problems(text, notices.NOTICES[notice].allowed) == []
    assert placeholders.names(text) == placeholders.names(vietnamese)
    assert text.count("____") == vietnamese.count("____")


@pytest.mark.parametrize(("notice", "language"), FILES)
def test_a_notice_is_clean_and_says_first_who_writes(notice: str, language: str) -> None:
    text = notices.template(notice, language)
    assert sms_text.clean(text) == sms_text.Cleaned(text, (), 0)
    assert text == nfc(text).strip()
    assert text.startswith("{van_phong}")
    assert "{duong_day_nong}" in text


@pytest.mark.parametrize("notice", notices.NOTICES)
def test_with_usual_values_the_twin_is_one_or_two_parts(notice: str) -> None:
    counted = sms_text.count(
        notices.composed(notices.template(notice), USUAL, plain=True)(USUAL["xung_ho_ten"])
    )
    assert counted.encoding == "GSM-7"
    assert counted.parts <= PARTS.get(notice, 2)


@pytest.mark.parametrize("notice", [*notices.RECRUITMENT.values(), "reminder"])
def test_an_offer_can_be_answered_checked_and_refused(notice: str) -> None:
    text = notices.template(notice)
    assert placeholders.names(text) >= {
        "doanh_nghiep",
        "viec",
        "luong",
        "noi_lam",
        "han",
        "ma",
        "xung_ho_ten",
    }
    assert "Muốn đi trả lời 1." in text
    assert text.endswith("Không nhận tin: TC")  # the way out stands last, as the anti-spam decree wants it


def test_work_abroad_carries_the_warning_about_money() -> None:
    assert "Không nộp tiền cho bất kỳ ai trước khi ký hợp đồng" in notices.template("recruit_abroad")


@pytest.mark.parametrize("reach", REACHES)
def test_every_reach_has_its_sample_text(reach: str) -> None:
    assert notices.NOTICES[notices.RECRUITMENT[reach]].kind == notices.RECRUITS


def test_a_text_of_nobodys_is_judged_as_an_offer() -> None:
    assert notices.kind("") == notices.kind("gone") == notices.RECRUITS
    assert notices.kind("thanks") == notices.ANSWERS


# ---- the values


def test_every_placeholder_is_filled_from_the_campaign(connected: Engine) -> None:
    campaign = Campaign(
        post="thợ may", headcount=5, wage_from=8_000_000, place="Hà Nội", country="", food="ăn ca", lodging="ký túc xá",
        requirements="18 tuổi", papers="căn cước", departs_on=world.date(2026, 12, 5), deadline=world.date(2026, 12, 1),
        code="A123",
    )  # fmt: skip
    filled = notices.facts(campaign, Employer(name="Công ty A"))
    assert set(filled) == set(notices.CAMPAIGN_PLACEHOLDERS)
    assert {name: filled[name] for name in ("an", "o", "yeu_cau", "giay_to", "ngay_di", "han")} == {
        "an": "ăn ca", "o": "ký túc xá", "yeu_cau": "18 tuổi", "giay_to": "căn cước", "ngay_di": "05/12/2026",
        "han": "01/12/2026",
    }  # fmt: skip
    assert all(filled.values())


def test_what_is_not_written_yet_is_empty(connected: Engine) -> None:
    filled = notices.facts(Campaign(), None)
    known = settings.get()
    assert {name: value for name, value in filled.items() if value} == {
        "luong": "thỏa thuận", "van_phong": known.office_name, "duong_day_nong": known.hotline,
        "nhay_may": "Nháy máy 0219 000 000 để cán bộ gọi lại",
    }  # fmt: skip


def test_the_field_of_every_placeholder_is_one_of_the_campaign() -> None:
    assert all(hasattr(Campaign, field) for field in notices.FIELDS.values() if field)


# ---- the address


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
        ("male", 2030, "anh Páo"),  # a slip in the list
    ],
)
def test_people_are_addressed_by_age_and_sex(
    gender: str | None, birth_year: int | None, address: str
) -> None:
    assert notices.address(member("Sùng Mí Páo", gender, birth_year), YEAR) == address


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("Sùng Mí Páo", "anh Páo"),
        ("SÙNG MÍ PÁO", "anh Páo"),
        (unicodedata.normalize("NFD", "Sùng Mí Páo"), "anh Páo"),  # a Mac's letters
        ("Sùng Mí Páo B", "anh Páo"),  # the second of that name in the list
        ("Sùng Mí Páo 2", "anh Páo"),
        ("Sùng Mí Páo (con ông Say)", "anh Páo"),
        ("Lò Thị Ý", "anh Ý"),
        ("Lò Y", "anh Y"),
        ("</b>", "anh"),
        ("Páo</b>", "anh"),
        ("😀", "anh"),
        ("x" * 200, "anh"),
        ("Sùng " + "x" * 200, "anh Sùng"),
        ("{ma} %s", "anh"),
        ("", "anh"),
        ("  ", "anh"),
    ],
)
def test_the_given_name_is_the_last_word_that_is_a_name(name: str, address: str) -> None:
    assert notices.address(member(name), YEAR) == address


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


# ---- the message

HOUSE = Household(1, world.number(1), (member("Sùng Mí Páo"),))


@pytest.mark.parametrize(
    ("encoding", "text", "message"),
    [
        ("plain", "Chào {xung_ho_ten}: {viec} – “tốt”", 'Chao anh Pao: cong nhan may - "tot"'),
        ("accents", "Chào {xung_ho_ten}: {viec}", "Chào anh Páo: công nhân may"),
        ("accents", "Chào {xung_ho_ten} – “tốt”😀", 'Chào anh Páo - "tốt"'),
        ("accents", "{luong}, hạn {han}", "8-11 triệu đồng/tháng, hạn 13/12/2026"),
        ("accents", "100 % {viec} %s", "100 % công nhân may %s"),
        ("accents", "{xung_ho_ten}{xung_ho_ten}", "anh Páoanh Páo"),
    ],
)
def test_the_text_is_filled_for_a_household(
    connected: Engine, encoding: str, text: str, message: str
) -> None:
    with db.transaction():
        made = world.campaign(world.staff(), encoding=encoding, text=text, deadline=world.date(2026, 12, 13))
        assert notices.writer(made, None, YEAR)(HOUSE) == message


def test_another_text_about_the_same_campaign(connected: Engine) -> None:
    with db.transaction():
        made = world.campaign(world.staff())
        write = notices.writer(made, None, YEAR, text=notices.template("headcount_full"))
        assert f"bao anh Pao: cong nhan may (ma {made.code}) da du nguoi" in write(HOUSE)


def test_what_fills_a_placeholder_is_never_read_as_one() -> None:
    facts = {"viec": "{xung_ho_ten}%s {ma} {0.__class__}"}
    assert notices.composed("{xung_ho_ten}: {viec}", facts, plain=False)("anh {viec}") == (
        "anh {viec}: {xung_ho_ten}%s {ma} {0.__class__}"
    )


def test_a_placeholder_that_nobody_fills_is_an_error_before_anything_is_written() -> None:
    with pytest.raises(placeholders.MissingValues):
        notices.composed("Chào {xung_ho_ten} {ten}", {}, plain=True)


@hypothesis_settings(max_examples=150, deadline=None)
@given(st.text(max_size=60), st.text(max_size=20), st.text(max_size=20), st.booleans())
def test_a_message_is_clean_whatever_it_is_made_of(text: str, fact: str, address: str, plain: bool) -> None:
    text = text.replace("{", "").replace("}", "")
    made = notices.composed("{xung_ho_ten} " + text + " {viec}", {"viec": fact}, plain)(address)
    assert sms_text.clean(made).replaced == ()
    assert sms_text.count(made) == sms_text.count(nfc(made))
