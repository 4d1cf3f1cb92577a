"""What an SMS costs: against vectors on which two other counters agree, and against a third one."""

import csv
import unicodedata
from pathlib import Path

import pytest
import smsutil
from hypothesis import example, given, settings
from hypothesis import strategies as st

from service.text import sms_text
from service.text.twins import TWINS
from service.text.vietnamese import strip_accents

VECTORS = Path(__file__).with_name("sms_vectors.csv").read_text(encoding="utf-8").splitlines()[1:]


@pytest.mark.parametrize("row", list(csv.DictReader(VECTORS)), ids=lambda row: row["text"])
def test_the_vectors(row: dict[str, str]) -> None:
    counted = sms_text.count(eval(row["text"]))
    assert (counted.encoding, counted.parts) == (row["encoding"], int(row["parts"]))


BILLED = [
    pytest.param("", 0, id="nothing"),
    pytest.param("a" * 159 + "€", 161, id="€ is an escape and a sign"),
    pytest.param("ạ" * 68 + "😀", 70, id="an emoji is two units"),
    pytest.param("mỏ", 2, id="two letters"),
    pytest.param(
        unicodedata.normalize("NFD", "mỏ"), 2, id="a Mac's two letters are three code points, but sent as two"
    ),
]


@pytest.mark.parametrize(("text", "characters"), BILLED)
def test_billed_characters(text: str, characters: int) -> None:
    assert sms_text.count(text).characters == characters


def test_the_whole_gsm_alphabet_is_known() -> None:
    assert len(set(sms_text._BASIC)) == 127  # 128 places, one is the escape
    assert sms_text.count(sms_text._BASIC).encoding == "GSM-7"


def test_of_all_vietnamese_letters_only_seven_are_gsm_7() -> None:
    letters = {
        unicodedata.normalize("NFC", base + tone)
        for base in "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY"
        for tone in ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
    } | {"đ", "Đ"}
    accented = {letter for letter in letters if not letter.isascii()}
    assert len(accented) == 134
    assert {letter for letter in accented if sms_text.count(letter).encoding == "GSM-7"} == set("àèéìòùÉ")


# not ESC: it is the escape itself, which the other counter takes for a letter; not nothing: it calls that UCS-2
LETTERS = st.one_of(st.sampled_from("ab €[^é😀ạđ\n"), st.characters(codec="utf-8", exclude_characters="\x1b"))
TEXTS = st.text(alphabet=LETTERS, min_size=1, max_size=400)


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_an_independent_counter_agrees(text: str) -> None:
    theirs = smsutil.split(unicodedata.normalize("NFC", text))
    counted = sms_text.count(text)
    assert counted.encoding == {"gsm0338": "GSM-7", "utf_16_be": "UCS-2"}[theirs.encoding]
    assert counted.parts == max(1, len(theirs.parts))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.booleans(), min_size=140, max_size=500))
def test_pairs_at_every_part_border_are_counted_as_the_other_counter_does(pairs: list[bool]) -> None:
    for single, double in (("a", "€"), ("ạ", "😀")):
        text = single + "".join(double if pair else single for pair in pairs)
        assert sms_text.count(text).parts == len(smsutil.split(text).parts)


SHORT = st.text(alphabet=st.sampled_from("a bạ€😀["), max_size=330)


@settings(max_examples=200, deadline=None)
@given(SHORT)
def test_so_many_characters_are_left_and_not_one_more(text: str) -> None:
    counted, left = sms_text.count(text), sms_text.left(text)
    assert sms_text.count(text + "a" * left) == sms_text.Count(
        counted.encoding, counted.characters + left, counted.parts
    )
    assert sms_text.count(text + "a" * (left + 1)).parts == counted.parts + 1


@settings(max_examples=200, deadline=None)
@given(SHORT)
def test_so_many_characters_have_to_go_and_not_one_fewer(text: str) -> None:
    counted, drop = sms_text.count(text), sms_text.to_drop(text)
    if counted.parts == 1:
        assert drop == 0
    else:
        assert sms_text.count(text[: len(text) - drop]).parts < counted.parts
        assert sms_text.count(text[: len(text) - drop + 1]).parts == counted.parts


@pytest.mark.parametrize(
    ("text", "left", "drop"),
    [
        ("", 160, 0),
        ("a" * 160, 0, 0),
        ("a" * 161, 145, 1),
        ("a" * 307, 152, 1),
        ("ạ" * 70, 0, 0),
        ("ạ" * 77, 57, 7),
        ("a" * 159 + "€", 145, 1),
        ("a" * 69 + "😀", 63, 1),
    ],
)
def test_what_is_left_and_what_has_to_go(text: str, left: int, drop: int) -> None:
    assert (sms_text.left(text), sms_text.to_drop(text)) == (left, drop)


