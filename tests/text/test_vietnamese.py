"""Letters without marks, keys to search and to sort by, names."""

import random
import string
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.text import vietnamese

ACCENTS = [
    pytest.param("Đi làm mỏ", "Di lam mo", id="đ does not decompose: by hand"),
    pytest.param("Ðặng", "Dang", id="Icelandic Ð, typed for Đ"),
    pytest.param("ƯỚC ước", "UOC uoc", id="horn and tone"),
    pytest.param("tiếng Việt ở trường", "tieng Viet o truong", id="two marks on one letter"),
    pytest.param("100 % €", "100 % €", id="signs stay"),
]


@pytest.mark.parametrize(("text", "plain"), ACCENTS)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_accents_are_stripped_from_composed_and_decomposed_text(text: str, plain: str, form: str) -> None:
    assert vietnamese.strip_accents(unicodedata.normalize(form, text)) == plain


SEARCH = [
    pytest.param("Sùng  Mí\tPáo ", "sung mi pao", id="blanks collapse"),
    pytest.param("Hoà", "hoa", id="tone mark on the a"),
    pytest.param("Hòa", "hoa", id="tone mark on the o"),
    pytest.param("H'Mông", "hmong", id="an apostrophe parts no word"),
    pytest.param("Sủng-Trà (cũ)", "sung tra cu", id="signs become blanks"),
    pytest.param("100%_", "100", id="nothing that LIKE would read"),
    pytest.param("Vừ\u00a0Mí\u200b Pó", "vu mi po", id="no-break and zero-width blanks"),
    pytest.param("０９１２", "0912", id="full-width digits"),
    pytest.param("a\x00b", "ab", id="NUL is dropped, PostgreSQL cannot keep it"),
]


@pytest.mark.parametrize(("text", "key"), SEARCH)
def test_search_keys(text: str, key: str) -> None:
    assert vietnamese.search_key(text) == key


IN_ORDER = [
    pytest.param(["a", "à", "ả", "ã", "á", "ạ", "ă", "ằ", "â", "ấ", "b"], id="letters before tones"),
    pytest.param(
        ["d", "đ", "e", "ê", "o", "ô", "ơ", "p", "u", "ư", "v"], id="letters with marks are letters"
    ),
    pytest.param(["An", "An Bình", "Anh", "Ánh", "Ân"], id="a short word before a longer one"),
    pytest.param(["Mí Chá", "Mí Pó", "Mị An"], id="the tone of the first word before the second word"),
    pytest.param(["Thôn 1", "Thôn 9", "Thôn A"], id="digits before letters"),
    pytest.param(["Dũng", "Đàn"], id="đ after all of d"),
]


@pytest.mark.parametrize("names", IN_ORDER)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_names_sort_as_in_a_vietnamese_dictionary(names: list[str], form: str) -> None:
    shuffled = [unicodedata.normalize(form, name) for name in names]
    random.Random(1).shuffle(shuffled)
    assert [vietnamese.nfc(name) for name in sorted(shuffled, key=vietnamese.sort_key)] == names


def test_both_places_of_the_tone_mark_sort_alike() -> None:
    assert vietnamese.sort_key("Hòa Thúy") == vietnamese.sort_key("Hoà Thuý")


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300))
def test_sort_keys_are_digits_that_fit_their_column(text: str) -> None:
    key = vietnamese.sort_key(text)
    assert set(key) <= set(string.digits)
    assert len(key) <= vietnamese.SORT_KEY_LENGTH


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="aăâđêôơưáàạảãếựỹ 'AĐÊ", max_size=40))
def test_keys_do_not_depend_on_the_unicode_form(text: str) -> None:
    decomposed = unicodedata.normalize("NFD", text)
    assert vietnamese.search_key(text) == vietnamese.search_key(decomposed)
    assert vietnamese.sort_key(text) == vietnamese.sort_key(decomposed)


NAMES = [
    pytest.param("SÙNG MÍ PÁO", "Sùng Mí Páo", id="capitals"),
    pytest.param("sùng mí páo", "Sùng Mí Páo", id="small letters"),
    pytest.param("SùNG Mí PáO", "Sùng Mí Páo", id="what a capitals font leaves behind"),
    pytest.param("  ĐẶNG\u00a0\u200bVĂN\nỔN ", "Đặng Văn Ổn", id="blanks of all kinds"),
    pytest.param("H'HEN NIÊ", "H'Hen Niê", id="a letter after an apostrophe"),
    pytest.param(unicodedata.normalize("NFD", "VỪ MÍ PÓ"), "Vừ Mí Pó", id="decomposed"),
]


@pytest.mark.parametrize(("typed", "written"), NAMES)
def test_names_are_written_with_a_capital_for_each_word(typed: str, written: str) -> None:
    assert vietnamese.title_name(typed) == written
