"""Villagers and calls: how they behave when called, and what happens when they call us."""

from __future__ import annotations

import json

import pytest
from twilio.request_validator import RequestValidator

from village.behaviour import Habits
from village.call_habits import KINDS, SHARES

TOKEN = "0123456789abcdef0123456789abcdef"
OFFICE = "+84219000000"
VOICE_PATH = "/hooks/twilio/voice/in"
VOICE_STATUS_PATH = "/hooks/twilio/status/in"
MENU = "<Gather numDigits='1'><Say>Bam mot, hai, chin hoac khong</Say></Gather>"


@pytest.fixture
def menu(receiver):
    """What our voice address answers to villagers who call."""

    def answer(twiml):
        receiver.bodies[VOICE_PATH] = f"<Response>{twiml}</Response>"

    yield answer
    receiver.bodies.pop(VOICE_PATH, None)


def of_caller(receiver, path, phone):
    return [post for post in receiver.at(path) if post.fields["From"] == phone]


def keys_of(village, phone):
    return [line["body"] for line in village.lines("/answers") if line["from"] == phone]


PRESSING = [
    # behaviour, what our web server gets, question by question
    ("listens", [None]),
    ("presses_1", [None, "1"]),
    ("presses_9", [None, "9"]),
    ("presses_0", [None, "0"]),
    ("presses_2_then_1", [None, "2", "1"]),
    ("presses_nonsense", [None, "7", "*", "8"]),
    ("presses_many", [None, "1", "5", "1"]),
    ("machine", [None]),
]


@pytest.mark.parametrize(("behaviour", "digits"), PRESSING)
def test_each_kind_presses_its_keys_question_by_question(
    village, receiver, number, document, behaviour, digits
):
    to, (url, path) = number(), document(MENU)
    village.behave(call_phones={to: behaviour})
    story = village.story(village.call(to, url).sid)
    assert [request.fields.get("Digits") for request in receiver.at(path)] == digits
    assert set(keys_of(village, to)) >= {digit for digit in digits if digit}
    assert story["status"] == "completed"


def test_who_wants_to_press_does_it_while_there_is_time(village, number):
    twiml = "<Gather numDigits='1' timeout='1' action='http://127.0.0.1:9/'/>"
    for _ in range(5):
        to = number()
        village.behave(call_phones={to: "presses_1"})
        assert village.story(village.say(to, twiml).sid)["keys"] == "1"


def test_the_shares_in_force_add_up_and_are_followed():
    assert sum(SHARES.values()) == pytest.approx(1)
    assert set(SHARES) <= set(KINDS)
    habits = Habits(1)
    phones = [f"+84912{n:06d}" for n in range(4000)]
    kinds = [habits.calls.of(phone) for phone in phones]
    for name, share in SHARES.items():
        assert kinds.count(KINDS[name]) / len(phones) == pytest.approx(share, abs=0.02)
    assert kinds == [Habits(1).calls.of(phone) for phone in phones]
    assert kinds != [Habits(2).calls.of(phone) for phone in phones]


def test_the_clock_of_a_call_runs_faster_than_that_on_the_wall(village, number):
    village.behave(call_speed=1000)
    story = village.story(village.say(number(), "<Pause length='600'/>").sid, seconds=3)
    assert story["duration"] == 600


WRONG = [
    ({"call_phones": {"+84912000345": "sings"}}, "is not a behaviour"),
    ({"call_phones": {"+84912000345": {"keys": ["a"]}}}, "keys must be"),
    ({"call_phones": {"+84912000345": {"outcome": "lost"}}}, "outcome must be"),
    ({"call_phones": {"+84912000345": {"machine": 1}}}, "machine must be true or false"),
    ({"call_phones": {"+84912000345": {"after": -1}}}, "after must be a number"),
    ({"call_phones": {"x": "busy"}}, "not a telephone number"),
    ({"call_shares": {"busy": 0.6, "off": 0.6}}, "add up"),
    ({"call_shares": {"answers_1": 1}}, "is not a behaviour"),
    ({"call_speed": 0}, "call_speed must be"),
]


@pytest.mark.parametrize(("wish", "words"), WRONG)
def test_a_wrong_wish_is_refused_and_changes_nothing(village, wish, words):
    before = village.get("/behaviour")
    status, text = village.post("/behaviour", json.dumps(wish | {"answer_seconds": 77}).encode())
    assert status == 400
    assert words in json.loads(text)["problem"]
    assert village.get("/behaviour") == before


def test_behaviours_of_calls_are_told_and_taken_back(village, number):
    to = number()
    village.behave(call_phones={to: {"keys": ["2", "1"], "after": 3}})
    assert json.loads(village.get("/behaviour"))["call_phones"][to] == {"keys": ["2", "1"], "after": 3.0}
    village.behave(call_phones={to: None})
    assert to not in json.loads(village.get("/behaviour"))["call_phones"]


