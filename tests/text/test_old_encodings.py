"""Letters from before Unicode: read rightly, and found out without being told."""

from __future__ import annotations

import csv
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.text import old_encodings
from service.text.old_encodings import (
    CP1258,
    NAMES,
    OF_BYTES,
    TCVN3,
    VNI,
    decode,
    decode_cell,
    of_bytes,
    of_cells,
)
from service.text.syllables import is_syllable
from tests.registry.old_fonts import to_cp1258, to_tcvn3, to_vni

VECTORS = list(
    csv.DictReader(Path(__file__).with_name("legacy_encodings.csv").read_text(encoding="utf-8").splitlines())
)
ENCODE = {CP1258: lambda text: to_cp1258(text).decode("latin-1"), TCVN3: to_tcvn3, VNI: to_vni}
VOWELS = "aăâeêioôơuưy"
LETTERS = "".join(
    unicodedata.normalize("NFC", vowel + tone)
    for vowel in VOWELS
    for tone in ("", *"\u0300\u0309\u0303\u0301\u0323")
)
WORDS = (
    "Sùng Giàng Vàng Thào Lầu Cứ Hờ Thò Sình Và Lò Lỳ Mỷ Páo Chứ Sò Dính Lúa Máy Dí Mí Thị Nguyễn Trần Đặng Bế Hường Dũng"
    " Khuổi Vịt Sủng Trà Mần Nũng Pờ Xín Cái Lũng Pù Niêm Tòng Khâu Tát Ngà Thượng Phùng Tả Lủng Pải Chuối Đuốc Nậm Kỷ Quý"
    " thôn bản xã tổ đồng ý không giới tính điện thoại họ và tên năm sinh dân tộc ghi chú hộ nghèo người lao động việc làm"
)

SYLLABLES = WORDS.split()


@pytest.mark.parametrize("row", VECTORS, ids=[row["text"] for row in VECTORS])
@pytest.mark.parametrize("encoding", OF_BYTES)
def test_the_same_words_in_each_encoding(row: dict[str, str], encoding: str) -> None:
    data = bytes.fromhex(row[f"{encoding}_hex"])
    assert decode(data.decode("latin-1"), encoding) == row["text"]
    assert of_bytes(data) == encoding


@pytest.mark.parametrize("encoding", OF_BYTES)
def test_every_small_letter_of_vietnamese_can_be_read(encoding: str) -> None:
    assert decode(ENCODE[encoding](LETTERS + "đ"), encoding) == LETTERS + "đ"


@pytest.mark.parametrize("encoding", [CP1258, VNI])
def test_every_capital_can_be_read_where_there_are_toned_capitals(encoding: str) -> None:
    capitals = LETTERS.upper() + "Đ"
    assert decode(ENCODE[encoding](capitals), encoding) == capitals


def test_capitals_of_a_font_come_out_as_capitals_and_other_words_as_they_are() -> None:
    assert decode("SïNG MÝ P¸O", TCVN3) == "SÙNG MÍ PÁO"
    assert decode("hä vµ tªn", TCVN3) == "họ và tên"
    assert decode("Sïng MÝ P¸o", TCVN3) == "Sùng Mí Páo"
    assert decode("MÝ", TCVN3) == "Mí"  # one capital before a small letter is how a name begins
    assert decode("V\u00ad", TCVN3) == "Vư"  # ư is a soft hyphen in Latin-1


def is_telling(word: str, encoding: str) -> bool:
    """Some words are words in two encodings: what is Lúa in TCVN3 looks like Lóa."""
    looks = {decode(ENCODE[encoding](word), other) for other in OF_BYTES} | {ENCODE[encoding](word), word}
    return not word.isascii() and sum(map(is_syllable, looks)) == 1


@st.composite
def written(draw: st.DrawFn, *encodings: str) -> tuple[str, list[str]]:
    encoding = draw(st.sampled_from(encodings))
    telling = [word for word in SYLLABLES if is_telling(word, encoding)]
    return encoding, draw(st.lists(st.sampled_from(telling), min_size=1, max_size=12))


@settings(max_examples=200, deadline=None)
@given(written(*OF_BYTES))
def test_whatever_is_written_is_found_out_and_read(case: tuple[str, list[str]]) -> None:
    encoding, words = case
    encoded = ENCODE[encoding](" ".join(words))
    assert decode(encoded, of_bytes(encoded.encode("latin-1")) or "") == " ".join(words)


@settings(max_examples=200, deadline=None)
@given(written(TCVN3, VNI))
def test_cells_of_a_spreadsheet_tell_their_font(case: tuple[str, list[str]]) -> None:
    font, words = case
    cells = [ENCODE[font](word) for word in words]
    assert [decode_cell(cell, of_cells(cells)) for cell in cells] == words
    assert [decode_cell(cell, of_cells(words)) for cell in words] == words


@pytest.mark.parametrize("encoding", OF_BYTES)
def test_most_words_tell_their_encoding(encoding: str) -> None:
    telling = [word for word in SYLLABLES if is_telling(word, encoding)]
    assert len(telling) > 0.6 * sum(not word.isascii() for word in SYLLABLES)


def test_a_cell_in_unicode_among_cells_in_an_old_font_stays() -> None:
    assert decode_cell("Sủng Nhỉ B", TCVN3) == "Sủng Nhỉ B"
    assert decode_cell("Sñng NhØ B", TCVN3) == "Sủng Nhỉ B"
    assert decode_cell("Páo", TCVN3) == "Páo"
    assert decode_cell("0912 000 345", TCVN3) == "0912 000 345"


@settings(max_examples=200, deadline=None)
@given(text=st.text(st.characters(max_codepoint=255), max_size=60), encoding=st.sampled_from(sorted(NAMES)))
def test_decoding_never_fails_and_gives_composed_letters(text: str, encoding: str) -> None:
    decoded = old_encodings.decode(text, encoding)
    if encoding in OF_BYTES:
        assert unicodedata.normalize("NFC", decoded) == decoded


@pytest.mark.parametrize(
    "data",
    [
        "電話番号,氏名".encode("shift_jis") * 9,
        "Straße für Grüße, Käse, Öl".encode("latin-1"),
        b"\x81\x8d\x8f\x90\x9d" * 9,
    ],
)
def test_other_languages_are_not_taken_for_vietnamese(data: bytes) -> None:
    assert of_bytes(data) is None


def test_a_syllable_is_told_from_a_wrong_reading_of_one() -> None:
    assert all(map(is_syllable, SYLLABLES))
    assert all(is_syllable(unicodedata.normalize("NFD", word).upper()) for word in SYLLABLES)
    assert not any(map(is_syllable, ["Sïng", "MÝa", "P¸o", "thoïi", "Suøng", "Nguyeãn", "viẽt", "ùù", "qùz"]))
