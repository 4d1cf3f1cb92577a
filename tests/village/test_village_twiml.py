"""Calls follow TwiML: what the phone hears, which keys come back, and what wrong documents lead to."""

from __future__ import annotations

import pytest
from twilio.request_validator import RequestValidator

TOKEN = "0123456789abcdef0123456789abcdef"
OFFICE = "+84219000000"
SORRY = "We are sorry, an application error has occurred. Goodbye."


def heard(story):
    return [one["text"] for one in story["heard"]]


def codes(story):
    return [one["code"] for one in story["problems"]]


def test_the_address_of_a_call_is_asked_signed_once_it_is_answered(village, receiver, number, document):
    to, (url, path) = number(), document("")
    twiml = "<Say language='vi-VN' voice='Google.vi-VN-Wavenet-A'>Có việc làm &amp; nhà ở</Say>"
    receiver.bodies[f"{path}?m=7"] = f"<Response>{twiml}</Response>"
    call = village.call(to, url + "?m=7#rc=2")
    (said,) = village.story(call.sid)["heard"]
    (post,) = receiver.at(f"{path}?m=7")
    assert RequestValidator(TOKEN).validate(f"{url}?m=7", post.fields, post.signature)
    expected = {"CallSid": call.sid, "CallStatus": "in-progress", "To": to, "From": OFFICE, "Called": to}
    assert expected.items() <= post.fields.items()
    assert (said["verb"], said["text"]) == ("Say", "Có việc làm & nhà ở")
    assert (said["language"], said["voice"]) == ("vi-VN", "Google.vi-VN-Wavenet-A")


def test_a_script_can_be_asked_for_as_a_signed_get(village, receiver, number, document):
    url, path = document("<Say>Xin chao</Say>")
    story = village.story(village.call(number(), url, method="GET").sid)
    assert heard(story) == ["Xin chao"]
    (post,) = [post for post in receiver.posts if post.path.startswith(path)]
    assert (post.method, post.fields["CallSid"]) == ("GET", story["sid"])
    assert RequestValidator(TOKEN).validate(receiver.url + post.path, {}, post.signature)


def test_verbs_follow_one_another_and_their_time_counts(village, number):
    twiml = (
        "<Say loop='2'>0123456789012</Say><Pause length='7'/><Say>Het</Say><Hangup/><Say>Khong bao gio</Say>"
    )
    story = village.story(village.say(number(), twiml).sid)
    assert heard(story) == ["0123456789012", "Het"]
    assert story["duration"] == 2 * 1 + 7 + 1
    assert [one["second"] for one in story["heard"]] == [0.0, 9.0]


def test_a_pressed_key_comes_with_the_action_and_in_the_ledger(village, receiver, number, document):
    to, (action, path) = number(), document("<Say>Cam on</Say>")
    village.behave(call_phones={to: {"keys": "1", "after": 3}})
    twiml = f"<Gather numDigits='1' action='{action}'><Say>{'Co viec lam. ' * 20}</Say></Gather><Say>Khong bam</Say>"
    story = village.story(village.say(to, twiml).sid)
    (post,) = receiver.at(path)
    assert (post.fields["Digits"], post.fields["CallSid"]) == ("1", story["sid"])
    assert RequestValidator(TOKEN).validate(action, post.fields, post.signature)
    assert heard(story)[1:] == ["Cam on"]
    assert 4 <= story["duration"] <= 6  # the key broke off what was being said
    (key,) = [line for line in village.lines("/answers") if line["from"] == to]
    assert key == {
        "kind": "key",
        "at": key["at"],
        "sid": story["sid"],
        "from": to,
        "to": OFFICE,
        "body": "1",
        "answers": story["sid"],
        "typed": False,
        "hook": "received",
        "tries": 1,
        "second": 3.0,
    }


def test_a_key_whose_action_fails_is_told_as_failed(village, receiver, number, document):
    to, (action, path) = number(), document("")
    receiver.answers[path] = [500]
    village.behave(call_phones={to: "presses_9"})
    village.story(village.say(to, f"<Gather numDigits='1' action='{action}'/>").sid)
    (key,) = [line for line in village.lines("/answers") if line["from"] == to]
    assert (key["body"], key["hook"]) == ("9", "failed")


GATHERS = [
    # attributes, keys, digits that the action gets (None: it is not asked)
    ("numDigits='1'", "", None),
    ("numDigits='1' actionOnEmptyResult='true'", "", ""),
    ("numDigits='1'", "777", "7"),
    ("numDigits='2'", "777", "77"),
    ("", "123#", "123"),
    ("", "12", "12"),  # after the silence of its timeout
    ("finishOnKey='*'", "1#2*", "1#2"),
    ("finishOnKey=''  numDigits='3'", "1#*", "1#*"),
    ("", "#", None),  # the finishing key alone is nothing
    ("input='dtmf speech' numDigits='1'", "0", "0"),
    ("input='speech'", "1", None),
    ("timeout='2'", "", None),
]


