"""The reader against two piles of replies, and case by case where a mistake would hurt."""

import csv
import unicodedata
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.replies import reader
from service.text.vietnamese import strip_accents

HERE = Path(__file__).parent
PILES = ["replies_dev.csv", "replies_more.csv"]


@cache
def judged(pile: str) -> list[tuple[str, str, str]]:
    """Text, right meaning, read meaning."""
    with (HERE / pile).open(encoding="utf-8", newline="") as file:
        return [(row["text"], row["label"], reader.read(row["text"]).meaning) for row in csv.DictReader(file)]


def precision_and_recall(pile: str, meaning: str) -> tuple[float, float]:
    pairs = Counter((right == meaning, found == meaning) for _, right, found in judged(pile))
    hits = pairs[True, True]
    return hits / max(1, hits + pairs[False, True]), hits / max(1, hits + pairs[True, False])


@pytest.mark.parametrize("pile", PILES)
def test_the_reader_is_good_enough_and_says_how_good(pile: str, capsys: pytest.CaptureFixture[str]) -> None:
    figures = {meaning: precision_and_recall(pile, meaning) for meaning in reader.MEANINGS}
    right = sum(found == wanted for _, wanted, found in judged(pile)) / len(judged(pile))
    with capsys.disabled():
        print(f"\n{pile}: {len(judged(pile))} replies, {right:.1%} read right")
        for meaning, (precision, recall) in figures.items():
            print(f"  {meaning:15} precision {precision:.3f}  recall {recall:.3f}")
    assert right >= 0.92
    for meaning in (reader.INTERESTED, reader.STOP):
        assert figures[meaning][0] >= 0.95
        assert figures[meaning][1] >= 0.92


@pytest.mark.parametrize("pile", PILES)
def test_trouble_is_never_sorted_away(pile: str) -> None:
    wrong = [
        text for text, right, found in judged(pile) if right == "help" and found not in ("help", "unclear")
    ]
    assert wrong == []


CASES = [
    pytest.param("1", "interested", id="the key that was asked for"),
    pytest.param(" 01! ", "interested", id="with a zero and a sign"),
    pytest.param("có ạ", "interested", id="yes, politely"),
    pytest.param("Co. Tho Mi Lu, Sung Tra", "interested", id="yes and a name"),
    pytest.param("co vo roi khong di", "not_interested", id="co is not always yes"),
    pytest.param("khong muon di", "not_interested", id="the no takes the words of the yes"),
    pytest.param("khong ban gi, em di duoc", "interested", id="not busy is no refusal"),
    pytest.param("ngu gi ma khong di", "interested", id="a rhetorical no"),
    pytest.param("co nhung khong di", "unclear", id="yes and no"),
    pytest.param("di hay khong di", "unclear", id="cannot be decided"),
    pytest.param("di duoc khong", "question", id="khong at the end asks"),
    pytest.param("Em đi. Khi nào xe đón?", "interested", id="a clear yes beside a question"),
    pytest.param("thang sau di duoc", "question", id="later"),
    pytest.param("đừng nhắn nữa", "stop", id="stop with accents"),
    pytest.param("dung nhan nua", "stop", id="stop without"),
    pytest.param("đúng rồi em đi", "interested", id="đúng is not đừng"),
    pytest.param("em la Dung, em xin di", "interested", id="Dũng is a name"),
    pytest.param("đừng bỏ tên em, em đi", "interested", id="do not drop my name"),
    pytest.param("tc", "stop", id="the word that was offered"),
    pytest.param("T.C", "stop", id="with a full stop"),
    pytest.param("khong can, dung nhan", "stop", id="stop before no"),
    pytest.param("nham so roi dung nhan nua", "stop", id="stop before wrong number"),
    pytest.param("TC. no luong chua tra", "help", id="trouble before stop"),
    pytest.param("muốn đi nhưng đang bị giữ ở xưởng", "help", id="trouble before yes"),
    pytest.param("cong ty co no luong khong", "question", id="trouble asked about is no trouble"),
    pytest.param("khonh di", "not_interested", id="next letter on the same key"),
    pytest.param("đừg nt nx", "stop", id="short forms"),
    pytest.param("dduwngf nhawns nuwax", "stop", id="Telex keys as typed"),
    pytest.param("d9u7ng2 nha81n", "stop", id="VNI keys as typed"),
    pytest.param("khongdi", "not_interested", id="run together"),
    pytest.param("coooo", "interested", id="a long o"),
    pytest.param("0", "unclear", id="no key that was offered"),
    pytest.param("12", "unclear", id="two keys"),
    pytest.param("", "unclear", id="nothing"),
    pytest.param("👍", "unclear", id="a picture"),
    pytest.param("kuv tsis paub", "unclear", id="Mông: a person reads it"),
]


@pytest.mark.parametrize(("text", "meaning"), CASES)
def test_cases(text: str, meaning: str) -> None:
    assert reader.read(text).meaning == meaning


NOTICE = (
    "Phòng Văn hóa - Xã hội Mèo Vạc báo anh Páo: Công ty Than Mẫu tuyển 20 thợ lò, lương 15-20 triệu đồng/tháng. "
    "Muốn đi trả lời 1. Kiểm tra: mã MV24K, gọi 0219 300 0000 hoặc hỏi xã. Không nhận tin: TC"
)
QUOTED = [
    pytest.param("{} CO", "interested", id="yes behind the notice"),
    pytest.param("{}. khong di", "not_interested", id="no behind the notice"),
    pytest.param("{}\nTC", "stop", id="stop behind the notice"),
    pytest.param("{}", "unclear", id="nothing behind the notice, though it holds 1 and TC"),
    pytest.param("> {}\nco", "interested", id="marked as quoted"),
]


@pytest.mark.parametrize(("reply", "meaning"), QUOTED)
@pytest.mark.parametrize("form", ["accents", "decomposed", "plain"])
def test_our_own_notice_is_not_taken_for_the_answer(reply: str, meaning: str, form: str) -> None:
    notice = {
        "accents": NOTICE,
        "decomposed": unicodedata.normalize("NFD", NOTICE),
        "plain": strip_accents(NOTICE),
    }[form]
    assert reader.read(reply.format(notice)).meaning == meaning


@pytest.mark.parametrize("pile", PILES)
def test_decomposed_letters_read_the_same(pile: str) -> None:
    different = [
        text
        for text, _, found in judged(pile)
        if reader.read(unicodedata.normalize("NFD", text)).meaning != found
    ]
    assert different == []


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    meaning = reader.read(text)
    assert meaning.meaning in reader.MEANINGS
    assert 0 <= meaning.confidence <= 1


def test_evidence_is_the_words_that_decided() -> None:
    meaning = reader.read("e ko di dau a")
    assert (meaning.meaning, meaning.evidence) == ("not_interested", "không di")


def test_json_has_the_promised_keys() -> None:
    line = reader.as_json("1", reader.read("1"))
    assert line == {"text": "1", "meaning": "interested", "confidence": 0.99, "evidence": "1"}
