"""Numbers as offices and villagers type them."""

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from phonenumbers import PhoneNumber, PhoneNumberType

from service.text import phone_digits, phone_numbers

GOOD = [
    pytest.param("0912 000 345", "+84912000345", id="blanks"),
    pytest.param("0912.000.345", "+84912000345", id="dots"),
    pytest.param("0912-000-345", "+84912000345", id="dashes"),
    pytest.param("(0912) 000 345", "+84912000345", id="brackets"),
    pytest.param("0912\u00a0000\u00a0345", "+84912000345", id="no-break blanks"),
    pytest.param("\u202a0912\u200b000345\ufeff\u202c", "+84912000345", id="invisible marks"),
    pytest.param("０９１２０００３４５", "+84912000345", id="full-width digits"),
    pytest.param("'0912000345", "+84912000345", id="a spreadsheet's apostrophe"),
    pytest.param("+84 (0)912 000 345", "+84912000345", id="+84 and the zero in brackets"),
    pytest.param("0084912000345", "+84912000345", id="00 for +"),
    pytest.param("84912000345", "+84912000345", id="84 without +"),
    pytest.param("912000345", "+84912000345", id="the zero is lost"),
    pytest.param(912000345, "+84912000345", id="a whole number cell"),
    pytest.param(912000345.0, "+84912000345", id="a float cell, as spreadsheets give it"),
    pytest.param(9.12e8, "+84912000000", id="a float is whole, however it was shown"),
    pytest.param("0912/000/345", "+84912000345", id="slashes inside one number part nothing"),
    pytest.param("0881 000 039,", "+84881000039", id="a comma behind"),
]


@pytest.mark.parametrize(("raw", "e164"), GOOD)
def test_ways_to_write_one_mobile_number(raw: object, e164: str) -> None:
    reading = phone_numbers.read(raw)
    assert [(number.e164, number.kind) for number in reading.numbers] == [(e164, "mobile")]
    assert (reading.problem, reading.changes) == (None, ())


OLD = [
    pytest.param("01691234567", "+84391234567", "0169-039", id="with its zero"),
    pytest.param("1691234567", "+84391234567", "0169-039", id="without"),
    pytest.param(1691234567.0, "+84391234567", "0169-039", id="as a number cell"),
    pytest.param("+841691234567", "+84391234567", "0169-039", id="international"),
    pytest.param("841673000270", "+84373000270", "0167-037", id="84 without +"),
    pytest.param("0120.7000.334", "+84707000334", "0120-070", id="MobiFone"),
    pytest.param("01247000341", "+84847000341", "0124-084", id="VinaPhone, whose new prefix is 84 again"),
    pytest.param("01992000003", "+84592000003", "0199-059", id="Gmobile"),
]


@pytest.mark.parametrize(("raw", "e164", "prefixes"), OLD)
def test_numbers_from_before_2018_get_todays_prefix_and_it_is_said(
    raw: object, e164: str, prefixes: str
) -> None:
    reading = phone_numbers.read(raw)
    assert [number.e164 for number in reading.numbers] == [e164]
    assert reading.changes == (f"old_number_converted {prefixes}",)
    assert reading.remarks == ("old_number_converted",)


def test_every_old_prefix_leads_to_a_mobile_number_of_its_own() -> None:
    new = {phone_digits.judge(f"0{old}2000345").e164 for old in phone_digits.NEW_PREFIX}
    assert len(new) == len(phone_digits.NEW_PREFIX) == 21
    assert all(phone_digits.judge(e164[1:], international=True).kind == "mobile" for e164 in new)


