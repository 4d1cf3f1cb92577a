"""Phrases are found however they are written, and only they."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.text import phrases
from service.text.vietnamese import nfc, strip_accents

SCAM = "việc nhẹ lương cao"
FOUND = [
    pytest.param("Có việc nhẹ lương cao!", SCAM, "việc nhẹ lương cao", id="as it is"),
    pytest.param("viec nhe luong cao", SCAM, "viec nhe luong cao", id="no accents"),
    pytest.param("viêc nhe lương cao", SCAM, "viêc nhe lương cao", id="some accents"),
    pytest.param("VIỆC NHẸ LƯƠNG CAO", SCAM, "VIỆC NHẸ LƯƠNG CAO", id="capitals"),
    pytest.param("x, v.i.ệ.c n.h.ẹ l-ư-ơ-n-g c a o.", SCAM, "v.i.ệ.c n.h.ẹ l-ư-ơ-n-g c a o", id="dots and dashes"),
    pytest.param("việc nhẹ, lương cao", SCAM, "việc nhẹ, lương cao", id="a comma between"),
    pytest.param("v\u200biệc nhẹ\u00a0lương cao", SCAM, "v\u200biệc nhẹ\u00a0lương cao", id="invisible"),
    pytest.param("vi\u0065\u0323\u0302c nhẹ lương cao", SCAM, "việc nhẹ lương cao", id="decomposed"),
    pytest.param("ｖｉｅｃ nhe luong cao", SCAM, "ｖｉｅｃ nhe luong cao", id="full width"),
    pytest.param("h0a hồng", "hoa hồng", "h0a hồng", id="a digit for a letter"),
    pytest.param("hоa hồng", "hoa hồng", "hоa hồng", id="a Cyrillic letter"),
    pytest.param("chuyển khỏan", "chuyển khoản", "chuyển khỏan", id="the tone on the other vowel"),
    pytest.param("Đặt cọc", "đặt cọc", "Đặt cọc", id="đ"),
    pytest.param("dat coc", "đặt cọc", "dat coc", id="đ without its stroke"),
    pytest.param("báo 1.", "báo 1", "báo 1", id="digits"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "phrase", "stretch"), FOUND)
def test_found(text: str, phrase: str, stretch: str) -> None:
    [found] = phrases.find(text, [phrase])
    assert found.phrase == phrase
    assert nfc(text)[found.start : found.end] == stretch


NOT_FOUND = [
    pytest.param("Việc nhẹ. Lương cao hơn", SCAM, id="across a full stop"),
    pytest.param("việc nhẹ\nlương cao", SCAM, id="across a line"),
    pytest.param("báo đâu", "bao đậu", id="other marks"),
    pytest.param("thoa hồng", "hoa hồng", id="part of a word before"),
    pytest.param("hoa hồngg", "hoa hồng", id="part of a word after"),
    pytest.param("báo 10", "báo 1", id="part of a number"),
    pytest.param("hoa \0\0 hồng", "hoa hồng", id="something is filled in between"),
    pytest.param("", SCAM, id="nothing"),
]


@pytest.mark.parametrize(("text", "phrase"), NOT_FOUND)
def test_not_found(text: str, phrase: str) -> None:
    assert phrases.find(text, [phrase]) == []


def test_all_of_them_in_the_order_of_the_text() -> None:
    found = phrases.find("đặt cọc, hoa hồng, đặt cọc", ["hoa hồng", "đặt cọc", "cọc"])
    assert [one.phrase for one in found] == ["đặt cọc", "cọc", "hoa hồng", "đặt cọc", "cọc"]


PHRASES = st.sampled_from([SCAM, "đặt cọc", "hoa hồng", "chuyển khoản"])


@settings(max_examples=150, deadline=None)
@given(PHRASES, st.data())
def test_however_it_is_taken_apart_it_is_found(phrase: str, data: st.DataObject) -> None:
    """Each letter may lose its marks, and anything that is no letter may stand between."""
    between = st.sampled_from(["", "", ".", "-", " ", "_", "\u200b", "*", " . "])
    letters = [char if data.draw(st.booleans()) else strip_accents(char) for char in phrase if char != " "]
    text = "x, " + letters[0] + "".join(data.draw(between) + letter for letter in letters[1:]) + ", x"
    if ". " in text.strip():
        text = text.replace(". ", ".")  # that is where a sentence ends
    assert [found.phrase for found in phrases.find(text, [phrase])] == [phrase]


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=80))
def test_the_folded_text_keeps_its_places(text: str) -> None:
    folded = phrases.folded(text)
    assert len(folded) == len(nfc(text))
    assert folded.isascii() or not nfc(text).isascii()


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=80), PHRASES)
def test_nothing_is_found_in_noise_but_what_stands_there(text: str, phrase: str) -> None:
    for found in phrases.find(text, [phrase]):
        letters = [char for char in nfc(text)[found.start : found.end] if char.isalnum()]
        assert len(letters) >= len(phrase.replace(" ", ""))


def test_the_clause_before_a_place() -> None:
    text = "Đi làm, không phải đặt cọc"
    assert phrases.clause_before(text, text.index("đặt")) == " không phải "
    assert phrases.clause_before(text, 0) == ""
