"""Years of birth, however they were written."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.text.dates import year_of

TODAY = date(2026, 11, 23)

CERTAIN = [
    "1990", "1990.0", " 1990\u00a0", "1/1/1990", "01/01/1990", "5.3.1990", "15-03-1990", "15/ 3/ 1990", "3/1990", "03.1990",
    "1990-03-15", "1990/3/15", "15031990", "ngày 15 tháng 3 năm 1990", "tháng 3 năm 1990", "năm 1990", "sinh năm 1990",
    "SN 1990", "1990-03-15 00:00:00", "1990-03-15T00:00:00", "15/03/1990 0:00", "'1990", "Sinh ngày 15/3/1990", "15,3,1990",
    "15\\3\\1990", "15 3 1990", "15 – 3 – 1990",
]  # fmt: skip
DOUBTFUL = [
    ("31/02/1990", 1990, "no such day"),
    ("13/13/1990", 1990, "no such month"),
    ("1990?", 1990, "somebody was not sure"),
    ("khoảng 1990", 1990, "about"),
    ("1990 (tuổi Ngọ)", 1990, "words beside it"),
    ("32905", 1990, "the number by which a spreadsheet counts days"),
    ("15/3/90", 1990, "two digits"),
    ("15/3/05", 2005, "two digits of this century"),
]
NOT_KNOWN = ["không nhớ", "", "-", "19880", "199", "1990 hoặc 1991", "36 tuổi", "12345678901", "Ất Mão"]


@pytest.mark.parametrize("text", CERTAIN)
def test_ways_to_write_a_year_or_a_day(text: str) -> None:
    assert year_of(text, TODAY) == ((1990, text != "1990?"))


@pytest.mark.parametrize(("text", "year", "why"), DOUBTFUL)
def test_what_is_doubtful_is_read_and_said(text: str, year: int, why: str) -> None:
    assert year_of(text, TODAY) == (year, False), why


@pytest.mark.parametrize("text", NOT_KNOWN)
def test_what_is_no_year_is_none(text: str) -> None:
    assert year_of(text, TODAY) == (None, False)


def test_years_that_nobody_can_have_been_born_in_are_for_others_to_judge() -> None:
    assert [year_of(text, TODAY)[0] for text in ("1890", "2031", "1091")] == [1890, 2031, 1091]


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=40))
def test_reading_never_fails(text: str) -> None:
    year, certain = year_of(text, TODAY)
    assert year is not None or not certain


@settings(max_examples=200, deadline=None)
@given(st.dates(date(1930, 1, 1), date(2012, 12, 31)))
def test_a_day_in_any_usual_form_gives_its_year(day: date) -> None:
    for form in ("%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y-%m-%d", "%d%m%Y", "%m/%Y", "%Y"):
        assert year_of(day.strftime(form), TODAY) == (day.year, True)