TWO = [
    pytest.param("0912000345/0987000321", id="slash"),
    pytest.param("0912000345; 0987000321", id="semicolon"),
    pytest.param("0912 000 345, 0987 000 321", id="comma"),
    pytest.param("0912000345 hoặc 0987000321", id="or"),
    pytest.param("0912000345 HOAC 0987000321", id="or, without accents"),
    pytest.param("0912000345 và 0987000321", id="and"),
    pytest.param("0912000345\n0987000321", id="line break in the cell"),
    pytest.param("0912000345 - 0987000321", id="dash"),
    pytest.param("0912 000 345 0987 000 321", id="only a blank"),
    pytest.param("0912000345 (con: 0987000321)", id="the second in brackets"),
    pytest.param("+84 (0)912 000 345 - +84 (0)987 000 321", id="a dash, and each with its country"),
    pytest.param("0912000345_0987000321", id="underscore"),
    pytest.param("0912000345 + 0987000321", id="plus between"),
    pytest.param("Số 1: 0912000345 Số 2: 0987000321", id="numbered"),
    pytest.param("0912000345(vợ)0987000321(chồng)", id="only words between"),
    pytest.param("DĐ 0912000345 Viettel 0987000321", id="labels before each"),
]


@pytest.mark.parametrize("raw", TWO)
def test_two_numbers_in_a_cell_keep_their_order(raw: str) -> None:
    reading = phone_numbers.read(raw)
    assert [number.e164 for number in reading.numbers] == ["+84912000345", "+84987000321"]
    assert reading.remarks == ("two_numbers",)


def test_the_same_number_twice_is_one() -> None:
    assert len(phone_numbers.read("0848000232 / 0848.000.232").numbers) == 1


def test_a_good_number_beside_a_bad_one_is_kept_and_the_bad_one_named() -> None:
    reading = phone_numbers.read("0397000279 / 038700012")
    assert [number.e164 for number in reading.numbers] == ["+84397000279"]
    assert reading.problem == "too_short"


def test_a_mobile_beside_a_landline_and_an_old_number_are_all_named() -> None:
    reading = phone_numbers.read("01695000158 / 0219 300 0123")
    assert [number.kind for number in reading.numbers] == ["mobile", "landline"]
    assert reading.remarks == ("two_numbers", "old_number_converted", "landline")


NOTES = [
    pytest.param("vợ: 0912000345", "vợ", id="label before"),
    pytest.param("0912000345 (chồng)", "chồng", id="label behind"),
    pytest.param("gọi nhờ trưởng thôn 0912000345", "gọi nhờ trưởng thôn", id="a sentence"),
    pytest.param("sđt0912000345", "sđt", id="label without a blank"),
    pytest.param("con trai - 0912 000 345", "con trai", id="dash after the label"),
    pytest.param("0912 000 345 lo", "lo", id="a word of letters that look like digits"),
]


@pytest.mark.parametrize(("raw", "note"), NOTES)
def test_words_around_a_number_are_kept_as_a_note(raw: str, note: str) -> None:
    reading = phone_numbers.read(raw)
    assert [number.e164 for number in reading.numbers] == ["+84912000345"]
    assert reading.note == note


OWNERS = [
    ("vợ: 0912000345", ["vợ"]),
    ("0912000345 (chồng)", ["chồng"]),
    ("gọi nhờ trưởng thôn 0912000345", ["trưởng thôn"]),
    ("con trai - 0912 000 345", ["con trai"]),
    ("0912000345 của mẹ", ["mẹ"]),
    ("dùng chung với bố 0912000345", ["bố"]),
    ("anh Páo hàng xóm: 0912000345", ["anh Páo hàng xóm"]),
    ("chồng 0912000345 / vợ 0987000321", ["chồng", "vợ"]),
    ("0912000345, con gái 0987000321", ["", "con gái"]),
    ("0912000345(vợ)0987000321(chồng)", ["vợ", "chồng"]),
    ("0912000345 (zalo)", [""]),
    ("ĐT: 0912000345", [""]),
    ("DĐ 0912000345 Viettel", [""]),
    ("0912000345 (có zalo)", [""]),  # có, not cô
    ("0912000345 (để bàn)", [""]),  # bàn, not bạn
]