@pytest.mark.parametrize(("attributes", "keys", "digits"), GATHERS)
def test_keys_are_gathered_as_asked(village, receiver, number, document, attributes, keys, digits):
    to, (action, path) = number(), document("<Say>Sau khi bam</Say>")
    village.behave(call_phones={to: {"keys": keys, "after": 1}})
    twiml = f"<Gather {attributes} action='{action}'><Say>Bam di</Say><Pause/></Gather><Say>Khong bam</Say>"
    story = village.story(village.say(to, twiml).sid)
    assert [post.fields["Digits"] for post in receiver.at(path)] == ([] if digits is None else [digits])
    assert heard(story)[-1] == ("Khong bam" if digits is None else "Sau khi bam")


def test_without_an_action_the_document_itself_is_asked_again(village, receiver, number, document):
    to, (url, path) = number(), document("<Gather numDigits='1'><Say>Hai la nghe lai</Say></Gather>")
    village.behave(call_phones={to: "presses_2_then_1"})
    story = village.story(village.call(to, url).sid)
    assert [post.fields.get("Digits") for post in receiver.at(path)] == [None, "2", "1"]
    assert heard(story) == ["Hai la nghe lai"] * 3
    assert story["keys"] == "21"


def test_addresses_are_relative_to_the_document(village, receiver, number, document):
    url, path = document("<Redirect method='GET'>next?a=1</Redirect>")
    there = path.rsplit("/", 1)[0] + "/next"
    receiver.bodies[there] = "<Response><Say>Toi day</Say></Response>"
    assert heard(village.story(village.call(number(), url).sid)) == ["Toi day"]


def test_a_document_that_redirects_to_itself_ends(village, receiver, number, document):
    url, path = document("<Redirect/>")
    story = village.story(village.call(number(), url).sid, seconds=20)
    assert codes(story) == [11215]
    assert len(receiver.at(path)) == 50


WRONG = [
    # document, code
    ("<Response><Say>chua xong", 12100),
    ("<Nothing/>", 12100),
    ("Xin chao", 12100),
    ('<!DOCTYPE r [<!ENTITY a "aaaa">]><Response><Say>&a;</Say></Response>', 12100),
    ("<Response><Sing/></Response>", 12200),
    ("<Response><say>nho</say></Response>", 12200),
    ("<Response><Say tone='high'>x</Say></Response>", 12200),
    ("<Response><Gather><Hangup/></Gather></Response>", 12200),
    ("<Response><Gather numDigits='many'/></Response>", 12200),
    ("<Response><Gather finishOnKey='12'/></Response>", 12200),
    ("<Response><Pause length='-1'/></Response>", 12200),
    ("<Response><Redirect method='PUT'/></Response>", 12200),
    ("<Response><Dial><Number>+84912000001</Number><Number>+84912000002</Number></Dial></Response>", 12200),
    ("<Response><Dial>nobody</Dial></Response>", 13223),
    ("<Response><Say> </Say></Response>", 13520),
    ("<Response><Play>relative.wav</Play></Response>", 11100),  # TwiML without an address has no beginning
]


@pytest.mark.parametrize(("text", "code"), WRONG)
def test_a_wrong_document_ends_the_call_with_twilios_code(village, number, text, code):
    call = village.client.calls.create(to=number(), from_=OFFICE, twiml=text)
    story = village.story(call.sid)
    assert codes(story) == [code]
    assert heard(story) == [SORRY]
    assert story["status"] == "completed"


def test_a_server_that_fails_leads_to_the_fallback(village, receiver, number, document):
    (url, path), (fallback, fallback_path) = (
        document("<Say>Chua bao gio</Say>"),
        document("<Say>Xin loi</Say>"),
    )
    receiver.answers[path] = [500]
    story = village.story(village.call(number(), url, fallback_url=fallback).sid)
    assert (codes(story), heard(story)) == ([11200], ["Xin loi"])
    (post,) = receiver.at(fallback_path)
    assert (post.fields["ErrorCode"], post.fields["ErrorUrl"]) == ("11200", url)


def test_a_fallback_that_fails_too_ends_the_call(village, receiver, number, document):
    url, _ = document("nonsense", "application/json")
    story = village.story(village.call(number(), url, fallback_url=url + "&again").sid)
    assert codes(story) == [12300, 12100]
    assert heard(story) == [SORRY]


def test_nobody_there_is_a_connection_failure_and_late_twiml_is_none(village, receiver, number, document):
    assert codes(village.story(village.call(number(), "http://127.0.0.1:9/").sid)) == [11205]
    url, path = document("<Say>Qua muon</Say>")
    receiver.answers[path] = [1.0]
    story = village.story(village.call(number(), url + "#rt=200").sid)
    assert (codes(story), heard(story)) == ([11200], [SORRY])


def test_a_failing_document_is_asked_for_again_when_its_address_asks_for_it(
    village, receiver, number, document
):
    url, path = document("<Say>Lan thu ba</Say>")
    receiver.answers[path] = [503, 503]
    story = village.story(village.call(number(), url + "#rc=3&rp=5xx").sid)
    assert heard(story) == ["Lan thu ba"]
    assert len(receiver.at(path)) == 3


def test_plain_text_is_said(village, number, document):
    url, _ = document("Chi la chu", "text/plain")
    assert heard(village.story(village.call(number(), url).sid)) == ["Chi la chu"]
