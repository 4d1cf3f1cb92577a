"""The notices and prompts in templates/voice: what is said, what each key means, how long it takes, what a bad file is told."""

from __future__ import annotations

import re

import pytest

from service.campaigns import notices, voice_notices
from service.campaigns.voice_notices import (
    KEYS,
    PROMPTS,
    VOICE_NOTICES,
    BadNotice,
    VoiceNotice,
    language_values,
    menu,
    parse,
    read,
    said,
    too_long,
)
from service.registry.people import LANGUAGES
from service.text import placeholders, spoken
from service.text.syllables import is_syllable
from service.text.vietnamese import nfc
from tests.campaigns.test_notices import USUAL

ALL = [*VOICE_NOTICES, *PROMPTS]
FILES = [(name, language) for name in ALL for language in voice_notices.languages(name)]
VALUES = {**USUAL, "ten": "Páo", "phim": "1", "tieng": "Tiếng Mông"}
LONG = {
    **VALUES,
    "doanh_nghiep": "Công ty TNHH Sản xuất Giày dép Hoa Đào",
    "viec": "công nhân may và đóng gói",
    "noi_lam": "KCN Bá Thiện, Bình Xuyên, Vĩnh Phúc",
    "luong": "8,5-11 triệu đồng/tháng",
    "xung_ho_ten": "gia đình ông Páo",
}


def filled(name: str, values: dict[str, str] = VALUES) -> str:
    return said(read(name).text.replace("____", "nhà văn hóa xã"), values)


# ---- the files


def test_the_folder_holds_every_notice_and_prompt_and_no_other() -> None:
    assert {path.name.split(".")[0] for path in voice_notices.FOLDER.iterdir()} == set(ALL)
    assert all(path.name.count(".") == 2 and path.suffix == ".txt" for path in voice_notices.FOLDER.iterdir())
    for name in ALL:
        assert voice_notices.languages(name)[0] == "vi"
        assert set(voice_notices.languages(name)) <= set(LANGUAGES)


def test_what_is_written_to_an_audience_is_said_to_it_as_well() -> None:
    assert set(VOICE_NOTICES) == set(notices.NOTICES) - {"thanks", "optout_confirmation"}


@pytest.mark.parametrize(("name", "language"), FILES)
def test_each_language_has_the_same_placeholders_blanks_and_keys(name: str, language: str) -> None:
    one, vietnamese = read(name, language), read(name)
    assert placeholders.names(one.text) == placeholders.names(vietnamese.text)
    assert one.text.count("____") == vietnamese.text.count("____")
    assert one.keys == vietnamese.keys
    assert one.used


@pytest.mark.parametrize("name", VOICE_NOTICES)
def test_what_is_said_asks_for_the_same_blanks_as_what_is_written_and_tells_no_less(name: str) -> None:
    written, spoken_ = notices.template(name), read(name).text
    assert spoken_.count("____") == written.count("____")
    # who calls is said before, in the opening
    assert placeholders.names(written) - {"van_phong"} == placeholders.names(spoken_)


@pytest.mark.parametrize("name", ALL)
def test_the_vietnamese_is_plain(name: str) -> None:
    text = read(name).text
    assert text == nfc(text)
    assert not re.search(
        r"[0-9]|[A-ZĐ]{2}|[()/&%]|\s-\s", text
    )  # nothing that a voice would have to guess at
    assert text.endswith((".", "?"))
    for sentence in re.split(r"[.?!]\s*", placeholders._PLACEHOLDER.sub("Páo", text)):
        assert len(sentence.split()) <= 20, sentence
    bare = placeholders._PLACEHOLDER.sub(" ", text)
    assert [word for word in re.findall(r"[^\W\d_]+", bare) if not is_syllable(word)] == []


@pytest.mark.parametrize("name", VOICE_NOTICES)
def test_a_notice_takes_at_most_forty_seconds(name: str) -> None:
    assert too_long(filled(name)) == 0
    assert too_long(filled(name, LONG)) == 0
    assert spoken.seconds(filled(name)) > 5


@pytest.mark.parametrize("name", ALL)
def test_a_prompt_is_said_without_a_digit_and_whole(name: str) -> None:
    text = filled(name)
    assert not re.search(r"[0-9{}_]", text)


def test_a_notice_word_for_word() -> None:
    assert filled("recruit_in_province") == (
        "Có việc làm cho anh Páo. Công ty May Hoa Đào tuyển hai mươi công nhân may. "
        "Làm tại Bình Xuyên, Vĩnh Phúc, ở trong tỉnh. Lương tám đến mười một triệu đồng một tháng. "
        "Đăng ký đến hết ngày ba mươi tháng mười một. Không phải nộp tiền cho ai. "
        "Muốn kiểm tra, xin hỏi cán bộ xã, hoặc gọi số không hai một chín, ba không không, không không không không. "
        "Mã tin là A một hai ba."
    )
    assert filled("who_person") == "Páo, bấm phím một."


# ---- what must be said


@pytest.mark.parametrize("name", ["opening", "stopped"])
def test_a_call_says_first_that_it_is_automatic_and_whose_it_is(name: str) -> None:
    assert read(name).text.startswith("Đây là cuộc gọi tự động của {van_phong}.")


def test_work_abroad_carries_the_warning_about_money() -> None:
    assert "Không nộp tiền cho bất kỳ ai trước khi ký hợp đồng." in read("recruit_abroad").text