def test_a_villager_calls_and_our_document_is_followed(village, receiver, number, menu):
    phone = number()
    menu(MENU + "<Say>Tam biet</Say>")
    call = village.tell("/calls", **{"from": phone, "hangs_up": 60})
    story = village.story(call["sid"])
    (request,) = of_caller(receiver, VOICE_PATH, phone)
    assert RequestValidator(TOKEN).validate(receiver.url + VOICE_PATH, request.fields, request.signature)
    expected = {"From": phone, "To": OFFICE, "Direction": "inbound", "CallStatus": "ringing"}
    assert expected.items() <= request.fields.items()
    assert [one["text"] for one in story["heard"]] == ["Bam mot, hai, chin hoac khong", "Tam biet"]
    assert (story["direction"], story["status"]) == ("inbound", "completed")
    village.until(lambda: of_caller(receiver, VOICE_STATUS_PATH, phone))
    (told,) = of_caller(receiver, VOICE_STATUS_PATH, phone)
    assert (told.fields["CallStatus"], told.fields["CallSid"]) == ("completed", call["sid"])
    assert village.log_of(OFFICE) == []  # the log is what we ordered
    (listed,) = village.client.calls.list(from_=phone)
    assert (listed.sid, listed.direction) == (call["sid"], "inbound")


def test_a_villager_who_calls_can_press_keys(village, receiver, number, menu):
    phone = number()
    menu(MENU)
    village.story(village.tell("/calls", **{"from": phone, "keys": ["1", "9"]})["sid"])
    digits = [request.fields.get("Digits") for request in of_caller(receiver, VOICE_PATH, phone)]
    assert digits == [None, "1", "9"]
    assert keys_of(village, phone) == ["1", "9"]


REJECTIONS = [
    ("<Reject/>", "no-answer"),
    ("<Reject reason='rejected'/>", "no-answer"),
    ("<Reject reason='busy'/>", "busy"),
    ("<Say>Alo</Say><Reject/>", "completed"),
]


@pytest.mark.parametrize(("twiml", "status"), REJECTIONS)
def test_a_missed_call_is_rejected_and_costs_the_caller_nothing(
    village, receiver, number, menu, twiml, status
):
    phone = number()
    menu(twiml)
    story = village.story(village.tell("/calls", **{"from": phone})["sid"])
    assert story["status"] == status
    assert (story["duration"] == 0) == (status != "completed")
    village.until(lambda: of_caller(receiver, VOICE_STATUS_PATH, phone))
    assert [post.fields["CallStatus"] for post in of_caller(receiver, VOICE_STATUS_PATH, phone)] == [status]


def test_who_is_in_a_call_cannot_make_another(village, number, menu):
    phone = number()
    menu("<Pause length='600'/>")
    village.behave(call_speed=10)
    call = village.tell("/calls", **{"from": phone})
    village.until(
        lambda: [
            one for one in village.stories() if one["sid"] == call["sid"] and one["status"] == "in-progress"
        ]
    )
    status, text = village.post("/calls", json.dumps({"from": phone}).encode())
    assert (status, "in a call already" in text) == (400, True)
    village.tell(f"/calls/{call['sid']}", do="hang_up")
    assert village.story(call["sid"])["status"] == "completed"


def test_nobody_can_call_a_village_without_a_voice_address(new_village):
    with new_village("http://127.0.0.1:9/") as village:
        status, text = village.post("/calls", b'{"from": "+84912000345"}')
        assert (status, "VILLAGE_VOICE_URL" in text) == (400, True)
        assert "Gọi đi" not in village.get("/?to=0912000345")


WRONG_DEEDS = [b"[]", b"{}", b'{"do": "sing"}', b'{"keys": "x"}', b'{"keys": 1}', b"nonsense"]


def test_a_judge_presses_keys_and_hangs_up(village, number):
    to = number()
    village.behave(call_phones={to: "by_hand"}, hand_speed=1)
    call = village.say(to, "<Gather numDigits='2'><Pause length='600'/></Gather>")
    village.until(lambda: call.fetch().status == "ringing")
    status, _ = village.post(f"/calls/{call.sid}", b'{"keys": "1"}')
    assert status == 400  # it only rings
    village.tell(f"/calls/{call.sid}", do="pick_up")
    village.until(lambda: call.fetch().status == "in-progress")
    for wrong in WRONG_DEEDS:
        assert village.post(f"/calls/{call.sid}", wrong)[0] == 400
    village.tell(f"/calls/{call.sid}", keys="7")
    village.tell(f"/calls/{call.sid}", do="hang_up")
    assert village.story(call.sid)["keys"] == "7"
    (key,) = [line for line in village.lines("/answers") if line["from"] == to]
    assert (key["typed"], key["hook"]) == (True, "ignored")  # one of two: it was never sent
    assert village.post("/calls/CA0", b'{"keys": "1"}')[0] == 404


def test_pages_from_elsewhere_cannot_play_with_calls(village, number, menu):
    phone = number()
    for path, body in ((f"/phones/{phone}/call", b""), ("/calls", json.dumps({"from": phone}).encode())):
        assert village.post(path, body, Origin="http://evil.example")[0] == 403
    assert [story for story in village.stories() if story["from"] == phone] == []