@pytest.mark.parametrize(("raw", "owners"), OWNERS)
def test_whose_number_it_is_is_told_from_what_it_is(raw: str, owners: list[str]) -> None:
    assert [number.owner for number in phone_numbers.read(raw).numbers] == owners


LETTERS = [
    pytest.param(
        "O912345678", ["+84912345678"], (), ("letter_in_number O=0",), id="one O: accepted, and said"
    ),
    pytest.param("09l5000467", ["+84915000467"], (), ("letter_in_number l=1",), id="one l"),
    pytest.param(
        "0986 OOO 487", [], ("+84986000487",), (), id="three letters: a stranger on a keypad, so only offered"
    ),
    pytest.param("09B2000282", [], ("+84982000282",), (), id="B may be 8: offered"),
    pytest.param("0912xxx345", [], (), (), id="x stands for nothing"),
]


@pytest.mark.parametrize(("raw", "stored", "offered", "changes"), LETTERS)
def test_letters_among_digits(
    raw: str, stored: list[str], offered: tuple[str, ...], changes: tuple[str, ...]
) -> None:
    reading = phone_numbers.read(raw)
    assert [number.e164 for number in reading.numbers] == stored
    assert (reading.offer, reading.changes) == (offered, changes)
    assert "letter_in_number" in reading.remarks


REFUSED = [
    pytest.param(None, "no_phone", id="empty"),
    pytest.param(float("nan"), "no_phone", id="an empty cell of a table"),
    pytest.param(" ", "no_phone", id="a blank"),
    pytest.param("-", "no_phone", id="a dash"),
    pytest.param("không có", "no_phone", id="says so"),
    pytest.param("chưa có ĐT", "no_phone", id="says so, shorter"),
    pytest.param("không rõ", "not_a_number", id="not known is not none"),
    pytest.param("???", "not_a_number", id="question marks"),
    pytest.param("hỏi trưởng thôn", "not_a_number", id="words"),
    pytest.param(True, "not_a_number", id="a logical cell"),
    pytest.param("9.12E+08", "damaged_scientific", id="digits are gone"),
    pytest.param("9,87E+08", "damaged_scientific", id="digits are gone, comma"),
    pytest.param("9.12E+008", "damaged_scientific", id="as another spreadsheet writes it"),
    pytest.param("'8.49E+10", "damaged_scientific", id="with the country's code"),
    pytest.param("không sử dụng", "no_phone", id="says so in another way"),
    pytest.param("9.12345678E8", "damaged_scientific", id="whole, but a person decides"),
    pytest.param("113", "special_number", id="police"),
    pytest.param(113, "special_number", id="police as a number"),
    pytest.param("1800 1234", "special_number", id="toll-free"),
    pytest.param("1900 123456", "special_number", id="premium"),
    pytest.param(
        "+84 1900 123456", "special_number", id="premium with a country code: valid for the library"
    ),
    pytest.param("0912 000 34", "too_short", id="a digit missing"),
    pytest.param("016900034", "too_short", id="an old number, two missing"),
    pytest.param("0912 000 3456 7", "too_long", id="digits too many"),
    pytest.param("09870001234", "too_long", id="eleven digits, no old prefix"),
    pytest.param("0121312345", "not_a_number", id="ten digits, 012: valid for the library"),
    pytest.param("0140123456", "not_a_number", id="014: machines"),
    pytest.param("0160123456", "not_a_number", id="016: machines"),
    pytest.param("0712000345", "not_a_number", id="a prefix nobody was given"),
    pytest.param("+86 138 0013 8000", "not_a_number", id="China"),
    pytest.param("0086 13800138000", "not_a_number", id="China with 00"),
    pytest.param("002123000123", "not_a_number", id="an identity number"),
    pytest.param("9" * 1_000_000, "not_a_number", id="a megabyte"),
]


