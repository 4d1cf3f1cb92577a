"""Calls over Twilio's REST paths, their status callbacks, and the ledger that counts them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.request_validator import RequestValidator

ACCOUNT = "AC" + "0" * 31 + "7"
TOKEN = "0123456789abcdef0123456789abcdef"
OFFICE = "+84219000000"
ALL = ["initiated", "ringing", "answered", "completed"]
HELLO = "<Say>Xin chao</Say>"


def statuses(posts):
    return [post.fields["CallStatus"] for post in posts]


def test_a_created_call_has_all_that_the_sdk_reads_and_is_one_line_of_the_log(village, receiver, number):
    to = number()
    call = village.call(to, receiver.url + "/nothing", timeout=30)
    assert (call.to, call._from, call.status, call.direction) == (to, OFFICE, "queued", "outbound-api")
    assert (len(call.sid), call.sid[:2], call.account_sid) == (34, "CA", ACCOUNT)
    assert abs(call.date_created - datetime.now(UTC)) < timedelta(seconds=5)
    assert call.uri == f"/2010-04-01/Accounts/{ACCOUNT}/Calls/{call.sid}.json"
    assert (call.duration, call.answered_by, call.parent_call_sid, call.end_time) == (None,) * 4
    (line,) = village.log_of(to)
    assert line == {
        "kind": "call",
        "at": line["at"],
        "sid": call.sid,
        "to": to,
        "from": OFFICE,
        "body": "",
        "parts": 0,
        "status_callback": None,
        "validity_period": None,
        "url": receiver.url + "/nothing",
        "twiml": None,
        "timeout": 30,
        "machine_detection": None,
    }


def test_the_log_tells_messages_and_calls_in_the_order_accepted(village, number):
    to = number()
    kinds = [village.send(to).sid, village.say(to, HELLO).sid, village.send(to).sid]
    assert [line["sid"] for line in village.log_of(to)] == kinds
    assert [line["kind"] for line in village.log_of(to)] == ["sms", "call", "sms"]


REFUSED = [
    # form, HTTP status, code
    ({"to": "12345"}, 400, 21211),
    ({"to": OFFICE}, 400, 21211),  # itself
    ({"to": "+84169123456"}, 400, 21217),  # shaped like a number, but there is no such block
    ({"to": "+12025550123"}, 400, 21215),  # abroad
    ({"to": ""}, 400, 21201),
    ({"from_": ""}, 400, 21213),
    ({"from_": "+84219000001"}, 400, 21210),
    ({"url": "nowhere"}, 400, 21205),
    ({"url": ""}, 400, 21205),
    ({"fallback_url": "ftp://127.0.0.1/"}, 400, 21205),
    ({"status_callback": "nowhere"}, 400, 21609),
    ({"status_callback_event": ["initiated", "sung"]}, 400, 21626),
    ({"method": "PUT"}, 400, 21200),
    ({"status_callback_method": "PUT"}, 400, 21200),
    ({"timeout": 0}, 400, 21200),
    ({"timeout": 601}, 400, 21200),
    ({"machine_detection": "Perhaps"}, 400, 21200),
    ({"url": "", "twiml": "x" * 4001}, 400, 21200),
]


@pytest.mark.parametrize(("change", "status", "code"), REFUSED)
def test_a_wrong_request_is_refused_in_twilios_words(village, number, change, status, code):
    accepted = village.state()["accepted"]
    with pytest.raises(TwilioRestException) as refused:
        village.client.calls.create(
            **({"to": number(), "from_": OFFICE, "url": "http://127.0.0.1:9/"} | change)
        )
    assert (refused.value.status, refused.value.code) == (status, code)
    assert village.state()["accepted"] == accepted


def test_a_landline_can_be_called(village):
    assert village.say("+842193871234", HELLO).status == "queued"


def test_callbacks_come_in_order_signed_and_numbered(village, receiver, number, hook):
    to, (url, path) = number(), hook()
    call = village.say(to, HELLO, status_callback=url, status_callback_event=ALL)
    posts = receiver.wait(path, 4)
    assert statuses(posts) == ["initiated", "ringing", "in-progress", "completed"]
    assert [post.fields["SequenceNumber"] for post in posts] == ["0", "1", "2", "3"]
    for post in posts:
        assert RequestValidator(TOKEN).validate(url, post.fields, post.signature)
        expected = {"CallSid": call.sid, "To": to, "From": OFFICE, "Direction": "outbound-api"}
        assert expected.items() <= post.fields.items()
        assert post.fields["CallbackSource"] == "call-progress-events"
        assert post.fields["Timestamp"]
        assert ("CallDuration" in post.fields) == (post is posts[-1])
    duration = posts[-1].fields["CallDuration"]
    fetched = village.client.calls(call.sid).fetch()
    assert (fetched.status, fetched.duration) == ("completed", duration)
    assert int(duration) >= 1
    assert fetched.start_time <= fetched.end_time


def test_only_asked_events_are_told_by_default_the_end(village, receiver, number, hook):
    (url, path), (asking_url, asking_path) = hook(), hook()
    village.say(number(), HELLO, status_callback=url)
    events = {"status_callback": asking_url, "status_callback_event": ["ringing", "answered"]}
    village.say(number(), HELLO, **events)
    receiver.wait(path, 1)
    village.until(lambda: village.state()["idle"])
    assert statuses(receiver.at(path)) == ["completed"]
    assert statuses(receiver.at(asking_path)) == ["ringing", "in-progress"]


def test_a_callback_can_be_asked_for_as_a_signed_get(village, receiver, number, hook):
    url, path = hook()
    village.say(number(), HELLO, status_callback=url + "?x=1", status_callback_method="GET")
    village.until(lambda: [post for post in receiver.posts if post.path.startswith(f"{path}?x=1&")])
    (post,) = [post for post in receiver.posts if post.path.startswith(path)]
    assert (post.method, post.fields["CallStatus"]) == ("GET", "completed")
    assert RequestValidator(TOKEN).validate(receiver.url + post.path, {}, post.signature)


ENDS = [
    # behaviour, statuses that are told
    ("busy", ["initiated", "busy"]),
    ("off", ["initiated", "failed"]),
    ("no_answer", ["initiated", "ringing", "no-answer"]),
    ({"picks_up": 20}, ["initiated", "ringing", "no-answer"]),  # later than the Timeout of the request
    ("hangs_up", ["initiated", "ringing", "in-progress", "completed"]),
]


@pytest.mark.parametrize(("behaviour", "told"), ENDS)
def test_a_phone_decides_how_a_call_ends(village, receiver, number, hook, behaviour, told):
    to, (url, path) = number(), hook()
    village.behave(call_phones={to: behaviour})
    events = {"status_callback": url, "status_callback_event": ALL}
    call = village.say(to, "<Pause length='600'/>", timeout=10, **events)
    assert statuses(receiver.wait(path, len(told))) == told
    story = village.story(call.sid)
    assert story["status"] == told[-1]
    assert story["duration"] == (4 if behaviour == "hangs_up" else 0)


def test_a_phone_that_is_in_a_call_is_busy(village, number):
    to = number()
    village.behave(call_speed=20)
    first = village.say(to, "<Pause length='60'/>")
    village.until(lambda: first.fetch().status == "ringing")
    assert village.story(village.say(to, HELLO).sid)["status"] == "busy"
    first.update(status="completed")


@pytest.mark.parametrize(
    ("machine", "asked", "answered_by"),
    [
        (False, "Enable", "human"),
        (True, "Enable", "machine_start"),
        (True, "DetectMessageEnd", "machine_end_beep"),
        (True, None, None),
    ],
)
def test_who_has_answered_is_told_when_it_was_asked(
    village, receiver, number, hook, machine, asked, answered_by
):
    to, (url, path), (script, script_path) = number(), hook(), hook()
    village.behave(call_phones={to: {"machine": machine}})
    receiver.bodies[script_path] = f"<Response>{HELLO}</Response>"
    more = {"machine_detection": asked} if asked else {}
    call = village.call(to, script, status_callback=url, **more)
    (post,) = receiver.wait(path, 1)
    (request,) = receiver.at(script_path)
    for fields in (post.fields, request.fields):
        assert fields.get("AnsweredBy") == answered_by
    assert village.client.calls(call.sid).fetch().answered_by == answered_by


def test_a_failed_callback_is_repeated_as_its_address_asks(village, receiver, number, hook):
    url, path = hook()
    receiver.answers[path] = [500, 503, 204]
    village.say(number(), HELLO, status_callback=url + "#rc=5&rp=all")
    assert statuses(receiver.wait(path, 3)) == ["completed"] * 3


def test_idle_counts_running_calls(village, number):
    village.until(lambda: village.state()["idle"])
    before = village.state()["calls"]
    village.behave(call_speed=20)
    call = village.say(number(), "<Pause length='600'/>")
    state = village.state()
    assert (state["idle"], state["calls"]["running"]) == (False, 1)
    call.update(status="completed")
    village.until(lambda: village.state()["idle"])
    assert village.state()["calls"]["accepted"] == before["accepted"] + 1


def test_a_strangers_key_opens_nothing(village, number):
    with pytest.raises(TwilioRestException) as refused:
        village.client_for("wrong").calls.create(to=number(), from_=OFFICE, url="http://127.0.0.1:9/")
    assert (refused.value.status, refused.value.code) == (401, 20003)
