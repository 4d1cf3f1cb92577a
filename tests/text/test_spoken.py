"""Vietnamese as it is said: numbers, money, dates, hours, telephone numbers, codes, and texts that hold them."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from service.text import spoken, words

NUMBERS = {
    0: "không", 1: "một", 2: "hai", 3: "ba", 4: "bốn", 5: "năm", 6: "sáu", 7: "bảy", 8: "tám", 9: "chín",
    # mười, and năm becomes lăm after it; một and bốn stay
    10: "mười", 11: "mười một", 12: "mười hai", 14: "mười bốn", 15: "mười lăm", 19: "mười chín",
    # mươi, mốt, tư, lăm
    20: "hai mươi", 21: "hai mươi mốt", 22: "hai mươi hai", 24: "hai mươi tư", 25: "hai mươi lăm", 30: "ba mươi",
    31: "ba mươi mốt", 34: "ba mươi tư", 44: "bốn mươi tư", 45: "bốn mươi lăm", 50: "năm mươi", 51: "năm mươi mốt",
    54: "năm mươi tư", 55: "năm mươi lăm", 91: "chín mươi mốt", 99: "chín mươi chín",
    # linh: no mốt, tư or lăm after it
    100: "một trăm", 101: "một trăm linh một", 104: "một trăm linh bốn", 105: "một trăm linh năm",
    109: "một trăm linh chín", 110: "một trăm mười", 111: "một trăm mười một", 115: "một trăm mười lăm",
    120: "một trăm hai mươi", 121: "một trăm hai mươi mốt", 124: "một trăm hai mươi tư", 205: "hai trăm linh năm",
    344: "ba trăm bốn mươi tư", 555: "năm trăm năm mươi lăm", 999: "chín trăm chín mươi chín",
    # hundreds are said behind thousands even where there are none
    1000: "một nghìn", 1001: "một nghìn không trăm linh một", 1010: "một nghìn không trăm mười",
    1015: "một nghìn không trăm mười lăm", 1021: "một nghìn không trăm hai mươi mốt", 1100: "một nghìn một trăm",
    1105: "một nghìn một trăm linh năm", 2026: "hai nghìn không trăm hai mươi sáu", 4444: "bốn nghìn bốn trăm bốn mươi tư",
    10_000: "mười nghìn", 13_250: "mười ba nghìn hai trăm năm mươi", 15_005: "mười lăm nghìn không trăm linh năm",
    21_000: "hai mươi mốt nghìn", 100_000: "một trăm nghìn", 105_000: "một trăm linh năm nghìn",
    344_000: "ba trăm bốn mươi tư nghìn", 500_500: "năm trăm nghìn năm trăm",
    1_000_000: "một triệu", 1_000_005: "một triệu không trăm linh năm",
    1_005_000: "một triệu không trăm linh năm nghìn", 8_500_000: "tám triệu năm trăm nghìn",
    9_500_000: "chín triệu năm trăm nghìn", 15_000_000: "mười lăm triệu", 21_000_000: "hai mươi mốt triệu",
    10**9: "một tỷ", 10**9 + 4: "một tỷ không trăm linh bốn", 2_005_000_000: "hai tỷ không trăm linh năm triệu",
    3_951_000_000: "ba tỷ chín trăm năm mươi mốt triệu", 10**12: "một nghìn tỷ",
    1_005 * 10**9: "một nghìn không trăm linh năm tỷ", 10**18: "một tỷ tỷ", -5: "âm năm", -21: "âm hai mươi mốt",
}  # fmt: skip


@pytest.mark.parametrize(("count", "said"), NUMBERS.items())
def test_numbers_are_read_as_they_are_taught(count: int, said: str) -> None:
    assert spoken.number(count) == said


# ---- back again, by a reader of its own

VALUES = {
    "không": 0, "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5, "sáu": 6, "bảy": 7, "tám": 8,
    "chín": 9,
}  # fmt: skip


def heard(said: str) -> int:
    """The number that somebody hears."""
    for name, size in (("tỷ", 10**9), ("triệu", 10**6), ("nghìn", 1000), ("trăm", 100)):
        if name in said.split():
            *head, rest = re.split(rf"(?:^| ){name}(?: |$)", said)
            return heard(f" {name} ".join(head)) * size + (heard(rest) if rest else 0)
    sum_ = 0
    for word in said.removeprefix("linh ").split():
        sum_ = {"mười": 10, "mươi": sum_ * 10}.get(word, sum_ + VALUES.get(word, 0))
    return sum_


@hypothesis_settings(max_examples=400, deadline=None)
@given(st.one_of(st.integers(0, 2000), st.integers(0, 10**7), st.integers(0, 10**15)))
def test_who_hears_a_number_knows_which(count: int) -> None:
    assert heard(spoken.number(count)) == count


def test_no_two_numbers_up_to_ten_thousand_sound_alike() -> None:
    assert len({spoken.number(count) for count in range(10_001)}) == 10_001


# ---- days and money

DAYS = [
    (date(2026, 12, 5), "ngày mùng năm tháng mười hai"),
    (date(2026, 1, 1), "ngày mùng một tháng một"),
    (date(2026, 4, 4), "ngày mùng bốn tháng tư"),  # tháng tư, not tháng bốn
    (date(2026, 5, 10), "ngày mùng mười tháng năm"),
    (date(2026, 10, 11), "ngày mười một tháng mười"),
    (date(2026, 11, 14), "ngày mười bốn tháng mười một"),
    (date(2026, 2, 21), "ngày hai mươi mốt tháng hai"),
    (date(2026, 3, 24), "ngày hai mươi tư tháng ba"),
    (date(2026, 8, 31), "ngày ba mươi mốt tháng tám"),
]


@pytest.mark.parametrize(("at", "said"), DAYS)
def test_days_are_said_without_the_year(at: date, said: str) -> None:
    assert spoken.day(at) == said
    assert spoken.text(words.date_vi(at)) == said


def test_money() -> None:
    assert spoken.money(9_500_000) == "chín triệu năm trăm nghìn đồng"
    assert spoken.money(0) == "không đồng"


# ---- texts

TEXTS = [
    ("9.500.000 đ", "chín triệu năm trăm nghìn đồng"),
    ("9500000đ", "chín triệu năm trăm nghìn đồng"),
    ("300.000₫/ngày", "ba trăm nghìn đồng một ngày"),
    ("344.000 VNĐ", "ba trăm bốn mươi tư nghìn đồng"),
    (words.wage(8_000_000, 11_000_000), "tám đến mười một triệu đồng một tháng"),
    (words.wage(8_500_000, 11_000_000), "tám triệu năm trăm nghìn đến mười một triệu đồng một tháng"),
    (words.wage(8_500_000, None), "từ tám triệu năm trăm nghìn đồng một tháng"),
    (words.wage(None, 9_250_000), "đến chín triệu hai trăm năm mươi nghìn đồng một tháng"),
    (words.wage(500_000, 700_000), "năm trăm nghìn đến bảy trăm nghìn đồng một tháng"),
    (words.wage(None, None), "thỏa thuận"),
    ("hết ngày 5/12/2026.", "hết ngày mùng năm tháng mười hai."),
    ("hết 05/12", "hết ngày mùng năm tháng mười hai"),
    ("31/2/2026", "ba mươi mốt trên hai trên hai nghìn không trăm hai mươi sáu"),  # no day of any calendar
    ("24/24", "hai mươi tư trên hai mươi tư"),
    ("7h30", "bảy giờ ba mươi phút"),
    ("7:05", "bảy giờ năm phút"),
    ("7h", "bảy giờ"),
    ("19h00", "mười chín giờ"),
    ("lúc 7 giờ 30 phút", "lúc bảy giờ ba mươi phút"),
    ("gọi 0219 300 0000.", "gọi không hai một chín, ba không không, không không không không."),
    ("0912345678", "không chín một hai, ba bốn năm, sáu bảy tám"),
    ("0912.345.678", "không chín một hai, ba bốn năm, sáu bảy tám"),
    ("0912-345-678", "không chín một hai, ba bốn năm, sáu bảy tám"),
    ("+84912345678", "không chín một hai, ba bốn năm, sáu bảy tám"),
    ("+84 912 345 678", "không chín một hai, ba bốn năm, sáu bảy tám"),
    ("mã A123, xin nhớ", "mã A một hai ba, xin nhớ"),
    ("mã AB07", "mã A B không bảy"),
    ("007", "không không bảy"),
    ("12345678901234567", "một hai ba bốn năm sáu bảy tám chín không một hai ba bốn năm sáu bảy"),
    ("từ 18-40 tuổi", "từ mười tám đến bốn mươi tuổi"),
    ("13.250 lượt", "mười ba nghìn hai trăm năm mươi lượt"),
    ("3,5 kg", "ba phẩy năm kg"),
    ("tăng 20%", "tăng hai mươi phần trăm"),
    ("tổ 5, thôn 10", "tổ năm, thôn mười"),
    ("bấm phím 1.", "bấm phím một."),
    ("ông/bà Páo", "ông bà Páo"),
    ("Phòng Văn hóa - Xã hội", "Phòng Văn hóa, Xã hội"),
    ("Công ty TNHH A&B", "Công ty trách nhiệm hữu hạn A và B"),
    ("KCN Bình Xuyên, TP. Hà Nội", "khu công nghiệp Bình Xuyên, thành phố Hà Nội"),
    ("CCCD", "căn cước công dân"),
    ("TPHCM", "TPHCM"),  # no part of a word
    ("  Xin\n chào ", "Xin chào"),
    ("", ""),
]


@pytest.mark.parametrize(("written", "said"), TEXTS)
def test_a_text_is_said_as_people_say_it(written: str, said: str) -> None:
    assert spoken.text(written) == said
    assert spoken.text(said) == said  # what is said already stays as it is


@hypothesis_settings(max_examples=200, deadline=None)
@given(st.text("0123456789.,/-:hđ% +A&", max_size=40))
def test_no_digit_is_left_for_a_voice_to_guess_at(written: str) -> None:
    assert not re.search("[0-9]", spoken.text(written))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("", 0),
        (" . , ", 0),
        ("Xin", 1),
        ("Xin chào cả nhà", 1),
        ("Xin chào cả nhà mình", 2),
        ("một " * 160, 40),
    ],
)
def test_how_long_it_takes_to_say_it(text: str, seconds: int) -> None:
    assert spoken.seconds(text) == seconds
