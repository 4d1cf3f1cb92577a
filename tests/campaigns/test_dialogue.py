"""What a call says after each key: kind to whoever errs, and always with an end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.campaigns import dialogue, voice_notices
from service.campaigns.dialogue import LANGUAGE, MENU, MOST_ROUNDS, MOST_WHO, WHO, Asked, Words
from service.carriers import speech
from service.carriers.speech import Ask, Connect, HangUp, Play, Say, Script

VALUES = {"van_phong": "Phòng Văn hóa xã Sơn Vĩ", "duong_day_nong": "0219 387 1234"}
NOTICE = voice_notices.read("recruit_in_province")
SAID = dialogue.words(
    "Đây là cuộc gọi tự động. Xin gặp anh Páo.\nCó việc làm cho anh Páo.", dialogue.frozen(NOTICE, VALUES)
)


MENU_SAID = [SAID.prompts[name] for name in SAID.menu]


def spoken(script: Script) -> list[str]:
    """All that is said, in its order."""
    steps = [inner for step in script for inner in (step.steps if isinstance(step, Ask) else (step,))]
    return [step.text for step in steps if isinstance(step, Say)]


# Of a phone that three share of whom nobody knows which language they speak, while the office is open.
MONG = "https://here/recordings/hmn.wav"
ASKING = SAID._replace(
    languages={"vi": None, "dao": None, "hmn": MONG}, people=("anh Páo", "chị Mỷ", "ông Sùng"), officer="+84219387123"
)  # fmt: skip
MOST_QUESTIONS = 1 + MOST_ROUNDS + MOST_WHO


def asked_by(question: Ask) -> Asked:
    """What the address says to which the keys go."""
    query = dict(part.split("=") for part in question.path.partition("?")[2].split("&"))
    return Asked(query.get("ask", MENU), int(query["rounds"]))


def test_the_office_comes_first_and_the_notice_is_said_twice() -> None:
    script = dialogue.begin(SAID, "TOKEN")
    speech.check(script)
    said = spoken(script)
    assert said[0] == "Đây là cuộc gọi tự động. Xin gặp anh Páo."
    assert said.count("Có việc làm cho anh Páo.") == 2
    assert [sentence for sentence in said if "bấm phím" in sentence] == MENU_SAID
    question = script[0]
    assert isinstance(question, Ask)
    assert (question.path, set(question.keys), question.digits) == ("key/TOKEN?rounds=1", set("1290"), 1)


@pytest.mark.parametrize(
    ("keys", "rounds", "prompt", "asks_again"),
    [
        pytest.param("1", 1, "goodbye_interested", False, id="wants to go"),
        pytest.param("9", 1, "goodbye_stop", False, id="no more messages"),
        pytest.param("0", 2, "goodbye_officer", False, id="to the officer"),
        pytest.param("1", MOST_ROUNDS, "goodbye_interested", False, id="wants to go at the last moment"),
        pytest.param("7", 1, "wrong_key", True, id="a key that means nothing"),
        pytest.param("#", 2, "wrong_key", True, id="#"),
        pytest.param("19", 1, "wrong_key", True, id="two keys at once"),
        pytest.param("1" * 20, 1, "wrong_key", True, id="a child on the keypad"),
        pytest.param("", 1, "silence", True, id="silence"),
        pytest.param("", MOST_ROUNDS, "goodbye_nothing", False, id="silence again and again"),
        pytest.param("7", MOST_ROUNDS, "goodbye_nothing", False, id="wrong keys again and again"),
        pytest.param("2", MOST_ROUNDS, "goodbye_nothing", False, id="hears it for the fourth time"),
    ],
)
def test_what_follows_a_key(keys: str, rounds: int, prompt: str, asks_again: bool) -> None:
    script = dialogue.go_on(SAID, "TOKEN", keys, Asked(MENU, rounds))
    speech.check(script)
    assert spoken(script)[0] == SAID.prompts[prompt]
    assert isinstance(script[0], Ask) is asks_again
    if asks_again:
        assert script[0].path == f"key/TOKEN?rounds={rounds + 1}"  # type: ignore[union-attr]


def test_whoever_wants_to_hear_it_again_hears_the_notice_and_the_menu() -> None:
    said = spoken(dialogue.go_on(SAID, "TOKEN", "2", Asked(MENU, 1)))
    assert said[0] == "Có việc làm cho anh Páo."
    assert said[1 : 1 + len(MENU_SAID)] == MENU_SAID


def test_what_was_recorded_is_played_and_the_rest_is_said() -> None:
    sounds = {
        "notice": "https://here/recordings/n.wav",
        "goodbye_interested": "https://here/recordings/g.wav",
    }
    said = SAID._replace(sounds=sounds)
    question = dialogue.begin(said, "T")[0]
    assert isinstance(question, Ask)
    assert [step.address for step in question.steps if isinstance(step, Play)] == [sounds["notice"]] * 2
    assert spoken(dialogue.begin(said, "T"))[0] == SAID.opening
    assert dialogue.go_on(said, "T", "1", Asked(MENU, 1)) == (Play(sounds["goodbye_interested"]), HangUp())


@given(st.lists(st.text("0123456789*#", max_size=20), max_size=12))
def test_every_call_comes_to_an_end(presses: list[str]) -> None:
    """Whatever is pressed, a call that goes on asking ends after a few rounds."""
    script, questions = dialogue.begin(ASKING, "T"), 0
    for keys in [*presses, *[""] * MOST_QUESTIONS]:
        speech.check(script)
        if not isinstance(script[0], Ask):
            break
        questions += 1
        script = dialogue.go_on(ASKING, "T", keys, asked_by(script[0]))
    assert questions <= MOST_QUESTIONS
    assert isinstance(script[-1], HangUp | Connect)


def test_a_call_that_nothing_is_known_of_is_ended_politely() -> None:
    script = dialogue.alone("stopped", VALUES)
    speech.check(script)
    assert "đã dừng" in spoken(script)[0]


def test_words_are_kept_as_plain_json() -> None:
    kept = dialogue.frozen(NOTICE, VALUES)
    assert isinstance(kept["prompts"], dict)
    assert not any(char.isdigit() for sentence in kept["prompts"].values() for char in sentence)
    assert isinstance(dialogue.words("a\nb", kept), Words)


def test_a_household_of_which_nobody_knows_the_language_is_asked_first() -> None:
    script = dialogue.begin(ASKING, "T")
    speech.check(script)
    question = script[0]
    assert isinstance(question, Ask)
    assert (asked_by(question), question.keys) == (Asked(LANGUAGE, 1), "124")
    assert question.steps[0] == Say(SAID.opening)
    assert question.steps[2:] == (
        Play(MONG),  # as a speaker of it says it
        Say("Tiếng Việt, bấm phím hai."),
        Say("Tiếng Dao, bấm phím bốn."),
    )


@pytest.mark.parametrize(
    ("keys", "language"), [("1", "hmn"), ("2", "vi"), ("4", "dao"), ("3", None), ("", None), ("12", None)]
)
def test_a_key_chooses_a_language_that_was_offered(keys: str, language: str | None) -> None:
    assert dialogue.language_of(ASKING, keys) == language
    said = spoken(dialogue.go_on(ASKING, "T", keys, Asked(LANGUAGE, 1)))
    assert said[0] == "Có việc làm cho anh Páo."  # who calls was said before


def test_who_chose_a_language_hears_again_who_calls_where_that_is_recorded() -> None:
    chosen = ASKING._replace(languages={}, sounds={"opening": "https://here/recordings/o.wav"})
    question = dialogue.go_on(chosen, "T", "1", Asked(LANGUAGE, 1))[0]
    assert isinstance(question, Ask)
    assert question.steps[0] == Play("https://here/recordings/o.wav")


def test_where_several_share_the_phone_a_yes_is_followed_by_who() -> None:
    question = dialogue.go_on(ASKING, "T", "1", Asked(MENU, 2))[0]
    assert isinstance(question, Ask)
    assert (asked_by(question), question.keys) == (Asked(WHO, 1), "123")
    assert spoken((question,)) == [
        SAID.prompts["who_question"], "anh Páo, bấm phím một.", "chị Mỷ, bấm phím hai.", "ông Sùng, bấm phím ba.",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("keys", "rounds", "first"),
    [
        pytest.param("2", 1, "goodbye_interested", id="one of them"),
        pytest.param("4", 1, "wrong_key", id="nobody's key"),
        pytest.param("", 1, "silence", id="silence"),
        pytest.param("", MOST_WHO, "goodbye_interested", id="silence again: the officer asks"),
        pytest.param("9", MOST_WHO, "goodbye_interested", id="a wrong key again"),
    ],
)
def test_what_follows_the_question_who(keys: str, rounds: int, first: str) -> None:
    script = dialogue.go_on(ASKING, "T", keys, Asked(WHO, rounds))
    speech.check(script)
    assert spoken(script)[0] == SAID.prompts[first]


@pytest.mark.parametrize(("keys", "place"), [("1", 0), ("3", 2), ("4", None), ("0", None), ("", None)])
def test_a_key_chooses_a_person(keys: str, place: int | None) -> None:
    assert dialogue.person_of(ASKING, keys) == place


def test_key_0_connects_while_the_office_is_open() -> None:
    script = dialogue.go_on(ASKING, "T", "0", Asked(MENU, 1))
    speech.check(script)
    assert script == (Say(SAID.prompts["connecting"]), Connect("+84219387123", "connection/T"))
    assert spoken(dialogue.after_connection(ASKING))[0] == SAID.prompts["goodbye_officer"]