CLEAN = [
    pytest.param("Lương 8 triệu.\nHạn 30/12", "Lương 8 triệu.\nHạn 30/12", {}, id="as it should be"),
    pytest.param("“Tốt” ‘lắm’ – nhé…", "\"Tốt\" 'lắm' - nhé...", {"“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "…": "..."}, id="Word's signs"),
    pytest.param("8\u00a0triệu\t₫", "8 triệu đ", {"\u00a0": " ", "\t": " ", "₫": "đ"}, id="no-break blank, tab, dong sign"),
    pytest.param("đi😀👍🏽làm❤️1️⃣", "đilàm1", {"😀": "", "👍": "", "🏽": "", "❤": "", "\ufe0f": "", "\u20e3": ""}, id="emoji"),
    pytest.param("a\u200bb\x00c\ud800d\ue000", "abcd", {"\u200b": "", "\x00": "", "\ud800": "", "\ue000": ""}, id="what nobody sees"),
    pytest.param("dòng\r\nmới", "dòng\nmới", {}, id="as a browser sends lines"),
    pytest.param("[QC] 5€ ~ 30°C {ma}", "[QC] 5€ ~ 30°C {ma}", {}, id="signs that are dear or odd, but meant"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "cleaned", "replaced"), CLEAN)
def test_a_pasted_text_is_cleaned_and_it_is_said_how(
    text: str, cleaned: str, replaced: dict[str, str]
) -> None:
    made = sms_text.clean(text)
    assert made.text == cleaned
    assert {one.character: one.by for one in made.replaced} == replaced
    assert made.composed == 0


def test_letters_from_a_mac_are_counted() -> None:
    assert sms_text.clean(unicodedata.normalize("NFD", "mỏ đẹp")).composed == 2
    assert sms_text.clean("😀 “ 😀").replaced[0] == sms_text.Replaced("😀", "grinning face", "", 2)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=120))
@example("a\u200b\u0301")
def test_what_is_clean_stays_so_and_can_be_sent(text: str) -> None:
    cleaned = sms_text.clean(text).text
    assert sms_text.clean(cleaned) == sms_text.Cleaned(cleaned, (), 0)
    assert cleaned.encode("utf-8").decode("utf-8") == cleaned
    assert all(char == "\n" or unicodedata.category(char)[0] != "C" for char in cleaned)


@settings(max_examples=100, deadline=None)
@given(
    st.text(
        alphabet=st.characters(min_codepoint=32, max_codepoint=0x24F, exclude_characters="©®×"), max_size=120
    )
)
def test_no_letter_is_ever_taken_away(text: str) -> None:
    letters = [char for char in unicodedata.normalize("NFC", text) if char.isalnum()]
    assert [char for char in sms_text.clean(text).text if char.isalnum()] == letters


def test_costly_characters_are_named_once_with_their_number() -> None:
    found = sms_text.costly("Lương [8–11] triệu, mỏ mỏ")
    assert [(char.character, char.why, char.times) for char in found] == [
        ("ư", "forces_ucs2", 1),
        ("ơ", "forces_ucs2", 1),
        ("[", "costs_two", 1),
        ("–", "forces_ucs2", 1),
        ("]", "costs_two", 1),
        ("ệ", "forces_ucs2", 1),
        ("ỏ", "forces_ucs2", 2),
    ]
    assert found[3].name == "en dash"


PLAIN = [
    pytest.param(
        "Đi làm mỏ “than” – nhé…", 'Di lam mo "than" - nhe...', id="letters, quotes, dash, ellipsis"
    ),
    pytest.param(
        "8\u00a0triệu\t₫\u200b", "8 trieu d", id="no-break blank, tab, sign of the đồng, zero width"
    ),
    pytest.param("a\nb", "a\nb", id="a line break is GSM-7"),
    pytest.param("giá 5€", "gia 5€", id="€ is GSM-7, though dear"),
    pytest.param("😀", "😀", id="what has no twin stays, to be seen"),
]


@pytest.mark.parametrize(("text", "twin"), PLAIN)
def test_the_accentless_twin(text: str, twin: str) -> None:
    assert sms_text.plain(text) == twin


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="aăâeêioôơuưyđĐ ỏạớ“”–…\u00a0\t.,'", max_size=200))
def test_the_twin_of_vietnamese_is_always_gsm_7_and_never_dearer(text: str) -> None:
    twin = sms_text.plain(text)
    assert sms_text.count(twin).encoding == "GSM-7"
    assert sms_text.count(twin).parts <= max(1, sms_text.count(text).parts)


def test_words_that_become_others_are_warned_of_once() -> None:
    warnings = sms_text.twin_warnings("Làm mỏ 2 năm, có chỗ ở. Mỏ lớn.")
    assert [(warning.word, warning.twin) for warning in warnings] == [
        ("chỗ ở", "cho o"),
        ("làm", "lam"),
        ("mỏ", "mo"),
        ("năm", "nam"),
        ("chỗ", "cho"),
        ("lớn", "lon"),
    ]
    assert warnings[2].others == ("mở", "mơ")
    assert sms_text.twin_warnings("lam mo 2 nam") == []


def test_twins_look_alike_without_accents() -> None:
    for word, others in TWINS.items():
        assert {strip_accents(other) for other in others} == {strip_accents(word)}
        assert strip_accents(word) != word
        assert word not in others


def test_the_report_has_the_promised_keys() -> None:
    report = sms_text.report("ạ" * 71, 800)
    assert report["costly"] == [
        {"character": "ạ", "name": "latin small letter a with dot below", "why": "forces_ucs2", "times": 71}
    ]
    assert {key: report[key] for key in ("encoding", "characters", "parts", "price_vnd")} == {
        "encoding": "UCS-2",
        "characters": 71,
        "parts": 2,
        "price_vnd": 1600,
    }
    twin = report["twin"]
    assert {key: twin[key] for key in ("text", "encoding", "parts", "price_vnd", "warnings")} == {
        "text": "a" * 71,
        "encoding": "GSM-7",
        "parts": 1,
        "price_vnd": 800,
        "warnings": [],
    }
