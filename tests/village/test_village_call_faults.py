"""Calls on bad days of the network, in lists, and when their sender changes them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
import requests
from twilio.base.exceptions import TwilioRestException

TOKEN = "0123456789abcdef0123456789abcdef"
OFFICE = "+84219000000"
ALL = ["initiated", "ringing", "answered", "completed"]
HELLO = "<Say>Xin chao</Say>"


FAULTS = [
    ("429", 429, 20429, 0),
    ("500_refused", 500, 20500, 0),
    ("500_accepted", 500, 20500, 1),
]


@pytest.mark.parametrize(("fault", "status", "code", "accepted"), FAULTS)
def test_bad_days_are_the_same_as_for_messages(village, number, fault, status, code, accepted):
    to = number()
    village.faults(**{fault: 1})
    with pytest.raises(TwilioRestException) as refused:
        village.say(to, HELLO)
    assert (refused.value.status, refused.value.code) == (status, code)
    assert len(village.log_of(to)) == len(village.client.calls.list(to=to)) == accepted


def test_calls_without_a_readable_answer(village, number):
    wishes = {"accept_then_hang": 1, "accept_late": 1, "reset": 0, "bad_json": 1}
    for fault, accepted in wishes.items():
        to = number()
        village.faults(**{fault: 1}, accept_late_s=0.3)
        client = village.client_for(TOKEN, timeout=0.2)
        with pytest.raises((requests.exceptions.RequestException, json.JSONDecodeError)):
            client.calls.create(to=to, from_=OFFICE, twiml=f"<Response>{HELLO}</Response>")
        village.until(lambda to=to, accepted=accepted: len(village.log_of(to)) == accepted)


def test_the_list_lags_but_a_fetch_does_not(village, number):
    to = number()
    village.faults(list_lag_s=0.5)
    call = village.say(to, HELLO)
    assert village.client.calls.list(to=to) == []
    assert call.fetch().sid == call.sid
    village.until(lambda: village.client.calls.list(to=to))


def test_callbacks_are_dropped_doubled_and_shuffled_on_request(village, receiver, number, hook):
    for fault, many in (("callback_drop", 0), ("callback_double", 8), ("callback_shuffle", 4)):
        url, path = hook()
        village.faults(**{fault: 1})
        village.say(number(), HELLO, status_callback=url, status_callback_event=ALL)
        village.until(lambda: village.state()["idle"])
        sequence = [post.fields["SequenceNumber"] for post in receiver.wait(path, many)]
        assert len(sequence) == many
        assert (sequence != sorted(sequence)) == (fault == "callback_shuffle")


def test_a_list_is_filtered_and_paged(village, number):
    to, yesterday = number(), datetime.now(UTC) - timedelta(days=1)
    village.behave(call_phones={to: "busy"})
    sids = [village.say(to, HELLO).sid for _ in range(3)]
    for sid in sids:
        village.story(sid)
    calls = village.client.calls
    assert [call.sid for call in calls.stream(to=to, page_size=2)] == sids[::-1]
    assert [call.sid for call in calls.list(to=to, status="busy", from_=OFFICE)] == sids[::-1]
    assert calls.list(to=to, status="completed") == []
    assert len(calls.list(to=to, start_time_after=yesterday)) == 3
    assert calls.list(to=to, start_time_before=yesterday) == []


def test_a_call_that_rings_can_be_canceled_and_one_in_progress_goes_on(village, number):
    to = number()
    village.behave(call_phones={to: "by_hand"}, hand_speed=1)
    call = village.say(to, "<Pause length='600'/>")
    village.until(lambda: call.fetch().status == "ringing")
    call.update(status="canceled")
    assert village.story(call.sid)["status"] == "canceled"
    with pytest.raises(TwilioRestException) as refused:
        call.update(status="completed")
    assert refused.value.code == 21220

    call = village.say(to, "<Pause length='600'/>")
    village.until(lambda: call.fetch().status == "ringing")
    with pytest.raises(TwilioRestException) as refused:
        call.update(twiml="<Response/>")
    assert refused.value.code == 21220
    village.tell(f"/calls/{call.sid}", do="pick_up")
    village.until(lambda: call.fetch().status == "in-progress")
    assert call.update(status="canceled").status == "in-progress"
    call.update(status="completed")
    assert village.story(call.sid)["status"] == "completed"


def test_a_call_in_progress_is_sent_to_another_document(village, receiver, number, hook):
    to, (url, path) = number(), hook()
    receiver.bodies[path] = "<Response><Say>Chuyen may</Say></Response>"
    village.behave(call_speed=20)
    call = village.say(to, "<Pause length='600'/><Say>Khong ai nghe</Say>")
    village.until(lambda: call.fetch().status == "in-progress")
    call.update(url=url)
    assert [heard["text"] for heard in village.story(call.sid)["heard"]] == ["Chuyen may"]
