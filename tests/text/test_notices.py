"""The notices in templates/sms: complete, filled, short, in the right order."""

from pathlib import Path

import pytest

from service.text import placeholders, sms_text, words
from service.text.vietnamese import nfc

FOLDER = Path(__file__).parents[2] / "templates" / "sms"
NOTICES = {
    path.name.removesuffix(".vi.txt"): path.read_text(encoding="utf-8").strip()
    for path in FOLDER.glob("*.vi.txt")
}
OFFERS = ["recruit_in_province", "recruit_elsewhere", "recruit_abroad"]
VALUES = {
    "van_phong": "Phòng Văn hóa - Xã hội Mèo Vạc",
    "xung_ho_ten": "anh Vừ Mí Páo",
    "doanh_nghiep": "Công ty Than Mẫu",
    "so_luong": "20",
    "viec": "thợ lò",
    "luong": words.wage(15_000_000, 20_000_000),
    "noi_lam": "Cẩm Phả, Quảng Ninh",
    "han": "30/11/2026",
    "ma": "MV24K",
    "duong_day_nong": "0219 300 0000",
}


def test_every_notice_is_there() -> None:
    assert set(NOTICES) >= {*OFFERS, "optout_confirmation", "thanks"}


@pytest.mark.parametrize("name", NOTICES)
def test_a_notice_is_clean_and_says_first_who_writes(name: str) -> None:
    text = NOTICES[name]
    assert placeholders.problems(text, VALUES) == []
    assert text.startswith("{van_phong}")
    assert "{duong_day_nong}" in text
    assert text == nfc(text)


@pytest.mark.parametrize("name", NOTICES)
def test_the_twin_without_accents_costs_two_parts_at_most(name: str) -> None:
    twin = sms_text.plain(placeholders.fill(NOTICES[name], VALUES))
    counted = sms_text.count(twin)
    assert counted.encoding == "GSM-7"
    assert counted.parts <= (2 if name in OFFERS else 1)


@pytest.mark.parametrize("name", OFFERS)
def test_an_offer_can_be_answered_checked_and_refused(name: str) -> None:
    text = NOTICES[name]
    assert placeholders.names(text) == set(VALUES)
    assert "Muốn đi trả lời 1." in text
    assert text.endswith("Không nhận tin: TC")  # the way out stands last, as the anti-spam decree wants it


def test_work_abroad_carries_the_warning_about_money() -> None:
    assert "Không nộp tiền cho bất kỳ ai trước khi ký hợp đồng" in NOTICES["recruit_abroad"]