@pytest.mark.parametrize("name", VOICE_NOTICES)
def test_every_notice_can_be_heard_again_ended_and_talked_about(name: str) -> None:
    keys = read(name).keys
    assert {"2", "9", "0"} <= set(keys)
    assert ("1" in keys) is (name not in ("place_booked", "headcount_full"))
    assert set(menu(read(name))) <= set(PROMPTS)


@pytest.mark.parametrize(("key", "meaning"), KEYS.items())
def test_the_menu_names_the_key_that_is_listened_for(key: str, meaning: str) -> None:
    prompt = read(f"key_{meaning}")
    assert prompt.keys == {key: meaning}
    assert prompt.text.endswith(f"bấm phím {spoken.number(int(key))}.")


def test_the_menu_follows_the_file() -> None:
    assert menu(read("reminder")) == ["key_interested", "key_again", "key_stop", "key_officer"]
    assert menu(read("headcount_full")) == ["key_again", "key_stop", "key_officer"]


def test_the_question_of_language_offers_each_once_by_its_key() -> None:
    keys = read("language_question").keys
    assert sorted(keys.values()) == sorted(LANGUAGES)
    offers = [said(read("language_key").text, language_values(language)) for language in keys.values()]
    assert [re.findall(r"bấm phím (\w+)\.", offer) for offer in offers] == [
        [spoken.number(int(key))] for key in keys
    ]


# ---- what is told to who writes a bad file

HEAD = b"2: again\n9: stop\n0: officer\n\n"
BAD = [
    ("headcount_full", "vi", b"", "nothing is said"),
    ("headcount_full", "vi", HEAD, "nothing is said"),
    ("headcount_full", "vi", b"Xin b\xe1o", "cannot be read as UTF-8"),
    (
        "headcount_full",
        "vi",
        "Xin báo.\nĐã đủ người.".encode(),
        "an empty line must stand before what is said",
    ),
    ("headcount_full", "vi", b"2: again\n9: stop\n\nDu.", "key 0 is missing in the head"),
    ("reminder", "vi", HEAD + b"Con cho.", "key 1 is missing in the head"),
    ("headcount_full", "vi", b"9: again\n\nDu.", "key 9 does not mean “again” here"),
    ("headcount_full", "vi", b"5: again\n\nDu.", "key 5 does not mean “again” here"),
    ("headcount_full", "vi", b"2: again\n2: stop\n\nDu.", "key 2 has two meanings"),
    ("headcount_full", "vi", HEAD + b"Chao {ten}.", "nobody fills “{ten}”"),
    ("headcount_full", "vi", HEAD + b"Chao {0.__class__}.", "nobody fills “{0.__class__}”"),
    ("headcount_full", "vi", HEAD + b"Chao {.", "nobody fills “{”"),
    ("opening", "vi", b"1: interested\n\nXin chao.", "key 1 does not mean “interested” here"),
    ("key_stop", "vi", b"# Khi nao?\n\nBam phim.", "key 9 is missing in the head"),
    ("who_question", "vi", b"1: person_1\n\nAi?", "key 2 is missing in the head"),
    ("thanks", "vi", b"", "no notice and no prompt has this name"),
    ("../sms/thanks", "vi", b"", "no notice and no prompt has this name"),
    ("opening", "en", b"", "en is none of the languages vi, hmn"),
]


@pytest.mark.parametrize(("name", "language", "source", "sentence"), BAD)
def test_a_bad_file_is_refused_in_a_sentence(name: str, language: str, source: bytes, sentence: str) -> None:
    with pytest.raises(BadNotice, match=re.escape(sentence)) as refused:
        parse(name, language, source)
    assert f"{name}.{language}.txt" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_language_without_a_file_is_said_so() -> None:
    with pytest.raises(BadNotice, match=re.escape("There is no opening.hmn.txt in templates/voice.")):
        read("opening", "hmn")


def test_a_file_from_another_machine_reads_the_same() -> None:
    source = "# Khi đủ người.\r\n2: again\r\n9:stop\r\n0 : officer\r\n\r\nXin báo.\r\n  Đã đủ.\r\n"
    assert parse("headcount_full", "hmn", b"\xef\xbb\xbf" + source.encode()) == VoiceNotice(
        "headcount_full",
        "hmn",
        "Khi đủ người.",
        {"2": "again", "9": "stop", "0": "officer"},
        "Xin báo. Đã đủ.",
    )


# ---- filling


def test_a_gap_is_found_before_anybody_hears_it() -> None:
    with pytest.raises(placeholders.MissingValues) as missing:
        said(read("reminder").text, {**VALUES, "han": " ", "luong": ""})
    assert missing.value.names == ("han", "luong")


def test_blanks_that_nobody_filled_in_are_not_said() -> None:
    with pytest.raises(BadNotice, match="not filled in yet"):
        said(read("meeting_invitation").text, VALUES)


def test_what_fills_a_placeholder_is_never_read_as_one() -> None:
    text = said("Chào {xung_ho_ten}.", {"xung_ho_ten": "{ma} <Dial> %s", "ma": "A1"})
    assert text == "Chào {ma} <Dial> %s."


@pytest.mark.parametrize(("syllables", "over"), [(1, 0), (160, 0), (161, 1), (200, 10)])
def test_by_how_much_a_notice_is_too_long(syllables: int, over: int) -> None:
    assert too_long("bản " * syllables) == over