@pytest.mark.parametrize(("raw", "problem"), REFUSED)
def test_what_is_no_usable_number_says_why(raw: object, problem: str) -> None:
    reading = phone_numbers.read(raw)
    assert (reading.numbers, reading.kind, reading.problem) == ((), None, problem)


def test_a_possible_number_with_a_new_prefix_is_offered_not_dropped() -> None:
    assert phone_numbers.read("0712000345").offer == ("+84712000345",)


def test_a_scientific_number_with_all_digits_is_offered() -> None:
    assert phone_numbers.read("9.12345678E8").offer == ("+84912345678",)
    assert phone_numbers.read("9.12E+08").offer == ()


def test_nine_digits_from_84_are_a_number_with_a_warning() -> None:
    reading = phone_numbers.read("849123456")
    assert [number.e164 for number in reading.numbers] == ["+84849123456"]
    assert reading.remarks == ("may_be_a_cut_84",)


def test_a_decimal_ending_is_taken_off_and_said() -> None:
    reading = phone_numbers.read("912345678.0")
    assert ([number.e164 for number in reading.numbers], reading.changes) == (
        ["+84912345678"],
        ("decimal_removed",),
    )


@pytest.mark.parametrize("raw", ["0219 387 1234", "02193.871.234", 2193871234, "+842193871234"])
def test_a_landline_is_kept_for_calls(raw: object) -> None:
    reading = phone_numbers.read(raw)
    assert [(number.e164, number.kind) for number in reading.numbers] == [("+842193871234", "landline")]
    assert (reading.kind, reading.problem, reading.remarks) == ("landline", None, ("landline",))


SHOWN = [
    pytest.param("+84912345678", "0912 345 678", "0912 *** 678", id="mobile"),
    pytest.param("+842193871234", "0219 387 1234", "0219 *** 1234", id="landline"),
    pytest.param("+842438251234", "024 3825 1234", "024 *** 1234", id="Hà Nội"),
    pytest.param("+8613800138000", "+8613800138000", "+861 *** 00", id="another country"),
]


@pytest.mark.parametrize(("e164", "shown", "masked"), SHOWN)
def test_numbers_on_screen(e164: str, shown: str, masked: str) -> None:
    assert (phone_numbers.shown(e164), phone_numbers.masked(e164)) == (shown, masked)


def test_json_has_the_promised_keys() -> None:
    line = phone_numbers.as_json(phone_numbers.read("01691234567"))
    assert {key: line[key] for key in ("raw", "e164", "kind", "changes", "problem")} == {
        "raw": "01691234567",
        "e164": ["+84391234567"],
        "kind": "mobile",
        "changes": ["old_number_converted 0169-039"],
        "problem": None,
    }


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="0123456789OIl +-./,;()eE\nvợ", max_size=40))
def test_whatever_is_typed_only_callable_numbers_of_vietnam_come_out(raw: str) -> None:
    for number in phone_numbers.read(raw).numbers:
        national = number.e164.removeprefix("+84")
        assert (number.kind == "mobile" and len(national) == 9 and national[0] in "35789") or (
            number.kind == "landline" and len(national) == 10 and national[0] == "2"
        )


@settings(max_examples=100, deadline=None)
@given(st.one_of(st.text(max_size=60), st.floats(), st.integers(), st.booleans(), st.none(), st.dates()))
def test_reading_never_raises_and_always_explains(raw: object) -> None:
    reading = phone_numbers.read(raw)
    assert reading.numbers or reading.problem


@settings(max_examples=500, deadline=None)
@given(st.from_regex(r"[35789][0-9]{8}|2[0-9]{9}", fullmatch=True))
def test_a_block_tells_what_each_of_its_numbers_is(national: str) -> None:
    kind = phonenumbers.number_type(PhoneNumber(country_code=84, national_number=int(national)))
    callable_ = {PhoneNumberType.MOBILE: "mobile", PhoneNumberType.FIXED_LINE: "landline"}
    assert phone_digits.judge(f"0{national}").kind == callable_.get(kind)
